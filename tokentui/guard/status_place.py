"""The one status line of Claude Code's settings: ours, and by it another tool's.

Another tool's line goes on by `--then`; taken out again, its command is as it was.
"""

from __future__ import annotations

import shlex
from typing import Any

from tokentui.errors import UsageError
from tokentui.guard.places import is_ours, parsed, written

KEY = "statusLine"
THEN = "--then"


def put_line(text: str, command: str) -> str:
    """Put our status line into the settings; one that is there is called by it."""
    settings = parsed(take_line(text))
    there = settings.get(KEY)
    if there is None:
        settings[KEY] = {"type": "command", "command": command}
    else:
        other = command_of(there)
        settings[KEY] = there | {"command": f"{command} {THEN} {shlex.quote(other)}"}
    return written(settings, text)


def take_line(text: str) -> str:
    """Take our status line out of the settings; another's is alone again."""
    settings = parsed(text)
    there = settings.get(KEY)
    if not isinstance(there, dict) or not is_ours(there.get("command"), "statusline"):
        return text
    try:
        words = shlex.split(there["command"])
    except ValueError:
        raise UsageError("its status line cannot be read; change it by hand") from None
    if THEN in words[:-1]:
        settings[KEY] = there | {"command": words[words.index(THEN) + 1]}
    else:
        del settings[KEY]
    return written(settings, text)


def command_of(there: Any) -> str:
    """Give the command of a status line that is there."""
    command = there.get("command") if isinstance(there, dict) else None
    if not isinstance(command, str) or there.get("type") != "command":
        raise UsageError(f"its {KEY} is no command; change it by hand")
    return command
