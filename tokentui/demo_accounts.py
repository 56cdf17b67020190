"""Sample accounts: what made-up providers state; nobody was asked for it."""

from __future__ import annotations

import random
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from tokentui.ledger.statements import keep
from tokentui.ledger.writer import Writer
from tokentui.periods import millis
from tokentui.settings import Account
from tokentui.statements import Balance, Cost, Limit, Reading, state

ACCOUNTS = (
    Account("anthropic", "anthropic", origin="demo"),
    Account("openrouter", "openrouter", origin="demo"),
    Account("chatgpt", "codex-plan", origin="demo"),
    Account("moonshot", "moonshot", origin="demo"),
)
DOLLAR = 10**9
CENT = 10**7
MINUTE_MS = 60_000
DAY_MS = 86_400_000
LATE_MS = 60 * MINUTE_MS
"""How long after its end the made-up days are settled."""

MOST_UNLOGGED = 40
"""Cents a day, at most, that are billed and in no log: calls outside the agents."""

ELSEWHERE = ((3, 84), (9, 131), (10, 46))
"""Days ago, and the cents billed then by the one that no agent on this machine uses."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How the last polls of an account went: minutes ago, and to the next one."""

    provider: str
    payer: str
    good: int
    next: int
    plan: str | None = None
    stale: int | None = None
    error: str | None = None


ASKED = {
    "anthropic": Asked("anthropic", "api", good=4, next=11),
    "openrouter": Asked("openrouter", "api", good=9, next=6),
    "chatgpt": Asked("openai", "chatgpt-plus", good=4, next=1, plan="chatgpt-plus"),
    "moonshot": Asked(
        "moonshot",
        "api",
        good=195,
        next=23,
        stale=180,
        error="balance: api.moonshot.ai did not answer in time;"
        " it is asked again later",
    ),
}


def add_accounts(connection: sqlite3.Connection, writer: Writer, now: datetime) -> None:
    """Let each account have stated something; bills follow from the usage there is."""
    now_ms = millis(now)
    for account in ACCOUNTS:
        asked = ASKED[account.name]
        at = now_ms - asked.good * MINUTE_MS
        add_state(connection, account, asked, now_ms)
        for feed, reading in stated(connection, account.name, at):
            keep(connection, writer, account.name, feed, reading, asked.payer, at)


def add_state(
    connection: sqlite3.Connection, account: Account, asked: Asked, now_ms: int
) -> None:
    """Say how an account stands."""
    good, due = now_ms - asked.good * MINUTE_MS, now_ms + asked.next * MINUTE_MS
    stale = None if asked.stale is None else now_ms - asked.stale * MINUTE_MS
    connection.execute(
        "INSERT INTO account (name, kind, provider, payer, plan, state, tried_at,"
        " good_at, next_at, failures, stale_since, error, since)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
        (
            account.name,
            account.kind_,
            asked.provider,
            asked.payer,
            asked.plan,
            "ok" if stale is None else "stale",
            good if stale is None else stale,
            good,
            due,
            0 if stale is None else 1,
            stale,
            asked.error,
        ),
    )


def stated(
    connection: sqlite3.Connection, name: str, at: int
) -> list[tuple[str, Reading]]:
    """Give what an account said at a time, by feed."""
    if name == "anthropic":
        return [("costs", billed(days_of_usage(connection, at), at))]
    if name == "openrouter":
        days = [(at // DAY_MS - ago, cents * CENT) for ago, cents in ELSEWHERE]
        spent = sum(nanos for _, nanos in days)
        left = state(
            at,
            balances=(Balance("credits", 20 * DOLLAR - spent),),
            limits=(Limit("key", spent, 5 * DOLLAR),),
        )
        return [("costs", billed(sorted(days), at)), ("credits", left)]
    if name == "chatgpt":
        credits_left = Balance("credits", 250 * DOLLAR, "credits")
        return [("usage", state(at, balances=(credits_left,)))]
    topped_up = Balance("USD topped up", 8_120_000_000)
    return [("balance", state(at, balances=(topped_up,)))]


def days_of_usage(connection: sqlite3.Connection, at: int) -> list[tuple[int, int]]:
    """Give the whole UTC days before a time, and what each was billed, in nanos.

    That is what the logs tell, and a little that they do not.
    """
    chance = random.Random(5)
    rows = connection.execute(
        "SELECT e.at / ?1, sum(e.cost) FROM event e JOIN series s ON s.id = e.series"
        " WHERE s.payer = 'api' AND s.provider = 'anthropic' AND e.at / ?1 < ?2 / ?1"
        " GROUP BY 1 ORDER BY 1",
        (DAY_MS, at),
    )
    return [
        (day, (nanos // CENT + chance.randint(0, MOST_UNLOGGED)) * CENT)
        for day, nanos in rows
    ]


def billed(days: list[tuple[int, int]], at: int) -> Reading:
    """Make the reading of what was billed by day."""
    first = days[0][0] * DAY_MS if days else at // DAY_MS * DAY_MS
    costs = [Cost(day * DAY_MS, (day + 1) * DAY_MS, nanos) for day, nanos in days]
    return Reading(first, at, (at - LATE_MS) // DAY_MS * DAY_MS, costs=tuple(costs))
