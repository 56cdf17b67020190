"""Files are cut into blocks of whole lines; values of records are checked."""

from __future__ import annotations

import io
import sqlite3
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokentui.events import SessionTotals
from tokentui.sources import SOURCES, claude_code_folders, lines
from tokentui.sources.collector import Collector
from tokentui.sources.cursors import UNFINISHED
from tokentui.sources.folders import walk
from tokentui.sources.values import instant_ms, name

PIECES = st.lists(
    st.sampled_from([b"\n", b"a", b"bc", b"\r", b"def" * 9, b"\0", b"\xff"]),
    max_size=40,
)


def blocks_of(data: bytes, block: int, longest: int) -> list[tuple[bytes, int, bool]]:
    """Cut bytes into blocks, none longer than wished."""
    with (
        patch.object(lines, "BLOCK_BYTES", block),
        patch.object(lines, "LONGEST_LINE", longest),
    ):
        return list(lines.whole_lines(io.BytesIO(data), 100))


@given(pieces=PIECES, block=st.integers(1, 50))
def test_blocks(pieces: list[bytes], block: int) -> None:
    """Blocks are whole lines, together all of them, each told where it ends."""
    data = b"".join(pieces)
    whole = data[: data.rfind(b"\n") + 1]
    found = blocks_of(data, block, 1 << 20)
    assert b"".join(text for text, _, _ in found) == whole
    assert all(text.endswith(b"\n") for text, _, _ in found if text)
    ends = [end for _, end, _ in found]
    assert ends == sorted(ends)
    assert ends[-1] == 100 + len(whole)
    assert not any(was_dropped for _, _, was_dropped in found)


class Counting:
    """Counts the lines of a block; stands for a reader."""

    def feed(self, block: bytes, collector: Collector) -> None:
        """Count what was fed."""
        collector.add_totals(SessionTotals("x", str(block.count(b"\n")), 0, {}))

    def state(self) -> bytes:
        """Remember nothing."""
        return b""


@pytest.mark.parametrize(
    ("text", "block", "offsets"),
    [
        (b"", 10, [0]),
        (b"a\nb\n", 10, [4]),  # read at once: one cursor, which is the last
        (b"a\nb\n", 2, [2, 4]),
        (b"a\nb", 10, [2, 2]),
    ],
)
def test_cursors(text: bytes, block: int, offsets: list[int], tmp_path: Path) -> None:
    """There is one for each block, and the last alone has the file's time."""
    (tmp_path / "a.jsonl").write_bytes(text)
    (found,) = walk(str(tmp_path), (".jsonl",))
    collector = Collector("x", None, None)
    with patch.object(lines, "BLOCK_BYTES", block):
        cursors = list(lines.read(found, None, collector, lambda *_: Counting()))
    assert [each.offset for each in cursors] == offsets
    times = [UNFINISHED] * (len(offsets) - 1) + [found.mtime_ns]
    assert [each.mtime_ns for each in cursors] == times


@given(pieces=PIECES, block=st.integers(1, 20), longest=st.integers(1, 30))
def test_long_lines(pieces: list[bytes], block: int, longest: int) -> None:
    """Lines up to the limit are all there, in order; only longer ones are dropped."""
    data = b"".join(pieces)
    whole = data[: data.rfind(b"\n") + 1].splitlines(keepends=True)
    joined = b"".join(text for text, _, _ in blocks_of(data, block, longest))
    kept = io.BytesIO(joined).readlines()
    fitting = [
        each for each in io.BytesIO(b"".join(whole)).readlines() if len(each) <= longest
    ]
    assert [each for each in kept if len(each) <= longest] == fitting
    assert all(len(each) <= longest + 2 * block for each in kept)


@given(value=st.none() | st.integers() | st.text(alphabet=st.characters(codec=None)))
def test_names_can_be_stored(value: object) -> None:
    """A label is text that the ledger can keep and give back, or unknown."""
    named = name(value)
    if named is None:
        assert not isinstance(value, str) or not value
        return
    with closing(sqlite3.connect(":memory:")) as connection:
        assert connection.execute("SELECT ?", (named,)).fetchone() == (named,)
    assert len(named) <= 500


@given(value=st.text() | st.datetimes(timezones=st.timezones()).map(str))
def test_times_are_of_this_age(value: str) -> None:
    """A time is UTC milliseconds of a plausible year, or unknown."""
    at = instant_ms(value)
    assert at is None or 1_400_000_000_000 < at < 7_300_000_000_000


# Where logs are looked for


def test_desktop_sessions(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The agent sessions of Claude Desktop are folders of Claude Code, too."""
    monkeypatch.delenv("CLAUDE_CONFIG_DIR")
    inside = "local-agent-mode-sessions/org/account/local_1/.claude"
    for system, base in (
        ("darwin", home / "Library/Application Support/Claude"),
        ("win32", home / "AppData/Roaming/Claude"),
        ("linux", None),
    ):
        if base is not None:
            (base / inside).mkdir(parents=True)
        monkeypatch.setattr("sys.platform", system)
        usual = [home / ".claude", home / ".config/claude"]
        assert claude_code_folders() == [*usual, *([base / inside] if base else [])]


@pytest.mark.parametrize(
    ("source", "path", "places"),
    [
        ("claude-code", "x", ["x/projects"]),
        ("claude-code", "x/projects", ["x/projects"]),
        ("codex", "x", ["x/sessions", "x/archived_sessions"]),
        ("codex", "x/archived_sessions", ["x/archived_sessions"]),
    ],
)
def test_places(source: str, path: str, places: list[str]) -> None:
    """A path that is named may be the agent's folder or the one inside it."""
    assert SOURCES[source].places((path, path)) == [Path(each) for each in places]


def test_walk_of_nothing(tmp_path: Path) -> None:
    """A folder that is not there, or is a file, or no name at all, holds no logs."""
    (tmp_path / "file.jsonl").touch()
    for place in (tmp_path / "gone", tmp_path / "file.jsonl", "a\0b"):
        assert list(walk(str(place), (".jsonl",))) == []
