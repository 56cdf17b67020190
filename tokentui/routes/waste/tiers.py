"""Responses that another tier or hour of the same model sells for less."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from tokentui.prices.rates import Rate
from tokentui.queries.threads import Labels, Response, Session
from tokentui.routes.waste.finding import Finding
from tokentui.routes.waste.prices import Prices, cost

HEADLESS = ("codex_exec", "sdk-cli", "sdk-py")
"""How agents name themselves where a script started them: `codex exec`, `claude -p`."""

USUAL = (None, "standard", "default")
CHEAP = (*USUAL, "batch", "flex")
"""Tiers that cost no more than the usual one."""

HOURLY = ("deepseek",)
"""Providers whose prices depend on the hour of the day."""

PEAK_MS = 24 * 3_600_000
"""A price that holds no longer than this, between lower ones, is one of peak hours."""


def fast(session: Session, prices: Prices) -> Iterable[Finding]:
    """Find what was paid for speed, over the usual tier at the same time.

    At least: where nobody waited. `size` is what all of it cost, in nano-dollars.
    """
    for each, rate in rated(session, prices, is_fast):
        usual = prices.rate_at(each.labels, None, each.at_ms)
        yield from cheaper(each, rate, usual)


def patient(session: Session, prices: Prices) -> Iterable[Finding]:
    """Find what nobody waited for, and what it would have cost at the flex tier.

    A run of a single response could have been a batch. Usage inside plans is left out:
    neither is to be had there.
    """
    is_single = sum(map(len, session.threads)) == 1
    for each, rate in rated(session, prices, can_wait):
        slow = prices.rate_at(each.labels, "flex", each.at_ms)
        if slow is None and is_single:
            slow = prices.rate_at(each.labels, "batch", each.at_ms)
        yield from cheaper(each, rate, slow)


def at_peak(session: Session, prices: Prices) -> Iterable[Finding]:
    """Find what was used in dear hours of the day, and its price in the next ones.

    At least: where nobody waited. `size` is what all of it cost, in nano-dollars.
    """
    for each, rate in rated(session, prices, has_peaks):
        if rate.valid_until - rate.valid_from <= PEAK_MS:
            later = prices.rate_at(each.labels, each.labels.tier, rate.valid_until)
            before = prices.rate_at(each.labels, each.labels.tier, rate.valid_from - 1)
            if before is not None and any(cheaper(each, rate, before)):
                yield from cheaper(each, rate, later)


def is_unattended(labels: Labels) -> bool:
    """Claim that nobody waited for a response: a script had started the agent."""
    return labels.entrypoint in HEADLESS


def is_fast(labels: Labels) -> bool:
    """Claim that a tier may cost more than the usual one."""
    return labels.tier not in CHEAP


def can_wait(labels: Labels) -> bool:
    """Claim that a slower tier would do, and could be had."""
    return labels.tier in USUAL and is_unattended(labels) and not labels.is_plan


def has_peaks(labels: Labels) -> bool:
    """Claim that a provider's prices depend on the hour."""
    return labels.provider in HOURLY


def rated(
    session: Session, prices: Prices, claim: Callable[[Labels], bool]
) -> Iterator[tuple[Response, Rate]]:
    """Go through the responses of whose labels a claim is true, with their rates."""
    wanted = {labels.number for labels in session.labels if claim(labels)}
    if not wanted:
        return
    for thread in session.threads:
        for each in thread:
            if each.labels.number in wanted and (rate := prices.rate(each)):
                yield each, rate


def cheaper(response: Response, rate: Rate, other: Rate | None) -> Iterator[Finding]:
    """Say what a response saves at another rate, if it does."""
    if other is None:
        return
    labels = response.labels
    paid = cost(response, rate, labels.discount_ppm)
    saved = paid - cost(response, other, labels.discount_ppm)
    if saved > 0:
        yield Finding(
            labels,
            response.at_ms,
            saved if is_unattended(labels) else 0,
            saved,
            saved,
            size=paid,
        )
