"""Lay what ccusage counted beside the ledger, row by row: a day, a source, a model."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from tokentui import periods
from tokentui.events import Tokens
from tokentui.imports.ccusage import FAST
from tokentui.imports.rows import Row
from tokentui.queries.against import Counted
from tokentui.vendors import vendor_of

Vector = tuple[int, int, int, int]
"""Tokens as both can state them: input, cache read, cache write, output."""

ZERO: Vector = (0, 0, 0, 0)
HALF_HOUR_MS = 1_800_000
HALF_HOURS = sorted(range(-24, 29), key=abs)
"""Offsets from UTC that zones have, in half-hours, the smallest first."""


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """What both have a row of; the model's name has ccusage's mark of fast mode."""

    day: date
    source: str
    model: str


@dataclass(slots=True)
class Pair:
    """One row of both; `theirs_nanos` is `None` where they have no price.

    `events` are ours, `theirs` and `ours` what each counted.
    """

    key: Key
    theirs: Vector = ZERO
    theirs_nanos: int | None = None
    is_theirs: bool = False
    events: list[Counted] = field(default_factory=list)

    @property
    def ours(self) -> Vector:
        """What the ledger counts."""
        return total(vector(event.tokens) for event in self.events)

    @property
    def ours_nanos(self) -> int | None:
        """The list price of what the ledger counts; `None` if nothing is priced."""
        known = [event.nanos for event in self.events if event.nanos is not None]
        return sum(known) if known else None

    @property
    def difference(self) -> Vector:
        """What they count more, less where negative."""
        return minus(self.theirs, self.ours)


def vector(tokens: Tokens) -> Vector:
    """Give tokens as ccusage states them: both lifetimes of cache writes in one."""
    written = tokens.cache_write + tokens.cache_write_1h
    return tokens.input, tokens.cache_read, written, tokens.output


def plus(one: Vector, other: Vector) -> Vector:
    """Add."""
    return (
        one[0] + other[0],
        one[1] + other[1],
        one[2] + other[2],
        one[3] + other[3],
    )


def minus(one: Vector, other: Vector) -> Vector:
    """Subtract."""
    return plus(one, times(other, -1))


def times(one: Vector, factor: int) -> Vector:
    """Multiply."""
    return one[0] * factor, one[1] * factor, one[2] * factor, one[3] * factor


def total(vectors: Iterable[Vector]) -> Vector:
    """Sum."""
    columns = list(zip(*vectors, strict=True)) or [(0,)] * 4
    return sum(columns[0]), sum(columns[1]), sum(columns[2]), sum(columns[3])


def shown_model(model: str, tier: str | None) -> str:
    """Name a model as ccusage does."""
    is_fast = tier == "fast" and vendor_of(model) == "anthropic"
    return model + FAST if is_fast else model


def pairs(
    rows: Iterable[Row], events: Iterable[Counted], day_of: Callable[[int], date]
) -> dict[Key, Pair]:
    """Pair the rows of a file with the events of the same day, source and model.

    Only days between the file's first and last are compared.
    """
    found: dict[Key, Pair] = {}
    for row in rows:
        key = Key(row.first, row.source, shown_model(row.model, row.tier))
        pair = found.setdefault(key, Pair(key))
        pair.is_theirs = True
        pair.theirs = plus(pair.theirs, vector(row.tokens))
        if row.compared is not None:
            pair.theirs_nanos = (pair.theirs_nanos or 0) + row.compared
    first, last = min(k.day for k in found), max(k.day for k in found)
    for event in events:
        day = day_of(event.at_ms)
        if first <= day <= last:
            key = Key(day, event.source, shown_model(event.model, event.tier))
            found.setdefault(key, Pair(key)).events.append(event)
    return dict(sorted(found.items()))


def local_days(tz: ZoneInfo, events: Sequence[Counted]) -> Callable[[int], date]:
    """Give what names the local day of an instant."""
    since, until = (events[0].at_ms, events[-1].at_ms) if events else (0, 0)
    changes = periods.offsets(tz, since, until + 1)
    starts = [at for at, _ in changes]

    def day_of(at_ms: int) -> date:
        offset = changes[max(bisect_right(starts, at_ms) - 1, 0)][1]
        return utc_day(at_ms + offset * 1000)

    return day_of


def utc_day(at_ms: int) -> date:
    """Give the UTC day of an instant."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)).date()


@dataclass(frozen=True, slots=True)
class Zone:
    """An offset from UTC, in hours, and the rows of a file that its days fit."""

    hours: float
    fits: frozenset[Key]


def better_zone(
    pairs: Iterable[Pair], events: Iterable[Counted], known: int
) -> Zone | None:
    """Find the offset whose days fit more rows than `known`, if there is one."""
    theirs = {pair.key: pair.theirs for pair in pairs if pair.is_theirs}
    by_time: dict[tuple[int, str, str], Vector] = defaultdict(lambda: ZERO)
    for event in events:
        name = shown_model(event.model, event.tier)
        slot = (event.at_ms // HALF_HOUR_MS, event.source, name)
        by_time[slot] = plus(by_time[slot], vector(event.tokens))
    best = Zone(0, frozenset())
    for offset in HALF_HOURS:
        ours: dict[Key, Vector] = defaultdict(lambda: ZERO)
        for (slot_number, source, name), used in by_time.items():
            key = Key(utc_day((slot_number + offset) * HALF_HOUR_MS), source, name)
            ours[key] = plus(ours[key], used)
        fits = frozenset(key for key, used in theirs.items() if ours.get(key) == used)
        if len(fits) > len(best.fits):
            best = Zone(offset / 2, fits)
    return best if len(best.fits) > known else None
