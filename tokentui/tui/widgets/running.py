"""The sessions that are running: how fast each spends, how long its cache is warm."""

from __future__ import annotations

from datetime import datetime

from textual.content import Content
from textual.reactive import var

from tokentui.amounts import dollars, share, tokens
from tokentui.cold import LONG_MS, countdown, then
from tokentui.periods import millis
from tokentui.queries.sessions import SessionState
from tokentui.tui import cap_words
from tokentui.tui.lines import heading, indented, muted
from tokentui.tui.tables import Column, note_of_rows, table
from tokentui.tui.text import clean
from tokentui.tui.times import moment
from tokentui.tui.view import View
from tokentui.tui.widgets.alone import alone_meets
from tokentui.tui.widgets.area import Area

COOLING_MS = 60_000
"""How long before a cache lapses that is worth a look."""

WIDE = 124
"""Cells from which sentences are whole."""

LIST = " list"
RATE = 3
"""The place of the rate in a row."""

COLUMNS = (
    Column("", rank=4),
    Column("", least=8, rank=3),
    Column("", least=14),
    Column("", is_right=True),
    Column("", is_right=True, rank=5),
    Column("", is_right=True, rank=6),
    Column("", rank=1),
    Column("", rank=2),
)
"""Agent, project, model, rate, size of the context, cache hits, when it is cold and
when it meets a cap."""


class Running(Area):
    """A line for each running session, dearest first; not there if none is."""

    now: var[datetime | None] = var(None)

    def lines(self, width: int, height: int | None) -> list[Content]:
        """Return a heading, which says how many sessions are left out, and sessions."""
        if self.view is None or not self.view.snapshot.sessions:
            return []
        sessions = self.view.snapshot.sessions
        shown = sessions if height is None else sessions[: max(0, height - 1)]
        now_ms = self._now_ms(self.view)
        rows = [cells(self.view, each, now_ms, width >= WIDE) for each in shown]
        align(rows)
        lines = table(COLUMNS, rows, width - 2)
        note = note_of_rows(0, 0, lines[0])
        if len(shown) < len(sessions):
            note = f"+{len(sessions) - len(shown)} more {note}".strip()
        return [heading("Running now", width, note), *indented(lines[1:])]

    def watch_now(self) -> None:
        """Count down."""
        self.look_again()

    def _now_ms(self, view: View) -> int:
        return millis(self.now) if self.now else view.snapshot.now_ms


def cells(
    view: View, session: SessionState, now_ms: int, is_wide: bool
) -> list[Content]:
    """Return the cells of one session."""
    is_plan = any(
        payer.payer == session.payer and payer.is_plan for payer in view.snapshot.payers
    )
    hit = session.cache_hit
    return [
        Content(clean(session.source)),
        Content(view.project(session.project)),
        Content(clean(session.model)),
        rate(session, is_plan),
        muted(f"ctx {tokens(session.prompt_tokens)}"),
        muted("" if hit is None else f"{share(hit)} cached"),
        cold(session, now_ms, is_wide),
        meets(view, session, is_plan, is_wide),
    ]


def rate(session: SessionState, is_plan: bool) -> Content:
    """Return `$4.20/h`, or `$4.20/h list` if a plan pays."""
    if session.nanos is None:
        return muted("unpriced")
    listed = LIST if is_plan else ""
    return Content.assemble(
        (f"{dollars(session.nanos_per_hour)}/h", ".figure"), (listed, ".muted")
    )


def align(rows: list[list[Content]]) -> None:
    """Set rates below each other where some are of list value."""
    if any(row[RATE].plain.endswith(LIST) for row in rows):
        for row in rows:
            if not row[RATE].plain.endswith(LIST):
                row[RATE] = row[RATE].pad_right(len(LIST))


def cold(session: SessionState, now_ms: int, is_wide: bool) -> Content:
    """Return `cold in 2:10`, `cold` once the cache has lapsed, nothing if not known.

    A wide one says what the next prompt costs then, and what it costs before.
    """
    if session.cold_at_ms is None:
        return Content()
    left_ms = session.cold_at_ms - now_ms
    if left_ms <= 0:
        return muted("cold")
    after = then(session.warm_nanos, session.cold_nanos) if is_wide else ""
    if left_ms >= LONG_MS:
        return muted(f"cold in {countdown(left_ms)}{after}")
    style = ".near" if left_ms < COOLING_MS else ".good"
    return Content.assemble(
        ("cold in ", ".muted"), (countdown(left_ms), style), (after, ".muted")
    )


def meets(view: View, session: SessionState, is_plan: bool, is_wide: bool) -> Content:
    """Return `alone meets the cap at 16:40` if that is before its period ends."""
    snapshot = view.snapshot
    found = alone_meets(session, snapshot.caps, snapshot.now_ms, is_plan=is_plan)
    if found is None:
        return Content()
    cap, at_ms = found
    at = moment(at_ms, snapshot.tz, snapshot.now_ms)
    by = "by " if cap_words.is_at_least(cap) else ""
    if is_wide:
        return Content.styled(f"alone meets the cap {by or 'at '}{at}", ".near")
    return Content.styled(f"meets cap {by}{at}", ".near")
