"""Levels of the pivot: their periods, the steps between them, and the columns' fit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shown import BERLIN, NOW

from tokentui.queries.sums import Sums
from tokentui.queries.usage import UsageRow, UsageTable
from tokentui.tui.arithmetic import decimals_of, exact
from tokentui.tui.columns import GAP, GridColumn, fit
from tokentui.tui.export import csv_text
from tokentui.tui.pivot import (
    Group,
    Level,
    Order,
    descended,
    groups_of,
    in_order,
    next_span,
    stepped,
)


@pytest.mark.parametrize(
    ("span", "step", "found"),
    [
        ("2026-11-30", 1, "2026-12-01"),
        ("2026-03-01", -1, "2026-02-28"),
        ("2026-12", 1, "2027-01"),
        ("2027-01", -1, "2026-12"),
        ("2026-W53", 1, "2027-W01"),
        ("2027-W01", -1, "2026-W53"),
    ],
)
def test_calendar_periods_follow_each_other(span, step, found):
    """Over the ends of months and years."""
    assert next_span(span, step) == found


def test_a_level_lies_within_all_its_spans():
    """A week that a month's end cuts shows only the part in the month."""
    level = descended(Level("week"), Group("2026-W44", Sums()), BERLIN, NOW)
    period = level.period(BERLIN, NOW)
    assert level.by == "day"
    assert period == Level("day", ("2026-11-01",)).period(BERLIN, NOW)


@pytest.mark.parametrize(
    ("level", "step", "span"),
    [
        (Level(spans=("month",)), -1, "7d"),
        (Level(spans=("today",)), -1, "today"),
        (Level(spans=("all",)), 1, "all"),
        (Level(spans=("all", "2026-11")), 1, "2026-11"),
        (Level(spans=("all", "2026-11")), -1, "2026-10"),
        (Level(spans=("month", "2026-11-01")), -1, "2026-11-01"),
        (Level(spans=("month", "2026-11-25")), 1, "2026-11-25"),
        (Level(spans=("month", "2026-11-24")), 1, "2026-11-25"),
    ],
)
def test_steps_end_where_there_is_nothing(level, step, span):
    """Neither into the future nor out of what was opened."""
    assert stepped(level, step, BERLIN, NOW).span == span


def test_the_unknown_is_narrowed_to():
    """As what has no value; other values as they are, whatever they would match."""
    level = descended(Level("branch"), Group(None, Sums()), BERLIN, NOW)
    assert level.usage(BERLIN, NOW).exactly == {"branch": None}
    level = descended(Level("model"), Group("a[1]*", Sums()), BERLIN, NOW)
    assert level.usage(BERLIN, NOW).exactly == {"model": "a[1]*"}


def test_a_session_is_one_row_whatever_it_used():
    """With the projects and models of its usage, the dearest first."""
    rows = (
        UsageRow(("s", "codex", "/a", "m1"), Sums(1, cost_nanos=5)),
        UsageRow(("s", "codex", "/b", "m2"), Sums(2, cost_nanos=9)),
        UsageRow(("s", "claude-code", None, "m1"), Sums(4, cost_nanos=None)),
    )
    table = UsageTable(("session", "source", "project", "model"), rows, Sums())
    codex, claude = groups_of("session", table)
    assert (codex.sums.requests, codex.sums.cost_nanos) == (3, 14)
    assert codex.projects == ("/b", "/a")
    assert codex.models == ("m2", "m1")
    assert codex.row_key != claude.row_key


def test_the_unknown_comes_last_either_way():
    """Whether its name or its cost is not known."""
    groups = [
        Group("b", Sums(cost_nanos=1)),
        Group(None, Sums(cost_nanos=9)),
        Group("c", Sums(cost_nanos=None)),
    ]

    def order(column: str, is_falling: bool) -> list[str | None]:
        found = in_order(groups, Order(column, is_falling), lambda g, _: g.key or "")
        return [group.key for group in found]

    assert order("cost", True) == [None, "b", "c"]
    assert order("cost", False) == ["b", None, "c"]
    assert order("name", True) == ["c", "b", None]
    assert order("name", False) == ["b", "c", None]


COLUMNS = st.lists(
    st.tuples(st.integers(1, 40), st.integers(0, 9), st.sampled_from([0, 6])),
    min_size=1,
    max_size=9,
)


@given(COLUMNS, st.booleans(), st.integers(10, 220))
def test_columns_fit_or_none_is_left_to_go(made, has_bar, room):
    """They take no more than there is, unless those that must stay do."""
    columns = [GridColumn("", rank=rank, least=least) for _, rank, least in made]
    columns += [GridColumn("", rank=5, is_extra=True, is_bar=True)] * has_bar
    found = fit(columns, [*(width for width, *_ in made), *[0] * has_bar], room)
    taken = sum(width + GAP for width in found.widths.values())
    taken += (GAP + 1) * found.is_cut
    can_go = [i for i in found.widths if columns[i].rank]
    assert taken <= room or not can_go
    assert list(found.widths) == sorted(found.widths)
    gone = set(range(len(columns))) - set(found.widths)
    assert found.is_cut == any(not columns[i].is_extra for i in gone)


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=5))
def test_exact_dollars_lose_nothing(amounts):
    """So many decimals are shown that the amounts still add up."""
    decimals = decimals_of(amounts)
    for nanos in amounts:
        text = exact(nanos, decimals).replace("$", "").replace(",", "")
        whole, _, rest = text.removeprefix("-").partition(".")
        sign = -1 if text.startswith("-") else 1
        assert sign * int(whole + rest.ljust(9, "0")) == nanos


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_name_is_run_by_a_spreadsheet(start):
    """Text that would be is marked; numbers are not."""
    text = csv_text(["name", "cost"], [[f"{start}1", -1]])
    assert f"'{start}1" in text
    assert text.rstrip().endswith(",-1")
