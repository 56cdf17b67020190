"""Whether a name is one that a list states, or only begins with one or holds one.

The library finds `claude-opus-4-1` for `claude-opus-4-10` too: a model that is not out
yet would get the price of another. Asked here is only what it finds, not how.
"""

from __future__ import annotations

import re
from collections.abc import Callable

MORE = "~"
"""What no name goes on with: if that is found too, anything is."""

DATE = r"\d{8}|\d{4}-\d\d-\d\d|\d\d-\d{4}|\d\d-\d\d|\d{3,4}"
ENDS = re.compile(rf"([-@]({DATE}|preview|exp|latest|thinking)|-v\d+(:\d+)?)*")
"""What may stand behind a name and does not change its price."""

STARTS = re.compile(r"(.*[./:])?")
"""What may stand before one: region, vendor, path."""


def is_exact(name: str, find: Callable[[str], object]) -> bool:
    """Claim that a name is stated as such, but for parts that cost nothing.

    `find` gives what the list finds for a name, nothing for an empty one.
    """
    model = find(name)
    ends, starts = [len(name)], [0]
    if find(name + MORE) is model:
        fits = [find(name[:end]) is model for end in range(len(name) + 1)]
        ends = [n for n in range(1, len(fits)) if fits[n] and not fits[n - 1]]
    if find(MORE + name) is model:
        fits = [find(name[start:]) is model for start in range(len(name) + 1)]
        starts = [n for n in range(len(name)) if fits[n] and not fits[n + 1]]
    return any(ENDS.fullmatch(name[end:]) for end in ends) and any(
        STARTS.fullmatch(name[:start]) for start in starts
    )
