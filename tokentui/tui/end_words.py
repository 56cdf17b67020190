"""How a session ended, in a word; what you say has other words than what git says."""

from __future__ import annotations

from textual.content import Content

from tokentui.ledger.marks import ABANDONED, ACCEPTED, REJECTED
from tokentui.routes.ended import BY_GIT, Verdict

BY_GIT_WORDS = {ACCEPTED: "merged", REJECTED: "reverted", ABANDONED: "left"}
STYLES = {ACCEPTED: ".good", REJECTED: ".over", ABANDONED: ".near"}
OPEN = "open"


def end_word(end: Verdict | None) -> str:
    """Return `accepted` for a mark, `merged` for what git tells, nothing if unknown."""
    if end is None or end.word is None:
        return OPEN if end is not None and end.is_open else ""
    return BY_GIT_WORDS[end.word] if end.evidence == BY_GIT else end.word


def end_cell(end: Verdict | None) -> Content:
    """Return the word as a cell; what you say yourself stands out."""
    word = end_word(end)
    if end is None or end.word is None or end.evidence == BY_GIT:
        return Content.styled(word, ".muted")
    return Content.styled(word, STYLES[end.word])
