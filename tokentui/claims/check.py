"""What stops a claim from being handed in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tokentui.claims.claim import Claim, Line, Part
from tokentui.claims.complete import NO_RATE, NOT_ENDED
from tokentui.claims.lines import NO_RECEIPT, PROVISIONAL
from tokentui.claims.spent import ENTERED, UNSETTLED
from tokentui.claims.split import NONE
from tokentui.spans import merged
from tokentui.text import many


def problems(claim: Claim, saved: Iterable[Claim]) -> list[str]:
    """List what stops a claim, in sentences; `saved` are those that still stand."""
    return [*missing(claim), *unsure(claim), *twice(claim, saved)]


def missing(claim: Claim) -> Iterator[str]:
    """Say what a claim lacks."""
    if not claim.lines:
        yield "nothing to claim: no bill, fee or charge of a claimed payer lies in it"
    if claim.claimant.name is None:
        yield "nobody claims it: set `claimant` in [claims]"
    for vendor, lines in marked(claim, NO_RECEIPT).items():
        one = len(lines) == 1
        which = f"--line {lines[0].number}" if one else f"--vendor {quoted(vendor)}"
        yield f"{named(lines)}: no receipt, `tokentui claim attach FILE {which}`"
    for note in claim.completeness.notes:
        if NO_RATE in note or note == NOT_ENDED:
            yield note


def unsure(claim: Claim) -> Iterator[str]:
    """Say what may still change, or is not known."""
    for mark, what in ((PROVISIONAL, ", `tokentui fx refresh`"), (UNSETTLED, "")):
        for lines in marked(claim, mark).values():
            yield f"{named(lines)}: {mark}{what}"
    known = claim.completeness
    for account in known.stale:
        yield f"account {account}: `tokentui refresh --accounts`"
    if known.unpriced:
        yield f"{many(known.unpriced, 'response')} without a price"


def warnings(claim: Claim) -> list[str]:
    """List what to look at that does not stop a claim."""
    found = [f"{named(it)}: {ENTERED}" for it in marked(claim, ENTERED).values()]
    if claim.split.rule == NONE and claim.lines:
        found.append("no project is tagged, so all is claimed: `tokentui project tag`")
    elif claim.split.untagged:
        found.append(
            f"{claim.split.untagged} {claim.currency} untagged:"
            " `tokentui project list` shows what"
        )
    return found


def marked(claim: Claim, mark: str) -> dict[str, list[Line]]:
    """Give the lines of which something with a mark is claimed, by vendor."""
    found: dict[str, list[Line]] = {}
    for line in claim.lines:
        if mark in line.marks and line.amount:
            found.setdefault(line.vendor, []).append(line)
    return found


def named(lines: Sequence[Line]) -> str:
    """Name lines of a vendor: `line 1 (...)`, `lines 2-8, 10 (Anthropic)`."""
    if len(lines) == 1:
        return f"line {lines[0].number} ({lines[0].vendor}, {lines[0].description})"
    spans = merged((line.number, line.number + 1) for line in lines)
    numbers = [str(a) if b == a + 1 else f"{a}-{b - 1}" for a, b in spans]
    return f"lines {', '.join(numbers)} ({lines[0].vendor})"


def quoted(text: str) -> str:
    """Write a word for a shell."""
    import shlex

    return shlex.quote(text)


def twice(claim: Claim, saved: Iterable[Claim]) -> Iterator[str]:
    """Say what of a claim was claimed before."""
    for other in saved:
        if claim.last < other.first or other.last < claim.first:
            continue
        again: dict[str, list[Line]] = {}
        for mine in claim.lines:
            if any(is_same(mine, theirs) for theirs in other.lines):
                again.setdefault(mine.vendor, []).append(mine)
        for lines in again.values():
            yield f"{named(lines)}: claimed before, in {other.number}"


def is_same(mine: Line, theirs: Line) -> bool:
    """Claim that two lines claim the same money for the same projects."""
    keys = sorted((mine.key, theirs.key), key=len)
    is_one_key = keys[1] == keys[0] or (
        # A page read by hand holds what a payer paid to all providers.
        keys[0].startswith("bill ") and keys[1].startswith(f"{keys[0]} ")
    )
    if not is_one_key or mine.last < theirs.first or theirs.last < mine.first:
        return False
    return any(
        one.amount and other.amount and is_same_part(one, other)
        for one in mine.parts
        for other in theirs.parts
    )


def is_same_part(mine: Part, theirs: Part) -> bool:
    """Claim that two parts are the same project's, whoever is said to own it."""
    if mine.project is None or theirs.project is None:
        keys = [(part.project, part.kind, part.client) for part in (mine, theirs)]
        return keys[0] == keys[1]
    return mine.project == theirs.project
