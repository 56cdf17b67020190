"""Lines to copy that work in an agent, for the agents in which something was found.

Claude Code: https://code.claude.com/docs/en/settings and its changelog (2.1.108 has the
hour's cache, 2.1.330 was looked at); Codex: https://developers.openai.com/codex. Read
2026-11-22.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from tokentui.routes.waste.finding import Finding

CLAUDE_CODE, CODEX = "claude-code", "codex"
CLAUDE_SHELL = "# Claude Code: in the shell, or as `env` in ~/.claude/settings.json"
CODEX_CONFIG = "# Codex: in ~/.codex/config.toml"


class Lines(NamedTuple):
    """Lines to copy to do something, and to take it back."""

    how: tuple[str, ...] = ()
    undo: tuple[str, ...] = ()


def lines_for(found: Iterable[Finding], by_source: Mapping[str, Lines]) -> Lines:
    """Join the lines of the agents in which something was found."""
    return lines_of(by_source, {each.labels.source for each in found if each.high > 0})


def lines_of(by_source: Mapping[str, Lines], sources: Collection[str]) -> Lines:
    """Join the lines of some agents."""
    some = [lines for source, lines in by_source.items() if source in sources]
    return Lines(
        tuple(line for each in some for line in each.how),
        tuple(line for each in some for line in each.undo),
    )


def exported(name: str, value: object) -> Lines:
    """Set a variable that Claude Code reads."""
    return Lines((CLAUDE_SHELL, f"export {name}={value}"), (f"unset {name}",))
