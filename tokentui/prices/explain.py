"""What the book tells people of a model: prices in dollars, origins, known changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tokentui.prices.draft import Figures, dollars
from tokentui.prices.overlay import KINDS, moment
from tokentui.prices.question import Question
from tokentui.prices.rates import FOREVER_MS, Band

TIERS = ("standard", "batch", "flex", "fast", "priority", "ultrafast")
"""The tiers that are told of, in this order."""


@dataclass(frozen=True, slots=True)
class PricedBand:
    """Dollars per million tokens of a request with a prompt of more than `over`.

    `over` counts tokens, cached ones included, and is -1 for a prompt of any length.
    """

    over: int
    input: Decimal
    cache_read: Decimal
    cache_write: Decimal
    cache_write_1h: Decimal
    output: Decimal


@dataclass(frozen=True, slots=True)
class PricedTier:
    """One tier of a model: its bands, where they come from, and since when.

    `bands` ascend by `over`. `source` says it in words, `url` is where to see it,
    `as_of` the ISO date of effect, else of reading; both are "" for the user's prices,
    but for the day from which on they hold.
    """

    tier: str
    bands: tuple[PricedBand, ...]
    source: str
    url: str
    as_of: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the book knows about a model; `context` is its longest prompt in tokens.

    `tiers` are the priced ones, `standard` first. `fees` are dollars per unit, in order
    of kind. `changes` are the known future ones, by UTC day in order of time.
    """

    provider: str
    model: str
    context: int | None
    is_deprecated: bool
    tiers: tuple[PricedTier, ...]
    fees: tuple[tuple[str, Decimal], ...]
    changes: tuple[tuple[date, str], ...]


def explanation(asked: Mapping[str, Question], at: int) -> Explanation | None:
    """Explain questions about one model, by tier, at a moment (UTC ms).

    `None` if no tier is priced.
    """
    priced = {
        tier: figures
        for tier, question in asked.items()
        if (figures := question.answer(at)[0])
    }
    if not priced:
        return None
    one = next(iter(asked.values()))
    ended = any(rule.notice and rule.state(at)[0] for rule in one.rules)
    fees = next(iter(priced.values())).fees
    return Explanation(
        provider=one.provider,
        model=one.model,
        context=one.context,
        is_deprecated=ended or bool(one.listing and one.listing.is_deprecated),
        tiers=tuple(priced_tier(tier, figures) for tier, figures in priced.items()),
        fees=tuple((kind, dollars(nanos)) for kind, nanos in fees),
        changes=tuple(changes(asked, at)),
    )


def priced_tier(tier: str, figures: Figures) -> PricedTier:
    """Give figures in dollars."""
    bands = tuple(
        PricedBand(band.over, *map(dollars, band[1:])) for band in figures.bands
    )
    return PricedTier(tier, bands, figures.source, figures.url, figures.as_of)


def changes(asked: Mapping[str, Question], at: int) -> Iterator[tuple[date, str]]:
    """Tell what is known to change after a moment (UTC ms), by UTC day, in order.

    Daily changes are left out.
    """
    rules = {rule.what: rule for one in asked.values() for rule in one.rules}
    edges = {edge for rule in rules.values() for edge in rule.span}
    for one in asked.values():
        edges |= one.listing.starts() if one.listing else set()
    for edge in sorted(edge for edge in edges if at < edge < FOREVER_MS):
        on = moment(edge).date()
        for rule in rules.values():
            if rule.notice and rule.span.since == edge:
                yield on, rule.what
        for tier, question in asked.items():
            before, _ = question.answer(edge - 1)
            after, _ = question.answer(edge)
            if text := difference(before, after):
                yield on, text if tier == "standard" else f"{tier}: {text}"


def difference(before: Figures | None, after: Figures | None) -> str:
    """Say in words how prices differ, in dollars per million tokens; "" if they do not.

    Fees and origins do not count.
    """
    if before is None or after is None:
        return "" if before is after else "ends" if before else "begins"
    texts = []
    for over in sorted({band.over for band in (*before.bands, *after.bands)}):
        was, now = band_at(before.bands, over), band_at(after.bands, over)
        changed = [
            f"{kind} {dollars(old)} → {dollars(new)}"
            for kind, old, new in zip(KINDS, was[1:], now[1:], strict=True)
            if old != new
            # Kinds that follow the input price need no mention of their own.
            and (kind == "input" or (old, new) != (was.input, now.input))
        ]
        where = f"over {over} tokens " if over >= 0 else ""
        texts += [where + ", ".join(changed)] if changed else []
    return "; ".join(texts)


def band_at(bands: Sequence[Band], over: int) -> Band:
    """Give the band of prompts just longer than `over`, -1 at least."""
    return [band for band in bands if band.over <= over][-1]
