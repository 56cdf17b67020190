"""JSON that holds all of a claim, with the keys of its record and amounts as strings.

What is missing is `null`. The SHA-256 can be taken again over its `lines`, each as JSON
without spaces, one in a row, if no name was left out.
"""

from __future__ import annotations

import json

from tokentui.claims.claim import Claim
from tokentui.claims.document import written as document
from tokentui.reports.format import Format
from tokentui.text import escaped


def written(claim: Claim, paper: str) -> bytes:
    """Write a claim as one JSON document; the paper does not matter."""
    shape = {"kind": "claim-export", "claim": json.loads(document(claim))}
    text = json.dumps(shape, indent=1, ensure_ascii=False)
    return f"{escaped(text)}\n".encode()


FORMAT = Format("json", True, written)
