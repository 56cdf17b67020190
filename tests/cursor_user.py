"""A `User` folder of Cursor made by hand, as a running Cursor keeps it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from builders import START_MS, clock

CHAT = "8c0ffee0-1111-4222-8333-000000000001"
TURN = "7a7a7a7a-0000-4000-8000-000000000001"
TABLE = "(key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB)"
LOGIN = "eyJ-a-login-that-nobody-may-see"


class CursorUser:
    """Writes what Cursor writes; `connection` is Cursor's own and stays open."""

    def __init__(self, user: Path, mode: str = "WAL") -> None:
        self.user = user
        self.path = user / "globalStorage/state.vscdb"
        self.path.parent.mkdir(parents=True)
        self.connection = sqlite3.connect(self.path, isolation_level=None)
        self.connection.execute(f"PRAGMA journal_mode = {mode}")
        # Rows stay in the log, as they do for hours.
        self.connection.execute("PRAGMA wal_autocheckpoint = 0")
        for table in ("ItemTable", "cursorDiskKV"):
            self.connection.execute(f"CREATE TABLE {table} {TABLE}")
        self.connection.execute(
            "INSERT INTO ItemTable VALUES ('cursorAuth/accessToken', ?)", (LOGIN,)
        )

    def put(self, key: str, value: Any) -> None:
        """Write a row; what is no text or bytes is written as JSON."""
        if not isinstance(value, (str, bytes, type(None))):
            value = json.dumps(value)
        self.connection.execute("INSERT INTO cursorDiskKV VALUES (?, ?)", (key, value))

    def chat(self, chat: str = CHAT, **fields: Any) -> None:
        """Write a conversation."""
        about = {
            "composerId": chat,
            "createdAt": START_MS,
            "modelConfig": {"modelName": "composer-3"},
            "usageData": {},
        }
        self.put(f"composerData:{chat}", about | fields)

    def bubble(
        self, bubble: str, seconds: float = 0, chat: str = CHAT, **fields: Any
    ) -> None:
        """Write a message of the assistant; a field that is `None` is left out."""
        said = {
            "_v": 3,
            "type": 2,
            "bubbleId": bubble,
            "createdAt": clock(seconds),
            "text": "filler that must not be kept",
            "tokenCount": {"inputTokens": 0, "outputTokens": 0},
            "modelInfo": {"modelName": "claude-5-opus-high"},
            "usageUuid": TURN,
            **fields,
        }
        known = {key: each for key, each in said.items() if each is not None}
        self.put(f"bubbleId:{chat}:{bubble}", known)

    def workspace(self, name: str, chats: list[str], **where: str) -> None:
        """Write a workspace that lists conversations: `folder` or `workspace`."""
        folder = self.user / "workspaceStorage" / name
        folder.mkdir(parents=True)
        (folder / "workspace.json").write_text(json.dumps(where))
        listed = {"allComposers": [{"composerId": chat} for chat in chats]}
        with closing(sqlite3.connect(folder / "state.vscdb")) as connection, connection:
            connection.execute(f"CREATE TABLE ItemTable {TABLE}")
            connection.execute(
                "INSERT INTO ItemTable VALUES ('composer.composerData', ?)",
                (json.dumps(listed),),
            )

    def quit(self) -> None:
        """End Cursor: the log goes into the database."""
        self.connection.close()
