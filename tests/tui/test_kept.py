"""What is chosen on screen is kept; whatever the file holds, the dashboard starts."""

from __future__ import annotations

import os
import stat
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokentui.settings import THEMES
from tokentui.tui.kept import (
    LARGEST,
    MOST_NOTES,
    Choices,
    Kept,
    choices,
    document,
    mark,
)

NOTE = "Claude Code deletes its logs after 30 days."


@pytest.fixture
def kept(tmp_path):
    """Give a place to keep choices in."""
    return Kept(tmp_path / "state")


@pytest.fixture
def file(tmp_path):
    """Name the file, in a folder that is there."""
    (tmp_path / "state").mkdir()
    return tmp_path / "state/display.toml"


def test_what_is_written_is_read(kept, tmp_path):
    """The folder is made, and nobody else may read it."""
    chosen = Choices("nord", True, (mark(NOTE),))
    kept.write(chosen)
    assert kept.read() == chosen
    assert kept.read().has_dismissed(NOTE)
    assert not kept.read().has_dismissed("another")
    if os.name == "posix":
        mode = (tmp_path / "state/display.toml").stat().st_mode
        assert stat.S_IMODE(mode) == 0o600


def test_a_missing_file_means_defaults(kept):
    """Nothing is made by looking."""
    assert kept.read() == Choices()


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"theme = ",
        b"\xff\xfe",
        b"theme = 5\nhides_projects = 1\ndismissed = 'x'",
        b"theme = '../../x'\nhides_projects = 'true'\ndismissed = [1, 'zz', []]",
        b'theme = "a\\u001b[31m"',
        b"x = " + b"[" * 50_000,
        b"theme = 'nord'\nx = '" + b"y" * LARGEST,
    ],
)
def test_what_makes_no_sense_is_ignored(kept, file, text):
    """Damaged, hostile or huge: the defaults."""
    file.write_bytes(text)
    assert kept.read() == Choices()


def test_what_makes_sense_is_taken_all_the_same(kept, file):
    """One bad value spoils no other."""
    file.write_text("theme = 'nord'\nhides_projects = []\nunknown = 1\n")
    assert kept.read() == Choices("nord")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes of that kind")
def test_a_pipe_or_a_folder_in_its_place_is_ignored(kept, file):
    """Reading a pipe would never end."""
    os.mkfifo(file)
    assert kept.read() == Choices()
    file.unlink()
    file.mkdir()
    assert kept.read() == Choices()


@given(
    st.dictionaries(
        st.sampled_from(["theme", "hides_projects", "dismissed"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(),
            st.lists,
            max_leaves=5,
        ),
    )
)
def test_any_table_gives_choices_that_can_be_written(table):
    """And reads the same then."""
    taken = choices(table)
    assert choices(tomllib.loads(document(taken))) == taken


def test_old_dismissals_are_forgotten(kept):
    """The file stays small."""
    chosen = Choices()
    for n in range(MOST_NOTES + 5):
        chosen = chosen.without(f"note {n}")
    kept.write(chosen)
    assert len(kept.read().dismissed) == MOST_NOTES
    assert kept.read().has_dismissed(f"note {MOST_NOTES + 4}")


async def test_choices_last(build, run, kept):
    """Theme, privacy and dismissed notes are there again at the next start."""
    async with run(build.snapshot(), notes=(NOTE, "second"), kept=kept) as shown:
        await shown.press("t")
        await shown.press("*")
        await shown.press("x")
    assert kept.read() == Choices("tokentui-light", True, (mark(NOTE),))
    async with run(build.snapshot(), notes=(NOTE, "second"), kept=kept) as shown:
        assert shown.app.theme == "tokentui-light"
        assert "acme" not in shown.text
        assert "project 2" in shown.text
        assert shown.line("NOTE") == "NOTE second  x dismisses"
        await shown.press("*")
    assert kept.read().hides_projects is False


async def test_looking_writes_nothing(build, run, kept, tmp_path, monkeypatch):
    """Only what is chosen is kept, not what the environment says."""
    async with run(build.snapshot(), kept=kept):
        pass
    monkeypatch.setenv("TEXTUAL_THEME", "textual-dark")
    async with run(build.snapshot(), kept=kept) as shown:
        await shown.press("x")
    assert not (tmp_path / "state").exists()
    async with run(build.snapshot(), kept=kept) as shown:
        await shown.press("*")
    assert kept.read() == Choices(None, True)


async def test_a_theme_that_is_not_there_is_not_taken(build, run, kept):
    """It may come from another version."""
    kept.write(Choices("no-such-theme"))
    async with run(build.snapshot(), kept=kept) as shown:
        assert shown.app.theme == "tokentui-dark"


async def test_the_theme_of_the_config_is_the_first(build, run, kept):
    """Until another is chosen on screen, which is the user's later word."""
    async with run(build.snapshot(), kept=kept, theme="nord") as shown:
        assert shown.app.theme == "nord"
    assert kept.read() == Choices()
    async with run(build.snapshot(), kept=kept, theme="nord") as shown:
        await shown.press("t")
    assert kept.read().theme == "gruvbox"
    async with run(build.snapshot(), kept=kept, theme="nord") as shown:
        assert shown.app.theme == "gruvbox"


async def test_the_config_knows_every_theme(build, run):
    """Those of the dashboard and those of Textual, no more and no less."""
    async with run(build.snapshot()) as shown:
        assert sorted(THEMES.split()) == sorted(shown.app.available_themes)


async def test_what_the_config_hides_stays_hidden(build, run, kept):
    """Names that were shown once are hidden again at the next start."""
    async with run(build.snapshot(), kept=kept, hides_projects=True) as shown:
        await shown.press("*")
        assert "acme" in shown.text
    async with run(build.snapshot(), kept=kept, hides_projects=True) as shown:
        assert "acme" not in shown.text


async def test_what_cannot_be_kept_is_told(build, run, tmp_path):
    """And holds for now."""
    (tmp_path / "file").write_text("")
    async with run(build.snapshot(), kept=Kept(tmp_path / "file")) as shown:
        await shown.press("t")
        assert shown.app.theme == "tokentui-light"
        told = [note.message for note in shown.app._notifications]
        assert len(told) == 1
        assert told[0].startswith("This is not kept: ")


async def test_nothing_is_kept_without_a_place(build, run, tmp_path):
    """As in the demo."""
    async with run(build.snapshot()) as shown:
        await shown.press("t")
        await shown.press("*")
    assert not list(tmp_path.rglob("display.toml"))
