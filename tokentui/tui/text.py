"""Names from logs made safe to show: whatever a log holds, it reads as plain text."""

from __future__ import annotations

import unicodedata

from tokentui.text import HIDDEN, MARK

LONGEST = 300
"""Characters of a name that are looked at; more would only cost time."""

MOST_MARKS = 2
"""Accents kept on one character, so that a pile of them stays on its line."""

_SELECTORS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
_MERGING = frozenset(map(chr, (*range(0x1F1E6, 0x1F200), *range(0x1F3FB, 0x1F400))))
"""Halves of flags and skin tones: terminals do not agree on how wide they are."""


def clean(text: str) -> str:
    """Return text on one line without anything that steers a terminal or hides text.

    Control, bidirectional and invisible characters become `�`, every kind of space and
    line break one space; text beyond `LONGEST` characters ends in `…`.
    """
    kept: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", text[:LONGEST]):
        category = unicodedata.category(character)
        if category in ("Mn", "Me"):
            marks += 1
            if kept and marks <= MOST_MARKS and character not in _SELECTORS:
                kept.append(character)
            continue
        marks = 0
        if category[0] == "Z" or character in "\t\n\r":
            kept.append(" ")
        elif category in HIDDEN or character in _MERGING:
            kept.append(MARK)
        else:
            kept.append(character)
    return "".join(kept) + "…" * (len(text) > LONGEST)
