"""What provider accounts state, and how fresh it is."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from tokentui.queries.quotas import QuotaState, quota_states
from tokentui.settings import Account
from tokentui.tuples import NamedTuple

STALE_AFTER_MS = 86_400_000
"""An account that nothing has asked for a day is stale, though nothing failed."""


class Stated(NamedTuple):
    """Money of an account as last heard of; `as_of_ms` is UTC milliseconds.

    `nanos` is what is left of a balance, or what is used of a limit up to its
    `ceiling_nanos`, where `None` is no limit.
    """

    name: str
    nanos: int
    currency: str
    as_of_ms: int
    ceiling_nanos: int | None = None
    resets_at_ms: int | None = None


class AccountState(NamedTuple):
    """How an account stands; times in UTC milliseconds, `None` is not yet.

    `state`: `ok`, `stale` (it failed or was not asked for a day, the last good value
    stands), `error` (it has never been read), `no key` or `None` (not asked yet).
    `payer` is who pays; `quotas` are of the plan that its answer names, if one does.
    `billed` is what was billed in a span, by currency, in nanos.
    """

    name: str
    kind: str
    provider: str | None
    payer: str | None
    state: str | None
    good_at_ms: int | None
    stale_since_ms: int | None
    next_poll_ms: int | None
    error: str | None
    balances: tuple[Stated, ...]
    limits: tuple[Stated, ...]
    billed: tuple[tuple[str, int], ...]
    quotas: tuple[QuotaState, ...] = ()


def account_states(
    connection: sqlite3.Connection,
    accounts: Iterable[Account],
    since_ms: int,
    until_ms: int,
    now_ms: int,
    running: tuple[QuotaState, ...] | None = None,
) -> tuple[AccountState, ...]:
    """List the configured accounts in order, with what was billed in a span.

    `running`: the quotas that run now, if they are known already.
    """
    accounts = tuple(accounts)
    if not accounts:
        return ()
    rows: dict[str, tuple[Any, ...]] = {
        row[0]: row[1:]
        for row in connection.execute(
            "SELECT name, kind, provider, payer, state, good_at, stale_since, next_at,"
            " error, plan FROM account"
        )
    }
    if running is None:
        running = quota_states(connection, now_ms)
    balances = latest_balances(connection)
    limits = latest_limits(connection)
    billed = billed_by_account(connection, since_ms, until_ms)
    states = []
    for account in accounts:
        row = rows.get(account.name)
        if row is None or row[0] != account.kind_:
            row = (account.kind_, *(None,) * 8)
        kind, provider, payer, state, good_at, stale_since, next_at, error, plan = row
        if state == "ok" and now_ms - good_at > STALE_AFTER_MS:
            state, stale_since = "stale", good_at + STALE_AFTER_MS
        states.append(
            AccountState(
                account.name,
                kind,
                provider,
                payer,
                state,
                good_at,
                stale_since,
                next_at,
                error,
                tuple(balances[account.name]),
                tuple(limits[account.name]),
                tuple(sorted(billed[account.name].items())),
                tuple(each for each in running if plan and each.payer == plan),
            )
        )
    return tuple(states)


def latest_balances(connection: sqlite3.Connection) -> dict[str, list[Stated]]:
    """Give each account's balances as last seen."""
    found: dict[str, list[Stated]] = defaultdict(list)
    for account, name, as_of, nanos, currency, _ in connection.execute(
        "SELECT b.account, b.name, b.as_of, nanos, currency, max(b.since)"
        " FROM balance b JOIN account a ON a.name = account AND b.as_of >= a.since"
        " GROUP BY 1, 2 ORDER BY 1, 2"
    ):
        found[account].append(Stated(name, nanos, currency, as_of))
    return found


def latest_limits(connection: sqlite3.Connection) -> dict[str, list[Stated]]:
    """Give each account's limits as last seen; counters without a ceiling are none."""
    found: dict[str, list[Stated]] = defaultdict(list)
    for account, name, as_of, used, ceiling, currency, resets, _ in connection.execute(
        "SELECT account, m.name, as_of, used, ceiling, currency, resets_at,"
        " max(m.since) FROM money_limit m"
        " JOIN account a ON a.name = account AND m.as_of >= a.since"
        " GROUP BY 1, 2 ORDER BY 1, 2"
    ):
        if name != "lifetime":
            found[account].append(Stated(name, used, currency, as_of, ceiling, resets))
    return found


def billed_by_account(
    connection: sqlite3.Connection, since_ms: int, until_ms: int
) -> dict[str, dict[str, int]]:
    """Sum what each account was billed, by currency, of whole spans in a span."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for account, currency, nanos in connection.execute(
        "SELECT account, currency, sum(nanos) FROM cost"
        " WHERE basis = 'billed' AND since >= ? AND since < ?"
        " GROUP BY account, currency",
        (since_ms, until_ms),
    ):
        found[account][currency] = nanos
    return found
