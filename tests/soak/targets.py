"""What is fed with anything: readers that must not fail, miscount or change their mind.

A target takes bytes and raises `AssertionError`, or whatever it was not meant to raise,
where something is wrong.
"""

from __future__ import annotations

import atexit
import json
import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any, NamedTuple

import httpx
import msgspec
from werkzeug import Request, Response
from werkzeug.test import EnvironBuilder

from tests import builders
from tokentui.accounts import MODULES, ecb, kind_of
from tokentui.accounts.kind import Question
from tokentui.accounts.web import Web
from tokentui.config import check_text
from tokentui.errors import AccountError, ConfigError
from tokentui.events import Tokens
from tokentui.guard.asked import asked_by
from tokentui.imports import file
from tokentui.imports.rows import BadFile
from tokentui.periods import millis
from tokentui.settings import Account
from tokentui.sources import SOURCES, claude_status
from tokentui.sources.collector import Collector
from tokentui.sources.cursor import read_rows
from tokentui.sources.cursors import Cursor
from tokentui.sources.folders import FoundFile
from tokentui.sources.values import LARGEST_COUNT, LARGEST_TOTAL

NOW = datetime(2026, 11, 25, 14, tzinfo=UTC)
LARGEST_WORD = (1 << 63) - 1
"""What a column of the ledger holds at most."""

Target = Callable[[bytes], None]


class Read(NamedTuple):
    """What was read of a log: events with their labels by key, and session totals."""

    events: dict[bytes, Any]
    totals: list[Any]


@cache
def folder() -> Path:
    """Make a folder for what is fed, in memory where there is such a place."""
    memory = Path("/dev/shm")
    made = mkdtemp(prefix="soak-", dir=memory if memory.is_dir() else None)
    atexit.register(rmtree, made, ignore_errors=True)
    return Path(made)


# Logs


def log(source: str, name: str) -> Target:
    """Make the target that reads some bytes as a log of a source."""
    path = folder() / source / name

    def target(text: bytes) -> None:
        whole = read_log(source, path, [text])
        see_counts(whole)
        chance = random.Random(text)
        cut = chance.randrange(len(text) + 1)
        pieces = read_log(source, path, [text[:cut], text])
        assert pieces.events == whole.events, "read in pieces it tells something else"
        other = otherwise(text, chance)
        again = read_log(source, path, [other])
        assert plain(again) == plain(whole), f"written otherwise it is else: {other!r}"

    return target


def read_log(source: str, path: Path, states: list[bytes]) -> Read:
    """Read a log that grows from state to state."""
    collector = Collector(source, None, None)
    last: Cursor | None = None
    path.parent.mkdir(exist_ok=True, parents=True)
    for state in states:
        path.write_bytes(state)
        found = FoundFile(str(path), str(path.parent), 1, 1, len(state), len(state))
        *_, last = SOURCES[source].read(found, last, collector)
    events = dict(collector.events)
    batch = collector.take()
    by_key = {
        key: (msgspec.structs.replace(event, series=0), batch.series[event.series])
        for key, event in events.items()
    }
    return Read(by_key, batch.totals)


def see_counts(read: Read) -> None:
    """See that counts are such as a ledger holds, and times such as there are."""
    for event, _ in read.events.values():
        see_tokens(event.tokens, 3 * LARGEST_COUNT)
        assert 0 < event.at <= LARGEST_WORD
        assert all(0 < units <= LARGEST_COUNT for units in event.fees.values())
    for totals in read.totals:
        for tokens in totals.models.values():
            see_tokens(tokens, 2 * LARGEST_TOTAL)


def see_tokens(tokens: Tokens, most: int) -> None:
    """See that no count is negative, a fraction, or more than makes sense."""
    for count in msgspec.structs.astuple(tokens):
        assert count.__class__ is int and 0 <= count <= most, tokens


def plain(read: Read) -> Any:
    """Give what has to be the same however a record is written.

    Marks of calls are of the input as it is written, and whether a record that bears
    no usage is one to be told of is found out by how it is written.
    """
    return (
        {
            key: msgspec.structs.replace(event, call_mark=None, deeds=None)
            for key, (event, _) in read.events.items()
        },
        read.totals,
    )


def otherwise(text: bytes, chance: random.Random) -> bytes:
    """Write each line that is JSON in another way that says the same.

    As the plain reader of Python has it: other spaces, keys in another order.
    """
    lines = text.split(b"\n")
    return b"\n".join([*(same(each, chance) for each in lines[:-1]), lines[-1]])


def same(line: bytes, chance: random.Random) -> bytes:
    """Write a line in another way, if it is JSON that all readers understand alike."""

    def turned(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            raise ValueError("a key comes twice")
        chance.shuffle(pairs)
        return dict(pairs)

    try:
        record = json.loads(line.decode("utf-8"), object_pairs_hook=turned)
        gap = chance.choice([(",", ":"), (", ", ": ")])
        as_ascii = chance.random() < 0.5
        return json.dumps(
            record, separators=gap, ensure_ascii=as_ascii, allow_nan=False
        ).encode("utf-8")
    except (ValueError, RecursionError):
        return line


def cursor(text: bytes) -> None:
    """Read a database of Cursor in which a message is some bytes."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE cursorDiskKV (key TEXT UNIQUE, value BLOB)")
        key, _, value = text.partition(b"\n")
        rows = [
            ("bubbleId:" + key.decode("utf-8", "replace"), value),
            ("composerData:c", value),
            ("bubbleId:c:good", b'{"type": 2, "createdAt": 1795168800000}'),
        ]
        connection.executemany("INSERT OR IGNORE INTO cursorDiskKV VALUES (?, ?)", rows)
        connection.text_factory = lambda text: text.decode("utf-8", "replace")
        collector = Collector("cursor", None, None)
        found = FoundFile(str(folder() / "User/globalStorage/x"), "p", 1, 1, 9, 9)
        for _ in read_rows(connection, found, None, collector):
            pass
        events = dict(collector.events)
    see_counts(Read({key: (event, None) for key, event in events.items()}, []))
    assert any(event.at == 1795168800000 for event in events.values())


# What people and providers write


def config(text: bytes) -> None:
    """Read some bytes as a config."""
    with suppress(ConfigError):
        check_text(text)


def hooks(text: bytes) -> None:
    """Read some bytes as what an agent sends to the guard and the status line."""
    with suppress(ValueError, RecursionError):
        asked_by(text)
    told = claude_status.told_by(text)
    for amount in (told.cost_nanos, *(each.resets_at for each in told.windows)):
        assert amount is None or 0 <= amount <= LARGEST_WORD, told
    claude_status.last_response_ms(text)


def imports(text: bytes) -> None:
    """Read some bytes as a file of usage."""
    path = folder() / "usage"
    path.write_bytes(text)
    with suppress(BadFile):
        for row in file.read(path, builders.UTC, NOW).rows:  # type: ignore[arg-type]
            see_tokens(row.tokens, LARGEST_WORD)


def rates(text: bytes) -> None:
    """Read some bytes as exchange rates of the European Central Bank."""
    for read in (ecb.of_xml, ecb.of_zip):
        with suppress(AccountError):
            read(text)


class Answers:
    """Takes down what a provider answers when all is well; is no provider."""

    def __init__(self) -> None:
        self.by_path: dict[str, bytes] = {}
        self._path = ""

    def expect_request(self, path: str, *_: object, **__: object) -> Answers:
        """Take down of which path it is."""
        self._path = path
        return self

    def respond_with_json(self, document: object, *_: object, **__: object) -> None:
        """Take down an answer."""
        self.by_path[self._path] = json.dumps(document).encode()

    def respond_with_handler(self, handler: Callable[[Request], Response]) -> None:
        """Take down what is answered to a question for a first page, or for a day."""
        page = {"page": 1, "pageSize": 100}
        day = {"year": "2026", "month": "11", "day": "24", "startTime": "2026-11-24"}
        asked = EnvironBuilder(self._path, method="POST", json=page, query_string=day)
        self.by_path[self._path] = handler(Request(asked.get_environ())).get_data()

    def respond_with_data(self, text: str | bytes, *_: object, **__: object) -> None:
        """Take down an answer that is no JSON."""
        self.by_path[self._path] = text if isinstance(text, bytes) else text.encode()


def account(text: bytes) -> None:
    """Ask an account; the first line says whose, and which answer is the rest."""
    head, _, body = text.partition(b"\n")
    name, _, path = head.decode("utf-8", "replace").partition(" ")
    if name not in MODULES:
        return
    given, answers = answers_of(name)
    kind = kind_of(name)
    of_user = Account("it", name, **given.ACCOUNT)

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == path:
            return httpx.Response(200, content=body)
        known = answers.get(request.url.path)
        return (
            httpx.Response(404) if known is None else httpx.Response(200, content=known)
        )

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        headers = kind.authorize(given.SECRET, of_user)
        web = Web(client, kind.hosts, kind.reads, headers)
        with suppress(AccountError):
            if kind.sign_in is not None:
                web = web.signed(kind.sign_in(web, given.SECRET, millis(NOW)))
        for feed in kind.feeds:
            with suppress(AccountError):
                for reading in feed.read(question_of(web, of_user)):
                    see_reading(asdict(reading))
                    for used in reading.used:
                        see_tokens(used.tokens, LARGEST_WORD)


@cache
def answers_of(name: str) -> tuple[Any, dict[str, bytes]]:
    """Give the module of a kind's answers, and them by path."""
    given = import_module(f"answers_{MODULES[name]}")
    answers = Answers()
    for way in [each for each in vars(given) if each.startswith("healthy")]:
        getattr(given, way)(answers)
    return given, answers.by_path


def question_of(web: Web, of_user: Account) -> Question:
    """Ask for the last days, and know nothing of before."""
    return Question(
        web,
        of_user,
        millis(NOW) // 86_400_000 * 86_400_000 - 3 * 86_400_000,
        millis(NOW),
        lambda name: None,
        lambda name: None,
    )


def see_reading(value: Any) -> None:
    """See that every number fits in a ledger."""
    if isinstance(value, dict):
        for each in value.values():
            see_reading(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            see_reading(each)
    elif isinstance(value, int):
        assert abs(value) <= LARGEST_WORD, value


TARGETS: dict[str, Target] = {
    "claude": log("claude-code", "projects/p/s.jsonl"),
    "codex": log("codex", "sessions/rollout.jsonl"),
    "cursor": cursor,
    "config": config,
    "account": account,
    "hooks": hooks,
    "imports": imports,
    "rates": rates,
}


def seeds() -> Iterator[tuple[str, bytes]]:
    """Give targets with something for them that is right, and what was found before."""
    here = Path(__file__).parent
    for place in sorted((here / "seeds").glob("*/*")):
        yield place.parent.name, place.read_bytes()
    for target, source in (("claude", "claude_code"), ("codex", "codex")):
        for path in sorted((here.parent / "sources" / source).rglob("*.jsonl")):
            yield target, path.read_bytes()
    for path in sorted((here.parent / "sources/statusline").glob("*")):
        yield "hooks", path.read_bytes()
    for path in sorted((here.parent / "guard/inputs").glob("*")):
        yield "hooks", path.read_bytes()
    for name in MODULES:
        for path, body in answers_of(name)[1].items():
            yield "account", f"{name} {path}\n".encode() + body
