"""The user's own runs, and what they tell of another route."""

from __future__ import annotations

from pathlib import Path

import pytest
from repriced import USD, Made, compared, event, used

from tokentui.queries.slices import RunTokens
from tokentui.routes.own import OwnRatios, Ratio


def runs(
    model: str, count: int, project: str, *, first: int = 0, **counts: int
) -> list[Made]:
    """Make sessions of one response each."""
    endpoint = "anthropic" if model.startswith("claude") else None
    return [
        used(
            event(first + number, **counts),
            model=model,
            project=project,
            session=f"{model} {project} {number}",
            endpoint=endpoint,
        )
        for number in range(count)
    ]


def dear(count: int, project: str = "/acme") -> list[Made]:
    """Make runs on Opus 4.8: 100,000 in and 1,000 out."""
    first = 0 if project == "/acme" else 900
    counts = {"input": 100_000, "output": 1_000}
    return runs("claude-opus-4-8", count, project, first=first, **counts)


def other(count: int, project: str = "/acme") -> list[Made]:
    """Make runs on GLM-5.2: half as much again in, twice as much out."""
    counts = {"input": 150_000, "output": 2_000}
    return runs("glm-5.2", count, project, first=500, **counts)


@pytest.mark.parametrize(
    ("ours", "theirs", "usd"),
    [
        # 10 x (150,000 x 1.40 + 2,000 x 4.40)
        (dear(10), other(10), 2.188),
        (dear(9), other(10), None),
        (dear(10), other(9), None),
        (dear(10), other(10, "/elsewhere"), None),
        # One project without runs there: what is not known there is not known in all.
        (dear(10) + dear(1, "/elsewhere"), other(10), None),
    ],
)
def test_ten_runs(
    ledger: Path, ours: list[Made], theirs: list[Made], usd: float | None
) -> None:
    """From ten runs of both in a project on, the user's own ratio tells."""
    found = compared(ledger, *ours, *theirs, on="glm-5.2", only="claude-*")
    (alternative,) = found.alternatives
    assert alternative.estimates is not None
    assert alternative.estimates.own == (
        None if usd is None else pytest.approx(usd * USD)
    )


def test_own_runs_replace_the_benchmark(ledger: Path) -> None:
    """By the benchmark it is not clear, by ten runs of one's own it is: $5.25 or less.

    The same tokens are $1.444, GLM's tokenizer would make $0.9386 of them, the
    benchmark's runs would take $4.19.
    """
    found = compared(ledger, *dear(10), *other(10), on="glm-5.2", only="claude-*")
    assert found.used.cost_nanos == 5.25 * USD
    (alternative,) = found.alternatives
    assert alternative.verdict == "cheaper"


def name(provider: str | None, model: str) -> str:
    """Name a model as it is."""
    return model


def test_a_run_is_one_of_the_model_it_used_most() -> None:
    """A few tokens of a small model beside the large one make no run of it."""
    some = [
        RunTokens("/acme", str(n), None, model, prompt, 10)
        for n in range(10)
        for model, prompt in (("large", 1_000), ("small", 5))
    ]
    alone = [RunTokens("/acme", f"x{n}", None, "small", 400, 20) for n in range(10)]
    assert OwnRatios(some, name).ratio("/acme", "large", "small") is None
    found = OwnRatios([*some, *alone], name).ratio("/acme", "large", "small")
    assert found == Ratio(0.4, 2)


def test_one_odd_run_decides_nothing() -> None:
    """Runs of a task differ up to thirtyfold, so the median tells."""
    prompts = [100] * 10 + [3_000_000]
    some = [RunTokens("/a", f"a{n}", None, "a", p, p) for n, p in enumerate(prompts)]
    more = [RunTokens("/a", f"b{n}", None, "b", 50, 300) for n in range(10)]
    assert OwnRatios([*some, *more], name).ratio("/a", "a", "b") == Ratio(0.5, 3)
