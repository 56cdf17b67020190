"""Measure the dashboard in a real terminal, on the ledger that the environment names.

Run as `TOKENTUI_LEDGER=... python -m tests.measure_dashboard` on Linux. Tells how long
it takes to open, how long each key takes until the screen reacts and until the answer
is there, how much memory each screen needs, and what an idle screen costs.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time
from dataclasses import dataclass, field
from pathlib import Path

COLUMNS, LINES = 120, 40
PATIENCE_SECONDS = 60.0
STEPS = (
    # key, what is seen as soon as it is answered, and once the figures are there
    ("2", "Usage by day", "total"),
    ("m", "Usage by month", "total"),
    ("p", "Usage by project", "total"),
    ("o", "Usage by model", "total"),
    ("s", "Usage by session", "total"),
    ("]", "last month", "total"),
    ("]", "all time", "total"),
    ("3", "Sessions: 7 d", "total"),
    ("\r", "Session: 7 d", " for "),
    ("\r", "Response", "per million"),
    ("\x1b", "", ""),
    ("\x1b", "Sessions: 7 d", ""),
    ("4", "Accounts", ""),
    ("5", "Caps", "counts"),
    ("6", "Prices", " models"),
    ("7", "Routes: last", "as of"),
    ("a", "instead on", "it was"),
    ("b", "worth", "as of"),
    ("1", "Burn", ""),
    ("?", "Help: Reading", ""),
)


@dataclass(slots=True)
class Program:
    """The dashboard in a terminal; `written` is what it wrote since the last key."""

    began: float = field(default_factory=time.monotonic)
    pid: int = 0
    terminal: int = 0
    written: bytes = b""

    def start(self) -> None:
        """Start it."""
        self.began = time.monotonic()
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
            os.execv(sys.executable, [sys.executable, "-m", "tokentui"])
        size = struct.pack("HHHH", LINES, COLUMNS, 0, 0)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, size)
        os.set_blocking(self.terminal, False)

    def read(self, seconds: float) -> None:
        """Take what it writes, for so long at most."""
        if select.select([self.terminal], [], [], seconds)[0]:
            self.written += os.read(self.terminal, 1 << 20)

    def seconds_until(self, words: str, since: float) -> float:
        """Wait for some words."""
        while words.encode() not in self.written:
            self.read(0.002)
            if time.monotonic() - since > PATIENCE_SECONDS:
                raise SystemExit(f"never came: {words!r}")
        return time.monotonic() - since

    def rest(self, seconds: float) -> None:
        """Let it be."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.read(left)
            self.written = b""

    def press(self, key: str) -> float:
        """Press a key; say when."""
        self.written = b""
        now = time.monotonic()
        os.write(self.terminal, key.encode())
        return now

    @property
    def cpu_seconds(self) -> float:
        """Processor time that it took so far."""
        text = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii")
        user, system = text.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    @property
    def megabytes(self) -> float:
        """Memory that it has in use."""
        text = Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8")
        (line,) = (line for line in text.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024


def tell(*words: str) -> None:
    """Print a line at once."""
    sys.stdout.write(" ".join(words) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Measure, and print a line for each figure."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--idle", type=float, default=30, help="seconds to stand idle")
    idle = options.parse_args().idle
    program = Program()
    program.start()
    tell(f"first paint  {program.seconds_until('tokentui', program.began):6.2f} s")
    seconds = program.seconds_until("By source", program.began)
    tell(f"with figures {seconds:6.2f} s   {program.megabytes:4.0f} MB")
    program.rest(3)
    for key, words, then in STEPS:
        at = program.press(key)
        reacted = program.seconds_until(words, at) * 1000
        answered = program.seconds_until(then, at) * 1000
        program.rest(1.5)
        tell(
            f"{key!r:>6} {words:<18} {reacted:5.0f} ms, answer {answered:5.0f} ms,"
            f" {program.megabytes:4.0f} MB"
        )
    program.press("\x1b")
    program.rest(2)
    before = program.cpu_seconds
    program.rest(idle)
    share = (program.cpu_seconds - before) / idle
    tell(f"idle {share:.2%} of a processor, {program.megabytes:.0f} MB")
    program.press("q")
    os.waitpid(program.pid, 0)


if __name__ == "__main__":
    main()
