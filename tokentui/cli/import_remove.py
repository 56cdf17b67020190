"""`tokentui import remove`: take out again what was imported."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import click

from tokentui.cli.asked import period_of
from tokentui.cli.options import as_json, options, period_options, setting
from tokentui.cli.options import timezone as timezone_option
from tokentui.cli.output import show, show_json
from tokentui.errors import UsageError
from tokentui.text import many


@click.command("remove")
@click.option("--source", metavar="NAME", help="Only of this source.")
@click.option("--machine", metavar="NAME", help="Only of this machine.")
@options(period_options, as_json, timezone_option)
def verb(source: str | None, machine: str | None, **given: Any) -> int:
    """Take out imported usage of a period; usage from logs is not touched.

    A period is needed, such as --period 2026-06; what lies in it wholly is taken out.
    """
    from tokentui.ingest import writer_for
    from tokentui.ledger import imported
    from tokentui.ledger.connection import (
        explaining,
        open_for_reading,
        open_for_writing,
    )

    here = setting(timezone=given["timezone"])
    period = period_of(given, here)
    since_ms, until_ms = period.since_ms, period.until_ms
    if since_ms is None and until_ms is None:
        raise UsageError("say which: --period 2026-06, or --since and --until")
    with explaining(here.ledger):
        open_for_reading(here.ledger).close()
        with closing(open_for_writing(here.ledger)) as connection:
            writer = writer_for(connection, here.config)
            with writer.transaction():
                removed = [
                    unit
                    for unit in imported.units(connection)
                    if (source is None or unit.source == source)
                    and (machine is None or unit.machine == machine)
                    and (since_ms is None or unit.since_ms >= since_ms)
                    and (until_ms is None or unit.until_ms <= until_ms)
                ]
                for unit in removed:
                    imported.take_out(connection, writer, unit)
    if given["as_json"]:
        show_json({"kind": "import-remove", "removed": len(removed)})
    else:
        show(f"taken out: {many(len(removed), 'import')}")
    return 0
