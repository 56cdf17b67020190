"""Where the system tells of no change, files have to be looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from tokentui import mounts
from tokentui.mounts import are_silent

TABLE = r"""
23 28 0:21 / /proc rw,nosuid - proc proc rw
28 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
40 28 0:45 / /mnt/c rw,noatime - 9p drvfs rw,dirsync,aname=drvfs;path=C:\
41 28 0:46 / /home/me/far rw shared:2 - nfs4 server:/export rw,vers=4.2
42 28 0:47 / /mnt/with\040blank rw - fuse.sshfs me@host: rw
43 41 8:2 / /home/me/far/near rw - xfs /dev/sdb1 rw
a line that is none
"""
"""As proc(5) describes it: place in the fifth field, kind behind the dash."""


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let these be the mounts."""
    file = tmp_path / "mountinfo"
    file.write_text(TABLE)
    monkeypatch.setattr(mounts, "TABLE", file)


@pytest.mark.parametrize(
    ("folder", "is_silent"),
    [
        ("/home/me/.claude/projects", False),
        ("/home/me/far/.claude", True),
        ("/home/me/far/near/.claude", False),
        ("/home/me/farther", False),
        ("/mnt/c/Users/me/.codex", True),
        ("/mnt/with blank/x", True),
    ],
)
def test_kinds(table: None, folder: str, is_silent: bool) -> None:
    """Disks of other machines are silent; the nearest mount above a folder counts."""
    assert are_silent([folder]) is is_silent
    assert are_silent(["/home/me", folder]) is is_silent


def test_no_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no such table all folders are taken to be told of."""
    monkeypatch.setattr(mounts, "TABLE", tmp_path / "none")
    assert not are_silent(["/mnt/c"])
