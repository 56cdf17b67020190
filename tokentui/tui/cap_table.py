"""Caps as a table, and all that is known of one of them."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from tokentui.amounts import share
from tokentui.budget.caps import CapState
from tokentui.tui import cap_words
from tokentui.tui.cap_entry import scopes
from tokentui.tui.columns import Cell, GridColumn, Share
from tokentui.tui.lines import muted
from tokentui.tui.text import clean
from tokentui.tui.view import View
from tokentui.tui.widgets.grid import GridRow

COLUMNS = (
    GridColumn("cap", least=8, id="cap"),
    GridColumn("spent", is_right=True, id="spent"),
    GridColumn("limit", id="limit"),
    GridColumn("share", is_right=True, rank=2, id="share"),
    GridColumn("", rank=4, is_extra=True, id="bar", is_bar=True),
    GridColumn("state", id="state"),
    GridColumn("forecast", rank=5, id="forecast"),
    GridColumn("set in", rank=3, id="origin"),
)
TELLING = ("project", "client", "label")
"""The scopes that may tell whom or what the work is for."""


def row_key(states: Sequence[CapState], position: int) -> str:
    """Return what no other cap's row is called."""
    name = states[position].name
    before = sum(state.name == name for state in states[:position])
    return f"{before} {name}"


def rows_of(view: View) -> list[GridRow]:
    """Return a row for each cap."""
    states = view.snapshot.caps
    return [
        GridRow(row_key(states, i), cells(view, state, i + 1))
        for i, state in enumerate(states)
    ]


def cells(view: View, state: CapState, position: int) -> list[Cell]:
    """Return the cells of a cap."""
    *figures, word = cap_words.standing(view, state, position)
    return [
        *figures,
        Share(state.share, cap_words.STYLES[state.state]),
        word,
        muted(cap_words.forecast(state).removeprefix("forecast ")),
        muted(clean(state.cap.origin)),
    ]


def facts(view: View, state: CapState) -> list[Content]:
    """Say what counts against a cap, how it stands, and how it was set."""
    cap, snapshot = state.cap, view.snapshot
    raised = [
        f"{cap_words.amount(state, each.amount)} {clean(each.because or '')}".strip()
        for each in state.facts.raises
    ]
    carried = state.facts.carried
    starts = f"starts on day {cap.starts}" if cap.starts > 1 else ""
    found = [
        counted(state, view.hides_projects),
        cap_words.left(state),
        cap_words.safe_per_day(state),
        cap_words.met(state, snapshot),
        cap_words.forecast(state),
        f"raised by {', '.join(raised)}" if raised else "",
        f"{cap_words.amount(state, carried)} left over from before" if carried else "",
        "more may count than is known" if cap_words.is_at_least(state) else "",
        f"NEAR from {share(cap.warn)} on",
        starts,
        "plan fees count day by day" if cap.spread else "",
        "meant to stop work" if cap.hard else "",
    ]
    return [Content(words) for words in found if words]


def counted(state: CapState, hides_projects: bool) -> str:
    """Return `counts source codex, not model gpt-*`, or that all usage counts."""
    told = [
        f"{scope.replace('-', ' ')} {'hidden' if is_hidden else clean(glob)}"
        for scope, glob in scopes(state.cap)
        for is_hidden in [hides_projects and scope.removeprefix("not-") in TELLING]
    ]
    return f"counts {', '.join(told)}" if told else "counts all usage"
