"""Lines to copy for the agents in which something was found.

Claude Code: https://code.claude.com/docs/en/settings, fast-mode and the changelog (the
hour's cache came with 2.1.108); Codex: https://developers.openai.com/codex, pages
config-reference and speed. Read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from tokentui.routes.switching import Lines
from tokentui.routes.waste.finding import Finding

CLAUDE_CODE, CODEX = "claude-code", "codex"


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
