"""The price book: user overrides, then the overlay, then genai-prices, else unpriced.

A key is priced for one moment, together with the span in which nothing that was looked
at can change; neighbouring spans with equal figures are then joined into one rate.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fnmatch import fnmatchcase
from fractions import Fraction
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from tokentui.errors import TokentuiError
from tokentui.prices.rates import FOREVER_MS, Band, Rate, RateKey

if TYPE_CHECKING:
    from genai_prices.types import (
        ConditionalPrice,
        ModelInfo,
        PriceVariant,
        Provider,
        TieredPrices,
    )

KINDS = ("input", "cache_read", "cache_write", "cache_write_1h", "output")
TIERS = ("standard", "batch", "flex", "fast", "priority", "ultrafast")
LIBRARY_FEES = {
    "web_searches_kcount": "web_search",
    "storage_searches_kcount": "file_search",
    "social_searches_kcount": "x_search",
    "code_executions_kcount": "code_execution",
}
"""What the library prices per 1,000, and the kind of fee that it is here."""

UNCOUNTED = ("requests_kcount", "output_reasoning_mtok", "output_citation_mtok")
"""Prices of what is not counted apart here; a model that has one stays unpriced."""

LONGEST_NAME = 200
MOST_SPANS = 250
"""Spans joined in one direction; ten days off in a row at DeepSeek make about 50."""

OVERLAY = Path(__file__).with_name("overlay.toml")
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST_DATE_MS = 253_370_764_800_000
"""Start of the year 9999; for anything later the calendar stands still."""

ENDINGS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\[[^\[\]=]*\]$",  # [1m]; but [fast=true] decides the price
        r"-v\d+(:\d+)?$",
        r"@\d{8}$",
        r"-20\d{2}-?\d{2}-?\d{2}$",
        r"-latest$",
    )
)

Ladder = tuple[tuple[int, Fraction], ...]
"""Dollars per million tokens, by the prompt length beyond which they hold; -1 first."""


@dataclass(frozen=True, slots=True)
class Override:
    """What the user says that a model costs, per million tokens at the standard tier.

    What is not given costs what is: `cache_read` and `cache_write` the `input`,
    `cache_write_1h` the `cache_write`; all else has the list price. Without `provider`
    it holds at every provider, known or not.
    """

    input: Decimal | None = None
    cache_read: Decimal | None = None
    cache_write: Decimal | None = None
    cache_write_1h: Decimal | None = None
    output: Decimal | None = None
    provider: str | None = None
    from_ms: int | None = None


@dataclass(frozen=True, slots=True)
class PricedBand:
    """Dollars per million tokens of a request with a prompt of more than `over`."""

    over: int
    input: Decimal
    cache_read: Decimal
    cache_write: Decimal
    cache_write_1h: Decimal
    output: Decimal


@dataclass(frozen=True, slots=True)
class PricedTier:
    """One tier of a model: its bands, where they come from, and since when."""

    tier: str
    bands: tuple[PricedBand, ...]
    source: str
    url: str
    as_of: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the book knows about a model; `fees` are dollars per unit.

    `changes` are the known future ones, in order of time.
    """

    provider: str
    model: str
    context: int | None
    is_deprecated: bool
    tiers: tuple[PricedTier, ...]
    fees: tuple[tuple[str, Decimal], ...]
    changes: tuple[tuple[date, str], ...]


class Span(NamedTuple):
    """UTC milliseconds, from `since` to before `until`."""

    since: int = 0
    until: int = FOREVER_MS

    def meet(self, other: Span) -> Span:
        """Keep what both have in common."""
        return Span(max(self.since, other.since), min(self.until, other.until))

    def state(self, at: int) -> tuple[bool, Span]:
        """Say if a moment is inside, and from when to when the answer is the same."""
        if at < self.since:
            return False, Span(until=self.since)
        if at >= self.until:
            return False, Span(since=self.until)
        return True, self


class Clock(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Hours of the UTC day, on some days of a place with a fixed offset."""

    hours_utc: tuple[tuple[int, int], ...]
    weekdays: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)
    utc_offset_hours: int = 0
    days_off: tuple[date, ...] = ()

    def state(self, at: int) -> tuple[bool, Span]:
        """As `Span.state`."""
        edges = {
            -self.utc_offset_hours % 24,
            *(h for pair in self.hours_utc for h in pair),
        }
        local = moment(at + self.utc_offset_hours * HOUR_MS).date()
        hour = at % DAY_MS / HOUR_MS
        holds = (
            any(start <= hour < end for start, end in self.hours_utc)
            and local.isoweekday() in self.weekdays
            and local not in self.days_off
        )
        return holds, between_daily(at, [hour * HOUR_MS for hour in edges])


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry of the overlay; its head says what the fields do."""

    what: str
    source: str
    read: date
    providers: tuple[str, ...]
    models: tuple[str, ...]
    tiers: tuple[str, ...] = ()
    geos: tuple[str, ...] = ()
    kinds: tuple[str, ...] = KINDS
    starts: datetime | None = msgspec.field(default=None, name="from")
    ends: datetime | None = msgspec.field(default=None, name="until")
    clock: Clock | None = None
    per_mtok: dict[str, Decimal] = {}
    over: dict[int, dict[str, Decimal]] = {}
    factor: str | None = None
    per_input: dict[str, Decimal] = {}
    fees: dict[str, Decimal] = {}
    withdrawn: bool = False
    notice: bool = False

    @property
    def span(self) -> Span:
        return Span(
            0 if self.starts is None else milliseconds(self.starts),
            FOREVER_MS if self.ends is None else milliseconds(self.ends),
        )

    @property
    def as_of(self) -> str:
        return str(self.read if self.starts is None else self.starts.date())

    def concerns(self, asked: Question, names: Sequence[str]) -> bool:
        """Say if the rule can bear on a question, whatever the time."""
        return (
            asked.provider in self.providers
            and (not self.tiers or asked.tier in self.tiers)
            and (not self.geos or matches([asked.geo], self.geos))
            and matches(names, self.models)
        )

    def state(self, at: int) -> tuple[bool, Span]:
        """As `Span.state`."""
        holds, span = self.span.state(at)
        if not holds or self.clock is None:
            return holds, span
        holds, hours = self.clock.state(at)
        return holds, span.meet(hours)

    def is_whole(self, tier: str) -> bool:
        """Say if nothing of a tier's price is left to the library."""
        mine = tier in self.tiers if self.tiers else tier == "standard"
        return mine and {"input", "output"} <= self.per_mtok.keys()

    def ladder(self, kind: str) -> Ladder:
        """What the rule says that a kind costs."""
        steps = {-1: self.per_mtok, **self.over}
        return tuple((over, Fraction(steps[over][kind])) for over in sorted(steps))


class OwnModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A model that the library lacks or mistakes for another."""

    provider: str
    id: str
    names: tuple[str, ...] = ()
    context: int | None = None


class Overlay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The overlay file."""

    as_of: date
    anywhere: tuple[str, ...]
    unpriced: tuple[str, ...]
    gateways: tuple[str, ...]
    vendors: tuple[str, ...]
    aliases: dict[str, str]
    providers: dict[str, tuple[str, ...]]
    provider_names: dict[str, str]
    tier_names: dict[str, dict[str, str]]
    models: tuple[OwnModel, ...] = msgspec.field(name="model")
    rules: tuple[Rule, ...] = msgspec.field(name="rule")

    def provider(self, name: str) -> str:
        """Our name of a provider."""
        name = name.strip().lower()
        return self.provider_names.get(name, name)


@dataclass(frozen=True, slots=True)
class Question:
    """A key understood: whose model, by which names, and which rules may bear on it."""

    provider: str
    names: tuple[str, ...]
    tier: str
    geo: str
    override: Override | None
    rules: tuple[Rule, ...] = ()
    seller: Provider | None = None
    model: ModelInfo | None = None
    context: int | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """The answer for a moment; equal ones make one rate."""

    bands: tuple[Band, ...]
    fees: tuple[tuple[str, int], ...]
    source: str
    url: str
    as_of: str


@dataclass(slots=True)
class Draft:
    """Prices by kind while rules are applied to them, and where they come from."""

    prices: dict[str, Ladder] = field(default_factory=dict)
    sources: list[str] = field(default_factory=list)
    url: str = ""
    as_of: str = ""

    def note(self, rule: Rule) -> None:
        self.sources.append(f"overlay: {rule.what}")
        self.url = rule.source
        self.as_of = max(self.as_of, rule.as_of)

    def set(self, rule: Rule) -> None:
        self.prices |= {kind: rule.ladder(kind) for kind in rule.per_mtok}
        self.note(rule)

    def multiply(self, rule: Rule) -> None:
        factor = Fraction(rule.factor or 1)
        for kind in self.prices.keys() & set(rule.kinds):
            self.prices[kind] = times(self.prices[kind], factor)
        self.note(rule)

    def override(self, override: Override) -> None:
        given = {
            kind: ((-1, Fraction(price)),)
            for kind in KINDS
            if (price := getattr(override, kind)) is not None
        }
        cached = ("cache_read", "cache_write", "cache_write_1h")
        stale = (
            cached if "input" in given else cached[2:] if "cache_write" in given else ()
        )
        kept = {kind: steps for kind, steps in self.prices.items() if kind not in stale}
        self.prices = kept | given
        self.sources, self.url = ["your prices"], ""
        self.as_of = str(moment(override.from_ms).date()) if override.from_ms else ""

    def bands(self) -> tuple[Band, ...]:
        """Price every kind at every prompt length; nothing if that is not known."""
        ladders = dict(self.prices)
        if "input" not in ladders or "output" not in ladders:
            return ()
        # As the library counts: tokens of a kind without a price stay what they are a
        # part of, writes for an hour in writes, cached tokens in input.
        ladders.setdefault("cache_read", ladders["input"])
        ladders.setdefault("cache_write", ladders["input"])
        ladders.setdefault("cache_write_1h", ladders["cache_write"])
        steps = sorted({over for ladder in ladders.values() for over, _ in ladder})
        return tuple(
            Band(over, *(femto(ladders[kind], over) for kind in KINDS))
            for over in steps
        )


class Book:
    """Prices: user overrides, then the overlay, then genai-prices, else unpriced.

    `data` is a price file as genai-prices publishes it, used in place of its own.
    Nothing is imported or read before the first question, and nothing ever fetched.
    """

    def __init__(
        self, overrides: Mapping[str, Override] | None = None, data: Path | None = None
    ) -> None:
        self._overrides = {k.strip().lower(): v for k, v in (overrides or {}).items()}
        self._data = data

    @cached_property
    def version(self) -> str:
        """Name all that decides prices: rates of another version have to be renewed."""
        parts = [f"genai-prices {self._library_version}"]
        if self._data is not None:
            parts.append(f"data {short_hash(self._data_bytes)}")
        parts.append(f"overlay {self._overlay.as_of}")
        if self._overrides:
            stated = repr(sorted(self._overrides.items())).encode()
            parts.append(f"overrides {short_hash(stated)}")
        return ", ".join(parts)

    def rate(self, key: RateKey, at_ms: int) -> Rate | None:
        """Price a key at a moment, for as long as that holds; `None` is unpriced."""
        asked = self._understood(key)
        if asked is None or not 0 <= at_ms < FOREVER_MS:
            return None
        figures, span = self._answer(asked, at_ms)
        if figures is None:
            return None
        span = self._joined(asked, figures, span)
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
        """Tell what is known of a model at a moment, all tiers; `None` if unpriced."""
        asked = {
            tier: question
            for tier in TIERS
            if (question := self._understood(key._replace(tier=tier)))
            and question.tier == tier
        }
        if not 0 <= at_ms < FOREVER_MS:
            return None
        priced = {
            tier: figures
            for tier, question in asked.items()
            if (figures := self._answer(question, at_ms)[0])
        }
        if not priced:
            return None
        one = next(iter(asked.values()))
        ended = any(rule.notice and rule.state(at_ms)[0] for rule in one.rules)
        return Explanation(
            provider=one.provider,
            model=one.names[0],
            context=one.context,
            is_deprecated=ended or bool(one.model and one.model.deprecated),
            tiers=tuple(priced_tier(tier, figures) for tier, figures in priced.items()),
            fees=tuple(
                (kind, dollars(nanos))
                for kind, nanos in next(iter(priced.values())).fees
            ),
            changes=tuple(self._changes(asked, at_ms)),
        )

    def search(self, text: str) -> list[tuple[str, str]]:
        """List provider and id of models whose id contains a text, in any case."""
        wanted = text.strip().lower()
        ids = {(own.provider, own.id) for own in self._overlay.models}
        for provider, sellers in self._overlay.providers.items():
            # Vertex sells from the lists of others, which are here already.
            seller = self._sellers.get(sellers[0]) if len(sellers) == 1 else None
            ids |= {(provider, model.id) for model in (seller.models if seller else ())}
        return sorted(pair for pair in ids if wanted in pair[1].lower())

    @cached_property
    def _overlay(self) -> Overlay:
        import tomllib  # 14 ms, and only an unknown key needs it

        written = tomllib.loads(OVERLAY.read_text("utf-8"))
        return msgspec.convert(written, Overlay, str_keys=True)

    @cached_property
    def _library_version(self) -> str:
        from importlib.metadata import version  # 40 ms

        return version("genai-prices")

    @cached_property
    def _data_bytes(self) -> bytes:
        try:
            return self._data.read_bytes() if self._data else b""
        except OSError as error:
            raise self._unusable() from error

    def _unusable(self) -> TokentuiError:
        return TokentuiError(
            f"{self._data} is not a price file; run `tokentui prices refresh`, "
            "or delete it to use the built-in prices"
        )

    @cached_property
    def _sellers(self) -> dict[str, Provider]:
        """The library's providers by id."""
        if self._data is None:
            from genai_prices.data import providers  # 105 to 180 ms

            return {seller.id: seller for seller in providers}
        # Private, but the only reader of the file that the library publishes; the
        # dependency is kept below the next minor version.
        from genai_prices.types import _providers_from_raw

        try:
            sellers = _providers_from_raw(msgspec.json.decode(self._data_bytes))
        except (ValueError, TypeError, LookupError, AssertionError) as error:
            raise self._unusable() from error
        return {seller.id: seller for seller in sellers}

    def _understood(self, key: RateKey) -> Question | None:
        """Find out whose model a key names; `None` if nothing can price it."""
        overlay, name = self._overlay, key.model
        provider = overlay.provider(key.provider)
        if provider in overlay.gateways:
            provider, _, name = name.partition("/")
            provider = overlay.provider(provider)
        names = spellings(name, overlay)
        tier, geo = key.tier.strip().lower(), key.geo.strip().lower()
        tier_names = overlay.tier_names["*"] | overlay.tier_names.get(provider, {})
        asked = Question(
            provider,
            names,
            tier_names.get(tier, tier),
            "" if geo in overlay.anywhere else geo,
            self._overriding(overlay.provider(key.provider), provider, names),
        )
        if provider in overlay.providers and not set(names) & set(overlay.unpriced):
            asked = self._identified(asked)
        return asked if asked.rules or asked.model or asked.override else None

    def _overriding(
        self, logged: str, provider: str, names: Sequence[str]
    ) -> Override | None:
        """The user's price of the first of some names that has one."""
        for override in filter(None, map(self._overrides.get, names)):
            if override.provider is None:
                return override
            if self._overlay.provider(override.provider) in (logged, provider):
                return override
        return None

    def _identified(self, asked: Question) -> Question:
        """Find the model of a question in the overlay, else in the library."""
        overlay, names = self._overlay, asked.names

        def bearing(*known: str) -> tuple[Rule, ...]:
            return tuple(rule for rule in overlay.rules if rule.concerns(asked, known))

        for own in overlay.models:
            if own.provider == asked.provider and {own.id, *own.names} & set(names):
                return replace(
                    asked, names=(own.id,), rules=bearing(own.id), context=own.context
                )
        for seller in map(self._sellers.get, overlay.providers[asked.provider]):
            model = seller and matching_model(
                seller, names, list(self._sellers.values())
            )
            if model:
                return replace(
                    asked,
                    names=(model.id, *names),
                    rules=bearing(model.id.lower(), names[0]),
                    seller=seller,
                    model=model,
                    context=model.context_window,
                )
        return asked

    def _answer(self, asked: Question, at: int) -> tuple[Figures | None, Span]:
        """Price a question at a moment; the span is one in which that cannot change."""
        span, held = Span(), []
        for rule in asked.rules:
            holds, same = rule.state(at)
            span = span.meet(same)
            if holds:
                held.append(rule)
        if any(rule.is_whole(asked.tier) for rule in held):
            asked = replace(asked, seller=None, model=None)
        span = span.meet(conditions_span(asked.model, at))
        draft = self._draft(asked, held, at)
        if asked.override and asked.tier == "standard":
            holds, same = Span(asked.override.from_ms or 0).state(at)
            span = span.meet(same)
            if holds:
                draft = draft or Draft()
                draft.override(asked.override)
        bands = draft.bands() if draft else ()
        if not draft or not bands:
            return None, span
        fees = tuple(sorted(fees_of(asked.model, held, at).items()))
        source = "; ".join(draft.sources)
        return Figures(bands, fees, source, draft.url, draft.as_of), span

    def _joined(self, asked: Question, figures: Figures, span: Span) -> Span:
        """Stretch a span over its neighbours that have the same figures."""
        since, until = span
        for _ in range(MOST_SPANS):
            if since == 0 or (near := self._answer(asked, since - 1))[0] != figures:
                break
            since = near[1].since
        for _ in range(MOST_SPANS):
            if (
                until == FOREVER_MS
                or (near := self._answer(asked, until))[0] != figures
            ):
                break
            until = near[1].until
        return Span(since, until)

    def _draft(self, asked: Question, held: Sequence[Rule], at: int) -> Draft | None:
        """The list price, by the rules that hold at a moment."""
        if any(rule.withdrawn for rule in held):
            return None
        draft = self._listed(asked, "standard", at) or Draft()
        for rule in held:
            if rule.per_mtok and not rule.tiers:
                draft.set(rule)
        if asked.tier != "standard":
            tiered = self._tiered(asked, held, draft, at)
            if tiered is None:
                return None
            draft = tiered
        for rule in held:
            for kind, factor in rule.per_input.items():
                if kind not in draft.prices and "input" in draft.prices:
                    steps = times(draft.prices["input"], Fraction(factor))
                    draft.prices[kind] = steps
            if rule.factor and not rule.tiers:
                draft.multiply(rule)
        return draft

    def _tiered(
        self, asked: Question, held: Sequence[Rule], standard: Draft, at: int
    ) -> Draft | None:
        """The price of a tier: stated in the overlay, or listed, or a multiple."""
        made = [rule for rule in held if rule.tiers]
        for rule in made:
            if rule.per_mtok:
                draft = Draft()
                draft.set(rule)
                return draft
        if listed := self._listed(asked, asked.tier, at):
            return listed
        for rule in made:
            if rule.factor:
                standard.multiply(rule)
                return standard
        return None

    def _listed(self, asked: Question, tier: str, at: int) -> Draft | None:
        """The library's price of a tier."""
        model, seller = asked.model, asked.seller
        if model is None or seller is None:
            return None
        now, context = moment(at), None
        dated: list[ConditionalPrice | PriceVariant] = [*stages(model)]
        if tier != "standard":
            # Asked for a tier that it does not have, the library gives the standard
            # price; and it has no tiers for a model out of another provider's list.
            context = {"processing": tier, "service_tier": tier, "speed": tier}
            variants = [
                variant
                for variant in model.price_variants or ()
                if variant.when.items() <= context.items()
                and (variant.constraint is None or variant.constraint.active(now))
            ]
            if not variants or not any(model is one for one in seller.models):
                return None
            dated += variants
        price = model.get_prices(now, context)
        if any(getattr(price, unit, None) is not None for unit in UNCOUNTED):
            return None
        ladders = {kind: ladder(getattr(price, f"{kind}_mtok")) for kind in KINDS}
        starts = [
            start for one in dated if (start := start_date(one)) and start <= now.date()
        ]
        return Draft(
            {kind: steps for kind, steps in ladders.items() if steps},
            [f"genai-prices {self._library_version}"],
            (seller.pricing_urls or [""])[0],
            str(max(starts, default=self._overlay.as_of)),
        )

    def _changes(
        self, asked: Mapping[str, Question], at: int
    ) -> Iterator[tuple[date, str]]:
        """What is known to change after a moment."""
        rules = {rule.what: rule for one in asked.values() for rule in one.rules}
        edges = {edge for rule in rules.values() for edge in rule.span}
        for one in asked.values():
            edges |= {
                midnight(start)
                for condition in conditions(one.model)
                if (start := start_date(condition))
            }
        for edge in sorted(edge for edge in edges if at < edge < FOREVER_MS):
            on = moment(edge).date()
            for rule in rules.values():
                if rule.notice and rule.span.since == edge:
                    yield on, rule.what
            for tier, question in asked.items():
                before, _ = self._answer(question, edge - 1)
                after, _ = self._answer(question, edge)
                if text := difference(before, after):
                    yield on, text if tier == "standard" else f"{tier}: {text}"


def moment(at: int) -> datetime:
    return EPOCH + timedelta(milliseconds=min(at, LAST_DATE_MS))


def milliseconds(when: datetime) -> int:
    return (when - EPOCH) // timedelta(milliseconds=1)


def midnight(day: date) -> int:
    return milliseconds(datetime.combine(day, time(), UTC))


def between_daily(at: int, offsets: Sequence[int]) -> Span:
    """The span between the nearest of some times that come every day."""
    today = at - at % DAY_MS
    edges = [today + day + offset for day in (-DAY_MS, 0, DAY_MS) for offset in offsets]
    return Span(
        max(edge for edge in edges if edge <= at),
        min(edge for edge in edges if edge > at),
    )


def time_of_day(edge: time) -> int:
    """Milliseconds since UTC midnight; a time without a zone is UTC."""
    first_day = datetime.combine(EPOCH, edge, edge.tzinfo or UTC)
    return milliseconds(first_day) % DAY_MS


def matches(names: Iterable[str], patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for name in names for pattern in patterns)


def short_hash(content: bytes) -> str:
    return sha256(content).hexdigest()[:8]


def spellings(name: str, overlay: Overlay) -> tuple[str, ...]:
    """The names that a logged one may stand for, most exact first; none if hostile."""
    name = name.strip().lower()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        return ()
    forms = [name]
    for ending in ENDINGS:
        forms.append(ending.sub("", forms[-1]))
    vendor = re.compile(rf"^([a-z-]+\.)?({'|'.join(overlay.vendors)})\.")
    forms += [vendor.sub("", form.rpartition("/")[2]) for form in forms]
    forms += [overlay.aliases[form] for form in forms if form in overlay.aliases]
    return tuple(dict.fromkeys(filter(None, forms)))


def matching_model(
    seller: Provider, names: Sequence[str], sellers: list[Provider]
) -> ModelInfo | None:
    """The model of a provider that the first of some names stands for."""
    # Fireworks' and others' models match by their full path only, not by their id.
    by_id = {model.id.lower(): model for model in seller.models}
    for name in names:
        try:
            model = seller.find_model(name, all_providers=sellers) or by_id.get(name)
        except (LookupError, ValueError, TypeError, re.error):
            continue  # a name out of a log must not stop the run
        if model:
            return model
    return None


def conditions(model: ModelInfo | None) -> list[ConditionalPrice | PriceVariant]:
    """All of a model's prices that hold under a condition of time."""
    return [*stages(model), *(model.price_variants or ())] if model else []


def stages(model: ModelInfo) -> list[ConditionalPrice]:
    """A model's standard prices, of which the last that holds counts."""
    return model.prices if isinstance(model.prices, list) else []


def start_date(condition: ConditionalPrice | PriceVariant) -> date | None:
    return getattr(condition.constraint, "start_date", None)


def conditions_span(model: ModelInfo | None, at: int) -> Span:
    """The time around a moment in which no condition of the library changes."""
    span = Span()
    if model is None:
        return span
    from genai_prices.types import TimeOfDateConstraint

    for condition in conditions(model):
        if start := start_date(condition):
            span = span.meet(Span(midnight(start)).state(at)[1])
        elif isinstance(condition.constraint, TimeOfDateConstraint):
            edges = (condition.constraint.start_time, condition.constraint.end_time)
            span = span.meet(between_daily(at, [time_of_day(edge) for edge in edges]))
    return span


def ladder(price: Decimal | TieredPrices | None) -> Ladder:
    if price is None:
        return ()
    if isinstance(price, Decimal):
        return ((-1, Fraction(price)),)
    steps = [(tier.start, Fraction(tier.price)) for tier in price.tiers]
    return ((-1, Fraction(price.base)), *steps)


def times(steps: Ladder, factor: Fraction) -> Ladder:
    return tuple((over, price * factor) for over, price in steps)


def femto(steps: Ladder, over: int) -> int:
    """Femto-dollars per token beyond a prompt length; rounds half to even."""
    price = [price for start, price in steps if start <= over][-1]
    return round(price * 10**9)


def dollars(billionths: int) -> Decimal:
    return Decimal(billionths) / 10**9


def fees_of(model: ModelInfo | None, held: Sequence[Rule], at: int) -> dict[str, int]:
    """Nano-dollars per unit of what is billed beside tokens."""
    fees = {}
    price = model.get_prices(moment(at)) if model else None
    for unit, kind in LIBRARY_FEES.items():
        per_thousand = ladder(getattr(price, unit, None))
        if per_thousand:
            fees[kind] = round(per_thousand[0][1] * 10**6)
    for rule in held:
        fees |= {kind: round(usd * 10**9) for kind, usd in rule.fees.items()}
    return fees


def priced_tier(tier: str, figures: Figures) -> PricedTier:
    bands = tuple(
        PricedBand(band.over, *map(dollars, band[1:])) for band in figures.bands
    )
    return PricedTier(tier, bands, figures.source, figures.url, figures.as_of)


def difference(before: Figures | None, after: Figures | None) -> str:
    """Say in words how prices differ; empty if they do not."""
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
    return [band for band in bands if band.over <= over][-1]
