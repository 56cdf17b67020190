"""Copies of one response: merging them in any order gives one and the same event."""

from __future__ import annotations

from functools import reduce

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tokentui.events import (
    COMPLETED,
    HAS_REQUEST_ID,
    MAIN_THREAD,
    ORIGINAL,
    STOPPED,
    Tokens,
    UsageEvent,
    merged,
    preference,
)
from tokentui.sources.collector import Collector

COUNTS = st.sampled_from(
    [(10, 0, 0, 0, output, 0) for output in (1, 8, 9, 500)]
    + [
        (10, 0, 0, 0, 9, 4),
        (11, 0, 0, 0, 9, 0),
        (10, 5, 0, 0, 9, 0),
        (10, 0, 5, 1, 9, 0),
    ]
)
STANDING = st.sampled_from(
    [0, MAIN_THREAD, STOPPED | COMPLETED, MAIN_THREAD | ORIGINAL, HAS_REQUEST_ID]
)
TOLD = st.tuples(
    st.none() | st.integers(0, 7),
    st.none() | st.integers(-(1 << 31), (1 << 31) - 1) | st.sampled_from([0, -1, 1]),
)
"""Deeds and mark."""

COPIES = st.builds(
    lambda at, counts, standing, tools, told, line: UsageEvent(
        key=b"k" * 16,
        series=0,
        at=at,
        own_at=at,
        tokens=Tokens(*counts),
        standing=standing,
        tool_calls=tools,
        deeds=told[0],
        call_mark=told[1],
        lines=(line,) if line else (),
    ),
    st.integers(1, 5),
    COUNTS,
    STANDING,
    st.none() | st.integers(0, 7),
    TOLD,
    st.sampled_from([b"", b"", b"", b"a" * 16, b"b" * 16]),
)


def essence(event: UsageEvent) -> tuple[object, ...]:
    """Tell what must not depend on the order in which copies were read."""
    return (
        event.at,
        event.own_at,
        event.tokens,
        event.standing,
        event.is_partial,
        event.tool_calls,
        event.deeds,
        event.call_mark,
        frozenset(event.lines),
    )


@given(one=COPIES, other=COPIES)
def test_commutative(one: UsageEvent, other: UsageEvent) -> None:
    """Which of two copies is read first does not matter."""
    assert essence(merged(one, other)) == essence(merged(other, one))


@given(one=COPIES, two=COPIES, three=COPIES)
def test_associative(one: UsageEvent, two: UsageEvent, three: UsageEvent) -> None:
    """Which copies are met in one batch does not matter."""
    left = merged(merged(one, two), three)
    assert essence(left) == essence(merged(one, merged(two, three)))


@given(one=COPIES, two=COPIES)
def test_idempotent(one: UsageEvent, two: UsageEvent) -> None:
    """A copy that was taken already changes nothing."""
    assert merged(one, one) == one
    both = merged(one, two)
    assert merged(both, one) == both
    assert essence(merged(both, two)) == essence(both)
    assert essence(merged(two, both)) == essence(both)


@given(copies=st.lists(COPIES, min_size=1, max_size=6), seed=st.randoms())
def test_best_whole_copy_at_the_earliest_time(
    copies: list[UsageEvent], seed: object
) -> None:
    """The counts are one copy's, never a mixture; the time is the first of all."""
    seed.shuffle(copies)  # type: ignore[attr-defined]
    kept = reduce(merged, copies)
    best = max(copies, key=preference)
    assert (kept.tokens, kept.own_at) == (best.tokens, best.own_at)
    assert kept.at == min(copy.at for copy in copies)
    is_complete = any(copy.standing & COMPLETED for copy in copies)
    assert kept.is_partial == (not is_complete and best.tokens.output <= 8)


@settings(max_examples=300)
@given(copies=st.lists(COPIES, min_size=1, max_size=6))
def test_collector_merges_alike(copies: list[UsageEvent]) -> None:
    """What the collector skips as a repetition would have changed nothing."""
    collector = Collector("toy", None, None)
    for copy in copies:
        collector.add(copy)
    (kept,) = collector.take().events
    assert essence(kept) == essence(reduce(merged, copies))


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"standing": MAIN_THREAD}, {"standing": 31 - MAIN_THREAD, "output": 900}),
        (
            {"standing": STOPPED},
            {"standing": 31 - STOPPED - MAIN_THREAD, "output": 900},
        ),
        ({"output": 9}, {"output": 8, "standing": 31 - STOPPED - MAIN_THREAD}),
        ({"standing": 4}, {"standing": 8}),
        ({"standing": 8}, {"at": 0}),
        ({"at": 1}, {"at": 2, "input": 900}),
    ],
)
def test_preference(better: dict[str, int], worse: dict[str, int]) -> None:
    """First main thread, stop reason, output, request id, original, then earliest."""

    def copy(
        at: int = 5, standing: int = 0, output: int = 1, **more: int
    ) -> UsageEvent:
        tokens = Tokens(output=output, **more)
        return UsageEvent(b"k" * 16, 0, at, at, tokens, standing=standing)

    assert preference(copy(**better)) > preference(copy(**worse))


@given(copy=COPIES)
def test_events_travel_between_processes(copy: UsageEvent) -> None:
    """An event that was packed and unpacked is the same."""
    packed = msgspec.msgpack.encode(copy)
    assert msgspec.msgpack.decode(packed, type=UsageEvent) == copy
