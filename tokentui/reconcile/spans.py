"""Which stretches of time can be compared: days, or longer where a bill covers more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tokentui.queries.reconcile import DAY_MS, Covered, Interval, Statement
from tokentui.spans import merged, outside


@dataclass(frozen=True, slots=True)
class Stretch:
    """Time that a statement covers, or no statement does.

    `pieces` are the covered parts of it, half-open UTC ms; `is_settled`: it is over,
    and the provider has all of it.
    """

    since_ms: int
    until_ms: int
    pieces: tuple[Interval, ...]
    is_settled: bool
    is_covered: bool = True


def stretches(statement: Statement, period: Interval) -> list[Stretch]:
    """List what can be compared in a period, and what cannot, in order of time.

    Bills that run over a UTC midnight tie the days together. What was read by hand is
    compared as it was read, since its days are those of a person.
    """
    known = merged((each.since_ms, each.until_ms) for each in statement.covered)
    if statement.is_by_hand:
        spans = merged(
            ((each.since_ms, each.until_ms) for each in statement.charges), touch=False
        )
        spans += [free for span in known for free in outside(spans, [span])]
    else:
        spans = whole_days(statement, period)
    found = []
    for since, until in spans:
        pieces = inside(known, (since, until))
        if pieces and until > period[0] and since < period[1]:
            end = until if not statement.is_by_hand else pieces[-1][1]
            is_settled = is_known(statement.covered, (since, end))
            found.append(Stretch(since, until, tuple(pieces), is_settled))
    for day in range(period[0] // DAY_MS, -(-period[1] // DAY_MS)):
        rest = outside(known, [(day * DAY_MS, (day + 1) * DAY_MS)])
        if rest:
            ends = rest[0][0], rest[-1][1]
            found.append(Stretch(*ends, tuple(rest), False, is_covered=False))
    return sorted(found, key=lambda each: (each.since_ms, each.until_ms))


def whole_days(statement: Statement, period: Interval) -> list[Interval]:
    """List the UTC days of a period, those tied together by a bill as one."""
    ties = merged(
        (
            (
                each.since_ms // DAY_MS * DAY_MS,
                -(-each.until_ms // DAY_MS) * DAY_MS,
            )
            for each in statement.charges
            if each.until_ms - 1 >= (each.since_ms // DAY_MS + 1) * DAY_MS
        ),
        touch=False,
    )
    tied = [tie for tie in ties if tie[1] > period[0] and tie[0] < period[1]]
    days = [
        (day * DAY_MS, (day + 1) * DAY_MS)
        for day in range(period[0] // DAY_MS, -(-period[1] // DAY_MS))
    ]
    return tied + [
        day for day in days if not any(a <= day[0] and day[1] <= b for a, b in tied)
    ]


def is_known(covered: Iterable[Covered], span: Interval) -> bool:
    """Claim that the providers have everything of a span."""
    settled = merged(
        (each.since_ms, min(each.until_ms, each.settled_until_ms)) for each in covered
    )
    return not outside(settled, [span])


def inside(spans: Iterable[Interval], span: Interval) -> list[Interval]:
    """Give the parts of a span that lie in spans, which are in order and apart."""
    cut = ((max(a, span[0]), min(b, span[1])) for a, b in spans)
    return [(a, b) for a, b in cut if a < b]
