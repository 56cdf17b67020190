"""What Cursor's lists of requests mean, alike in dashboard, Admin API and CSV export.

Meanings: https://cursor.com/docs/account/teams/admin-api, read in August 2026, and what
public tools agree on for the dashboard's own calls. The four token counts are disjoint.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from tokentui.accounts.units import DAY_MS, day_start
from tokentui.events import (
    COMPLETED,
    MAIN_THREAD,
    ORIGINAL,
    STOPPED,
    UNCOUNTED,
    Series,
    Tokens,
    UsageEvent,
)
from tokentui.hashes import blake2b
from tokentui.statements import BILLED, ESTIMATE, PLAN, Cost
from tokentui.vendors import CURSOR_SERVER, PLANS

ON_DEMAND, OWN_KEY, FREE, SOME_PLAN = (
    "cursor_on_demand",
    "api key",
    "cursor_free",
    "cursor_plan",
)
"""Kinds of login beside the plans', as `Series.account` names them."""

NO_CONVERSATION = "unknown"


@dataclass(frozen=True, slots=True)
class Request:
    """One request as Cursor lists it; `None` is not stated.

    `at`: UTC milliseconds. `login`: who pays, `None` where the kind is a new one.
    `is_void`: it failed and costs nothing. `listed` is its worth at list price,
    `charged` what it takes from the plan or is billed, both in nano-dollars. `whose`:
    the user or team.
    """

    at: int
    model: str
    login: str | None
    is_void: bool
    tokens: Tokens | None
    listed: int | None
    charged: int | None = None
    session: str | None = None
    whose: str | None = None


def model_name(text: str | None) -> str:
    """Name a model; Cursor has two names for the one it chooses itself."""
    return "auto" if text == "default" else (text or "unknown")[:500]


def words_of(kind: str) -> str:
    """Write a kind alike, whether for people or not: `included_in_pro`."""
    words = re.sub(r"[^a-z0-9]+", "_", kind.lower()).strip("_")
    return words.removeprefix("usage_event_kind_")


def is_void(kind: str) -> bool:
    """Claim that a request of this kind failed, so that nobody pays it."""
    words = words_of(kind)
    return words.startswith(("errored", "aborted")) or "not_charged" in words


def login_of(kind: str, plan: str = SOME_PLAN) -> str | None:
    """Say who pays a request of this kind; `plan` where it only says `Included`.

    A kind that is not known says nothing.
    """
    words = words_of(kind)
    if words in ("usage_based", "on_demand"):
        return ON_DEMAND
    if words == "user_api_key":
        return OWN_KEY
    if words.startswith("free") or is_void(kind):
        return FREE
    if words == "included":
        return plan
    if words.startswith("included_in_"):
        return plan_login(words.removeprefix("included_in_"))
    return None


def plan_login(plan: str) -> str:
    """Name the login of a plan, however it is written: `Pro+`, `pro_plus`."""
    words = words_of(plan.replace("+", " plus"))
    login = f"cursor_{words}"
    return login if login in PLANS else SOME_PLAN


def events_of(
    requests: Iterable[Request], origin: str
) -> tuple[tuple[Series, UsageEvent], ...]:
    """Make usage events of requests; one that failed and used nothing is none.

    What names an event is what all lists state of it, so that a request is the same one
    in each; equal requests are told apart by counting them.
    """
    seen: Counter[bytes] = Counter()
    events = []
    for request in requests:
        if request.is_void and request.tokens is None:
            continue
        name = name_of(request)
        key = blake2b(b"%b\0%d" % (name, seen[name]), digest_size=16).digest()
        seen[name] += 1
        events.append((series_of(request, origin), event_of(request, key)))
    return tuple(events)


def name_of(request: Request) -> bytes:
    """Write down what all lists state alike of a request; it must never change."""
    known = request.tokens
    counts = (
        ""
        if known is None
        else f"{known.input} {known.cache_read} {known.cache_write} {known.output}"
    )
    text = "\0".join(("cursor", str(request.at), request.model, counts))
    return text.encode("utf-8", "replace")


def series_of(request: Request, origin: str) -> Series:
    """Label a request; one with the user's own key is served by the model's vendor."""
    return Series(
        source="cursor",
        session=request.session or NO_CONVERSATION,
        model=request.model,
        origin=origin,
        account=request.login,
        base_url=None if request.login == OWN_KEY else CURSOR_SERVER,
    )


def event_of(request: Request, key: bytes) -> UsageEvent:
    """Make the event of a request, at the list price that Cursor states."""
    stated = 0 if request.is_void else request.listed
    if request.login == OWN_KEY:
        stated = stated or None  # what Cursor does not bill it need not price
    counted = UNCOUNTED if request.tokens is None else COMPLETED
    return UsageEvent(
        key=key,
        series=0,
        at=request.at,
        own_at=request.at,
        tokens=request.tokens or Tokens(),
        standing=MAIN_THREAD | STOPPED | ORIGINAL | counted,
        stated=stated,
    )


def costs_of(requests: Iterable[Request]) -> tuple[Cost, ...]:
    """Sum what is billed and what plans cover, by UTC day, model and whose it is.

    A charge of a kind that is not known is on no basis to be paid.
    """
    sums: Counter[tuple[int, str, str, str | None]] = Counter()
    for each in requests:
        basis = basis_of(each)
        if basis is not None and each.charged:
            sums[day_start(each.at), each.model, basis, each.whose] += each.charged
    return tuple(
        Cost(day, day + DAY_MS, charged, basis=basis, model=model, key=whose)
        for (day, model, basis, whose), charged in sums.items()
    )


def basis_of(request: Request) -> str | None:
    """Say on which basis a request's charge is; without one nobody pays it here."""
    if request.is_void or request.login in (OWN_KEY, FREE):
        return None
    if request.login is None:
        return ESTIMATE
    return BILLED if request.login == ON_DEMAND else PLAN
