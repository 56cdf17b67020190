"""`tokentui usage`: tokens and money by any keys, over any time."""

from __future__ import annotations

from typing import Any

import click

from tokentui.cli.options import (
    as_json,
    filter_options,
    no_refresh,
    options,
    period_options,
    setting,
    timezone,
)
from tokentui.cli.usage_answer import BASES, ESTIMATE, answer
from tokentui.queries.usage import KEYS

table_options = options(period_options, filter_options, as_json, no_refresh, timezone)


@click.command("usage")
@click.option(
    "--by",
    multiple=True,
    metavar="KEY",
    help=f"Group by a key; may be given again. Keys: {' '.join(KEYS)}.",
)
@click.option(
    "--basis",
    type=click.Choice(BASES),
    default=ESTIMATE,
    show_default=True,
    help="Costs at list prices, as billed, or as caps count them.",
)
@table_options
def verb(by: tuple[str, ...], basis: str, timezone: str | None, **given: Any) -> int:
    """Show usage of tokens and money.

    Without --by the last 14 days, by day; with it all time, unless a period is given.
    Costs are estimates at list prices; ≥ marks sums of which more is not known.
    """
    return answer(setting(timezone=timezone), by, basis, **given)


def usage_by_period(word: str, key: str) -> click.Command:
    """Make the verb that other tools call `daily` and the like."""

    @click.command(word, help=f"The same as `tokentui usage --by {key}`.")
    @table_options
    def verb(timezone: str | None, **given: Any) -> int:
        return answer(setting(timezone=timezone), (key,), **given)

    return verb
