"""Run an agent under a budget: follow what it spends, stop it when that is met."""

from __future__ import annotations

import contextlib
import signal
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from tokentui.errors import TokentuiError
from tokentui.guard import words
from tokentui.guard.limits import Limit, of_run
from tokentui.guard.run import met_caps, unbegun
from tokentui.ingest import label_sessions, refresh
from tokentui.job import started
from tokentui.ledger.connection import explaining, open_for_reading
from tokentui.queries.runs import RunSpend, run_spend
from tokentui.queries.session_use import SessionUse, session_use
from tokentui.setting import Setting
from tokentui.settings import Config, RunBudget
from tokentui.sources.projects import project_of

LOOK_SECONDS = 0.5
NOTHING = RunSpend((), 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Budget:
    """What a run may use, each limit for itself; told from the share `warn` on."""

    most: RunBudget
    warn: float = 0.8


@dataclass(frozen=True, slots=True)
class RunEnd:
    """How a run ended: its exit code, what it spent, whether the budget ended it."""

    exit_code: int
    spend: RunSpend
    is_over: bool


def run(
    command: list[str],
    budget: Budget,
    label: str | None,
    here: Setting,
    say: Callable[[str], None],
) -> RunEnd:
    """Run a command to its end, to that of its budget or until a hard cap is met.

    What it spends is the usage of sessions in this folder's project that were not
    already running when it began. Where a cap is met it does not begin.

    Raises:
        UsageError: The command cannot be started.
    """
    ledger, config = here.ledger, here.config
    refresh(ledger, config)
    started_ms = int(time.time() * 1000)
    project = project_of(str(Path.cwd()))
    caps = caps_met(here, project, label, unbegun(command))
    if caps:
        say(f"{words.met(caps, here.tz)} It was not started. {words.ways_on(caps)}")
        return RunEnd(0, NOTHING, is_over=True)
    is_warned = is_over = False
    with noted_signals() as noted, started(command, label) as job:
        while True:
            job.wait(LOOK_SECONDS)
            if noted.is_set():
                job.end()
                raise KeyboardInterrupt
            has_ended = job.exit_code is not None
            spend = looked_at(ledger, config, project, started_ms, say)
            share = share_of(ledger, budget.most, spend, started_ms)
            sessions = zip(spend.sources, spend.sessions, strict=True)
            caps = caps_met(here, project, label, sessions)
            if (share >= 1 or caps) and job.exit_code is None:
                is_over = True
                met = "the budget" if share >= 1 else "a hard cap"
                say(f"{met} is met; asking the agent to stop")
                if caps:
                    say(f"{words.met(caps, here.tz)} {words.ways_on(caps)}")
                job.end()
                spend = looked_at(ledger, config, project, started_ms, say)
                break
            if share >= budget.warn and not is_warned:
                is_warned = True
                say(f"{share:.0%} of the budget is spent")
            if has_ended:
                break
    if label is not None:
        label_sessions(ledger, spend.sessions, label)
    return RunEnd(job.exit_code or 0, spend, is_over)


def looked_at(
    ledger: Path,
    config: Config,
    project: str,
    started_ms: int,
    say: Callable[[str], None],
) -> RunSpend:
    """Read what is new and sum what the run has spent; a failure is only said."""
    try:
        refresh(ledger, config)
        connection = open_for_reading(ledger)
        try:
            return run_spend(connection, project, started_ms)
        finally:
            connection.close()
    except (TokentuiError, sqlite3.Error) as problem:
        say(str(problem))
        return NOTHING


def caps_met(
    here: Setting,
    project: str,
    label: str | None,
    sessions: Iterable[tuple[str, str]],
) -> tuple[Limit, ...]:
    """Give the hard caps that are met now; an unreadable ledger stops nobody."""
    now = datetime.now(UTC)
    try:
        with contextlib.closing(open_for_reading(here.ledger)) as connection:
            return met_caps(connection, here, now, project, label, sessions)
    except (TokentuiError, sqlite3.Error):
        return ()  # who reads the logs says it


def share_of(ledger: Path, most: RunBudget, spend: RunSpend, started_ms: int) -> float:
    """Give how far a run's budget is used, of the limit that is nearest."""
    now_ms = int(time.time() * 1000)
    use = SessionUse(spend.nanos, spend.tokens, worked_ms=now_ms - started_ms)
    if most.retries is not None or most.tool_calls is not None:
        with (
            explaining(ledger),
            contextlib.closing(open_for_reading(ledger)) as connection,
        ):
            each = [
                session_use(connection, source, session, now_ms)
                for source, session in zip(spend.sources, spend.sessions, strict=True)
            ]
        use = use._replace(
            retries=sum(one.retries for one in each),
            tool_calls=sum(one.tool_calls for one in each),
        )
    return float(max((limit.share for limit in of_run(most, use)), default=0))


@contextlib.contextmanager
def noted_signals() -> Iterator[Event]:
    """Note that somebody wants this process to end, so that the agent is ended first.

    An exception could be raised, and lost, wherever the program happens to be.
    """
    noted = Event()
    names = [n for n in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, n)]
    numbers = [getattr(signal, name) for name in names]
    before = [signal.signal(n, lambda _number, _frame: noted.set()) for n in numbers]
    try:
        yield noted
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
