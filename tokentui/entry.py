"""Where the program begins: hooks go a short way, all else to the command line.

Agents wait for the guard before each prompt and tool; to read a command line with click
takes a third of what it may take.
"""

from __future__ import annotations

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the program and leave with its exit code."""
    words = sys.argv[1:]
    is_asked = words[:1] == ["guard"] and (
        len(words) == 1 or (len(words) == 3 and words[1] == "--agent")
    )
    if is_asked and sys.stdin is not None and not sys.stdin.isatty():
        from tokentui.guard.hook import answer_stdin

        answer_stdin(words[2] if len(words) == 3 else None)
    from tokentui.cli import main as command_line

    command_line()
