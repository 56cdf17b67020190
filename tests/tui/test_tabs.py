"""The way from screen to screen: keys, tabs, and what stays where one leaves."""

from __future__ import annotations

from threading import Event

import pytest
from shown import is_whole, running
from textual.css.stylesheet import Stylesheet

from tokentui.tui.screens.timeline import TimelineScreen
from tokentui.tui.tabbed import SCREENS
from tokentui.tui.widgets.grid import Grid

USAGE = "Screen Usage: By day, project, model and more"


async def test_number_keys_lead_from_screen_to_screen(live):
    """Each stays as it was left; escape leads back to the first."""
    async with running(live, "now", (120, 40)) as shown:
        assert (
            "1 Now  2 Usage  3 Sessions  4 Accounts  5 Caps  6 Prices  7 Routes"
            "  8 Outcomes" in shown.lines[0]
        )
        await shown.press("2", "p", "down")
        assert "Usage by project" in shown.text
        await shown.press("5")
        assert "── Caps ──" in shown.text
        await shown.press("2")
        assert "Usage by project" in shown.text
        assert shown.app.screen.query_one(Grid).cursor_row == 1
        await shown.press("escape")
        assert "── Burn ──" in shown.text


async def test_tabs_stand_closer_before_names_go(live):
    """Beside the word that marks sample data all names still fit."""
    async with running(live, "usage", (120, 40), demo=True) as shown:
        assert "1 Now 2 Usage 3 Sessions 4 Accounts" in shown.lines[0]
        assert "demo data" in shown.lines[0]
        await shown.click(shown.lines[0].index("5 Caps"), 0)
        assert "── Caps ──" in shown.text


async def test_tabs_are_numbers_where_it_is_narrow(live):
    """But for the one that is seen."""
    async with running(live, "usage", (60, 20)) as shown:
        assert " 1  2 Usage  3  4  5  6  7 " in shown.lines[0]
    async with running(live, "usage", (46, 20)) as shown:
        assert " 1  2 Usage  3  4  5  6  7 " in shown.lines[0]
        assert is_whole(shown.lines, (46, 20))


async def test_a_feed_that_only_polls_has_one_screen(build, run):
    """No tabs, and their keys do nothing."""
    async with run(build.snapshot()) as shown:
        assert "2 Usage" not in shown.text
        await shown.press("2")
        assert "Burn" in shown.text
        commands = list(shown.app.get_system_commands(shown.app.screen))
        assert USAGE not in [command.title for command in commands]


async def test_screens_are_in_the_palette(live):
    """By their names."""
    async with running(live, "caps") as shown:
        commands = {c.title: c for c in shown.app.get_system_commands(shown.app.screen)}
        await commands[USAGE].callback()
        await shown.settle()
        assert "Usage by day" in shown.text


async def test_a_screen_is_seen_before_it_has_an_answer(live, monkeypatch):
    """It says that it waits; the styles of all screens are not parsed anew for it."""
    may_answer, table = Event(), live.table

    def slow(*question):
        may_answer.wait(10)
        return table(*question)

    monkeypatch.setattr(live, "table", slow)
    parsed = []
    async with running(live, "now") as shown:
        monkeypatch.setattr(Stylesheet, "reparse", lambda _: parsed.append(1))
        shown.send("2")
        await shown.soon("reading the ledger …")
        assert not parsed
        may_answer.set()
        await shown.settle()
        assert "estimate at list prices" in shown.text


async def test_a_note_is_dismissed_only_where_it_is_seen(live, tmp_path):
    """The same key has another meaning, or none, elsewhere."""
    async with running(live, "usage", notes=("Keep your logs.",)) as shown:
        await shown.press("x", "1")
        assert "NOTE Keep your logs." in shown.text
        await shown.press("x")
        assert "NOTE" not in shown.text


@pytest.mark.parametrize("screen", [*SCREENS, TimelineScreen])
def test_every_key_has_an_id_and_words(screen):
    """Keys can be mapped anew, and the help says what they do."""
    bindings = screen._merged_bindings.key_to_bindings
    own = [each for found in bindings.values() for each in found if each.id]
    assert all(each.description for each in own)
    assert own
    assert screen.HELP
