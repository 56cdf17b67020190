"""`tokentui import usage`: months that the agents have deleted, from a file."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tokentui import amounts
from tokentui.cli.freshen import freshened
from tokentui.cli.options import as_json, no_refresh, setting, timezone
from tokentui.cli.output import Column, note, show, show_json, show_table, tell
from tokentui.cli.shapes import money
from tokentui.errors import SOURCE_FAILED, UsageError
from tokentui.text import clean, many

if TYPE_CHECKING:
    from tokentui.imports.bring import Brought, LeftOut, SourceBrought
    from tokentui.imports.rows import UsageFile

MOST_PROBLEMS = 50


@click.command("usage")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--source",
    metavar="NAME",
    help="Whose usage it is, if a ccusage report of one"
    " agent does not tell; else claude-code.",
)
@click.option("--machine", metavar="NAME", help="Another machine that it was used on.")
@click.option("--dry-run", is_flag=True, help="Only say what would be imported.")
@as_json
@no_refresh
@timezone
def verb(
    file: Path,
    source: str | None,
    machine: str | None,
    dry_run: bool,
    as_json: bool,
    no_refresh: bool,
    timezone: str | None,
) -> int:
    """Import usage of past days from FILE.

    FILE is CSV with a header, or JSON lines, of

    \b
      time or day, source, model, input, cache_read, cache_write,
      cache_write_1h, output  (reasoning, requests, project, session, cost_usd)

    or what `ccusage daily --json` wrote. Days are those of --timezone. All rows are
    imported or none; days that the ledger has from logs are left out, so that nothing
    is counted twice. A newer file replaces what an older one said of the same days.
    """
    from tokentui.imports.bring import bring
    from tokentui.imports.file import read
    from tokentui.imports.rows import BadFile

    here = setting(timezone=timezone)
    check_machine(machine)
    try:
        found = read(file, here.tz, here.now, source)
    except BadFile as problem:
        for text in problem.problems[:MOST_PROBLEMS]:
            note(f"tokentui: {clean(text)}")
        if len(problem.problems) > MOST_PROBLEMS:
            note(f"tokentui: and {len(problem.problems) - MOST_PROBLEMS:,} more")
        raise
    code = 0
    if not no_refresh and freshened(here).has_failed:
        code = SOURCE_FAILED
    brought = bring(
        here.ledger,
        here.config,
        found.rows,
        here.tz,
        here.now,
        machine=machine,
        only_try=dry_run,
    )
    if as_json:
        show_json(document(file, found, brought, dry_run))
    else:
        show_brought(found, brought, dry_run)
    return code


def check_machine(machine: str | None) -> None:
    """Refuse a name that cannot stand beside a source's."""
    if machine is not None and (not machine.isprintable() or not machine.strip()):
        raise UsageError("--machine takes text that can be printed")


def document(
    file: Path, found: UsageFile, brought: Brought, dry_run: bool
) -> dict[str, Any]:
    """Make the JSON document."""
    return {
        "kind": "import",
        "file": str(file),
        "format": found.format,
        "dry_run": dry_run,
        "sources": [
            {
                "source": each.source,
                "days": day_count(each),
                "rows_new": each.new,
                "rows_replaced": each.replaced,
                "rows_unchanged": each.unchanged,
                "tokens": each.tokens,
                "list_usd": money(each.nanos),
                "file_usd": money(each.compared),
                "unpriced_rows": each.unpriced,
            }
            for each in brought.sources
        ],
        "left_out": [
            {
                "source": each.source,
                "since": each.first.isoformat(),
                "until": each.until.isoformat(),
                "reason": each.why,
                "tokens": each.tokens,
                "logged_tokens": each.logged,
            }
            for each in brought.left_out
        ],
        "notes": list(found.notes),
    }


def day_count(source: SourceBrought) -> int:
    """Count the days that were imported."""
    return sum((until - first).days for first, until in source.days)


def show_brought(found: UsageFile, brought: Brought, dry_run: bool) -> None:
    """Print what was imported and what was not."""
    show(f"{found.format}{': what would be imported' if dry_run else ''}")
    if brought.sources:
        show_table(
            [
                Column("source", flexible=True),
                *(
                    Column(title, right=True)
                    for title in ("days", "new", "replaced", "same", "tokens", "list")
                ),
            ],
            [
                [
                    each.source,
                    f"{day_count(each):,}",
                    f"{each.new:,}",
                    f"{each.replaced:,}",
                    f"{each.unchanged:,}",
                    amounts.tokens(each.tokens),
                    amounts.dollars(each.nanos, lower_bound=bool(each.unpriced)),
                ]
                for each in brought.sources
            ],
        )
    for each in brought.sources:
        if each.compared is not None:
            tell(
                f"{each.source}: what the file prices at"
                f" {amounts.dollars(each.compared)} is"
                f" {amounts.dollars(each.compared_ours)} by our price book"
            )
    for text in left_out_lines(brought.left_out):
        tell(text)
    if not brought.sources:
        show("nothing was imported")
    for text in found.notes:
        note(clean(text))


def left_out_lines(left_out: tuple[LeftOut, ...]) -> list[str]:
    """Say what was left out, a line for each source and reason."""
    lines = []
    in_order = sorted(left_out, key=lambda each: (each.source, each.why, each.first))
    for (source, why), group in groupby(in_order, lambda each: (each.source, each.why)):
        days = list(group)
        tokens = amounts.tokens(sum(each.tokens for each in days))
        logged = [each.logged for each in days if each.logged is not None]
        has = f", the logs have {amounts.tokens(sum(logged))}" if logged else ""
        lines.append(
            f"left out: {source}, {days_text(days)}: {why}"
            f" (the file has {tokens} tokens{has})"
        )
    return lines


def days_text(days: list[LeftOut]) -> str:
    """Name some days: how many, the first and the last."""
    first, last = days[0].first, days[-1].until - timedelta(days=1)
    if first == last:
        return first.isoformat()
    count = sum((each.until - each.first).days for each in days)
    return f"{many(count, 'day')} from {first} to {last}"
