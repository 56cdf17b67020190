"""Groups, stages and bands as rows of text that all faces share; `?` is not known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from tokentui import amounts
from tokentui.routes.funnel import Stage
from tokentui.routes.outcome_words import (
    STAGE_WORDS,
    band_name,
    dollars,
    each_words,
    listed_words,
    payable,
)
from tokentui.routes.outcomes import Tally
from tokentui.routes.spread import Band

Cell = TypeVar("Cell")

GROUP = (
    "sessions",
    "accepted",
    "cost",
    "in plans",
    "per accepted",
    "list each",
    "tokens each",
    "requests each",
    "yield",
)
STAGE = ("came to be", "sessions", "cost", "in plans", "not told", "too young")
BAND = ("list value", "sessions", "accepted", "share", "together")
IN_PLANS = ("in plans", "list each")
"""The titles of list value inside plans, of which some usage has none."""


def kept(titles: Sequence[str], cells: Sequence[Cell], has_plans: bool) -> list[Cell]:
    """Leave out the cells of plans where there are none."""
    pairs = zip(titles, cells, strict=True)
    return [cell for title, cell in pairs if has_plans or title not in IN_PLANS]


def group_row(tally: Tally) -> tuple[str, ...]:
    """Tell of a group, in the order of `GROUP`."""
    decided = tally.decided
    tokens = tally.per_accepted(sum(decided.tokens[:5]))
    requests = tally.per_accepted(decided.requests)
    return (
        f"{tally.tasks:,}",
        accepted_of(tally.accepted, tally.known),
        dollars(tally.sums, payable(tally.sums)),
        listed_words(tally.sums),
        each_words(tally, payable(decided)),
        each_words(tally, decided.plan_nanos) if decided.plan_nanos else "-",
        "?" if tokens is None else amounts.tokens(round(tokens)),
        "?" if requests is None else f"{requests:,.0f}",
        "?" if tally.token_yield is None else amounts.share(tally.token_yield),
    )


def stage_row(stage: Stage) -> tuple[str, ...]:
    """Tell of a stage, in the order of `STAGE`."""
    return (
        STAGE_WORDS[stage.name],
        f"{stage.tasks:,}",
        dollars(stage.sums, payable(stage.sums)),
        listed_words(stage.sums),
        f"{stage.unknown:,}" if stage.unknown else "-",
        f"{stage.too_young:,}" if stage.too_young else "-",
    )


def band_row(band: Band) -> tuple[str, ...]:
    """Tell of a band of spend, in the order of `BAND`."""
    return (
        band_name(band.since, band.until),
        f"{band.tasks:,}",
        accepted_of(band.accepted, band.known),
        amounts.share(band.accepted / band.known) if band.known else "?",
        amounts.dollars(band.nanos),
    )


def accepted_of(accepted: int, known: int) -> str:
    """Say how many were accepted of those whose end is known."""
    return f"{accepted} of {known}" if known else "?"
