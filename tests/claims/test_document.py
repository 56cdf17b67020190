"""A claim written as JSON is the same claim when it is read."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256

import pytest
import sample_claims

from tokentui.claims import document
from tokentui.errors import LedgerError


def test_read_gives_what_was_written() -> None:
    """Every figure of a claim comes back as it was, to the last decimal."""
    claim = sample_claims.claim()
    assert document.read(document.written(claim)) == claim


def test_amounts_are_text() -> None:
    """No amount becomes a float on the way, with which cents get lost."""
    shape = json.loads(document.written(sample_claims.claim()))
    assert shape["whole"] == "259.98"
    assert shape["lines"][0]["rate"]["value"] == "0.8951"
    assert shape["first"] == "2026-10-01"


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b'{"status": 1}', b"\xff"])
def test_what_is_no_claim_is_refused(text: bytes) -> None:
    """A damaged document is an error with words, never half a claim."""
    with pytest.raises(LedgerError, match="saved claim"):
        document.read(text)


def test_sha256_is_over_the_lines() -> None:
    """Anyone can take it again over the lines; one digit changed, and it differs."""
    claim = sample_claims.claim()
    rows = json.loads(document.written(claim))["lines"]
    text = "\n".join(
        json.dumps(row, separators=(",", ":"), ensure_ascii=False) for row in rows
    )
    assert claim.lines_sha256 == sha256(text.encode()).hexdigest()
    first = replace(claim.lines[0], amount=Decimal("105.74"))
    assert document.lines_sha256((first, *claim.lines[1:])) != claim.lines_sha256


def test_sample_adds_up() -> None:
    """The sample's lines, parts and subtotals come to its totals."""
    claim = sample_claims.claim()
    assert sum(line.whole for line in claim.lines) == claim.whole
    assert sum(line.amount for line in claim.lines) == claim.eligible
    assert claim.with_receipts + claim.without_receipts == claim.eligible
    for line in claim.lines:
        assert sum(part.whole for part in line.parts) == line.whole
        assert sum(part.amount for part in line.parts) == line.amount
