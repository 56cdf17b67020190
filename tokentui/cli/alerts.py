"""`tokentui alerts`: what was raised, where it goes, and quiet for a while."""

from __future__ import annotations

from contextlib import closing
from typing import Any
from zoneinfo import ZoneInfo

import click

from tokentui.cli.lazy import Group
from tokentui.cli.options import as_json, setting
from tokentui.cli.output import Column, note, show, show_json, show_table
from tokentui.cli.shapes import instant
from tokentui.errors import SOURCE_FAILED, TokentuiError, UsageError
from tokentui.ledger.alerts import ALL, SENT, snooze
from tokentui.ledger.connection import (
    explaining,
    open_for_reading,
    open_for_writing,
)
from tokentui.periods import millis, parse_last
from tokentui.queries.alerts import Raised, raised, snoozes, troubles
from tokentui.setting import Setting
from tokentui.settings import ALERT_RULES, Channel

MOST = 50


@click.group("alerts", cls=Group)
def verb() -> None:
    """What `tokentui watch` has raised, and where it goes."""


@verb.command("list")
@click.option("--limit", default=MOST, show_default=True, help="At most so many.")
@as_json
def list_alerts(limit: int, as_json: bool) -> int:
    """List what was raised, the newest first, and how far it came."""
    here = setting()
    with explaining(here.ledger), closing(open_for_reading(here.ledger)) as connection:
        found = raised(connection, limit)
        asleep = snoozes(connection, millis(here.now))
        failing = troubles(connection)
    warnings = [f"channel {each.channel}: {each.error}" for each in failing]
    if as_json:
        show_json(
            {
                "kind": "alerts",
                "rows": [alert_shape(each, here.tz) for each in found],
                "snoozed": [
                    {"rule": rule or None, "until": instant(until, here.tz)}
                    for rule, until in asleep.items()
                ],
                "warnings": warnings,
            }
        )
        return 0
    if not found:
        show("nothing was raised yet; `tokentui watch` raises alerts")
    else:
        show_raised(found, here.tz)
    for rule, until in asleep.items():
        note(f"{rule or 'all'} snoozed until {instant(until, here.tz)}")
    for warning in warnings:
        note(warning)
    return 0


def alert_shape(alert: Raised, tz: ZoneInfo) -> dict[str, Any]:
    """Give an alert as JSON."""
    return {
        "at": instant(alert.raised_at_ms, tz),
        "rule": alert.rule,
        "what": alert.what,
        "threshold": alert.threshold or None,
        "is_urgent": alert.is_urgent,
        "text": alert.text,
        "deliveries": [
            {
                "channel": each.channel,
                "state": each.state,
                "tries": each.tries,
                "next_try": instant(each.next_at_ms, tz),
                "error": each.error,
            }
            for each in alert.deliveries
        ],
    }


def show_raised(found: tuple[Raised, ...], tz: ZoneInfo) -> None:
    """Print the table of alerts."""
    show_table(
        [
            Column("at"),
            Column("rule"),
            Column("alert", flexible=True),
            Column("sent to", flexible=True),
        ],
        [
            [
                (instant(each.raised_at_ms, tz) or "")[:16].replace("T", " "),
                each.rule,
                each.text,
                ", ".join(
                    d.channel if d.state == SENT else f"{d.channel} ({d.state})"
                    for d in each.deliveries
                ),
            ]
            for each in found
        ],
    )


@verb.command("test")
@click.argument("channel", required=False)
@as_json
def test_channels(channel: str | None, as_json: bool) -> int:
    """Send a test to CHANNEL, or to each; exit 3 if one does not take it."""
    here = setting()
    channels = here.config.alerts.channels
    known = ", ".join(each.name for each in channels) or "none"
    if channel is not None and channel not in {each.name for each in channels}:
        raise UsageError(f"no channel {channel!r}; there are: {known}")
    if not channels:
        raise UsageError(
            "no channel yet; `tokentui setup --example` shows [alerts.channels]"
        )
    rows = [
        {"channel": each.name, "via": each.via, "error": problem_of(each, here)}
        for each in channels
        if channel in (None, each.name)
    ]
    if as_json:
        show_json({"kind": "alerts-test", "rows": rows})
    else:
        for row in rows:
            show(f"{row['channel']} ({row['via']}): {row['error'] or 'taken'}")
    return SOURCE_FAILED if any(row["error"] for row in rows) else 0


def problem_of(channel: Channel, here: Setting) -> str | None:
    """Try a channel; say why it did not take the test."""
    from tokentui.alerts.channels import send
    from tokentui.alerts.message import tried

    try:
        send(channel, tried(instant(millis(here.now), here.tz) or ""))
    except TokentuiError as problem:
        return str(problem)
    return None


@verb.command("snooze")
@click.argument("span")
@click.option(
    "--rule", type=click.Choice(ALERT_RULES), help="Only alerts of this rule; else all."
)
@as_json
def snooze_alerts(span: str, rule: str | None, as_json: bool) -> int:
    """Send nothing for SPAN, such as 2h or 1d; it is still listed. `off` ends it."""
    here = setting()
    now_ms = millis(here.now)
    until_ms = now_ms if span == "off" else now_ms + parse_last(span)
    with explaining(here.ledger), closing(open_for_writing(here.ledger)) as connection:
        snooze(connection, rule or ALL, until_ms)
    until = instant(until_ms, here.tz)
    if as_json:
        document = {"rule": rule, "until": None if span == "off" else until}
        show_json({"kind": "snooze"} | document)
    elif span == "off":
        show(f"{rule or 'all alerts'}: no longer snoozed")
    else:
        show(f"{rule or 'all alerts'}: nothing is sent until {until}")
    return 0
