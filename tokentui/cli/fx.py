"""`tokentui fx`: exchange rates, fetched when asked for and kept in the ledger."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

import click

from tokentui import periods
from tokentui.cli.charge import DAY
from tokentui.cli.freshen import freshened, opened
from tokentui.cli.lazy import Group
from tokentui.cli.options import as_json, setting
from tokentui.cli.output import Column, show, show_json, show_table
from tokentui.cli.reading import changing, code_of
from tokentui.errors import UsageError
from tokentui.fx import BY_HAND, EURO, PerEuro
from tokentui.setting import Setting
from tokentui.text import many

MARGIN = timedelta(10)
"""How long before the first day of money rates are kept: holidays have none."""

RATE = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


@click.group("fx", cls=Group)
def verb() -> None:
    """Exchange rates: those of the European Central Bank, and your own."""


@verb.command("refresh")
@click.option("--since", type=DAY, metavar="DATE", help="From this day on.")
@as_json
def refresh(since: datetime | None, as_json: bool) -> None:
    """Fetch the European Central Bank's reference rates.

    Those of the last 90 days; the history, if the ledger knows of older money.
    """
    from tokentui.accounts.ecb import fetched
    from tokentui.ledger.fx import keep_rates

    here = setting()
    if not here.ledger.exists():
        freshened(here)
    first = since.date() if since else first_wanted(here)
    today = here.now.date()
    if first > today:
        raise UsageError("--since is a day to come")
    rates = fetched(first, today, here.config.claims.rates_url)
    with changing(here) as connection:
        changed = keep_rates(connection, rates)
    days = {rate.day for rate in rates}
    if as_json:
        show_json(
            {
                "kind": "fx-refresh",
                "since": min(days).isoformat(),
                "until": max(days).isoformat(),
                "rates": len(rates),
                "changed": changed,
            }
        )
    else:
        show(
            f"{many(len(rates), 'rate')} from {min(days)} to {max(days)},"
            f" {changed:,} new or changed"
        )


def first_wanted(here: Setting) -> date:
    """Say from when on rates are to be had: what is known already is left out."""
    from tokentui.accounts.ecb import FIRST, RECENT_DAYS
    from tokentui.queries.fx import days_with_rates, first_day_of_money

    recent = here.now.date() - timedelta(RECENT_DAYS)
    with opened(here, is_fresh=False) as (connection, _):
        money, known = first_day_of_money(connection), days_with_rates(connection)
    oldest = max(FIRST, money - MARGIN) if money else recent
    # The 90 days that are asked for again must not leave a hole behind what is known.
    is_known = known is not None and known[0] <= oldest + MARGIN and known[1] >= recent
    return recent if is_known else min(oldest, recent)


@verb.command("show")
@click.argument("currencies", nargs=-1, metavar="[CODE]...")
@click.option("--on", type=DAY, metavar="DATE", help="The day; by default today.")
@click.option("--base", default="USD", show_default=True, help="One unit of what.")
@as_json
def show_rates(
    currencies: tuple[str, ...], on: datetime | None, base: str, as_json: bool
) -> None:
    """Show what one US dollar is in the currencies CODE, or in all that are known."""
    from tokentui.queries.fx import known_rates

    here = setting()
    day = on.date() if on else periods.local_day(here.now, here.tz)
    base = code_of(base)
    with opened(here, is_fresh=False) as (connection, _):
        rates = known_rates(connection)
    wanted = [code_of(each) for each in currencies]
    known = sorted({EURO, *rates.currencies} - {base}) if rates.currencies else []
    found = [(code, rates.cross(base, code, day)) for code in wanted or known]
    if as_json:
        rows = [
            {
                "base": base,
                "currency": code,
                "rate": None if cross is None else float(f"{float(cross.value):.10g}"),
                "day": cross.day.isoformat() if cross else None,
                "source": cross.source or None if cross else None,
                "provisional": cross.is_provisional if cross else None,
            }
            for code, cross in found
        ]
        show_json({"kind": "fx", "on": day.isoformat(), "rows": rows})
        return
    if not found:
        show("no exchange rates; `tokentui fx refresh` fetches those of the ECB")
        return
    show_table(
        [
            Column("currency"),
            Column(f"for 1 {base}", right=True),
            Column("day"),
            Column("from"),
        ],
        [
            [code, f"{float(cross.value):.6g}", str(cross.day), noted(cross)]
            if cross
            else [code, "?", "-", "not known"]
            for code, cross in found
        ],
    )


def noted(cross: object) -> str:
    """Say where a rate is from, and that it is old."""
    from tokentui.fx import Cross

    assert isinstance(cross, Cross)
    return cross.source + (", provisional" if cross.is_provisional else "")


@verb.command("set")
@click.argument("currency", metavar="CODE")
@click.argument("rate")
@click.option("--on", type=DAY, metavar="DATE", help="The day; by default today.")
def set_rate(currency: str, rate: str, on: datetime | None) -> None:
    """Enter that one euro was RATE units of the currency CODE on a day.

    It goes before a fetched rate of that day.
    """
    from tokentui.ledger.fx import keep_rates

    here = setting()
    code = code_of(currency)
    if code == EURO or not RATE.fullmatch(rate) or not Decimal(rate):
        raise UsageError("RATE is units for one euro, such as 35.1; of no euro itself")
    day = on.date() if on else periods.local_day(here.now, here.tz)
    if not here.ledger.exists():
        freshened(here)
    with changing(here) as connection:
        keep_rates(connection, [PerEuro(code, day, Decimal(rate), BY_HAND)])
    show(f"1 EUR = {rate} {code} on {day}")


@verb.command("remove")
@click.argument("currency", metavar="CODE")
@click.option("--on", type=DAY, metavar="DATE", required=True, help="The day.")
def remove(currency: str, on: datetime) -> None:
    """Remove the rate that you entered for CODE on a day."""
    from tokentui.ledger.fx import drop_rate

    code, day = code_of(currency), on.date()
    with changing(setting()) as connection:
        if not drop_rate(connection, code, day):
            raise UsageError(f"no rate of your own for {code} on {day}")
    show(f"{code} on {day}: removed")
