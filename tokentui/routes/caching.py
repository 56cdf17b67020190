"""What another provider's prompt cache would have held of a prompt."""

from __future__ import annotations

from typing import NamedTuple

from tokentui.events import Tokens
from tokentui.queries.slices import Piece


class Lifetime(NamedTuple):
    """Minutes that a cache lives since it was last used: usually, and at most.

    `longest` is `None` where there is no write for an hour.
    """

    usual: int
    longest: int | None


CLAUDE = Lifetime(5, 60)
LIFETIMES = {
    "anthropic": CLAUDE,
    "aws": CLAUDE,
    "vertex": CLAUDE,
    "openai": Lifetime(30, None),
}
"""Lifetimes of caches that charge for writes.

https://platform.claude.com/docs/en/build-with-claude/prompt-caching#pricing and
https://developers.openai.com/api/docs/pricing, read 2026-11-22. Others state none for
what they charge: with them the cache is taken to hold what it did hold.
"""


def as_cached_at(piece: Piece, provider: str, charges_writes: bool) -> Tokens:
    """Give the tokens of a piece as another provider's cache would have had them.

    What outlived its cache is written again; what lapsed, and would not have there, is
    read from it. `charges_writes`: the model there has a price of its own for writes.
    """
    fresh, read, output, reasoning = (
        piece.input,
        piece.cache_read,
        piece.output,
        piece.reasoning,
    )
    written, hour = piece.cache_write, piece.cache_write_1h
    lives = LIFETIMES.get(provider) if charges_writes else None
    if lives is None or lives == LIFETIMES.get(piece.provider or ""):
        return Tokens(fresh, read, written, hour, output, reasoning)
    minutes = lives.usual
    if lives.longest is None:
        written, hour = written + hour, 0
    elif hour > written:
        minutes = lives.longest
    if piece.waited >= minutes:
        read, written = 0, written + read
    else:
        written, hour, fresh, kept = without(piece.lapsed, written, hour, fresh)
        read += kept
    return Tokens(fresh, read, written, hour, output, reasoning)


def without(
    lapsed: int, written: int, hour: int, fresh: int
) -> tuple[int, int, int, int]:
    """Take lapsed tokens from what was written, then from what was read in full."""
    left, rest = lapsed, []
    for count in (written, hour, fresh):
        taken = min(left, count)
        left -= taken
        rest.append(count - taken)
    return rest[0], rest[1], rest[2], lapsed - left
