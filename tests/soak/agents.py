"""Agents that write logs as Claude Code and Codex do, and worse, with a known truth."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from tests import builders
from tokentui.ledger.care import check_ledger
from tokentui.ledger.connection import open_for_reading

NANOS = {
    # input, cache read, 5-minute write, 1-hour write, output
    "claude-opus-5-5": (4_000, 200, 5_000, 8_000, 20_000),
    "gpt-5.4": (2_500, 250, 0, 0, 15_000),
}
"""Nano-dollars per token. Lists of both vendors, read 2026-11-22."""

CLAUDE, CODEX = NANOS


class Row(NamedTuple):
    """One response: `at` in UTC milliseconds, counts disjoint."""

    model: str
    at: int
    input: int
    cache_read: int
    cache_write: int
    cache_write_1h: int
    output: int

    @property
    def nanos(self) -> int:
        """What it costs at list price."""
        return sum(map(int.__mul__, self[2:], NANOS[self.model]))


class Response(NamedTuple):
    """A response and the lines that tell of it, whole once the last is there."""

    row: Row
    lines: list[bytes]


class Log:
    """A file of an agent; `total` is a Codex thread's running total."""

    def __init__(self, path: Path, name: str, model: str) -> None:
        self.path = path
        self.name = name
        self.model = model
        self.rows: set[Row] = set()
        self.total = (0, 0, 0)
        self.rest: tuple[Row, bytes] | None = None
        self.is_closed = False


class Agents:
    """Write logs: in pieces, copied, moved, rewritten, compressed, deleted.

    `said` is what they said in whole. No two responses have the same time, so that one
    which is lost, doubled or changed shows. Times begin at `begin_ms` and go on by
    `pace_ms` at most.
    """

    def __init__(
        self,
        home: Path,
        chance: random.Random,
        *,
        begin_ms: int = builders.START_MS,
        pace_ms: int = 2_000,
        filler: int = 0,
        kept: Callable[[], set[Row]] | None = None,
    ) -> None:
        self._home = home
        self._chance = chance
        self._now_ms = begin_ms
        self._pace_ms = pace_ms
        self._filler = "x" * filler
        self._kept = kept
        self._logs: list[Log] = []
        self.said: set[Row] = set()

    def grow(self, responses: int) -> None:
        """Write until so many more responses were said."""
        enough = len(self.said) + responses
        while len(self.said) < enough:
            self._append(self._log())

    def step(self) -> None:
        """Do one thing to one log."""
        worse = [self._move, self._rewrite, self._copy, self._close, self._delete]
        deed = self._chance.choice([self._append] * 12 + worse)
        log = self._log()
        if not log.is_closed or deed == self._delete:
            deed(log)

    def surround(self, line: bytes) -> None:
        """Write a line that no client writes, between responses in one log."""
        log = self._log()
        self._append(log)
        self._write_rest(log)
        builders.append(log.path, line)
        self._append(log)

    def finish(self) -> None:
        """Write what is left of lines that were begun."""
        for log in self._logs:
            self._write_rest(log)

    def _log(self) -> Log:
        """Choose a log, now and then a new one."""
        is_new = not self._logs or self._chance.random() < 0.05
        if is_new or all(log.is_closed for log in self._logs):
            self._logs.append(self._new_log())
            return self._logs[-1]
        return self._chance.choice([log for log in self._logs if not log.is_closed])

    def _new_log(self) -> Log:
        if self._chance.random() < 0.5:
            name = str(UUID(int=self._chance.getrandbits(128)))
            project = f"-nowhere-p{self._chance.randrange(9)}"
            path = builders.transcript(self._home, name, project)
            return Log(path, name, CLAUDE)
        name = f"019f0000-0000-7000-8000-{self._chance.getrandbits(48):012x}"
        log = Log(builders.rollout(self._home, name), name, CODEX)
        meta = builders.codex_meta(name, self._seconds())
        builders.write(log.path, meta, builders.codex_turn(CODEX, self._seconds()))
        return log

    def _seconds(self) -> float:
        """Give the next time, as the builders want it."""
        self._now_ms += self._chance.randint(1, self._pace_ms)
        return (self._now_ms - builders.START_MS) / 1000

    def _append(self, log: Log) -> None:
        """Append some responses, of the last one maybe only a part for now."""
        self._write_rest(log)
        responses = [self._respond(log) for _ in range(self._chance.randint(1, 40))]
        text = b"".join(line for each in responses for line in each.lines)
        left = self._chance.randrange(len(responses[-1].lines[-1]) + 1)
        if self._chance.random() < 0.5:
            left = 0
        builders.append(log.path, text[: len(text) - left])
        for each in responses[:-1] if left else responses:
            self._count(log, each.row)
        if left:
            log.rest = responses[-1].row, text[len(text) - left :]

    def _respond(self, log: Log) -> Response:
        return (self._claude if log.model == CLAUDE else self._codex)(log)

    def _claude(self, log: Log) -> Response:
        """Make a response of one to three lines, of which the last one counts."""
        seconds, chance = self._seconds(), self._chance
        row = Row(
            CLAUDE,
            self._now_ms,
            chance.randint(1, 90),
            chance.randint(0, 99_999),
            chance.randint(0, 9_999),
            chance.randint(0, 999),
            chance.randint(9, 9_999),
        )
        blocks = chance.randint(1, 3)
        name = f"msg_01{chance.getrandbits(80):020x}"
        lines = [
            builders.claude_line(
                name,
                seconds + block / 10_000,
                input=row.input,
                read=row.cache_read,
                written=row.cache_write + row.cache_write_1h,
                split=(row.cache_write, row.cache_write_1h),
                output=row.output if block == blocks - 1 else chance.randint(1, 8),
                stop="end_turn" if block == blocks - 1 else None,
                request=f"req_{name}",
                session=log.name,
                toolUseResult=self._filler,
            )
            for block in range(blocks)
        ]
        return Response(row, lines)

    def _codex(self, log: Log) -> Response:
        """Make a response, whose count is told once or twice."""
        seconds, chance = self._seconds(), self._chance
        prompt, output = chance.randint(100, 99_999), chance.randint(9, 9_999)
        cached = chance.randint(0, prompt)
        row = Row(CODEX, self._now_ms, prompt - cached, cached, 0, 0, output)
        used = (prompt, cached, output)
        log.total = tuple(map(int.__add__, log.total, used))  # type: ignore[assignment]
        told = builders.codex_total(log.total, used, seconds)
        lines = [builders.codex_line("agent_message", seconds, message=self._filler)]
        lines += [told] * chance.randint(1, 2)
        return Response(row, lines)

    def _count(self, log: Log, row: Row) -> None:
        log.rows.add(row)
        self.said.add(row)

    def _write_rest(self, log: Log) -> None:
        if log.rest is not None:
            row, rest = log.rest
            log.rest = None
            builders.append(log.path, rest)
            self._count(log, row)

    def _move(self, log: Log) -> None:
        """Give a log another name, or archive it."""
        self._write_rest(log)
        if not log.path.exists():
            return
        if log.model == CLAUDE:
            other = log.path.with_name(f"moved-{self._chance.getrandbits(40):x}.jsonl")
        else:
            other = self._home / ".codex/archived_sessions" / log.path.name
            other.parent.mkdir(parents=True, exist_ok=True)
        log.path = log.path.rename(other)

    def _rewrite(self, log: Log) -> None:
        """Write a log anew, with all that it had; Claude Code's in another order."""
        self._write_rest(log)
        if log.path.exists():
            lines = log.path.read_bytes().splitlines(keepends=True)
            if log.model == CLAUDE:
                self._chance.shuffle(lines)
            builders.write(log.path.with_suffix(".tmp"), *lines).replace(log.path)

    def _copy(self, log: Log) -> None:
        """Copy the lines of a session into another, as a fork begins."""
        if log.model == CLAUDE and log.path.exists():
            name = str(UUID(int=self._chance.getrandbits(128)))
            fork = Log(log.path.with_name(f"{name}.jsonl"), name, CLAUDE)
            whole = log.path.read_bytes().splitlines(keepends=True)
            lines = [line for line in whole if line.endswith(b"\n")]
            told = log.name.encode(), name.encode()
            builders.write(fork.path, *(line.replace(*told) for line in lines))
            fork.rows = set(log.rows)
            self._logs.append(fork)

    def _close(self, log: Log) -> None:
        """End a thread; its file is compressed, as Codex does with old ones."""
        import zstandard

        self._write_rest(log)
        if log.model == CODEX and log.path.exists():
            small = log.path.with_name(log.path.name + ".zst")
            whole = zstandard.ZstdCompressor().compress(log.path.read_bytes())
            builders.write(small.with_suffix(".tmp"), whole).replace(small)
            log.path.unlink()
            log.path, log.is_closed = small, True

    def _delete(self, log: Log) -> None:
        """Delete a log that was read: what nobody could read is nobody's fault."""
        if self._kept is None or log.rest is not None:
            return
        if log.rows <= self._kept():
            log.path.unlink(missing_ok=True)
            self._logs.remove(log)


def kept(ledger: Path, *, whole: bool = False) -> set[Row]:
    """Give the responses that a ledger holds; only those that are `whole`, if asked."""
    rows = builders.events(ledger, *Row._fields, "partial")
    return {Row(*row) for *row, partial in rows if not (whole and partial)}


def faults(ledger: Path, said: set[Row]) -> list[str]:
    """List what is wrong with a ledger that should hold exactly what was said."""
    rows = kept(ledger)
    found = [f"lost: {row}" for row in said - rows]
    found += [f"never said: {row}" for row in rows - said]
    found = found[:9]
    with closing(open_for_reading(ledger)) as connection:
        (number,) = connection.execute("SELECT count(*) FROM event").fetchone()
        if number != len(said):
            found.append(f"{number} responses instead of {len(said)}")
        found += sum_faults(connection, said)
    return found + check_ledger(ledger)


def sum_faults(connection: sqlite3.Connection, said: set[Row]) -> list[str]:
    """Say if the sums by quarter-hour are not what was said, in tokens and money."""
    truth = {
        model: (
            sum(row.input for row in said if row.model == model),
            sum(row.output for row in said if row.model == model),
            sum(row.nanos for row in said if row.model == model),
        )
        for model in {row.model for row in said}
    }
    query = (
        "SELECT model, sum(input), sum(output), sum(cost) FROM rollup"
        " JOIN series ON series.id = series GROUP BY model"
    )
    sums = {model: tuple(row) for model, *row in connection.execute(query)}
    return [] if sums == truth else [f"sums {sums}, not {truth}"]
