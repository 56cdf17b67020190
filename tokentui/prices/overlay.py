"""What genai-prices does not know: the overlay file, its rules and when they hold.

Figures: `overlay.toml`, where each rule has its source and the day it was read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fnmatch import fnmatchcase
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import msgspec

from tokentui.prices.rates import FOREVER_MS

KINDS = ("input", "cache_read", "cache_write", "cache_write_1h", "output")
"""The kinds of tokens that have a price, in the order of `rates.Band`."""

OVERLAY = Path(__file__).with_name("overlay.toml")

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST_DATE_MS = 253_370_764_800_000
"""Start of the year 9999; for anything later the calendar stands still."""

LONGEST_NAME = 200
"""Characters; what a log has beyond that is no model's name."""

ENDINGS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\[[^\[\]=]*\]$",  # [1m]; but [fast=true] decides the price
        r"-v\d+(:\d+)?$",
        r"@\d{8}$",
        r"-20\d{2}-?\d{2}-?\d{2}$",
        r"-latest$",
    )
)
"""Ends of a model's name that do not change its price, in the order they come off."""

Ladder = tuple[tuple[int, Fraction], ...]
"""Dollars per million tokens, by the prompt length beyond which they hold; -1 first."""


class Span(NamedTuple):
    """UTC milliseconds, from `since` to before `until`; all time by default."""

    since: int = 0
    until: int = FOREVER_MS

    def meet(self, other: Span) -> Span:
        """Keep what both have in common."""
        return Span(max(self.since, other.since), min(self.until, other.until))

    def state(self, at: int) -> tuple[bool, Span]:
        """Say if a moment (UTC ms) is inside, and the span around it with that answer.

        In the span, which holds the moment, the answer cannot change; beyond it may.
        """
        if at < self.since:
            return False, Span(until=self.since)
        if at >= self.until:
            return False, Span(since=self.until)
        return True, self


class Clock(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Hours of the UTC day, on some days of a place with a fixed offset.

    `hours_utc` are pairs from a start to before an end, of one day. `weekdays` (Monday
    is 1) and `days_off` are days of the place, which is `utc_offset_hours` ahead.
    """

    hours_utc: tuple[tuple[int, int], ...]
    weekdays: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)
    utc_offset_hours: int = 0
    days_off: tuple[date, ...] = ()

    def state(self, at: int) -> tuple[bool, Span]:
        """Say for a moment (UTC ms) what `Span.state` does; a day at most."""
        edges = {
            -self.utc_offset_hours % 24,
            *(h for pair in self.hours_utc for h in pair),
        }
        local = moment(at + self.utc_offset_hours * HOUR_MS).date()
        hour = at % DAY_MS / HOUR_MS
        holds = (
            any(start <= hour < end for start, end in self.hours_utc)
            and local.isoweekday() in self.weekdays
            and local not in self.days_off
        )
        return holds, between_daily(at, [edge * HOUR_MS for edge in edges])


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry of the overlay; the head of the file says what the fields do.

    `per_mtok` and `over` (by prompt length in tokens) are dollars per million tokens by
    kind, `fees` dollars per unit, `factor` and `per_input` multiples. `source` is where
    the vendor says so, `read` when.
    """

    what: str
    source: str
    read: date
    providers: tuple[str, ...]
    models: tuple[str, ...]
    tiers: tuple[str, ...] = ()
    geos: tuple[str, ...] = ()
    kinds: tuple[str, ...] = KINDS
    starts: datetime | None = msgspec.field(default=None, name="from")
    ends: datetime | None = msgspec.field(default=None, name="until")
    clock: Clock | None = None
    per_mtok: dict[str, Decimal] = {}
    over: dict[int, dict[str, Decimal]] = {}
    factor: str | None = None
    per_input: dict[str, Decimal] = {}
    fees: dict[str, Decimal] = {}
    withdrawn: bool = False
    notice: bool = False

    @property
    def span(self) -> Span:
        """From when to when the rule holds, its clock aside."""
        return Span(
            0 if self.starts is None else milliseconds(self.starts),
            FOREVER_MS if self.ends is None else milliseconds(self.ends),
        )

    @property
    def as_of(self) -> str:
        """The ISO date it took effect, else the one it was read."""
        return str(self.read if self.starts is None else self.starts.date())

    def concerns(
        self, provider: str, tier: str, geo: str, names: Iterable[str]
    ) -> bool:
        """Say if the rule can bear on a model by some names, whatever the time.

        All are as the overlay spells them, in lower case.
        """
        return (
            provider in self.providers
            and (not self.tiers or tier in self.tiers)
            and (not self.geos or matches([geo], self.geos))
            and matches(names, self.models)
        )

    def state(self, at: int) -> tuple[bool, Span]:
        """Say for a moment (UTC ms) what `Span.state` does."""
        holds, span = self.span.state(at)
        if not holds or self.clock is None:
            return holds, span
        holds, hours = self.clock.state(at)
        return holds, span.meet(hours)

    def is_whole(self, tier: str) -> bool:
        """Say if nothing of a tier's price is left to the library."""
        mine = tier in self.tiers if self.tiers else tier == "standard"
        return mine and {"input", "output"} <= self.per_mtok.keys()

    def ladder(self, kind: str) -> Ladder:
        """Give what a kind costs; raises `KeyError` for one it does not price."""
        steps = {-1: self.per_mtok, **self.over}
        return tuple((over, Fraction(steps[over][kind])) for over in sorted(steps))


class OwnModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A model that the library lacks or mistakes for another; `context` is in tokens.

    It is found by its `id` and `names` exactly, and has only the prices of rules.
    """

    provider: str
    id: str
    names: tuple[str, ...] = ()
    context: int | None = None


class Overlay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The overlay file, whose comments say what each table is for.

    `providers` has our names of providers and the library's of those whose lists hold
    for them. `as_of` is the day up to which the rules were checked.
    """

    as_of: date
    anywhere: tuple[str, ...]
    unpriced: tuple[str, ...]
    gateways: tuple[str, ...]
    vendors: tuple[str, ...]
    aliases: dict[str, str]
    providers: dict[str, tuple[str, ...]]
    provider_names: dict[str, str]
    tier_names: dict[str, dict[str, str]]
    models: tuple[OwnModel, ...] = msgspec.field(name="model")
    rules: tuple[Rule, ...] = msgspec.field(name="rule")

    def provider(self, name: str) -> str:
        """Give our name of a provider; one that is not known keeps its own."""
        name = name.strip().lower()
        return self.provider_names.get(name, name)

    def tier(self, name: str, provider: str) -> str:
        """Give our name of a provider's tier; one that is not known keeps its own."""
        name = name.strip().lower()
        names = self.tier_names["*"] | self.tier_names.get(provider, {})
        return names.get(name, name)


def read_overlay() -> Overlay:
    """Read the overlay that comes with the program.

    Its faults are ours and found by the tests: there is no error to catch.
    """
    import tomllib  # 7 ms with the reading, and only an unknown key needs it

    written = tomllib.loads(OVERLAY.read_text("utf-8"))
    return msgspec.convert(written, Overlay, str_keys=True)


def spellings(name: str, overlay: Overlay) -> tuple[str, ...]:
    """List what a logged name may stand for in lower case, most exact first.

    None for a name that is empty, too long, or has control characters.
    """
    name = name.strip().lower()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        return ()
    forms = [name]
    for ending in ENDINGS:
        forms.append(ending.sub("", forms[-1]))
    vendor = re.compile(rf"^([a-z-]+\.)?({'|'.join(overlay.vendors)})\.")
    forms += [vendor.sub("", form.rpartition("/")[2]) for form in forms]
    forms += [overlay.aliases[form] for form in forms if form in overlay.aliases]
    return tuple(dict.fromkeys(filter(None, forms)))


def matches(names: Iterable[str], patterns: Sequence[str]) -> bool:
    """Say if a name fits a pattern with `*`, `?` and `[]`, case counting."""
    return any(fnmatchcase(name, pattern) for name in names for pattern in patterns)


def moment(at: int) -> datetime:
    """Give the aware UTC time of UTC milliseconds, the start of 9999 at most."""
    return EPOCH + timedelta(milliseconds=min(at, LAST_DATE_MS))


def milliseconds(when: datetime) -> int:
    """Count the UTC milliseconds to an aware time, parts of one dropped."""
    return (when - EPOCH) // timedelta(milliseconds=1)


def midnight(day: date) -> int:
    """Give the first millisecond of a UTC day."""
    return milliseconds(datetime.combine(day, time(), UTC))


def between_daily(at: int, offsets: Sequence[int]) -> Span:
    """Give the span around a moment between times that come every day.

    `offsets`, of which there is one at least, are milliseconds since UTC midnight.
    """
    today = at - at % DAY_MS
    edges = [today + day + offset for day in (-DAY_MS, 0, DAY_MS) for offset in offsets]
    return Span(
        max(edge for edge in edges if edge <= at),
        min(edge for edge in edges if edge > at),
    )
