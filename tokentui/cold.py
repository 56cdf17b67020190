"""When a prompt cache lapses, and what the next prompt costs then, in words."""

from __future__ import annotations

from tokentui.amounts import dollars, duration

LONG_MS = 2 * 3_600_000


def countdown(left_ms: int) -> str:
    """Return `2:10`, or `2 h` from two hours on."""
    if left_ms >= LONG_MS:
        return duration(left_ms / 1000)
    minutes, seconds = divmod(-(-left_ms // 1000), 60)
    return f"{minutes}:{seconds:02}"


def then(warm_nanos: int | None, cold_nanos: int | None) -> str:
    """Return `, then $0.75 instead of $0.03`; nothing where that is not known."""
    if warm_nanos is None or cold_nanos is None or cold_nanos <= warm_nanos:
        return ""
    return f", then {dollars(cold_nanos)} instead of {dollars(warm_nanos)}"


def cold_words(
    cold_at_ms: int | None,
    now_ms: int,
    warm_nanos: int | None = None,
    cold_nanos: int | None = None,
) -> str:
    """Return `cold in 2:10, then $0.75 instead of $0.03`, `cold`, or nothing."""
    if cold_at_ms is None:
        return ""
    if cold_at_ms <= now_ms:
        return "cold"
    return f"cold in {countdown(cold_at_ms - now_ms)}{then(warm_nanos, cold_nanos)}"
