"""What projects are called in a report: shortly, and without what is private."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal

from tokentui.claims.claim import Claim, Line, Part, Subtotal
from tokentui.text import clean, project_name

SHOW, ALIAS, HIDE = "show", "alias", "hide"
"""How projects are told: by name, by a number, or not apart at all."""

NO_PROJECT = "no project"
HIDDEN = "projects"


def redacted(claim: Claim, how: str) -> Claim:
    """Give a claim without the names of projects and of other clients.

    The figures stay; the SHA-256 stays that of the lines as they are kept.
    """
    if how == SHOW:
        return claim
    names = {part.project for line in claim.lines for part in line.parts}
    known = [each.name for each in claim.by_project]
    aliases = numbered([*known, *sorted(names - {None, *known}, key=str)], "project")
    clients = numbered(
        {part.client: None for line in claim.lines for part in line.parts}, "client"
    )
    clients[claim.client] = claim.client

    def project(name: str | None) -> str | None:
        return HIDDEN if how == HIDE and name is not None else aliases[name]

    return replace(
        claim,
        lines=tuple(without_names(line, project, clients) for line in claim.lines),
        by_project=merged(
            replace(each, name=project(each.name)) for each in claim.by_project
        ),
    )


def numbered(names: Iterable[str | None], word: str) -> dict[str | None, str | None]:
    """Give each name a word with a number in its place."""
    known = [name for name in names if name is not None]
    return {None: None, **{name: f"{word} {n}" for n, name in enumerate(known, 1)}}


def without_names(
    line: Line,
    project: Callable[[str | None], str | None],
    clients: dict[str | None, str | None],
) -> Line:
    """Give a line whose parts name no project; those that are the same now are one."""
    sums: dict[Part, tuple[Decimal, Decimal]] = {}
    for part in line.parts:
        named = replace(
            part,
            project=project(part.project),
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
