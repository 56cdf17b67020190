"""What `ccusage --json` writes: usage by day, week or month, and by model.

Shapes of version 20.0.24 and of the single tools before it (npm, read 2026-11-25). It
adds up both lifetimes of cache writes, does not say how many requests there were, and
names days in its own zone, which it does not tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from tokentui.events import Tokens
from tokentui.imports.rows import (
    BadFile,
    BadValue,
    Row,
    UsageFile,
    checked,
    count,
    day,
    name,
    source,
)
from tokentui.imports.table import dollars, refuse
from tokentui.vendors import vendor_of

REPORTS = ("daily", "weekly", "monthly")
"""The reports that can be used, best first."""

USELESS = {
    "session": "sessions run over days, and it does not say what was on which day",
    "sessions": "sessions run over days, and it does not say what was on which day",
    "blocks": "it does not say which tokens are of which model",
}
SOURCES = {"claude": "claude-code"}
"""Agents that have another name there."""

BY_VENDOR = {"anthropic": "claude-code", "openai": "codex"}
"""Whose a model is, if only these two agents were used."""

FAST = "-fast"
CACHE_NOTE = (
    "the file does not tell cache writes of an hour apart: all are priced at the"
    " default lifetime, so that costs are the least there can be"
)
FALLBACK_NOTE = "{} stands for models that the log does not name, as ccusage assumes"
ONE_DAY = timedelta(days=1)


def is_ccusage(document: Any) -> bool:
    """Claim that a JSON document is one of ccusage's."""
    return isinstance(document, dict) and any(
        isinstance(document.get(key), list | dict)
        for key in (*REPORTS, *USELESS, "projects")
    )


def read(document: Mapping[str, Any], of: str | None = None) -> UsageFile:
    """Read a document; `of` names the agent where the file does not.

    Raises:
        BadFile: Nothing of it can be used, or something is wrong; all bad rows are
            named.
    """
    report, periods = periods_of(document)
    rows: list[Row] = []
    problems: list[str] = []
    notes: list[str] = []
    for where, period in periods:
        try:
            first, until = span_of(period, report)
            for agent, models in models_of(period, of):
                for model, told in models:
                    place = f"{where} {model}"
                    row = row_of(place, agent, model, told, period)
                    if row is not None:
                        rows.append(replace(row, first=first, until=until))
                    if told.get("isFallback") is True:
                        notes.append(FALLBACK_NOTE.format(model))
        except BadValue as problem:
            problems.append(f"{where}: {problem}")
    refuse(problems)
    if not rows:
        raise BadFile("the file holds no usage")
    if any(row.tokens.cache_write for row in rows):
        notes.append(CACHE_NOTE)
    is_of_all = any("agent" in period for _, period in periods)
    notes = list(dict.fromkeys(notes))
    return UsageFile(f"ccusage {report}", tuple(rows), tuple(notes), is_of_all)


def periods_of(
    document: Mapping[str, Any],
) -> tuple[str, list[tuple[str, Mapping[str, Any]]]]:
    """Give the finest report of a document, and its rows with their place.

    Raises:
        BadFile: There is none that can be used.
    """
    for report in REPORTS:
        if isinstance(document.get(report), list):
            return report, placed(report, document[report])
    projects = document.get("projects")
    if isinstance(projects, dict):
        found = []
        for project, rows in projects.items():
            if isinstance(rows, list):
                found += placed(f"projects {project!r}", rows)
        return "daily", found
    for report, reason in USELESS.items():
        if report in document:
            raise BadFile(
                f"a report of {report} cannot be used: {reason};"
                " write one with `ccusage daily --json --by-agent`"
            )
    raise BadFile("this is no report of ccusage")


def placed(report: str, rows: list[Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Name the place of each row."""
    return [
        (f"{report}[{i}]", row if isinstance(row, dict) else {})
        for i, row in enumerate(rows)
    ]


def span_of(period: Mapping[str, Any], report: str) -> tuple[date, date]:
    """Give the first day of a row and the day after its last."""
    text = next(
        (period[k] for k in ("period", "date", "week", "month") if period.get(k)), None
    )
    if not isinstance(text, str):
        raise BadValue("no day")
    if report == "monthly":
        first = day(f"{text}-01")
        return first, (first + 31 * ONE_DAY).replace(day=1)
    first = long_day(text) if "," in text else day(text)
    return first, first + (7 if report == "weekly" else 1) * ONE_DAY


def long_day(text: str) -> date:
    """Read a day like `Sep 16, 2025`, which the tool for Codex wrote for a while."""
    match = re.fullmatch("([A-Z][a-z]{2}) ([0-9]{1,2}), ([0-9]{4})", text)
    months = "JanFebMarAprMayJunJulAugSepOctNovDec"
    if match is None or months.find(match[1]) % 3:
        raise BadValue("day is no date like 2026-06-03")
    try:
        month = months.index(match[1]) // 3 + 1
        return checked(date(int(match[3]), month, int(match[2])))
    except ValueError:
        raise BadValue("day is no date like 2026-06-03") from None


Models = list[tuple[str, Mapping[str, Any]]]


def models_of(
    period: Mapping[str, Any], of: str | None
) -> Iterator[tuple[str | None, Models]]:
    """Give each agent of a row, `None` if it is not told, with what its models used.

    Raises:
        BadValue: There are tokens, but no models.
    """
    agents = period.get("agents")
    if isinstance(agents, list):
        for part in agents:
            if isinstance(part, dict):
                yield from models_of({**part, "metadata": None, "agents": None}, of)
        return
    models: Models = [
        (name(model, "model"), told if isinstance(told, dict) else {})
        for model, told in pairs_of(period)
    ]
    if not models and period.get("totalTokens"):
        raise BadValue("it does not say which models there were")
    agent = of or agent_of(period)
    yield (None if agent is None else source(SOURCES.get(agent, agent))), models


def pairs_of(period: Mapping[str, Any]) -> Iterable[tuple[Any, Any]]:
    """Give models and what they used, which stand as a list or by name."""
    breakdowns, by_name = period.get("modelBreakdowns"), period.get("models")
    if isinstance(breakdowns, list):
        told = [each if isinstance(each, dict) else {} for each in breakdowns]
        return [(each.get("modelName"), each) for each in told]
    return list(by_name.items()) if isinstance(by_name, dict) else []


def agent_of(period: Mapping[str, Any]) -> str | None:
    """Name the agent of a row, if it can be told."""
    agent = period.get("agent")
    if agent == "all" or agent is None:
        known = agents_in(period)
        if len(known) == 1:
            return known[0]
        if agent == "all" or known:
            return None
        return "codex" if isinstance(period.get("models"), dict) else "claude"
    return str(agent)


def agents_in(period: Mapping[str, Any]) -> list[str]:
    """List the agents that a row of all agents names."""
    metadata = period.get("metadata")
    agents = metadata.get("agents") if isinstance(metadata, dict) else None
    return [str(each) for each in agents] if isinstance(agents, list) else []


def row_of(
    where: str,
    agent: str | None,
    model: str,
    told: Mapping[str, Any],
    period: Mapping[str, Any],
) -> Row | None:
    """Read what one model used; nothing used is no row.

    Raises:
        BadValue: A count is wrong, or whose it is cannot be told.
    """
    counts = tokens_of(told, model)
    if not (counts.prompt or counts.output):
        return None
    rivals: frozenset[str] = frozenset()
    if agent is None:
        rivals = frozenset(source(SOURCES.get(a, a)) for a in agents_in(period))
        agent = BY_VENDOR.get(vendor_of(model) or "")
        if agent is None or not rivals <= set(BY_VENDOR.values()):
            raise BadValue(
                f"it does not say which agent used {model}; write the file with"
                " --by-agent, or give --source"
            )
    is_fast = vendor_of(model) == "anthropic" and model.endswith(FAST)
    cost = told.get("cost")
    has_cost = isinstance(cost, int | float) and not told.get("missingPricing")
    return Row(
        where,
        agent,
        model.removesuffix(FAST) if is_fast else model,
        date.min,
        date.max,
        counts,
        tier="fast" if is_fast else None,
        compared=dollars(cost, f"cost of {model}") if has_cost else None,
        rivals=rivals,
    )


def tokens_of(told: Mapping[str, Any], model: str) -> Tokens:
    """Read the counts of a model; reasoning is part of the output.

    Input that has the cached tokens in it was written by the tool for Codex alone.
    """

    def of(key: str) -> int:
        value = told.get(key)
        return 0 if value is None else count(value, f"{key} of {model}")

    fresh, cached = of("inputTokens"), of("cacheReadTokens")
    if "cachedInputTokens" in told:
        cached = of("cachedInputTokens")
        if cached > fresh:
            raise BadValue(f"{model} has more cached input than input")
        fresh -= cached
    output = of("outputTokens")
    reasoning = min(of("reasoningOutputTokens"), output)
    return Tokens(fresh, cached, of("cacheCreationTokens"), 0, output, reasoning)
