"""A claim for people at a terminal."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tokentui.cli.output import Column, show, show_table, tell
from tokentui.text import clean, project_name

if TYPE_CHECKING:
    from tokentui.claims.claim import Claim, Line


def row_of(name: str, claim: Claim) -> list[str]:
    """Lay out a claim as a row of a list."""
    status = claim.status
    if claim.superseded_by:
        status += f" by {claim.superseded_by}"
    return [
        name,
        status,
        str(claim.first),
        str(claim.last),
        claim.client or claim.employer or "-",
        f"{claim.claimed:,} {claim.currency}",
    ]


def show_claim(name: str, claim: Claim) -> None:
    """Print a claim."""
    who = claim.claimant.name or "no claimant named"
    whom = f"client {claim.client}" if claim.client else claim.employer
    show(f"claim {name} ({claim.status}), {claim.first} to {claim.last}")
    show(f"{clean(who)} to {clean(whom or 'no employer named')}")
    if claim.purpose:
        tell(clean(claim.purpose))
    if claim.lines:
        show()
        show_lines(claim)
    show()
    for text in totals(claim):
        tell(text)
    if claim.by_project:
        show()
        show_table(
            [
                Column("project", flexible=True),
                Column(claim.currency, right=True),
                Column("claimed", right=True),
            ],
            [
                [shown_project(each.name), f"{each.whole:,}", f"{each.amount:,}"]
                for each in claim.by_project
            ],
        )
    known = claim.completeness
    show()
    for text in known.notes:
        tell(clean(text))
    tell(f"as of {known.as_of or 'never'}; {claim.price_book}")
    tell(f"SHA-256 of the lines {claim.lines_sha256}")


def show_lines(claim: Claim) -> None:
    """Print the lines as a table."""
    show_table(
        [
            Column("no", right=True),
            Column("vendor", flexible=True),
            Column("what", flexible=True),
            Column("basis"),
            Column("original", right=True),
            Column("rate", right=True),
            Column(claim.currency, right=True),
            Column("claimed", right=True),
            Column("marks", flexible=True),
        ],
        [line_row(line) for line in claim.lines],
    )


def line_row(line: Line) -> list[str]:
    """Lay out one line."""
    rate = f"{line.rate.value:.6g} of {line.rate.day}" if line.rate else "-"
    return [
        str(line.number),
        line.vendor,
        line.description,
        line.basis,
        f"{line.original:,} {line.original_currency}",
        rate,
        f"{line.whole:,}",
        f"{line.amount:,}",
        ", ".join(line.marks) or "-",
    ]


def totals(claim: Claim) -> list[str]:
    """Say what it comes to, and why."""
    money = claim.currency
    texts = [f"billed and paid  {claim.whole:,} {money}"]
    if claim.eligible != claim.whole:
        texts.append(f"of it eligible   {claim.eligible:,} {money}, {rule_of(claim)}")
    for each in claim.allowances:
        texts.append(
            f"allowance {clean(each.name)}: {percent(each.share)} of {each.eligible:,},"
            f" up to {each.limit:,} a {each.per}; {each.used:,} used before,"
            f" {each.claimed:,} now, {each.left:,} left"
        )
    if claim.recharge is not None and claim.recharge.added:
        share = percent(claim.recharge.markup)
        texts.append(f"markup {share}       {claim.recharge.added:,} {money}")
    texts.append(f"claimed          {claim.claimed:,} {money}")
    if claim.active_seconds:
        texts.append(f"{claim.active_seconds / 3600:g} hours with usage")
    return texts


def rule_of(claim: Claim) -> str:
    """Say by what rule a part is eligible."""
    split = claim.split
    if split.share is not None:
        return f"{percent(split.share)} by agreement"
    parts = {
        "work": split.work,
        "client": split.client,
        "untagged": split.untagged,
        "personal": split.personal,
        "other": split.other,
    }
    return ", ".join(f"{name} {amount:,}" for name, amount in parts.items() if amount)


def percent(share: Decimal) -> str:
    """Write a share in percent."""
    return f"{(share * 100).normalize():f} %"


def shown_project(name: str | None) -> str:
    """Name a project, or what no usage explains."""
    return project_name(name) if name else "unassigned"
