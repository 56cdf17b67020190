"""What the widgets are given: a snapshot, and the names to show for projects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tokentui.snapshot import Snapshot
from tokentui.text import project_name
from tokentui.tui.text import clean


@dataclass(frozen=True, slots=True)
class View:
    """A snapshot as it may be shown; `aliases` by project, None if names are shown."""

    snapshot: Snapshot
    aliases: Mapping[str, str] | None = None

    @property
    def hides_projects(self) -> bool:
        """Claim that nothing that names a project may be shown."""
        return self.aliases is not None

    def project(self, path: str | None) -> str:
        """Name a project: the last part of its path, or its alias."""
        if self.aliases is None or path is None:
            return clean(project_name(path))
        return self.aliases.get(path, "project")


@dataclass(frozen=True, slots=True)
class Reading:
    """How the reading goes: what is wrong with it, and how long it takes already."""

    trouble: str = ""
    seconds: int = 0


def with_aliases(known: Mapping[str, str], snapshot: Snapshot) -> dict[str, str]:
    """Number the projects of a snapshot that are not known yet, oldest first."""
    aliases = dict(known)
    for event in reversed(snapshot.latest):
        if event.project is not None and event.project not in aliases:
            aliases[event.project] = f"project {len(aliases) + 1}"
    return aliases
