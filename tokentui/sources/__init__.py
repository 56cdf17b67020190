"""Where agents leave their traces, and which module reads them.

This module and `folders` are light: a refresh that finds nothing new imports no parser.
To add an agent: one module with a `Reader`, or with a `read` for what is no log, and
one line in `SOURCES`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

from tokentui.sources.folders import FoundFile, database, walk
from tokentui.tuples import NamedTuple
from tokentui.vscdb import DATABASE, cursor_folders

if TYPE_CHECKING:
    from tokentui.sources.collector import Collector
    from tokentui.sources.cursors import Cursor
    from tokentui.sources.lines import Reader


class Source(NamedTuple):
    """One agent: its name, its folders, and the files in them that hold usage.

    `folders` gives the agent's own roots, present or not; usage lies in `below` each.
    """

    name: str
    module: str
    folders: Callable[[], list[Path]]
    below: tuple[str, ...]
    endings: tuple[str, ...]
    without: tuple[str, ...] = ()

    def places(self, paths: tuple[str, ...] = ()) -> list[Path]:
        """Say where usage is looked for; `paths` replaces the agent's own roots."""
        roots = [Path(p).expanduser() for p in paths] or self.folders()
        places: list[Path] = []
        for root in roots:
            inside = (
                [root] if root.name in self.below else [root / b for b in self.below]
            )
            places += [place for place in inside if place not in places]
        return places

    def files(
        self, paths: tuple[str, ...] = (), refused: list[str] | None = None
    ) -> Iterator[FoundFile]:
        """List the files that may hold usage, in no particular order.

        What may not be looked at is named in `refused`, with the reason.
        """
        for place in self.places(paths):
            yield from walk(str(place), self.endings, self.without, refused)

    def reader(self, found: FoundFile, state: bytes) -> Reader:
        """Start, or with `state` go on, reading one file."""
        return cast("Reader", reader_in(self.module)(found, state))

    def read(
        self, found: FoundFile, cursor: Cursor | None, collector: Collector
    ) -> Iterator[Cursor]:
        """Read what is new in one file, as `lines.read` does."""
        from tokentui.sources.lines import read

        return read(found, cursor, collector, self.reader)


@cache
def reader_in(module: str) -> Callable[[FoundFile, bytes], object]:
    """Import the reader of a module, which thousands of files ask for."""
    reader: Callable[[FoundFile, bytes], object] = import_module(module).Reader
    return reader


class DatabaseSource(Source):
    """An agent whose usage lies in a database; its module has a `read`."""

    __slots__ = ()

    def files(
        self, paths: tuple[str, ...] = (), refused: list[str] | None = None
    ) -> Iterator[FoundFile]:
        """List the databases, each with the log beside it."""
        for place in self.places(paths):
            for name in self.endings:
                if found := database(str(place), name, refused):
                    yield found

    def read(
        self, found: FoundFile, cursor: Cursor | None, collector: Collector
    ) -> Iterator[Cursor]:
        """Read what is new in one database."""
        read: Callable[..., Iterator[Cursor]] = import_module(self.module).read
        return read(found, cursor, collector)


def claude_code_folders() -> list[Path]:
    """Name the roots of Claude Code and of Claude Desktop's agent sessions."""
    named = os.environ.get("CLAUDE_CONFIG_DIR", "")
    if named.strip():
        return [Path(p.strip()).expanduser() for p in named.split(",") if p.strip()]
    config = Path(os.environ.get("XDG_CONFIG_HOME") or "~/.config").expanduser()
    return [
        Path("~/.claude").expanduser(),
        config / "claude",
        *claude_desktop_folders(),
    ]


def claude_desktop_folders() -> list[Path]:
    """Find the `.claude` folder of each local agent session of Claude Desktop."""
    bases: list[Path] = []
    if sys.platform == "darwin":
        bases = [Path("~/Library/Application Support/Claude")]
    elif sys.platform == "win32":
        store = r"Packages\Claude_pzs8sxrjxfjjc\LocalCache\Roaming\Claude"
        bases = [
            Path(os.environ.get("APPDATA", r"~\AppData\Roaming")) / "Claude",
            Path(os.environ.get("LOCALAPPDATA", r"~\AppData\Local")) / store,
        ]
    inside = "local-agent-mode-sessions/*/*/local_*/.claude"
    return [found for base in bases for found in sorted(base.expanduser().glob(inside))]


def codex_folders() -> list[Path]:
    """Name the one root of Codex."""
    return [Path(os.environ.get("CODEX_HOME") or "~/.codex").expanduser()]


SOURCES = {
    source.name: source
    for source in (
        Source(
            "claude-code",
            "tokentui.sources.claude_code",
            claude_code_folders,
            below=("projects",),
            endings=(".jsonl",),
            # A desktop session's audit trail repeats its transcript in part.
            without=("audit.jsonl", "journal.jsonl"),
        ),
        Source(
            "codex",
            "tokentui.sources.codex",
            codex_folders,
            below=("sessions", "archived_sessions"),
            endings=(".jsonl", ".jsonl.zst"),
        ),
        DatabaseSource(
            "cursor",
            "tokentui.sources.cursor",
            cursor_folders,
            below=("globalStorage",),
            endings=(DATABASE,),
        ),
    )
}
