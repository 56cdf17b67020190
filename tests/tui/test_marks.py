"""Marks on the screen for sessions: keys set them, a form says more, the row tells."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from ended import tell, work
from sample_ledgers import CountingLive, add, ago, event, series
from shown import NOW, SIZES, is_whole, running

from tokentui.ledger.connection import open_for_reading
from tokentui.ledger.marks import Mark
from tokentui.periods import millis
from tokentui.queries.marks import marks
from tokentui.tui.widgets.grid import Grid

NOW_MS = millis(NOW)
ABC, DEF = ("claude-code", "abc"), ("codex", "def")
PROJECT = "/home/me/src/acme"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[CountingLive]:
    """Open a ledger of a session that runs and of one of yesterday."""
    usage = [
        (series(session="abc"), [event(ago(5))]),
        (
            series(session="def", source="codex", model="gpt-6.1-sol"),
            [event(ago(1_500))],
        ),
    ]
    live = CountingLive(add(tmp_path / "own.db", usage), tmp_path)
    yield live
    live.close()


def kept(live: CountingLive) -> dict[tuple[str, str], Mark]:
    """Give the marks that the ledger holds."""
    with closing(open_for_reading(live.ledger)) as connection:
        return marks(connection)


@pytest.mark.parametrize(
    ("key", "verdict"), [("a", "accepted"), ("x", "rejected"), ("b", "abandoned")]
)
async def test_a_key_marks_the_session_under_the_cursor(own, key, verdict):
    """The row says so in a word, and the ledger holds it with the time."""
    async with running(own, "sessions", (120, 40)) as shown:
        await shown.press("down", key)
        await shown.until(f" {verdict} ")
        assert f" {verdict} " in shown.lines[5]
        assert " running " in shown.lines[4]
        assert shown.app.screen.query_one(Grid).cursor_row == 1
    assert kept(own) == {DEF: Mark(*DEF, verdict, NOW_MS)}


async def test_a_mark_is_replaced_and_taken_off(own):
    """The last one stands; what takes it off may be pressed where there is none."""
    async with running(own, "sessions", (120, 40)) as shown:
        await shown.press("a")
        await shown.until(" accepted ")
        await shown.press("b")
        await shown.until(" abandoned ")
        assert kept(own)[ABC].verdict == "abandoned"
        await shown.press("u")
        await shown.until(" running ")
        assert kept(own) == {}
        await shown.press("u")
        assert "ERROR" not in shown.text


async def test_the_form_says_more(own):
    """Reason, value and minutes; what cannot be read is told, and nothing is kept."""
    async with running(own, "sessions") as shown:
        await shown.press("down", "m")
        assert "Mark session def" in shown.text
        await shown.press("enter")
        assert "verdict: accepted, rejected, abandoned are known" in shown.text
        await shown.type("rejected")
        await shown.press("tab")
        await shown.type("ugly")
        await shown.press("enter")
        assert "because: wrong, incomplete, broke, late are known" in shown.text
        assert kept(own) == {}
        await shown.press(*["backspace"] * 4)
        await shown.type("broke")
        await shown.press("tab")
        await shown.type("60")
        await shown.press("tab")
        await shown.type("2.5")
        await shown.press("enter")
        await shown.until(" rejected")
    mark = Mark(*DEF, "rejected", NOW_MS, "broke", 60 * 10**9, 150)
    assert kept(own) == {DEF: mark}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("accepted", "late", "", ""), "because: it says why work was not accepted"),
        (("accepted", "", "much", ""), "no amount of dollars"),
        (("accepted", "", "-5", ""), "negative"),
        (("accepted", "", "", "nan"), "review: a number of minutes"),
        (("accepted", "", "", "-1"), "review: a number of minutes"),
        (("accepted", "", "", "99999"), "review: a number of minutes"),
    ],
)
async def test_the_form_refuses(own, typed, said):
    """What makes no sense is said in the form, which stays; escape leaves it."""
    async with running(own, "sessions") as shown:
        await shown.press("m")
        for text in typed:
            await shown.type(text)
            await shown.press("tab")
        await shown.press("enter")
        assert said in " ".join(shown.text.split())
        await shown.press("escape")
        assert "Sessions: 7 d" in shown.text
    assert kept(own) == {}


async def test_letters_are_typed_into_the_filter(own):
    """Where something is typed, no session is marked."""
    async with running(own, "sessions") as shown:
        await shown.press("/")
        await shown.type("axbum")
        assert "no name holds axbum" in shown.text
    assert kept(own) == {}


async def test_what_git_told_has_other_words(own):
    """`merged` is git's word; a mark goes before it."""
    minutes = (NOW_MS - 1_490 * 60_000 - 1_795_168_800_000) / 60_000
    tell(own.ledger, [work(minutes, landed=minutes + 5)], PROJECT)
    async with running(own, "sessions", (120, 40)) as shown:
        assert " merged " in shown.lines[5]
        await shown.press("down", "x")
        await shown.until(" rejected ")
        assert "merged" not in shown.text


async def test_a_mark_that_cannot_be_kept_is_told(own):
    """A ledger that is gone is an error on the screen, which goes on."""
    async with running(own, "sessions") as shown:
        own.ledger.unlink()
        own.ledger.mkdir()
        await shown.press("a")
        await shown.until("ERROR")
        assert "is a folder" in " ".join(shown.text.split())


@pytest.mark.parametrize("size", SIZES)
async def test_it_fits(own, size):
    """At every size, rows and the form are whole."""
    async with running(own, "sessions", size) as shown:
        await shown.press("a")
        await shown.until("accepted")
        assert is_whole(shown.lines, size)
        await shown.press("m")
        assert is_whole(shown.lines, size)


async def test_no_session_no_mark(tmp_path):
    """Where there is no session, the keys do nothing."""
    live = CountingLive(add(tmp_path / "none.db", []), tmp_path)
    async with running(live, "sessions") as shown:
        await shown.press("a", "u", "m")
        assert "ERROR" not in shown.text
        assert "Mark session" not in shown.text
    live.close()
