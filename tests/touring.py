"""A tour of every verb over planted logs, with an ear at sockets and an eye on SQL."""

from __future__ import annotations

import io
import os
import sqlite3
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, NamedTuple
from unittest.mock import patch

import builders
import planted
import pytest
import reports
from answers_openrouter import SECRET, key
from asking import NOW, stopped
from conftest import FOLDERS, UNSET
from planted import ATTACKS, NAME, PROMPT, said
from providing import Provider, status
from repositories import Repo
from shown import HandClock

from tokentui.alerts.lookout import Lookout
from tokentui.cli import run
from tokentui.config import load
from tokentui.live import Live
from tokentui.periods import zone
from tokentui.stored import whole_config

STRANGER = "127.0.0.2"
"""Where a provider sends its caller on to; nobody may go there."""

CONFIG = """
[payers.client]
match.project = ["*acme*"]
paid_by = "me"
[caps.tiny]
amount = 0.01
per = "month"
[projects.p]
match.path = ["*acme*"]
kind = "client"
client = "../../{name}"
cost_centre = "=1+{name}"
[plans.claude-max]
provider = "anthropic"
fee = 100
renews = 12
[claims]
claimant = "@SUM({name})"
employer = '<img src=x onerror={name}()>'
purpose = "[red]{name}"
currency = "USD"
rates_url = "{base}"
[accounts.router]
kind = "openrouter"
base_url = "{base}"
[accounts.moved]
kind = "deepseek"
base_url = "{base}/moved"
[alerts.channels.mine]
via = "command"
command = ["{notice}"]
[alerts.channels.team]
via = "slack"
url = "{base}/hook/{token}"
"""

HOOK_TOKEN = "T0B1-the-path-is-a-secret"

RATES = b"""<?xml version="1.0" encoding="UTF-8"?>
<Envelope><Cube><Cube time="2026-11-19"><Cube currency="USD" rate="1.1190"/>
<Cube currency="GBP" rate="0.8340"/></Cube></Cube></Envelope>"""


class Said(NamedTuple):
    """What a run of a verb printed, how it ended and whom it called."""

    words: tuple[str, ...]
    code: int
    out: bytes
    err: bytes
    called: frozenset[str]

    @property
    def text(self) -> str:
        """Give all that it printed."""
        return (self.out + self.err).decode("utf-8")


class Ear:
    """Hears which hosts this process looks up, connects to or sends to."""

    def __init__(self) -> None:
        self.heard: set[str] | None = None
        self._is_there = False

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.heard is None or not event.startswith("socket."):
            return
        if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
            address = arguments[1]
            if isinstance(address, tuple):
                self.heard.add(f"{address[0]}:{address[1]}")
        elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
            host, port = (*arguments, None)[:2]
            self.heard.add(f"{host}:{port}")

    @contextmanager
    def listening(self) -> Iterator[set[str]]:
        """Give the set of what is heard meanwhile."""
        if not self._is_there:
            sys.addaudithook(self._hear)  # nothing takes it off again
            self._is_there = True
        heard: set[str] = set()
        before, self.heard = self.heard, heard
        try:
            yield heard
        finally:
            self.heard = before


EAR = Ear()


class Seen(sqlite3.Connection):
    """A connection that keeps the SQL it is given, without the values bound to it."""

    statements: ClassVar[set[str]] = set()

    def execute(self, sql: str, *rest: Any) -> sqlite3.Cursor:
        """Keep it and execute it."""
        self.statements.add(sql)
        return super().execute(sql, *rest)

    def executemany(self, sql: str, *rest: Any) -> sqlite3.Cursor:
        """Keep it and execute it."""
        self.statements.add(sql)
        return super().executemany(sql, *rest)

    def executescript(self, sql: str) -> sqlite3.Cursor:
        """Keep it and execute it."""
        self.statements.add(sql)
        return super().executescript(sql)


class Standing(Live):
    """The dashboard's feed of a ledger, at the time of the tour."""

    def __init__(self, tour: Tour) -> None:
        self.clock = HandClock(NOW)
        config, utc = load(tour.config), zone("UTC")
        super().__init__(tour.ledger, config, utc, self.clock, state=tour.state)


class Tour:
    """A world of planted logs, and what every verb made of it."""

    def __init__(self, base: Path, provider: Provider) -> None:
        self.base, self.provider = base, provider
        self.home, self.work, self.elsewhere = (
            base / name for name in ("home", "work", "elsewhere")
        )
        self.ledger = base / FOLDERS["TOKENTUI_LEDGER"]
        self.state = base / FOLDERS["TOKENTUI_STATE"]
        self.config = base / FOLDERS["TOKENTUI_CONFIG"]
        self.notices = self.elsewhere / "notice.told"
        self.transcript = builders.transcript(self.home)
        self.said: list[Said] = []
        self.statements: set[str] = set()
        self.kept: dict[Path, bytes] = {}
        self.modes: dict[Path, int] = {}

    def plant(self) -> None:
        """Write logs, config, files to import, and let the provider answer."""
        for folder in (self.home, self.work, self.elsewhere, self.config.parent):
            folder.mkdir(mode=0o700)
        planted.claude_logs(self.home)
        planted.codex_logs(self.home)
        planted.cursor_logs(self.base / FOLDERS["CURSOR_USER_DIR"])
        self.plant_repository()
        self.plant_files()
        self.answer()
        config = CONFIG.replace("{token}", HOOK_TOKEN).replace("{name}", NAME)
        config = config.replace("{base}", self.provider.base)
        self.config.write_text(
            config.replace("{notice}", str(self.elsewhere / "notice"))
        )

    def plant_repository(self) -> None:
        """Make commits in the time of a session whose folder it is."""
        repo = Repo(self.home / f"{NAME}<b>", f"={NAME}<b>")
        repo.commit(said("subject"), 1, files={"a.py": said("code")})
        folder = str(repo.folder)
        builders.write(
            builders.transcript(self.home, "repo"),
            builders.claude_line("msg_01R", session="in-repo", request="r", cwd=folder),
        )

    def plant_files(self) -> None:
        """Write programs, a receipt, and files of usage."""
        for name, text in {
            "notice": f"#!/bin/sh\ncat >> {self.notices}\n",
            "systemctl": "#!/bin/sh\n",
        }.items():
            (self.elsewhere / name).write_text(text)
            (self.elsewhere / name).chmod(0o700)
        (self.elsewhere / f"..=<b>{NAME}\u202e.pdf").write_bytes(b"%PDF-1.7 receipt")
        counts = "input,cache_read,cache_write,cache_write_1h,output"
        rows = [
            f'2026-06-0{n + 1},claude-code,"{cell(name)}","/x/{cell(name)}",1,1,1,1,1'
            for n, name in enumerate(filter(str.isprintable, ATTACKS.values()))
        ]
        table = "\n".join([f"day,source,model,project,{counts}", *rows, ""])
        (self.elsewhere / "usage.csv").write_text(table, "utf-8", "replace")
        report = {"2026-11-20": [reports.used(f"=1+{NAME}", 1, 2, 3, 4, 5.0)]}
        reports.save(self.elsewhere / "daily.json", reports.of_claude(report))
        (self.elsewhere / "cursor.csv").write_text(
            "Date,Kind,Model,Max Mode,Input (w/ Cache Write),Input (w/o Cache Write),"
            "Cache Read,Output Tokens,Total Tokens,Cost\n"
            f"2026-10-02T10:15:40.002Z,On-Demand,=cmd {NAME},No,5,2,4,1,12,$1.25\n"
        )

    def answer(self) -> None:
        """Let the provider answer with the same names, and with what it was told."""
        expect = self.provider.expect_request
        expect("/api/v1/key", "GET").respond_with_json(
            key(is_management_key=True, usage=0, usage_daily=0, label=said("label"))
        )
        day = {"date": "2026-11-19", "requests": 1, "usage": 2.5}
        counts = {"prompt_tokens": 9, "completion_tokens": 9, "note": said("note")}
        rows = [
            {**day, **counts, "model": planted.whole(name)} for name in ATTACKS.values()
        ]
        expect("/api/v1/activity", "GET").respond_with_json({"data": rows})
        expect("/api/v1/keys", "GET").respond_with_json(
            {"data": [{"usage": 9, "usage_daily": 0.4, "name": said("key")}]}
        )
        expect("/api/v1/credits", "GET").respond_with_json(
            {"data": {"total_credits": 5, "total_usage": 6, "about": said("credits")}}
        )
        away = status(302, said("moved"), Location=f"http://{STRANGER}:9/{PROMPT}")
        expect("/moved/user/balance").respond_with_handler(
            lambda request: away(request, None)  # type: ignore[arg-type]
        )
        expect("/stats/eurofxref/eurofxref-hist-90d.xml").respond_with_data(RATES)
        expect(f"/hook/{HOOK_TOKEN}", "POST").respond_with_data(said("hook"))

    @contextmanager
    def here(self) -> Iterator[pytest.MonkeyPatch]:
        """Be in this world, where every new file is open to all unless seen to."""
        before, umask = Path.cwd(), os.umask(0)
        with pytest.MonkeyPatch.context() as here:
            for variable, place in FOLDERS.items():
                here.setenv(variable, str(self.base / place))
            for variable in UNSET:
                here.delenv(variable, raising=False)
            here.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
            here.setenv("TZ", "UTC")
            for name in ("ROUTER", "MOVED", "DEEPSEEK"):
                here.setenv(f"TOKENTUI_KEY_{name}", SECRET)
            here.setenv("PATH", f"{self.elsewhere}{os.pathsep}{os.environ['PATH']}")
            here.setattr("tokentui.setting.datetime", stopped(NOW))
            here.setattr("tokentui.cli.watch_log.MOST_BYTES", 200)
            real = sqlite3.connect
            here.setattr(
                sqlite3, "connect", lambda *a, **k: real(*a, **{"factory": Seen} | k)
            )
            os.chdir(self.work)
            Seen.statements = self.statements
            try:
                yield here
            finally:
                os.chdir(before)
                os.umask(umask)

    def run(self, *words: str, given: bytes = b"") -> Said:
        """Run a verb in this process."""
        streams = [
            io.TextIOWrapper(io.BytesIO(each), "utf-8") for each in (given, b"", b"")
        ]
        with (
            EAR.listening() as called,
            patch.object(sys, "stdin", streams[0]),
            patch.object(sys, "stdout", streams[1]),
            patch.object(sys, "stderr", streams[2]),
        ):
            for stream in streams[1:]:
                stream.reconfigure(errors="backslashreplace")
            code = run(list(words))
            for stream in streams[1:]:
                stream.flush()
        out, err = (stream.buffer.getvalue() for stream in streams[1:])  # type: ignore[attr-defined]
        self.said.append(Said(words, code, out, err, frozenset(called)))
        return self.said[-1]

    def raise_alerts(self) -> None:
        """Look for alerts as the daemon does, and let the couriers bring them."""
        config = whole_config(self.config, self.state)
        lookout = Lookout(
            self.ledger, config, zone("UTC"), lambda text: None, lambda: NOW
        )
        lookout.look()
        for courier in lookout._couriers:
            courier.round()

    def folders(self) -> tuple[Path, ...]:
        """Name the folders that only we write to."""
        return self.ledger.parent, self.state, self.work

    def files(self) -> Iterator[Path]:
        """List the files that we wrote, those in other tools' folders included."""
        for folder in self.folders():
            yield from (each for each in folder.rglob("*") if each.is_file())
        yield from self.home.rglob("*.before-tokentui")
        yield from (self.notices, self.home / ".cursor/hooks.json")


def cell(name: str) -> str:
    """Write a name so that it can stand between quotes in CSV."""
    return name.replace('"', '""')


def go_round(tour: Tour) -> None:
    """Run every verb."""
    tour.run("refresh")
    # Somebody who reads keeps SQLite from clearing its log away.
    reader = sqlite3.connect(tour.ledger)
    reader.execute("SELECT count(*) FROM event").fetchone()
    for words, given in course(tour):
        tour.run(*words, given=given)
    tour.raise_alerts()
    for words, given in plain("alerts list", "alerts list --json", "status --json"):
        tour.run(*words, given=given)
    tour.kept = {file: file.read_bytes() for file in tour.files()}
    tour.modes = {
        place: stat.S_IMODE(place.stat().st_mode)
        for folder in tour.folders()
        for place in (folder, *folder.rglob("*"))
    }
    reader.close()


def course(tour: Tour) -> Iterator[tuple[tuple[str, ...], bytes]]:
    """Give the words of the verbs in an order in which each has something to do."""
    receipt = str(next(tour.elsewhere.glob("*.pdf")))
    usage_file, cursor_file = (
        str(tour.elsewhere / f"{name}.csv") for name in ("usage", "cursor")
    )
    yield from plain(
        "refresh --accounts",
        "refresh --json",
        "accounts kinds",
        "accounts list",
        "accounts list --json",
        "accounts add deepseek --no-test",
        "accounts test moved",
        "accounts remove deepseek",
        "fx refresh --json",
        "fx set TWD 35.1",
        "fx show EUR GBP TWD",
        "fx remove TWD --on 2026-11-20",
        "cap set 5 --per day --name spare",
        "cap set 0.02 --per month --name hard --hard",
        "cap raise spare +2",
        "cap list --explain",
        "cap list --json",
        "cap remove spare",
        "reading add client 12.50",
        "reading list --json",
        "reading remove client",
        "project tag /nowhere/acme client:x --cost-centre K",
        "project list",
        "project list --json",
        "project untag /nowhere/acme",
    )
    attack = ATTACKS["formula"]
    yield ("charge", "add", "25", "--what", attack, "--client", ATTACKS["rich"]), b""
    yield ("charge", "add", "2", "--what", ATTACKS["escape"]), b""
    yield from plain("charge list", "charge list --json", "charge remove 1")
    for name in ATTACKS.values():
        if name.isprintable():
            yield ("project", "tag", f"/nowhere/{name}", f"client:{name}"), b""
    yield ("import", "usage", usage_file), b""
    yield ("import", "cursor", cursor_file, "--json"), b""
    yield ("import", "usage", cursor_file), b""
    yield ("reconcile", "--against", str(tour.elsewhere / "daily.json")), b""
    yield from plain(
        "import remove --period 2026-10",
        "usage",
        "usage --json",
        *(
            f"usage --by {by}"
            for by in ("project", "session", "branch", "model", "effort", "ticket")
        ),
        "usage --by client --by payer --by provider --by agent --by machine --json",
        "usage --by project --by session --by model --by branch --json",
        "usage --basis billed --by payer",
        "daily",
        "status",
        "reconcile",
        "reconcile --json",
        "routes",
        "routes --json",
        "routes policy",
        "routes policy --format ccr",
        "routes policy --format litellm",
        "routes what-if --from claude-opus-5-5 --to glm-5.2",
        "outcomes",
        "outcomes --json --by project",
        "outcomes mark last accepted --value 60",
        "prices list claude",
        "prices show claude-opus-5-5 --json",
        "doctor",
        "doctor --json",
        "doctor --network",
        "doctor --network --json",
        "ledger path",
        "ledger check",
        "ledger reprice",
        "ledger backup copy.db",
        "ledger forget --before 2020-01-01 --json",
        "completions bash",
        "demo",
    )
    fields = "{session} {today} {month} {burn} {cap} {left} {share} {state} {context}"
    yield ("status", "--line", f"{fields} {{cold}} {{quotas}}"), b""
    yield ("statusline", "--line", f"{fields}"), planted.status_input(tour.transcript)
    for kind in ATTACKS:
        given = planted.status_input(builders.transcript(tour.home, kind))
        yield ("statusline",), given
    yield from guarded(tour)
    yield from claimed(receipt)
    yield from plain(
        *(f"export --period 2026-11 --format {form} --out ." for form in FORMATS),
        "export --period 2026-11 --format events-csv --out .",
        "export --period 2026-11 --format events-jsonl",
        "export --period 2026-11 --format md --redact projects",
    )
    for name in (f"../../{NAME}", *map(ATTACKS.get, ("formula", "above", "tag"))):
        client = f"client:{name}"
        words = ("export", "--period", "2026-11", "--for", client, "--format", "csv")
        yield (*words, "--out", "."), b""
    yield (
        ("run", "--label", ATTACKS["tag"], "--max", "1", "--", sys.executable, "-V"),
        b"",
    )
    yield ("setup",), b"\n" * 20
    yield from plain(
        "alerts test mine",
        "alerts test team --json",
        "alerts snooze 1h --rule burn",
        "alerts snooze off",
        "watch install --yes",
        "watch status",
        "watch status --json",
        "watch uninstall --yes",
        "statusline install --yes",
        "statusline uninstall --yes",
        "ledger rebuild --backup copy.db",
    )


FORMATS = ("csv", "xlsx", "html", "md", "json", "pdf", "beancount", "focus")


def guarded(tour: Tour) -> Iterator[tuple[tuple[str, ...], bytes]]:
    """Ask the guard as each agent does, over a cap, and with what is no question."""
    for agent, events in {
        "claude-code": ("UserPromptSubmit", "PreToolUse"),
        "codex": ("UserPromptSubmit", "PreToolUse"),
        "cursor": ("beforeSubmitPrompt", "beforeShellExecution"),
    }.items():
        yield from plain(f"guard install --agent {agent} --yes")
        for event in events:
            yield ("guard",), planted.hook(agent, event, tour.transcript)
            kind = builders.transcript(tour.home, "rich")
            yield ("guard", "--agent", agent), planted.hook(agent, event, kind)
        broken = planted.hook(agent, events[0], tour.transcript)[:-9]
        yield ("guard", "--agent", agent), broken
        yield ("guard", "--agent", agent), f'["{said("list")}"]'.encode()
        yield from plain(f"guard uninstall --agent {agent} --yes")
    yield from plain("guard off --for 1h", "guard on")


def claimed(receipt: str) -> Iterator[tuple[tuple[str, ...], bytes]]:
    """Make claims, for oneself and for clients."""
    yield ("claim", "new", "--period", "2026-11", "--purpose", ATTACKS["quotes"]), b""
    yield ("claim", "attach", receipt, "--line", "1", "--number", f"=1+{NAME}"), b""
    yield from plain(
        "claim check",
        "claim show",
        "claim save --anyway",
        "claim list",
        "claim list --json",
        "claim new --period 2026-11 --json",
        "claim show d2 --json",
        *(f"claim export 2026-001 --format {form} --out ." for form in FORMATS),
        "claim drop d2",
    )


def plain(*lines: str) -> Iterator[tuple[tuple[str, ...], bytes]]:
    """Give lines of words that nothing is given to."""
    for line in lines:
        yield tuple(line.split()), b""
