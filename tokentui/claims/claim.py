"""A claim as every format prints it: all its figures, and nothing left to reckon.

Amounts are in the claim's currency with as many decimals as that has. Each was rounded
half-even once, at the end (`rounding`); parts that have to add up to a whole, as bills
to their total and allocations to their line, were rounded together, by largest
remainder. Days are local ones of the claim's time zone, the last included. `None` is
unknown or does not apply, never zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

BILLED, RECEIPT, ESTIMATE = "billed", "receipt", "estimate"
"""What an amount rests on: a provider stated it, a document shows it, list prices."""

DRAFT, SAVED, SUPERSEDED, STATEMENT = "draft", "saved", "superseded", "statement"
"""A statement is a claim that never gets a number."""

WORK, PERSONAL, CLIENT, UNTAGGED, OTHER = (
    "work",
    "personal",
    "client",
    "untagged",
    "other",
)
"""Whose a part of an amount is; `other` is all that the reader is not to see apart."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Units of the claim's currency for one of the original, and where they are from.

    `day` is that of the rate, not of the use; `spread`: how far above the reference
    rate a card's is, as a share; `is_provisional`: older than a week.
    """

    value: Decimal
    day: date
    source: str
    is_provisional: bool = False
    spread: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """A document kept beside the claim: its file name, and SHA-256 in hex."""

    name: str
    sha256: str
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What of a line is a project's: of its whole, and of what is claimed of it.

    `project` is `None` for usage that names none, and for what no usage explains.
    """

    project: str | None
    kind: str
    whole: Decimal
    amount: Decimal
    client: str | None = None
    cost_centre: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One amount of money that somebody was paid; its `parts` add up to it.

    `whole` is the original amount in the claim's currency, `amount` what is claimed of
    it before allowances and markup, `share` their quotient by rule. `tax` is part of
    `whole`. `key` names it for good: `bill api anthropic`, `fee claude-max`,
    `charge 3`. `marks` say what a reader has to know: that the rate is provisional,
    that the bill is not settled yet, that a receipt is missing.
    """

    number: int
    key: str
    first: date
    last: date
    vendor: str
    payer: str
    description: str
    basis: str
    original: Decimal
    original_currency: str
    rate: Rate | None
    whole: Decimal
    share: Decimal
    amount: Decimal
    tax: Decimal | None = None
    parts: tuple[Part, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """Usage at list prices, which explains the lines and is never added to them.

    `original` is in US dollars, both amounts `None` if no price is known.
    `is_plan`: inside a flat plan, whose cost is its fee. `paid_by`: me, employer or
    client. `unpriced` responses are in no amount; `is_lower_bound`: more was used.
    """

    vendor: str
    payer: str
    model: str
    paid_by: str
    is_plan: bool
    requests: int | None
    tokens: int
    original: Decimal | None
    amount: Decimal | None
    unpriced: int = 0
    is_lower_bound: bool = False


@dataclass(frozen=True, slots=True)
class Split:
    """How much of all lines is whose, by list value of the usage; adds up to `whole`.

    `rule`: `projects` (what is tagged work, or the client's, is claimed), `share` (a
    share agreed on) or `none` (no project is tagged: all is claimed). `plan_rule` says
    the same of plan fees, whose share is by the usage inside the plan.
    """

    rule: str
    share: Decimal | None
    plan_rule: str
    plan_share: Decimal | None
    work: Decimal
    personal: Decimal
    client: Decimal
    untagged: Decimal
    other: Decimal


@dataclass(frozen=True, slots=True)
class Allowance:
    """What an employer pays of some lines: `share` of `eligible`, up to the limit.

    The limit is for a window of `per` from `first` to `last`, of which claims saved
    before have used some; `left` is after this claim.
    """

    name: str
    share: Decimal
    limit: Decimal
    per: str
    first: date
    last: date
    payers: tuple[str, ...]
    eligible: Decimal
    used: Decimal
    claimed: Decimal
    left: Decimal


@dataclass(frozen=True, slots=True)
class Recharge:
    """What a client is charged: `cost` as it was (a disbursement), or with a markup."""

    rule: str
    markup: Decimal
    cost: Decimal
    added: Decimal


@dataclass(frozen=True, slots=True)
class Subtotal:
    """The sum of the lines, or parts of lines, that have something in common."""

    name: str | None
    whole: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Cause:
    """What changed with one model, at list prices; the two effects add up to it.

    `by_volume` is what more or fewer tokens would have cost at the price of a token
    before, `by_price` the rest: another price, or another mix of tokens.
    """

    vendor: str
    model: str
    before: Decimal
    now: Decimal
    by_volume: Decimal
    by_price: Decimal


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a claim differs from the period before, which is as long.

    `whole_before`: what its lines would have been; `vendors` name each vendor's whole
    before (as `whole`) and now (as `amount`), `causes` are the largest first.
    """

    first: date
    last: date
    whole_before: Decimal
    whole_now: Decimal
    vendors: tuple[Subtotal, ...]
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class Daily:
    """One local day, for a chart: what of the lines lies in it, and the list value."""

    day: date
    whole: Decimal
    estimate: Decimal | None


@dataclass(frozen=True, slots=True)
class Completeness:
    """What the ledger did not know when the claim was made.

    `stale` names accounts and since when; counts are of responses in the period;
    `notes` are sentences for the footer.
    """

    as_of: str | None
    stale: tuple[str, ...]
    unpriced: int
    unlogged: int
    partial: int
    assumed: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Who claims; what was not set is `None`."""

    name: str | None
    email: str | None = None
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim, a draft of one, or a statement without a number.

    `whole` sums the lines' wholes and equals what was billed and paid; `eligible` sums
    their amounts; `claimed` is what is asked for, after allowances and markup;
    `with_receipts` and `without_receipts` add up to `eligible`. `lines_sha256` is over
    the lines as `document.lines_text` writes them. `made_at` is ISO 8601 with offset.
    `client` is set where the claim goes to a client. `active_seconds`: time with usage.
    """

    status: str
    number: str | None
    supersedes: str | None
    superseded_by: str | None
    made_at: str
    first: date
    last: date
    timezone: str
    claimant: Person
    employer: str | None
    cost_centre: str | None
    purpose: str | None
    client: str | None
    currency: str
    rate_rule: str
    lines: tuple[Line, ...]
    whole: Decimal
    eligible: Decimal
    claimed: Decimal
    with_receipts: Decimal
    without_receipts: Decimal
    split: Split
    allowances: tuple[Allowance, ...]
    recharge: Recharge | None
    active_seconds: int | None
    by_vendor: tuple[Subtotal, ...]
    by_project: tuple[Subtotal, ...]
    evidence: tuple[Evidence, ...]
    explanation: Explanation | None
    daily: tuple[Daily, ...]
    completeness: Completeness
    price_book: str
    generator: str
    lines_sha256: str
