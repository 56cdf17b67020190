"""When an account is asked again: its own pace, slower while it fails."""

from __future__ import annotations

LONGEST_PAUSE_SECONDS = 3_600.0
"""To what the time between polls grows while an account fails."""


def is_time(
    row: tuple[int | None, int | None, int],
    now_ms: int,
    asked: bool,
    least_seconds: int,
) -> bool:
    """Claim that an account is due, or may be asked because a person wants it.

    `row`: when the next poll is, when the last was, failures in a row. Who asks himself
    waits `least_seconds`, and if the last poll failed until the next is due.
    """
    next_at, tried_at, failures = row
    if next_at is None or next_at <= now_ms:
        return True
    # A clock that was set back must not silence an account until it has caught up.
    if (tried_at or 0) > now_ms:
        return True
    waited_ms = now_ms - (tried_at or 0)
    return asked and not failures and waited_ms >= least_seconds * 1000


def pause(interval: float, failures: int, least: float, chance: float) -> float:
    """Give the seconds until the next poll, `chance` from 0 to 1 spreading them.

    It doubles with every failure in a row up to an hour, and is never less than
    `least`, such as what the provider asks for, but for more than a day.
    """
    seconds = interval
    if failures:
        longest = max(LONGEST_PAUSE_SECONDS, interval)
        seconds = min(interval * 2.0 ** min(failures, 20), longest)
    seconds *= 0.9 + 0.2 * chance
    return max(seconds, min(least, 86_400.0))
