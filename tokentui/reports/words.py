"""What a report says in words: its title, its facts, why it differs, what it lacks."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from tokentui.claims.claim import (
    DRAFT,
    STATEMENT,
    SUPERSEDED,
    Allowance,
    Claim,
    Evidence,
    Explanation,
)
from tokentui.reports import figures
from tokentui.text import clean, many

DOLLARS = "USD"
NOT_AN_INVOICE = "supporting statement, not an invoice"
CLAIM = "claim for reimbursement, not an invoice"
ESTIMATES = (
    "Usage at list prices explains the amounts above. It is an estimate, no payment,"
    " and in none of the totals."
)
TAX = "Tax is that of the whole amount paid, and part of it."
NO_CHANGE = "Nothing is known of the period before, to compare this one with."
NOTHING = "Nothing was billed or paid, so that nothing can be claimed."
CAUSES = (
    "By tokens: what more or fewer of them would have cost at the price of a token"
    " before. By price, mix: the rest, other prices or other kinds of tokens."
)
DECLARATION = (
    "I declare that these amounts were paid for the purpose stated, and that they are"
    " claimed nowhere else."
)
RATE_RULES = {
    "claim-date": "one rate, that of the claim's last day",
    "per-day": "the rate of each day",
}
SPLIT_RULES = {
    "projects": "What is claimed follows the projects tagged work, by list value.",
    "share": "A share agreed on is claimed.",
    "none": "No project is tagged: all is claimed.",
}


def title(claim: Claim) -> str:
    """Name the report: `Expense claim 2026-001`."""
    if claim.status == STATEMENT:
        return "Usage statement"
    kind = "Expense claim" if claim.client is None else "Statement of costs"
    return f"{kind} {claim.number}" if claim.number else f"{kind}, draft"


def subtitle(claim: Claim) -> str:
    """Say what the report is of, and what it is not."""
    is_claim = claim.status != STATEMENT and claim.client is None
    parts = [CLAIM if is_claim else NOT_AN_INVOICE]
    if claim.status == DRAFT:
        parts.append("a draft without a number")
    if claim.status == SUPERSEDED:
        parts.append(f"superseded by {claim.superseded_by}")
    if claim.supersedes:
        parts.append(f"replaces {claim.supersedes}")
    return "; ".join(parts)


def asked(claim: Claim) -> str:
    """Say what the total is: claimed already, or only to be claimed."""
    words = {DRAFT: "To be claimed", STATEMENT: "Claimable"}
    return words.get(claim.status, "Claimed")


def period(claim: Claim) -> str:
    """Name the period: `October 2026`, or its days."""
    return span(claim.first, claim.last)


def span(first: date, last: date) -> str:
    """Name a span of days: `October 2026`, or both its ends."""
    return f"{first:%B %Y}" if month_of(first, last) else figures.days(first, last)


def month_of(first: date, last: date) -> str | None:
    """Give the month that two days begin and end, as `2026-10`."""
    end = first.replace(day=monthrange(first.year, first.month)[1])
    return f"{first:%Y-%m}" if first.day == 1 and last == end else None


def facts(claim: Claim) -> list[tuple[str, str]]:
    """List who claims what from whom, and when; what is not set is left out."""
    person = claim.claimant
    who = ", ".join(filter(None, (person.name, person.number, person.email)))
    seconds = claim.active_seconds
    # Usage at list prices is in dollars.
    is_plain = claim.currency == DOLLARS and not any(line.rate for line in claim.lines)
    rule = RATE_RULES.get(claim.rate_rule, claim.rate_rule)
    pairs = (
        ("Claimant", who),
        ("Employer" if claim.client is None else "From", claim.employer),
        ("Client", claim.client),
        ("Cost centre", claim.cost_centre),
        ("Purpose", claim.purpose),
        ("Period", f"{figures.days(claim.first, claim.last)} ({claim.timezone})"),
        ("Made", claim.made_at),
        ("Currency", claim.currency if is_plain else f"{claim.currency}, {rule}"),
        ("Active time", f"{seconds / 3600:,.1f} h" if seconds else None),
    )
    return [(name, clean(value)) for name, value in pairs if value]


def split_words(claim: Claim) -> str:
    """Say by which rule something is claimed."""
    split = claim.split
    text = SPLIT_RULES.get(split.rule, split.rule)
    if split.share is not None:
        text = f"A share of {figures.share(split.share)} agreed on is claimed."
    if split.plan_share is not None:
        text += f" Of plan fees {figures.share(split.plan_share)} is claimed."
    return text


def allowance_words(allowance: Allowance, currency: str) -> str:
    """Say what an allowance pays, and what is left of it."""
    each = allowance
    return (
        f"{clean(each.name)}: pays {figures.share(each.share)} of"
        f" {figures.money(each.eligible, currency)}, at most"
        f" {figures.money(each.limit, currency)} per {each.per}"
        f" ({figures.days(each.first, each.last)}). Used before"
        f" {figures.money(each.used)}, this claim {figures.money(each.claimed)},"
        f" left {figures.money(each.left)}."
    )


def change(explanation: Explanation, currency: str) -> str:
    """Say in a sentence how the period compares with the one before."""
    before, now = explanation.whole_before, explanation.whole_now
    gap = now - before
    span = figures.days(explanation.first, explanation.last)
    how = (
        "as much as"
        if not gap
        else f"{figures.money(abs(gap), currency)} {'more' if gap > 0 else 'less'} than"
    )
    return (
        f"{figures.money(now, currency)} in all: {how} in the period before"
        f" ({span}), which had {figures.money(before, currency)}."
    )


def evidence_kind(evidence: Evidence) -> str:
    """Say whose money paid for some usage, and whether a plan did."""
    paid = {"me": "the claimant", "employer": "the employer", "client": "the client"}
    by = paid.get(evidence.paid_by, evidence.paid_by)
    return f"{by}, plan" if evidence.is_plan else by


def completeness(claim: Claim) -> list[str]:
    """Say what the ledger did not know."""
    known = claim.completeness
    lines = [f"Usage is known until {known.as_of}."] if known.as_of else []
    lines += [f"Not up to date: {clean(each)}." for each in known.stale]
    notes = [clean(each).rstrip(".") for each in known.notes]
    return lines + [f"{note}." for note in notes]


def origin(claim: Claim) -> list[str]:
    """Say what the report was made with, and how its lines can be checked."""
    return [
        f"Made by {clean(claim.generator)}, price book {clean(claim.price_book)}.",
        f"SHA-256 over the lines: {claim.lines_sha256}",
    ]


def evidence_remarks(evidence: Evidence) -> str:
    """Say what an amount at list prices lacks."""
    lacks = [many(evidence.unpriced, "response") + " unpriced"] * bool(
        evidence.unpriced
    )
    return "; ".join([*lacks, *["a lower bound"] * evidence.is_lower_bound])
