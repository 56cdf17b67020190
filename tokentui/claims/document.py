"""A claim as a document: JSON that holds all of it, and is read back the same.

Amounts are strings, so that no digit is lost; days are ISO 8601.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from tokentui.claims.claim import Claim, Line
from tokentui.errors import LedgerError


def written(claim: Claim) -> bytes:
    """Write a claim as JSON; the same claim gives the same bytes."""
    import msgspec  # 20 ms, for those who write or read a claim

    return msgspec.json.encode(claim)


def read(text: bytes) -> Claim:
    """Read what `written` wrote.

    Raises:
        LedgerError: It is no claim, or one of a newer tokentui.
    """
    import msgspec

    try:
        return msgspec.json.decode(text, type=Claim)
    except (msgspec.MsgspecError, UnicodeDecodeError, ArithmeticError) as error:
        raise LedgerError(f"a saved claim cannot be read: {error}") from None


def lines_text(lines: Sequence[Line]) -> bytes:
    """Write the lines as a claim's SHA-256 is taken over them: JSON, one in a row."""
    import msgspec

    return b"\n".join(map(msgspec.json.encode, lines))


def lines_sha256(lines: Sequence[Line]) -> str:
    """Give the SHA-256 over a claim's lines, in hex."""
    return sha256(lines_text(lines)).hexdigest()
