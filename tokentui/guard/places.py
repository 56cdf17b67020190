"""Where agents keep their settings, and what of ours goes into them.

Each edit takes the text of a file and gives its new text; what is not ours stays. JSON
is written anew with its own indentation, TOML is only added to and cut from.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from tokentui.errors import UsageError
from tokentui.guard.asked import CLAUDE_CODE, CODEX
from tokentui.sources.folders import file_only

BEGIN, END = "# tokentui guard: begin", "# tokentui guard: end"
CURSOR_EVENTS = ("beforeSubmitPrompt", "beforeShellExecution", "beforeMCPExecution")
EVENTS = ("UserPromptSubmit", "PreToolUse")


class Place(NamedTuple):
    """A settings file, and how ours is put in and taken out; `note` is to be known."""

    file: Path
    put: Callable[[str, str], str]
    take: Callable[[str], str]
    note: str | None = None


def place_of(agent: str) -> Place:
    """Say where an agent's hooks are set, for all projects of this user."""
    if agent == CLAUDE_CODE:
        return Place(claude_settings(), put_claude, take_claude)
    if agent == CODEX:
        root = Path(os.environ.get("CODEX_HOME") or "~/.codex").expanduser()
        return Place(
            root / "config.toml",
            put_codex,
            take_codex,
            "Codex runs a hook only after you trust it: start `codex` and do so there;"
            " until then, and after each change of the command, it is skipped silently",
        )
    hooks = Path("~/.cursor/hooks.json").expanduser()
    return Place(hooks, put_cursor, take_cursor)


def claude_settings() -> Path:
    """Name the user's settings of Claude Code, which takes one folder."""
    named = os.environ.get("CLAUDE_CONFIG_DIR", "").split(",")[0].strip()
    return Path(named or "~/.claude").expanduser() / "settings.json"


def own_command(*words: str) -> str:
    """Give the command line that runs this program, whatever the agent's PATH is."""
    found = shutil.which("tokentui")
    program = [found] if found else [sys.executable, "-m", "tokentui"]
    if sys.platform == "win32":
        return subprocess.list2cmdline([*program, *words])
    return shlex.join([*program, *words])


def is_ours(command: Any, verb: str) -> bool:
    """Claim that a command runs this program's verb."""
    return isinstance(command, str) and bool(
        re.search(rf"\btokentui\S*['\"]?(?:\s.*)?\s{verb}\b", command)
    )


def put_claude(text: str, command: str) -> str:
    """Put the guard into Claude Code's settings, once, beside other hooks."""
    settings = parsed(take_claude(text))
    hooks = table_in(settings, "hooks")
    for event in EVENTS:
        entry: dict[str, Any] = {"hooks": [{"type": "command", "command": command}]}
        if event == "PreToolUse":
            entry = {"matcher": "*", **entry}
        list_in(hooks, event).append(entry)
    return written(settings, text)


def take_claude(text: str) -> str:
    """Take the guard out of Claude Code's settings."""
    settings = parsed(text)
    hooks = settings.get("hooks")
    if not isinstance(hooks, dict) or not any(
        without_ours(hooks.get(event), inner=True) != hooks.get(event)
        for event in list(hooks)
    ):
        return text
    for event in list(hooks):
        kept = without_ours(hooks[event], inner=True)
        if kept != hooks[event]:
            hooks[event] = kept
            drop_if_empty(hooks, event)
    drop_if_empty(settings, "hooks")
    return written(settings, text)


def put_cursor(text: str, command: str) -> str:
    """Put the guard into Cursor's hooks, once, beside others."""
    settings = parsed(take_cursor(text))
    settings.setdefault("version", 1)
    hooks = table_in(settings, "hooks")
    for event in CURSOR_EVENTS:
        list_in(hooks, event).append({"command": command})
    return written(settings, text)


def take_cursor(text: str) -> str:
    """Take the guard out of Cursor's hooks."""
    settings = parsed(text)
    hooks = settings.get("hooks")
    if not isinstance(hooks, dict):
        return text
    is_changed = False
    for event in list(hooks):
        kept = without_ours(hooks[event], inner=False)
        if kept != hooks[event]:
            is_changed = True
            hooks[event] = kept
            drop_if_empty(hooks, event)
    return written(settings, text) if is_changed else text


def without_ours(entries: Any, *, inner: bool) -> Any:
    """Give a list of hooks without ours; `inner` ones stand in groups."""
    if not isinstance(entries, list):
        return entries
    kept = []
    for entry in entries:
        hooks = entry.get("hooks") if isinstance(entry, dict) else None
        if not inner:
            if not (isinstance(entry, dict) and is_ours(entry.get("command"), "guard")):
                kept.append(entry)
        elif isinstance(hooks, list):
            others = without_ours(hooks, inner=False)
            if others == hooks:
                kept.append(entry)
            elif others:
                kept.append(entry | {"hooks": others})
        else:
            kept.append(entry)
    return kept


def put_codex(text: str, command: str) -> str:
    """Add the guard's hooks at the end of Codex' config."""
    import tomllib

    before = take_codex(text)
    lines = [BEGIN]
    for event in EVENTS:
        lines += [
            f"[[hooks.{event}]]",
            f"[[hooks.{event}.hooks]]",
            'type = "command"',
            f"command = {json.dumps(command)}",
        ]
    gap = "" if not before or before.endswith("\n") else "\n"
    after = before + gap + "\n".join([*lines, END, ""])
    try:
        tomllib.loads(before)
        tomllib.loads(after)
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        raise UsageError(f"it cannot be added to: {problem}") from None
    return after


def take_codex(text: str) -> str:
    """Cut the guard's hooks from Codex' config, to the letter as they were added."""
    return re.sub(rf"^{BEGIN}\n.*?^{END}\n?", "", text, flags=re.M | re.S)


def parsed(text: str) -> dict[str, Any]:
    """Read settings as JSON, in which no key is lost.

    Raises:
        UsageError: They are none, or would not be the same when written again.
    """
    if not text.strip():
        return {}
    try:
        found = json.loads(text, object_pairs_hook=once_each)
    except (ValueError, RecursionError) as problem:
        raise UsageError(
            f"it is no plain JSON ({problem}); change it by hand"
        ) from None
    if not isinstance(found, dict):
        raise UsageError("it is no JSON object; change it by hand")
    return found


def once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of its pairs, of which each key stands once."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key stands twice")
    return made


def written(settings: dict[str, Any], like: str) -> str:
    """Write settings with the indentation of a text, and its end."""
    found = re.search(r"^\{\s*\n([ \t]+)", like)
    indent = found[1] if found else "  "
    end = "\n" if not like or like.endswith("\n") else ""
    return json.dumps(settings, indent=indent, ensure_ascii=False) + end


def table_in(settings: dict[str, Any], key: str) -> dict[str, Any]:
    """Give an object inside another, made if it is missing."""
    found = settings.setdefault(key, {})
    if not isinstance(found, dict):
        raise UsageError(f"its {key} is no object; change it by hand")
    return found


def list_in(settings: dict[str, Any], key: str) -> list[Any]:
    """Give a list inside an object, made if it is missing."""
    found = settings.setdefault(key, [])
    if not isinstance(found, list):
        raise UsageError(f"its {key} is no list; change it by hand")
    return found


def drop_if_empty(settings: dict[str, Any], key: str) -> None:
    """Leave nothing of what was only ours."""
    if not settings[key]:
        del settings[key]


def is_installed(agent: str) -> bool:
    """Claim that an agent's settings have the guard; an odd file has not."""
    place = place_of(agent)
    try:
        with open(place.file, encoding="utf-8", opener=file_only) as file:
            text = file.read()
        return place.take(text) != text
    except (OSError, ValueError, UsageError):
        return False
