"""The windows of plans, as far as providers said how much of them is used."""

from __future__ import annotations

from textual.content import Content

from tokentui.queries.quotas import QuotaState
from tokentui.snapshot import Snapshot
from tokentui.tui.lines import bar, heading, indented, muted
from tokentui.tui.tables import Column, note_of_rows, table
from tokentui.tui.text import clean
from tokentui.tui.times import local, moment
from tokentui.tui.widgets.area import Area

NEAR_PERCENT, FULL_PERCENT = 80, 100
BAR = 20
COLUMNS = (
    Column("", least=10),
    Column("", is_right=True),
    Column("", rank=3, is_extra=True),
    Column("", is_right=True),
    Column(""),
    Column("", rank=1),
    Column("", rank=2),
)
"""Plan, window, bar, share used, word, what is next, and what comes after that."""

NAMED_DAYS = 6
"""So many days ahead the name of a day says which is meant."""


class Quotas(Area):
    """A line for each window of each plan; not there if no provider said anything."""

    def lines(self, width: int, height: int | None) -> list[Content]:
        """Return a heading and the windows that fit, the fullest first."""
        if self.view is None or not self.view.snapshot.quotas:
            return []
        snapshot = self.view.snapshot
        quotas = sorted(snapshot.quotas, key=lambda each: -each.used_percent)
        shown = quotas if height is None else quotas[: max(0, height - 1)]
        lines = table(COLUMNS, [cells(each, snapshot) for each in shown], width - 2)
        note = note_of_rows(len(shown), len(quotas), lines[0])
        return [heading("Plan windows", width, note), *indented(lines[1:])]


def cells(quota: QuotaState, snapshot: Snapshot) -> list[Content]:
    """Return the cells of one window."""
    word, style = state(quota)
    resets, out = quota.resets_at_ms, quota.runs_out_at_ms
    steps = [
        *([Content(f"runs out {soon(out, snapshot)}")] if out is not None else []),
        *([muted(f"resets {soon(resets, snapshot)}")] if resets is not None else []),
        *([Content()] * 2),
    ]
    return [
        Content(clean(quota.payer)),
        Content(clean(quota.window)),
        bar(quota.used_percent / 100, BAR, style),
        Content.styled(f"{quota.used_percent:.0f} % used", ".figure"),
        Content.styled(word, style),
        *steps[:2],
    ]


def soon(ms: int, snapshot: Snapshot) -> str:
    """Return `16:20` today, `Thu 21:52` in the days after, and later the date."""
    at, now = local(ms, snapshot.tz), local(snapshot.now_ms, snapshot.tz)
    if 0 < (at.date() - now.date()).days <= NAMED_DAYS:
        return f"{at:%a %H:%M}"
    return moment(ms, snapshot.tz, snapshot.now_ms)


def state(quota: QuotaState) -> tuple[str, str]:
    """Return a word for how full a window is, and its style."""
    if quota.used_percent >= FULL_PERCENT:
        return "FULL", ".over"
    if quota.used_percent >= NEAR_PERCENT or quota.runs_out_at_ms is not None:
        return "NEAR", ".near"
    return "", ".good"
