"""What a suggestion says to people, in the words of every face."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from tokentui.amounts import dollars
from tokentui.periods import iso
from tokentui.routes.suggestion import (
    BENCHMARK,
    MEASURED,
    NOTHING,
    OWN,
    PRICE,
    Evidence,
    Saving,
    Suggestion,
)
from tokentui.text import clean, fit

RESTS_ON = {
    MEASURED: "your logs",
    PRICE: "list prices",
    BENCHMARK: "a benchmark",
    OWN: "your own runs",
}
IN_PLANS = "list value inside flat plans, no money unless a plan gets smaller"
OVERLAP = "Suggestions overlap, so their savings are not to be added up."
NONE_FOUND = (
    "Nothing is suggested: nothing that was found saves a dollar a week and a twentieth"
    " of what is spent."
)

SESSION_WIDTH = 8
"""Characters by which a session is known; verbs take them for the whole name."""


def facts(
    found: Suggestion, value_nanos: int | None = None
) -> Iterator[tuple[str, str]]:
    """Tell all of a suggestion but its title, evidence and lines, as names and texts.

    Texts are clean. `value_nanos` is the value of a run that it was worked out for.
    """
    if found.saves != NOTHING:
        yield "saves", a_month(found.saves)
    if found.saves_in_plans != NOTHING:
        yield "in plans", f"{a_month(found.saves_in_plans)}: {IN_PLANS}"
    yield "rests on", RESTS_ON.get(found.confidence, clean(found.confidence))
    if found.counted:
        yield "counted", clean(found.counted)
    for risk in found.risks:
        yield clean(risk.kind), clean(risk.text)
    for text in break_even(found, value_nanos):
        yield "break-even", text


def a_month(saving: Saving) -> str:
    """Say `$12.30 to $18.20 a month, probably $15.00`, or the one amount that it is."""
    low, mid, high = map(dollars, saving)
    if low == high:
        return f"{low} a month"
    return f"{low} to {high} a month, probably {mid}"


def seen_in(found: Evidence, tz: ZoneInfo) -> str:
    """Say in which session it shows, when, and how much of the money is there."""
    session = fit(clean(found.session), SESSION_WIDTH + 1)
    day = iso(found.at_ms, tz)[:10]
    return f"session {session} of {day}: {dollars(found.nanos)}, {clean(found.why)}"


def break_even(found: Suggestion, value_nanos: int | None) -> Iterator[str]:
    """Say from which value of a run, and at which success, the present way pays."""
    if found.task_value_nanos is not None:
        value = dollars(found.task_value_nanos)
        yield f"today's way pays where a run is worth more than {value}"
    if found.success_premium is not None and value_nanos is not None:
        yield (
            f"at {dollars(value_nanos)} a run today's way must succeed"
            f" {found.success_premium * 100:.2f} points more often"
        )
