"""What Claude Code's own settings tell of who pays and who answers.

Read are the kind of login, the base URL and whether a key is set: nothing else of files
that also hold personal data and secrets, and no value of a key.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import msgspec

from tokentui.sources.values import name
from tokentui.tuples import NamedTuple

LARGEST = 64 << 20
"""`.claude.json` grows with every project; a larger file is not looked into."""


KEYS = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")
FRESH_SECONDS = 5
"""How long what the settings tell is taken as it is."""


class Account(msgspec.Struct):
    organizationType: Any = None


class Settings(msgspec.Struct):
    """The few keys that matter of `.claude.json` and of `settings.json`."""

    oauthAccount: Account | None = None
    env: dict[str, Any] | None = None
    apiKeyHelper: Any = None


class Told(NamedTuple):
    """What one file tells; `None` is nothing."""

    login: str | None = None
    base_url: str | None = None
    has_key: bool = False


class Evidence(NamedTuple):
    """The kind of login, and where requests go; `None` is unknown.

    What was before `since_ms` (UTC) the settings do not speak of: they were changed.
    """

    login: str | None
    base_url: str | None
    since_ms: int = 0


NOTHING = Told()
decode = msgspec.json.Decoder(Settings).decode


def evidence_of(root: str, project: str | None) -> Evidence:
    """Say what the settings that hold for a project tell now, or some seconds ago."""
    return evidence_at(root, project, int(monotonic() / FRESH_SECONDS))


@lru_cache(maxsize=4096)
def evidence_at(root: str, project: str | None, moment: int) -> Evidence:
    """Look at the files; many sessions of a project ask at the same moment."""
    url, since_ms = addressed(root, project)
    return Evidence(login_of(root), url, since_ms)


def login_of(root: str) -> str | None:
    """Name the kind of login of a config folder: `claude_max`, `api key`, ...

    A key in the settings wins over the login, as it does in the client.
    """
    folder = Path(root)
    if told(folder / "settings.json").has_key:
        return "api key"
    inside = told(folder / ".claude.json")
    if inside.login is not None or folder.name != ".claude":
        return inside.login
    return told(folder.with_name(".claude.json")).login


def base_url_of(root: str, project: str | None) -> str | None:
    """Give where requests of a project go, if settings say so; nearest file first."""
    return addressed(root, project)[0]


def addressed(root: str, project: str | None) -> tuple[str | None, int]:
    """Give where requests of a project go, and since when settings say so.

    The nearest file wins; without any nothing is known, of any time.
    """
    files = [Path(root) / "settings.json"]
    if project is not None and os.path.isabs(project):  # noqa: PTH117 (hot)
        local = Path(project) / ".claude"
        files = [local / "settings.local.json", local / "settings.json", *files]
    for file in files:
        if url := told(file).base_url:
            with suppress(OSError):
                return url, int(file.stat().st_mtime * 1000)
    return None, 0


def told(file: Path) -> Told:
    """Read a settings file, again only when it has changed."""
    try:
        status = os.stat(file)  # noqa: PTH116 (hot)
    except (OSError, ValueError):
        return NOTHING
    if status.st_size > LARGEST or not stat.S_ISREG(status.st_mode):
        return NOTHING
    return told_by(str(file), status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=1024)
def told_by(file: str, mtime_ns: int, size: int) -> Told:
    """Read what a file tells; one that is damaged tells nothing."""
    try:
        with open(file, "rb") as opened:  # noqa: PTH123
            settings = decode(opened.read())
    except (OSError, msgspec.DecodeError, ValueError, RecursionError):
        return NOTHING
    account, env = settings.oauthAccount, settings.env or {}
    return Told(
        name(account.organizationType) if account is not None else None,
        plain_url(env.get("ANTHROPIC_BASE_URL")),
        bool(settings.apiKeyHelper or any(env.get(key) for key in KEYS)),
    )


def plain_url(value: Any) -> str | None:
    """Keep of a URL what names the server: no user, no password, no query."""
    if not isinstance(value, str):
        return None
    try:
        parts = urlsplit(value.strip())
        host = parts.hostname
        if parts.scheme not in ("http", "https") or not host:
            return None
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return None
    host = f"[{host}]" if ":" in host else host
    return name(urlunsplit((parts.scheme, host + port, parts.path.rstrip("/"), "", "")))
