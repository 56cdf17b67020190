"""Fireworks: what an account is billed by day, model and category.

Billing summary: https://docs.fireworks.ai/api-reference/get-billing-summary, read in
November 2026. Money is whole units and nanos apart; of times only the UTC day counts,
and the last day is not in the answer. There is no balance.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from msgspec import Struct

from tokentui.accounts.daily import day_by_day
from tokentui.accounts.kind import DAY_MS, HOUR, Credential, Feed, Kind, Question
from tokentui.accounts.units import currency, nanos, path_part, to_iso
from tokentui.accounts.web import all_pages
from tokentui.errors import AccountError
from tokentui.statements import Cost, Reading

TWO_MONTHS = 61
"""Days back to the start of the previous month, at most."""

MODEL = "model_bucket"
"""What lines are grouped by where their group is a model."""


class Owner(Struct):
    name: str


class Owners(Struct, rename="camel"):
    accounts: list[Owner]
    next_page_token: str | None = None


class Money(Struct, rename="camel"):
    currency_code: str
    units: Decimal = Decimal(0)
    nanos: Decimal = Decimal(0)


class Line(Struct, rename="camel"):
    category: str | None = None
    grouping_key: str | None = None
    grouping_value: str | None = None
    total_cost: Money | None = None


class Summary(Struct, rename="camel"):
    line_items: list[Line] | None


def spend(question: Question) -> Iterator[Reading]:
    """Read what each day was billed."""
    path = f"/v1/accounts/{owner(question)}/billing/summary"
    yield from day_by_day(
        question, hours_late=24, costs=lambda start: costs(question, path, start)
    )


def owner(question: Question) -> str:
    """Say whose bills to read: the account named, or the one that the key sees.

    Raises:
        AccountError: The key sees none, or several.
    """
    if question.account.team:
        return path_part(question.account.team, "team")
    names = all_pages(lambda token: owners(question, token))
    if len(names) != 1:
        raise AccountError(
            f"the key sees {len(names)} accounts of Fireworks; name one with --team",
            needs_user=True,
        )
    return path_part(names[0].rsplit("/", 1)[-1], "an account of Fireworks")


def owners(question: Question, token: str | None) -> tuple[list[str], str | None]:
    """List a page of the accounts that the key sees, as `accounts/NAME`."""
    params = [] if token is None else [("pageToken", token)]
    page = question.web.get("/v1/accounts", Owners, params)
    return [each.name for each in page.accounts], page.next_page_token or None


def costs(question: Question, path: str, start: int) -> Iterator[Cost]:
    """Ask what one day was billed; a line that is not priced yet states no cost."""
    end = start + DAY_MS
    params = [("startTime", to_iso(start)), ("endTime", to_iso(end))]
    for line in question.web.get(path, Summary, params).line_items or []:
        money = line.total_cost
        if money is None:
            continue
        amount = nanos(money.units) + nanos(money.nanos, per_unit=10**9)
        if amount:
            yield Cost(
                start,
                end,
                amount,
                currency(money.currency_code),
                model=line.grouping_value if line.grouping_key == MODEL else None,
                what=line.category,
            )


KIND = Kind(
    name="fireworks",
    title="Fireworks",
    provider="fireworks",
    hosts=("api.fireworks.ai",),
    reads=("GET /v1/accounts", "GET /v1/accounts/*/billing/summary"),
    credential=Credential(
        what="Fireworks API key",
        who="everyone; where a key sees several accounts, name one as --team",
        where="https://app.fireworks.ai/settings/users/api-keys",
        warning="an API key can spend; make one for tokentui alone",
    ),
    feeds=(Feed("spend", spend, first_days=TWO_MONTHS, late_days=3),),
    interval_seconds=HOUR,
)
