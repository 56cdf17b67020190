"""Run an agent under a budget: follow what it spends, stop it when that is met."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from tokentui.errors import TokentuiError, UsageError
from tokentui.ingest import label_sessions, refresh
from tokentui.ledger.connection import open_for_reading
from tokentui.queries.runs import RunSpend, run_spend
from tokentui.settings import Config
from tokentui.sources.projects import project_of

LOOK_SECONDS = 0.5
GRACE_SECONDS = 15.0
"""How long an agent may take to end after each signal."""

STOPS = ("SIGINT", "SIGTERM", "SIGKILL")


@dataclass(frozen=True, slots=True)
class Budget:
    """What a run may cost in nano-dollars of list value; from `warn` on it is told."""

    nanos: int | None
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
    ledger: Path,
    config: Config,
    say: Callable[[str], None],
) -> RunEnd:
    """Run a command to its end or to the end of its budget.

    What it spends is the usage of sessions in this folder's project that were not
    already running when it began.

    Raises:
        UsageError: The command cannot be started.
    """
    refresh(ledger, config)
    started_ms = int(time.time() * 1000)
    project = project_of(str(Path.cwd()))
    is_warned = is_over = False
    with noted_signals() as noted, started(command, label) as process:
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(LOOK_SECONDS)
            if noted.is_set():
                stop(process)
                raise KeyboardInterrupt
            ended = process.returncode is not None
            spend = looked_at(ledger, config, project, started_ms, say)
            share = spend.nanos / budget.nanos if budget.nanos else 0.0
            if share >= 1 and process.poll() is None:
                is_over = True
                say("the budget is met; asking the agent to stop")
                stop(process)
                spend = looked_at(ledger, config, project, started_ms, say)
                break
            if share >= budget.warn and not is_warned:
                is_warned = True
                say(f"{share:.0%} of the budget is spent")
            if ended:
                break
    if label is not None:
        label_sessions(ledger, spend.sessions, label)
    return RunEnd(exit_code(process.returncode), spend, is_over)


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
        return RunSpend((), 0, 0, 0)


@contextlib.contextmanager
def started(command: list[str], label: str | None) -> Iterator[subprocess.Popen[bytes]]:
    """Start a command in a process group of its own, with the terminal if there is one.

    Ctrl-C then reaches the agent alone, and signals of ours its children too.
    """
    environment = dict(os.environ)
    if label is not None:
        environment["TOKENTUI_LABEL"] = label
    owns_groups = hasattr(os, "setpgid")
    try:
        process = subprocess.Popen(
            command, env=environment, process_group=0 if owns_groups else None
        )
    except OSError as problem:
        raise UsageError(f"cannot run {command[0]}: {problem.strerror}") from None
    with foreground(process.pid) if owns_groups else contextlib.nullcontext():
        try:
            yield process
        finally:
            if process.poll() is None:
                stop(process)


@contextlib.contextmanager
def foreground(group: int) -> Iterator[None]:
    """Lend the terminal to a process group, if there is a terminal to lend."""
    if not sys.stdin.isatty():
        yield
        return
    terminal = sys.stdin.fileno()
    mine = os.getpgrp()
    # Who is in the background is stopped by this signal when it takes the terminal.
    before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    try:
        os.tcsetpgrp(terminal, group)
        yield
    finally:
        with contextlib.suppress(OSError):
            os.tcsetpgrp(terminal, mine)
        signal.signal(signal.SIGTTOU, before)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process group, gently at first, with all that the agent has started."""
    for name in STOPS:
        signalled(process, getattr(signal, name, signal.SIGTERM))
        # One that was stopped hears nothing before it goes on.
        signalled(process, getattr(signal, "SIGCONT", signal.SIGTERM))
        if has_ended(process, GRACE_SECONDS):
            return


def signalled(process: subprocess.Popen[bytes], number: int) -> None:
    """Send a signal to the whole group, or to the process where there are none."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, number)
        else:
            process.terminate()


def has_ended(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait for the process and its group to end, but not for ever."""
    until = time.monotonic() + seconds
    while process.poll() is None or is_alive(process.pid):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def is_alive(group: int) -> bool:
    """Claim that a process group has a member."""
    if not hasattr(os, "killpg"):
        return False
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


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


def exit_code(code: int) -> int:
    """Give the code a shell gives: 128 and the signal for a process that was killed."""
    return code if code >= 0 else 128 - code
