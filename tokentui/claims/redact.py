"""A claim without the names of projects: each is a number, the same everywhere."""

from __future__ import annotations

from dataclasses import replace

from tokentui.claims.claim import Claim


def redacted(claim: Claim) -> Claim:
    """Give the claim with projects as `project 1` and so on, the largest first.

    Its SHA-256 stays that of the lines with their names.
    """
    projects = {part.project for line in claim.lines for part in line.parts}
    order = [total.name for total in claim.by_project if total.name in projects]
    named = [name for name in order if name is not None]
    aliases: dict[str | None, str | None] = {
        name: f"project {number}" for number, name in enumerate(named, 1)
    }
    lines = tuple(
        replace(
            line,
            parts=tuple(
                replace(part, project=aliases.get(part.project)) for part in line.parts
            ),
        )
        for line in claim.lines
    )
    totals = tuple(
        replace(total, name=aliases.get(total.name, total.name))
        for total in claim.by_project
    )
    return replace(claim, lines=lines, by_project=totals)
