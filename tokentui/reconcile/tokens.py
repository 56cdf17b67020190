"""Why two counts of tokens differ, found by arithmetic.

A reason is an amount that is known from the ledger. Where amounts add up to the very
difference, it is explained; a reason that only could be is called likely.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from itertools import accumulate, combinations
from typing import NamedTuple

from tokentui.queries.against import Counted
from tokentui.reconcile.against import (
    ZERO,
    Key,
    Pair,
    Vector,
    Zone,
    minus,
    plus,
    times,
    total,
    vector,
)
from tokentui.text import clean, many

MOST_AT_ONCE = 3
"""How many amounts may add up to a difference; more would be chance."""

MOST_LINES = 8
"""Of how many lines a response is, at most (Claude Code, facts of 2026-11-22)."""

NO_WRITES = "they count no cache writes here"
COPIED = "{} of session {} counted again: copied by a resume or fork"
LACKING = "the file lacks {} of session {}"
LIKELY = "likely: "


class Amount(NamedTuple):
    """A known amount that they count and we do not, or less if negative.

    `model`: whose usage it is by the ledger, if another model's.
    """

    text: str
    tokens: Vector
    model: str | None = None


Reasons = tuple[str, ...]
Sessions = dict[str, list[Vector]]
"""Tokens of responses in order of time, by session."""


def explain_all(
    pairs: Mapping[Key, Pair],
    events: Iterable[Counted],
    shared: set[str],
    zone: Zone | None = None,
) -> dict[Key, Reasons]:
    """Give the reasons of every row whose tokens differ; none is not explained.

    `zone`: whose days the file seems to have; what is cut at its midnights then looks
    like copies, and is not taken for them.
    """
    runs = Runs(events if zone is None else ())
    found: dict[Key, Reasons] = {}
    elsewhere: dict[Key, str] = {}
    # Rows that they lack last: another row may have told where their usage went.
    for key in sorted(pairs, key=lambda k: (not pairs[k].is_theirs, k)):
        pair = pairs[key]
        if pair.difference == ZERO:
            continue
        if zone is not None and (key in zone.fits or not pair.is_theirs):
            found[key] = (
                f"the days of the file seem to be those of UTC{zone.hours:+g}",
            )
            continue
        if key in elsewhere and not pair.is_theirs:
            found[key] = (f"they count it as {elsewhere[key]}",)
            continue
        amounts = amounts_of(pair, pairs)
        enough = adding_up(pair.difference, amounts)
        if enough is None:
            if zone is None:
                found[key] = runs.explain(pair, amounts) or likely(pair, shared)
            continue
        found[key] = tuple(amount.text for amount in enough)
        for amount in enough:
            if amount.model is not None:
                elsewhere[Key(key.day, key.source, amount.model)] = key.model
    return found


def amounts_of(pair: Pair, pairs: Mapping[Key, Pair]) -> list[Amount]:
    """List the known amounts by which a row could differ."""
    return [
        amount
        for amount in (*own_amounts(pair), *neighbours(pair, pairs))
        if amount.tokens != ZERO
    ]


def own_amounts(pair: Pair) -> Iterable[Amount]:
    """List what of a row they may not count, or count more than once."""

    def of(kind: list[bool]) -> Vector:
        chosen = zip(pair.events, kind, strict=True)
        return total(vector(event.tokens) for event, is_it in chosen if is_it)

    events = pair.events
    ours = pair.ours
    unlogged = of([e.origin == "unlogged" for e in events])
    yield Amount(
        "known only from totals (unlogged), which they do not count",
        times(unlogged, -1),
    )
    imported = of([e.origin == "import" for e in events])
    yield Amount("imported from a file", times(imported, -1))
    inside = of([e.requests == 0 for e in events])
    yield Amount(
        "inside other responses (compaction, advisor), which they do not count",
        times(inside, -1),
    )
    side = of([not e.is_main for e in events])
    yield Amount("sub-agents, which they do not count", times(side, -1))
    without_id = of([not e.has_request_id and e.origin == "response" for e in events])
    drops_writes = pair.theirs[2] == 0 < ours[2]
    for more in range(1, MOST_LINES):
        tokens = times(without_id, more)
        if drops_writes:
            tokens = (tokens[0], tokens[1], 0, tokens[3])
        yield Amount(
            f"every response without a request id counted {more + 1} times", tokens
        )
    if drops_writes:
        yield Amount(NO_WRITES, (0, 0, -ours[2], 0))


def neighbours(pair: Pair, pairs: Mapping[Key, Pair]) -> Iterable[Amount]:
    """List what other rows of the day or the next days have too much or too little."""
    key = pair.key
    for other in pairs.values():
        if other.key == key or other.key.source != key.source:
            continue
        if other.key.day == key.day and other.events and not other.is_theirs:
            text = f"{other.key.model} counted as this model"
            yield Amount(text, other.ours, other.key.model)
        days = abs(other.key.day - key.day)
        if other.key.model == key.model and days == timedelta(days=1):
            side = "after" if other.key.day > key.day else "before"
            text = f"counted on the day {side} by one of the two"
            yield Amount(text, times(other.difference, -1))


def adding_up(difference: Vector, amounts: list[Amount]) -> tuple[Amount, ...] | None:
    """Find the fewest amounts that add up to a difference."""
    for count in range(1, MOST_AT_ONCE + 1):
        for some in combinations(amounts, count):
            if total(amount.tokens for amount in some) == difference:
                return some
    return None


class Runs:
    """Responses in a row of one session, which a copy has again or a report lacks."""

    def __init__(self, events: Iterable[Counted]) -> None:
        self._by_model: dict[tuple[str, str], Sessions] = defaultdict(dict)
        for event in events:
            if event.origin == "response":
                sessions = self._by_model[event.source, event.model]
                sessions.setdefault(event.session, []).append(vector(event.tokens))

    def explain(self, pair: Pair, amounts: Iterable[Amount]) -> Reasons:
        """Find responses in a row, alone or with one known amount, that differ."""
        sessions = self._by_model[pair.key.source, pair.key.model]
        here: Sessions = {}
        for event in pair.events:
            if event.origin == "response":
                here.setdefault(event.session, []).append(vector(event.tokens))
        for amount in (Amount("", ZERO), *amounts):
            rest = minus(pair.difference, amount.tokens)
            known = (amount.text,) if amount.text else ()
            if min(rest) >= 0 and (found := run_of(sessions, rest)):
                return (*known, COPIED.format(*found))
            if max(rest) <= 0 and (found := run_of(here, times(rest, -1))):
                return (*known, LACKING.format(*found))
        return ()


def run_of(sessions: Sessions, wanted: Vector) -> tuple[str, str] | None:
    """Find responses in a row of one session with some tokens: how many, and where."""
    if wanted == ZERO:
        return None
    for session, tokens in sessions.items():
        sums = list(accumulate(tokens, plus, initial=ZERO))
        places = {each: i for i, each in enumerate(sums)}
        for start, each in enumerate(sums):
            end = places.get(plus(each, wanted))
            if end is not None:
                return many(end - start, "response"), clean(session[:8])
    return None


def likely(pair: Pair, shared: set[str]) -> Reasons:
    """Name what could be the reason, though the ledger cannot prove it."""
    more = pair.difference
    if not pair.events:
        return (LIKELY + "their copy of logs that were not read, or are gone",)
    if more[:3] == (0, 0, 0) and more[3] < 0:
        return (LIKELY + "output of an unfinished copy of a response",)
    reasons: tuple[str, ...] = ()
    if pair.theirs[2] == 0 < pair.ours[2]:
        reasons = (NO_WRITES,)
        more = (more[0], more[1], 0, more[3])
    without_id = total(
        vector(event.tokens)
        for event in pair.events
        if not event.has_request_id and event.source == "claude-code"
    )
    most = minus(times(without_id, MOST_LINES - 1), more)
    if without_id != ZERO and min(more) >= 0 and min(most[:2] + most[3:]) >= 0:
        text = "responses without a request id counted once for each of their lines"
        return (*reasons, LIKELY + text)
    if min(more) >= 0 and any(event.session in shared for event in pair.events):
        text = "copies in resumed or forked sessions counted again"
        return (*reasons, LIKELY + text)
    return ()
