"""What providers state of an account: five kinds of fact, which never mix.

Accounts make these, the ledger keeps them. Money is in nanos, billionths of the
currency; times are UTC milliseconds, spans half-open.
"""

from __future__ import annotations

from dataclasses import dataclass

from tokentui.events import Quota, Series, Tokens, UsageEvent

BILLED, PLAN, ESTIMATE = "billed", "plan", "estimate"
"""Basis of a cost: to be paid, drawn from a flat plan, or only reckoned."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Money that a provider states for a span, on one basis.

    `model`, `what` (the line item) and `key` (API key, workspace or project of the
    account) are the dimensions; `None` is not stated.
    """

    since: int
    until: int
    nanos: int
    currency: str = "USD"
    basis: str = BILLED
    model: str | None = None
    what: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Used:
    """Tokens that a provider counted in a span; the kinds are disjoint as in `Tokens`.

    `requests` is `None` where the provider does not tell.
    """

    since: int
    until: int
    tokens: Tokens
    requests: int | None = None
    model: str | None = None
    tier: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Balance:
    """What is left of prepaid money, or of credits where `currency` is `credits`."""

    name: str
    nanos: int
    currency: str = "USD"


@dataclass(frozen=True, slots=True)
class Limit:
    """Money that a provider or employer lets be spent; a `None` ceiling is no limit."""

    name: str
    used: int
    ceiling: int | None
    currency: str = "USD"
    resets_at: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """One whole answer of one feed of an account.

    It replaces what the feed has said of its span before, in costs, usage and events;
    balances, limits and quotas are added to their history. `settled_until`: up to when
    the provider has everything in it, which may be earlier than the end of the span.
    `plan`: whose quotas they are, if the answer names the plan.
    """

    since: int
    until: int
    settled_until: int
    costs: tuple[Cost, ...] = ()
    used: tuple[Used, ...] = ()
    balances: tuple[Balance, ...] = ()
    limits: tuple[Limit, ...] = ()
    quotas: tuple[Quota, ...] = ()
    events: tuple[tuple[Series, UsageEvent], ...] = ()
    plan: str | None = None


def state(
    now_ms: int,
    *,
    balances: tuple[Balance, ...] = (),
    limits: tuple[Limit, ...] = (),
    quotas: tuple[Quota, ...] = (),
    plan: str | None = None,
) -> Reading:
    """Make the reading of what holds at one moment only."""
    return Reading(
        now_ms,
        now_ms,
        now_ms,
        balances=balances,
        limits=limits,
        quotas=quotas,
        plan=plan,
    )
