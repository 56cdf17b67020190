"""`tokentui reading`: what a payer's own page says, where no API tells."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import click

from tokentui import amounts, periods
from tokentui.cli.freshen import freshened, opened
from tokentui.cli.options import Setting, as_json, setting, timezone
from tokentui.cli.output import Column, show, show_json, show_table
from tokentui.cli.shapes import instant, money
from tokentui.errors import UsageError
from tokentui.ledger.connection import explaining, open_for_writing
from tokentui.queries.billed import BY_HAND
from tokentui.queries.by_hand import HandReading, hand_readings
from tokentui.text import clean


@click.group("reading")
def verb() -> None:
    """Enter what a payer's own page says was spent, where no API tells."""


@verb.command("add")
@click.argument("payer")
@click.argument("amount")
@click.option("--since", metavar="TIME", help="From when on; by default this month.")
@click.option("--until", metavar="TIME", help="Up to when; by default now.")
@timezone
def add(
    payer: str, amount: str, since: str | None, until: str | None, timezone: str | None
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
    with changing(here) as connection:
        refuse_unknown(connection, payer, here)
        keep_reading(connection, BY_HAND + payer, start, end, nanos, "USD")
    show(
        f"{clean(payer)}: {amounts.dollars(nanos)} from {instant(start, here.tz)}"
        f" to {instant(end, here.tz)}"
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
                "usd": money(each.nanos),
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
    return [reading.payer, since, until, amounts.dollars(reading.nanos)]


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
    show(f"{clean(payer)}: removed {amounts.dollars(readings[-1].nanos)}")


@contextmanager
def changing(here: Setting) -> Iterator[sqlite3.Connection]:
    """Give a connection that may change the ledger."""
    with (
        explaining(here.ledger),
        closing(open_for_writing(here.ledger)) as connection,
    ):
        yield connection
