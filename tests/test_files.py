"""A file that a person asked for is written wholly, and never over another."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest

from tokentui.errors import UsageError
from tokentui.files import write


def test_new_file_is_private(tmp_path: Path) -> None:
    """A new file is its owner's alone."""
    path = write(tmp_path / "a.csv", [b"one", b"two"])
    assert path.read_bytes() == b"onetwo"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_file_that_is_there_stays(tmp_path: Path) -> None:
    """What is there is not written over, unless that was asked for."""
    path = tmp_path / "a.csv"
    path.write_bytes(b"mine")
    with pytest.raises(UsageError, match="exists already"):
        write(path, [b"new"])
    assert path.read_bytes() == b"mine"
    write(path, [b"new"], is_over=True)
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("is_over", [False, True])
def test_half_a_file_is_none(tmp_path: Path, is_over: bool) -> None:
    """When what makes the file fails, no part of it is left, and the old one stays."""
    path = tmp_path / "a.csv"
    if is_over:
        path.write_bytes(b"mine")

    def pieces() -> Iterator[bytes]:
        yield b"one"
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        write(path, pieces(), is_over=is_over)
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"mine"] * is_over


@pytest.mark.parametrize("name", ["no/such/a.csv", "a\0.csv", ""])
def test_what_cannot_be_written_is_told(tmp_path: Path, name: str) -> None:
    """A folder that is not there and a name that cannot be are errors with words."""
    with pytest.raises(UsageError, match=r"cannot be written|exists already"):
        write(tmp_path / name, [b"new"])


def test_nothing_has_the_name_before_it_is_whole(tmp_path: Path) -> None:
    """While a file is made, whoever looks finds none, or the old one."""
    path = tmp_path / "a.csv"

    def pieces() -> Iterator[bytes]:
        yield b"one"
        assert not path.exists()
        yield b"two"

    write(path, pieces())
    assert path.read_bytes() == b"onetwo"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("knows_links", [True, False])
def test_made_by_two_at_once(
    tmp_path: Path, knows_links: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two that make one file the first wins, also on a disk that knows no links."""
    path = tmp_path / "a.csv"
    if not knows_links:
        refusal = PermissionError("no links here")
        monkeypatch.setattr(Path, "hardlink_to", Mock(side_effect=refusal))

    def pieces() -> Iterator[bytes]:
        write(path, [b"first"])
        yield b"second"

    with pytest.raises(UsageError, match="exists already"):
        write(path, pieces())
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]
