"""`tokentui charge`: money for other things than tokens, which caps count too."""

from __future__ import annotations

from datetime import datetime

import click

from tokentui import amounts, periods
from tokentui.cli.freshen import freshened, opened
from tokentui.cli.lazy import Group
from tokentui.cli.options import as_json, setting, timezone
from tokentui.cli.output import Column, show, show_json, show_table
from tokentui.cli.reading import (
    changing,
    code_of,
    currency_option,
    refuse_without_rate,
)
from tokentui.cli.shapes import money
from tokentui.errors import UsageError
from tokentui.queries.by_hand import Charge, charges
from tokentui.queries.dollars import DOLLARS
from tokentui.text import clean

DAY = click.DateTime(formats=["%Y-%m-%d"])
FIRST_YEAR, LAST_YEAR = 1970, 2999


@click.group("charge", cls=Group)
def verb() -> None:
    """Enter money for other things than tokens: a vector store, a GPU, a seat."""


@verb.command("add")
@click.argument("amount")
@click.option("--what", required=True, metavar="TEXT", help="What it is for.")
@click.option("--on", type=DAY, metavar="DATE", help="The day; by default today.")
@click.option("--every", type=click.Choice(["month"]), help="Due again each month.")
@click.option("--until", type=DAY, metavar="DATE", help="Not due from this day on.")
@click.option("--client", metavar="NAME", help="For which client it is.")
@click.option(
    "--payer", default="me", show_default=True, metavar="NAME", help="Who pays it."
)
@currency_option
@timezone
def add(
    amount: str,
    what: str,
    on: datetime | None,
    every: str | None,
    until: datetime | None,
    client: str | None,
    payer: str,
    currency: str,
    timezone: str | None,
) -> None:
    """Enter a charge of AMOUNT dollars; caps in dollars count it on its day.

    One in another currency counts at the exchange rate of its day.
    """
    from tokentui.ledger.by_hand import keep_charge

    here = setting(timezone=timezone)
    nanos = amounts.nanos_from_usd(amount)
    day = on.date() if on else periods.local_day(here.now, here.tz)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise UsageError(f"--on takes a day from {FIRST_YEAR} to {LAST_YEAR}")
    end = until.date() if until else None
    if end is not None and end <= day:
        raise UsageError("--until is not after the first day")
    for text in (what, client or "-", payer):
        if not text.strip() or not text.isprintable() or len(text) > 200:
            raise UsageError("texts are 1 to 200 characters that can be printed")
    if not here.ledger.exists():
        freshened(here)
    code = code_of(currency)
    with changing(here) as connection:
        refuse_without_rate(connection, code, day)
        number = keep_charge(
            connection,
            periods.millis(here.now),
            day,
            nanos,
            code,
            what,
            payer,
            client,
            every is not None,
            end,
        )
    often = " and every month after" if every else ""
    text = amounts.money(nanos, code)
    show(f"charge {number}: {text} for {clean(what)} on {day}{often}")


@verb.command("list")
@as_json
def list_charges(as_json: bool) -> None:
    """List the charges."""
    here = setting()
    with opened(here, is_fresh=False) as (connection, _):
        found = charges(connection)
    if as_json:
        show_json({"kind": "charges", "rows": [shape_of(each) for each in found]})
    elif not found:
        show('no charges; `tokentui charge add 25 --what "vector store"` enters one')
    else:
        show_table(
            [
                Column("no", right=True),
                Column("day"),
                Column("amount", right=True),
                Column("what", flexible=True),
                Column("payer", flexible=True),
                Column("client", flexible=True),
                Column("again"),
            ],
            [row_of(each) for each in found],
        )


def row_of(charge: Charge) -> list[str]:
    """Lay out one charge."""
    again = "monthly" if charge.is_monthly else "-"
    if charge.until is not None:
        again += f", not from {charge.until} on"
    return [
        str(charge.id),
        charge.day.isoformat(),
        amounts.money(charge.nanos, charge.currency),
        charge.what,
        charge.payer,
        charge.client or "-",
        again,
    ]


def shape_of(charge: Charge) -> dict[str, object]:
    """Give a charge as JSON."""
    return {
        "id": charge.id,
        "day": charge.day.isoformat(),
        "usd": money(charge.nanos) if charge.currency == DOLLARS else None,
        "amount": money(charge.nanos),
        "currency": charge.currency,
        "what": charge.what,
        "payer": charge.payer,
        "client": charge.client,
        "every": "month" if charge.is_monthly else None,
        "until": charge.until.isoformat() if charge.until else None,
    }


@verb.command("remove")
@click.argument("number", type=click.IntRange(min=1))
def remove(number: int) -> None:
    """Remove the charge of that NUMBER."""
    from tokentui.ledger.by_hand import drop_charge

    with changing(setting()) as connection:
        if not drop_charge(connection, number):
            raise UsageError(f"no charge {number}; see `tokentui charge list`")
    show(f"charge {number}: removed")
