"""The verbs, a lazy group, read from the command line with click."""

from __future__ import annotations

import os
from io import StringIO

import click

from tokentui import __version__
from tokentui.cli.lazy import LazyVerbs
from tokentui.errors import INTERRUPTED

VERBS = {
    "usage": "usage of tokens and money, by any keys",
    "status": "spend, caps, burn rate and freshness, now",
    "cap": "personal caps: set, raise, list, remove",
    "run": "run an agent under a budget and a label",
    "setup": "a few questions, and the config they make",
    "guard": "stop agents at hard caps: a hook they ask before they go on",
    "statusline": "one line for Claude Code's status line",
    "refresh": "read what is new in the agents' logs",
    "watch": "follow the logs, keep the ledger current, raise alerts",
    "alerts": "what was raised, where it goes, and quiet for a while",
    "accounts": "provider accounts: billed, left, allowed",
    "reading": "what a payer's own page says, where no API tells",
    "charge": "money for other things than tokens",
    "claim": "reimbursement claims: draft, check, save, attach receipts",
    "export": "a period as PDF, XLSX, HTML, CSV and more, or every response",
    "project": "whose a project is: work, personal or a client's",
    "fx": "exchange rates, fetched when asked for",
    "reconcile": "estimate beside billed, and what explains the gaps",
    "routes": "what the work done would have cost on other models",
    "outcomes": "what accepted work has cost, and how far work came",
    "import": "usage from files: months that the agents have deleted",
    "prices": "the price book in use, and where each figure comes from",
    "doctor": "what was looked for where, what was found, what is broken",
    "ledger": "care of the file that keeps it all",
    "demo": "the dashboard on built-in sample data",
    "completions": "shell completion",
}
"""The verbs in the order of `--help`; each is a module here with a `verb`."""

MODULES = {"run": "running", "import": "importing"}
"""Verbs whose module cannot have their name: Python or a function here has it."""

PERIOD_VERBS = {
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "session": "session",
    "blocks": "block",
}
"""Other tools' names for `usage --by KEY`, understood but not listed."""


class Verbs(LazyVerbs):
    """The verbs of tokentui, and other tools' names for some."""

    verbs = VERBS

    def module_of(self, name: str) -> str:
        """Name the module of a verb."""
        return MODULES.get(name, name)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one verb."""
        if cmd_name in PERIOD_VERBS:
            from tokentui.cli.usage import usage_by_period

            return usage_by_period(cmd_name, PERIOD_VERBS[cmd_name])
        return super().get_command(ctx, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a verb; a wrong word is answered with the nearest known one."""
        known = {*VERBS, *PERIOD_VERBS}
        if args and args[0] not in known and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], known, 1)
            hint = f"; did you mean `{near[0]}`?" if near else "; see `tokentui --help`"
            ctx.fail(f"no verb `{args[0]}`{hint}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=Verbs,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 88},
)
@click.version_option(__version__, message="tokentui %(version)s")
@click.option("--ledger", metavar="FILE", help="The ledger, if not the usual one.")
@click.option("--config", metavar="FILE", help="The config, if not the usual one.")
@click.pass_context
def group(ctx: click.Context, ledger: str | None, config: str | None) -> None:
    """What your coding agents have cost, how fast, and when you meet your cap.

    Without a verb the live dashboard opens. `tokentui demo` shows it on sample data.
    """
    if ctx.invoked_subcommand is None:
        from tokentui.cli.dashboard import open_dashboard

        open_dashboard(ledger, config)


def call(args: list[str] | None) -> int:
    """Run the verb that is named, `None`: by the words the program was started with."""
    color = False if os.environ.get("NO_COLOR") else None
    try:
        code: object = group.main(
            args, prog_name="tokentui", standalone_mode=False, color=color
        )
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.Abort:
        return INTERRUPTED
    except click.ClickException as problem:
        from tokentui.cli.output import say

        said = StringIO()
        problem.show(said)
        say(said.getvalue())
        return problem.exit_code
    return code if isinstance(code, int) else 0
