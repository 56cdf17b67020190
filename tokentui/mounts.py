"""Which folders lie where the system tells of no change: other machines' disks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

TABLE = Path("/proc/self/mountinfo")
"""Mounts of Linux; see proc(5). Elsewhere all folders are taken to be told of."""

SILENT = re.compile(
    r"nfs\d?|cifs|smb\w*|9p|afs|ceph|drvfs|vboxsf|prl_fs|virtiofs|fuse\.(sshfs|\w*vm\w*)"
)
"""Kinds of file systems on which what another machine writes is not told of."""


def are_silent(folders: Iterable[str]) -> bool:
    """Claim that one of some folders has to be looked at to notice a change."""
    try:
        table = TABLE.read_text(errors="surrogateescape")
    except OSError:
        return False
    kinds = mounts(table)
    return any(SILENT.fullmatch(kind_of(folder, kinds)) for folder in folders)


def mounts(table: str) -> dict[PurePosixPath, str]:
    """Read where which kind of file system is mounted; later ones hide earlier ones."""
    found = {}
    for line in table.splitlines():
        before, dash, after = line.partition(" - ")
        fields = before.split(" ")
        if dash and len(fields) > 4:
            place = re.sub(r"\\(\d{3})", lambda m: chr(int(m[1], 8)), fields[4])
            found[PurePosixPath(place)] = after.split(" ")[0]
    return found


def kind_of(folder: str, kinds: dict[PurePosixPath, str]) -> str:
    """Name the kind of file system that a folder lies on."""
    path = PurePosixPath(Path(folder).resolve())
    inside = (place for place in (path, *path.parents) if place in kinds)
    return kinds[place] if (place := next(inside, None)) is not None else ""
