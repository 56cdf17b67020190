"""The user's own measurements, beside those of benchmarks."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import repriced

from tokentui.config import load
from tokentui.errors import ConfigError
from tokentui.routes.benchmark_words import doubt, is_proven_worse, pair_line
from tokentui.routes.constraints import constraints_of
from tokentui.routes.own_evals import own_rows
from tokentui.routes.quality import Pair, Quality
from tokentui.settings import Config, Eval, Routes

NIGHTLY = {
    "harness": "nightly",
    "date": date(2026, 11, 1),
    "input": 1_000_000,
    "output": 20_000,
    "cache_share": Decimal("0.9"),
}


def measured(model: str, score: float, **given: Any) -> Eval:
    """Make an eval of a model."""
    name = f"{model} {given.get('effort')}"
    return Eval(name=name, model=model, score=Decimal(score), **(NIGHTLY | given))


def pair(*evals: Eval, effort: str | None = "high", model: str = "glm-5-2") -> Pair:
    """Compare Opus 4.8 at an effort with another model."""
    quality = Quality(own_rows(evals))
    found = quality.pair("claude-opus-4-8", effort, "claude-code", model)
    assert found is not None
    return found


BASE = measured("claude-opus-4-8", 76)


def test_go_before_the_benchmark() -> None:
    """Own rows count before those of the benchmark, which has both models, too."""
    found = pair(BASE, measured("glm-5.2", 70, input=2_000_000, output=30_000))
    assert (found.base.score, found.other.score) == (76, 70)
    assert (found.input_ratio, found.output_ratio) == (2, 1.5)
    assert pair_line(found) == (
        "own evals, nightly, 2026-11-01: claude-opus-4-8 any effort solved 76.0 %,"
        " glm-5.2 any effort 70.0 % on 2.0 times the input and 1.5 times the output"
    )


@pytest.mark.parametrize(
    "other",
    [
        measured("glm-5.3", 70),
        measured("glm-5.2", 70, harness="weekly"),
    ],
)
def test_populations_do_not_mix(other: Eval) -> None:
    """Where one of two models was not measured alike, the benchmark speaks of both."""
    found = pair(BASE, other)
    assert {found.base.benchmark, found.other.benchmark} == {"DeepSWE"}


@pytest.mark.parametrize(
    ("effort", "asked", "is_own", "is_assumed"),
    [
        (None, "low", True, False),
        (None, None, True, False),
        ("high", "high", True, False),
        ("high", None, True, True),
        ("high", "low", False, False),
    ],
)
def test_effort(
    effort: str | None, asked: str | None, is_own: bool, is_assumed: bool
) -> None:
    """A row without an effort holds at any; one with it holds at that one only."""
    base = measured("claude-opus-4-8", 76, effort=effort)
    found = pair(base, measured("glm-5.2", 70), effort=asked)
    assert (found.base.benchmark == "own evals", found.is_assumed) == (
        is_own,
        is_assumed,
    )


def test_measured_again() -> None:
    """Of the same measured twice the later one counts, in whatever order they stand."""
    old = measured("glm-5.2", 76, date=date(2026, 10, 1))
    new = measured("glm-5-2", 60, date=date(2026, 11, 2))
    assert pair(new, BASE, old).other.score == 60


@pytest.mark.parametrize(
    ("scores", "tasks", "said"),
    [
        # 2 x sqrt(0.73 x 0.27 / 80) = 9.9 points.
        ((76, 70), 80, "a difference below 10 points proves nothing"),
        ((76, 60), 80, None),
        ((76, 60), None, "of how many tasks is not said: the difference may prove"),
    ],
)
def test_doubt(scores: tuple[int, int], tasks: int | None, said: str | None) -> None:
    """How far scores may differ by chance depends on the number of tasks."""
    one, other = scores
    found = doubt(
        pair(
            measured("claude-opus-4-8", one, tasks=tasks),
            measured("glm-5.2", other, tasks=tasks),
        )
    )
    assert found == said or (found and said and found.startswith(said))


@pytest.mark.parametrize(
    ("score", "tasks", "is_worse"),
    [(70, 80, False), (60, 80, True), (60, None, False), (90, 80, False)],
)
def test_proven_worse(score: int, tasks: int | None, is_worse: bool) -> None:
    """A model is worse where it solves so much less that chance does not do it."""
    base = measured("claude-opus-4-8", 76, tasks=tasks)
    assert is_proven_worse(pair(base, measured("glm-5.2", score, tasks=tasks))) is (
        is_worse
    )


def test_least_quality() -> None:
    """An own score decides whether a model is good enough, whatever a benchmark says.

    GLM-5.3 has 68.96 percent of DeepSWE, and Opus 5.5 none at all.
    """
    limits = constraints_of(
        Config(
            routes=Routes(min_quality=Decimal(60)),
            evals=(measured("glm-5.3", 55), measured("claude-opus-5-5", 80)),
        )
    )
    names = repriced.Names(repriced.BOOK)
    assert limits.why_denied(names.route("glm-5.3")) == (
        "it solved 55.0 % of own evals; min_quality is 60 %"
    )
    assert limits.why_denied(names.route("claude-opus-5-5")) is None


def test_price_of_the_work(ledger: Path) -> None:
    """Tokens of own tasks reckon like those of a benchmark.

    A million of input at $1.40, twice as many there: $2.80; a million of output at
    $4.40, half as many again: $6.60.
    """
    labels = {"model": "claude-opus-4-8", "effort": "high"}
    made = repriced.used(repriced.event(input=1_000_000, output=1_000_000), **labels)
    rows = own_rows([BASE, measured("glm-5.2", 70, input=2_000_000, output=30_000)])
    found = repriced.compared(ledger, made, on="glm-5.2", quality=Quality(rows))
    costs = found.alternatives[0].estimates
    assert costs is not None
    assert costs.benchmark == pytest.approx(9.4 * repriced.USD)


TABLE = """
[evals.a]
model = "glm-5.2"
harness = "nightly"
date = 2026-11-01
input = 1_000
cache_share = 0.5
output = 100
"""


def test_config(tmp_path: Path) -> None:
    """Passed tasks are a score, also all or none of them."""
    file = tmp_path / "config.toml"
    for passed, score in ((0, 0), (3, 75), (4, 100)):
        file.write_text(f"{TABLE}passed = {passed}\ntasks = 4", encoding="utf-8")
        (row,) = load(file).evals
        assert (row.name, row.score, row.effort) == ("a", score, None)
    file.write_text(f"{TABLE}score = 12.5\neffort = 'low'", encoding="utf-8")
    (row,) = load(file).evals
    assert (row.score, row.tasks, row.effort) == (Decimal("12.5"), None, "low")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("", "evals.a: give either score, or passed and tasks"),
        ("score = 5\npassed = 1\ntasks = 2", "evals.a: give either score, or"),
        ("passed = 1", "evals.a: passed goes with tasks, of which there is at least"),
        ("passed = 0\ntasks = 0", "evals.a: passed goes with tasks, of which there"),
        ("score = 1\ntasks = 0", "evals.a: passed goes with tasks, of which there"),
        ("passed = 3\ntasks = 2", "evals.a: passed 3 of 2 tasks"),
        ("passed = -1\ntasks = 2", "evals.a.passed: expected a whole number, found"),
        ("score = 101", "evals.a.score: expected percent from 0 to 100, found 101"),
        ("score = 1\neffrt = 'x'", "evals.a.effrt: unknown key; did you mean effort?"),
    ],
)
def test_bad_config(tmp_path: Path, more: str, said: str) -> None:
    """A score that is stated twice, not at all or senselessly is refused."""
    file = tmp_path / "config.toml"
    file.write_text(TABLE + more, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(file)
    assert str(caught.value).startswith(f"{file}: {said}")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("input = 0", "evals.a.input: expected a whole number above 0, found 0"),
        ("input = 1.5", "evals.a.input: expected a whole number above 0, found 1.5"),
        ("output = true", "evals.a.output: expected a whole number above 0, found"),
        ("cache_share = 94", "evals.a.cache_share: expected a share from 0 to 1,"),
        ("date = 'May'", "evals.a.date: expected a date like 2026-11-20, found"),
        ("harness = ''", "evals.a.harness: '' is empty, too long or not printable"),
    ],
)
def test_bad_value(tmp_path: Path, line: str, said: str) -> None:
    """A value that cannot be used is named."""
    key = line.partition(" ")[0]
    kept = [each for each in TABLE.splitlines() if not each.startswith(key)]
    file = tmp_path / "config.toml"
    file.write_text("\n".join([*kept, "score = 5", line]), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(file)
    assert str(caught.value).startswith(f"{file}: {said}")
