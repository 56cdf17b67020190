"""What the ledger did not know when a claim was made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tokentui import periods
from tokentui.amounts import dollars, money
from tokentui.budget.bases import Counted
from tokentui.claims.asked import Asked, Books
from tokentui.claims.claim import CLIENT, Completeness
from tokentui.claims.spent import Spent
from tokentui.claims.usage import Used
from tokentui.queries.accounts import account_states
from tokentui.queries.payers import assumed_requests
from tokentui.queries.sums import Usage
from tokentui.text import many

NOT_ENDED = "The period has not ended yet"
NO_RATE = "no exchange rate"


def completeness(
    books: Books,
    asked: Asked,
    used: Sequence[Used],
    unknown: Iterable[Spent],
    currency: str,
) -> Completeness:
    """Say what was stale, unpriced, unlogged or left out; a client hears of his own."""
    connection, since, until = books.connection, asked.since_ms, asked.until_ms
    if asked.client is not None:
        used = [row for row in used if row.whose.kind == CLIENT]
    (unlogged,) = connection.execute(
        "SELECT count(*) FROM event e JOIN series s ON s.id = e.series"
        " WHERE s.origin = 'unlogged' AND e.at >= ? AND e.at < ?",
        (since, until),
    ).fetchone()
    (last,) = connection.execute("SELECT max(last_at) FROM rollup").fetchone()
    return Completeness(
        periods.iso(last, books.tz) if last is not None else None,
        tuple(stale_accounts(books, asked)),
        sum(row.sums.unpriced for row in used),
        unlogged,
        sum(row.sums.partial for row in used),
        assumed_requests(connection, Usage(since, until)),
        tuple(notes_of(books, asked, used, unknown, currency)),
    )


def stale_accounts(books: Books, asked: Asked) -> Iterator[str]:
    """Name the accounts that may have more to tell, with since when."""
    states = account_states(
        books.connection,
        books.config.accounts,
        asked.since_ms,
        asked.until_ms,
        books.now_ms,
    )
    for each in states:
        is_mine = each.payer is None or books.is_claimed(each.payer)
        if is_mine and each.state != "ok":
            if each.stale_since_ms:
                since = periods.iso(each.stale_since_ms, books.tz)[:10]
                yield f"{each.name}, stale since {since}"
            else:
                yield f"{each.name}, {each.state or 'never asked'}"


def notes_of(
    books: Books,
    asked: Asked,
    used: Sequence[Used],
    unknown: Iterable[Spent],
    currency: str,
) -> Iterator[str]:
    """Say in sentences what is in no line."""
    mine = [
        each for each in unknown if asked.client in (None, each.client or asked.client)
    ]
    for (vendor, key, other), nanos in by_key(mine).items():
        yield (
            f"{money(nanos, other)} to {vendor} ({key}) in no line:"
            f" {NO_RATE} to {currency}, see tokentui fx refresh"
        )
    if asked.since_ms < books.now_ms < asked.until_ms:
        yield NOT_ENDED
    unpriced = sum(row.sums.unpriced for row in used)
    if unpriced:
        yield f"{many(unpriced, 'response')} without a price in no amount"
    if asked.client is not None:
        return
    for payer, nanos in unbilled(books, asked.since_ms, asked.until_ms, used).items():
        yield (
            f"Usage of {payer} reckoned at {dollars(nanos)} is billed by no account:"
            " evidence only"
        )
    others = {row.payer for row in used if not books.is_claimed(row.payer)}
    if others:
        yield f"Not claimed, as it is not mine: what {', '.join(sorted(others))} paid"


def by_key(spent: Iterable[Spent]) -> dict[tuple[str, str, str], int]:
    """Sum what was spent by vendor, key and currency."""
    sums: dict[tuple[str, str, str], int] = {}
    for each in spent:
        name = each.vendor, each.key, each.currency
        sums[name] = sums.get(name, 0) + each.nanos
    return sums


def unbilled(
    books: Books, since_ms: int, until_ms: int, used: Iterable[Used]
) -> dict[str, int]:
    """Give the estimates of claimed payers that no bill stands in place of."""
    sums: dict[str, int] = {}
    for row in used:
        if books.is_claimed(row.payer):
            sums[row.payer] = sums.get(row.payer, 0) + row.sums.payable_nanos
    until_ms = min(until_ms, books.now_ms + 1)
    for payee in books.bills.listed:
        if payee.payer in sums:
            change: Counted = books.bills.of_payee(payee, since_ms, until_ms)
            sums[payee.payer] -= change.replaced
    return {payer: nanos for payer, nanos in sorted(sums.items()) if nanos > 0}
