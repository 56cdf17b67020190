"""What projects are called in a report: shortly, and without what is private."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from tokentui.claims.claim import Claim, Line, Part, Subtotal
from tokentui.text import clean, project_name

SHOW, ALIAS, HIDE = "show", "alias", "hide"
"""How projects are told: by name, by a number, or not apart at all."""

NO_PROJECT = "unassigned"
HIDDEN = "projects"
LEFT_OUT = (
    "Names of projects are left out here; the SHA-256 is over the lines with them"
)


def redacted(claim: Claim, how: str) -> Claim:
    """Give a claim without the names of projects and of other clients.

    The figures stay, and the SHA-256 over the lines as they are kept.
    """
    if how == SHOW:
        return claim
    parts = [part for line in claim.lines for part in line.parts]
    known = {part.project for part in parts}
    names = [each.name for each in claim.by_project if each.name in known]
    aliases = numbered([*names, *(part.project for part in parts)], "project")
    if how == HIDE:
        aliases = {name: name and HIDDEN for name in aliases}
    clients = numbered((part.client for part in parts), "client")
    clients[claim.client] = claim.client
    told = claim.completeness
    return replace(
        claim,
        lines=tuple(without_names(line, aliases, clients) for line in claim.lines),
        by_project=merged(
            replace(each, name=aliases.get(each.name, each.name))
            for each in claim.by_project
        ),
        completeness=replace(told, notes=(*told.notes, LEFT_OUT)),
    )


def numbered(names: Iterable[str | None], word: str) -> dict[str | None, str | None]:
    """Give each name a word with a number in its place."""
    known = dict.fromkeys(name for name in names if name is not None)
    return {None: None, **{name: f"{word} {n}" for n, name in enumerate(known, 1)}}


def without_names(
    line: Line,
    projects: dict[str | None, str | None],
    clients: dict[str | None, str | None],
) -> Line:
    """Give a line whose parts name no project; those that are the same now are one."""
    sums: dict[Part, tuple[Decimal, Decimal]] = {}
    for part in line.parts:
        named = replace(
            part,
            project=projects[part.project],
            client=clients[part.client],
            whole=Decimal(0),
            amount=Decimal(0),
        )
        whole, amount = sums.get(named, (Decimal(0), Decimal(0)))
        sums[named] = whole + part.whole, amount + part.amount
    parts = (
        replace(part, whole=whole, amount=amount)
        for part, (whole, amount) in sums.items()
    )
    return replace(line, parts=tuple(parts))


def merged(subtotals: Iterable[Subtotal]) -> tuple[Subtotal, ...]:
    """Add up the subtotals that have the same name."""
    sums: dict[str | None, Subtotal] = {}
    for each in subtotals:
        known = sums.get(each.name)
        if known is not None:
            whole, amount = known.whole + each.whole, known.amount + each.amount
            each = Subtotal(each.name, whole, amount)
        sums[each.name] = each
    return tuple(sums.values())


def project_names(claim: Claim) -> dict[str | None, str]:
    """Name projects by the last part of their path, or all of it if two share that."""
    found = {part.project for line in claim.lines for part in line.parts}
    found |= {each.name for each in claim.by_project}
    names = {path: project_name(path) for path in found if path is not None}
    often = Counter(names.values())
    named: dict[str | None, str] = {None: NO_PROJECT}
    for path, name in names.items():
        named[path] = name if often[name] == 1 else clean(path)
    return named
