"""The one arithmetic of the program: tokens and fees times a rate, in nano-dollars.

Light to import: the book, which knows the rates, is only needed for an unknown key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from tokentui.tuples import NamedTuple

FEMTO_PER_NANO = 1_000_000
HALF_A_NANO = FEMTO_PER_NANO // 2
FOREVER_MS = 1 << 53
"""Later than any time; the end of a rate that has no successor."""


class Counts(Protocol):
    """Token counts by kind, disjoint as in `events.Tokens`."""

    @property
    def input(self) -> int: ...
    @property
    def cache_read(self) -> int: ...
    @property
    def cache_write(self) -> int: ...
    @property
    def cache_write_1h(self) -> int: ...
    @property
    def output(self) -> int: ...


class RateKey(NamedTuple):
    """What decides a rate, beside the time.

    `provider` is whose list applies (`anthropic`, `openai`, `zai`, ...), `model` is as
    logged, `tier` one of standard, batch, flex, priority, fast, ultrafast or what the
    log says, `geo` where inference ran ("us", or "" for anywhere).
    """

    provider: str
    model: str
    tier: str = "standard"
    geo: str = ""


class Band(NamedTuple):
    """Femto-dollars (1e-15) per token for a whole request of more than `over` tokens.

    $1 per million tokens is 1_000_000_000 femto-dollars per token. `over` counts the
    whole prompt, cache included; the first band has `over` -1.
    """

    over: int
    input: int
    cache_read: int
    cache_write: int
    cache_write_1h: int
    output: int


class Rate(NamedTuple):
    """What a key costs from `valid_from` to before `valid_until` (UTC milliseconds).

    `bands` ascend by `over`. `fees` are nano-dollars per unit, by kind. `source` says
    in words where the figures come from, `as_of` on which date they were read or took
    effect, `version` is the price book's.
    """

    valid_from: int
    valid_until: int
    bands: tuple[Band, ...]
    fees: Mapping[str, int]
    source: str
    as_of: str
    version: str


class RateBook(Protocol):
    """What the price book answers to who wants rates."""

    @property
    def version(self) -> str: ...
    def rate(self, key: RateKey, at_ms: int) -> Rate | None: ...


def cost_nanos(
    tokens: Counts, fees: Mapping[str, int], rate: Rate, *, is_sum: bool = False
) -> int | None:
    """Price one response in nano-dollars, rounded half to even once.

    `is_sum`: the tokens are those of several responses, whose prompts are not known
    one by one, so that none is taken to be a long one. `None` when a fee was charged
    that the rate does not know.
    """
    fresh, read = tokens.input, tokens.cache_read
    written, written_1h = tokens.cache_write, tokens.cache_write_1h
    bands = rate.bands
    is_flat = is_sum or len(bands) == 1
    band = bands[0] if is_flat else band_of(bands, fresh + read + written + written_1h)
    femto = (
        fresh * band.input
        + read * band.cache_read
        + written * band.cache_write
        + written_1h * band.cache_write_1h
        + tokens.output * band.output
    )
    nanos = femto // FEMTO_PER_NANO
    rest = femto - nanos * FEMTO_PER_NANO
    if rest > HALF_A_NANO or (rest == HALF_A_NANO and nanos & 1):
        nanos += 1  # half to even, as `rounded` does, without the cost of a call
    for kind, units in fees.items():
        per_unit = rate.fees.get(kind)
        if per_unit is None:
            return None
        nanos += units * per_unit
    return nanos


def band_of(bands: Sequence[Band], prompt: int) -> Band:
    """Choose the band of a request by the tokens of its whole prompt."""
    chosen = bands[0]
    for longer in bands[1:]:
        if prompt > longer.over:
            chosen = longer
    return chosen


def discounted(nanos: int, discount_ppm: int) -> int:
    """Take a payer's discount, in millionths, off a list price; half to even."""
    return rounded(nanos * (1_000_000 - discount_ppm), 1_000_000)


def rounded(amount: int, unit: int) -> int:
    """Divide to whole units, half to even."""
    whole, rest = divmod(amount, unit)
    if rest * 2 > unit or (rest * 2 == unit and whole & 1):
        whole += 1
    return whole
