"""The daemon's log: what went wrong and what was raised, in a file that never grows."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from tokentui.paths import make_private, open_private
from tokentui.text import clean

MOST_BYTES = 512 * 1024
KEPT = 2
"""Older files of that size that are kept beside the log."""


class Log(RotatingFileHandler):
    """A log for its owner only, which a full disk does not stop."""

    def _open(self) -> TextIOWrapper:
        """Open the file, also the one that is begun when one is full."""
        number = open_private(Path(self.baseFilename), os.O_WRONLY | os.O_APPEND)
        return os.fdopen(number, "a", encoding=self.encoding)

    def handleError(self, record: logging.LogRecord) -> None:
        """Leave out what cannot be written."""


def writer(path: Path) -> Callable[[str], None]:
    """Give what writes a line with its time to a log; where that fails nobody minds."""
    try:
        make_private(path.parent)
        os.close(open_private(path, os.O_WRONLY | os.O_APPEND))
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
