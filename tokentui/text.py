"""Names from logs, made safe to show: they may hold anything."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode categories that move the cursor, turn the writing round or cannot be seen."""

MARK = "\N{REPLACEMENT CHARACTER}"

UNSAFE = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")

RUN_BY_SPREADSHEETS = tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001 (wide ones run too)


def clean(text: str) -> str:
    """Replace what a terminal would obey or not show by a mark."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(MARK if unicodedata.category(c) in HIDDEN else c for c in text)


def escaped(document: str) -> str:
    """Escape what JSON lets stand and a terminal obeys: further control characters."""
    if document.isascii() and "\x7f" not in document:
        return document
    return UNSAFE.sub(lambda m: f"\\u{ord(m[0]):04x}", document)


def neutral(text: str) -> str:
    """Give text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(RUN_BY_SPREADSHEETS) else text


def width(text: str) -> int:
    """Give the terminal columns that clean text takes."""
    if text.isascii():
        return len(text)
    columns = 0
    for character in text:
        if not unicodedata.combining(character):
            columns += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return columns


def fit(text: str, columns: int) -> str:
    """Cut clean text to some columns, with a sign where something is missing."""
    if width(text) <= columns:
        return text
    kept = ""
    for character in text:
        if width(kept + character) > columns - 1:
            break
        kept += character
    return kept + "…" if columns > 0 else ""


def project_name(path: str | None) -> str:
    """Give the last part of a project's path, which people know it by."""
    if not path:
        return "unknown"
    kind = PureWindowsPath if "\\" in path and "/" not in path else PurePosixPath
    return clean(kind(path).name or path)


def many(count: int, thing: str) -> str:
    """Count things in words: 1 response, 2 responses."""
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"
