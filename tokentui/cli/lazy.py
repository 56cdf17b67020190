"""Groups of verbs, and those that are imported when they are used or asked about."""

from __future__ import annotations

from importlib import import_module
from typing import Any, ClassVar

import click

from tokentui.errors import UsageError

LONGEST = 300
"""Characters of a sentence of help, which is never cut; click cuts it to a line."""


class Group(click.Group):
    """Lists its verbs, each with the whole first sentence of its help."""

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """List the verbs."""
        with formatter.section("Verbs"):
            formatter.write_dl(
                [
                    (name, verb.get_short_help_str(LONGEST))
                    for name in self.list_commands(ctx)
                    if (verb := self.get_command(ctx, name)) and not verb.hidden
                ]
            )


class LazyVerbs(click.Group):
    """Knows each verb by its line of help and the module here that has its `verb`.

    `prefix` is how the names of those modules begin.
    """

    verbs: ClassVar[dict[str, str]] = {}
    prefix: ClassVar[str] = ""

    def module_of(self, name: str) -> str:
        """Name the module of a verb."""
        return self.prefix + name.replace("-", "_")

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the verbs, most used first."""
        return list(self.verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Give a verb that was added, or import one."""
        if cmd_name in self.commands:
            return self.commands[cmd_name]
        if cmd_name not in self.verbs:
            return None
        verb = import_module(f"tokentui.cli.{self.module_of(cmd_name)}").verb
        assert isinstance(verb, click.Command)
        return verb

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """List the verbs without importing them."""
        with formatter.section("Verbs"):
            formatter.write_dl(list(self.verbs.items()))


def is_for_verb_below(given: dict[str, Any]) -> bool:
    """Claim that a verb below is called; options before its name are refused."""
    below = click.get_current_context().invoked_subcommand
    if below is not None and any(given.values()):
        raise UsageError(f"options stand behind `{below}`")
    return below is not None
