"""What is changed on screen and kept for the next time, in a file of the state folder.

The user's own config is never written.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tokentui.hashes import blake2b
from tokentui.paths import write_private

FILE = "display.toml"
LARGEST = 65_536
"""Bytes of the file that are looked at; it never gets that large by itself."""

MOST_NOTES = 100
_THEME = re.compile("[a-z0-9][a-z0-9_-]{0,59}")
_MARK = re.compile("[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Choices:
    """What was chosen; `dismissed` holds the marks of notes, oldest first."""

    theme: str | None = None
    hides_projects: bool = False
    dismissed: tuple[str, ...] = ()

    def has_dismissed(self, note: str) -> bool:
        """Claim that a note was taken away before."""
        return mark(note) in self.dismissed

    def without(self, note: str) -> Choices:
        """Return the choices with a note taken away."""
        return replace(self, dismissed=(*self.dismissed, mark(note)))


class Kept:
    """The choices in the state folder."""

    def __init__(self, state: Path) -> None:
        self._file = state / FILE

    def read(self) -> Choices:
        """Return what was kept; the default for what is missing or makes no sense."""
        try:
            if not self._file.is_file():  # reading a pipe would never end
                return Choices()
            with self._file.open("rb") as file:
                text = file.read(LARGEST).decode()
            return choices(tomllib.loads(text))
        except (OSError, ValueError, RecursionError):
            return Choices()

    def write(self, chosen: Choices) -> None:
        """Keep choices in place of the ones before. Raises: OSError if that fails."""
        write_private(self._file, document(chosen).encode())


def choices(table: Mapping[str, object]) -> Choices:
    """Take from a table what makes sense."""
    theme, dismissed = table.get("theme"), table.get("dismissed")
    marks = dismissed if isinstance(dismissed, list) else []
    return Choices(
        theme if isinstance(theme, str) and _THEME.fullmatch(theme) else None,
        table.get("hides_projects") is True,
        tuple(m for m in marks if isinstance(m, str) and _MARK.fullmatch(m)),
    )


def document(chosen: Choices) -> str:
    """Return choices as TOML; none of them holds anything that needs an escape."""
    lines = ["# Written by tokentui's dashboard; your own settings are in config.toml."]
    if chosen.theme is not None and _THEME.fullmatch(chosen.theme):
        lines.append(f'theme = "{chosen.theme}"')
    lines.append(f"hides_projects = {str(chosen.hides_projects).lower()}")
    marks = ", ".join(f'"{each}"' for each in chosen.dismissed[-MOST_NOTES:])
    lines.append(f"dismissed = [{marks}]")
    return "\n".join(lines) + "\n"


def mark(note: str) -> str:
    """Return a short name for a note, which is kept instead of its words."""
    words = note.encode(errors="surrogatepass")
    return blake2b(words, digest_size=8).hexdigest()
