"""The screen for caps: how they stand, and a form that changes them."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict, replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_ledgers import CountingLive
from shown import SIZES, is_whole, running
from textual.widgets import Input

from tokentui.cli import run as run_verb
from tokentui.demo import CONFIG
from tokentui.errors import UsageError
from tokentui.settings import Cap
from tokentui.stored import CAPS
from tokentui.tui.cap_entry import CapEntry, cap_of, entry_of
from tokentui.tui.widgets.grid import Grid


def stored(state: Path) -> dict[str, Cap]:
    """Read the caps that were set."""
    return {cap.name: cap for cap in CAPS.load(state)}


async def test_caps_stand_as_the_snapshot_says(live):
    """Spent, limit, bar, state, forecast and origin; then the rest in words."""
    async with running(live, "caps", (120, 40)) as shown:
        month = shown.app.view.snapshot.caps[0]
        line = shown.line("of $600.00 a month")
        assert line.startswith("month  $")
        assert "━" in line
        assert " on course " in line or " NEAR " in line or " meets it " in line
        assert " to $" in line
        assert line.endswith("demo")
        assert "counts all usage" in shown.text
        assert "safe per day $" in shown.text
        await shown.press("down")
        assert "── day ──" in shown.text
        assert month.name == "month"


async def test_a_cap_is_added(live, state):
    """Typed into the form, kept in the state folder, shown with its spend at once."""
    async with running(live, "caps", (120, 40)) as shown:
        await shown.press("a")
        for text in ("20M", "tokens", "week", "1", "source=codex"):
            await shown.press("ctrl+u")
            await shown.type(text)
            await shown.press("tab")
        await shown.press("enter")
        assert "Add a cap" not in shown.text
        cap = stored(state)["week tokens codex"]
        assert (cap.amount, cap.unit, cap.per) == (20_000_000, "tokens", "week")
        assert cap.source == ("codex",)
        await shown.until("week tokens codex")
        line = shown.line("week tokens codex")
        assert "of 20.0M a week" in line
        assert line.endswith("caps.toml")


async def test_a_cap_is_changed(live, state):
    """The form has what stands; a cap of the config goes on in the state folder."""
    async with running(live, "caps") as shown:
        await shown.press("down", "enter")
        assert "Change a cap" in shown.text
        assert "name    day" in shown.text
        assert "amount  25" in shown.text
        assert "warn    0.75" in shown.text
        await shown.press("ctrl+u")
        await shown.type("30.50")
        await shown.press("enter")
        assert stored(state)["day"].amount == 30_500_000_000
        assert stored(state)["day"].warn == Decimal("0.75")
        await shown.until("of $30.50 a day")
        assert shown.app.screen.query_one(Grid).row_at_cursor == "0 day"


async def test_a_cap_is_removed_if_that_is_confirmed(live, state):
    """n and escape keep it, y removes it, here and in the file."""
    live.set_cap(Cap("tea", 5_000_000_000, "week"))
    async with running(live, "caps") as shown:
        await shown.press("down", "down", "x")
        assert "Remove the cap tea: $5.00 a week?" in shown.text
        await shown.press("n")
        assert "tea" in stored(state)
        await shown.press("delete", "escape")
        assert "tea" in stored(state)
        await shown.press("x", "y")
        assert "tea" not in stored(state)
        await shown.until("2 set")
        assert "tea" not in shown.text


async def test_a_change_of_a_cap_of_the_config_is_removed(live, state):
    """The config's own cap stands again, at once and whichever was changed before."""
    live.set_cap(Cap("day", 30_000_000_000, "day"))
    async with running(live, "caps", (120, 40)) as shown:
        assert shown.line("of $30.00 a day").endswith("caps.toml")
        await shown.press("down", "x", "y")
        await shown.until("of $25.00 a day")
        assert shown.line("of $25.00 a day").endswith("demo")
        assert not stored(state)
        await shown.press("x")
        assert "cap day stands in demo: it can only be removed there" in shown.text


def test_a_change_that_stood_before_is_removed(live, state, sample):
    """Also where the change is older than the dashboard."""
    live.set_cap(Cap("day", 30_000_000_000, "day"))
    with closing(CountingLive(sample, state)) as later:
        assert [cap.amount for cap in later.config.caps if cap.name == "day"] == [
            30_000_000_000
        ]
        assert later.remove_cap("day")
        assert later.config == CONFIG


async def test_a_cap_of_the_config_is_not_removed(live):
    """It says where the cap stands."""
    async with running(live, "caps") as shown:
        await shown.press("x")
        assert "cap month stands in demo: it can only be removed there" in shown.text
        await shown.press("down")
        assert "can only be removed" not in shown.text


MISTAKES = [
    ({"amount": ""}, "amount: '' is no amount of dollars"),
    ({"unit": "yen"}, "unit: 'yen' is none of usd"),
    ({"amount": "0", "per": "week"}, "expected a number above 0"),
    ({"per": "moon"}, "expected day, week, month"),
    ({"starts": "32"}, "starts: '32' is no day"),
    ({"only": "who=x"}, "only: 'who=x'; write source=codex"),
    ({"warn": "7"}, "warn: '7' is no share"),
    ({}, "name: there is a cap month already"),
]


async def test_errors_are_told_beside_the_form(live, state):
    """And the form stays as it was typed; nothing is kept."""
    async with running(live, "caps") as shown:
        await shown.press("a")
        for texts, words in MISTAKES:
            given = asdict(CapEntry(amount="12")) | texts
            for field, text in given.items():
                shown.app.screen.query_one(f"#{field}", Input).value = text
            await shown.press("enter")
            assert words in " ".join(shown.text.replace("│", " ").split())
            assert "Add a cap" in shown.text
        await shown.press("escape")
        assert "Add a cap" not in shown.text
        assert not stored(state)


async def test_letters_in_the_form_are_no_keys(live):
    """Neither those of the screen nor those of the app."""
    async with running(live, "caps") as shown:
        await shown.press("a", "up")
        await shown.type("quarter xa 3")
        assert "name    quarter xa 3" in shown.text
        assert shown.app.is_running


async def test_without_caps_it_says_how_to_add_one(live):
    """In place of an empty table."""
    live.config = type(live.config)()
    async with running(live, "caps") as shown:
        assert "no caps yet: a adds one" in shown.text


async def test_every_size_makes_sense(live):
    """Cap, spend, limit and state are always there, and the form is whole."""
    name = "\x1b[31mred\u202e" + "x" * 90
    cap = Cap(name, 5, "week", project=("/x/a b",), origin="caps.toml")
    live.config = replace(live.config, caps=(*live.config.caps, cap))
    async with running(live, "caps") as shown:
        await shown.press("down", "down")
        for size in SIZES:
            await shown.resize(size)
            assert is_whole(shown.lines, size)
            head = next(line for line in shown.lines if " spent" in line)
            for title in ("cap", "spent", "limit", "state"):
                assert title in head
            assert "project /x/a b" in shown.text
        await shown.press("enter")
        for size in SIZES:
            await shown.resize(size)
            assert is_whole(shown.lines, size)
            assert "only    'project=/x/a b'" in shown.text
            assert "esc leaves" in shown.text
        await shown.press("escape", "x")
        assert is_whole(shown.lines, SIZES[-1])
        assert "y yes" in shown.text


async def test_hidden_projects_are_hidden(live):
    """A cap that may tell one has a number, and cannot be opened meanwhile."""
    live.set_cap(Cap("acme", 5, "week", project=("*acme*",)))
    async with running(live, "caps", (120, 40)) as shown:
        await shown.press("*", "down", "down")
        assert "acme" not in shown.text
        assert "cap 3" in shown.text
        assert "counts project hidden" in shown.text
        await shown.press("enter")
        assert "show names with * first" in shown.text
        await shown.press("x")
        assert "Remove the cap cap 3" in shown.text
        assert "acme" not in shown.text


SETTINGS = [
    (["1500"], CapEntry(amount="1500")),
    (["1,500.50", "--per", "day"], CapEntry(amount="1,500.50", per="day")),
    (
        ["20M", "--unit", "tokens", "--model", "gpt*", "--not-project", "a b"],
        CapEntry(amount="20M", unit="tokens", only="model=gpt* 'not-project=a b'"),
    ),
    (
        ["60", "--unit", "quota:claude-max", "--per", "week", "--warn", "0.5"],
        CapEntry(amount="60", unit="quota:claude-max", per="week", warn="0.5"),
    ),
    (
        ["9", "--starts", "12", "--payer", "x", "--payer", "y", "--name", "two"],
        CapEntry(amount="9", starts="12", only="payer=x payer=y", name="two"),
    ),
]


@pytest.mark.parametrize(("words", "entry"), SETTINGS)
def test_the_form_sets_what_the_command_line_sets(tmp_path, words, entry):
    """The same cap under the same name."""
    assert run_verb(["cap", "set", *words]) == 0
    (cap,) = CAPS.load(tmp_path / "state")
    assert cap_of(entry) == cap


GLOBS = st.lists(st.text(min_size=1, max_size=12), max_size=3).map(tuple)


@given(
    st.sampled_from(["usd", "list-usd", "tokens"]),
    st.integers(1, 10**12),
    GLOBS,
    GLOBS,
    st.decimals("0.01", 1, places=3),
)
def test_a_cap_is_read_as_it_is_written(unit, amount, project, not_model, warn):
    """Whatever its scopes hold."""
    factor = 1_000 if unit == "tokens" else 1
    cap = Cap(
        "n",
        amount * factor,
        "month",
        unit,
        project=project,
        not_model=not_model,
        warn=warn,
        hard=True,
        origin="caps.toml",
    )
    assert cap_of(entry_of(cap), cap) == cap


@pytest.mark.parametrize("text", ["0", "-1", "x", "101%", "1.01", ""])
def test_a_share_that_is_none_is_refused(text):
    """Nothing, less than nothing, and more than all."""
    with pytest.raises(UsageError, match="warn: "):
        cap_of(CapEntry(amount="1", warn=text))


def test_a_share_may_be_in_percent():
    """80% is 0.8."""
    assert cap_of(CapEntry(amount="1", warn="80%")).warn == Decimal("0.8")
