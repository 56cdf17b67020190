"""Log lines made by hand, a toy price book, and what a ledger holds as plain rows."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any
from unittest.mock import patch

from tokentui import ingest
from tokentui.config import Config, SourceSettings
from tokentui.events import Batch, Series, UsageEvent
from tokentui.ledger.connection import open_for_reading, open_for_writing
from tokentui.ledger.schema import SCOPE_LABELS
from tokentui.periods import millis
from tokentui.prices.rates import FOREVER_MS, Band, Rate, RateKey

START = datetime(2026, 11, 20, 10, tzinfo=UTC)
START_MS = int(START.timestamp() * 1000)
SESSION = "5e551011-0000-4000-8000-000000000001"
THREAD = "019f0000-0000-7000-8000-000000000001"

KINDS = ("input", "cache_read", "cache_write", "cache_write_1h", "output", "reasoning")


def clock(seconds: float = 0) -> str:
    """Write the time so many seconds after the start, as the logs do."""
    text = (START + timedelta(seconds=seconds)).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def ms(text: str) -> int:
    """Read an ISO time, UTC if it names no other, as milliseconds."""
    moment = datetime.fromisoformat(text)
    return millis(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def line(record: object) -> bytes:
    """Write one record as one line."""
    text = json.dumps(record, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass") + b"\n"


def claude_line(
    message_id: object = "msg_01AAAAAAAAAAAAAAAAAAAA01",
    seconds: float = 0,
    *,
    input: object = 10,  # noqa: A002 - the log's own word
    output: object = 100,
    read: object = 0,
    written: object = 0,
    split: tuple[object, object] | None = None,
    usage: Mapping[str, object] | None = None,
    model: object = "claude-opus-5-5",
    stop: object = "end_turn",
    request: object = "req_1",
    session: object = SESSION,
    message: Mapping[str, object] | None = None,
    **fields: object,
) -> bytes:
    """Write an assistant line; `split` is the 5-minute and 1-hour cache write."""
    counts: dict[str, object] = {
        "input_tokens": input,
        "cache_creation_input_tokens": written,
        "cache_read_input_tokens": read,
        "output_tokens": output,
        "service_tier": "standard",
    }
    if split is not None:
        counts["cache_creation"] = {
            "ephemeral_5m_input_tokens": split[0],
            "ephemeral_1h_input_tokens": split[1],
        }
    record = {
        "type": "assistant",
        "uuid": f"u-{message_id}-{seconds}",
        "sessionId": session,
        "timestamp": clock(seconds),
        "cwd": "/nowhere/acme",
        "gitBranch": "main",
        "version": "2.1.330",
        "isSidechain": False,
        "requestId": request,
        "message": {
            "id": message_id,
            "type": "message",
            "role": "assistant",
            "model": model,
            "content": [{"type": "text", "text": "filler"}],
            "stop_reason": stop,
            "usage": {**counts, **(usage or {})},
            **(message or {}),
        },
        **fields,
    }
    return line({key: each for key, each in record.items() if each is not ABSENT})


ABSENT = object()
"""A field that a line does not have."""


def claude_prompt(seconds: float = 0, session: str = SESSION) -> bytes:
    """Write a user's line, which bears no usage."""
    return line(
        {
            "type": "user",
            "sessionId": session,
            "timestamp": clock(seconds),
            "message": {"role": "user", "content": "filler"},
        }
    )


def cost_state(models: Mapping[str, tuple[int, ...]], session: str = SESSION) -> bytes:
    """Write totals: input, read, written, of that 1 hour, output, searches."""
    names = (
        "inputTokens",
        "cacheReadInputTokens",
        "cacheCreationInputTokens",
        "cacheCreationEphemeral1hInputTokens",
        "outputTokens",
        "webSearchRequests",
    )
    used = {
        model: dict(zip(names, counts, strict=False))
        for model, counts in models.items()
    }
    return line({"type": "cost-state", "sessionId": session, "modelUsage": used})


def codex_line(
    kind: str, seconds: float = 0, ordinal: int | None = None, **payload: object
) -> bytes:
    """Write a rollout line; kinds of events go into an `event_msg`."""
    record: dict[str, object] = {"timestamp": clock(seconds)}
    if ordinal is not None:
        record["ordinal"] = ordinal
    if kind in ("session_meta", "turn_context", "token_usage_record", "response_item"):
        record |= {"type": kind, "payload": payload}
    else:
        record |= {"type": "event_msg", "payload": {"type": kind, **payload}}
    return line(record)


def codex_meta(
    thread: str | None = THREAD,
    seconds: float = 0,
    ordinal: int | None = None,
    **fields: object,
) -> bytes:
    """Write the first line of a rollout."""
    about: dict[str, object] = {
        "id": thread,
        "timestamp": clock(seconds),
        "cwd": "/nowhere/acme",
        "originator": "codex_exec",
        "cli_version": "0.118.0",
        "source": "exec",
        "model_provider": "openai",
        "git": {"branch": "main"},
    }
    return codex_line("session_meta", seconds, ordinal, **(about | fields))


def codex_turn(
    model: str | None = "gpt-5.4",
    seconds: float = 0,
    ordinal: int | None = None,
    **fields: object,
) -> bytes:
    """Write the context of a turn."""
    about = {"cwd": "/nowhere/acme", **fields}
    if model is not None:
        about["model"] = model
    return codex_line("turn_context", seconds, ordinal, **about)


def counts(*numbers: object) -> dict[str, object]:
    """Name input, cached, output, and if given reasoning and cache write."""
    prompt, cached, output, *rest = numbers
    whole = (
        prompt + output if isinstance(prompt, int) and isinstance(output, int) else 0
    )
    named = {
        "input_tokens": prompt,
        "cached_input_tokens": cached,
        "output_tokens": output,
        "reasoning_output_tokens": rest[0] if rest else 0,
        "total_tokens": whole,
    }
    if len(rest) > 1:
        named["cache_write_input_tokens"] = rest[1]
    return named


def codex_total(
    total: tuple[object, ...] | None,
    last: tuple[object, ...] | None,
    seconds: float = 0,
    ordinal: int | None = None,
) -> bytes:
    """Write a running total, and the usage of the last response."""
    info: dict[str, object] = {"model_context_window": 258400}
    if total is not None:
        info["total_token_usage"] = counts(*total)
    if last is not None:
        info["last_token_usage"] = counts(*last)
    limits = {"primary": None, "secondary": None}
    return codex_line("token_count", seconds, ordinal, info=info, rate_limits=limits)


def codex_record(
    response: str | None,
    used: tuple[object, ...],
    seconds: float = 0,
    thread: str = THREAD,
    turn: str = "019f0000-0001-7000-8000-0000000000aa",
) -> bytes:
    """Write the usage record of one response."""
    return codex_line(
        "token_usage_record",
        seconds,
        thread_id=thread,
        turn_id=turn,
        response_id=response,
        usage=counts(*used),
    )


def write(path: Path, *lines: bytes, mode: str = "wb") -> Path:
    """Write a file of lines, with the folders that it lies in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open(mode) as file:
        file.write(b"".join(lines))
    return path


def append(path: Path, *lines: bytes) -> Path:
    """Add lines to a file."""
    return write(path, *lines, mode="ab")


def transcript(home: Path, name: str = SESSION, project: str = "-nowhere-acme") -> Path:
    """Name the file of a Claude Code session."""
    return home / f".claude/projects/{project}/{name}.jsonl"


def rollout(home: Path, thread: str = THREAD, ending: str = ".jsonl") -> Path:
    """Name the file of a Codex thread."""
    folder = home / ".codex/sessions/2026/11/20"
    return folder / f"rollout-2026-11-20T10-00-00-{thread}{ending}"


class ToyBook:
    """A dollar per million tokens of every kind, ten cents a search.

    Models whose name begins with `unpriced` have no price.
    """

    version = "toy"

    def rate(self, key: RateKey, at_ms: int) -> Rate | None:
        """Give the one rate there is."""
        if key.model.startswith("unpriced"):
            return None
        band = Band(-1, *[10**9] * 5)
        fees = {"web_search": 10**8}
        return Rate(0, FOREVER_MS, (band,), fees, "made up", "2026-11-20", "toy")


def toy_prices() -> AbstractContextManager[object]:
    """Price with the toy book for a while."""
    return patch.object(ingest, "rates_for", lambda config: ToyBook())


def config_of(home: Path) -> Config:
    """Make the config that reads the agents' folders in `home`."""
    return Config(
        sources=(
            SourceSettings("claude-code", paths=(home / ".claude",)),
            SourceSettings("codex", paths=(home / ".codex",)),
        )
    )


def refresh(ledger: Path, home: Path, **wishes: Any) -> ingest.RefreshReport:
    """Read what is new below `home`, priced with the toy book."""
    with toy_prices():
        return ingest.refresh(ledger, config_of(home), **wishes)


def reading_failures(report: ingest.RefreshReport) -> list[str]:
    """List why files could not be read."""
    return [error for source in report.sources for error in source.errors]


@lru_cache(maxsize=1)
def empty_ledger() -> bytes:
    """Make the bytes of a ledger with nothing in it, once: it takes 50 ms."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        open_for_writing(path).close()
        return path.read_bytes()


def fresh_home() -> tuple[Path, Path]:
    """Make a home and an empty ledger for one example of a property."""
    folder = Path(mkdtemp(dir=os.environ["HOME_OF_EXAMPLES"]))
    ledger = write(folder / "ledger.db", empty_ledger())
    return folder, ledger


@contextmanager
def small_pieces(block: int = 64, events: int = 1) -> Iterator[None]:
    """Read in blocks of so many bytes, and keep so many events at once."""
    with (
        patch("tokentui.sources.lines.BLOCK_BYTES", block),
        patch("tokentui.sources.reading.EVENTS_AT_ONCE", events),
    ):
        yield


def record(
    ledger: Path,
    events: Iterable[tuple[Series, UsageEvent]],
    config: Config | None = None,
) -> None:
    """Write events with their labels into a ledger, priced with the toy book."""
    batch = Batch([], [], [])
    for series, event in events:
        if series not in batch.series:
            batch.series.append(series)
        place = batch.series.index(series)
        batch.events.append(UsageEvent(**{**fields_of(event), "series": place}))
    with closing(open_for_writing(ledger)) as connection, toy_prices():
        ingest.writer_for(connection, config or Config()).record(batch, [])


def fields_of(event: UsageEvent) -> dict[str, Any]:
    """Take an event apart into its fields."""
    return {name: getattr(event, name) for name in event.__struct_fields__}


def events(ledger: Path, *columns: str) -> list[tuple[Any, ...]]:
    """List these columns of all events with their labels, by time, then by value."""
    with closing(open_for_reading(ledger)) as connection:
        rows = connection.execute(
            f"SELECT {', '.join(columns)} FROM event e JOIN series s ON s.id = e.series"
            " ORDER BY e.at"
        ).fetchall()
    place = columns.index("at") if "at" in columns else None
    return sorted(
        rows, key=lambda row: (row[place] if place is not None else 0, repr(row))
    )


def totals(ledger: Path, *by: str) -> dict[Any, tuple[int, ...]]:
    """Sum requests, the six token kinds, and partial, by labels or by model."""
    keys = by or ("model",)
    sums = ", ".join(f"sum({kind})" for kind in ("requests", *KINDS, "partial"))
    with closing(open_for_reading(ledger)) as connection:
        rows = connection.execute(
            f"SELECT {', '.join(keys)}, {sums} FROM event e"
            f" JOIN series s ON s.id = e.series GROUP BY {', '.join(keys)}"
        ).fetchall()
    wide = len(keys)
    return {row[0] if wide == 1 else row[:wide]: row[wide:] for row in rows}


def rollup_faults(ledger: Path) -> list[tuple[Any, ...]]:
    """List the sums of quarter-hours, hours and days that differ from the events."""
    kinds = ", ".join(KINDS)
    kept = f"bucket, series, requests, {kinds}, cost, unpriced, partial, last_at"
    summed = (
        f"at / 900000, series, sum(requests), {', '.join(f'sum({k})' for k in KINDS)},"
        " sum(cost), sum(cost IS NULL), sum(partial), max(at)"
    )
    events = f"SELECT {summed} FROM event GROUP BY 1, 2"
    rollup = f"SELECT {kept} FROM rollup"
    with closing(open_for_reading(ledger)) as connection:
        missing = connection.execute(f"{events} EXCEPT {rollup}").fetchall()
        surplus = connection.execute(f"{rollup} EXCEPT {events}").fetchall()
        return missing + surplus + scope_faults(connection) + day_faults(connection)


def day_faults(connection: sqlite3.Connection) -> list[tuple[Any, ...]]:
    """List the days in which the sums of a series and its events differ, either way."""
    summed = (
        "SELECT at / 86400000, series, sum(requests),"
        f" {', '.join(f'sum({k})' for k in KINDS)}, sum(cost),"
        " sum(coalesce(list, cost)), sum(cost IS NULL), sum(partial), max(at)"
        " FROM event GROUP BY 1, 2"
    )
    kept = "SELECT * FROM series_day"
    missing = connection.execute(f"{summed} EXCEPT {kept}").fetchall()
    return missing + connection.execute(f"{kept} EXCEPT {summed}").fetchall()


def scope_faults(connection: sqlite3.Connection) -> list[tuple[Any, ...]]:
    """List the hours in which the sums of a scope and its events differ, either way."""
    labels = ", ".join(f"s.{label}" for label in SCOPE_LABELS)
    kinds = ", ".join(f"sum(e.{kind})" for kind in KINDS)
    summed = (
        f"SELECT e.at / 3600000, {labels}, sum(e.requests), {kinds}, sum(e.cost),"
        " sum(coalesce(e.list, e.cost)), sum(e.cost IS NULL), sum(e.partial), max(e.at)"
        " FROM event e JOIN series s ON s.id = e.series"
        f" GROUP BY e.at / 3600000, {labels}"
    )
    kept = (
        f"SELECT h.hour, {labels}, h.requests, {', '.join(f'h.{k}' for k in KINDS)},"
        " h.cost, h.list, h.unpriced, h.partial, h.last_at"
        " FROM scope_hour h JOIN scope s ON s.id = h.scope"
    )
    missing = connection.execute(f"{summed} EXCEPT {kept}").fetchall()
    return missing + connection.execute(f"{kept} EXCEPT {summed}").fetchall()
