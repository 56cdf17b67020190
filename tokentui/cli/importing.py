"""`tokentui import`: usage from files; each kind of file is a module of its own."""

from __future__ import annotations

import click

from tokentui.cli.lazy import LazyVerbs

KINDS = {
    "usage": "CSV or JSON lines of usage, or a report of `ccusage --json`",
    "cursor": "the usage that Cursor's dashboard exports as CSV",
    "remove": "take out again what `import usage` brought in",
}
"""The verbs in the order of `--help`; each is a module `import_<verb>` here."""


class Kinds(LazyVerbs):
    """The kinds of file there are."""

    verbs = KINDS
    prefix = "import_"


@click.group("import", cls=Kinds)
def verb() -> None:
    """Bring in usage from files, such as months that the agents have deleted."""
