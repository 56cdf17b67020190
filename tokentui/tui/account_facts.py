"""What an account states: a line for each balance, limit, window and bill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from tokentui.amounts import money, share
from tokentui.queries.accounts import AccountState, Stated
from tokentui.queries.quotas import QuotaState
from tokentui.tui.account_words import ago, limit_text, used_share
from tokentui.tui.lines import bar, figure, flow, muted, wrapped
from tokentui.tui.text import clean
from tokentui.tui.view import View
from tokentui.tui.widgets.quotas import soon
from tokentui.tui.widgets.quotas import state as fullness

BAR, NARROW_BAR, WIDE = 16, 8, 70
NEAR_SHARE = 0.8
LONGEST_TITLE = 24
MANY = 100
"""Lines that facts may take: more than they ever do."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What is stated: which, a share with its style if there is one, and the rest."""

    title: str
    parts: Sequence[Content]
    used: tuple[float, str] | None = None


def fact_lines(facts: Sequence[Fact], width: int) -> list[Content]:
    """Set facts below each other, as wide as there is room."""
    longest = max((muted(fact.title).cell_length for fact in facts), default=0)
    titles = min(longest, LONGEST_TITLE, max(1, width // 3))
    return [line for fact in facts for line in laid_out(fact, titles, width)]


def facts_of(view: View, state: AccountState) -> list[Fact]:
    """List what an account states: money left, limits, windows, money billed."""
    billed = [money(nanos, clean(currency)) for currency, nanos in state.billed]
    return [
        *(balance(view, state, each) for each in state.balances),
        *(limit(view, state, each) for each in state.limits),
        *(window(view, state, each) for each in state.quotas),
        *(Fact("billed", [figure(each) + Content(" this month")]) for each in billed),
    ]


def balance(view: View, state: AccountState, stated: Stated) -> Fact:
    """Say what is left."""
    left = figure(money(stated.nanos, clean(stated.currency))) + Content(" left")
    parts = whole([left, seen(view, state, stated.as_of_ms)])
    return Fact(f"balance {clean(stated.name)}", parts)


def limit(view: View, state: AccountState, stated: Stated) -> Fact:
    """Say what is used of a limit."""
    used, resets = used_share(stated), stated.resets_at_ms
    sign, style = ("FULL", ".over") if used >= 1 else ("NEAR", ".near")
    if used < NEAR_SHARE:
        sign, style = "", ".good"
    has_end = stated.ceiling_nanos is not None
    parts = [
        *([Content(share(used))] if has_end else []),
        Content.styled(sign, style),
        figure(limit_text(stated)),
        muted("" if resets is None else f"resets {soon(resets, view.snapshot)}"),
        seen(view, state, stated.as_of_ms),
    ]
    return Fact(
        f"limit {clean(stated.name)}", whole(parts), (used, style) if has_end else None
    )


def window(view: View, state: AccountState, quota: QuotaState) -> Fact:
    """Say what is used of a plan's window, and when that ends."""
    snapshot = view.snapshot
    sign, style = fullness(quota)
    resets, out = quota.resets_at_ms, quota.runs_out_at_ms
    parts = [
        figure(f"{quota.used_percent:.0f} % used"),
        Content.styled(sign, style),
        Content("" if out is None else f"runs out {soon(out, snapshot)}"),
        muted("" if resets is None else f"resets {soon(resets, snapshot)}"),
        seen(view, state, quota.as_of_ms),
    ]
    title = f"window {clean(quota.window)}"
    return Fact(title, whole(parts), (quota.used_percent / 100, style))


def whole(parts: Sequence[Content]) -> list[Content]:
    """Leave out what says nothing."""
    return [part for part in parts if part]


def seen(view: View, state: AccountState, as_of_ms: int) -> Content:
    """Say how old it is, if it is older than the last reading in whole."""
    if state.good_at_ms is not None and as_of_ms >= state.good_at_ms:
        return Content()
    return muted(ago(as_of_ms, view.snapshot.now_ms))


def laid_out(fact: Fact, titles: int, width: int) -> list[Content]:
    """Set title, bar and parts beside each other; parts go on below themselves.

    A title that is too long has its own line.
    """
    title = muted(fact.title)
    above = [] if title.cell_length <= titles else wrapped(title, width)
    start = (Content() if above else title).pad_right(
        titles + 2 - (0 if above else title.cell_length)
    )
    if fact.used is not None:
        used, style = fact.used
        cells = BAR if width >= WIDE else NARROW_BAR
        start = Content.assemble(start, bar(used, cells, style), "  ")
    indent = start.cell_length
    first, *rest = flow(fact.parts, max(1, width - indent), MANY)
    lines = [*above, start + first, *(each.pad_left(indent) for each in rest)]
    return [line.truncate(width, ellipsis=True) for line in lines]
