"""The git remotes of a project, read from its `.git/config`; git is never run."""

from __future__ import annotations

import re
from pathlib import Path

MOST_BYTES = 1 << 20
_SECTION = re.compile(r'\[\s*remote\s+"[^"\n]*"\s*\]', re.I)
_URL = re.compile(r'url\s*=\s*"?([^"\s]{1,1000})"?\s*', re.I)
_SCP = re.compile(r"(?:[^@/:\s]+@)?([A-Za-z0-9.-]{2,}):(?!//)(.+)")
_FULL = re.compile(r"[a-z][a-z0-9+.-]*://(?:[^@/]*@)?([^/:@]*)(?::[0-9]+)?/(.*)", re.I)


def remotes_of(project: str | None) -> tuple[str, ...]:
    """Give a repository's remotes as `github.com/acme/shop`, without user or password.

    A folder that is gone, on a network share or no repository has none.
    """
    if not project or project.startswith(("\\\\", "//")):
        return ()
    folder = Path(project)
    try:
        if not folder.is_absolute():
            return ()
        config = git_folder(folder) / "config"
        if not config.is_file():  # a pipe would be waited for
            return ()
        with config.open("rb") as file:
            text = file.read(MOST_BYTES)
    except (OSError, ValueError):
        return ()
    return tuple(dict.fromkeys(map(plain, urls(text.decode("utf-8", "replace")))))


def git_folder(project: Path) -> Path:
    """Give the folder that git keeps a repository in; a submodule's lies elsewhere."""
    marker = project / ".git"
    if not marker.is_file():
        return marker
    with marker.open("rb") as file:
        pointer = file.read(4096).decode("utf-8", "replace")
    return project / pointer.removeprefix("gitdir:").strip()


def urls(text: str) -> list[str]:
    """List the `url`s of the remotes in a config of git."""
    found, is_remote = [], False
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            is_remote = _SECTION.match(line) is not None
        elif is_remote and (url := _URL.fullmatch(line)):
            found.append(url[1])
    return found


def plain(url: str) -> str:
    """Write a remote as host and path, whichever way it is reached."""
    parts = _FULL.fullmatch(url) or _SCP.fullmatch(url)
    host, path = (parts[1], parts[2]) if parts else ("", url)
    path = path.strip("/") if parts else path.rstrip("/")
    path = path.removesuffix(".git")
    return f"{host.lower()}/{path}" if host else path
