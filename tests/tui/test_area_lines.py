"""Headings, bars, flowing text, tables and times: what lines are made of."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content

from tokentui.periods import millis
from tokentui.tui.lines import bar, flow, heading
from tokentui.tui.tables import Column, table
from tokentui.tui.times import arrival, moment

BERLIN = ZoneInfo("Europe/Berlin")
NOW_MS = millis(datetime(2026, 12, 31, 21, 30, tzinfo=UTC))


def test_a_heading_is_a_rule_with_a_title():
    """The longest note that fits stands at its end."""
    assert heading("Burn", 20).plain == "── Burn ────────────"
    assert heading("Burn", 20, "note").plain == "── Burn ──── note ──"
    assert heading("Burn", 20, "a longer note", "note").plain.endswith(" note ──")
    assert heading("Burn", 6).plain == "── Bu…"


@pytest.mark.parametrize(
    ("share", "line"),
    [
        (-1, "──────────"),
        (0, "──────────"),
        (0.0001, "╸─────────"),
        (0.5, "━━━━━─────"),
        (0.55, "━━━━━╸────"),
        (0.9999, "━━━━━━━━━╸"),
        (1, "━━━━━━━━━━"),
        (7, "━━━━━━━━━━"),
    ],
)
def test_a_bar_is_empty_only_for_nothing_and_full_only_for_all(share, line):
    """The ends mean what they seem to mean."""
    assert bar(share, 10, "").plain == line


def test_parts_flow_into_lines():
    """A part stays whole; what does not fit is told by a sign."""
    parts = [Content(word) for word in ("one", "two", "three", "four")]
    lines = [line.plain for line in flow(parts, 12, 3)]
    assert lines == ["one · two", "three · four"]
    assert [line.plain for line in flow(parts, 12, 1)] == ["one · …"]
    assert [line.plain for line in flow(parts, 13, 1)] == ["one · two · …"]
    assert flow([], 12, 1) == []


@given(st.lists(st.text("ab", min_size=1, max_size=30)), st.integers(1, 40))
def test_flowing_text_keeps_to_its_width(words, width):
    """Whatever the parts, and with a sign if one is missing."""
    lines = flow([Content(word) for word in words], width, 2)
    assert all(line.cell_length <= width for line in lines)
    text = "".join(line.plain for line in lines)
    assert "…" in text or all(word in text for word in words)


COLUMNS = (
    Column("name", least=6),
    Column("count", is_right=True, rank=1),
    Column("bar", rank=2, is_extra=True),
)


def rows_of(*names):
    """Make rows with some names."""
    return [[Content(name), Content("12"), Content("####")] for name in names]


def plain(rows, width):
    """Draw a table as text."""
    return [line.plain for line in table(COLUMNS, rows, width)]


def test_columns_are_aligned():
    """Words left, figures right, wide characters as wide as they are."""
    assert plain(rows_of("a", "日本"), 40) == [
        "name  count  bar ",
        "a        12  ####",
        "日本     12  ####",
    ]


def test_names_are_cut_a_little_before_columns_go():
    """Names to their least, then the extra column goes, then others with a sign."""
    rows = rows_of("a-long-name")
    assert plain(rows, 20) == ["name     count  bar ", "a-long…     12  ####"]
    assert plain(rows, 18) == ["name         count", "a-long-name     12"]
    assert plain(rows, 14) == ["name     count", "a-long…     12"]
    assert plain(rows, 12) == ["name       …", "a-long-na…"]
    assert plain(rows, 5) == ["name…", "a-l…"]


@given(
    st.lists(st.text(st.characters(categories=["L", "So"]), max_size=30)),
    st.integers(1, 60),
)
def test_tables_keep_to_their_width(names, width):
    """Whatever the names."""
    lines = table(COLUMNS, rows_of(*names), width)
    assert all(line.cell_length <= width for line in lines)


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (0, "22:30"),
        (-22.5, "00:00"),
        (1, "23:30"),
        (2, "Fri 1 Jan 2027 00:30"),
        (-24, "Wed 30 Dec 22:30"),
    ],
)
def test_a_moment_has_the_date_it_needs(hours, words):
    """None today, day and month else, and the year if it is another."""
    assert moment(NOW_MS + round(hours * 3_600_000), BERLIN, NOW_MS) == words


@pytest.mark.parametrize("ms", [-1, 10**18])
def test_impossible_times_are_shown_all_the_same(ms):
    """A log may say anything."""
    assert arrival(ms, BERLIN, NOW_MS)
