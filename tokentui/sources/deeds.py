"""What tool calls tell of a response, as bits and a mark.

Input of tools is text of the user's: a path is looked at for its ending, all else is
hashed, and nothing of either goes further than this module.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import msgspec

from tokentui.events import EDITED_CODE, EDITED_TEXT
from tokentui.hashes import blake2b

Buffer = bytes | msgspec.Raw

TEXT = re.compile(
    r"(?:^|[./\\])(?:mdx?|markdown|rst|te?xt|adoc|asciidoc|org|wiki|textile|rtf|tex|ltx"
    r"|bib|typ|readme|license|changelog|changes|contributing|authors|notes|todo)\Z",
    re.IGNORECASE,
)
"""How paths of files end that people read."""

LONGEST_HASHED = 256
"""Bytes of input; of longer input head, tail and length are hashed, to be quick."""


def edit_of(path: Any) -> int:
    """Tell what kind of file an edit is of; one that is not told may be code."""
    if not isinstance(path, str):
        return EDITED_CODE
    return EDITED_TEXT if TEXT.search(path) else EDITED_CODE


def mark_of(session: str, tool: str, given: Buffer) -> int | None:
    """Mark a call, so that the same is known again in its session and nowhere else.

    `None` where the input is not known.
    """
    if not given:
        return None
    if len(given) > LONGEST_HASHED:
        whole, half = bytes(given), LONGEST_HASHED // 2
        given = b"%d %b%b" % (len(whole), whole[:half], whole[-half:])
    digest = blake2b(given, digest_size=4, person=seed(session, tool)).digest()
    return int.from_bytes(digest, "big", signed=True)


@lru_cache(maxsize=1024)
def seed(session: str, tool: str) -> bytes:
    """Make what keeps the marks of a tool in a session apart from all others."""
    named = f"{session}\0{tool}".encode("utf-8", "replace")
    return blake2b(named, digest_size=16).digest()
