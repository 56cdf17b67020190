"""`tokentui import`: usage from files; each kind of file is a module of its own."""

from __future__ import annotations

from importlib import import_module

import click

KINDS = {
    "usage": "CSV or JSON lines of usage, or a report of `ccusage --json`",
    "cursor": "the usage that Cursor's dashboard exports as CSV",
    "remove": "take out again what `import usage` brought in",
}
"""The verbs in the order of `--help`; each is a module `import_<verb>` here."""


class Kinds(click.Group):
    """Imports the code for a kind of file when it is used or asked about."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the verbs."""
        return list(KINDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one verb."""
        if cmd_name not in KINDS:
            return None
        verb = import_module(f"tokentui.cli.import_{cmd_name}").verb
        assert isinstance(verb, click.Command)
        return verb

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """List the verbs without importing them."""
        with formatter.section("Verbs"):
            formatter.write_dl(list(KINDS.items()))


@click.group("import", cls=Kinds)
def verb() -> None:
    """Bring in usage from files, such as months that the agents have deleted."""
