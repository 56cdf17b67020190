"""`tokentui cap`: personal caps, kept in the state folder over the config."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import click

from tokentui import amounts
from tokentui.cli.freshen import opened
from tokentui.cli.options import as_json, no_refresh, options, setting
from tokentui.cli.output import Column, show, show_json, show_table
from tokentui.cli.status import WORDS, cap_amount, cap_shape
from tokentui.config import load_caps_file, save_caps
from tokentui.errors import UsageError
from tokentui.paths import caps_path
from tokentui.periods import PERIOD_KINDS
from tokentui.settings import Cap
from tokentui.snapshot import take

SCOPES = ("source", "provider", "project", "model", "label")
UNITS = ("usd", "list-usd", "tokens")


@click.group("cap")
def verb() -> None:
    """Set, list and remove personal caps."""


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
    "--per", type=click.Choice(PERIOD_KINDS), default="month", show_default=True
)
@click.option(
    "--starts",
    type=click.IntRange(1, 31),
    default=1,
    metavar="DAY",
    help="Day of the month on which a month, quarter or year starts.",
)
@click.option("--unit", type=click.Choice(UNITS), default="usd", show_default=True)
@click.option(
    "--warn",
    default="0.8",
    show_default=True,
    metavar="SHARE",
    help="From this share on the cap is called near.",
)
@click.option("--hard", is_flag=True, help="Mark the cap as one that stops work.")
@click.option("--name", metavar="NAME", help="Its name; by default period and scope.")
@scope_options  # fmt: skip
def set_cap(amount: str, name: str | None, warn: str, **given: Any) -> None:
    """Set a cap of AMOUNT, such as 1500, or change the one of that name."""
    here = setting()
    unit = given["unit"]
    number = amounts.in_unit(parsed(amount), unit)
    share = parsed(warn)
    if not 0 < share <= 1:
        raise UsageError(f"--warn takes a share from 0 to 1, such as 0.8, not {warn}")
    cap = Cap(
        name or default_name(given), number, given.pop("per"), warn=share, **given
    )
    path = caps_path(here.state)
    others = [each for each in load_caps_file(path) if each.name != cap.name]
    save_caps(path, [*others, cap])
    show(f"cap {cap.name}: {shown(cap)} a {cap.per}")


def parsed(text: str) -> Decimal:
    """Read an amount as people write it."""
    return Decimal(amounts.nanos_from_usd(text)) / 1_000_000_000


def default_name(given: dict[str, Any]) -> str:
    """Name a cap by its period and scope, so that setting it again replaces it."""
    scopes = [
        f"{prefix}{value}"
        for scope in SCOPES
        for field, prefix in ((scope, ""), (f"not_{scope}", "not "))
        for value in given[field]
    ]
    unit = [] if given["unit"] == "usd" else [given["unit"]]
    return " ".join([given["per"], *unit, *scopes])


def shown(cap: Cap) -> str:
    """Give a cap's amount in its unit."""
    if cap.unit == "tokens":
        return amounts.tokens(int(cap.amount))
    return amounts.dollars(int(cap.amount))


@verb.command("remove")
@click.argument("name")
def remove_cap(name: str) -> None:
    """Remove the cap NAME that `cap set` made."""
    here = setting()
    path = caps_path(here.state)
    caps = load_caps_file(path)
    if name not in {cap.name for cap in caps}:
        configured = {cap.name for cap in here.config.caps}
        if name in configured:
            raise UsageError(f"cap {name} is in {here.config_file}: remove it there")
        known = ", ".join(sorted(cap.name for cap in caps)) or "none"
        raise UsageError(f"no cap {name!r}; set here: {known}")
    save_caps(path, [cap for cap in caps if cap.name != name])
    show(f"cap {name} removed")


@verb.command("list")
@as_json
@no_refresh
def list_caps(as_json: bool, no_refresh: bool) -> int:
    """List the caps: spent, limit, left, and where each was set."""
    here = setting()
    with opened(here, not no_refresh) as (connection, code):
        snapshot = take(connection, here.config, here.tz, here.now)
    if as_json:
        rows = [
            cap_shape(state, snapshot) | {"origin": state.cap.origin}
            for state in snapshot.caps
        ]
        show_json({"kind": "caps", "rows": rows})
    elif not snapshot.caps:
        show("no caps yet: tokentui cap set 1500 --per month")
    else:
        show_table(
            [
                Column("cap", flexible=True),
                Column("spent", right=True),
                Column("limit", right=True),
                Column("share", right=True),
                Column("state"),
                Column("set in"),
            ],
            [
                [
                    state.cap.name,
                    ("≥" if state.is_lower_bound else "")
                    + cap_amount(state, state.spent),
                    f"{shown(state.cap)}/{state.cap.per}",
                    amounts.share(state.share),
                    WORDS[state.state],
                    state.cap.origin,
                ]
                for state in snapshot.caps
            ],
        )
    uncounted = [cap for cap in here.config.caps if cap.unit not in UNITS]
    for cap in uncounted:
        show(f"cap {cap.name}: unit {cap.unit} is not counted by this version")
    return code
