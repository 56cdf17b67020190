"""Claims as files: one file here per format, which the registry names.

A format's file has a `FORMAT`; adding one touches nothing else but the line here.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokentui.reports.format import Format

MODULES = {
    "pdf": "pdf",
    "xlsx": "xlsx",
    "html": "html",
    "csv": "csv",
    "md": "markdown",
    "json": "json",
    "beancount": "beancount",
    "focus": "focus",
}
"""The formats of claims, each with its module here."""

EVENTS = "events-csv", "events-jsonl"
"""The formats of single responses, which `events` writes."""

A4, LETTER = "a4", "letter"
PAPERS = A4, LETTER


def format_of(name: str) -> Format:
    """Give a format by its name, which must be known."""
    made: Format = import_module(f"tokentui.reports.{MODULES[name]}").FORMAT
    return made


def format_by_ending(name: str) -> Format | None:
    """Give the format that a file's name ends like, or none."""
    made = [format_of(each) for each in MODULES]
    found = [each for each in made if name.lower().endswith(f".{each.suffix}")]
    return max(found, key=lambda each: len(each.suffix), default=None)
