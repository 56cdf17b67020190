"""Findings put together: what they save in a month, and where they show."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tokentui.routes.suggestion import Evidence, Risk, Saving, Suggestion
from tokentui.routes.switching import Lines
from tokentui.routes.waste.finding import Finding
from tokentui.routes.work import Work

SHOWN = 5
"""How many sessions are evidence enough."""

Why = Callable[[Sequence[Finding]], str]
"""Says in a few words what was found in one session."""


def suggest(
    work: Work,
    found: Sequence[Finding],
    why: Why,
    *,
    lever: str,
    title: str,
    confidence: str,
    counted: str,
    lines: Lines,
    risks: Sequence[Risk] = (),
) -> Iterator[Suggestion]:
    """Make a suggestion of what was found, if anything can be saved."""
    saves = saving(work, [each for each in found if not each.labels.is_plan])
    in_plans = saving(work, [each for each in found if each.labels.is_plan])
    if saves.high or in_plans.high:
        yield Suggestion(
            lever=lever,
            title=title,
            saves=saves,
            saves_in_plans=in_plans,
            confidence=confidence,
            evidence=evidence(found, why),
            how=lines.how,
            undo=lines.undo,
            risks=tuple(risks),
            counted=counted,
        )


def saving(work: Work, findings: Sequence[Finding]) -> Saving:
    """Sum what is saved in a month; what would cost more in sum is not worth doing."""
    sums = (
        sum(each.low for each in findings),
        sum(each.mid for each in findings),
        sum(each.high for each in findings),
    )
    low, mid, high = (work.per_month(max(0, nanos)) for nanos in sums)
    return Saving(min(low, mid, high), mid, max(low, mid, high))


def evidence(findings: Sequence[Finding], why: Why) -> tuple[Evidence, ...]:
    """Name the sessions in which probably most is saved, with what was found there."""
    by_session: dict[tuple[str, str], list[Finding]] = {}
    for each in findings:
        if each.mid > 0:
            name = each.labels.session, each.labels.source
            by_session.setdefault(name, []).append(each)

    def saves(item: tuple[object, Sequence[Finding]]) -> int:
        return sum(each.mid for each in item[1])

    dearest = sorted(by_session.items(), key=saves, reverse=True)[:SHOWN]
    return tuple(
        Evidence(*name, dearest_of(some).at_ms, saves((name, some)), why(some))
        for name, some in dearest
    )


def dearest_of(findings: Sequence[Finding]) -> Finding:
    """Give the finding that probably saves most."""
    return max(findings, key=lambda each: each.mid)
