"""Which claim is asked for: the options that drafts and statements share."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from tokentui import periods
from tokentui.cli.asked import period_of
from tokentui.cli.options import options, period_options
from tokentui.cli.project import kind_of
from tokentui.cli.reading import code_of
from tokentui.errors import UsageError
from tokentui.periods import Period
from tokentui.setting import Setting

if TYPE_CHECKING:
    from tokentui.claims.asked import Asked

RATES = ("claim-date", "per-day")
claim_options = options(
    period_options,
    click.option(
        "--for",
        "recipient",
        metavar="client:NAME",
        help="For a client: what is the client's, and nothing of others.",
    ),
    click.option("--currency", metavar="CODE", help="Currency, if not [claims]'s."),
    click.option(
        "--rate",
        type=click.Choice(RATES),
        help="One exchange rate, of the last day, or that of each day.",
    ),
    click.option(
        "--markup", metavar="SHARE", help="On top of what it cost, such as 0.1 or 10%."
    ),
    click.option("--purpose", metavar="TEXT", help="What it was for, in a sentence."),
)


def asked_of(given: dict[str, Any], here: Setting) -> Asked:
    """Read what kind of claim is asked for; without a period the last month.

    Raises:
        UsageError: It has no beginning or no end, or makes no sense.
    """
    from tokentui.claims.asked import Asked

    period = period_of(given, here)
    if period == Period():
        period = periods.parse_period("last-month", here.tz, here.now)
    now_ms = periods.millis(here.now)
    since, until = period.since_ms, period.until_ms or now_ms
    if since is None or since >= until or since > now_ms:
        raise UsageError(
            "a claim is of a time that has begun: give --since or --period"
        )
    purpose = given.get("purpose")
    if purpose is not None and (not purpose.isprintable() or len(purpose) > 1000):
        raise UsageError("--purpose takes text that can be printed")
    return Asked(
        since,
        until,
        client_of(given.get("recipient")),
        code_of(given["currency"]) if given.get("currency") else None,
        given.get("rate"),
        markup_of(given.get("markup")),
        purpose,
        given.get("supersedes"),
        timezone=str(here.tz),
    )


def client_of(text: str | None) -> str | None:
    """Read client:NAME. Raises: UsageError."""
    if text is None:
        return None
    kind, client = kind_of(text)
    if client is None:
        raise UsageError(f"--for takes client:NAME, not {kind}")
    return client


def markup_of(text: str | None) -> Decimal | None:
    """Read a share on top, as such or in percent. Raises: UsageError."""
    if text is None:
        return None
    number = text.strip().removesuffix("%")
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,4})?", number):
        raise UsageError(f"{text!r:.40} is no markup, such as 0.1 or 10%")
    return Decimal(number) / (100 if text.strip().endswith("%") else 1)
