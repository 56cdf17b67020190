"""What the figures of a cap are made of, down to the sessions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from tokentui import amounts
from tokentui.budget.bases import Counted
from tokentui.budget.caps import CapState, cap_usage, spent_of
from tokentui.budget.plans import not_counted
from tokentui.cli.cap_state import cap_amount, spent_text
from tokentui.cli.output import Column, show, show_table
from tokentui.cli.shapes import cost_text, instant
from tokentui.queries.sums import Sums
from tokentui.setting import Setting
from tokentui.text import clean, project_name


def show_explanation(
    connection: sqlite3.Connection, state: CapState, here: Setting
) -> None:
    """Print what a cap's figures are made of, down to the sessions."""
    from tokentui.queries.usage import usage_by  # 3 ms, for this only

    facts = state.facts
    show()
    since = instant(state.period.since_ms, here.tz)
    until = instant(state.period.until_ms, here.tz)
    show(f"{clean(state.name)}: from {since} to {until}")
    if state.is_quota:
        show("  the highest percentage that a provider stated of its windows")
        return
    show(f"  limit {cap_amount(state, int(state.cap.amount))} as set")
    if facts.carried:
        show(f"  + {cap_amount(state, facts.carried)} left over from the period before")
    for each in facts.raises:
        why = f", {clean(each.because)}" if each.because else ""
        until = instant(each.until_ms, here.tz)
        show(f"  + {cap_amount(state, each.amount)} raised until {until}{why}")
    for line in made_of(state):
        show(line)
    for plan in facts.uncounted:
        show(f"  {clean(not_counted(plan))}")
    if facts.sums.unpriced:
        show(f"  {facts.sums.unpriced} responses are unpriced and not in it")
    usage = cap_usage(state.cap, state.period)
    table = usage_by(connection, ["payer", "project", "session"], usage, here.tz)
    rows = sorted(table.rows, key=lambda row: -(row.sums.cost_nanos or 0))
    show_table(
        [Column("  payer"), Column("project", flexible=True), Column("session"),
         Column("req", right=True),
         Column("cost" if state.is_money else "tokens", right=True)],
        [
            [f"  {row.keys[0]}", project_name(row.keys[1]), (row.keys[2] or "")[:13],
             str(row.sums.requests or "?"), row_text(state, row.sums)]
            for row in rows[:20]
        ],
    )  # fmt: skip
    if len(rows) > len(rows[:20]):
        show(f"  and {len(rows) - 20} more: tokentui usage --by session")


def made_of(state: CapState) -> Iterator[str]:
    """Say line by line what adds up to what counts, in the cap's unit."""
    cap, facts = state.cap, state.facts
    yield f"  {counted_text(state)}"
    inside = facts.sums.plan_nanos if state.is_money else 0
    if inside and cap.unit == "list-usd":
        yield f"  of which inside plans {amounts.dollars(inside)}, counted"
    billed = facts.billed or Counted()
    parts = (
        (-inside if cap.unit == "usd" else 0, "inside plans, not counted"),
        (-billed.replaced, "of estimates that bills stand for"),
        (billed.billed, "billed"),
        (billed.calibrated, "by which a reading showed later estimates to be off"),
        (facts.fees, "plan fees"),
        (facts.charged, "charges"),
    )
    for part, what in parts:
        if part:
            sign = "+" if part > 0 else "-"
            yield f"  {sign} {cap_amount(state, abs(part))} {what}"
    yield f"  = {spent_text(state)} counted"


def counted_text(state: CapState) -> str:
    """Say what the usage that counts comes to, in the cap's unit."""
    sums = state.facts.sums
    if not state.is_money:
        return f"tokens {cap_amount(state, spent_of(state.cap, sums))}"
    nanos = sums.list_nanos if state.cap.unit == "list-usd" else sums.cost_nanos
    amount = (
        "unpriced" if nanos is None else amounts.dollars(nanos, sums.is_lower_bound)
    )
    return f"estimates at list prices {amount}"


def row_text(state: CapState, sums: Sums) -> str:
    """Give a session's part in the cap's unit; of money what is stated as cost."""
    if not state.is_money:
        return amounts.tokens(spent_of(state.cap, sums))
    if state.cap.unit == "list-usd" and sums.list_nanos is not None:
        return amounts.dollars(sums.list_nanos, sums.is_lower_bound)
    return cost_text(sums)
