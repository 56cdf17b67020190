"""What stops a claim from being handed in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tokentui.claims.claim import Claim, Line, Part
from tokentui.claims.complete import NO_RATE, NOT_ENDED
from tokentui.claims.lines import NO_RECEIPT, PROVISIONAL
from tokentui.claims.spent import ENTERED, UNSETTLED
from tokentui.claims.split import NONE
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
    without = [line for line in claim.lines if NO_RECEIPT in line.marks and line.amount]
    for line in without:
        yield (
            f"line {line.number} ({line.description}) has no receipt:"
            f" `tokentui claim attach FILE --line {line.number}`"
        )
    for note in claim.completeness.notes:
        if NO_RATE in note or note == NOT_ENDED:
            yield note


def unsure(claim: Claim) -> Iterator[str]:
    """Say what may still change, or is not known."""
    for line in claim.lines:
        for mark in line.marks:
            if mark == PROVISIONAL and line.rate is not None:
                yield (
                    f"line {line.number} has a provisional rate, of {line.rate.day}:"
                    " `tokentui fx refresh`"
                )
            elif mark == UNSETTLED:
                yield f"line {line.number} ({line.description}): {mark}"
    known = claim.completeness
    for account in known.stale:
        yield f"account {account}: `tokentui refresh --accounts`"
    if known.unpriced:
        yield f"{many(known.unpriced, 'response')} without a price"


def warnings(claim: Claim) -> list[str]:
    """List what to look at that does not stop a claim."""
    found = [
        f"line {line.number} ({line.description}) was entered by hand"
        for line in claim.lines
        if ENTERED in line.marks
    ]
    if claim.split.rule == NONE and claim.lines:
        found.append("no project is tagged, so all is claimed: `tokentui project tag`")
    elif claim.split.untagged:
        found.append(
            f"{claim.split.untagged} {claim.currency} untagged:"
            " `tokentui project list` shows what"
        )
    return found


def twice(claim: Claim, saved: Iterable[Claim]) -> Iterator[str]:
    """Say what of a claim was claimed before."""
    for other in saved:
        if claim.last < other.first or other.last < claim.first:
            continue
        lines = [
            (mine.number, theirs.number)
            for mine in claim.lines
            for theirs in other.lines
            if is_same(mine, theirs)
        ]
        for mine, theirs in lines:
            yield f"line {mine} was claimed before, in {other.number} line {theirs}"


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
