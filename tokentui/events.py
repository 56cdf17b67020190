"""The usage event: one model response, counted once, in numbers and names only.

Sources make these, the ledger keeps them. Text of prompts and answers never gets here.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

STOP_REASONS = (
    "end_turn",
    "tool_use",
    "max_tokens",
    "stop_sequence",
    "refusal",
    "pause_turn",
    "model_context_window_exceeded",
    "other",
)
"""Why a response ended; the ledger keeps the position in this list, so only append."""

MAIN_THREAD, STOPPED, HAS_REQUEST_ID, ORIGINAL, COMPLETED = 1, 2, 4, 8, 16
UNCOUNTED = 32
"""Bits of `UsageEvent.standing`: what the chosen copy of a response is known to be.

`STOPPED` is true of the chosen copy, `COMPLETED` of any copy that was seen. Where a
response is `UNCOUNTED`, its source does not count in full: without tokens nothing is
known of them, and they have no price."""

WHOLE = MAIN_THREAD | STOPPED | ORIGINAL | COMPLETED
"""The standing of a response where copies do not differ in any of this."""

EDITED_CODE, EDITED_TEXT, PLANNED = 1, 2, 4
"""Bits of `UsageEvent.deeds`: what tools a response called, and on what kind of file.

Text is what people read (`md`, `txt`, `tex` and the like), code is every other file.
What a command changed is not seen. `PLANNED`: it was in plan mode, or left it."""

PLACEHOLDER_OUTPUT = 8
"""Claude Code's unfinished copies hold 1 to 8 output tokens (facts of 2026-11-22)."""


class Tokens(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Token counts of one response, each 0 or more.

    The kinds are disjoint: `input` excludes everything cached, `cache_write` is what
    was written at the provider's default lifetime, `cache_write_1h` what was written
    for an hour. `output` includes reasoning; `reasoning` is stated for information.
    """

    input: int = 0
    cache_read: int = 0
    cache_write: int = 0
    cache_write_1h: int = 0
    output: int = 0
    reasoning: int = 0

    @property
    def prompt(self) -> int:
        """Everything the model read: input and all cache kinds."""
        return self.input + self.cache_read + self.cache_write + self.cache_write_1h


class Series(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The labels that a run of events shares; the ledger keeps each set once.

    `project` is the git root of the working directory, `endpoint` the evidence in the
    record of who answered (shape of the message id, name of the model provider),
    `root` the agent's folder that the trace lay in, `account` what kind of login the
    agent's files name, `base_url` where its settings send requests. `origin` is who
    tells of it: `response` (the agent's record), `unlogged` (a total), `account` (the
    provider's own list), `import` (a file of that). `None` is unknown.
    """

    source: str
    session: str
    model: str
    project: str | None = None
    branch: str | None = None
    tier: str | None = None
    geo: str | None = None
    effort: str | None = None
    agent: str | None = None
    skill: str | None = None
    endpoint: str | None = None
    requested_model: str | None = None
    client_version: str | None = None
    entrypoint: str | None = None
    root: str | None = None
    label: str | None = None
    machine: str | None = None
    origin: str = "response"
    account: str | None = None
    base_url: str | None = None


class UsageEvent(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One response, or one copy of it, or usage known only from a total.

    `key`: 16 bytes that name the response for good, whichever file it is read from.
    `series`: position of its labels in the batch that carries it.
    `at`: UTC milliseconds of the earliest copy; `own_at`: of this copy.
    `requests`: 1, 0 for usage inside another response, `None` where unknown.
    `standing`: bits above, which decide between copies.
    `tool_calls`: bits, one for each content block that calls a tool; `None` unknown.
    `started_at`: UTC milliseconds when the turn or response began, if the log tells.
    `fees`: units billed beside tokens, by kind, such as `web_search`.
    `line`: name of the log line, only where `key` cannot be trusted to be unique.
    `stated`: nano-dollars at list price as the provider itself states them, which then
    stand in place of the price book's.
    `deeds`: bits above, `None` where the log does not tell; `call_mark`: 32 bits that
    are equal where a session calls the same tools with the same input again, `None`
    where no tool was called or nothing is known. Calls side by side have the bits of
    each, so that six or more look much alike.
    """

    key: bytes
    series: int
    at: int
    own_at: int
    tokens: Tokens
    requests: int | None = 1
    standing: int = WHOLE
    stop_reason: int | None = None
    tool_calls: int | None = None
    started_at: int | None = None
    fees: Mapping[str, int] = {}
    lines: tuple[bytes, ...] = ()
    stated: int | None = None
    deeds: int | None = None
    call_mark: int | None = None

    @property
    def is_partial(self) -> bool:
        """The output was never counted to its end: it is a lower bound."""
        if self.standing & UNCOUNTED:
            return True
        return (
            not self.standing & COMPLETED and self.tokens.output <= PLACEHOLDER_OUTPUT
        )

    @property
    def is_sum(self) -> bool:
        """The tokens are those of several responses, or of nobody knows how many."""
        return self.requests is None or self.requests > 1

    @property
    def is_blank(self) -> bool:
        """Nothing is known of the tokens, so that they can have no price."""
        return bool(self.standing & UNCOUNTED) and self.tokens == Tokens()


def preference(event: UsageEvent) -> tuple[int, ...]:
    """Order copies of one response; the greatest is the one to keep whole.

    Main thread, then a stop reason, more output, a request id, an original, the
    earliest; what is still equal is decided by the counts, so that the order in which
    copies are read does not matter.
    """
    standing = event.standing
    tokens = event.tokens
    return (
        standing & MAIN_THREAD,
        standing & STOPPED,
        tokens.output,
        standing & HAS_REQUEST_ID,
        standing & ORIGINAL,
        -event.own_at,
        tokens.input,
        tokens.cache_read,
        tokens.cache_write,
        tokens.cache_write_1h,
        tokens.reasoning,
    )


def merged(kept: UsageEvent, copy: UsageEvent) -> UsageEvent:
    """Combine two copies of a response: the better one whole, at the earliest time."""
    best = copy if preference(copy) > preference(kept) else kept
    other = kept if best is copy else copy
    return msgspec.structs.replace(
        best,
        at=min(kept.at, copy.at),
        standing=best.standing | (other.standing & COMPLETED),
        tool_calls=both(kept.tool_calls, copy.tool_calls),
        lines=kept.lines + tuple(x for x in copy.lines if x not in kept.lines),
        deeds=both(kept.deeds, copy.deeds),
        call_mark=both(kept.call_mark, copy.call_mark),
    )


def both(one: int | None, other: int | None) -> int | None:
    """Put bits together; `None` tells nothing."""
    if one is None or other is None:
        return other if one is None else one
    return one | other


class SessionTotals(msgspec.Struct, frozen=True, array_like=True):
    """What an agent says that one session used in all, per model as it names them.

    Cumulative since the session began; `at` is the time of the record before it.
    """

    source: str
    session: str
    at: int
    models: Mapping[str, Tokens]
    web_searches: Mapping[str, int] = {}


class Quota(msgspec.Struct, frozen=True, array_like=True):
    """What a provider says of one window of a plan.

    `used_percent` from 0, `as_of` and `resets_at` in UTC milliseconds.
    """

    limit_id: str
    window_minutes: int
    as_of: int
    used_percent: float
    resets_at: int | None


class Batch(msgspec.Struct, array_like=True):
    """Events of some stretches of log, with the labels they point at.

    `quotas` pairs a kind of login with what its plan's provider said; `shared` names
    sessions that claim responses of each other, so that their totals overlap.
    """

    series: list[Series]
    events: list[UsageEvent]
    totals: list[SessionTotals]
    quotas: list[tuple[str, Quota]] = []
    shared: list[str] = []
