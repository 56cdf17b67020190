"""`tokentui cap`: personal caps, kept in the state folder over the config."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any

import click

from tokentui import amounts, periods
from tokentui.budget.bills import not_added
from tokentui.budget.caps import UNKNOWN, CapState
from tokentui.budget.count import caps_now
from tokentui.budget.plans import not_counted
from tokentui.budget.typed import amount_of, default_name, share_of, unit_of
from tokentui.cli.cap_explained import show_explanation
from tokentui.cli.cap_state import WORDS, cap_amount, cap_shape, spent_text
from tokentui.cli.freshen import freshened, opened
from tokentui.cli.lazy import Group
from tokentui.cli.options import as_json, no_refresh, options, setting, timezone
from tokentui.cli.output import Column, note, show, show_json, show_table
from tokentui.cli.shapes import instant
from tokentui.errors import UsageError
from tokentui.queries.billed import in_other_money
from tokentui.setting import Setting
from tokentui.settings import SCOPES, Cap
from tokentui.stored import CAPS
from tokentui.text import clean


@click.group("cap", cls=Group)
def verb() -> None:
    """Set, raise, list and remove personal caps."""


scope_options = options(
    *(
        click.option(f"--{scope}", scope, metavar="GLOB", multiple=True,
                     help=f"Only this {scope}; may be given again.")
        for scope in SCOPES
    ),
    *(
        click.option(f"--not-{scope}", f"not_{scope}", metavar="GLOB", multiple=True,
                     help=f"All but this {scope}.")
        for scope in SCOPES
    ),
)  # fmt: skip


@verb.command("set")
@click.argument("amount")
@click.option(
    "--per",
    type=click.Choice(periods.PERIOD_KINDS),
    default="month",
    show_default=True,
    help="How long a period is.",
)
@click.option(
    "--starts",
    type=click.IntRange(1, 31),
    default=1,
    metavar="DAY",
    help="Day of the month on which a month, quarter or year starts.",
)
@click.option(
    "--unit",
    default="usd",
    show_default=True,
    metavar="UNIT",
    help="usd (what is paid), list-usd (list value, plans included),"
    " tokens, or quota:NAME (percent of a plan's window).",
)
@click.option(
    "--warn",
    default="0.8",
    show_default=True,
    metavar="SHARE",
    help="From this share on, 0.8 or 80%, the cap is called near.",
)
@click.option("--hard", is_flag=True, help="Mark the cap as one that stops work.")
@click.option("--carry", is_flag=True, help="Add what the last period left over.")
@click.option("--spread", is_flag=True, help="Count plan fees day by day.")
@click.option("--each", type=click.Choice(SCOPES), help="One cap for each value.")
@click.option("--name", metavar="NAME", help="Its name; by default period and scope.")
@scope_options  # fmt: skip
def set_cap(amount: str, name: str | None, warn: str, **given: Any) -> None:
    """Set a cap of AMOUNT, such as 1500, or change the one of that name."""
    here = setting()
    unit = unit_of(given.pop("unit"))
    limit = amount_of(amount, unit)
    if limit <= 0:
        raise UsageError(f"a cap takes an amount above 0, not {amount}")
    cap = Cap(name or "", limit, given.pop("per"), unit, warn=share_of(warn), **given)
    if not name:
        cap = replace(cap, name=default_name(cap))
    CAPS.put(here.state, cap)
    show(f"cap {clean(cap.name)}: {amount_text(cap, limit)} a {cap.per}")


def amount_text(cap: Cap, amount: int | Decimal) -> str:
    """Give an amount in a cap's unit."""
    if cap.unit in amounts.MONEY_UNITS:
        return amounts.dollars(int(amount))
    return amounts.tokens(int(amount)) if cap.unit == "tokens" else f"{amount} %"


@verb.command("raise")
@click.argument("name")
@click.argument("amount")
@click.option("--until", metavar="DATE", help="By default the end of the period.")
@click.option("--because", metavar="TEXT", help="Kept and shown with the cap.")
def raise_cap(name: str, amount: str, until: str | None, because: str | None) -> None:
    """Raise the cap NAME by AMOUNT, such as +200, for a while; it is kept and shown."""
    from tokentui.ingest import keep_raise

    here = setting()
    cap = next((each for each in here.config.caps if each.name == name), None)
    if cap is None:
        known = ", ".join(each.name for each in here.config.caps) or "none"
        raise UsageError(f"no cap {name!r}; there are: {known}")
    if cap.unit.startswith("quota:"):
        raise UsageError("a quota is set by its provider; set the cap anew instead")
    now_ms = periods.millis(here.now)
    window = periods.period_window(cap.per, here.tz, here.now, cap.starts)
    end = window.until_ms or now_ms
    if until is not None:
        end = periods.parse_instant(until, here.tz, here.now)
    if end <= now_ms:
        raise UsageError(f"--until {until} is past")
    more = int(amount_of(amount.removeprefix("+"), cap.unit))
    if more <= 0:
        raise UsageError("a raise takes an amount above 0")
    if not here.ledger.exists():
        freshened(here)
    keep_raise(here.ledger, name, more, now_ms, end, because)
    show(
        f"cap {clean(name)} raised by {amount_text(cap, more)}"
        f" until {instant(end, here.tz)}"
    )


@verb.command("remove")
@click.argument("name")
def remove_cap(name: str) -> None:
    """Remove the cap NAME that `cap set` made."""
    here = setting()
    caps = CAPS.load(here.state)
    if name not in {cap.name for cap in caps}:
        configured = {cap.name for cap in here.config.caps}
        if name in configured:
            raise UsageError(f"cap {name} is in {here.config_file}: remove it there")
        known = ", ".join(sorted(cap.name for cap in caps)) or "none"
        raise UsageError(f"no cap {name!r}; set here: {known}")
    CAPS.save(here.state, [cap for cap in caps if cap.name != name])
    show(f"cap {clean(name)} removed")


@verb.command("list")
@click.argument("name", default="*")
@click.option("--explain", is_flag=True, help="Each figure, down to the sessions.")
@as_json
@no_refresh
@timezone
def list_caps(
    name: str, explain: bool, as_json: bool, no_refresh: bool, timezone: str | None
) -> int:
    """List the caps, or those whose NAME fits: spent, limit, and where each was set."""
    here = setting(timezone=timezone)
    with opened(here, not no_refresh) as (connection, code):
        found = caps_now(connection, here.config, here.tz, here.now)
        states = [each for each in found if fnmatchcase(each.name, name)]
        if as_json:
            rows = [
                cap_shape(each, here.tz) | {"origin": each.cap.origin}
                for each in states
            ]
            plans = {plan.name: plan for s in states for plan in s.facts.uncounted}
            warnings = [not_counted(plan) for plan in plans.values()]
            warnings += unadded(connection, states, here)
            show_json({"kind": "caps", "rows": rows, "warnings": warnings})
        elif not states:
            show("no caps yet: tokentui cap set 1500 --per month")
        else:
            show_states(states)
            for each in states if explain else ():
                show_explanation(connection, each, here)
            for warning in unadded(connection, states, here):
                note(clean(warning))
    return code


def unadded(
    connection: sqlite3.Connection, states: list[CapState], here: Setting
) -> list[str]:
    """Say what was billed in other money in the time that caps in dollars count."""
    starts = [each.period.since_ms or 0 for each in states if each.cap.unit == "usd"]
    since = min(starts, default=None)
    if since is None:
        return []
    found = in_other_money(connection, since, periods.millis(here.now) + 1)
    return [not_added(bill) for bill in found]


def show_states(states: list[CapState]) -> None:
    """Print the table of caps."""
    titles = ("spent", "limit", "share")
    show_table(
        [
            Column("cap", flexible=True),
            *(Column(title, right=True) for title in titles),
            Column("state", flexible=True),
            Column("set in", flexible=True),
        ],
        [
            [
                state.name,
                spent_text(state),
                f"{cap_amount(state, state.limit)}/{state.cap.per}",
                "?" if state.state == UNKNOWN else amounts.share(state.share),
                WORDS[state.state],
                state.cap.origin,
            ]
            for state in states
        ],
    )
