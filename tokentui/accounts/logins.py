"""Logins of other tools on this machine: read if the user allows it, never written."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import TypeVar

import msgspec

from tokentui.errors import AccountError, NoKeyError

Shape = TypeVar("Shape")

MOST_BYTES = 1 << 20


def login_in(file: Path, shape: type[Shape]) -> Shape | None:
    """Read a tool's login file; `None` where there is none.

    Raises:
        AccountError: It cannot be read, or is of another shape. Never quotes it.
    """
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > MOST_BYTES:
            raise AccountError(f"{file} is no login file", is_local=True)
        return decoded(file.read_bytes(), shape, str(file))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise AccountError(
            f"{file} cannot be read ({type(error).__name__})", is_local=True
        ) from None


def decoded(text: bytes, shape: type[Shape], where: str) -> Shape:
    """Read the text of a login as a shape.

    Raises:
        AccountError: It has another one. Never quotes it.
    """
    try:
        return msgspec.json.decode(text, type=shape, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise AccountError(
            f"{where} has another shape than known; a newer tokentui may know it",
            is_local=True,
        ) from None


def no_login(tool: str, command: str, where: str) -> NoKeyError:
    """Say that a tool has no login on this machine, and how to get one."""
    return NoKeyError(
        f"no login of {tool} in {where}; run `{command}` and log in",
        needs_user=True,
        is_local=True,
    )
