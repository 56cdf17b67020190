"""Names may hold anything: they read as text, and break neither screen nor terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hostile import ESCAPE, FLAG, HOSTILE, MARKUP, PILED, TURNED, UNSEEN
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tokentui.queries.quotas import QuotaState
from tokentui.queries.recent import SourceState
from tokentui.tui.text import LONGEST, clean


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("plain-name_1.0", "plain-name_1.0"),
        ("\x1b[31mred", "�[31mred"),
        (MARKUP, MARKUP),
        (TURNED, "�gpj.exe�"),
        (PILED, "é\u0301\u0301nd"),
        (UNSEEN, "a��b�c"),
        ("a\tb\nc\u2028d\u00a0e", "a b c d e"),
        (FLAG, "��👍�"),
        ("\u0301x", "x"),
        ("\ud800", "�"),
        ("עברית", "עברית"),
    ],
)
def test_names_read_as_text(name, shown):
    """What steers, turns or hides is replaced; letters of any script stay."""
    assert clean(name) == shown


def test_a_long_name_ends_in_a_sign():
    """It is not looked at to its end."""
    assert clean("x" * (LONGEST + 1)) == "x" * LONGEST + "…"


@given(st.text(st.characters()))
def test_nothing_that_is_cleaned_steers_a_terminal(name):
    """No control, format or separator character is left, and at most two accents."""
    cleaned = clean(name)
    categories = "".join(unicodedata.category(c)[0] for c in cleaned)
    assert "C" not in categories
    assert cleaned.count("\n") == 0
    assert clean(cleaned) == cleaned or len(name) > LONGEST
    assert all(unicodedata.category(c) != "Zl" for c in cleaned)


async def test_hostile_names_break_no_line(build, run):
    """In every place that shows a name: each line is as wide as the terminal."""
    rows = tuple(
        build.row(name, name, build.sums(9 - n)) for n, name in enumerate(HOSTILE)
    )
    caps = tuple(
        build.cap(name, "week", 50, build.sums(10), source=("x",)) for name in HOSTILE
    )
    events = tuple(
        build.event(60 + n, model=name, project=f"/x/{name}", source=name)
        for n, name in enumerate(HOSTILE)
    )
    sources = tuple(
        SourceState(name, build.now_ms, 1, 0, (name,)) for name in HOSTILE[:3]
    )
    snapshot = build.snapshot(
        by_model=rows,
        by_source=build.by_source(rows),
        latest=events,
        sources=sources,
        caps=caps,
        unknown_fees=tuple(HOSTILE),
        payers=tuple(
            build.plan(name, evidence=("assumed", f"rule {name}")) for name in HOSTILE
        ),
        sessions=tuple(
            build.session(source=name, model=name, project=f"/x/{name}", payer=name)
            for name in HOSTILE
        ),
        quotas=tuple(
            QuotaState(name, name, 300, 50.0, None, build.now_ms, None)
            for name in HOSTILE
        ),
    )
    notes = (ESCAPE + MARKUP,)
    async with run(snapshot, notes=notes) as shown:
        for key in ("y", "x"):  # the note stays, then goes
            await shown.press(key)
            for size in [(60, 20), (80, 24), (120, 40), (200, 60)]:
                await shown.resize(size)
                assert {cell_len(line) for line in shown.lines} == {size[0]}
                assert len(shown.lines) == size[1]
                assert not {c for c in shown.text if c != "\n" and c < " "}
                assert "\u202e" not in shown.text


async def test_markup_in_names_is_text(build, run):
    """Brackets are shown as they are."""
    name = "[red]a[/red]"
    event = build.event(60, model=name, project=f"/x/{name}")
    async with run(build.snapshot(latest=(event,)), (120, 40)) as shown:
        assert shown.line("14:02:27").split()[2:4] == [name, "red]"]


async def test_hostile_places_are_text(build, run):
    """Folders come from the environment, which anyone may set."""
    async with run(build.empty(), places=tuple(HOSTILE)) as shown:
        assert {cell_len(line) for line in shown.lines} == {80}
        assert MARKUP in shown.text
