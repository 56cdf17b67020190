"""Weeks of work on one model, whose cost elsewhere is known by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sample_ledgers

from tokentui.events import Series, UsageEvent

MONDAY = datetime(2026, 11, 16, 12, tzinfo=UTC)
"""Noon of UTC, when DeepSeek's peak hours are over."""

RUNS, RUNS_A_DAY = 40, 8
USUAL = {"input": 3_000, "cache_write": 6_000, "cache_read": 150_000, "output": 1_200}
"""A thousand of these are the week: 3 M fresh, 6 M written, 150 M read, 1.2 M out.

In each run what is read grows by a token a response, and is this in the middle.
"""


def week(
    *, split: int = 1, start: datetime = MONDAY, **labels: Any
) -> Iterator[tuple[Series, list[UsageEvent]]]:
    """Make 40 runs of 25 responses, a minute apart; `split` makes more of less each."""
    counts = {kind: count // split for kind, count in USUAL.items()}
    for run in range(RUNS):
        day, place = divmod(run, RUNS_A_DAY)
        begins = start + timedelta(days=day, minutes=40 * place)
        given = {"model": "claude-opus-4-8", "effort": "high", "session": f"run-{run}"}
        yield (
            sample_ledgers.series(**(given | labels)),
            [
                sample_ledgers.event(
                    begins + timedelta(seconds=60 / split * step),
                    **(counts | {"cache_read": counts["cache_read"] + more}),
                )
                for step, more in enumerate(growth(25 * split))
            ],
        )


def growth(responses: int) -> list[int]:
    """Give numbers that ascend, and are nothing in sum."""
    half = responses // 2
    return [n for n in range(-half, half + 1) if n or responses % 2]


def worked_week(ledger: Path, **wishes: Any) -> Path:
    """Write the week into a ledger."""
    return sample_ledgers.add(ledger, week(**wishes))
