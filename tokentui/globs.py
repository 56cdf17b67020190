"""Globs over names and paths, as the config writes them."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase


def any_glob(globs: Iterable[str], value: str | None) -> bool:
    """Claim that a value, or the last parts of a path, match one of the globs."""
    if value is None:
        return False
    value = value.replace("\\", "/")
    return any(
        fnmatchcase(value, glob) or fnmatchcase(value, f"*/{glob.removeprefix('~/')}")
        for glob in globs
    )


def escaped(value: str) -> str:
    """Write a value as a glob that matches only itself."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in value)
