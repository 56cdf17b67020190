"""Beancount: what was paid, what is owed back, and estimates as custom directives.

The file stands for itself, as accounts open by a plugin, and can be included in books
that have them. What somebody owes adds up to what is claimed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from tokentui.claims.claim import Claim, Line
from tokentui.reports import words
from tokentui.reports.figures import money, plain
from tokentui.reports.format import Format
from tokentui.reports.names import project_names
from tokentui.reports.tables import paid_on, parts_of, steps
from tokentui.text import clean

RECEIVABLE, UNCLAIMED, PAID, MARKUP = (
    "Assets:Receivable",
    "Expenses:Unclaimed",
    "Liabilities:CreditCard",
    "Income:Markup",
)
PLUGIN = 'plugin "beancount.plugins.auto_accounts"'
WIDTH = 44
"""Columns before an amount."""


def written(claim: Claim, paper: str) -> bytes:
    """Write a claim as transactions; the paper does not matter."""
    return "\n".join(document(claim)).encode()


def document(claim: Claim) -> Iterator[str]:
    """Give the lines of the file."""
    yield from comments(
        [
            f"{words.title(claim)}: {words.period(claim)}",
            words.subtitle(claim),
            f"{words.asked(claim)}: {money(claim.claimed, claim.currency)}",
            *words.completeness(claim),
            *words.origin(claim),
        ]
    )
    yield f"{PLUGIN}\n"
    names = project_names(claim)
    for line in claim.lines:
        yield from transaction(claim, line, names)
    for name, amount in steps(claim):
        other = MARKUP if amount > 0 else account(UNCLAIMED, "Allowance")
        yield head(claim, f"{claim.last}", owing(claim) or "", name)
        yield posting(account(RECEIVABLE, owing(claim)), amount, claim.currency)
        yield posting(other, -amount, claim.currency) + "\n"
    for each in claim.evidence:
        value = string("unpriced")
        if each.amount is not None:
            value = f"{plain(each.amount)} {claim.currency}"
        who = " ".join(map(string, (each.vendor, each.payer, each.model)))
        yield f'{claim.last} custom "estimate" {who} {value}'
    yield ""


def transaction(
    claim: Claim, line: Line, names: dict[str | None, str]
) -> Iterator[str]:
    """Give a line's transaction: what is claimed by project, the rest, who paid."""
    links = [link(each.number) for each in line.receipts if each.number]
    yield head(claim, f"{paid_on(line)}", line.vendor, line.description, links)
    for key, value in facts(line):
        yield f"  {key}: {string(value)}"
    for part in parts_of(line):
        if part.amount:
            owed = account(RECEIVABLE, owing(claim))
            yield posting(owed, part.amount, claim.currency)
            if part.project:
                yield f"    project: {string(names[part.project])}"
    if line.whole != line.amount:
        rest = account(UNCLAIMED, line.vendor)
        yield posting(rest, line.whole - line.amount, claim.currency)
    currency, price = line.original_currency, ""
    if line.rate is not None:
        price = f" @@ {plain(abs(line.whole))} {claim.currency}"
    yield posting(PAID, -line.original, currency) + price + "\n"


def facts(line: Line) -> Iterator[tuple[str, str]]:
    """Give what is known of a line, for its metadata."""
    yield "basis", line.basis
    yield "payer", line.payer
    if line.tax is not None:
        yield "tax", plain(line.tax)
    if line.rate is not None:
        yield "rate", f"{plain(line.rate.value)} {line.rate.day} {line.rate.source}"
    if line.receipts:
        yield "receipt", "; ".join(each.name for each in line.receipts)
        yield "sha256", "; ".join(each.sha256 for each in line.receipts)
    if line.marks:
        yield "remarks", "; ".join(line.marks)


def head(
    claim: Claim, day: str, payee: str, narration: str, links: Iterable[str] = ()
) -> str:
    """Give the first line of a transaction."""
    tags = [f"#claim-{word(claim.number)}"] if claim.number else []
    return " ".join([day, "*", string(payee), string(narration), *tags, *links])


def posting(name: str, amount: Decimal, currency: str) -> str:
    """Give a posting."""
    return f"  {name:<{WIDTH}} {plain(amount)} {currency}"


def owing(claim: Claim) -> str | None:
    """Name who owes what is claimed."""
    return claim.client or claim.employer


def account(root: str, name: str | None) -> str:
    """Give an account below a root; names become letters, digits and dashes."""
    part = word(name or "").strip("-")
    return f"{root}:{part[:1].upper()}{part[1:]}" if part else f"{root}:Other"


def link(number: str) -> str:
    """Give a link to a document."""
    return f"^{word(number)}"


def word(text: str) -> str:
    """Give what of a text accounts, links and tags may have."""
    return re.sub("[^A-Za-z0-9]+", "-", text)


def string(text: str) -> str:
    """Give a text as a string that ends where it should."""
    escaped = clean(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def comments(lines: Iterable[str]) -> Iterator[str]:
    """Give remarks, each on one line."""
    return (f"; {clean(line)}" for line in lines)


FORMAT = Format("beancount", True, written)
