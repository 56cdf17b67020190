"""Where the program begins: hooks go a short way, all else to the command line.

Agents wait for the guard before each prompt and tool, and draw the status line after
each response; to read a command line with click takes a third of what they may take.
"""

from __future__ import annotations

import gc
import sys
from typing import NoReturn

SHORT = {"guard": {"--agent"}, "statusline": {"--line", "--then"}}
"""Verbs that are hooks when they have no other words than these options."""


def main() -> NoReturn:
    """Run the program and leave with its exit code."""
    gc.disable()  # imports and hooks make little garbage; looking for it takes 3 ms
    verb, *words = sys.argv[1:] or [""]
    given = options(words, SHORT.get(verb))
    if given is not None and sys.stdin is not None and not sys.stdin.isatty():
        hook(verb, given)
    from tokentui.cli import main as command_line

    command_line()


def options(words: list[str], known: set[str] | None) -> dict[str, str] | None:
    """Read pairs of known options and their values; anything else is `None`."""
    if known is None or len(words) % 2 or not known.issuperset(words[::2]):
        return None
    return dict(zip(words[::2], words[1::2], strict=True))


def hook(verb: str, given: dict[str, str]) -> None:
    """Answer an agent, and leave."""
    if verb == "guard":
        from tokentui.guard.hook import answer_stdin

        answer_stdin(given.get("--agent"))
    from tokentui.statusline import print_line

    print_line(given.get("--line"), given.get("--then"))
