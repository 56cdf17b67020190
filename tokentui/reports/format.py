"""What a format is: how its files are called, and how a claim becomes one."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tokentui.claims.claim import STATEMENT, Claim
from tokentui.reports.words import month_of


class Format(NamedTuple):
    """One kind of file; `written` makes it of a claim, for a paper.

    The same claim gives the same bytes. What is no text needs a file.
    """

    suffix: str
    is_text: bool
    written: Callable[[Claim, str], bytes]


def file_name(claim: Claim, suffix: str) -> str:
    """Name a claim's file: `claim-2026-001.pdf`, `statement-acme-2026-10.csv`."""
    kind = "statement" if claim.status == STATEMENT else "claim"
    period = month_of(claim.first, claim.last) or f"{claim.first}_{claim.last}"
    parts = [kind, claim.client, claim.number or period]
    if claim.number is None and kind == "claim":
        parts.append("draft")
    return "-".join(map(in_file_name, filter(None, parts))) + f".{suffix}"


def in_file_name(text: str) -> str:
    """Give what of a text a file's name may have: letters, digits, `-` and `_`."""
    kept = "".join(c if c.isalnum() or c in "-_" else "-" for c in text[:60])
    return kept.strip("-") or "unnamed"
