"""The daemon's log: what went wrong and what was raised, in a file that never grows."""

from __future__ import annotations

import logging
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path

from tokentui.paths import make_private
from tokentui.text import clean

MOST_BYTES = 512 * 1024
KEPT = 2
"""Older files of that size that are kept beside the log."""


class Log(RotatingFileHandler):
    """A log that a full disk does not stop."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Leave out what cannot be written."""


def writer(path: Path) -> Callable[[str], None]:
    """Give what writes a line with its time to a log; where that fails nobody minds."""
    try:
        make_private(path.parent)
        path.touch(0o600)
        handler = Log(path, "a", MOST_BYTES, KEPT, encoding="utf-8", delay=True)
    except OSError:
        return lambda text: None
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))

    def write(text: str) -> None:
        for line in text.splitlines():
            handler.handle(
                logging.LogRecord("watch", logging.INFO, "", 0, clean(line), None, None)
            )
        handler.close()  # it opens again; words are rare

    return write
