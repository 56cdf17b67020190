"""`tokentui project`: whose a project is, work, personal or a client's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tokentui.cli.asked import period_of
from tokentui.cli.freshen import opened
from tokentui.cli.lazy import Group
from tokentui.cli.options import as_json, no_refresh, period_options, setting, timezone
from tokentui.cli.output import Column, note, show, show_json, show_table
from tokentui.cli.shapes import cost_text, money
from tokentui.errors import UsageError
from tokentui.globs import escaped
from tokentui.queries.projects import TaggedUsage, tagged_usage
from tokentui.queries.sums import Usage
from tokentui.setting import Setting
from tokentui.settings import Project, ProjectMatch
from tokentui.stored import PROJECTS
from tokentui.tagging import Tags
from tokentui.text import clean, many, project_name

KINDS = ("work", "personal")
CLIENT = "client:"


@click.group("project", cls=Group)
def verb() -> None:
    """Say which projects are work, personal or a client's, and list them."""


@verb.command("tag")
@click.argument("path")
@click.argument("kind", metavar="work|personal|client:NAME")
@click.option("--cost-centre", metavar="NAME", help="On which cost centre it goes.")
def tag(path: str, kind: str, cost_centre: str | None) -> None:
    """Tag the project at PATH, and all that lies below it.

    PATH may also be the name of a project that the ledger knows. It goes before the
    rules in the config.
    """
    here = setting()
    word, client = kind_of(kind)
    folder = folder_of(path, here)
    match = ProjectMatch(path=(escaped(folder), f"{escaped(folder)}/*"))
    row = Project(folder, match, word, client, cost_centre, origin="projects.toml")
    others = [each for each in PROJECTS.load(here.state) if each.name != folder]
    # What is said of a folder goes before what is said of one around it.
    rows = sorted([*others, row], key=lambda each: (-len(each.name), each.name))
    PROJECTS.save(here.state, rows)
    show(f"{clean(folder)}: {clean(kind)}")


def kind_of(text: str) -> tuple[str, str | None]:
    """Read work, personal or client:NAME. Raises: UsageError."""
    client = text.removeprefix(CLIENT)
    if client != text:
        if not client.strip() or not client.isprintable() or len(client) > 200:
            raise UsageError("a client's name is 1 to 200 characters, as client:acme")
        return "client", client
    if text not in KINDS:
        raise UsageError(f"{text!r:.40} is none of work, personal, client:NAME")
    return text, None


def folder_of(text: str, here: Setting) -> str:
    """Name the project that is meant: one the ledger knows by name, or a folder's.

    Raises:
        UsageError: Several projects have the name, or there is no such folder.
    """
    from tokentui.sources.projects import project_of

    named = known_by(text, here)
    folder = Path(text).expanduser()
    if len(named) > 1 and not folder.exists():
        raise UsageError(f"{text!r:.60} may be {', '.join(named)}; write the path")
    if named and not folder.exists():
        return named[0]
    if not folder.exists():
        raise UsageError(f"no folder {text!r:.200}, and no project of that name")
    return project_of(str(folder.resolve()))


def known_by(text: str, here: Setting) -> list[str]:
    """List the projects of the ledger with that path or name."""
    if not here.ledger.exists():
        return []
    with opened(here, is_fresh=False) as (connection, _):
        rows = connection.execute(
            "SELECT DISTINCT project FROM series WHERE project IS NOT NULL ORDER BY 1"
        ).fetchall()
    return [path for (path,) in rows if text in (path, project_name(path))]


@verb.command("untag")
@click.argument("path")
def untag(path: str) -> None:
    """Take back what `project tag` said of the project at PATH."""
    here = setting()
    rows = PROJECTS.load(here.state)
    names = {path, str(Path(path).expanduser().resolve())}
    kept = [each for each in rows if not names & {each.name, project_name(each.name)}]
    if len(kept) == len(rows):
        raise UsageError(f"{path!r:.200} is not tagged; see `tokentui project list`")
    if len(rows) - len(kept) > 1:
        raise UsageError(f"{path!r:.200} may be several projects; write the path")
    PROJECTS.save(here.state, kept)
    show(f"{clean(path)}: no longer tagged")


@verb.command("list")
@period_options
@as_json
@no_refresh
@timezone
def list_projects(**given: Any) -> int:
    """List the projects, whose they are and what they used, at list prices.

    Without a period of all time. What no rule tells of is untagged.
    """
    here = setting(timezone=given["timezone"])
    period = period_of(given, here)
    with opened(here, not given["no_refresh"]) as (connection, code):
        rows = tagged_usage(
            connection,
            Usage(period.since_ms, period.until_ms),
            here.tz,
            Tags(here.config.projects),
        )
    rows.sort(key=lambda row: (-(row.sums.cost_nanos or 0), row.project or ""))
    if given["as_json"]:
        show_json({"kind": "projects", "rows": [shape_of(row) for row in rows]})
        return code
    if not rows:
        show("no usage in that time")
        return code
    show_table(
        [
            Column("project", flexible=True),
            Column("kind"),
            Column("client", flexible=True),
            Column("cost centre", flexible=True),
            Column("told by", flexible=True),
            Column("list value", right=True),
        ],
        [row_of(row) for row in rows],
    )
    untagged = sum(row.rule is None for row in rows)
    if untagged:
        note(
            f"{many(untagged, 'project')} untagged;"
            " `tokentui project tag PATH work` tags one"
        )
    return code


def row_of(row: TaggedUsage) -> list[str]:
    """Lay out one project."""
    rule = row.rule
    return [
        project_name(row.project),
        row.kind,
        (rule and rule.client) or "-",
        (rule and rule.cost_centre) or "-",
        told_by(rule) or "-",
        cost_text(row.sums),
    ]


def told_by(rule: Project | None) -> str | None:
    """Say where a rule is written."""
    if rule is None:
        return None
    return "project tag" if rule.origin != "config.toml" else f"[projects.{rule.name}]"


def shape_of(row: TaggedUsage) -> dict[str, object]:
    """Give a project as JSON."""
    rule = row.rule
    return {
        "project": row.project,
        "tag": row.kind,
        "client": rule.client if rule else None,
        "cost_centre": rule.cost_centre if rule else None,
        "told_by": told_by(rule),
        "requests": row.sums.requests,
        "cost_usd": money(row.sums.cost_nanos),
        "unpriced_requests": row.sums.unpriced,
    }
