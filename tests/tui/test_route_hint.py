"""The line on the first screen that hints at a cheaper route."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sample_ledgers import CountingLive
from shown import SIZES, Shown, is_whole, running

from tokentui.errors import LedgerError
from tokentui.queries.sums import Sums, Usage
from tokentui.routes.advice import Advice
from tokentui.routes.suggestion import MEASURED, NOTHING, Saving, Suggestion
from tokentui.tui.widgets import route_hint
from tokentui.tui.widgets.route_hint import monthly_limit

DOLLAR = 10**9


def suggestion(title: str, dollars: float, **changes: Any) -> Suggestion:
    """Make one that saves so many dollars a month."""
    nanos = round(dollars * DOLLAR)
    made = Suggestion(
        "lever", title, Saving(nanos, nanos, nanos), NOTHING, MEASURED, (), (), ()
    )
    return made._replace(**changes)


class Stand(CountingLive):
    """The sample month, whose cap is $600, with suggestions made by hand."""

    suggestions: tuple[Suggestion, ...] = ()
    error: Exception | None = None

    def poll(self) -> Any:
        """Give a snapshot each time."""
        self._version = None
        return super().poll()

    def advice(
        self, usage: Usage, value_nanos: int | None, is_unwanted: Callable[[], bool]
    ) -> Advice:
        """Note the question."""
        days = ((usage.until_ms or 0) - (usage.since_ms or 0)) / 86_400_000
        self.asked.append(f"{days:.0f} d")
        if self.error is not None:
            raise self.error
        return Advice(Sums(), self.suggestions)


@pytest.fixture
def stand(sample: Path, state: Path) -> Iterator[Stand]:
    """Open the sample month."""
    with closing(Stand(sample, state)) as live:
        yield live


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for nothing after the first figures."""
    monkeypatch.setattr(route_hint, "FIRST_SECONDS", 0.01)


async def answered(shown: Shown, stand: Stand, times: int = 1) -> None:
    """Wait until it was asked so often, and the answer is painted."""
    for _ in range(200):
        if len(stand.asked) >= times:
            break
        await shown.pilot.pause(0.01)
    await shown.settle()
    assert stand.asked == ["30 d"] * times


async def test_the_largest_is_told(stand: Stand) -> None:
    """5 % of $600 are $30: of what saves more, what saves most."""
    stand.suggestions = (
        suggestion("too little", 30),
        suggestion("fewer retries", 30.01),
        suggestion("lower effort", 200),
        suggestion("another vendor", 200),
    )
    async with running(stand, "now", (120, 40)) as shown:
        await answered(shown, stand)
        assert shown.line("CHEAPER") == (
            "CHEAPER $200.00 a month less: lower effort  7 tells"
        )
        await shown.press("7")
        assert "Routes: last 30 d" in shown.text


@pytest.mark.parametrize(
    "found",
    [
        (),
        (suggestion("too little", 29.99),),
        (suggestion("in plans", 0, saves_in_plans=Saving(DOLLAR, 10**12, 10**12)),),
    ],
)
async def test_there_is_no_line_without_a_reason(
    stand: Stand, found: tuple[Suggestion, ...]
) -> None:
    """Nothing found, too little next to the cap, or no money at all."""
    stand.suggestions = found
    async with running(stand, "now") as shown:
        await answered(shown, stand)
        assert "CHEAPER" not in shown.text


async def test_it_is_computed_once_an_hour(stand: Stand) -> None:
    """However many snapshots there are; the line stays meanwhile."""
    stand.suggestions = (suggestion("lower effort", 31),)
    async with running(stand, "now") as shown:
        await answered(shown, stand)
        for _ in range(5):
            await shown.tick(15)
        await shown.tick(3_500)
        await answered(shown, stand)
        assert "lower effort" in shown.text
        stand.suggestions = ()
        await shown.tick(60)
        await answered(shown, stand, 2)
        assert "CHEAPER" not in shown.text


async def test_without_a_cap_nothing_is_computed(stand: Stand) -> None:
    """There is nothing that it could be worth."""
    stand.config = replace(stand.config, caps=())
    async with running(stand, "now") as shown:
        await shown.tick(15)
        await shown.pilot.pause(0.1)
        assert stand.asked == []


async def test_trouble_is_left_to_the_screen_for_routes(stand: Stand) -> None:
    """The figures of the first screen are none the worse."""
    stand.error = LedgerError("the ledger is away")
    async with running(stand, "now") as shown:
        await answered(shown, stand)
        assert "ERROR" not in shown.text


@pytest.mark.parametrize("size", SIZES)
async def test_it_takes_one_line(stand: Stand, size: tuple[int, int]) -> None:
    """A long title is cut, the key is not."""
    stand.suggestions = (suggestion("a very long title of a suggestion " * 9, 100),)
    async with running(stand, "now", size) as shown:
        await answered(shown, stand)
        assert is_whole(shown.lines, size)
        assert shown.line("CHEAPER").endswith("…  7 tells")


def test_what_a_cap_allows_in_a_month(build: Any) -> None:
    """That of the month, else thirty times that of the day."""
    month = build.cap("month", "month", 1500, build.sums(10))
    day = build.cap("day", "day", 60, build.sums(10))
    week = build.cap("week", "week", 100, build.sums(10))
    one = build.cap("one", "month", 10, build.sums(10), project=("acme",))
    for caps, limit in (
        ((day, month), 1_500 * DOLLAR),
        ((day, week, one), 1_800 * DOLLAR),
        ((week, one), None),
    ):
        assert monthly_limit(build.snapshot(caps=caps)) == limit
