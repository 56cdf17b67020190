"""`tokentui refresh`: read what is new and say what was read."""

from __future__ import annotations

import click

from tokentui.cli.freshen import freshened
from tokentui.cli.options import as_json, setting
from tokentui.cli.output import Column, show_json, show_table
from tokentui.errors import SOURCE_FAILED


@click.command("refresh")
@as_json
def verb(as_json: bool) -> int:
    """Read what is new in the agents' logs into the ledger."""
    report = freshened(setting())
    if as_json:
        show_json(
            {
                "kind": "refresh",
                "sources": [
                    {
                        "source": each.source,
                        "files": each.files,
                        "bytes_read": each.bytes_read,
                        "events_new": each.events_new,
                        "events_updated": each.events_updated,
                        "records_skipped": each.records_skipped,
                        "errors": each.errors,
                    }
                    for each in report.sources
                ],
                "seconds": round(report.seconds, 3),
            }
        )
    else:
        show_table(
            [
                Column("source"),
                Column("files", right=True),
                Column("MB read", right=True),
                Column("new", right=True),
                Column("updated", right=True),
                Column("skipped", right=True),
            ],
            [
                [
                    each.source,
                    str(each.files),
                    f"{each.bytes_read / 1e6:.1f}",
                    str(each.events_new),
                    str(each.events_updated),
                    str(each.records_skipped),
                ]
                for each in report.sources
            ],
        )
    return SOURCE_FAILED if report.has_failed else 0
