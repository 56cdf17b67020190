"""Keys that the user changed: they work, and every place that names a key does so."""

from __future__ import annotations

from dataclasses import fields
from itertools import count

import pytest
from shown import running

from tokentui.keys import AT_HAND, Keys
from tokentui.tui.tabbed import TABS
from tokentui.tui.widgets.filter import Filter

MINE = Keys(
    screens=("f1", "f2"),
    palette=("ctrl+k",),
    privacy=("P",),
    export=("E",),
    by_month=("f6",),
    by_week=("h",),
    filter=("f", "ctrl+f"),
    after=(",",),
    turn=("]",),
    before=("-",),
)
WHERE = {
    "now": "on the first screen",
    "usage": "on the screen Usage",
    "sessions": "on the screen Sessions",
    "accounts": "on the screen Accounts",
    "caps": "on the screen Caps",
    "prices": "on the screen Prices",
    "routes": "on the screen Routes",
    "outcomes": "on the screen Outcomes",
}


def at_hand(shown):
    """List the actions that keys do on the screen."""
    found = shown.app.screen.active_bindings.values()
    return {each.binding.id.partition(".")[0] for each in found if each.binding.id}


@pytest.mark.parametrize("tab", WHERE)
async def test_every_action_of_a_screen_is_known_to_the_config(live, tab):
    """Keys are compared among the actions that are at hand at once, and all of them."""
    async with running(live, tab, notes=("Keep your logs.",)) as shown:
        assert at_hand(shown) == set(AT_HAND[WHERE[tab]].split())


async def test_so_is_every_action_of_a_session(live):
    """Below the list of sessions."""
    async with running(live, "sessions") as shown:
        await shown.press("enter")
        assert at_hand(shown) == set(AT_HAND["on the screen of a session"].split())


@pytest.mark.parametrize("tab", WHERE)
async def test_every_action_but_moves_is_in_the_palette(live, tab):
    """With what it does and its key; there are no two of the same name."""
    async with running(live, tab, notes=("Keep your logs.",)) as shown:
        commands = list(shown.app.get_system_commands(shown.app.screen))
        titles = [command.title for command in commands]
        assert len(set(titles)) == len(titles)
        own = [c for c in commands if c.help.startswith("key ")]
        actions = set(AT_HAND[WHERE[tab]].split()) - {"screens", "palette"}
        moves = {"up", "down", "page_up", "page_down", "top", "bottom"}
        assert len(own) == len(actions - moves) + len(TABS)
        assert all(": " in title for title in titles)


async def test_changed_keys_do_what_the_usual_ones_did(live):
    """And the usual ones nothing any more."""
    async with running(live, "now", (120, 40), keys=MINE) as shown:
        await shown.press("2")
        assert "Burn" in shown.text
        await shown.press("f2")
        assert "Usage by day" in shown.text
        await shown.press("f6")
        assert "Usage by month" in shown.text
        await shown.press("h", "m")
        assert "Usage by week: this month" in shown.text
        await shown.press(",")
        assert "Usage by week: last month" in shown.text
        await shown.press("-")
        assert "Usage by week: this month" in shown.text
        await shown.press("e")
        assert "Export as CSV" not in shown.text
        await shown.press("E")
        assert "Export as CSV" in shown.text
        await shown.press("escape", "3")
        assert "── Sessions" in shown.text


async def test_a_changed_letter_is_typed_where_one_types(live):
    """The filter takes letters, whatever they are the keys of."""
    async with running(live, "usage", keys=MINE) as shown:
        await shown.press("p", "f")
        await shown.type("hEf")
        assert shown.app.screen.query_one(Filter).wanted == "hEf"


async def test_places_that_name_keys_name_the_changed_ones(live):
    """Tabs, choices, hints, footer, help and palette."""
    async with running(live, "usage", (120, 50), keys=MINE) as shown:
        assert "f1 Now  f2 Usage  3 Sessions" in shown.lines[0]
        assert "day  week h  month f6  project" in shown.line("rows")
        assert "- , steps" in shown.line("period")
        assert " f Filter  E Export " in shown.lines[-1]
        assert shown.lines[-1].rstrip().endswith("^k Palette")
        titles = shown.app.get_system_commands(shown.app.screen)
        assert {c.help for c in titles if c.title.startswith("Export")} == {"key E"}
        await shown.press("?")
        assert "P  Privacy  Hide or show names of projects" in shown.text
        assert "f ^f  Filter" in shown.text


async def test_notes_and_questions_name_the_changed_keys(live):
    """Where there are no caps, where a note is shown, where something is asked."""
    keys = Keys(dismiss=("X",), remove=("D",), yes=("j",), no=("f2",))
    async with running(live, "now", notes=("Keep logs.",), keys=keys) as shown:
        assert shown.line("NOTE") == "NOTE Keep logs.  X dismisses"
        await shown.press("5", "a", "shift+tab")
        await shown.type("mine")
        await shown.press("tab", "1", "0", "enter")
        await shown.tick()
        await shown.press("end", "D")
        assert "j yes · f2 no" in shown.text


@pytest.mark.parametrize("tab", WHERE)
async def test_any_action_can_have_another_key(live, tab):
    """Where all have another one, each does on it what it did; no usual one is left."""
    usual, numbers = Keys(), count(1)
    mine = {
        action: tuple(f"ctrl+shift+f{next(numbers)}" for _ in getattr(usual, action))
        for action in AT_HAND[WHERE[tab]].split()
    }
    keys = Keys(**mine)
    async with running(live, tab, keys=keys, notes=("Keep your logs.",)) as shown:
        bound = {
            key: (each.binding.id or "").partition(".")[0]
            for key, each in shown.app.screen.active_bindings.items()
        }
    assert {action: bound[first] for action, (first, *_) in mine.items()} == {
        action: action for action in mine
    }
    given = {key for keys in mine.values() for key in keys}
    assert {bound[key] for key in bound.keys() - given} & {*mine} == set()


def test_every_action_is_at_hand_somewhere():
    """So that the test before has tried them all; questions have yes and no."""
    at_hand = {action for where in WHERE.values() for action in AT_HAND[where].split()}
    assert {key.name for key in fields(Keys)} - at_hand == {"yes", "no"}
