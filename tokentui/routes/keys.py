"""What outcomes can be grouped by."""

from __future__ import annotations

from collections.abc import Callable

from tokentui.queries.tasks import Task

BANDS = ((50_000, "to 50k"), (150_000, "50k to 150k"))
LONGEST = "over 150k"
"""Bands of a session's longest prompt, in tokens."""


def model(task: Task) -> str | None:
    """Give the model of the main thread."""
    return task.route.model


def project(task: Task) -> str | None:
    """Give the project of the main thread."""
    return task.project


def effort(task: Task) -> str | None:
    """Give the effort of the main thread, as the log tells it."""
    return task.route.effort


def route(task: Task) -> str | None:
    """Name model, provider, tier and effort, as far as they are known."""
    found = task.route
    tier = None if found.tier == "standard" else found.tier
    return " ".join(filter(None, (found.model, found.provider, tier, found.effort)))


def context(task: Task) -> str | None:
    """Give the band that the longest prompt lies in."""
    if not task.peak:
        return None
    return next((name for most, name in BANDS if task.peak <= most), LONGEST)


KEYS: dict[str, Callable[[Task], str | None]] = {
    "model": model,
    "route": route,
    "effort": effort,
    "context": context,
    "project": project,
}
