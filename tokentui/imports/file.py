"""Read a file of usage, whichever of the known formats it has."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tokentui.imports import ccusage, table
from tokentui.imports.rows import BadFile, UsageFile

LARGEST = 256 << 20
"""A file of more bytes is none of days."""


def read(
    path: Path, tz: ZoneInfo, now: datetime, source: str | None = None
) -> UsageFile:
    """Read a file; `source` names the agent of a ccusage report that does not.

    Raises:
        BadFile: It cannot be read, or something of it is wrong.
    """
    text = text_of(path)
    start = text.lstrip()[:1]
    if start == "{":
        document = document_of(text)
        if ccusage.is_ccusage(document):
            return ccusage.read(document, source)
        return table.read_lines(text, tz, now)
    if start == "[":
        raise BadFile("a JSON list is no known format: give CSV, JSON lines or ccusage")
    return table.read_csv(text, tz, now)


def read_ccusage(path: Path, source: str | None = None) -> UsageFile:
    """Read a report of ccusage.

    Raises:
        BadFile: It is none, or something of it is wrong.
    """
    document = document_of(text_of(path))
    if not ccusage.is_ccusage(document):
        raise BadFile(f"{path.name} is no report of `ccusage --json`")
    return ccusage.read(document, source)


def document_of(text: str) -> Any:
    """Decode a text that is one JSON document; `None` if it is none."""
    import msgspec

    try:
        return msgspec.json.decode(text.strip())
    except (msgspec.DecodeError, RecursionError, ValueError):
        return None


def text_of(path: Path) -> str:
    """Read a text file.

    Raises:
        BadFile: It cannot be read, is too large, or is no UTF-8.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise BadFile(f"{path} is larger than {LARGEST >> 20} MB")
        raw = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BadFile(f"{path} cannot be read: {reason}") from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise BadFile(
            f"line {line} is not UTF-8: save the file as UTF-8 and try again"
        ) from None
