"""The worked week: what the field knows of it by hand comes out of a ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import weeks

from tokentui.attribution import rate_key
from tokentui.ledger.connection import open_for_reading
from tokentui.periods import millis
from tokentui.prices.book import Book
from tokentui.queries.sums import Usage
from tokentui.routes.break_even import break_even
from tokentui.routes.compare import Alternative, Comparison, Names, compare
from tokentui.routes.formulas import break_even_value
from tokentui.routes.pricing import priced_task
from tokentui.routes.quality import Quality

BOOK = Book()
SPAN = Usage(millis(weeks.MONDAY), millis(weeks.MONDAY + timedelta(days=7)))


def compared(ledger: Path, *models: str) -> Comparison:
    """Price the week on other models."""
    names = Names(BOOK)
    routes = [names.route(model) for model in models]
    with closing(open_for_reading(ledger)) as connection:
        found = compare(connection, SPAN, routes, BOOK, names)
    assert (found.used.cost_nanos, found.runs) == (157_500_000_000, weeks.RUNS)
    return found


def on(ledger: Path, *models: str) -> dict[str, Alternative]:
    """Price the week on other models, by their names."""
    found = compared(ledger, *models).alternatives
    return {each.route.model: each for each in found}


def cents(nanos: int | None) -> float | None:
    """Give dollars, to the cent."""
    return None if nanos is None else round(nanos / 1e9, 2)


@pytest.fixture
def week(ledger: Path) -> Iterator[Path]:
    """Write the week."""
    return weeks.worked_week(ledger)


def test_glm(week: Path) -> None:
    """GLM-5.2: $101 saved by list price, nothing that is sure on comparable work."""
    found = on(week, "glm-5.2")["glm-5.2"]
    costs = found.estimates
    assert costs is not None
    assert [cents(each) for each in costs[:5]] == [56.88, 36.97, 160.63, 148.91, None]
    (pair,) = costs.pairs
    assert (pair.base.effort, pair.other.effort) == ("high", "max")
    assert (pair.base.score, pair.other.score) == (51.77, 43.78)
    assert round(pair.input_ratio, 2) == 2.94
    assert round(pair.output_ratio, 2) == 1.70
    # Input cost 15 + 37.50 + 75 = 127.50, and would cost 12.60 + 39 = 51.60.
    assert costs.break_even_multiple == pytest.approx(127.5 / 51.6)
    assert costs.input_multiple == pytest.approx(2.9386, abs=5e-5)
    assert (found.verdict, found.why) == (
        "not clearly cheaper",
        "the estimates disagree",
    )


def test_premium(week: Path) -> None:
    """How much more often Opus 4.8 must succeed than GLM-5.2, at $60 a task."""
    even = break_even(compared(week, "glm-5.2"), 60 * 10**9)
    points = {
        name: None if share is None else round(share * 100, 2)
        for name, share in even.premiums
    }
    assert points == {
        "same tokens": 4.19,
        "tokenizer": 5.02,
        "benchmark": None,
        "benchmark task": 0.36,
    }


def test_newer_model_of_the_family(week: Path) -> None:
    """The first thing to suggest is Opus 5.5: 39 % less, of the same vendor."""
    costs = on(week, "claude-opus-5-5")["claude-opus-5-5"].estimates
    assert costs is not None
    assert costs[:5] == (96 * 10**9, 96 * 10**9, None, None, None)
    assert round(1 - costs.same / 157.5e9, 2) == 0.39


PAIRS = [
    # Dollars of a task and percent solved: 3.66 at 51.77 and 3.46 at 43.78.
    ("claude-opus-4-8", "glm-5-2", 2.50),
    # 4.97 at 72.83; 3.13 at 68.96 and 0.39 at 63.39.
    ("claude-opus-5", "glm-5-3", 47.47),
    ("claude-opus-5", "glm-5-3-flash", 48.50),
]


@pytest.mark.parametrize(("dear", "cheap", "usd"), PAIRS)
def test_pairs_of_the_benchmark(dear: str, cheap: str, usd: float) -> None:
    """From which value of a task on Opus at high is worth more than GLM at max.

    To half a dollar: the share of the tokens that was cached is not known any better.
    """
    pair = Quality().pair(dear, "high", "claude-code", cheap)
    assert pair is not None
    assert pair.other.effort == "max"
    names, at = Names(BOOK), millis(weeks.MONDAY)
    costs = []
    for row in (pair.base, pair.other):
        route = names.route(row.model)
        rate = BOOK.rate(rate_key(route.provider, route.model, None, None), at)
        assert rate is not None
        costs.append(priced_task(row, rate.bands[0]) / 1e15)
    scores = pair.base.score / 100, pair.other.score / 100
    assert break_even_value(*costs, *scores) == pytest.approx(usd, abs=0.5)


ELSEWHERE = [
    ("claude-opus-5-5", 96.00, 96.00, "cheaper"),
    ("claude-sonnet-5-5", 48.00, 48.00, "not clearly cheaper"),
    ("gpt-6.1-sol", 48.00, 29.76, "not clearly cheaper"),
    ("glm-5.3", 56.88, 36.97, "cheaper"),
    ("glm-5.3-flash", 6.45, 4.19, "cheaper"),
    ("deepseek-v4-pro", 11.62, 7.67, "cheaper"),
    ("claude-haiku-5-5", 15.75, 15.75, "not clearly cheaper"),
]


@pytest.mark.parametrize(("model", "same", "tokenizer", "verdict"), ELSEWHERE)
def test_elsewhere(
    week: Path, model: str, same: float, tokenizer: float, verdict: str
) -> None:
    """The week elsewhere; without runs to compare only a newer model is clear."""
    found = on(week, model)[model]
    assert found.estimates is not None
    assert cents(found.estimates.same) == same
    assert cents(found.estimates.tokenizer) == tokenizer
    assert found.verdict == verdict


def test_short_prompts(ledger: Path) -> None:
    """In prompts below 100,000 tokens the same week costs a fifth on Haiku 5.5."""
    short = weeks.worked_week(ledger, split=2)
    found = on(short, "claude-haiku-5-5")["claude-haiku-5-5"]
    assert found.estimates is not None
    assert cents(found.estimates.same) == 3.15


def test_effort_of_the_client(ledger: Path) -> None:
    """Where no log tells the effort, Claude Code's default is assumed, and said so."""
    found = on(weeks.worked_week(ledger, effort=None), "glm-5.2")["glm-5.2"]
    assert found.estimates is not None
    (pair,) = found.estimates.pairs
    assert (pair.base.effort, pair.is_assumed) == ("high", True)
    assert cents(found.estimates.benchmark) == 160.63


def test_effort_of_other_clients(ledger: Path) -> None:
    """Where neither log nor client tells the effort, the benchmark does not either."""
    other = weeks.worked_week(ledger, effort=None, source="codex")
    found = on(other, "glm-5.2")["glm-5.2"]
    assert found.estimates is not None
    assert found.estimates.benchmark is None
    assert found.verdict == "not clearly cheaper"


def test_no_price(week: Path) -> None:
    """A model without a price is unpriced, and costs not nothing."""
    found = on(week, "no-such-model")["no-such-model"]
    assert (found.estimates, found.verdict) == (None, "unpriced")


def test_the_same_model(week: Path) -> None:
    """What is on a route already costs there what it did cost."""
    found = on(week, "claude-opus-4.8")["claude-opus-4.8"]
    assert found.estimates is not None
    assert found.estimates.same == found.estimates.own == 157_500_000_000
    assert found.verdict == "not clearly cheaper"
