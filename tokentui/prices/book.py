"""The price book: what a key costs at a moment, what it knows, and which it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from tokentui.prices.draft import Override
from tokentui.prices.explain import TIERS, Explanation, explanation
from tokentui.prices.library import Library, short_hash
from tokentui.prices.overlay import Overlay, Rule, read_overlay, spellings
from tokentui.prices.question import Question
from tokentui.prices.rates import Rate, RateKey

__all__ = ["Book", "Explanation", "Known", "Override"]


class Known(NamedTuple):
    """A model by our name of its provider, and its id on the list that has it.

    `context` is the longest prompt in tokens, if that is known.
    """

    provider: str
    model: str
    context: int | None


class Book:
    """Prices: user overrides, then the overlay, then genai-prices, else unpriced.

    Nothing is imported or read before the first question, and nothing ever fetched.
    The overlay and genai-prices say where they have their figures from.
    """

    def __init__(
        self, overrides: Mapping[str, Override] | None = None, data: Path | None = None
    ) -> None:
        """Take the user's prices, by name of the model in any case.

        `data` is a price file as genai-prices publishes it, used in place of its own.
        If it is missing or broken, questions raise `TokentuiError`.
        """
        self._overrides = {k.strip().lower(): v for k, v in (overrides or {}).items()}
        self._library = Library(data)
        self._understood_by_key: dict[RateKey, Question | None] = {}

    @cached_property
    def version(self) -> str:
        """Name all that decides prices: rates of another version have to be renewed.

        Raises `TokentuiError` if the price file cannot be read.
        """
        parts = [self._library.version, f"overlay {self._overlay.as_of}"]
        if self._overrides:
            stated = repr(sorted(self._overrides.items())).encode()
            parts.append(f"overrides {short_hash(stated)}")
        return ", ".join(parts)

    def rate(self, key: RateKey, at_ms: int) -> Rate | None:
        """Price a key at a moment (UTC ms), for as long as that holds.

        `None` is unpriced; no key and no moment is an error. Raises `TokentuiError` if
        the price file is missing or broken.
        """
        asked = self._understood(key)
        if asked is None:
            return None
        figures, span = asked.answer(at_ms)
        if figures is None:
            return None
        span = asked.joined(figures, span)
        return Rate(
            span.since,
            span.until,
            figures.bands,
            dict(figures.fees),
            figures.source,
            figures.as_of,
            self.version,
        )

    def explain(self, key: RateKey, at_ms: int) -> Explanation | None:
        """Tell what is known of a key's model at a moment (UTC ms), at all tiers.

        `None` is unpriced at every tier. Raises `TokentuiError` if the price file is
        missing or broken.
        """
        asked = {
            tier: question
            for tier in TIERS
            if (question := self._understood(key._replace(tier=tier)))
            and question.tier == tier
        }
        return explanation(asked, at_ms)

    def known(self, key: RateKey) -> Known | None:
        """Tell which model a key names, whatever it costs; `None` if no list has it.

        Raises `TokentuiError` if the price file is missing or broken.
        """
        asked = self._understood(key)
        if asked is None:
            return None
        return Known(asked.provider, asked.model, asked.context)

    def search(self, text: str) -> list[tuple[str, str]]:
        """List provider and id of models whose id contains a text, in any case.

        They come in order, and all of them for "".
        Raises `TokentuiError` if the price file is missing or broken.
        """
        wanted = text.strip().lower()
        pairs = {(own.provider, own.id) for own in self._overlay.models}
        for provider, lists in self._overlay.providers.items():
            # Vertex sells from the lists of others, which are here already.
            if len(lists) == 1:
                pairs |= {(provider, id_) for id_ in self._library.ids(lists[0])}
        return sorted(pair for pair in pairs if wanted in pair[1].lower())

    @cached_property
    def _overlay(self) -> Overlay:
        return read_overlay()

    def _understood(self, key: RateKey) -> Question | None:
        """Find out whose model a key names; `None` if nothing can price it."""
        if key not in self._understood_by_key:
            self._understood_by_key[key] = self._understand(key)
        return self._understood_by_key[key]

    def _understand(self, key: RateKey) -> Question | None:
        overlay, name = self._overlay, key.model
        logged = provider = overlay.provider(key.provider)
        if provider in overlay.gateways:
            provider, _, name = name.partition("/")
            provider = overlay.provider(provider)
        names = spellings(name, overlay)
        asked = Question(
            provider,
            names[0] if names else "",
            overlay.tier(key.tier, provider),
            self._overriding((logged, provider), names),
        )
        if provider in overlay.providers and not set(names) & set(overlay.unpriced):
            asked = self._identified(asked, key.geo.strip().lower(), names)
        return asked if asked.rules or asked.listing or asked.override else None

    def _overriding(
        self, providers: Sequence[str], names: Sequence[str]
    ) -> Override | None:
        """Find the user's price of the first of some names that has one."""
        for override in filter(None, map(self._overrides.get, names)):
            if override.provider is None:
                return override
            if self._overlay.provider(override.provider) in providers:
                return override
        return None

    def _identified(self, asked: Question, geo: str, names: Sequence[str]) -> Question:
        """Find the model of a question in the overlay, else in the library."""
        overlay, provider = self._overlay, asked.provider
        place = "" if geo in overlay.anywhere else geo

        def bearing(*known: str) -> tuple[Rule, ...]:
            return tuple(
                rule
                for rule in overlay.rules
                if rule.concerns(provider, asked.tier, place, known)
            )

        for own in overlay.models:
            if own.provider == provider and {own.id, *own.names} & set(names):
                rules = bearing(own.id)
                return replace(asked, model=own.id, rules=rules, context=own.context)
        listing = self._library.find(overlay.providers[provider], names, overlay.as_of)
        if listing is None:
            return asked
        return replace(
            asked,
            model=listing.id,
            rules=bearing(listing.id.lower(), names[0]),
            listing=listing,
            context=listing.context,
        )
