"""The shapes of Claude Code's records: the fields that are read, and no others.

Fields stand in the order in which clients write them, which the decoder is fastest at.
"""

from __future__ import annotations

from typing import Any

import msgspec

from tokentui.sources.values import Count, Total


class Block(msgspec.Struct, gc=False):
    """A content block; of tools' input nothing but the path of an edit is decoded."""

    type: Any = None
    name: Any = None
    input: msgspec.Raw = msgspec.Raw()


class CacheCreation(msgspec.Struct, frozen=True, gc=False):
    ephemeral_5m_input_tokens: Count = None
    ephemeral_1h_input_tokens: Count = None


class OutputDetails(msgspec.Struct, frozen=True, gc=False):
    thinking_tokens: Count = None


class Iteration(msgspec.Struct, gc=False):
    """One sampling step; compaction and advisor steps are not in the top level."""

    type: Any = None
    model: Any = None
    input_tokens: Count = None
    cache_creation_input_tokens: Count = None
    cache_read_input_tokens: Count = None
    output_tokens: Count = None
    output_tokens_details: OutputDetails | None = None
    cache_creation: CacheCreation | None = None


class Usage(Iteration, gc=False):
    server_tool_use: dict[str, Any] | None = None
    service_tier: Any = None
    inference_geo: Any = None
    iterations: list[Iteration] | None = None
    speed: Any = None


class Message(msgspec.Struct, gc=False):
    id: Any = None
    model: Any = None
    content: list[Block | str] | str | None = None
    stop_reason: Any = None
    usage: Usage | None = None


class Record(msgspec.Struct, gc=False):
    """One line; the same shape lies inside `progress` records of sub-agents."""

    isSidechain: Any = None
    agentId: Any = None
    message: Message | None = None
    apiBlockIndex: Any = None
    requestId: Any = None
    requestSessionId: Any = None
    requestedModel: Any = None
    type: Any = None
    uuid: Any = None
    timestamp: Any = None
    effort: Any = None
    attributionAgent: Any = None
    attributionSkill: Any = None
    entrypoint: Any = None
    cwd: Any = None
    sessionId: Any = None
    version: Any = None
    gitBranch: Any = None
    durationMs: Count = None


class ProgressData(msgspec.Struct, gc=False):
    type: Any = None
    agentId: Any = None
    message: Record | None = None


class ModelTotals(msgspec.Struct, gc=False):
    inputTokens: Total = None
    outputTokens: Total = None
    thinkingTokens: Total = None
    cacheReadInputTokens: Total = None
    cacheCreationInputTokens: Total = None
    cacheCreationEphemeral1hInputTokens: Total = None
    webSearchRequests: Total = None


class Line(Record, gc=False):
    data: ProgressData | None = None
    modelUsage: dict[str, ModelTotals] | None = None


class Kind(msgspec.Struct, gc=False):
    """The little that is needed of a record that bears no usage."""

    type: Any = None
    timestamp: Any = None
