"""What reads bytes of others, each as a function that bad bytes must not surprise.

A function returns where its bytes make sense or are refused as they should be, and
raises anything else only for a fault of ours. `SEEDS` begins each.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, cast
from unittest.mock import Mock
from zoneinfo import ZoneInfo

import msgspec

from tests import builders
from tokentui import config
from tokentui.accounts import MODULES, ecb, kind_of
from tokentui.accounts.kind import Question
from tokentui.accounts.web import Web
from tokentui.errors import TokentuiError
from tokentui.events import Batch
from tokentui.guard.asked import asked_by
from tokentui.imports import file
from tokentui.settings import Account
from tokentui.sources import claude_code, codex
from tokentui.sources.claude_status import told_by
from tokentui.sources.collector import Collector
from tokentui.sources.folders import FoundFile
from tokentui.sources.values import LARGEST_COUNT

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)
NOWHERE = FoundFile("/nowhere/a/b.jsonl", "/nowhere", 1, 1, 0, 0)
MOST = 2_000
"""Readings of one feed that are looked at; a feed may go on for long."""


def claude(data: bytes) -> None:
    """Read lines of a Claude Code transcript."""
    read_lines(claude_code.Reader(NOWHERE, b""), data, "claude-code")


def codex_rollout(data: bytes) -> None:
    """Read lines of a Codex rollout."""
    read_lines(codex.Reader(NOWHERE, b""), data, "codex")


def read_lines(reader: Any, data: bytes, source: str) -> None:
    """Feed lines to a reader, in one block and then in two, and look at its events."""
    collector = Collector(source, "label", "machine")
    collector.begin(NOWHERE.place, 0)
    data = data if data.endswith(b"\n") else data + b"\n"
    reader.feed(data, collector)
    sane(collector.take())
    again = type(reader)(NOWHERE, reader.state())
    again.feed(data, collector)
    sane(collector.take())


def sane(batch: Batch) -> None:
    """See that events are such as the ledger can hold."""
    for event in batch.events:
        counts = msgspec.structs.astuple(event.tokens)
        assert all(0 <= count <= 2 * LARGEST_COUNT for count in counts), counts
        assert event.tokens.reasoning <= event.tokens.output
        assert len(event.key) == 16
        assert 0 <= event.series < len(batch.series)
        assert 0 < event.at < 1 << 43
        assert event.tool_calls is None or 0 <= event.tool_calls < 1 << 62
        assert all(0 < units < 1 << 62 for units in event.fees.values())
    for series in batch.series:
        for label in msgspec.structs.astuple(series):
            assert label is None or "\0" not in label
            (label or "").encode()
    msgspec.msgpack.decode(msgspec.msgpack.encode(batch), type=Batch)


def config_file(data: bytes) -> None:
    """Read a config."""
    with NamedTemporaryFile(suffix=".toml") as text, suppress(TokentuiError):
        text.write(data)
        text.flush()
        config.load(Path(text.name))


def imported(data: bytes) -> None:
    """Read a file of usage."""
    with NamedTemporaryFile(suffix=".csv") as text, suppress(TokentuiError):
        text.write(data)
        text.flush()
        file.read(Path(text.name), ZoneInfo("Europe/Berlin"), NOW)


def status_line(data: bytes) -> None:
    """Read what Claude Code tells a status line."""
    told_by(data)


def hook(data: bytes) -> None:
    """Read what an agent tells a hook."""
    with suppress(ValueError, RecursionError):  # as it says
        asked_by(data)


class Echo(Web):
    """Answers each call with the same bytes."""

    def __init__(self, answer: bytes) -> None:
        super().__init__(Mock(), ("nowhere.example",), (), {})
        self._answer = answer

    def _ask(self, *call: object) -> tuple[bytes, str]:
        return self._answer, "application/json"


def answers(data: bytes) -> None:
    """Read answers of providers: the first byte says whose."""
    if not data:
        return
    name = list(MODULES)[data[0] % len(MODULES)]
    kind = kind_of(name)
    account = Account(
        name, name, base_url="https://nowhere.example", user="u", team="t"
    )
    since_ms = NOW_MS - NOW_MS % 86_400_000
    web = Echo(data[1:])
    question = Question(web, account, since_ms, NOW_MS, lambda _: None, lambda _: None)
    for feed in kind.feeds:
        with suppress(TokentuiError):
            for reading in islice(feed.read(question), MOST):
                msgspec.msgpack.encode(reading)


def exchange_rates(data: bytes) -> None:
    """Read exchange rates as the European Central Bank publishes them."""
    for read in (ecb.of_xml, ecb.of_zip):
        with suppress(TokentuiError):
            read(data)


PARSERS: Mapping[str, Callable[[bytes], None]] = {
    "claude": claude,
    "codex": codex_rollout,
    "config": config_file,
    "answers": answers,
    "imported": imported,
    "status-line": status_line,
    "hook": hook,
    "rates": exchange_rates,
}


def seeds(name: str) -> list[bytes]:
    """Give inputs that make sense, from which a search begins."""
    return [*islice(cast("Iterator[bytes]", MAKERS[name]()), 200)]


def claude_seeds() -> Iterator[bytes]:
    """Write lines of all kinds."""
    yield builders.claude_prompt() + builders.claude_line()
    steps = {"iterations": [{"type": "compaction", "input_tokens": 5}]}
    yield builders.claude_line(split=(5, 6), written=11, usage=steps)
    yield builders.cost_state({"claude-opus-5-5": (9, 8, 7, 1, 6, 2)})
    tool = {"type": "tool_use", "name": "Edit", "input": {"file_path": "/a/b.py"}}
    yield builders.claude_line(message={"content": [tool, tool]}, apiBlockIndex=1)
    inner = json.loads(builders.claude_line("msg_01inside0000000000000001"))
    data = {"type": "agent_progress", "agentId": "a", "message": inner}
    yield builders.line({"type": "progress", "sessionId": "s", "data": data})


def codex_seeds() -> Iterator[bytes]:
    """Write rollouts with totals and with records."""
    begin = builders.codex_meta() + builders.codex_turn()
    yield begin + builders.codex_total((100, 50, 9), (100, 50, 9), 1)
    yield begin + builders.codex_record("resp_1", (100, 50, 9, 3, 2), 2)
    call = {"type": "function_call", "name": "shell", "arguments": '{"a":"b"}'}
    yield begin + builders.codex_line("response_item", 1, **call)


def config_seeds() -> Iterator[bytes]:
    """Give the guide's config, whole and table by table."""
    text = (Path(config.__file__).parent / "guide/config.toml").read_bytes()
    yield text
    yield from (b"[" + part for part in text.split(b"\n[")[1:])


def answer_seeds() -> Iterator[bytes]:
    """Write an answer that fits many, for each kind of account."""
    shape = {
        "data": [{"date": "2026-11-24", "usage": 1.5, "model": "m", "amount": "3"}],
        "usage": {"total": 1},
        "balance": "4.2",
        "has_more": True,
        "next_page": "x",
    }
    for number in range(len(MODULES)):
        yield bytes([number]) + json.dumps(shape).encode()


def imported_seeds() -> Iterator[bytes]:
    """Write the three kinds of files."""
    yield b"day,source,model,input,output\n2026-11-01,claude-code,m,5,6\n"
    yield b'{"day":"2026-11-01","source":"codex","model":"m","input":5}\n'
    models = [{"modelName": "m", "inputTokens": 5, "outputTokens": 6, "cost": 1}]
    row = {"date": "2026-11-01", "modelBreakdowns": models}
    yield json.dumps({"daily": [row], "totals": {}}).encode()


def status_seeds() -> Iterator[bytes]:
    """Give what Claude Code really sent."""
    folder = Path(__file__).parents[1] / "sources/statusline"
    yield from (each.read_bytes() for each in sorted(folder.glob("*.json")))


def hook_seeds() -> Iterator[bytes]:
    """Write what each agent tells."""
    for extra in ({}, {"turn_id": "t"}, {"conversation_id": "c"}):
        told = {"hook_event_name": "PreToolUse", "session_id": "s", "tool_name": "Bash"}
        yield json.dumps(told | extra).encode()


def rate_seeds() -> Iterator[bytes]:
    """Write a day of rates as XML."""
    yield (
        b'<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"'
        b' xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref"><Cube>'
        b'<Cube time="2026-11-20"><Cube currency="USD" rate="1.1"/></Cube>'
        b"</Cube></gesmes:Envelope>"
    )


MAKERS: Mapping[str, Callable[[], Iterator[bytes]]] = {
    "claude": claude_seeds,
    "codex": codex_seeds,
    "config": config_seeds,
    "answers": answer_seeds,
    "imported": imported_seeds,
    "status-line": status_seeds,
    "hook": hook_seeds,
    "rates": rate_seeds,
}
