"""The shapes of Codex's rollout lines: the fields that are read, and no others."""

from __future__ import annotations

from typing import Any

import msgspec

from tokentui.sources.values import Count, Total


class Counts(msgspec.Struct, frozen=True, gc=False):
    """`cached` and `cache_write` lie inside input, reasoning inside output."""

    input_tokens: Count = None
    cached_input_tokens: Count = None
    cache_write_input_tokens: Count = None
    output_tokens: Count = None
    reasoning_output_tokens: Count = None
    total_tokens: Total = None


class Totals(msgspec.Struct, frozen=True, gc=False):
    """The same, summed over a thread."""

    input_tokens: Total = None
    cached_input_tokens: Total = None
    cache_write_input_tokens: Total = None
    output_tokens: Total = None
    reasoning_output_tokens: Total = None
    total_tokens: Total = None


class Info(msgspec.Struct, gc=False):
    total_token_usage: Totals | None = None
    last_token_usage: Counts | None = None


class Git(msgspec.Struct, gc=False):
    branch: Any = None


class HistoryBase(msgspec.Struct, gc=False):
    """Where a paginated fork's history lies: another rollout, up to an ordinal."""

    thread_id: Any = None
    end_ordinal_exclusive: Total = None


class ThreadSettings(msgspec.Struct, gc=False):
    model: Any = None
    service_tier: Any = None


class CollaborationSettings(msgspec.Struct, gc=False):
    reasoning_effort: Any = None


class CollaborationMode(msgspec.Struct, gc=False):
    mode: Any = None
    settings: CollaborationSettings | None = None


class Window(msgspec.Struct, gc=False):
    """A plan's quota window; which one it is only its length tells."""

    used_percent: Any = None
    window_minutes: Any = None
    resets_at: Any = None
    resets_in_seconds: Any = None


class RateLimits(msgspec.Struct, gc=False):
    limit_id: Any = None
    plan_type: Any = None
    primary: Window | None = None
    secondary: Window | None = None


class Payload(msgspec.Struct, gc=False):
    """The fields of all the payloads that are read."""

    type: Any = None
    id: Any = None
    session_id: Any = None
    forked_from_id: Any = None
    parent_thread_id: Any = None
    cwd: Any = None
    cli_version: Any = None
    originator: Any = None
    source: Any = None
    model_provider: Any = None
    git: Git | None = None
    history_base: HistoryBase | None = None
    turn_id: Any = None
    started_at: Any = None
    model: Any = None
    effort: Any = None
    collaboration_mode: CollaborationMode | None = None
    info: Info | None = None
    rate_limits: RateLimits | None = None
    thread_id: Any = None
    thread_settings: ThreadSettings | None = None
    response_id: Any = None
    usage: Counts | None = None


class Line(msgspec.Struct, gc=False):
    timestamp: Any = None
    type: Any = None
    ordinal: Any = None
    payload: Payload | None = None


class Call(msgspec.Struct, gc=False):
    """A call of a tool; what it was given is JSON, in JSON, or plain text in JSON."""

    name: Any = None
    arguments: msgspec.Raw = msgspec.Raw()
    input: msgspec.Raw = msgspec.Raw()
    action: msgspec.Raw = msgspec.Raw()


class CallLine(msgspec.Struct, gc=False):
    type: Any = None
    payload: Call | None = None


class KindPayload(msgspec.Struct, gc=False):
    type: Any = None


class Kind(msgspec.Struct, gc=False):
    timestamp: Any = None
    type: Any = None
    payload: KindPayload | None = None
