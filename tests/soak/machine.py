"""A machine of its own for the real program: folders, environment, processes."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple

from tests.conftest import FOLDERS, UNSET

PROGRAM = (sys.executable, "-m", "tokentui")


MEASURE = """
import re, resource, sys
from pathlib import Path
from tokentui.cli import run
code = run(sys.argv[1:])
own = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
others = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
sys.stderr.write(f"{own + others}\\n")
sys.exit(code)
"""
"""The program, which in the end tells the kilobytes that it and its child have held.

What the system tells of a process that ended includes its parent's at its start."""


class Said(NamedTuple):
    """How a run of the program ended."""

    code: int
    out: str
    err: str


class Machine:
    """The folders of a user who does not exist, in which the real program is run."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.ledger = folder / "data/ledger.db"
        self.config = folder / "config/config.toml"
        self.state = folder / "state"
        self.home.mkdir(parents=True, exist_ok=True)
        places = {name: str(folder / place) for name, place in FOLDERS.items()}
        kept = {name: text for name, text in os.environ.items() if name not in UNSET}
        ring = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
        self.environment = {**kept, **places, **ring, "TZ": "UTC", **variables}

    def start(self, *words: str, program: tuple[str, ...] = PROGRAM) -> Popen:
        """Start the program, and leave it alone."""
        return subprocess.Popen(
            [*program, *words],
            env=self.environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(
        self,
        *words: str,
        codes: tuple[int, ...] = (0,),
        given: bytes = b"",
        program: tuple[str, ...] = PROGRAM,
        variables: Mapping[str, str] | None = None,
        before: Callable[[], None] | None = None,
    ) -> Said:
        """Run the program to its end, and see that it ends as it may.

        `before` is done in the new process, before the program begins.
        """
        with TemporaryFile() as into, TemporaryFile() as out, TemporaryFile() as err:
            into.write(given)
            into.seek(0)
            code = subprocess.call(
                [*program, *words],
                env={**self.environment, **(variables or {})},
                cwd=self.folder,
                stdin=into,
                stdout=out,
                stderr=err,
                preexec_fn=before,
            )
            out.seek(0)
            err.seek(0)
            texts = (each.read().decode(errors="replace") for each in (out, err))
            said = Said(code, *texts)
        assert said.code in codes, f"{words} ended with {said}"
        assert "Traceback" not in said.err, said.err
        assert "TOKENTUI_DEBUG" not in said.err, f"a fault, no message: {said.err}"
        return said

    def peak_mb(self, *words: str) -> float:
        """Run the program and give the most memory that it held; Linux only."""
        said = self.run(*words, program=(sys.executable, "-c", MEASURE))
        return int(said.err.splitlines()[-1]) / 1024


Popen = subprocess.Popen[bytes]


class Killer:
    """Kills a program at a random moment of the time that it usually takes.

    `usual` is that time, in seconds, which follows what is seen. Before a share `first`
    of it there is nothing to be lost, as Python starts.
    """

    def __init__(self, chance: random.Random, usual: float, first: float = 0.2) -> None:
        self._chance = chance
        self._usual = usual
        self._first = first

    def wait(self, process: Popen) -> bool:
        """Wait for the moment; claim that the program is still running then."""
        begin = time.monotonic()
        # The last fifth, in which most is written, is hit more often.
        first = self._chance.choice([self._first, 0.8])
        moment = self._chance.uniform(first, 1.0) * self._usual
        try:
            process.communicate(timeout=moment)
        except subprocess.TimeoutExpired:
            self._usual = max(self._usual, 1.1 * moment)
            return True
        self._usual = time.monotonic() - begin
        assert process.returncode == 0, f"it ended by itself with {process.returncode}"
        return False

    def kill(self, process: Popen) -> bool:
        """Kill it at some moment; claim that it had not ended before."""
        if not self.wait(process):
            return False
        process.send_signal(signal.SIGKILL)
        process.communicate()
        return process.returncode == -signal.SIGKILL
