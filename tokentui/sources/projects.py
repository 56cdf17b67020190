"""The project of a working directory: its git root, worktrees under their main one."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=4096)
def project_of(cwd: str) -> str:
    """Give the root of the repository that holds `cwd`, else `cwd` itself.

    A folder that is gone, on a network share or not absolute stays as it is logged.
    """
    folder = Path(cwd)
    if not folder.is_absolute() or cwd.startswith(("\\\\", "//")):
        return cwd
    for candidate in (folder, *folder.parents):
        marker = candidate / ".git"
        try:
            if marker.is_dir():
                return str(candidate)
            if marker.is_file():
                return main_worktree(marker) or str(candidate)
        except (OSError, ValueError):
            return cwd
    return cwd


def main_worktree(marker: Path) -> str | None:
    """Follow a worktree's `.git` file to the repository that it belongs to.

    A submodule's `.git` file points into `.git/modules`: it is a project of its own.
    """
    with marker.open("rb") as file:
        pointer = file.read(4096)
    if not pointer.startswith(b"gitdir:"):
        return None
    path = pointer[len(b"gitdir:") :].strip().decode("utf-8", "replace")
    target = Path(os.path.normpath(marker.parent / path))
    if target.parent.name == "worktrees" and target.parent.parent.name == ".git":
        return str(target.parent.parent.parent)
    return None
