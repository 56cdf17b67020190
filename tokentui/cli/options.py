"""Options that verbs share; `asked` says what they mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

from tokentui.queries.sums import LABELS
from tokentui.setting import Setting, setting_now

Verb = TypeVar("Verb", bound=Callable[..., Any])


def setting(
    ledger: str | None = None, config: str | None = None, timezone: str | None = None
) -> Setting:
    """Read the config and say where things are; the root's options are the defaults."""
    context = click.get_current_context(silent=True)
    root = context.find_root().params if context is not None else {}
    return setting_now(
        ledger or root.get("ledger"), config or root.get("config"), timezone
    )


def options(*made: Callable[[Verb], Verb]) -> Callable[[Verb], Verb]:
    """Join several options to one decorator, in the order of the help text."""

    def decorate(verb: Verb) -> Verb:
        for option in reversed(made):
            verb = option(verb)
        return verb

    return decorate


as_json = click.option("--json", "as_json", is_flag=True, help="One JSON document.")
no_refresh = click.option(
    "--no-refresh", is_flag=True, help="Take the ledger as it is; read no logs."
)
timezone = click.option("--timezone", metavar="ZONE", help="Whose days: Europe/Berlin.")
period_options = options(
    click.option("--since", metavar="TIME", help="From this day or time on."),
    click.option("--until", metavar="TIME", help="Until before this day or time."),
    click.option("--last", metavar="SPAN", help="The last 7d, 4w, 12h, 90m."),
    click.option(
        "--period",
        metavar="NAME",
        help="today, week, month, last-month, 2026-10, 2026-W47, 2026-Q4, ...",
    ),
)


def filters(labels: Iterable[str]) -> Callable[[Verb], Verb]:
    """Make the options that narrow usage to some labels."""
    return options(
        *(
            click.option(
                f"--{label}",
                label,
                metavar="GLOB",
                multiple=True,
                help=f"Only this {label}.",
            )
            for label in labels
        )
    )


filter_options = filters(LABELS)
