"""Files of ours are their owner's, and a link in their place leads nowhere."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tokentui.cli.watch_log import MOST_BYTES, writer
from tokentui.errors import TokentuiError
from tokentui.files import write
from tokentui.guard import state
from tokentui.lock import Lock
from tokentui.paths import lock_path, log_path
from tokentui.stored import CAPS

pytestmark = pytest.mark.skipif(os.name == "nt", reason="modes and links of POSIX")


@pytest.fixture
def open_umask() -> Iterator[None]:
    """Let every new file be open to all unless somebody sees to it."""
    before = os.umask(0)
    yield
    os.umask(before)


WRITERS: dict[str, Callable[[Path], object]] = {
    "watch.lock": lambda folder: Lock(lock_path(folder)).take(),
    "tokentui.log": lambda folder: writer(folder / log_path().name)("a word"),
    "caps.toml": lambda folder: CAPS.save(folder, ()),
    "guard/off": lambda folder: state.turn_off(folder, 1),
    "guard/called-codex": lambda folder: state.note_call(folder, "codex", 1),
    "guard/faults.log": lambda folder: state.note_fault(folder, "a fault", 1),
    f"guard/said/{state.named('tell', 'x')}": lambda folder: state.first_time(
        folder, 1, "tell", "x"
    ),
    f"guard/said/tools-{state.named('codex', 's')}": lambda folder: state.note_tool(
        folder, "codex", "s"
    ),
    "report.csv": lambda folder: write(folder / "report.csv", [b"x"], is_over=True),
}
"""What writes a file of the state folder or beside it, by the file's name."""


@pytest.mark.parametrize("name", WRITERS)
def test_modes(name: str, tmp_path: Path, open_umask: None) -> None:
    """Whatever the umask, files are 0600 and their folders 0700."""
    (tmp_path / "state").mkdir(mode=0o700)
    WRITERS[name](tmp_path / "state")
    made = list((tmp_path / "state").rglob("*"))
    assert tmp_path / "state" / name in made
    assert {stat.S_IMODE(each.stat().st_mode) for each in made if each.is_file()} == {
        0o600
    }
    assert {stat.S_IMODE(each.stat().st_mode) for each in made if each.is_dir()} <= {
        0o700
    }


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("is_there", [True, False], ids=["file", "nothing"])
def test_link(name: str, is_there: bool, tmp_path: Path) -> None:
    """Who puts a link in place of a file has nothing written or made where it leads."""
    target = tmp_path / "somebody's"
    if is_there:
        target.write_bytes(b"precious")
    file = tmp_path / "state" / name
    file.parent.mkdir(parents=True)
    file.symlink_to(target)
    with suppress(TokentuiError):
        WRITERS[name](tmp_path / "state")
    assert target.exists() == is_there
    assert not is_there or target.read_bytes() == b"precious"


def test_full_log(tmp_path: Path, open_umask: None) -> None:
    """The file that is begun when the log is full is private like the first."""
    tell = writer(tmp_path / "it.log")
    for _ in range(MOST_BYTES // 4_000 + 2):
        tell("x" * 4_000)
    files = list(tmp_path.glob("it.log*"))
    assert len(files) == 2
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_no_name_can_be_guessed(tmp_path: Path) -> None:
    """A file that takes another's place is not written where a link could wait.

    While it is written it is named by chance, and has to be new.
    """
    aside = tmp_path / f".a.csv.{os.getpid()}"
    aside.symlink_to(tmp_path / "somebody's")
    (tmp_path / "a.csv").symlink_to(tmp_path / "another's")

    def pieces() -> Iterator[bytes]:
        (name,) = (each.name for each in tmp_path.glob(".tokentui-*"))
        assert len(name) >= len(".tokentui-") + 8
        yield b"new"

    write(tmp_path / "a.csv", pieces(), is_over=True)
    assert {each.name for each in tmp_path.iterdir()} == {aside.name, "a.csv"}
    assert (tmp_path / "a.csv").read_bytes() == b"new"
    assert not (tmp_path / "a.csv").is_symlink()
