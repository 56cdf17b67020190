"""How Cursor answers with its list of requests: rows in pages, by day and by hour.

Shapes of the dashboard's own calls, as public tools agree on them, and of the Admin API
(https://cursor.com/docs/account/teams/admin-api, read in August 2026). Money is in US
cents.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from msgspec import Struct

from tokentui.accounts.cursor_requests import Request, is_void, login_of, model_name
from tokentui.accounts.units import nanos
from tokentui.accounts.web import decoded
from tokentui.errors import AccountError
from tokentui.events import Tokens

PAGE_SIZE, MOST_PAGES = 1000, 200
CENTS = 100
Count = Annotated[int, msgspec.Meta(ge=0, le=1 << 40)]


class TokenUsage(Struct):
    inputTokens: Count = 0
    outputTokens: Count = 0
    cacheWriteTokens: Count = 0
    cacheReadTokens: Count = 0
    totalCents: Decimal | None = None
    discountPercentOff: Decimal | None = None


class Row(Struct):
    """A row of the list; everything but the time may be missing."""

    timestamp: Annotated[int, msgspec.Meta(ge=0, le=1 << 43)]
    model: str | None = None
    kind: str | None = None
    tokenUsage: TokenUsage | None = None
    chargedCents: Decimal | None = None
    cursorTokenFee: Decimal | None = None
    conversationId: str | None = None
    cloudAgentId: str | None = None
    userEmail: str | None = None
    owningTeam: Any = None


Page = tuple[list[Row], int | None]
"""Rows of one page, and how many there are on all."""


def page_of(answer: dict[str, msgspec.Raw], rows_key: str) -> Page:
    """Read a page; one without rows says `{}`.

    Raises:
        AccountError: It has another shape than known.
    """
    total_key = "totalUsageEventsCount"
    if answer and not {rows_key, total_key} & set(answer):
        raise AccountError(
            "the answer has another shape than known (no list of requests);"
            " a newer tokentui may know it"
        )
    rows = answer.get(rows_key)
    total = answer.get(total_key)
    return (
        [] if rows is None else decoded(bytes(rows), list[Row]),
        None if total is None else decoded(bytes(total), int),
    )


def all_rows(read: Callable[[int], Page]) -> list[Row]:
    """Read all pages, from 1 on; what new rows pushed over a border comes twice.

    Raises:
        AccountError: Fewer rows came than there are.
    """
    before, total = read(1)
    rows, wanted = list(before), total
    for number in range(2, MOST_PAGES + 1):
        is_last = len(before) < PAGE_SIZE if wanted is None else len(rows) >= wanted
        if is_last or not before:
            break
        page, now = read(number)
        rows += page[moved(before, page, (now or 0) - (total or 0)) :]
        before, total = page, now
    if len(rows) < (wanted or 0):
        raise AccountError(
            f"only {len(rows):,} of {wanted:,} requests came; what was read last stands"
        )
    return rows


def moved(before: Sequence[Row], page: Sequence[Row], grown: int) -> int:
    """Count the rows at the start of a page that the page before it ended with."""
    for count in range(min(grown, len(before), len(page)), 0, -1):
        if list(before[-count:]) == list(page[:count]):
            return count
    return 0


def request_of(row: Row) -> Request:
    """Read one row."""
    kind = row.kind or ""
    usage = row.tokenUsage or TokenUsage()
    tokens, listed = tokens_of(usage), cents(usage.totalCents)
    team = None if row.owningTeam is None else f"team {row.owningTeam}"
    return Request(
        at=row.timestamp,
        model=model_name(row.model),
        login=login_of(kind),
        is_void=is_void(kind),
        tokens=tokens,
        listed=listed if tokens is not None else listed or None,
        charged=charge_of(row, listed),
        session=row.conversationId or row.cloudAgentId or None,
        whose=row.userEmail or team,
    )


def charge_of(row: Row, listed: int | None) -> int | None:
    """Give what a request takes from the plan or is billed, reckoned if not stated."""
    if row.chargedCents is not None or listed is None:
        return cents(row.chargedCents)
    discount = row.tokenUsage and row.tokenUsage.discountPercentOff
    percent = nanos(100 - (discount or Decimal(0)))
    fee = cents(row.cursorTokenFee) or 0
    return listed * percent // nanos(Decimal(100)) + fee


def cents(amount: Decimal | None) -> int | None:
    """Give nano-dollars of cents."""
    return None if amount is None else nanos(amount, CENTS)


def tokens_of(usage: TokenUsage) -> Tokens | None:
    """Read the counts; a request for which none is stated has them unknown."""
    tokens = Tokens(
        input=usage.inputTokens,
        cache_read=usage.cacheReadTokens,
        cache_write=usage.cacheWriteTokens,
        output=usage.outputTokens,
    )
    return None if tokens == Tokens() else tokens
