"""All that is known of one account, in lines that wrap and are never cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from tokentui.amounts import money, share
from tokentui.queries.accounts import AccountState, Stated
from tokentui.queries.quotas import QuotaState
from tokentui.tui.account_words import (
    ago,
    is_in_trouble,
    limit_text,
    next_poll,
    used_share,
    word,
)
from tokentui.tui.lines import bar, flow, muted
from tokentui.tui.names import key_name
from tokentui.tui.text import LONGEST, clean
from tokentui.tui.times import moment
from tokentui.tui.view import View
from tokentui.tui.widgets.quotas import soon
from tokentui.tui.widgets.quotas import state as fullness

BAR, NARROW_BAR, WIDE = 16, 8, 70
NEAR_SHARE = 0.8
LONGEST_TITLE = 24
MANY = 100
"""Lines that a fact may take: more than any does."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What is stated: which, a share with its style if there is one, and the rest."""

    title: str
    parts: Sequence[Content]
    used: tuple[float, str] | None = None


def account_lines(
    view: View, state: AccountState, key: str, width: int
) -> list[Content]:
    """Return what is wrong and what to do, then what it states; lines fit the width.

    `key` is the one that asks the account.
    """
    facts = facts_of(view, state)
    titles = max((len(fact.title) for fact in facts), default=0)
    titles = min(titles, LONGEST_TITLE, max(1, width // 3))
    return [
        *wrong(view, state, key, width),
        *flow(standing(view, state), width, MANY),
        *(line for fact in facts for line in laid_out(fact, titles, width)),
    ]


def wrong(view: View, state: AccountState, key: str, width: int) -> list[Content]:
    """Say what is wrong in full, and what to do about it."""
    if not is_in_trouble(state):
        return []
    snapshot, since = view.snapshot, state.stale_since_ms
    when = (
        "" if since is None else f" since {moment(since, snapshot.tz, snapshot.now_ms)}"
    )
    why = error(view, state)
    said = Content.assemble(word(state), f"{when}: {why}" if why else when)
    return [*wrapped(said, width), *wrapped(muted(advice(view, state, key)), width)]


def error(view: View, state: AccountState) -> str:
    """Return the last error in full; it may name a client, so it is hidden as names."""
    if state.error is None:
        return "nobody has asked it for a day" if state.state == "stale" else ""
    if view.hides_projects:
        return "the reason may name a client and is hidden"
    text = state.error
    return "".join(
        clean(text[at : at + LONGEST]) for at in range(0, len(text), LONGEST)
    )


def advice(view: View, state: AccountState, key: str) -> str:
    """Say what stands meanwhile, and what a person can do."""
    hidden = view.hides_projects and state.name != state.kind
    account = "NAME" if hidden else clean(state.name)
    is_known = state.good_at_ms is not None
    stands = "what it stated before stands" if is_known else "it has stated nothing yet"
    return (
        f"Until it answers, {stands}. {key} asks it now; another key is taken by"
        f" `tokentui accounts add {account}` at the command line."
    )


def standing(view: View, state: AccountState) -> list[Content]:
    """Say of what kind it is, who pays, how old what it states is, and what is next."""
    snapshot = view.snapshot
    payer = state.payer and key_name("payer", state.payer, view)
    return [
        muted(f"kind {clean(state.kind)}"),
        *([muted(f"payer {payer}")] if payer else []),
        Content(f"read {ago(state.good_at_ms, snapshot.now_ms)}"),
        Content(f"next poll {next_poll(state, snapshot)}"),
    ]


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


def figure(text: str) -> Content:
    """Return an amount as it stands out."""
    return Content.styled(text, ".figure")


def wrapped(content: Content, width: int) -> list[Content]:
    """Wrap a text."""
    return [line.rstrip() for line in content.wrap(max(1, width))]


def no_accounts(width: int) -> list[Content]:
    """Say what accounts are for, how to add one, and what is sent before: nothing."""
    parts = (
        Content.styled("No accounts yet", ".title"),
        Content(
            "Logs say what was used; providers say what it costs. An account is asked"
            " what it has billed, what is left of prepaid money, and how much of a"
            " plan's windows or of a limit is used. Caps then count what is billed."
        ),
        Content.styled("tokentui accounts kinds", ".accent"),
        Content("  which there are, and the key that each needs"),
        Content.styled("tokentui accounts add NAME --kind KIND", ".accent"),
        Content("  asks for the key and keeps it in the system's keyring"),
        Content(
            "Keys are added at the command line only. Until you add an account, nothing"
            " is sent anywhere; then only questions, to its own provider."
        ),
        muted("A dashboard that runs knows a new account once it is started anew."),
    )
    return [line for part in parts for line in wrapped(part, width)]
