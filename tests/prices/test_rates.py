"""The arithmetic: tokens and fees times a rate, exact to the nano-dollar."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokentui.events import Tokens
from tokentui.prices.rates import FOREVER_MS, Band, Rate, cost_nanos

PER_MTOK = 1_000_000_000
"""Femto-dollars per token of $1 per million tokens."""

# Claude Opus 5.5: $4 input, $0.20 cache read, $5 and $8 cache writes, $20 output.
# https://platform.claude.com/docs/en/about-claude/pricing, read 2026-11-22
OPUS_5_5 = Band(
    -1, 4 * PER_MTOK, PER_MTOK // 5, 5 * PER_MTOK, 8 * PER_MTOK, 20 * PER_MTOK
)
LONG = Band(
    200_000,
    8 * PER_MTOK,
    2 * PER_MTOK // 5,
    10 * PER_MTOK,
    16 * PER_MTOK,
    30 * PER_MTOK,
)


def rate(*bands: Band, **fees: int) -> Rate:
    return Rate(0, FOREVER_MS, bands, fees, "by hand", "2026-11-22", "none")


@pytest.mark.parametrize(
    ("tokens", "nanos"),
    [
        (Tokens(input=1_000_000), 4_000_000_000),
        (Tokens(cache_read=1_000_000), 200_000_000),
        (Tokens(cache_write=1_000_000), 5_000_000_000),
        (Tokens(cache_write_1h=1_000_000), 8_000_000_000),
        (Tokens(output=1_000_000), 20_000_000_000),
        (Tokens(input=1), 4_000),
        (Tokens(cache_read=1), 200),
        # 307 x 4,000 + 189,258 x 200 + 63,672 x 5,000 + 39,921 x 8,000
        # + 10,342 x 20,000
        (Tokens(307, 189_258, 63_672, 39_921, 10_342, 87), 883_647_600),
        (Tokens(), 0),
    ],
)
def test_every_kind_is_priced_exactly(tokens: Tokens, nanos: int) -> None:
    """A million tokens cost the published price; reasoning is inside output."""
    assert cost_nanos(tokens, {}, rate(OPUS_5_5)) == nanos


@pytest.mark.parametrize(
    ("femto", "nanos"),
    [
        (499_999, 0),
        (500_000, 0),
        (500_001, 1),
        (1_499_999, 1),
        (1_500_000, 2),
        (2_500_000, 2),
        (2_500_001, 3),
    ],
)
def test_half_a_nano_dollar_goes_to_the_even_one(femto: int, nanos: int) -> None:
    """Rounding is half to even, so that many small costs do not drift."""
    band = Band(-1, femto, 0, 0, 0, 0)

    assert cost_nanos(Tokens(input=1), {}, rate(band)) == nanos


def test_rounding_happens_once_over_all_kinds() -> None:
    """Two kinds at 0.4 nano-dollars are 0.8 together, which is 1."""
    band = Band(-1, 400_000, 400_000, 0, 0, 0)

    assert cost_nanos(Tokens(input=1, cache_read=1), {}, rate(band)) == 1


@pytest.mark.parametrize(
    ("tokens", "nanos"),
    [
        # The threshold itself is still short.
        (Tokens(input=200_000, output=1_000), 820_000_000),
        # One token more and all of it, output too, has the long price.
        (Tokens(input=200_001, output=1_000), 1_630_008_000),
        (Tokens(input=1, cache_read=200_000, output=0), 80_008_000),
        (Tokens(cache_write=100_000, cache_write_1h=100_001), 2_600_016_000),
        # Output does not count towards the length of the prompt.
        (Tokens(input=200_000, output=200_000), 4_800_000_000),
    ],
)
def test_a_long_prompt_rerates_the_whole_request(tokens: Tokens, nanos: int) -> None:
    """The length is all that was read, cache included; every token takes the price."""
    assert cost_nanos(tokens, {}, rate(OPUS_5_5, LONG)) == nanos


def test_the_longest_band_that_is_passed_counts() -> None:
    """Of several thresholds the highest below the prompt decides."""
    bands = [Band(over, per, 0, 0, 0, 0) for over, per in [(-1, 1), (10, 2), (20, 3)]]
    scaled = [band._replace(input=band.input * 1_000_000) for band in bands]

    costs = [cost_nanos(Tokens(input=n), {}, rate(*scaled)) for n in (10, 11, 20, 21)]

    assert costs == [10, 22, 40, 63]


def test_fees_come_on_top() -> None:
    """Three web searches at $10 per thousand are three cents."""
    priced = rate(OPUS_5_5, web_search=10_000_000, web_fetch=0)
    fees = {"web_search": 3, "web_fetch": 7}

    assert cost_nanos(Tokens(input=1), fees, priced) == 30_004_000


def test_an_unknown_fee_makes_the_cost_unknown() -> None:
    """A cost that leaves out a charge would be wrong, so there is none."""
    assert cost_nanos(Tokens(input=1), {"moon_landing": 1}, rate(OPUS_5_5)) is None


counts = st.builds(Tokens, *[st.integers(0, 50_000) for _ in range(5)])


@given(counts, counts)
def test_costs_add_up_within_a_band(one: Tokens, other: Tokens) -> None:
    """Two requests cost what their sum costs, but for one rounding each."""
    prices = rate(
        Band(-1, 435_000_000, 3_625_000, 435_000_001, 435_000_003, 870_000_007)
    )
    both = SimpleNamespace(
        **{
            kind: getattr(one, kind) + getattr(other, kind)
            for kind in (
                "input",
                "cache_read",
                "cache_write",
                "cache_write_1h",
                "output",
            )
        }
    )

    apart = [cost_nanos(tokens, {}, prices) for tokens in (one, other)]
    together = cost_nanos(both, {}, prices)

    assert together is not None
    assert abs(sum(filter(None, apart)) - together) <= 1


@given(counts, st.sampled_from(["input", "cache_read", "cache_write", "output"]))
def test_one_more_token_never_costs_less(tokens: Tokens, kind: str) -> None:
    """Costs are monotone, across the long-context threshold too."""
    fields = {name: getattr(tokens, name) for name in tokens.__struct_fields__}
    more = Tokens(**(fields | {kind: fields[kind] + 1}))
    prices = rate(OPUS_5_5, LONG)

    before, after = cost_nanos(tokens, {}, prices), cost_nanos(more, {}, prices)

    assert before is not None
    assert after is not None
    assert after > before
