"""Which route brings most: the fact sheet's three routes, and those of a ledger."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import weeks

from tokentui.ledger.connection import open_for_reading, open_for_writing
from tokentui.ledger.marks import Mark, keep_mark
from tokentui.periods import millis
from tokentui.prices.book import Book
from tokentui.queries.sums import Usage
from tokentui.routes.compare import Comparison, Names, compare
from tokentui.routes.elsewhere import elsewhere
from tokentui.routes.marked import Marked
from tokentui.routes.net_value import (
    Band,
    Option,
    bands,
    best_value,
    crossing,
    known_success,
)

CHEAP, GLM, OPUS = (
    Option("cheap", 1, 0.70),
    Option("GLM", 8, 0.88),
    Option("Opus", 35, 0.93),
)
THREE = (OPUS, CHEAP, GLM)
BOOK = Book()


def edges(found: tuple[Band, ...]) -> list[tuple[str, str, str]]:
    """Give bands to the cent."""
    return [
        (
            band.option.name,
            f"{band.since:.2f}",
            "" if band.until is None else f"{band.until:.2f}",
        )
        for band in found
    ]


def test_lines_cross_where_the_fact_sheet_says() -> None:
    """7 / .18 = $38.89 and 27 / .05 = $540: cheap below, GLM between, Opus above."""
    assert edges(bands(THREE)) == [
        ("cheap", "0.00", "38.89"),
        ("GLM", "38.89", "540.00"),
        ("Opus", "540.00", ""),
    ]


@pytest.mark.parametrize(
    ("value", "brought"),
    [(400, (279, 344, 337)), (10_000, (6_999, 8_792, 9_265))],
)
def test_net_value(value: float, brought: tuple[float, ...]) -> None:
    """Success times value, less the cost; the best is what the band says."""
    options = CHEAP, GLM, OPUS
    assert tuple(round(each.brings(value), 6) for each in options) == brought
    assert best_value(options, value) == pytest.approx(max(brought))


def test_two_lines_meet_at_their_crossing() -> None:
    """Both bring the same there: .88 times 540 less 8 is 467.20."""
    value = crossing(GLM, OPUS)
    assert value is not None
    assert round(GLM.brings(value), 2) == round(OPUS.brings(value), 2) == 467.20
    assert crossing(OPUS, GLM) is None


def test_what_is_never_best_has_no_band() -> None:
    """It costs as much as Opus and succeeds less; or a little less and much less."""
    worse = Option("worse", 35, 0.90), Option("near", 34, 0.88)
    assert edges(bands((*THREE, *worse))) == edges(bands(THREE))


def test_the_same_cost() -> None:
    """Then what succeeds more often is better from nothing on."""
    other = Option("other", 1, 0.60)
    assert edges(bands((other, CHEAP))) == [("cheap", "0.00", "")]


def test_three_lines_through_one_point() -> None:
    """The one that is best beyond it follows; the one between has no band."""
    # 10 more for ten points and 20 more for twenty: both from $100 on.
    options = Option("a", 0, 0.5), Option("b", 10, 0.6), Option("c", 20, 0.7)
    assert edges(bands(options)) == [("a", "0.00", "100.00"), ("c", "100.00", "")]


def compared(ledger: Path, *models: str) -> Comparison:
    """Price the worked week on some models."""
    names = Names(BOOK)
    span = Usage(millis(weeks.MONDAY), millis(weeks.MONDAY + timedelta(days=7)))
    routes = [names.route(model) for model in models]
    with closing(open_for_reading(ledger)) as connection:
        return compare(connection, span, routes, BOOK, names)


def test_known_success_of_the_worked_week(ledger: Path) -> None:
    """40 runs: $157.50 on Opus 4.8, $160.63 on GLM-5.2 by the benchmark's tokens.

    Opus is cheaper and solves more, so no value of a task speaks for GLM-5.2.
    """
    found = known_success(compared(weeks.worked_week(ledger), "glm-5.2"))
    assert found is not None
    assert found.used.name == "claude-opus-4-8 high"
    assert found.used.cost == 157_500_000_000 / 40
    assert (found.used.success, found.others[0].success) == (0.5177, 0.4378)
    assert found.others[0].name == "glm-5.2 max"
    assert round(found.others[0].cost * 40 / 1e9, 2) == 160.63
    (band,) = bands((found.used, *found.others))
    assert band.option == found.used


def test_own_marks_go_before_the_benchmark(ledger: Path) -> None:
    """32 of 40 accepted on Opus 4.8 for $3.94 a run, 7 of 10 on Sol for $0.74.

    29.76 / 40 = 0.744 there, so Opus from (3.9375 - 0.744) / .1 = $31.935 on. Four
    marks of GLM-5.3 tell nothing.
    """
    found = compared(weeks.worked_week(ledger), "gpt-6.1-sol", "glm-5.3")
    marked = {
        "claude-opus-4-8": Marked(32, 40),
        Names(BOOK).route("gpt-6.1-sol").name: Marked(7, 10),
        "glm-5.3": Marked(3, 4),
    }
    known = known_success(found, "claude-opus-4-8", marked)
    assert known is not None
    assert known.pair is None
    assert [each.name for each in known.others] == ["gpt-6.1-sol"]
    nanos = [band.since / 1e9 for band in bands((known.used, *known.others))]
    assert nanos == pytest.approx([0, 31.935])


@pytest.mark.parametrize(
    "marked",
    [
        {},
        {"claude-opus-4-8": Marked(32, 40)},
        {"glm-5.3": Marked(8, 10)},
        {"claude-opus-4-8": Marked(8, 9), "glm-5.3": Marked(8, 10)},
    ],
)
def test_too_few_marks_leave_the_benchmark(
    ledger: Path, marked: dict[str, Marked]
) -> None:
    """Ten of both models are needed."""
    found = compared(weeks.worked_week(ledger), "glm-5.3")
    known = known_success(found, "claude-opus-4-8", marked)
    assert known is not None
    assert known.used.success == 0.5177


def test_marks_are_read_from_the_ledger(ledger: Path) -> None:
    """Those of all time; the model is then one of known success."""
    weeks.worked_week(ledger, model="claude-opus-5-5")
    later = {"model": "claude-sonnet-5-5", "session": "s", "source": "codex"}
    weeks.worked_week(ledger, start=weeks.MONDAY - timedelta(days=60), **later)
    with closing(open_for_writing(ledger)) as connection:
        for n in range(10):
            accepted = "accepted" if n < 9 else "rejected"
            keep_mark(connection, Mark("claude-code", f"run-{n}", accepted, 0))
        span = Usage(millis(weeks.MONDAY), millis(weeks.MONDAY + timedelta(days=7)))
        found = elsewhere(connection, span, BOOK, is_scored=True)
    assert found.model == "claude-opus-5-5"
    assert found.scored == ("claude-opus-5-5",)
    # No other model has marks, and no benchmark has this one.
    assert found.known is None


def test_models_that_no_benchmark_has_are_left_out(ledger: Path) -> None:
    """Opus 5.5 has no score; alone it leaves nothing to compare."""
    week = weeks.worked_week(ledger)
    found = known_success(compared(week, "claude-opus-5-5", "glm-5.3-flash"))
    assert found is not None
    assert [each.name for each in found.others] == ["glm-5.3-flash max"]
    assert known_success(compared(week, "claude-opus-5-5")) is None


def test_two_efforts_have_no_one_rate_of_success(ledger: Path) -> None:
    """A week at high and one at low effort: which score would be that of both?"""
    weeks.worked_week(ledger)
    low = {"effort": "low", "start": weeks.MONDAY + timedelta(minutes=20)}
    both = weeks.worked_week(ledger, **low)
    assert known_success(compared(both, "glm-5.2")) is None


def test_nothing_used(ledger: Path) -> None:
    """No run, so no cost of one."""
    assert known_success(compared(weeks.worked_week(ledger), "no-such-model")) is None
    names = Names(BOOK)
    with closing(open_for_reading(ledger)) as connection:
        empty = compare(connection, Usage(0, 1), [names.route("glm-5.2")], BOOK, names)
    assert known_success(empty) is None
