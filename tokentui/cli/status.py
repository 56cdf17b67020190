"""`tokentui status`: spend, caps, burn rate and freshness, now."""

from __future__ import annotations

import re
from typing import Any

import click

from tokentui import amounts
from tokentui.budget.caps import OVER, CapState
from tokentui.cli.freshen import opened
from tokentui.cli.options import as_json, no_refresh, setting, timezone
from tokentui.cli.output import show, show_json
from tokentui.cli.shapes import cost_text, instant, money, sums_shape
from tokentui.errors import OVER_CAP
from tokentui.snapshot import Snapshot, take
from tokentui.text import clean

WORDS = {"ok": "on course", "near": "NEAR", "over": "OVER"}


@click.command("status")
@as_json
@no_refresh
@timezone
@click.option("--check", is_flag=True, help="Exit 5 if a cap is exceeded.")
@click.option(
    "--line",
    metavar="FORMAT",
    help="One line for tmux or a prompt: {today} {month} {burn} {cap} {left} {share}"
    " {state}.",
)
def verb(
    as_json: bool, no_refresh: bool, timezone: str | None, check: bool, line: str | None
) -> int:
    """Show what is spent, how fast, and how the caps stand."""
    here = setting(timezone=timezone)
    with opened(here, not no_refresh) as (connection, code):
        snapshot = take(connection, here.config, here.tz, here.now)
    if as_json:
        show_json(document(snapshot))
    elif line is not None:
        show(filled(line, snapshot))
    else:
        show_status(snapshot)
    if check and any(cap.state == OVER for cap in snapshot.caps):
        return OVER_CAP
    return code


def document(snapshot: Snapshot) -> dict[str, Any]:
    """Make the JSON document of a snapshot."""
    tz = snapshot.tz
    return {
        "kind": "status",
        "now": instant(snapshot.now_ms, tz),
        "timezone": str(tz),
        "today": sums_shape(snapshot.today),
        "month": sums_shape(snapshot.month),
        "burn": {
            "usd_per_hour": money(snapshot.burn.nanos_per_hour),
            "window_minutes": snapshot.burn.window_minutes,
        },
        "caps": [cap_shape(cap, snapshot) for cap in snapshot.caps],
        "payers": None,
        "sessions": None,
        "quotas": None,
        "limits": None,
        "completeness": {
            "partial": snapshot.month.partial,
            "unpriced": snapshot.month.unpriced,
            "assumed": snapshot.assumed,
            "stale": [],
        },
        "sources": [
            {
                "source": each.source,
                "last_event": instant(each.last_event_ms, tz),
                "files": each.files,
                "problems": list(each.problems),
            }
            for each in snapshot.sources
        ],
    }


def cap_shape(state: CapState, snapshot: Snapshot) -> dict[str, Any]:
    """Give one cap as JSON; money in dollars, tokens as they are."""
    cap, tz = state.cap, snapshot.tz

    def amount(value: int | None) -> int | float | None:
        return value if cap.unit == "tokens" else money(value)

    return {
        "name": cap.name,
        "unit": cap.unit,
        "period": cap.per,
        "since": instant(state.period.since_ms, tz),
        "until": instant(state.period.until_ms, tz),
        "limit": amount(int(cap.amount)),
        "spent": amount(state.spent),
        "left": amount(state.left),
        "share": round(float(state.share), 6),
        "state": state.state,
        "safe_per_day": amount(state.safe_per_day),
        "basis": {
            "billed_usd": None,
            "estimate_usd": money(state.sums.cost_nanos),
            "plan_usd": money(state.sums.plan_nanos),
        },
        "forecast": {
            "low": None,
            "mid": None,
            "high": None,
            "meets_cap_at": instant(state.met_at_ms, tz),
        },
    }


def filled(template: str, snapshot: Snapshot) -> str:
    """Fill a line's fields; a field that is not known stays as it is written."""
    nearest = max(snapshot.caps, key=lambda each: each.share, default=None)
    fields = {
        "today": cost_text(snapshot.today),
        "month": cost_text(snapshot.month),
        "burn": amounts.dollars(snapshot.burn.nanos_per_hour) + "/h",
        "cap": cap_amount(nearest, int(nearest.cap.amount)) if nearest else "no cap",
        "left": cap_amount(nearest, nearest.left) if nearest else "",
        "share": amounts.share(nearest.share) if nearest else "",
        "state": WORDS[nearest.state] if nearest else "",
    }
    return re.sub(r"\{(\w+)\}", lambda m: fields.get(m[1], m[0]), template)


def cap_amount(state: CapState, value: int) -> str:
    """Give an amount in a cap's unit."""
    if state.cap.unit == "tokens":
        return amounts.tokens(max(value, 0))
    return amounts.dollars(value)


def show_status(snapshot: Snapshot) -> None:
    """Print the snapshot for people, within 60 columns."""
    show(f"today   {cost_text(snapshot.today):>12}   estimate at list prices")
    show(f"month   {cost_text(snapshot.month):>12}")
    pace = "   ".join(
        f"{burn.window_minutes} min {amounts.dollars(burn.nanos_per_hour)}/h"
        for burn in snapshot.burns
    )
    show(f"burn    {pace}")
    if not snapshot.caps:
        show("cap     none: tokentui cap set 1500 --per month")
    for state in snapshot.caps:
        show_cap(state, snapshot)
    for source in snapshot.sources:
        last = instant(source.last_event_ms, snapshot.tz) or "nothing yet"
        show(f"{source.source:<12} last {last}")
        for problem in source.problems[:3]:
            show(f"  problem: {clean(problem)}")


def show_cap(state: CapState, snapshot: Snapshot) -> None:
    """Print one cap in two lines."""
    cap = state.cap
    spent = cap_amount(state, state.spent)
    bound = "≥" if state.is_lower_bound and not spent.startswith("≥") else ""
    show(
        f"cap     {clean(cap.name)}: {bound}{spent} of"
        f" {cap_amount(state, int(cap.amount))} a {cap.per},"
        f" {amounts.share(state.share)}, {WORDS[state.state]}"
    )
    parts = [f"left {cap_amount(state, max(state.left, 0))}"]
    if state.safe_per_day is not None and cap.per != "day":
        parts.append(f"{cap_amount(state, state.safe_per_day)} a day keeps it")
    if state.met_at_ms is not None and state.left > 0:
        parts.append(f"at this rate met {instant(state.met_at_ms, snapshot.tz)}")
    show("        " + ", ".join(parts))
