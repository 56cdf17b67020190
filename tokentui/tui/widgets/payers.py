"""Whose money the month's usage is: to pay, or list value inside plans."""

from __future__ import annotations

from textual.content import Content

from tokentui.amounts import dollars
from tokentui.attribution import ASSUMED
from tokentui.queries.payers import PayerState
from tokentui.tui.lines import heading, indented, muted
from tokentui.tui.tables import Column, note_of_rows, table
from tokentui.tui.text import clean
from tokentui.tui.times import local
from tokentui.tui.view import View
from tokentui.tui.widgets.area import Area

RULE = "rule "
"""How the evidence begins where the user's own rule names the payer."""

EVIDENCE = {"account file": "login"}
"""Shorter words; the others are short."""

COLUMNS = (
    Column("", least=12),
    Column("", is_right=True),
    Column(""),
    Column("", is_right=True, rank=2),
    Column("", rank=3),
)
"""Who, how much, whether that is paid, how fast, and the evidence."""


class Payers(Area):
    """A line for each payer of the month; not there if one pays for all he uses."""

    def lines(self, width: int, height: int | None) -> list[Content]:
        """Return a heading and the payers that fit, who pays most first."""
        if self.view is None or not says_anything(self.view):
            return []
        snapshot = self.view.snapshot
        payers = snapshot.payers
        shown = payers if height is None else payers[: max(0, height - 1)]
        rows = [cells(self.view, each, i + 1) for i, each in enumerate(shown)]
        lines = table(COLUMNS, rows, width - 2)
        first = local(snapshot.month_period.since_ms or snapshot.now_ms, snapshot.tz)
        note = note_of_rows(len(shown), len(payers), lines[0])
        title = f"Payers, {first:%B}"
        return [heading(title, width, note), *indented(lines[1:])]


def says_anything(view: View) -> bool:
    """Claim that payers tell more than the sums do: there are several, or a plan."""
    payers = view.snapshot.payers
    return len(payers) > 1 or any(each.is_plan for each in payers)


def cells(view: View, state: PayerState, position: int) -> list[Content]:
    """Return the cells of one payer."""
    amount, kind = paid(state)
    return [
        Content.assemble(name(view, state, position), (assumption(state), ".muted")),
        muted(amount) if state.paid_nanos is None else figure(amount),
        muted(kind),
        rate(state),
        muted(evidence(view, state)),
    ]


def figure(text: str) -> Content:
    """Return an amount as it stands out."""
    return Content.styled(text, ".figure")


def paid(state: PayerState) -> tuple[str, str]:
    """Return an amount and what it is; list value and money to pay never add up."""
    sums, to_pay = state.sums, state.paid_nanos
    if to_pay is None:
        return dollars(None) if sums.unpriced else dollars(0), ""
    is_least = sums.is_lower_bound
    kind = "to pay" if state.billed_nanos is None else "part billed"
    if state.billed_nanos == to_pay:
        kind = "billed"
    if not state.is_plan:
        return dollars(to_pay, is_least), kind
    extra = f"; {dollars(to_pay)} {kind}" if to_pay else ""
    return dollars(sums.plan_nanos, is_least), f"list value, plan{extra}"


def rate(state: PayerState) -> Content:
    """Return what was used in the last hour, at list prices.

    That is said only if neither the line does nor both prices are the same.
    """
    is_listed = not state.is_plan and state.sums.cost_nanos != state.sums.list_nanos
    return Content.assemble(
        f"{dollars(state.list_nanos_per_hour)}/h",
        (" list" if is_listed else "", ".muted"),
    )


def name(view: View, state: PayerState, position: int) -> str:
    """Return who pays, or a number if a rule's name may tell a hidden client."""
    has_rule = any(each.startswith(RULE) for each in state.evidence)
    if view.hides_projects and has_rule:
        return f"payer {position}"
    return clean(state.payer)


def assumption(state: PayerState) -> str:
    """Return a mark of what nothing in the traces tells."""
    if ASSUMED not in state.evidence:
        return ""
    return " assumed" if len(state.evidence) == 1 else " partly assumed"


def evidence(view: View, state: PayerState) -> str:
    """Return in a word why he is thought to pay."""
    words = [EVIDENCE.get(e, e) for e in state.evidence if e and e != ASSUMED]
    if view.hides_projects:
        words = ["rule" if each.startswith(RULE) else each for each in words]
    return clean(", ".join(dict.fromkeys(words)))
