"""Reports of ccusage: which can be read, and as whose usage."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import reports

from tokentui.events import Tokens
from tokentui.imports import ccusage
from tokentui.imports.rows import BadFile, Row

OPUS = reports.used("claude-opus-4-8", 10, 300, 40, 5, 0.25)
GPT = reports.used("gpt-5.4", 7, 80, 0, 9, 0.01)


def rows(document: Any, of: str | None = None) -> list[tuple[str, str, Tokens]]:
    """Read a report as source, model and tokens."""
    return [(r.source, r.model, r.tokens) for r in ccusage.read(document, of).rows]


def one(document: Any) -> Row:
    """Read a report of one row."""
    (row,) = ccusage.read(document).rows
    return row


def test_by_agent() -> None:
    """Each agent's models are its own, under the names that sources have here."""
    report = reports.by_agent({"2026-06-03": {"claude": [OPUS], "codex": [GPT]}})
    assert rows(report) == [
        ("claude-code", "claude-opus-4-8", Tokens(10, 300, 40, 0, 5)),
        ("codex", "gpt-5.4", Tokens(7, 80, 0, 0, 9)),
    ]


def test_one_agent() -> None:
    """A row that names one agent is that agent's, a report of Claude's is Claude's."""
    row = one(reports.unified({"2026-06-03": {"codex": [GPT]}}))
    assert (row.source, row.first, row.until) == (
        "codex",
        date(2026, 6, 3),
        date(2026, 6, 4),
    )
    row = one(reports.of_claude({"2026-06-03": [OPUS]}))
    assert (row.source, row.compared, row.requests) == (
        "claude-code",
        250_000_000,
        None,
    )


def test_two_agents_by_name_of_model() -> None:
    """Where a row does not say which of two agents, the vendor of the model tells.

    Traces of either may then tell of the same work.
    """
    report = reports.unified({"2026-06-03": {"claude": [OPUS], "codex": [GPT]}})
    found = ccusage.read(report).rows
    assert [row.source for row in found] == ["claude-code", "codex"]
    assert {row.rivals for row in found} == {frozenset({"claude-code", "codex"})}


def test_agent_that_cannot_be_told() -> None:
    """Another agent beside them could have used any model: nothing is taken."""
    report = reports.unified({"2026-06-03": {"claude": [OPUS], "opencode": [GPT]}})
    with pytest.raises(BadFile) as problem:
        ccusage.read(report)
    assert "--by-agent" in problem.value.problems[0]
    assert {source for source, *_ in rows(report, "opencode")} == {"opencode"}


def test_codex_shape() -> None:
    """Reasoning is part of the output, and a model that is assumed is told."""
    told = {
        "inputTokens": 200,
        "cacheReadTokens": 30,
        "cacheCreationTokens": 4,
        "outputTokens": 50,
        "reasoningOutputTokens": 20,
        "isFallback": True,
    }
    found = ccusage.read(reports.of_codex({"2026-06-03": {"gpt-5": told}}))
    assert found.rows[0].tokens == Tokens(200, 30, 4, 0, 50, 20)
    assert found.rows[0].source == "codex"
    assert any("gpt-5 stands for" in note for note in found.notes)


def test_input_with_cached_tokens_in_it() -> None:
    """The tool for Codex alone counted cached tokens as input, and wrote days out."""
    told = {"inputTokens": 200, "cachedInputTokens": 150, "outputTokens": 50}
    row = one(reports.of_codex({"Sep 16, 2025": {"gpt-5": told}}))
    assert row.tokens == Tokens(50, 150, 0, 0, 50)
    assert row.first == date(2025, 9, 16)


def test_fast_mode() -> None:
    """The ending of a model's name that means fast mode becomes the tier."""
    row = one(
        reports.of_claude(
            {"2026-06-03": [reports.used("claude-opus-4-8-fast", 1, 0, 0, 2)]}
        )
    )
    assert (row.model, row.tier, row.compared) == ("claude-opus-4-8", "fast", None)


@pytest.mark.parametrize(
    ("report", "row", "first", "until"),
    [
        ("weekly", {"period": "2026-06-01"}, date(2026, 6, 1), date(2026, 6, 8)),
        ("weekly", {"week": "2026-05-31"}, date(2026, 5, 31), date(2026, 6, 7)),
        ("monthly", {"month": "2026-02"}, date(2026, 2, 1), date(2026, 3, 1)),
        ("monthly", {"period": "2026-12"}, date(2026, 12, 1), date(2027, 1, 1)),
    ],
)
def test_longer_spans(
    report: str, row: dict[str, str], first: date, until: date
) -> None:
    """A week is the seven days from the one that names it, a month its own days."""
    found = one({report: [row | reports.sums([OPUS])]})
    assert (found.first, found.until) == (first, until)


def test_finest_report_of_several() -> None:
    """Of a document with several reports only the days are taken."""
    days = reports.of_claude({"2026-06-03": [OPUS]})["daily"]
    months = [{"month": "2026-06"} | reports.sums([OPUS])]
    assert ccusage.read({"monthly": months, "daily": days}).format == "ccusage daily"
    assert len(rows({"monthly": months, "daily": days})) == 1


def test_projects() -> None:
    """`--instances` puts days below projects."""
    day = reports.of_claude({"2026-06-03": [OPUS]})["daily"]
    assert len(rows({"projects": {"-a": day, "-b": day}})) == 2


@pytest.mark.parametrize("report", ["session", "sessions", "blocks"])
def test_useless_reports(report: str) -> None:
    """Sessions and blocks cannot be put on days and models, and it says so."""
    with pytest.raises(BadFile, match=r"cannot be used.*ccusage daily"):
        ccusage.read({report: [reports.sums([OPUS])]})


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"inputTokens": -1}, "negative"),
        ({"outputTokens": 1.5}, "no count"),
        ({"outputTokens": 1 << 70}, "too large"),
        ({"cacheReadTokens": "many"}, "no count"),
        ({"modelName": ""}, "model is missing"),
        ({"modelName": "a\u202eb"}, "no name"),
        ({"cost": -2.0}, "no amount"),
    ],
)
def test_bad_values(change: dict[str, Any], problem: str) -> None:
    """A wrong value is named with its row, and nothing of the file is taken."""
    report = reports.of_claude({"2026-06-02": [OPUS], "2026-06-03": [OPUS]})
    report["daily"][1]["modelBreakdowns"] = [OPUS | change]
    with pytest.raises(BadFile, match="nothing was imported") as found:
        ccusage.read(report)
    (text,) = found.value.problems
    assert text.startswith("daily[1]")
    assert problem in text


@pytest.mark.parametrize(
    "document",
    [
        {"daily": [None, 7, []]},
        {"daily": [{"date": "2026-06-03", "totalTokens": 5}]},
        {"daily": [{"date": 20260603, "modelBreakdowns": [OPUS]}]},
        {"daily": [{"date": "2026-13-03", "modelBreakdowns": [OPUS]}]},
        {"daily": [{"date": "2026-06-03", "modelBreakdowns": [None]}]},
        {"daily": []},
        {"projects": {"-a": 5}},
        {"monthly": [{"month": "2026-6", "modelBreakdowns": [OPUS]}]},
    ],
)
def test_other_shapes(document: Any) -> None:
    """A document of another shape is refused, never taken for no usage."""
    with pytest.raises(BadFile):
        ccusage.read(document)
