"""Charts of a claim as fractions of their area, for whatever draws them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import NamedTuple

from tokentui.claims.claim import Claim, Daily, Explanation
from tokentui.reports import figures
from tokentui.text import clean

MOST_VENDORS = 8


class Bar(NamedTuple):
    """One bar: its place and width across the axis of values, then along it, 0 to 1.

    `start` is where zero is, or the end of a value below it.
    """

    label: str
    place: float
    width: float
    start: float
    length: float
    value: Decimal


class Chart(NamedTuple):
    """Bars under a title; `most` is the largest value, `ends` label both ends."""

    title: str
    currency: str
    bars: tuple[Bar, ...]
    most: Decimal
    ends: tuple[str, str] = ("", "")


def along(values: Sequence[Decimal]) -> list[tuple[float, float]]:
    """Scale values so that the lowest, if below zero, and the highest are the ends."""
    low, high = min(*values, Decimal(0)), max(*values, Decimal(0))
    span = (high - low) or Decimal(1)
    return [
        (float((min(value, Decimal(0)) - low) / span), float(abs(value) / span))
        for value in values
    ]


def by_day(claim: Claim) -> list[Chart]:
    """Give a chart of what was paid and one of list values, which do not mix."""
    charts = (
        days(claim, "Paid, by day", lambda each: each.whole),
        days(claim, "List value of the usage, by day", lambda each: each.estimate),
    )
    return [chart for chart in charts if any(bar.value for bar in chart.bars)]


def days(claim: Claim, title: str, value: Callable[[Daily], Decimal | None]) -> Chart:
    """Draw a value of each day at its place in the period."""
    count = (claim.last - claim.first).days + 1
    known = [(each.day, value(each)) for each in claim.daily]
    drawn = [(day, amount) for day, amount in known if amount is not None]
    scaled = along([amount for _, amount in drawn]) if drawn else []
    bars = tuple(
        Bar(f"{day}", (day - claim.first).days / count, 0.8 / count, *span, amount)
        for (day, amount), span in zip(drawn, scaled, strict=True)
    )
    most = max((bar.value for bar in bars), default=Decimal(0))
    return Chart(title, claim.currency, bars, most, (f"{claim.first}", f"{claim.last}"))


def before_and_now(told: Explanation, currency: str) -> Chart:
    """Draw what each of the first vendors had before and now, two bars each."""
    shown = told.vendors[:MOST_VENDORS]
    values = [amount for each in shown for amount in (each.whole, each.amount)]
    labels = [
        f"{clean(each.name or 'unknown')}, {when}"
        for each in shown
        for when in ("before", "now")
    ]
    step = 1 / max(len(shown), 1)
    places = [
        step * (n // 2) + (0.1 + 0.38 * (n % 2)) * step for n in range(len(values))
    ]
    bars = tuple(
        Bar(label, place, 0.34 * step, *span, value)
        for label, place, span, value in zip(
            labels, places, along(values) if values else [], values, strict=True
        )
    )
    most = max(values, default=Decimal(0))
    return Chart("By vendor, before and now", currency, bars, most)


def bar_text(chart: Chart, bar: Bar) -> str:
    """Say what a bar shows."""
    return f"{bar.label}: {figures.money(bar.value, chart.currency)}"
