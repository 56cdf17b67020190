"""`tokentui reading`: what a payer's own page says, where no API tells."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime

import click

from tokentui import amounts, periods
from tokentui.cli.freshen import freshened, opened
from tokentui.cli.lazy import Group
from tokentui.cli.options import as_json, setting, timezone
from tokentui.cli.output import Column, show, show_json, show_table
from tokentui.cli.shapes import instant, money
from tokentui.errors import UsageError
from tokentui.ledger.connection import explaining, open_for_writing
from tokentui.queries.billed import BY_HAND
from tokentui.queries.by_hand import HandReading, hand_readings
from tokentui.queries.dollars import DOLLARS, Dollars
from tokentui.setting import Setting
from tokentui.text import clean

currency_option = click.option(
    "--currency", default=DOLLARS, show_default=True, metavar="CODE", help="Of what."
)


@click.group("reading", cls=Group)
def verb() -> None:
    """Enter what a payer's own page says was spent, where no API tells."""


@verb.command("add")
@click.argument("payer")
@click.argument("amount")
@click.option("--since", metavar="TIME", help="From when on; by default this month.")
@click.option("--until", metavar="TIME", help="Up to when; by default now.")
@currency_option
@timezone
def add(
    payer: str,
    amount: str,
    since: str | None,
    until: str | None,
    currency: str,
    timezone: str | None,
) -> None:
    """Enter that PAYER has spent AMOUNT dollars from the month's start until now.

    It takes the place of the estimates up to then, and the estimates after it are
    corrected by how far off they were.
    """
    from tokentui.ledger.by_hand import keep_reading

    here = setting(timezone=timezone)
    nanos = amounts.nanos_from_usd(amount)
    now_ms = periods.millis(here.now)
    month = periods.period_window("month", here.tz, here.now)
    start = month.since_ms or 0
    if since is not None:
        start = periods.parse_instant(since, here.tz, here.now)
    end = now_ms
    if until is not None:
        end = min(periods.parse_instant(until, here.tz, here.now), now_ms)
    if start >= end:
        raise UsageError("--since is not before --until and now")
    if not here.ledger.exists():
        freshened(here)
    code = code_of(currency)
    with changing(here) as connection:
        refuse_unknown(connection, payer, here)
        day = datetime.fromtimestamp(start / 1000, UTC).date()
        refuse_without_rate(connection, code, day)
        keep_reading(connection, BY_HAND + payer, start, end, nanos, code)
    show(
        f"{clean(payer)}: {amounts.money(nanos, code)} from {instant(start, here.tz)}"
        f" to {instant(end, here.tz)}"
    )


def code_of(text: str) -> str:
    """Read the code of a currency. Raises: UsageError."""
    code = text.upper()
    if not re.fullmatch("[A-Z]{3}", code):
        raise UsageError(f"{text!r:.40} is no currency; write a code like EUR")
    return code


def refuse_without_rate(
    connection: sqlite3.Connection, currency: str, day: date
) -> None:
    """Refuse money of a day that cannot be exchanged to dollars.

    Raises:
        UsageError: No exchange rate is known.
    """
    if Dollars(connection).of(1, currency, day) is None:
        raise UsageError(
            f"no exchange rate of {currency} on {day} or before: `tokentui fx refresh"
            f" --since {day}` fetches those of the ECB, `tokentui fx set` enters one"
        )


def refuse_unknown(connection: sqlite3.Connection, payer: str, here: Setting) -> None:
    """Refuse a payer that nobody has heard of, and one whose cost is a plan's fee.

    Raises:
        UsageError: It is one of those.
    """
    rows = connection.execute("SELECT DISTINCT payer, is_plan FROM series").fetchall()
    plans = {plan.name for plan in here.config.plans} | {p for p, flat in rows if flat}
    if payer in plans:
        raise UsageError(f"{payer} is a flat plan: its cost is its fee, in [plans.*]")
    known = {rule.name for rule in here.config.payers} | {p for p, _ in rows}
    if payer not in known:
        names = ", ".join(sorted(known - plans)) or "none"
        raise UsageError(f"no payer {payer!r}; there are: {names}")


@verb.command("list")
@as_json
@timezone
def list_readings(as_json: bool, timezone: str | None) -> None:
    """List what was entered."""
    here = setting(timezone=timezone)
    with opened(here, is_fresh=False) as (connection, _):
        readings = hand_readings(connection)
    if as_json:
        rows = [
            {
                "payer": each.payer,
                "since": instant(each.since_ms, here.tz),
                "until": instant(each.until_ms, here.tz),
                "usd": money(each.nanos) if each.currency == DOLLARS else None,
                "amount": money(each.nanos),
                "currency": each.currency,
            }
            for each in readings
        ]
        show_json({"kind": "readings", "rows": rows})
    elif not readings:
        show("no readings; `tokentui reading add company 812.40` enters one")
    else:
        show_table(
            [
                Column("payer", flexible=True),
                Column("from"),
                Column("to"),
                Column("spent", right=True),
            ],
            [row_of(each, here) for each in readings],
        )


def row_of(reading: HandReading, here: Setting) -> list[str]:
    """Lay out one reading."""
    since, until = (
        periods.iso(at, here.tz)[:16].replace("T", " ")
        for at in (reading.since_ms, reading.until_ms)
    )
    spent = amounts.money(reading.nanos, reading.currency)
    return [reading.payer, since, until, spent]


@verb.command("remove")
@click.argument("payer")
def remove(payer: str) -> None:
    """Remove the latest reading of PAYER."""
    from tokentui.ledger.by_hand import drop_reading

    here = setting()
    with changing(here) as connection:
        readings = [r for r in hand_readings(connection) if r.payer == payer]
        if not readings:
            raise UsageError(f"no reading of {payer!r}; see `tokentui reading list`")
        drop_reading(connection, BY_HAND + payer, readings[-1].since_ms)
    last = amounts.money(readings[-1].nanos, readings[-1].currency)
    show(f"{clean(payer)}: removed {last}")


@contextmanager
def changing(here: Setting) -> Iterator[sqlite3.Connection]:
    """Give a connection that may change the ledger."""
    with (
        explaining(here.ledger),
        closing(open_for_writing(here.ledger)) as connection,
    ):
        yield connection
