"""Every verb over planted logs: what comes out, what is kept, and who is called."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
import html5lib
import openpyxl
import pypdf
import pytest
from answers_openrouter import SECRET
from planted import ATTACKS, NAME, PROMPT
from providing import Provider
from repositories import NEEDS_GIT
from shown import is_whole, running
from touring import EAR, HOOK_TOKEN, STRANGER, Said, Standing, Tour, go_round

from tokentui.cli.verbs import group
from tokentui.tui.tabbed import TABS

STEERS = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Categories of characters that a terminal obeys, or that turn or hide text."""

TURNING = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")  # noqa: RUF001 (wide ones run too)
NUMBER = re.compile(r"-?\d+(\.\d+)?")

pytestmark = [
    NEEDS_GIT,
    pytest.mark.skipif(os.name == "nt", reason="scripts stand in for programs"),
]

WATCHED_ELSEWHERE = {("watch",), ()}
"""Verbs that a test of their own runs; `()` is the dashboard."""


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tour]:
    """Go round once."""
    provider = Provider()
    provider.start()
    made = Tour(tmp_path_factory.mktemp("tour"), provider)
    made.plant()
    with made.here():
        go_round(made)
    yield made
    provider.stop()


def leaves(
    verb: click.Command, path: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    """List all verbs, those in groups included, and groups that do something alone."""
    if not isinstance(verb, click.Group):
        yield path
        return
    if verb.invoke_without_command:
        yield path
    context = click.Context(verb)
    for name in verb.list_commands(context):
        inner = verb.get_command(context, name)
        assert inner is not None
        yield from leaves(inner, (*path, name))


def test_every_verb_is_run(tour: Tour) -> None:
    """The tour leaves no verb out, so that a new one is looked at as well."""
    known = set(leaves(group))
    run = {max(known & {s.words[:n] for n in range(3)}, key=len) for s in tour.said}
    assert known - run - WATCHED_ELSEWHERE == set()


def test_most_go_well(tour: Tour) -> None:
    """The verbs have something to do; those that fail are meant to."""
    failed = {" ".join(s.words)[:30] for s in tour.said if s.code == 1}
    assert failed <= {
        "claim check",
        "reconcile",
        "reconcile --json",
        f"reconcile --against {tour.elsewhere}"[:30],
        f"import usage {tour.elsewhere}"[:30],
    }
    assert len([s for s in tour.said if s.code == 0]) > 100


def unpacked(file: Path, text: bytes) -> bytes:
    """Give all that a file holds, unpacked where it is packed."""
    if file.suffix == ".xlsx":
        with zipfile.ZipFile(io.BytesIO(text)) as archive:
            return b"".join(archive.read(name) for name in archive.namelist())
    if file.suffix == ".pdf" and "claims" not in file.parts:
        pages = pypdf.PdfReader(io.BytesIO(text)).pages
        return " ".join(page.extract_text() for page in pages).encode()
    return text


@pytest.mark.parametrize("word", [PROMPT, SECRET, HOOK_TOKEN])
def test_kept_and_shown_nowhere(tour: Tour, word: str) -> None:
    """What was said to and by models, keys and secret URLs: in no file, in no output.

    Not in the ledger's pages, its log and free pages included, not in state, log,
    exports, backup, alerts, nor in what a verb prints.
    """
    files = {
        file
        for file, text in tour.kept.items()
        if word.encode() in unpacked(file, text)
    }
    said = {s.words for s in tour.said if word in s.text}
    assert (files, said) == (set(), set())


def test_what_is_looked_for_is_there(tour: Tour) -> None:
    """The logs do hold it, the names of the same records came out of them."""
    assert PROMPT.encode() in tour.transcript.read_bytes()
    assert NAME.encode() in tour.kept[tour.ledger]
    assert {f"{tour.ledger.name}{end}" for end in ("", "-wal", "-shm")} <= {
        file.name for file in tour.kept
    }
    assert sum(NAME in s.text for s in tour.said) > 40
    suffixes = {file.suffix for file in tour.kept}
    assert suffixes >= {".xlsx", ".pdf", ".html", ".csv", ".toml", ".log", ".db-wal"}


def steering(text: str) -> set[str]:
    """List the characters of a text that a terminal would obey."""
    return {c for c in text if c != "\n" and unicodedata.category(c) in STEERS}


def is_file_on_stdout(said: Said) -> bool:
    """Claim that what was printed is a file, with the line ends of its format."""
    return "export" in said.words or "completions" in said.words


def test_no_output_steers_a_terminal(tour: Tour) -> None:
    """Tables, lines, messages and errors hold no escape and nothing hidden."""
    found = {
        (s.words, place): steering(text)
        for s in tour.said
        for place, text in (("out", s.out.decode()), ("err", s.err.decode()))
        if not (place == "out" and (is_document(s) or is_file_on_stdout(s)))
    }
    assert {where: seen for where, seen in found.items() if seen} == {}


def is_document(said: Said) -> bool:
    """Claim that the output is JSON."""
    return said.out[:1] == b"{" and said.out.strip().endswith(b"}")


def test_documents_read_back(tour: Tour) -> None:
    """JSON is one document, has the names as they are, and steers no terminal."""
    documents = [s for s in tour.said if "--json" in s.words and s.code in (0, 3)]
    assert len(documents) > 20
    for said in documents:
        json.loads(said.out)
        text = said.out.decode()
        assert not {c for c in text if c < "\n" or "\x7f" <= c <= "\x9f"}, said.words
        assert not set(text) & set(TURNING), said.words
    (usage,) = (s for s in documents if s.words[1:3] == ("--by", "project"))
    projects = {row["project"] for row in json.loads(usage.out)["rows"]}
    kept = set(ATTACKS) - {"half"}
    assert {f"/nowhere/{ATTACKS[kind]}" for kind in kept} <= projects


def test_files_steer_no_terminal(tour: Tour) -> None:
    """Reports that are text can be looked at with `cat`."""
    texts = {
        file.name: text.decode()
        for file, text in tour.kept.items()
        if file.parent == tour.work and file.suffix not in (".xlsx", ".pdf", ".db")
    }
    assert len(texts) > 12
    for name, text in texts.items():
        found = {c for c in text if unicodedata.category(c) == "Cc"}
        assert found <= {"\n", "\r", "\t"}, name
        assert not set(text) & set(TURNING), name


def test_no_cell_runs(tour: Tour) -> None:
    """No cell of a CSV or workbook is a formula that came from a name."""
    cells = 0
    for file, text in tour.kept.items():
        if file.suffix == ".csv":
            for row in csv.reader(io.StringIO(text.decode(), newline="")):
                cells += len(row)
                bad = [c for c in row if FORMULA.match(c) and not NUMBER.fullmatch(c)]
                assert bad == [], file.name
        if file.suffix == ".xlsx":
            for sheet in openpyxl.load_workbook(io.BytesIO(text)):
                for line in sheet.iter_rows():
                    bad = [
                        c for c in line if c.data_type == "f" and NAME in str(c.value)
                    ]
                    assert bad == [], file.name
    assert cells > 1000


def test_no_page_runs(tour: Tour) -> None:
    """No element and no attribute of a page came from a name; it reads as text."""
    pages = [text for file, text in tour.kept.items() if file.suffix == ".html"]
    assert len(pages) == 2
    for page in pages:
        tree = html5lib.parse(page, namespaceHTMLElements=False)
        assert tree.find(".//img") is None and tree.find(".//script") is None
        values = [value for each in tree.iter() for value in each.attrib.values()]
        assert [value for value in values if NAME in value] == []
        assert NAME in "".join(tree.itertext())


def test_modes(tour: Tour) -> None:
    """Whatever the umask, all that is written is its owner's: 0600, folders 0700."""
    open_ = {
        str(place.relative_to(tour.base)): oct(mode)
        for place, mode in tour.modes.items()
        if mode != (0o700 if place.is_dir() else 0o600)
    }
    assert open_ == {}
    names = {place.name for place in tour.modes}
    assert names >= {"ledger.db-wal", "claims", "guard", "caps.toml", "copy.db"}
    for file in tour.files():
        if tour.home in file.parents:
            assert file.stat().st_mode & 0o077 == 0, file


def test_names_lead_nowhere(tour: Tour) -> None:
    """Files are named by letters alone, and lie where they were asked for."""
    assert {each.name for each in tour.base.iterdir()} == {
        *("home", "work", "elsewhere", "data", "state", "config")
    }
    names = [file.name for file in tour.work.rglob("*")]
    assert [
        name for name in names if not re.fullmatch(r"[\w-]+(\.\w+){1,2}", name)
    ] == []
    assert all(each.is_file() for each in tour.work.iterdir())
    (receipt,) = (tour.ledger.parent / "claims").rglob("*.pdf")
    assert re.fullmatch(r"[0-9a-f]{16}-b_zebrafinch\.pdf", receipt.name)


def test_only_who_is_named_is_called(tour: Tour) -> None:
    """`doctor --network` names each host that a verb calls; other verbs call none."""
    (named,) = (s for s in tour.said if s.words == ("doctor", "--network", "--json"))
    rows = json.loads(named.out)["rows"]
    for said in tour.said:
        line = " ".join(said.words) + " "
        allowed = {
            row["host"]
            for row in rows
            if any(line.startswith(f"{verb} ") for verb in row["verbs"])
        }
        assert said.called <= allowed, said.words
    here = tour.provider.base.removeprefix("http://")
    callers = {" ".join(s.words[:2]) for s in tour.said if s.called == {here}}
    assert callers == {
        "refresh --accounts",
        "accounts test",
        "fx refresh",
        "alerts test",
    }


def test_nobody_is_led_away(tour: Tour) -> None:
    """A provider that sends its caller elsewhere was asked, and not obeyed."""
    assert any(request.path == "/moved/user/balance" for request in tour.provider.calls)
    assert not any(STRANGER in host for s in tour.said for host in s.called)


def test_no_name_is_sql(tour: Tour) -> None:
    """SQL is put together of names of our own; all others are bound to it as values."""
    assert len(tour.statements) > 100
    assert [sql for sql in tour.statements if NAME in sql or PROMPT in sql] == []


def test_alerts_say_names_as_text(tour: Tour) -> None:
    """What an alert quotes is no markup on a channel and no end of its line."""
    told = [json.loads(line) for line in tour.notices.read_bytes().splitlines()]
    assert any(NAME in each["text"] for each in told)
    posted = [
        json.loads(request.get_data())["text"]
        for request in tour.provider.calls
        if request.path.startswith("/hook/")
    ]
    assert any(NAME in text for text in posted)
    assert [text for text in posted if steering(text) or "<" in text] == []


async def test_dashboard(tour: Tour) -> None:
    """Each screen and card shows names as text, whole, and nothing that was said.

    Whom its own polls of the accounts call is their provider.
    """
    seen = {}
    with tour.here(), EAR.listening() as called, closing(Standing(tour)) as feed:
        async with running(feed, "now", (120, 40)) as shown:
            for number, tab in enumerate(TABS, 1):
                await shown.press(str(number), *(["p"] if tab.name == "usage" else []))
                seen[tab.name] = shown.text
                assert is_whole(shown.lines, (120, 40)), tab.name
                if tab.name in ("sessions", "reports"):
                    await shown.press("enter")
                    seen[f"one of {tab.name}"] = shown.text
                    assert is_whole(shown.lines, (120, 40)), tab.name
                    await shown.press("escape")
    assert {name for name, text in seen.items() if PROMPT in text} == set()
    assert {name for name, text in seen.items() if NAME in text} >= {
        *("now", "usage", "sessions", "one of sessions")
    }
    assert called <= {tour.provider.base.removeprefix("http://")}
