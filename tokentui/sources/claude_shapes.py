"""The shapes of Claude Code's records: the fields that are read, and no others."""

from __future__ import annotations

from typing import Any

import msgspec

from tokentui.sources.values import Count


class Block(msgspec.Struct):
    """A content block; only its kind is looked at."""

    type: Any = None


class CacheCreation(msgspec.Struct, frozen=True):
    ephemeral_5m_input_tokens: Count = None
    ephemeral_1h_input_tokens: Count = None


class OutputDetails(msgspec.Struct, frozen=True):
    thinking_tokens: Count = None


class Iteration(msgspec.Struct):
    """One sampling step; compaction and advisor steps are not in the top level."""

    type: Any = None
    model: Any = None
    input_tokens: Count = None
    output_tokens: Count = None
    cache_creation_input_tokens: Count = None
    cache_read_input_tokens: Count = None
    cache_creation: CacheCreation | None = None
    output_tokens_details: OutputDetails | None = None


class Usage(Iteration):
    server_tool_use: dict[str, Any] | None = None
    service_tier: Any = None
    speed: Any = None
    inference_geo: Any = None
    iterations: list[Iteration] | None = None


class Message(msgspec.Struct):
    id: Any = None
    model: Any = None
    stop_reason: Any = None
    content: list[Block | str] | str | None = None
    usage: Usage | None = None


class Record(msgspec.Struct):
    """One line; the same shape lies inside `progress` records of sub-agents."""

    type: Any = None
    message: Message | None = None
    timestamp: Any = None
    sessionId: Any = None
    requestId: Any = None
    requestSessionId: Any = None
    requestedModel: Any = None
    uuid: Any = None
    cwd: Any = None
    gitBranch: Any = None
    version: Any = None
    entrypoint: Any = None
    isSidechain: Any = None
    agentId: Any = None
    effort: Any = None
    attributionAgent: Any = None
    attributionSkill: Any = None
    apiBlockIndex: Any = None
    durationMs: Count = None


class ProgressData(msgspec.Struct):
    type: Any = None
    agentId: Any = None
    message: Record | None = None


class ModelTotals(msgspec.Struct):
    inputTokens: Count = None
    outputTokens: Count = None
    thinkingTokens: Count = None
    cacheReadInputTokens: Count = None
    cacheCreationInputTokens: Count = None
    cacheCreationEphemeral1hInputTokens: Count = None
    webSearchRequests: Count = None


class Line(Record):
    data: ProgressData | None = None
    modelUsage: dict[str, ModelTotals] | None = None


class Kind(msgspec.Struct):
    """The little that is needed of a record that bears no usage."""

    type: Any = None
    timestamp: Any = None
