"""GitHub Copilot: the AI credits of a person, paid for and covered by the plan, by day.

Billing API: https://docs.github.com/rest/billing/usage, read in October 2026. Money is
dollars: gross is what the credits are worth, net is to be paid, the rest the plan
covers. A day's figure may come up to a day late. A seat that an organisation pays is
not in it, nor how many credits a plan has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal

from msgspec import Struct

from tokentui.accounts.daily import day_by_day
from tokentui.accounts.kind import (
    DAY_MS,
    HOUR,
    Credential,
    Feed,
    Kind,
    Question,
    bearer,
)
from tokentui.accounts.units import nanos, path_part
from tokentui.errors import AccountError
from tokentui.settings import Account
from tokentui.statements import BILLED, PLAN, Cost, Reading

TWO_MONTHS = 61
"""Days back to the start of the previous month, at most."""


class Item(Struct, rename="camel"):
    gross_amount: Decimal
    net_amount: Decimal
    sku: str | None = None
    model: str | None = None


class Usage(Struct, rename="camel"):
    usage_items: list[Item]


def spend(question: Question) -> Iterator[Reading]:
    """Read what each day's credits cost."""
    user = path_part(question.account.user or "", "user")
    path = f"/users/{user}/settings/billing/ai_credit/usage"
    yield from day_by_day(
        question,
        hours_late=24,
        costs=lambda start: [
            cost
            for item in day_of(question, path, start)
            for cost in costs(item, start)
        ],
    )


def day_of(question: Question, path: str, start: int) -> list[Item]:
    """Ask for one day."""
    day = datetime.fromtimestamp(start / 1000, UTC)
    params = [("year", day.year), ("month", day.month), ("day", day.day)]
    try:
        asked = [(name, str(value)) for name, value in params]
        return question.web.get(path, Usage, asked).usage_items
    except AccountError as problem:
        if problem.status != 404:
            raise
        # GitHub hides what a token may not see.
        raise AccountError(
            f"GitHub shows no bill of {question.account.user} (404): the token needs"
            " the user permission Plan: read, and the account must be billed itself;"
            " `tokentui accounts kinds` says which key can",
            needs_user=True,
            status=404,
        ) from None


def costs(item: Item, start: int) -> Iterator[Cost]:
    """State what of an item is to be paid and what the plan covers."""
    net = nanos(item.net_amount)
    covered = nanos(item.gross_amount) - net
    for amount, basis in ((net, BILLED), (covered, PLAN)):
        if amount:
            yield Cost(
                start,
                start + DAY_MS,
                amount,
                basis=basis,
                model=item.model,
                what=item.sku,
            )


def authorize(secret: str, account: Account) -> Mapping[str, str]:
    """Give the headers that GitHub wants."""
    return {
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2026-03-10",
        **bearer(secret, account),
    }


KIND = Kind(
    name="copilot",
    title="GitHub Copilot",
    provider="github",
    hosts=("api.github.com",),
    reads=("GET /users/*/settings/billing/ai_credit/usage",),
    credential=Credential(
        what="GitHub token",
        who="everyone who pays Copilot himself: a fine-grained token with the user"
        " permission Plan: read and nothing else; give your login as --user",
        where="https://github.com/settings/personal-access-tokens",
        begins=("github_pat_", "ghp_"),
        warning="a classic token (ghp_) with the scope user can change your profile",
    ),
    feeds=(Feed("spend", spend, first_days=TWO_MONTHS, late_days=3),),
    interval_seconds=HOUR,
    payer="copilot",
    needs=("user",),
    authorize=authorize,
)
