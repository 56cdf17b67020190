"""`tokentui routes what-if`: another model, order or plan for the work done."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from tokentui.cli.freshen import opened
from tokentui.cli.options import (
    as_json,
    filters,
    no_refresh,
    options,
    period_options,
    setting,
    timezone,
)
from tokentui.cli.output import note, show_json
from tokentui.cli.what_if_options import kind_of, what_options
from tokentui.queries.sums import LABELS

other_filters = filters(label for label in LABELS if label != "model")


@click.command("what-if")
@options(what_options, period_options, other_filters, as_json, no_refresh, timezone)
def verb(**given: Any) -> int:
    """Show what the work done would have cost another way.

    On another model (--to MODEL); inside a flat plan (--to plan:NAME --fee 30, or a
    plan of your config); or first on a cheap model and on a dear one where that fails
    (--cascade A,B). The last 30 days, unless a period is given.

    With --value it is said how much more often the dearer model has to succeed to be
    worth its price; with --loops and --gain what several runs bring in place of one.
    """
    from tokentui.cli.what_if_ground import ground

    module = import_module(f"tokentui.cli.what_if_{kind_of(given)}")
    here = setting(timezone=given["timezone"])
    with opened(here, not given["no_refresh"]) as (connection, code):
        found = module.answer(ground(connection, given, here), given)
    if given["as_json"]:
        show_json(found.document)
    else:
        found.show()
        for warning in found.document["warnings"]:
            note(warning)
    return code
