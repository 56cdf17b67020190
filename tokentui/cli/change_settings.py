"""Change another tool's settings: the change is shown, asked for, and kept undoable."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable
from pathlib import Path

import click

from tokentui.cli.output import note, show
from tokentui.errors import TokentuiError, UsageError
from tokentui.text import clean

BACKUP = ".before-tokentui"


def change(file: Path, edit: Callable[[str], str], *, is_sure: bool) -> bool:
    """Show what an edit makes of a file, ask, keep the old one beside it, and write.

    Gives whether it was written; `is_sure` asks nothing. A link stays one.

    Raises:
        UsageError: The file cannot be read, or be edited without losing something.
    """
    file = Path(os.path.realpath(file))
    try:
        before = file.read_bytes().decode("utf-8") if file.exists() else ""
        after = edit(before.replace("\r\n", "\n"))
    except UnicodeDecodeError:
        raise UsageError(f"{file}: it is no UTF-8 text; change it by hand") from None
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None
    except UsageError as error:
        raise UsageError(f"{file}: {error}") from None
    backup = file.with_name(file.name + BACKUP)
    kept = text_of(backup)
    if kept is not None and is_same(kept, after):
        after = kept  # back to the letter as it was
    elif "\r\n" in before:
        after = after.replace("\n", "\r\n")
    if after == before:
        show(f"nothing to change in {clean(str(file))}")
        return False
    show_change(file, before, after)
    if not is_sure and not click.confirm("Write this?", default=False, err=True):
        note("nothing was changed")
        return False
    write(file, before, after, backup)
    return True


def is_same(kept: str, after: str) -> bool:
    """Claim that two texts of settings say the same, whatever their layout."""
    from tokentui.guard.places import parsed

    if kept.replace("\r\n", "\n") == after:
        return True
    try:
        return parsed(kept) == parsed(after)
    except TokentuiError:
        return False


def text_of(file: Path) -> str | None:
    """Read a text, if it is one."""
    try:
        return file.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def show_change(file: Path, before: str, after: str) -> None:
    """Print the difference, as `diff -u` does."""
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), str(file), str(file), lineterm=""
    )
    for line in lines:
        show(clean(line))


def write(file: Path, before: str, after: str, backup: Path) -> None:
    """Put the new text in place of the old one, which is kept; modes stay."""
    from tokentui.paths import write_private

    try:
        mode = file.stat().st_mode & 0o777 if file.exists() else 0o600
        if file.exists() and after != text_of(backup):
            write_private(backup, before.encode("utf-8"))
        write_private(file, after.encode("utf-8"))
        file.chmod(mode)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from None
    show(f"written: {clean(str(file))}")
    if backup.exists():
        show(f"as it was before: {clean(str(backup))}")
