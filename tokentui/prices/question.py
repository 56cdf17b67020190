"""A key understood, and its price at a moment.

The answer comes with the span in which nothing that was looked at can change;
neighbouring spans with equal figures can be joined into one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tokentui.prices.draft import Draft, Figures, Override
from tokentui.prices.library import Listing
from tokentui.prices.overlay import Rule, Span

MOST_SPANS = 250
"""Spans joined in one direction; ten days off in a row at DeepSeek make about 50."""


@dataclass(frozen=True, slots=True)
class Question:
    """Whose model a key names, at which tier, and what may bear on its price.

    `provider` and `tier` have our names; `model` is the overlay's or the library's id,
    or as logged if neither knows it. `context` is the longest prompt in tokens.
    """

    provider: str
    model: str
    tier: str
    override: Override | None = None
    rules: tuple[Rule, ...] = ()
    listing: Listing | None = None
    context: int | None = None

    def answer(self, at: int) -> tuple[Figures | None, Span]:
        """Price it at a moment (UTC ms), and give the span in which that cannot change.

        There is no price before 1970 or from `FOREVER_MS` on; else `None` is unpriced.
        """
        span, held = Span(), []
        if not span.state(at)[0]:
            return None, span
        for rule in self.rules:
            holds, same = rule.state(at)
            span = span.meet(same)
            if holds:
                held.append(rule)
        is_whole = any(rule.is_whole(self.tier) for rule in held)
        listing = None if is_whole else self.listing
        if listing:
            span = span.meet(listing.span(at))
        draft = draft_by(held, listing, self.tier, at)
        if self.override and self.tier == "standard":
            holds, same = Span(self.override.from_ms or 0).state(at)
            span = span.meet(same)
            if holds:
                draft = draft or Draft()
                draft.override(self.override)
        if draft is None:
            return None, span
        fees = listing.fees(at) if listing else {}
        for rule in held:
            fees |= {kind: round(usd * 10**9) for kind, usd in rule.fees.items()}
        return draft.figures(fees), span

    def joined(self, figures: Figures, span: Span) -> Span:
        """Stretch a span over its neighbours that have the same figures."""
        since, until = span
        for _ in range(MOST_SPANS):
            near, wider = self.answer(since - 1)
            if near != figures:
                break
            since = wider.since
        for _ in range(MOST_SPANS):
            near, wider = self.answer(until)
            if near != figures:
                break
            until = wider.until
        return Span(since, until)


def draft_by(
    held: Sequence[Rule], listing: Listing | None, tier: str, at: int
) -> Draft | None:
    """Draft the list price by the rules that hold at a moment (UTC ms).

    `None` if the model or the tier is not sold. It may lack kinds, even all.
    """
    if any(rule.withdrawn for rule in held):
        return None
    draft = (listing and listing.draft("standard", at)) or Draft()
    for rule in held:
        if rule.per_mtok and not rule.tiers:
            draft.set(rule)
    if tier != "standard":
        tiered = tier_draft(held, listing, tier, at, draft)
        if tiered is None:
            return None
        draft = tiered
    for rule in held:
        draft.fill(rule)
        if rule.factor and not rule.tiers:
            draft.multiply(rule)
    return draft


def tier_draft(
    held: Sequence[Rule], listing: Listing | None, tier: str, at: int, standard: Draft
) -> Draft | None:
    """Draft the price of a tier: stated in the overlay, or listed, or a multiple.

    The multiple is made out of `standard`, which is changed. `None` if it is not sold.
    """
    made = [rule for rule in held if rule.tiers]
    for rule in made:
        if rule.per_mtok:
            draft = Draft()
            draft.set(rule)
            return draft
    if listing and (listed := listing.draft(tier, at)):
        return listed
    for rule in made:
        if rule.factor:
            standard.multiply(rule)
            return standard
    return None
