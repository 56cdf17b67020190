"""Cursor for teams: what each member uses and is billed, for those who administer one.

Calls, units and pace: https://cursor.com/docs/account/teams/admin-api, read in August
2026. Money is in US cents, limits in dollars; lists are put together once an hour.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Raw, Struct

from tokentui.accounts.cursor_lists import (
    CENTS,
    PAGE_SIZE,
    Page,
    all_rows,
    page_of,
    request_of,
)
from tokentui.accounts.cursor_requests import Request, costs_of, events_of
from tokentui.accounts.kind import HOUR, Credential, Feed, Kind, Question
from tokentui.accounts.units import DAY_MS, day_start, nanos
from tokentui.accounts.web import all_pages
from tokentui.events import Tokens
from tokentui.settings import Account
from tokentui.statements import Limit, Reading, Used, state

LATE_MS = 6 * 3_600_000
"""How long it takes at worst until a request is listed."""


class Member(Struct):
    email: str | None = None
    spendCents: Decimal | None = None
    effectivePerUserLimitDollars: Decimal | None = None


class SpendAnswer(Struct):
    teamMemberSpend: list[Member]
    totalPages: int = 1


def basic(secret: str, account: Account) -> Mapping[str, str]:
    """Give the header with the key as a user's name, without a password."""
    return {"Authorization": f"Basic {b64encode(f'{secret}:'.encode()).decode()}"}


def spend(question: Question) -> Iterator[Reading]:
    """Read what is billed on demand in this cycle: of one member, else of the team."""

    def page(token: str | None) -> tuple[list[Member], str | None]:
        number = int(token or 1)
        asked = {"page": number, "pageSize": PAGE_SIZE}
        answer = question.web.post("/teams/spend", SpendAnswer, asked)
        more = number < answer.totalPages
        return answer.teamMemberSpend, str(number + 1) if more else None

    members = all_pages(page)
    user = question.account.user
    if user is None:
        spent = sum(nanos(each.spendCents or Decimal(0), CENTS) for each in members)
        yield state(question.now_ms, limits=(Limit("team on-demand", spent, None),))
        return
    own = [each for each in members if (each.email or "").lower() == user.lower()]
    yield state(question.now_ms, limits=tuple(map(limit_of, own)))


def limit_of(member: Member) -> Limit:
    """Give what one member is billed, up to the limit that holds for him."""
    most = member.effectivePerUserLimitDollars
    used = nanos(member.spendCents or Decimal(0), CENTS)
    return Limit("on-demand", used, None if most is None else nanos(most))


def requests(question: Question) -> Iterator[Reading]:
    """Read every request since a day.

    Those of the user that the account names are usage of his; without a user, tokens
    and money are kept by member and day, which is no usage of one's own.
    """
    since, until = question.since_ms, question.now_ms
    user = question.account.user
    asked: dict[str, Any] = {
        "pageSize": PAGE_SIZE,
        "startDate": since,
        "endDate": until - 1,  # both ends are included
    }
    if user is not None:
        asked["email"] = user

    def page(number: int) -> Page:
        path = "/teams/filtered-usage-events"
        answer = question.web.post(path, dict[str, Raw], {**asked, "page": number})
        return page_of(answer, "usageEvents")

    found = [
        request_of(row) for row in all_rows(page) if since <= row.timestamp < until
    ]
    yield Reading(
        since,
        until,
        max(since, until - LATE_MS),
        costs=costs_of(found),
        used=() if user is not None else used_of(found),
        events=() if user is None else events_of(found, "account"),
    )


def used_of(requests: Iterable[Request]) -> tuple[Used, ...]:
    """Sum tokens by UTC day, model and member."""
    counts: Counter[tuple[int, str, str | None]] = Counter()
    sums: defaultdict[tuple[int, str, str | None], Tokens] = defaultdict(Tokens)
    for each in requests:
        place = (day_start(each.at), each.model, each.whose)
        if each.tokens is not None:
            counts[place] += 1
            pairs = zip(
                msgspec.structs.astuple(sums[place]),
                msgspec.structs.astuple(each.tokens),
                strict=True,
            )
            sums[place] = Tokens(*(one + other for one, other in pairs))
    return tuple(
        Used(day, day + DAY_MS, tokens, counts[day, model, whose], model, key=whose)
        for (day, model, whose), tokens in sums.items()
    )


KIND = Kind(
    name="cursor-team",
    title="Cursor for teams",
    provider="cursor",
    hosts=("api.cursor.com",),
    reads=("POST /teams/spend", "POST /teams/filtered-usage-events"),
    credential=Credential(
        what="Cursor Admin API key",
        who="administrators of a team; with --user E-MAIL only what that member uses is"
        " read, else what each member does",
        where="https://cursor.com/dashboard (Settings, Advanced, Admin API Keys)",
        warning="an Admin API key can change spending limits of members",
    ),
    feeds=(
        Feed("spend", spend),
        Feed("team requests", requests, first_days=30, late_days=2),
    ),
    interval_seconds=HOUR,
    payer="cursor",
    authorize=basic,
)
