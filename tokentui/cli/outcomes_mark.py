"""`tokentui outcomes mark`: say how a session's work ended."""

from __future__ import annotations

from decimal import Decimal
from math import isnan
from typing import Any

import click

from tokentui import amounts, periods
from tokentui.cli.freshen import freshened
from tokentui.cli.options import as_json, no_refresh, setting
from tokentui.cli.output import show, show_json
from tokentui.cli.reading import changing
from tokentui.cli.shapes import instant, money
from tokentui.errors import NoLedgerError, UsageError
from tokentui.ledger.marks import (
    ACCEPTED,
    REASONS,
    VERDICTS,
    Mark,
    drop_mark,
    keep_mark,
)
from tokentui.queries.marks import Session, mark_of, session_named
from tokentui.setting import Setting
from tokentui.text import clean

MOST_MINUTES = 60 * 24 * 7


@click.command("mark")
@click.argument("session")
@click.argument("verdict", type=click.Choice(VERDICTS), required=False)
@click.option("--because", type=click.Choice(REASONS), help="Why it was not accepted.")
@click.option("--value", metavar="USD", help="What the work is worth if accepted.")
@click.option(
    "--review-minutes",
    metavar="N",
    type=click.FloatRange(0, MOST_MINUTES),
    help="How long you looked at it.",
)
@click.option("--remove", is_flag=True, help="Take the mark off.")
@as_json
@no_refresh
def verb(
    session: str, verdict: str | None, remove: bool, as_json: bool, **given: Any
) -> None:
    """Say that the work of SESSION was accepted, rejected or abandoned.

    SESSION is the beginning of its name, or `last`. A new mark takes the place of the
    old one; value and review minutes stay unless they are given anew.
    """
    refuse_contradictions(verdict, remove, given)
    here = setting()
    if not given["no_refresh"]:
        freshened(here)
    if not here.ledger.exists():
        raise NoLedgerError(f"no ledger at {here.ledger}; run `tokentui refresh` first")
    with changing(here) as connection:
        named = session_named(connection, session)
        if remove and not drop_mark(connection, *named):
            raise UsageError(f"session {clean(named[1])} has no mark")
        if verdict is not None:
            keep_mark(connection, made(named, verdict, given, here))
        mark = mark_of(connection, named)
    if as_json:
        show_json({"kind": "mark", **mark_shape(named, mark, here)})
    else:
        show(words(named, mark))


def refuse_contradictions(
    verdict: str | None, remove: bool, given: dict[str, Any]
) -> None:
    """Refuse words that cannot all be meant.

    Raises:
        UsageError: They contradict each other.
    """
    facts = given["because"], given["value"], given["review_minutes"]
    if remove and (verdict or any(each is not None for each in facts)):
        raise UsageError("--remove stands alone")
    if not remove and verdict is None:
        raise UsageError(f"say {', '.join(VERDICTS[:-1])} or {VERDICTS[-1]}")
    if isnan(given["review_minutes"] or 0):
        raise UsageError("--review-minutes: that is no number")
    if verdict == ACCEPTED and given["because"]:
        raise UsageError("--because says why work was not accepted")


def made(named: Session, verdict: str, given: dict[str, Any], here: Setting) -> Mark:
    """Make the mark of what was said."""
    value, minutes = given["value"], given["review_minutes"]
    return Mark(
        *named,
        verdict,
        periods.millis(here.now),
        given["because"],
        None if value is None else amounts.nanos_from_usd(value),
        None if minutes is None else round(Decimal(str(minutes)) * 60),
    )


def mark_shape(named: Session, mark: Mark | None, here: Setting) -> dict[str, Any]:
    """Give a session's mark; all is null where it has none."""
    source, session = named
    seconds = None if mark is None else mark.review_seconds
    return {
        "session": session,
        "source": source,
        "verdict": mark and mark.verdict,
        "because": mark and mark.because,
        "value_usd": money(mark and mark.value_nanos),
        "review_minutes": None if seconds is None else seconds / 60,
        "made_at": instant(mark and mark.made_at_ms, here.tz),
    }


def words(named: Session, mark: Mark | None) -> str:
    """Say how a session is marked now."""
    source, session = named
    if mark is None:
        return f"session {clean(session)} ({source}): not marked any more"
    told = f"session {clean(session)} ({source}): {mark.verdict}"
    if mark.because is not None:
        told += f", {mark.because}"
    if mark.value_nanos is not None:
        told += f", worth {amounts.dollars(mark.value_nanos)}"
    if mark.review_seconds is not None:
        told += f", reviewed in {amounts.duration(mark.review_seconds)}"
    return told
