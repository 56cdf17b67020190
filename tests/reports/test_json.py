"""The JSON of a claim loses nothing."""

from __future__ import annotations

import json

import odd_claims
import pytest
import sample_claims

from tokentui.claims import document
from tokentui.claims.claim import Claim
from tokentui.reports import format_of

CLAIMS = [
    sample_claims.claim(),
    odd_claims.empty(),
    odd_claims.hostile(),
    odd_claims.of_client(),
]


@pytest.mark.parametrize("claim", CLAIMS)
def test_nothing_is_lost(claim: Claim) -> None:
    """What is read back is the claim, to the last decimal, hostile names included."""
    shape = json.loads(format_of("json").written(claim, "a4"))
    assert shape["kind"] == "claim-export"
    assert document.read(json.dumps(shape["claim"]).encode()) == claim


def test_terminals_are_safe() -> None:
    """No control character reaches a terminal that shows the document."""
    text = format_of("json").written(odd_claims.hostile(), "a4").decode()
    assert not set("\x1b\x7f\u202e\u2066") & set(text)
