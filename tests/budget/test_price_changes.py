"""Price changes that the book has scheduled, and what forecasts make of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from hashlib import blake2b
from pathlib import Path
from unittest.mock import patch
from zoneinfo import ZoneInfo

import builders
import pytest

from tokentui import ingest
from tokentui.budget.caps import CapState
from tokentui.budget.count import Counter
from tokentui.events import Batch, Series, Tokens, UsageEvent
from tokentui.ledger.connection import open_for_reading, open_for_writing
from tokentui.prices.rates import FOREVER_MS, Band, Rate, RateKey
from tokentui.queries.scheduled import price_changes
from tokentui.queries.sums import Usage
from tokentui.settings import Cap, Config, Match, Payer, Price

NOW = builders.START
NOW_MS = builders.START_MS
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
CHANGE_MS = NOW_MS - 10 * HOUR_MS + 2 * DAY_MS
"""Midnight before the 22nd."""

OPUS, SONNET = "claude-opus-5-5", "claude-sonnet-5-5"
M = 1_000_000
A_DOLLAR = 10**9


@dataclass(frozen=True)
class RisingBook:
    """A dollar per million tokens; from the change on as many as are stated.

    With `every_ms` both prices take turns.
    """

    after: Mapping[str, int]
    every_ms: int | None = None
    version: str = field(default="rising")

    def rate(self, key: RateKey, at_ms: int) -> Rate | None:
        """Give the rate of a moment."""
        if key.model not in self.after:
            return self.made(0, FOREVER_MS, 1)
        if self.every_ms is not None:
            start = at_ms - at_ms % self.every_ms
            dollars = (1, self.after[key.model])[at_ms // self.every_ms % 2]
            return self.made(start, start + self.every_ms, dollars)
        if at_ms < CHANGE_MS:
            return self.made(0, CHANGE_MS, 1)
        return self.made(CHANGE_MS, FOREVER_MS, self.after[key.model])

    def made(self, since: int, until: int, dollars: int) -> Rate:
        """Make a rate of so many dollars per million."""
        band = Band(-1, *[dollars * A_DOLLAR] * 5)
        return Rate(since, until, (band,), {}, "made up", "2026-11-20", self.version)


@pytest.fixture
def spend(ledger: Path) -> Callable[..., None]:
    """Let a million tokens of a model be used at some moments."""

    def record(
        book: RisingBook,
        *days_ago: float,
        model: str = OPUS,
        config: Config | None = None,
        **labels: str,
    ) -> None:
        batch = Batch([Series("claude-code", "s", model, **labels)], [], [])
        for ago in days_ago:
            at = NOW_MS - round(ago * DAY_MS)
            key = blake2b(f"{model} {ago}".encode(), digest_size=16).digest()
            batch.events.append(UsageEvent(key, 0, at, at, Tokens(output=M)))
        with (
            closing(open_for_writing(ledger)) as connection,
            patch.object(ingest, "rates_for", lambda config: book),
        ):
            ingest.writer_for(connection, config or Config()).record(batch, [])

    return record


def changes(ledger: Path, **only: tuple[str, ...]) -> list[tuple[int, float]]:
    """Ask which changes lie ahead."""
    with closing(open_for_reading(ledger)) as connection:
        return price_changes(connection, Usage(only=only), NOW_MS)


TWICE = RisingBook({OPUS: 2})


def test_scheduled_change(ledger: Path, spend: Callable) -> None:
    """A price that the book has scheduled to double makes all twice as dear."""
    spend(TWICE, 1)
    assert changes(ledger) == [(CHANGE_MS, 2)]


def test_mix(ledger: Path, spend: Callable) -> None:
    """A change counts by the model's share of the last four weeks: 3 of 4 dollars."""
    spend(TWICE, 1, 2, 27.9)
    spend(TWICE, 1, model=SONNET)
    assert changes(ledger) == [(CHANGE_MS, 1.75)]


def test_tier_stated_or_not(ledger: Path, spend: Callable) -> None:
    """The standard tier is one, stated or not: 4 dollars and 1 instead of 3."""
    spend(TWICE, 1)
    spend(TWICE, 2, tier="standard")
    spend(TWICE, 1, model=SONNET)
    assert changes(ledger) == [(CHANGE_MS, pytest.approx(5 / 3))]


def test_two_changes(ledger: Path, spend: Callable) -> None:
    """Changes at one time add up."""
    both = RisingBook({OPUS: 2, SONNET: 4})
    spend(both, 1)
    spend(both, 1, model=SONNET)
    factors = [factor for _, factor in changes(ledger)]
    assert sorted(factors)[-1] == 3


def test_old_usage_is_no_mix(ledger: Path, spend: Callable) -> None:
    """A model that was not used for four weeks does not count."""
    spend(TWICE, 29)
    spend(TWICE, 1, model=SONNET)
    assert all(factor == 1 for _, factor in changes(ledger))


def test_plans_do_not_count(ledger: Path, spend: Callable) -> None:
    """What a plan pays has no price that could change."""
    spend(TWICE, 1, account="claude_max")
    spend(TWICE, 1, model=SONNET)
    assert all(factor == 1 for _, factor in changes(ledger))


def test_nothing_scheduled(ledger: Path, spend: Callable) -> None:
    """Without a change ahead there is none."""
    spend(RisingBook({}), 1)
    assert changes(ledger) == []


def test_time_of_day_is_no_change(ledger: Path, spend: Callable) -> None:
    """Prices that follow the clock are no change of price."""
    spend(RisingBook({OPUS: 2}, every_ms=12 * HOUR_MS), 1)
    assert changes(ledger) == []


def test_discount(ledger: Path, spend: Callable) -> None:
    """Who gets a discount now gets it after the change too."""
    company = Payer("company", match=Match(source=("*",)), discount=Decimal("0.15"))
    spend(TWICE, 1, config=Config(payers=(company,)))
    assert changes(ledger) == [(CHANGE_MS, pytest.approx(2))]


def test_scope(ledger: Path, spend: Callable) -> None:
    """A cap on one model is not touched by the price of another."""
    spend(TWICE, 1)
    spend(TWICE, 1, model=SONNET)
    assert all(factor == 1 for _, factor in changes(ledger, model=(SONNET,)))


def test_change_is_taken_back(ledger: Path, spend: Callable) -> None:
    """A change that the present book does not know any more is none."""
    spend(TWICE, 1)
    own = Config(prices=(Price("another-model", input=Decimal(1)),))
    spend(RisingBook({}, version="steady"), 0.5, config=own)
    assert changes(ledger) == []


def week(ledger: Path, **cap: object) -> CapState:
    """Count a cap on this week."""
    config = Config(caps=(Cap("week", 1_000 * A_DOLLAR, "week", **cap),))
    with closing(open_for_reading(ledger)) as connection:
        counter = Counter(connection, config, ZoneInfo("UTC"), NOW, ())
        (state,) = counter.states()
    return state


def test_forecast(ledger: Path, spend: Callable) -> None:
    """The days after the change are forecast at its prices.

    A dollar at 09:00 each day: spent are those of Monday to Friday, expected are one on
    Saturday and, from the change on, two on Sunday.
    """
    nine = [n + 1 / 24 for n in range(84)]
    spend(RisingBook({}), *nine)
    before = week(ledger).facts.forecast
    assert before is not None
    assert before.mid == pytest.approx(7 * A_DOLLAR, rel=0.02)
    ledger.unlink()
    spend(TWICE, *nine)
    after = week(ledger).facts.forecast
    assert after is not None
    assert after.mid == pytest.approx(8 * A_DOLLAR, rel=0.02)
    assert timedelta(milliseconds=CHANGE_MS - NOW_MS) == timedelta(hours=38)


def test_tokens_do_not_change(ledger: Path, spend: Callable) -> None:
    """A cap on tokens does not care for prices."""
    spend(TWICE, *(n + 1 / 24 for n in range(84)))
    ahead = week(ledger, unit="tokens").facts.forecast
    assert ahead is not None
    assert ahead.mid == pytest.approx(7 * M, rel=0.02)
