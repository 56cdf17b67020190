"""The worked week: what the field knows of it by hand comes out of a ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import weeks

from tokentui.ledger.connection import open_for_reading
from tokentui.periods import millis
from tokentui.prices.book import Book
from tokentui.queries.sums import Usage
from tokentui.routes.compare import Alternative, Names, compare

SPAN = Usage(millis(weeks.MONDAY), millis(weeks.MONDAY + timedelta(days=7)))


def on(ledger: Path, *models: str) -> dict[str, Alternative]:
    """Price the week on other models."""
    book = Book()
    names = Names(book)
    routes = [names.route(model) for model in models]
    with closing(open_for_reading(ledger)) as connection:
        found = compare(connection, SPAN, routes, book, names)
    assert (found.used.cost_nanos, found.runs) == (157_500_000_000, weeks.RUNS)
    return {each.route.model: each for each in found.alternatives}


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
