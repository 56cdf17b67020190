"""What Cursor keeps of conversations: model and start, and the folder it was in.

Folders are in a database of each workspace, read again only when that has changed.
"""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

import msgspec

from tokentui import vscdb
from tokentui.sources.folders import database, file_only
from tokentui.sources.values import BadRecord, decode_odd, instant_ms, name

EARLIEST_MS, LATEST_MS = 1_420_070_400_000, 7_258_118_400_000
"""From 2015 until 2200."""

CONVERSATION = """
SELECT json_extract(text, '$.createdAt', '$.modelConfig.modelName')
FROM (SELECT CAST(value AS TEXT) AS text FROM cursorDiskKV WHERE key = ?)
WHERE json_valid(text)
"""
COMPOSERS = "SELECT value FROM ItemTable WHERE key = 'composer.composerData'"


class About(NamedTuple):
    """What is known of a conversation; `None` is unknown."""

    model: str | None
    created_ms: int | None
    folder: str | None


class Composer(msgspec.Struct):
    composerId: Any = None


class Composers(msgspec.Struct):
    """The conversations that one workspace lists."""

    allComposers: list[Composer] = []


class Workspace(msgspec.Struct):
    """Where a workspace is: a folder, or the file that lists several."""

    folder: Any = None
    workspace: Any = None


class Conversations:
    """Tells what messages do not say of their conversation, each looked up once."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._workspaces = path.parent.parent / "workspaceStorage"
        self._folders: dict[str, str] | None = None
        self._known: dict[str, About] = {}

    def about(self, session: str) -> About:
        """Say what is known of a conversation."""
        if session not in self._known:
            self._known[session] = self._look_up(session)
        return self._known[session]

    def _look_up(self, session: str) -> About:
        if self._folders is None:
            self._folders = folders_by_conversation(self._workspaces)
        row = self._connection.execute(
            CONVERSATION, (f"composerData:{session}",)
        ).fetchone()
        created, model = None, None
        if row is not None:
            with suppress(BadRecord):  # the message itself may tell
                created, model = decode_odd(row[0].encode(), tuple[Any, Any])
        folder = self._folders.get(session)
        return About(model_name(model), moment_ms(created), folder)


def model_name(value: Any) -> str | None:
    """Read the name of a model; Cursor has two for the one it chooses itself."""
    return "auto" if value == "default" else name(value)


def moment_ms(value: Any) -> int | None:
    """Read a time, ISO text or milliseconds, as UTC milliseconds."""
    if isinstance(value, (int, float)) and EARLIEST_MS <= value < LATEST_MS:
        return int(value)
    return instant_ms(value)


def folders_by_conversation(workspaces: Path) -> dict[str, str]:
    """Give the folder of each conversation that a workspace lists."""
    found: dict[str, str] = {}
    try:
        entries = sorted(os.scandir(workspaces), key=lambda entry: entry.name)
    except OSError:
        return found
    for entry in entries:
        state = database(entry.path, vscdb.DATABASE)
        if state is None:
            continue
        sessions, folder = listed_in(entry.path, state.size, state.mtime_ns)
        if folder is not None:
            found |= dict.fromkeys(sessions, folder)
    return found


@lru_cache(maxsize=4096)
def listed_in(
    workspace: str, size: int, mtime_ns: int
) -> tuple[tuple[str, ...], str | None]:
    """Give the conversations that a workspace lists, and its folder.

    A workspace that is damaged lists none.
    """
    place = Path(workspace)
    try:
        with open(place / "workspace.json", "rb", opener=file_only) as file:
            where = decode_odd(file.read(), Workspace)
        folder = path_of(where.folder) or path_of(where.workspace)
        if folder is None:
            return (), None
        with vscdb.opened(place / vscdb.DATABASE, may_copy=False) as connection:
            row = connection.execute(COMPOSERS).fetchone()
        text = row[0] if row is not None else b"{}"
        text = text.encode() if isinstance(text, str) else bytes(text)
        composers = decode_odd(text, Composers).allComposers
    except (OSError, ValueError, sqlite3.Error):
        return (), None
    ids = (name(each.composerId) for each in composers)
    return tuple(each for each in ids if each is not None), folder


def path_of(uri: Any) -> str | None:
    """Read the path that a URI of a workspace names, be it on another machine."""
    if not isinstance(uri, str):
        return None
    path = unquote(urlsplit(uri).path)
    if re.match(r"/[A-Za-z]:", path):  # Windows: file:///c%3A/work
        path = path[1].upper() + path[2:]
    return name(path)
