"""Lever: hardware of one's own, where it costs less than anybody who sells the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tokentui.amounts import NANOS, dollars
from tokentui.routes.break_even import value_by_scores
from tokentui.routes.formulas import machine_month
from tokentui.routes.gateways import SENDABLE, to_vendor
from tokentui.routes.moves import Costs, by_run, confidence, premium, scores
from tokentui.routes.parts import Labels, Part, parts
from tokentui.routes.pricing import Route
from tokentui.routes.suggestion import NOTHING, PRICE, Risk, Saving, Suggestion
from tokentui.routes.work import DAYS_OF_MONTH, Place, Work
from tokentui.settings import Machine

HOURS = 24 * DAYS_OF_MONTH
"""Of a month."""

MEGA = 10**6


class Load(NamedTuple):
    """What work asks of a machine in a month: hours of writing, and dollars.

    The machine costs `low_nanos` if it only runs while it writes, `high_nanos` if all
    the time.
    """

    hours: float
    low_nanos: int
    high_nanos: int


def own_machine(work: Work) -> Iterator[Suggestion]:
    """Suggest the machine of the config for what somebody pays by price list.

    It has to be cheaper than to buy the same model from its vendor, unless the user
    does not want that, and runs have to tell how much it would have to write.
    """
    machine, route = work.config.routes.machine, work.on_machine
    if machine is None or route is None:
        return

    part = movable(work, route)
    asked = part and load(
        machine, work.per_month(part.repricing.written_on(route) or 0)
    )
    if part and asked and asked.hours <= HOURS:
        yield from suggested(work, part, route, asked)


def movable(work: Work, route: Route) -> Part | None:
    """Find the work by price list of which runs tell how much would be written."""

    def key(labels: Labels) -> Place | None:
        is_ours = labels.source in SENDABLE and not labels.is_plan
        return work.place(labels) if is_ours else None

    found = [
        part
        for part in parts(work.repricing, work.shares, key).values()
        if part.repricing.written_on(route) is not None
    ]
    if not found:
        return None
    pieces = [piece for part in found for piece in part.repricing.pieces]
    shares = [share for part in found for share in part.shares]
    return Part(work.repricing.only(pieces), shares)


def load(machine: Machine, written: int) -> Load:
    """Say what it takes to write so many tokens in a month."""
    hours = written / float(machine.tokens_per_second) / 3_600

    def nanos(running: float) -> int:
        used = running * float(machine.watts) / 1_000
        price, years = float(machine.price), float(machine.years)
        month = machine_month(price, years, used, float(machine.price_per_kwh))
        return round(month * NANOS)

    return Load(hours, nanos(hours), nanos(HOURS))


def suggested(
    work: Work, part: Part, route: Route, asked: Load
) -> Iterator[Suggestion]:
    """Suggest the machine if it is cheaper even if it runs all the time."""
    now = work.per_month(part.nanos)
    sold = part.repricing.on(route)
    elsewhere = Costs((now,), now)
    if sold is not None and work.constraints.why_denied(route) is None:
        months = [min(now, work.per_month(nanos)) for nanos in sold.counted]
        elsewhere = Costs(months, min(now, work.per_month(sold.best)))
    saves = Saving(
        min(elsewhere.counted) - asked.high_nanos,
        elsewhere.best - asked.high_nanos,
        max(elsewhere.counted) - asked.low_nanos,
    )
    lines = to_vendor(part.source, part.model, route._replace(provider=""))
    if saves.low <= 0 or lines is None:
        return
    run, there = by_run(part, round(part.nanos * asked.high_nanos / max(now, 1)))
    value = None if sold is None else value_by_scores(run, there, sold)
    pairs = () if sold is None else sold.pairs
    is_same = not pairs
    yield Suggestion(
        lever="own-machine",
        title=f"{route.model} on a machine of your own: pays from"
        f" {break_even_tokens(work, part, asked, elsewhere.best)} on",
        saves=saves,
        saves_in_plans=NOTHING,
        confidence=PRICE if sold is None or is_same else confidence(sold),
        evidence=part.evidence("by price list"),
        how=lines.how,
        undo=lines.undo,
        risks=(*(Risk("quality", scores(pair)) for pair in pairs), *doubts(asked)),
        task_value_nanos=None if value is None else round(value),
        success_premium=None if is_same else premium(work, run, there),
        counted="at most if it only runs while it writes, else if it runs all month;"
        " against what is paid now, or what the model's vendor takes if that is less",
    )


def break_even_tokens(work: Work, part: Part, asked: Load, elsewhere: int) -> str:
    """Say how many tokens of this work a month the machine has to have, and has."""
    tokens = sum(
        each.input
        + each.cache_read
        + each.cache_write
        + each.cache_write_1h
        + each.output
        for each in part.repricing.pieces
    )
    month = work.per_month(tokens)
    least = month * asked.high_nanos / elsewhere
    usd = dollars(asked.high_nanos)
    return (
        f"{least / MEGA:,.0f} M tokens or {usd} a month (yours: {month / MEGA:,.0f} M)"
    )


def doubts(asked: Load) -> list[Risk]:
    """Say what is not reckoned."""
    text = (
        f"it would write for {asked.hours:,.0f} of {HOURS} hours a month; how fast it"
        " reads prompts is not known here and takes time as well"
    )
    care = "it has to be set up, kept running and replaced: none of that is reckoned"
    return [Risk("latency", text), Risk("availability", care)]
