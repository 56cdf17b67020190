"""An agent as a job: its process group, whose the terminal is, Ctrl-C and Ctrl-Z.

The agent has a process group of its own, so that Ctrl-C reaches it alone and signals
of ours reach its children too. What a shell does for its jobs is then to be done here:
lend the terminal, take it back when the agent stops, stop with it and go on with it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from tokentui.environment import without_keys
from tokentui.errors import UsageError

GLANCE_SECONDS = 0.05
GRACE_SECONDS = 15.0
"""How long an agent may take to end after each signal."""

STOPS = ("SIGINT", "SIGTERM", "SIGKILL")
HAS_JOBS = hasattr(os, "setpgid")
"""Windows has neither process groups nor jobs that stop."""


class Job:
    """A started agent.

    `terminal` is the descriptor of the terminal that is lent to it, if there is one.
    """

    def __init__(self, process: subprocess.Popen[bytes], terminal: int | None) -> None:
        self._process = process
        self._terminal = terminal
        self._is_asked_to_stop = False
        self._before: Any = None

    @property
    def exit_code(self) -> int | None:
        """How it ended, as a shell says it; `None` as long as it runs."""
        code = self._process.poll()
        return 128 - code if code is not None and code < 0 else code

    def wait(self, seconds: float) -> None:
        """Wait for its end, but not for longer; where it stops, stop and go on too."""
        if not HAS_JOBS:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
            return
        until = time.monotonic() + seconds
        while True:
            stopped_by = self._news()
            if self._process.returncode is not None:
                return
            self._lend()
            if stopped_by is not None:
                self._has_stopped(stopped_by)
            if time.monotonic() > until:
                return
            time.sleep(GLANCE_SECONDS)

    def end(self) -> None:
        """End the process group, gently at first, with all that the agent started."""
        for name in STOPS:
            self._signal(name)
            # One that was stopped hears nothing before it goes on.
            self._signal("SIGCONT")
            if self._ends_within(GRACE_SECONDS):
                return

    def _signal(self, name: str) -> None:
        """Send a signal to the whole group, or to the process where there are none."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if HAS_JOBS:
                os.killpg(self._process.pid, getattr(signal, name))
            else:
                self._process.terminate()

    def _ends_within(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while self._process.poll() is None or is_alive(self._process.pid):
            if time.monotonic() > until:
                return False
            time.sleep(GLANCE_SECONDS)
        return True

    def _news(self) -> int | None:
        """Note its end; give the signal that has stopped it since the last look."""
        if self._process.returncode is not None:
            return None
        pid, status = os.waitpid(self._process.pid, os.WNOHANG | os.WUNTRACED)
        if pid == 0:
            return None
        if os.WIFSTOPPED(status):
            return os.WSTOPSIG(status)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        return None

    def _has_stopped(self, by: int) -> None:
        is_greedy = by in (signal.SIGTTIN, signal.SIGTTOU)
        if is_greedy and self._holder() == self._process.pid:
            self._signal("SIGCONT")  # it wanted the terminal before it was lent
        elif self._terminal is not None or self._is_asked_to_stop:
            self._stop_too()

    def _stop_too(self) -> None:
        """Stop with the agent until the shell continues both.

        Where no shell would do that the system stops nobody, and both go on.
        """
        self._take_back()
        asking = signal.signal(signal.SIGTSTP, self._before)
        os.killpg(os.getpgrp(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, asking)
        self._is_asked_to_stop = False
        self._lend()
        self._signal("SIGCONT")

    def _holder(self) -> int | None:
        """Name the process group that has the terminal."""
        if self._terminal is None:
            return None
        try:
            return os.tcgetpgrp(self._terminal)
        except OSError:
            return None  # somebody closed the window

    def _lend(self) -> None:
        """Give it the terminal if that is ours: in the background it is the shell's."""
        if self._holder() == os.getpgrp():
            self._give(self._process.pid)

    def _take_back(self) -> None:
        holder = self._holder()
        if holder is not None and (holder == self._process.pid or not is_alive(holder)):
            self._give(os.getpgrp())

    def _give(self, group: int) -> None:
        assert self._terminal is not None
        with contextlib.suppress(OSError):
            os.tcsetpgrp(self._terminal, group)

    @contextlib.contextmanager
    def controlled(self) -> Iterator[None]:
        """Do the shell's part for a while."""
        if not HAS_JOBS:
            yield
            return

        def ask(_number: int, _frame: object) -> None:
            self._is_asked_to_stop = True
            self._signal("SIGTSTP")

        self._before = signal.signal(signal.SIGTSTP, ask)
        # Who is in the background is stopped by this when it takes the terminal.
        before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        try:
            self._lend()
            yield
        finally:
            self._take_back()
            signal.signal(signal.SIGTTOU, before)
            signal.signal(signal.SIGTSTP, self._before)


@contextlib.contextmanager
def started(command: list[str], label: str | None) -> Iterator[Job]:
    """Start a command in a process group of its own, with the terminal if there is one.

    Raises:
        UsageError: It cannot be started.
    """
    environment = without_keys()
    if label is not None:
        environment["TOKENTUI_LABEL"] = label
    try:
        process = subprocess.Popen(
            command, env=environment, process_group=0 if HAS_JOBS else None
        )
    except OSError as problem:
        raise UsageError(f"cannot run {command[0]}: {problem.strerror}") from None
    job = Job(process, sys.stdin.fileno() if sys.stdin.isatty() else None)
    with job.controlled():
        try:
            yield job
        finally:
            if job.exit_code is None:
                job.end()


def is_alive(group: int) -> bool:
    """Claim that a process group has a member."""
    if not HAS_JOBS:
        return False
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
