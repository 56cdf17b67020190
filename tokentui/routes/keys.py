"""What outcomes can be grouped by."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

from tokentui.queries.marks import Session
from tokentui.queries.sums import Usage
from tokentui.queries.tasks import Task
from tokentui.routes.workloads import Workloads
from tokentui.settings import Config

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
WORKLOAD = "workload"


def keys(
    names: Sequence[str], connection: sqlite3.Connection, usage: Usage, config: Config
) -> Callable[[Task], tuple[str | None, ...]]:
    """Make what names the group of a session of some usage, by some keys."""
    kinds: dict[Session, str] = {}
    if WORKLOAD in names:
        found = Workloads(config).sorted(connection, usage)
        kinds = {
            (shape.source, shape.session): name
            for name, shapes in found.items()
            for shape in shapes
        }
    chosen = [KEYS.get(name) or (lambda task: kinds.get(task.key)) for name in names]
    return lambda task: tuple(key(task) for key in chosen)
