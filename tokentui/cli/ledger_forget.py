"""`tokentui ledger forget`: erase usage for good, after showing what would go."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import click

from tokentui import amounts, periods
from tokentui.cli.freshen import freshened
from tokentui.cli.options import as_json, no_refresh, setting, timezone
from tokentui.cli.output import note, show, show_json, tell
from tokentui.cli.shapes import instant, sums_shape
from tokentui.errors import NoLedgerError, UsageError
from tokentui.ledger.connection import explaining, open_for_reading, open_for_writing
from tokentui.paths import old_ledgers
from tokentui.queries.marks import session_named
from tokentui.queries.sums import Sums, Usage
from tokentui.queries.usage import usage_by
from tokentui.setting import Setting
from tokentui.text import clean, many

MOST_NAMED = 8
SHORT = 8
"""So much of a session's name people know it by."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """What is to be erased: which usage, and what it comes to.

    `series` are the ledger's numbers of its labels; `first_ms` and `last_ms` its first
    and last response, `None` if there are none. `claims` are saved ones of that time.
    """

    usage: Usage
    series: tuple[int, ...]
    sums: Sums
    projects: tuple[str, ...]
    sessions: tuple[str, ...]
    first_ms: int | None
    last_ms: int | None
    claims: tuple[str, ...]


@click.command("forget")
@click.option("--project", metavar="GLOB", help="All of this project, or of several.")
@click.option("--session", metavar="NAME", help="This session: its beginning, or last.")
@click.option("--before", metavar="DATE", help="Everything before this day or time.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
@no_refresh
@timezone
def verb(
    project: str | None,
    session: str | None,
    before: str | None,
    yes: bool,
    as_json: bool,
    no_refresh: bool,
    timezone: str | None,
) -> None:
    """Erase usage for good, with all that was made of it; first show what would go.

    What is in the logs of it is not read in again. What a project or session does
    later counts as ever. Bills, charges and saved claims stay as they are; so do the
    agents' logs, backups, and old ledgers that `rebuild` left. With --json, nothing is
    erased without --yes.
    """
    if sum(each is not None for each in (project, session, before)) != 1:
        raise UsageError("give one of --project, --session and --before")
    here = setting(timezone=timezone)
    if not no_refresh:
        freshened(here)
    if not here.ledger.exists():
        raise NoLedgerError(f"no ledger at {here.ledger}; run `tokentui refresh` first")
    with explaining(here.ledger), closing(open_for_reading(here.ledger)) as connection:
        usage = asked(connection, here, project, session, before)
        leaving = look(connection, here, usage)
    if not as_json:
        show_preview(leaving, here)
    is_sure = yes or (
        not as_json and click.confirm("Erase this for good?", default=False, err=True)
    )
    if is_sure:
        erase(here, usage)
    if as_json:
        show_json(shape(leaving, here) | {"erased": is_sure})
    elif is_sure:
        show("erased")
    else:
        note("nothing was changed")


def asked(
    connection: sqlite3.Connection,
    here: Setting,
    project: str | None,
    session: str | None,
    before: str | None,
) -> Usage:
    """Say which usage is meant.

    Raises:
        UsageError: There is no such project or session, or the time is to come.
    """
    if session is not None:
        return Usage(sessions=frozenset({session_named(connection, session)}))
    if before is not None:
        until_ms = periods.parse_instant(before, here.tz, here.now)
        if until_ms > periods.millis(here.now):
            raise UsageError(f"--before {before}: that is to come")
        return Usage(until_ms=until_ms)
    if not project or not project.isprintable():
        raise UsageError("--project takes text that can be printed")
    usage = Usage(only={"project": (project,)})
    if not projects_of(connection, usage):
        raise UsageError(
            f"no project {project!r:.80}; see `tokentui usage --by project`"
        )
    return usage


def projects_of(connection: sqlite3.Connection, usage: Usage) -> list[str]:
    """Name the projects that are meant."""
    condition, parameters = usage.condition()
    rows = connection.execute(
        f"SELECT DISTINCT project FROM series s WHERE {condition}"
        " AND project IS NOT NULL ORDER BY 1",
        parameters,
    )
    return [project for (project,) in rows]


def series_of(connection: sqlite3.Connection, usage: Usage) -> list[int]:
    """Give the numbers of the labels that are meant."""
    condition, parameters = usage.condition()
    rows = connection.execute(f"SELECT id FROM series s WHERE {condition}", parameters)
    return [number for (number,) in rows]


def look(connection: sqlite3.Connection, here: Setting, usage: Usage) -> Leaving:
    """Say what would be erased."""
    series = series_of(connection, usage)
    by_project = usage_by(connection, ("project",), usage, here.tz)
    by_session = usage_by(connection, ("session",), usage, here.tz)
    condition, parameters = usage.condition()
    first, last = connection.execute(
        "SELECT min(e.at), max(e.at) FROM series s CROSS JOIN event e"
        f" ON e.series = s.id WHERE {condition} AND e.at < ?",
        [*parameters, usage.until_ms or 1 << 62],
    ).fetchone()
    return Leaving(
        usage,
        tuple(series),
        by_project.total,
        tuple(row.keys[0] for row in by_project.rows if row.keys[0] is not None),
        tuple(row.keys[0] or "" for row in by_session.rows),
        first,
        last,
        claims_of(connection, here, first, last),
    )


def claims_of(
    connection: sqlite3.Connection,
    here: Setting,
    first_ms: int | None,
    last_ms: int | None,
) -> tuple[str, ...]:
    """Name the saved claims of days in a time."""
    from tokentui.claims.claim import DRAFT
    from tokentui.claims.listed import listed

    if first_ms is None or last_ms is None:
        return ()
    first, last = (
        periods.local_day(datetime.fromtimestamp(ms / 1000, UTC), here.tz)
        for ms in (first_ms, last_ms)
    )
    return tuple(
        each.name
        for each in listed(connection, here.tz)
        if each.status != DRAFT and each.first <= last and each.last >= first
    )


def erase(here: Setting, usage: Usage) -> None:
    """Erase usage, and what is left of it in the file."""
    from tokentui.ledger.by_hand import transaction
    from tokentui.ledger.forget import clean as clean_file
    from tokentui.ledger.forget import forget, rules_of

    now_ms = periods.millis(here.now)
    sessions = [session for _, session in usage.sessions or ()]
    with explaining(here.ledger), closing(open_for_writing(here.ledger)) as connection:
        with transaction(connection):
            named = projects_of(connection, usage) if usage.only else ()
            rules = rules_of(
                now_ms, named, sessions[0] if sessions else None, usage.until_ms
            )
            forget(connection, series_of(connection, usage), usage.until_ms, rules)
        clean_file(connection)


def show_preview(leaving: Leaving, here: Setting) -> None:
    """Say what would go and what would stay."""
    sums = leaving.sums
    if leaving.first_ms is None:
        show("nothing of it is in the ledger; nothing of it will be read in")
        return
    since, until = (instant(ms, here.tz) for ms in (leaving.first_ms, leaving.last_ms))
    cost = amounts.dollars(sums.cost_nanos, sums.is_lower_bound)
    responses = "usage" if sums.requests is None else many(sums.requests, "response")
    tell(f"{responses} from {since} to {until}: {cost}")
    tell_some("project", leaving.projects)
    tell_some("session", [session[:SHORT] for session in leaving.sessions])
    tell("goes: these responses, the sums, labels, marks and alerts made of them, and")
    tell("        what git told of projects of which nothing is left")
    tell("stays: bills, charges, windows of plans; the agents' own logs; backups")
    if leaving.claims:
        names = clean(", ".join(leaving.claims))
        tell(f"stays: {names}: a saved claim keeps its lines, a draft is made anew")
    for file in old_ledgers(here.ledger):
        tell(f"stays: {clean(str(file))}, which `rebuild` left: delete it yourself")


def tell_some(thing: str, names: Sequence[str]) -> None:
    """Name some of many."""
    shown = ", ".join(clean(name) for name in names[:MOST_NAMED])
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    if names:
        tell(f"  {many(len(names), thing)}: {shown}{more}")


def shape(leaving: Leaving, here: Setting) -> dict[str, Any]:
    """Give what would go as a document."""
    return {
        "kind": "ledger-forget",
        "projects": list(leaving.projects),
        "sessions": list(leaving.sessions),
        "first": instant(leaving.first_ms, here.tz),
        "last": instant(leaving.last_ms, here.tz),
        "usage": sums_shape(leaving.sums),
        "claims_kept": list(leaving.claims),
        "old_ledgers": [str(file) for file in old_ledgers(here.ledger)],
    }
