"""`tokentui run`: run an agent under a budget and a label."""

from __future__ import annotations

from dataclasses import replace

import click

from tokentui import amounts
from tokentui.cli.options import setting
from tokentui.cli.output import note
from tokentui.errors import OVER_CAP, UsageError


@click.command("run", context_settings={"ignore_unknown_options": True})
@click.option("--max", "most", metavar="USD", help="Stop it at this list value.")
@click.option("--tokens", type=click.IntRange(1), metavar="N", help="Or at these.")
@click.option("--minutes", type=click.IntRange(1), metavar="N", help="Or after these.")
@click.option(
    "--warn", default=80, show_default=True, type=click.IntRange(1, 100), metavar="%"
)
@click.option("--label", metavar="NAME", help="Label its usage; see usage --by label.")
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
def verb(
    most: str | None,
    tokens: int | None,
    minutes: int | None,
    warn: int,
    label: str | None,
    command: tuple[str, ...],
) -> int:
    """Run COMMAND, an agent, and stop it when it has spent its budget.

    tokentui run --max 5 --label nightly -- claude -p "tidy up"

    What it spends is what new sessions in this folder's project use. Hard caps stop it
    as the guard does, and `[guard.run]` of the config limits it, too, unless a limit is
    given. Its own exit code is passed on; 5 says that a budget or cap stopped it.
    """
    from tokentui.run import Budget, run

    if not command:
        raise UsageError("say what to run: tokentui run --max 5 -- claude -p ...")
    here = setting()
    limits = here.config.guard.run
    nanos = None if limits.usd is None else amounts.nanos_from_usd(limits.usd)
    if most is not None:
        nanos = amounts.nanos_from_usd(most)
    if nanos == 0:
        raise UsageError("--max takes an amount above 0")
    limits = replace(
        limits,
        usd=None if nanos is None else amounts.out_of_unit(nanos, "usd"),
        tokens=tokens or limits.tokens,
        minutes=minutes or limits.minutes,
    )
    end = run(
        list(command),
        Budget(limits, warn / 100),
        label,
        here,
        lambda text: note(f"tokentui: {text}"),
    )
    spend = end.spend
    bound = bool(spend.unpriced)
    spent = amounts.dollars(spend.nanos, lower_bound=bound)
    limit = f" of {amounts.dollars(nanos)}" if nanos is not None else ""
    note(
        f"tokentui: spent {spent}{limit} of list value in {spend.requests} responses,"
        f" {len(spend.sessions)} sessions"
        + (f" ({', '.join(spend.sessions[:3])})" if spend.sessions else "")
    )
    if spend.unpriced:
        note(f"tokentui: {spend.unpriced} responses are unpriced and not in it")
    return OVER_CAP if end.is_over else end.exit_code
