"""Cursor's databases: turns, models, projects and times, of which no token is known."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import builders
import pytest
from builders import START_MS, events, reading_failures, rollup_faults, totals
from cursor_user import CHAT, LOGIN, CursorUser

from tokentui import ingest, vscdb
from tokentui.config import Config, SourceSettings

COLUMNS = ("at", "session", "model", "project", "requests", "partial", "cost")
OTHERS = (
    SourceSettings("claude-code", enabled=False),
    SourceSettings("codex", enabled=False),
)


@pytest.fixture
def cursor(tmp_path: Path) -> Iterator[CursorUser]:
    """Let Cursor run."""
    made = CursorUser(Path(os.environ["CURSOR_USER_DIR"]))
    yield made
    made.quit()


def refresh(ledger: Path, **wishes: object) -> ingest.RefreshReport:
    """Read what is new of Cursor."""
    with builders.toy_prices():
        report = ingest.refresh(ledger, Config(sources=OTHERS))
    assert reading_failures(report) == []
    assert rollup_faults(ledger) == []
    return report


def test_turn_is_one_response(cursor: CursorUser, ledger: Path) -> None:
    """The messages of a turn are one response at the first one's time."""
    cursor.chat()
    cursor.bubble("a", 5, type=1)
    cursor.bubble("b", 6)
    cursor.bubble("c", 9)
    cursor.bubble("d", 70, usageUuid="another turn")
    refresh(ledger)
    model = "claude-5-opus-high"
    assert events(ledger, *COLUMNS) == [
        (START_MS + 6_000, CHAT, model, None, 1, 1, None),
        (START_MS + 70_000, CHAT, model, None, 1, 1, None),
    ]


def test_zero_tokens_are_unknown(cursor: CursorUser, ledger: Path) -> None:
    """Counts of 0 are no price of 0: the response is unpriced, its sums are partial."""
    cursor.bubble("a")
    refresh(ledger)
    with closing(sqlite3.connect(ledger)) as connection:
        row = connection.execute(
            "SELECT requests, output, cost, unpriced, partial FROM rollup"
        ).fetchone()
    assert row == (1, 0, None, 1, 1)


def test_old_counts_are_a_lower_bound(cursor: CursorUser, ledger: Path) -> None:
    """Counts of old builds are priced, and known to be too low."""
    cursor.bubble("a", 1)
    cursor.bubble("b", 4, tokenCount={"inputTokens": 1_200, "outputTokens": 300})
    refresh(ledger)
    # The toy book's dollar per million: 1,200 + 300 tokens are 1,500,000 nanos.
    assert events(ledger, "input", "output", "partial", "cost") == [
        (1_200, 300, 1, 1_500_000)
    ]


def test_labels(cursor: CursorUser, ledger: Path) -> None:
    """Who served is Cursor; who pays is not known, and assumed."""
    cursor.bubble("a")
    refresh(ledger)
    labels = ("source", "origin", "provider", "payer", "payer_evidence", "agent")
    assert events(ledger, *labels) == [
        ("cursor", "response", "cursor", "api", "assumed", "main")
    ]


def test_model_of_the_conversation(cursor: CursorUser, ledger: Path) -> None:
    """A message without a model has its conversation's; the chosen one is `auto`."""
    cursor.chat()
    cursor.bubble("a", 1, usageUuid="1", modelInfo=None)
    cursor.bubble("b", 2, usageUuid="2", modelInfo={"modelName": "default"})
    cursor.bubble("c", 3, usageUuid="3", modelInfo=None, chat="alone")
    refresh(ledger)
    assert events(ledger, "at", "model") == [
        (START_MS + 1_000, "composer-3"),
        (START_MS + 2_000, "auto"),
        (START_MS + 3_000, "unknown"),
    ]


def test_times_of_old_builds(cursor: CursorUser, ledger: Path) -> None:
    """Without a time of its own a message has its end's, then its conversation's."""
    ended = {"clientEndTime": START_MS + 8_000, "clientStartTime": 1_234.5}
    cursor.chat()
    cursor.bubble("a", usageUuid="1", createdAt=None, timingInfo=ended)
    cursor.bubble("b", usageUuid="2", createdAt=None)
    cursor.bubble("c", usageUuid="3", createdAt=None, chat="alone")
    report = refresh(ledger)
    assert [row[0] for row in events(ledger, "at")] == [START_MS, START_MS + 8_000]
    assert report.sources[0].records_skipped == 1


@pytest.mark.parametrize(
    ("uri", "project"),
    [
        ("file:///nowhere/acme%20api", "/nowhere/acme api"),
        ("file:///c%3A/work/acme", "C:/work/acme"),
        ("vscode-remote://ssh-remote%2Bhost/srv/acme", "/srv/acme"),
    ],
)
def test_project(cursor: CursorUser, ledger: Path, uri: str, project: str) -> None:
    """The project is the folder of the workspace that lists the conversation."""
    cursor.workspace("0a", ["another"], folder="file:///nowhere/other")
    cursor.workspace("0b", [CHAT], folder=uri)
    cursor.bubble("a")
    refresh(ledger)
    assert events(ledger, "project") == [(project,)]


def test_workspace_of_several_folders(cursor: CursorUser, ledger: Path) -> None:
    """A workspace of several folders is known by its file; one damaged by nothing."""
    cursor.workspace("0a", [CHAT], workspace="file:///nowhere/all.code-workspace")
    cursor.workspace("0b", ["b"], folder="file:///nowhere/b")
    (cursor.user / "workspaceStorage/0b/workspace.json").write_text("{")
    cursor.bubble("a", 1)
    cursor.bubble("b", 2, chat="b")
    refresh(ledger)
    assert events(ledger, "at", "project") == [
        (START_MS + 1_000, "/nowhere/all.code-workspace"),
        (START_MS + 2_000, None),
    ]


def test_only_new_rows_are_read(cursor: CursorUser, ledger: Path) -> None:
    """What came since is added; a file that has not changed is not opened."""
    cursor.bubble("a", usageUuid="1")
    assert refresh(ledger).sources[0].events_new == 1
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(vscdb, "connected", None)
        assert refresh(ledger).sources[0].events_new == 0
    cursor.bubble("b", 60, usageUuid="2")
    cursor.put("agentKv:blob:ff", b"\x00\x01")
    report = refresh(ledger).sources[0]
    assert (report.events_new, report.events_updated) == (1, 0)


def test_new_row_in_the_log_alone(cursor: CursorUser, ledger: Path) -> None:
    """A row that is only in the log beside the database is read."""
    refresh(ledger)
    before = cursor.path.stat()
    cursor.bubble("a")
    after = cursor.path.stat()
    assert (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    assert refresh(ledger).sources[0].events_new == 1


def test_many_rows_in_stretches(
    cursor: CursorUser, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows are read in stretches of which each counts once."""
    monkeypatch.setattr("tokentui.sources.cursor.ROWS_AT_ONCE", 2)
    monkeypatch.setattr("tokentui.sources.reading.EVENTS_AT_ONCE", 1)
    for number in range(5):
        cursor.bubble(f"b{number}", number, usageUuid=str(number))
    assert refresh(ledger).sources[0].events_new == 5


def test_reply_that_grows(cursor: CursorUser, ledger: Path) -> None:
    """A row that is rewritten betters its response and adds none."""
    cursor.bubble("a")
    refresh(ledger)
    cursor.bubble("a", tokenCount={"inputTokens": 7, "outputTokens": 90})
    report = refresh(ledger).sources[0]
    assert (report.events_new, report.events_updated) == (0, 1)
    assert events(ledger, "input", "output") == [(7, 90)]


def test_rows_that_start_anew(cursor: CursorUser, ledger: Path) -> None:
    """Where rows have smaller numbers than before, all are read again, and known."""
    for number in range(4):
        cursor.bubble(f"b{number}", number, usageUuid=str(number))
    refresh(ledger)
    cursor.connection.execute("DELETE FROM cursorDiskKV")
    cursor.bubble("b0", 0, usageUuid="0")
    cursor.bubble("new", 9, usageUuid="new")
    report = refresh(ledger).sources[0]
    assert (report.events_new, report.records_skipped) == (1, 0)
    assert len(events(ledger, "at")) == 5  # what Cursor deleted stays counted


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        (f"bubbleId:{CHAT}:x", "{", "not JSON"),
        (f"bubbleId:{CHAT}:x", b"\xff\xfe{}", "not JSON"),
        ("bubbleId:x", '{"type": 2}', "no id"),
        (f"bubbleId:{CHAT}:x", '{"type": 2, "tokenCount": {"inputTokens": -1}}', "`"),
        (f"bubbleId:{CHAT}:x", '{"type": 2, "createdAt": "soon"}', "no time"),
    ],
)
def test_bad_row(
    cursor: CursorUser, ledger: Path, key: str, value: object, why: str
) -> None:
    """A row that cannot be understood is skipped and named; the others count."""
    cursor.put(key, value)
    cursor.bubble("a")
    report = refresh(ledger).sources[0]
    assert (report.events_new, report.records_skipped) == (1, 1)
    with closing(sqlite3.connect(ledger)) as connection:
        (example,) = connection.execute("SELECT example FROM cursor").fetchone()
    assert example.startswith("row 1: ")
    assert why in example
    assert refresh(ledger).sources[0].records_skipped == 0


@pytest.mark.parametrize("value", [None, "[]", "7", '{"type": 1}', "null", '"text"'])
def test_row_that_is_no_answer(cursor: CursorUser, ledger: Path, value: object) -> None:
    """A row that holds no answer of the assistant counts nothing."""
    cursor.put(f"bubbleId:{CHAT}:x", value)
    report = refresh(ledger).sources[0]
    assert (report.events_new, report.records_skipped) == (0, 0)


def test_values_as_bytes(cursor: CursorUser, ledger: Path) -> None:
    """Values that are stored as bytes are read like those that are text."""
    text = '{"type": 2, "createdAt": "2026-11-20T10:00:07Z", "usageUuid": "ü"}'
    cursor.put(f"bubbleId:{CHAT}:x", text.encode())
    refresh(ledger)
    assert events(ledger, "at", "model") == [(START_MS + 7_000, "unknown")]


def test_task_of_an_agent(cursor: CursorUser, ledger: Path) -> None:
    """A sub-agent's conversation, whose id has a line break, is its own session."""
    chat = "task-call_1\nfc_2"
    cursor.bubble("a:b\nc", chat=chat)
    refresh(ledger)
    assert events(ledger, "session", "agent") == [(chat, "task")]


def files_of(user: Path) -> dict[str, tuple[int, int]]:
    """Give what tells the files of a folder apart from others in their place."""
    found = [path for path in user.rglob("*") if path.is_file()]
    return {str(p): (p.stat().st_size, p.stat().st_mtime_ns) for p in found}


@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
def test_nothing_is_written(tmp_path: Path, ledger: Path, mode: str) -> None:
    """Reading leaves Cursor's folder as it is, while it runs and when it does not."""
    cursor = CursorUser(Path(os.environ["CURSOR_USER_DIR"]), mode)
    cursor.workspace("0a", [CHAT], folder="file:///nowhere/acme")
    cursor.bubble("a")
    before = files_of(cursor.user)
    assert refresh(ledger).sources[0].events_new == 1
    shared = str(cursor.path) + "-shm"  # where readers leave word that they read
    assert files_of(cursor.user) | {shared: None} == before | {shared: None}
    cursor.bubble("b", 9, usageUuid="2")
    cursor.quit()
    before = files_of(cursor.user)
    assert refresh(ledger).sources[0].events_new == 1
    assert files_of(cursor.user) == before


def test_nothing_of_the_login_is_read(
    cursor: CursorUser, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No question is about the login, and nothing of it is kept."""
    asked: list[str] = []
    connected = vscdb.connected

    def traced(path: Path) -> sqlite3.Connection:
        connection = connected(path)
        connection.set_trace_callback(asked.append)
        return connection

    monkeypatch.setattr(vscdb, "connected", traced)
    cursor.workspace("0a", [CHAT], folder="file:///nowhere/acme")
    cursor.bubble("a")
    refresh(ledger)
    assert any("bubbleId" in text for text in asked)
    about_items = [text for text in asked if "ItemTable" in text]
    assert all("key = 'composer.composerData'" in text for text in about_items)
    assert not any("cursorAuth" in text for text in asked)
    assert LOGIN.encode() not in ledger.read_bytes()
    assert b"must not be kept" not in ledger.read_bytes()


def test_copy_as_a_last_resort(
    cursor: CursorUser, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the database cannot be opened in its place, a copy is, and then deleted."""
    places: list[Path] = []
    connected = vscdb.connected

    def only_elsewhere(path: Path) -> sqlite3.Connection:
        if path == cursor.path:
            raise sqlite3.OperationalError("unable to open database file")
        places.append(path)
        assert path.parent.stat().st_mode & 0o777 == 0o700
        return connected(path)

    monkeypatch.setattr(vscdb, "connected", only_elsewhere)
    cursor.bubble("a")
    assert refresh(ledger).sources[0].events_new == 1
    assert [place.exists() for place in places] == [False]


def test_copies_are_rare(
    cursor: CursorUser, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that must be copied is so once in a while, and nothing is missed."""
    connected = vscdb.connected

    def only_elsewhere(path: Path) -> sqlite3.Connection:
        if path == cursor.path:
            raise sqlite3.OperationalError("disk I/O error")
        return connected(path)

    def changed(minutes: int) -> int:
        log = vscdb.beside(cursor.path, "-wal")
        os.utime(log, (START_MS / 1000 + minutes * 60,) * 2)
        os.utime(cursor.path, (START_MS / 1000,) * 2)
        return refresh(ledger).sources[0].events_new

    monkeypatch.setattr(vscdb, "connected", only_elsewhere)
    cursor.bubble("a", usageUuid="1")
    assert changed(0) == 1
    cursor.bubble("b", usageUuid="2")
    assert changed(9) == 0
    assert changed(10) == 1


def test_no_room_for_a_copy(
    cursor: CursorUser, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without room for a copy the source fails, and says so."""
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=0))

    def refused(path: Path) -> sqlite3.Connection:
        raise sqlite3.OperationalError("unable to open database file")

    monkeypatch.setattr(vscdb, "connected", refused)
    cursor.bubble("a")
    with builders.toy_prices():
        report = ingest.refresh(ledger, Config(sources=OTHERS))
    (error,) = reading_failures(report)
    assert "no room for a copy" in error


def test_no_database(ledger: Path) -> None:
    """A file that is none fails the source; it is read when it has become one."""
    user = Path(os.environ["CURSOR_USER_DIR"])
    path = builders.write(user / "globalStorage/state.vscdb", b"no database at all")
    with builders.toy_prices():
        report = ingest.refresh(ledger, Config(sources=OTHERS))
    assert reading_failures(report) == [f"{path}: file is not a database"]
    path.unlink()
    path.parent.rmdir()
    cursor = CursorUser(user)
    cursor.bubble("a")
    assert refresh(ledger).sources[0].events_new == 1
    cursor.quit()


def test_no_conversations_yet(ledger: Path) -> None:
    """A database without the table of conversations holds none."""
    user = Path(os.environ["CURSOR_USER_DIR"])
    (user / "globalStorage").mkdir(parents=True)
    with closing(sqlite3.connect(user / "globalStorage/state.vscdb")) as connection:
        connection.execute("CREATE TABLE ItemTable (key TEXT, value BLOB)")
    report = refresh(ledger).sources[0]
    assert (report.files, report.events_new) == (1, 0)


def test_paths_of_the_config(tmp_path: Path, ledger: Path) -> None:
    """A path of the config stands in place of the usual folder."""
    cursor = CursorUser(tmp_path / "elsewhere")
    cursor.bubble("a")
    own = SourceSettings("cursor", paths=(str(tmp_path / "elsewhere"),))
    with builders.toy_prices():
        ingest.refresh(ledger, Config(sources=(*OTHERS, own)))
    assert totals(ledger, "source") == {"cursor": (1, 0, 0, 0, 0, 0, 0, 1)}
    cursor.quit()


@pytest.mark.parametrize(
    ("platform", "variables", "folder"),
    [
        ("linux", {"XDG_CONFIG_HOME": "/x"}, "/x/Cursor/User"),
        ("linux", {"HOME": "/h", "XDG_CONFIG_HOME": ""}, "/h/.config/Cursor/User"),
        (
            "darwin",
            {"HOME": "/h"},
            "/h/Library/Application Support/Cursor/User",
        ),
        ("win32", {"APPDATA": "/r/Roaming"}, "/r/Roaming/Cursor/User"),
    ],
)
def test_usual_folders(
    monkeypatch: pytest.MonkeyPatch,
    platform: str,
    variables: dict[str, str],
    folder: str,
) -> None:
    """Each system has its own place, unless the user names another."""
    monkeypatch.delenv("CURSOR_USER_DIR")
    monkeypatch.delenv("WSL_DISTRO_NAME", raising=False)
    monkeypatch.setattr("sys.platform", platform)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert vscdb.cursor_folders() == [Path(folder)]
    monkeypatch.setenv("CURSOR_USER_DIR", "/named")
    assert vscdb.cursor_folders() == [Path("/named")]
