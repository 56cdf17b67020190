"""Which hard caps stop a run: those that are met and that its sessions count in."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from tokentui.guard import state
from tokentui.guard.asked import CLAUDE_CODE, CODEX, CURSOR
from tokentui.guard.limits import Limit, of_caps
from tokentui.guard.look import standing
from tokentui.periods import millis
from tokentui.queries.session_use import session_labels
from tokentui.setting import Setting

AGENTS = {"claude": CLAUDE_CODE, "codex": CODEX, "cursor-agent": CURSOR}
"""Commands of which it is known, before the first response, whose logs tell of them."""


def met_caps(
    connection: sqlite3.Connection,
    here: Setting,
    now: datetime,
    project: str,
    label: str | None,
    sessions: Iterable[tuple[str, str]],
) -> tuple[Limit, ...]:
    """Give the hard caps that are met, of those in which some sessions count.

    A session is named by source and name; one that has no response yet counts where
    its project's last one does. While the guard is off, none stops anybody.
    """
    is_off = (state.off_until_ms(here.state) or 0) > millis(now)
    if is_off or not any(cap.hard for cap in here.config.caps):
        return ()
    label = label or os.environ.get("TOKENTUI_LABEL")
    found: dict[str, Limit] = {}
    for source, session in sessions:
        labels = session_labels(connection, source, session, project)
        labels["label"] = label or labels.get("label")
        states = standing(connection, here.config, here.tz, now, labels)
        found |= {each.name: each for each in of_caps(states) if each.share >= 1}
    return tuple(found.values())


def unbegun(command: list[str]) -> list[tuple[str, str]]:
    """Name the session that a command is about to begin, if its agent is known."""
    agent = AGENTS.get(Path(command[0]).name)
    return [] if agent is None else [(agent, "")]
