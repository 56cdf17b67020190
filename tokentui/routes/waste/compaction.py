"""What compacting a session costs, and what it leaves of the prompt.

No log tells what a compaction that was not made would have left; these are assumptions,
which every suggestion that rests on them states.
"""

from __future__ import annotations

from tokentui.prices.rates import Band

SUMMARY = 5_000
"""Tokens that the model writes to sum a session up."""

LEFT = 10_000, 25_000, 50_000
"""Tokens left beside what a session begins with: the summary, and what is read again.

At least, usually, at most.
"""


def residues(first: int) -> tuple[int, int, int]:
    """Say how long a prompt is after a compaction, if it was so long at first."""
    least, usual, most = LEFT
    return first + least, first + usual, first + most


def compaction(prompt: int, band: Band) -> int:
    """Say what it costs to have a prompt summed up, in femto-dollars at list price."""
    return prompt * band.cache_read + SUMMARY * band.output
