"""Look at a session: read its log, then ask the caps and the budget of a run."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tokentui.budget.caps import CapState
from tokentui.budget.count import Counter
from tokentui.budget.scopes import Labels
from tokentui.errors import NoLedgerError, TokentuiError
from tokentui.guard.asked import CURSOR, Asked
from tokentui.guard.limits import Limit, Verdict, judged, of_caps, of_run
from tokentui.ledger.connection import explaining, open_for_reading
from tokentui.one_log import refresh_log
from tokentui.periods import millis
from tokentui.queries.quotas import quota_states
from tokentui.queries.session_use import session_labels, session_use
from tokentui.settings import Config, RunBudget
from tokentui.sources.projects import project_of
from tokentui.tuples import NamedTuple

PATIENCE_MS = 1_000
"""How long another writer is waited for: it may be reading the same log."""


class Seen(NamedTuple):
    """What is to be done, and what could not be read meanwhile."""

    verdict: Verdict
    problem: str | None = None


def look(
    ledger: Path,
    config: Config,
    tz: ZoneInfo,
    now: datetime,
    asked: Asked,
    tool_calls: int = 0,
) -> Seen:
    """Bring the ledger up to date for one session, and judge by what it says then.

    `tool_calls`: those of the session that the guard itself has counted.

    Raises:
        TokentuiError: The ledger says nothing.
    """
    problem = None
    if asked.transcript is not None and asked.agent != CURSOR:
        try:
            path = asked.transcript
            report = refresh_log(ledger, config, asked.agent, path, PATIENCE_MS)
            problem = "; ".join(report.errors) or None
        except NoLedgerError:
            raise
        except (TokentuiError, sqlite3.Error) as error:
            problem = str(error)  # what was read before may be enough to stop
    with (
        explaining(ledger),
        closing(open_for_reading(ledger)) as connection,
    ):
        limits = limits_of(connection, config, tz, now, asked, tool_calls)
    return Seen(judged(limits, config.guard), problem)


def standing(
    connection: sqlite3.Connection,
    config: Config,
    tz: ZoneInfo,
    now: datetime,
    labels: Labels,
) -> tuple[CapState, ...]:
    """Give how the hard caps stand that usage with some labels counts in."""
    quotas = quota_states(connection, millis(now))
    return Counter(connection, config, tz, now, quotas).standing(labels)


def limits_of(
    connection: sqlite3.Connection,
    config: Config,
    tz: ZoneInfo,
    now: datetime,
    asked: Asked,
    tool_calls: int,
) -> list[Limit]:
    """List the hard caps that a session counts in, and the budget of a run."""
    now_ms = millis(now)
    found: list[Limit] = []
    if any(cap.hard for cap in config.caps):
        project = project_of(asked.cwd) if asked.cwd else None
        labels = session_labels(connection, asked.agent, asked.session or "", project)
        if asked.is_prompt or asked.model:
            # Only with its answer does a log say which model a prompt went to.
            labels["model"] = asked.model
        labels["label"] = os.environ.get("TOKENTUI_LABEL") or labels.get("label")
        found += of_caps(standing(connection, config, tz, now, labels))
    if asked.session is not None and config.guard.run != RunBudget():
        use = session_use(connection, asked.agent, asked.session, now_ms)
        use = use._replace(tool_calls=max(use.tool_calls, tool_calls))
        found += of_run(config.guard.run, use)
    return found
