"""Sets of times: half-open spans in UTC milliseconds, in order and apart."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

Span = tuple[int, int]
END_OF_TIME = 1 << 62


def merged(spans: Iterable[Span], *, touch: bool = True) -> list[Span]:
    """Join spans that overlap, and those that touch if they are to."""
    result: list[Span] = []
    for since, until in sorted(spans):
        if until <= since:
            continue
        reaches = result and (
            since < result[-1][1] or (touch and since == result[-1][1])
        )
        if reaches:
            result[-1] = (result[-1][0], max(result[-1][1], until))
        else:
            result.append((since, until))
    return result


def outside(others: Sequence[Span], spans: Sequence[Span]) -> list[Span]:
    """Give the parts of spans that lie in none of others."""
    rest: list[Span] = []
    place = 0
    for since, until in spans:
        while place < len(others) and others[place][1] <= since:
            place += 1
        at, start = place, since
        while at < len(others) and others[at][0] < until:
            if start < others[at][0]:
                rest.append((start, others[at][0]))
            start = others[at][1]
            at += 1
        if start < until:
            rest.append((start, until))
    return rest


def end_at(spans: Sequence[Span], at: int) -> int | None:
    """Give the end of the span that a time lies in, `None` if it lies in none."""
    place = bisect_right(spans, (at, END_OF_TIME)) - 1
    return spans[place][1] if place >= 0 and at < spans[place][1] else None


def overlap(spans: Sequence[Span], since: int, until: int) -> bool:
    """Claim that a part of a stretch of time lies in one of the spans."""
    place = bisect_right(spans, (since, END_OF_TIME))
    before = place > 0 and since < spans[place - 1][1]
    return before or (place < len(spans) and spans[place][0] < until)
