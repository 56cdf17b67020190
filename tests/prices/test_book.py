"""The book against prices copied by hand from the vendors' lists, and its rules.

Figures: platform.claude.com/docs/en/about-claude/pricing,
developers.openai.com/api/docs/pricing, docs.z.ai/guides/overview/pricing,
api-docs.deepseek.com/quick_start/pricing, platform.kimi.ai/docs/pricing,
platform.minimax.io/docs/pricing, docs.x.ai/docs/models,
cursor.com/docs/models-and-pricing, ai.google.dev/gemini-api/docs/pricing,
alibabacloud.com/help/en/model-studio/models, dev.meta.ai/docs/pricing-rate-limits,
docs.mistral.ai/inference/pricing; as of 2026-11-22.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from builders import ms
from hypothesis import given, settings
from hypothesis import strategies as st

from tokentui.errors import TokentuiError
from tokentui.events import Tokens
from tokentui.prices.book import Book, Override
from tokentui.prices.overlay import KINDS, Overlay, matches, read_overlay
from tokentui.prices.rates import FOREVER_MS, Rate, RateKey, cost_nanos

BOOK = Book()
NOW = "2026-11-22T12:00"  # a Sunday: off-peak at DeepSeek

# Dollars per million tokens: input, cache write, 1-hour write, cache read, output, then
# input/output of batch and fast. "-": not published, or not sold.
PRICES = """
anthropic claude-fable-5-2   8      10    16   0.2    40     4/20        16/80
anthropic claude-mythos-5-2  8      10    16   0.2    40     4/20        16/80
anthropic claude-fable-5-1   10     12.5  20   0.25   50     5/25        -
anthropic claude-fable-5     10     12.5  20   1      50     5/25        -
anthropic claude-mythos-5    10     12.5  20   1      50     -           -
anthropic claude-opus-5-5    4      5     8    0.2    20     2/10        8/40
anthropic claude-opus-5      5      6.25  10   0.5    25     2.5/12.5    10/50
anthropic claude-opus-4-8    5      6.25  10   0.5    25     2.5/12.5    10/50
anthropic claude-opus-4-7    5      6.25  10   0.5    25     2.5/12.5    30/150
anthropic claude-opus-4-6    5      6.25  10   0.5    25     2.5/12.5    30/150
anthropic claude-opus-4-5    5      6.25  10   0.5    25     2.5/12.5    -
anthropic claude-opus-4-1    15     18.75 30   1.5    75     -           -
anthropic claude-sonnet-5-5  2      2.5   4    0.1    10     1/5         -
anthropic claude-sonnet-5    2      2.5   4    0.2    10     1/5         -
anthropic claude-sonnet-4-6  3      3.75  6    0.3    15     1.5/7.5     -
anthropic claude-sonnet-4-5  3      3.75  6    0.3    15     1.5/7.5     -
anthropic claude-haiku-5-5   0.1    0.125 0.2  0.01   0.5    0.05/0.25   -
anthropic claude-haiku-4-5   1      1.25  2    0.1    5      0.5/2.5     -
openai    gpt-6-astra        10     12.5  -    1      50     5/25        20/100
openai    gpt-6.1-sol        2      2.5   -    0.1    10     1/5         4/20
openai    gpt-6.1-terra      1      1.25  -    0.05   5      0.5/2.5     2/10
openai    gpt-6-sol          2      2.5   -    0.2    10     1/5         4/20
openai    gpt-6-luna         0.1    0.125 -    0.01   0.5    0.05/0.25   0.2/1
openai    gpt-5.6-sol        4      5     -    0.4    20     2/10        8/40
openai    gpt-5.6-terra      2      2.5   -    0.2    12     1/6         4/24
openai    gpt-5.6-luna       0.2    0.25  -    0.02   1.2    0.1/0.6     0.4/2.4
openai    gpt-5.5            5      -     -    0.5    30     2.5/15      12.5/75
openai    gpt-5.4            2.5    -     -    0.25   15     1.25/7.5    5/30
openai    gpt-5.4-mini       0.75   -     -    0.075  4.5    0.375/2.25  1.5/9
openai    gpt-5.3-codex      1.75   -     -    0.175  14     -           3.5/28
openai    gpt-5.2            1.75   -     -    0.175  14     0.875/7     3.5/28
openai    gpt-5.1            1.25   -     -    0.125  10     0.625/5     2.5/20
openai    gpt-5              1.25   -     -    0.125  10     0.625/5     2.5/20
openai    gpt-5-mini         0.25   -     -    0.025  2      0.125/1     0.45/3.6
zai       glm-5.3            1.4    -     -    0.26   4.4    -           -
zai       glm-5.3-flash      0.15   -     -    0.03   0.5    -           -
zai       glm-5.2            1.4    -     -    0.26   4.4    -           -
zai       glm-5.1            1.4    -     -    0.26   4.4    -           -
zai       glm-5              1      -     -    0.2    3.2    -           -
zai       glm-4.7            0.6    -     -    0.11   2.2    -           -
zai       glm-4.6            0.6    -     -    0.11   2.2    -           -
zai       glm-4.5-air        0.2    -     -    0.03   1.1    -           -
deepseek  deepseek-v4-pro    0.66   -     -    0.022  1.98   -           -
deepseek  deepseek-flash     0.15   -     -    0.003  0.6    -           -
deepseek  deepseek-v3.2      0.2288 -     -    -      0.3432 -           -
deepseek  deepseek-r1        0.55   -     -    0.14   2.19   -           -
moonshot  kimi-k3.1-pro      2      2     4    0.2    10     -           -
moonshot  kimi-k3            3      3     6    0.3    15     -           -
moonshot  kimi-k2.7-code     0.95   -     -    0.19   4      -           -
moonshot  kimi-k2.6          0.95   -     -    0.16   4      -           -
moonshot  kimi-k2.5          0.6    -     -    0.1    3      -           -
minimax   minimax-m3         0.3    -     -    0.06   1.2    -           -
minimax   minimax-m3.1-flash 0.15   -     -    0.015  0.6    -           -
minimax   minimax-m2.7       0.3    0.375 -    0.06   1.2    -           -
minimax   minimax-m2         0.3    0.375 -    0.03   1.2    -           -
minimax   minimax-m2.5       0.3    0.375 -    0.03   1.2    -           -
alibaba   qwen3-coder-plus   1      -     -    0.1    5      -           -
alibaba   qwen3.8-max        2      -     -    0.25   6      -           -
xai       grok-4.7           2      -     -    0.5    6      -           -
xai       grok-4.5           2      -     -    0.3    6      -           -
xai       grok-code-fast-1   0.2    -     -    0.02   1.5    -           -
xai       grok-build-0.1     1      -     -    0.2    2      -           -
cursor    composer-2.5       0.5    -     -    0.2    2.5    -           -
cursor    composer-2.5-fast  3      -     -    0.5    15     -           -
google    gemini-4-argon     2      -     -    0.1    10     1/5         -
google    gemini-3.8-flash   0.75   -     -    0.075  3.75   0.375/1.875 -
google    gemini-3.5-flash   1.5    -     -    0.15   9      -           -
google    gemini-3.1-pro     2      -     -    0.2    12     1/6         -
google    gemini-2.5-pro     1.25   -     -    0.125  10     0.625/5     -
google    gemini-2.5-flash   0.3    -     -    0.03   2.5    0.15/1.25   -
google    gemini-2.5-flash-lite 0.1    -     -    0.01   0.4    0.05/0.2    -
meta      muse-spark-1.3     1.25   -     -    0.15   4.25   -           -
mistral   mistral-large-4    0.7    -     -    0.07   2.1    0.35/1.05   -
"""

# The price of the whole request when the prompt is longer than so many tokens: input,
# cache read, output. At xAI 200,000 tokens are long already.
LONG_PRICES = """
anthropic claude-sonnet-4-5  200000  6      0.6    22.5
anthropic claude-haiku-5-5   100000  0.5    0.05   2.5
openai    gpt-6-astra        272000  20     2      75
openai    gpt-6.1-sol        272000  4      0.2    15
openai    gpt-6.1-terra      272000  2      0.1    7.5
openai    gpt-6-sol          272000  4      0.4    15
openai    gpt-6-luna         272000  0.2    0.02   0.75
openai    gpt-5.6-sol        272000  8      0.8    30
openai    gpt-5.6-terra      272000  4      0.4    18
openai    gpt-5.6-luna       272000  0.4    0.04   1.8
openai    gpt-5.5            272000  10     1      45
openai    gpt-5.4            272000  5      0.5    22.5
minimax   minimax-m3         512000  0.6    0.12   2.4
alibaba   qwen3-coder-plus   32000   1.8    0.18   9
alibaba   qwen3-coder-plus   128000  3      0.3    15
alibaba   qwen3-coder-plus   256000  6      0.6    60
xai       grok-4.7           199999  4      1      12
xai       grok-4.5           199999  4      0.6    12
xai       grok-build-0.1     199999  2      0.4    4
google    gemini-3.1-pro     200000  4      0.4    18
google    gemini-2.5-pro     200000  2.5    0.25   15
"""

ROWS = [line.split() for line in PRICES.split("\n") if line]
LONG_ROWS = [line.split() for line in LONG_PRICES.split("\n") if line]
FAST_UNTIL = {"claude-opus-4-7": "2026-07-23T23:59"}
"""Fast modes that are gone on the day of the table."""


def price(
    provider: str,
    model: str,
    tier: str = "standard",
    geo: str = "",
    at: str = NOW,
    book: Book = BOOK,
) -> Rate | None:
    return book.rate(RateKey(provider, model, tier, geo), ms(at))


def per_mtok(rate: Rate | None, band: int = 0) -> dict[str, Decimal]:
    """Dollars per million tokens, as vendors state them."""
    assert rate is not None
    return {kind: Decimal(getattr(rate.bands[band], kind)) / 10**9 for kind in KINDS}


def usd(rate: Rate | None, tokens: Tokens, **fees: int) -> Decimal:
    assert rate is not None
    nanos = cost_nanos(tokens, fees, rate)
    assert nanos is not None
    return Decimal(nanos) / 10**9


def named(row: list[str]) -> str:
    return "-".join(row[1:3]) if row[2].isdigit() and len(row[2]) > 4 else row[1]


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_standard_price(row: list[str]) -> None:
    """Every kind costs what the vendor lists; without a price, what it is part of."""
    provider, model, *listed = row
    stated = [None if figure == "-" else Decimal(figure) for figure in listed[:5]]
    input_, write, write_1h, read, output = stated
    assert input_ is not None
    write = input_ if write is None else write
    keeps_12_hours = model.startswith(("gpt-5.6", "gpt-6"))

    assert per_mtok(price(provider, model)) == {
        "input": input_,
        "cache_read": input_ if read is None else read,
        "cache_write": write,
        "cache_write_1h": write_1h or (2 * input_ if keeps_12_hours else write),
        "output": output,
    }


@pytest.mark.parametrize("row", ROWS, ids=named)
@pytest.mark.parametrize(("tier", "column"), [("batch", 7), ("fast", 8)])
def test_price_of_another_tier(row: list[str], tier: str, column: int) -> None:
    """Batch and fast cost what the vendor lists; what is not sold is unpriced."""
    provider, model = row[:2]
    at = FAST_UNTIL.get(model, NOW) if tier == "fast" else NOW
    rate = price(provider, model, tier, at=at)

    if row[column] == "-":
        assert rate is None
    else:
        input_, output = row[column].split("/")
        priced = per_mtok(rate)
        assert (priced["input"], priced["output"]) == (Decimal(input_), Decimal(output))


@pytest.mark.parametrize("row", LONG_ROWS, ids=named)
def test_price_of_a_long_prompt(row: list[str]) -> None:
    """Beyond the threshold the whole request has the long price."""
    provider, model, over, input_, read, output = row
    rate = price(provider, model)
    assert rate is not None
    (band,) = [n for n, band in enumerate(rate.bands) if band.over == int(over)]

    priced = per_mtok(rate, band)

    assert priced["input"] == Decimal(input_)
    assert priced["cache_read"] == Decimal(read)
    assert priced["output"] == Decimal(output)


def test_only_these_have_long_prices() -> None:
    """A model that is not in the second table has one band."""
    long = {row[1] for row in LONG_ROWS}
    rates = [price(row[0], row[1]) for row in ROWS if row[1] not in long]

    assert {len(rate.bands) for rate in rates if rate} == {1}


MIXED = Tokens(input=100_000, cache_read=800_000, cache_write=100_000, output=100_000)


@pytest.mark.parametrize(
    ("provider", "model", "tier", "at", "dollars"),
    [
        ("anthropic", "claude-opus-4-5-20251101", "standard", NOW, "4.025"),
        ("anthropic", "claude-opus-4-5[1m]", "standard", NOW, "4.025"),
        ("aws", "us.anthropic.claude-opus-4-6-v1", "standard", NOW, "4.4275"),
        ("aws", "global.anthropic.claude-opus-4-6-v1", "standard", NOW, "4.025"),
        ("openrouter", "anthropic/claude-opus-4.6", "standard", NOW, "4.025"),
        ("zai", "glm-5.2", "standard", NOW, "0.928"),
        ("zai", "glm-5.2[1m]", "standard", NOW, "0.928"),
        ("anthropic", "claude-opus-5-5", "standard", NOW, "3.06"),
        ("anthropic", "claude-opus-5-5[1m]", "standard", NOW, "3.06"),
        ("anthropic", "claude-opus-5-5", "batch", "2026-10-01", "1.53"),
        ("anthropic", "claude-opus-5-5", "batch", "2026-10-20", "1.53"),
    ],
)
def test_mixed_request(
    provider: str, model: str, tier: str, at: str, dollars: str
) -> None:
    """A request with cached input costs what can be reckoned by hand."""
    assert usd(price(provider, model, tier, at=at), MIXED) == Decimal(dollars)


@pytest.mark.parametrize(
    ("provider", "model", "at", "tokens", "dollars"),
    [
        # The premium of Opus 4.6 beyond 200k ended on 2026-03-13.
        ("anthropic", "claude-opus-4-6", "2026-02-20", (300_000, 1_000), "3.0375"),
        (
            "anthropic",
            "claude-opus-4-6",
            "2026-03-12T23:59",
            (300_000, 1_000),
            "3.0375",
        ),
        ("anthropic", "claude-opus-4-6", "2026-03-13", (300_000, 1_000), "1.525"),
        ("anthropic", "claude-sonnet-4-6", "2026-02-20", (300_000, 1_000), "1.8225"),
        ("anthropic", "claude-sonnet-4-6", "2026-04-01", (300_000, 1_000), "0.915"),
        ("vertex", "claude-sonnet-4-6", "2026-02-20", (300_000, 1_000), "1.8225"),
        ("anthropic", "claude-sonnet-5", "2026-08-31", (1_000_000, 0), "2"),
        ("anthropic", "claude-sonnet-5", "2026-09-02", (1_000_000, 0), "2"),
        ("openai", "gpt-5.6-luna", "2026-07-29", (100_000, 100_000), "0.7"),
        ("openai", "gpt-5.6-luna", "2026-07-30", (100_000, 100_000), "0.14"),
        ("openai", "gpt-5.6-terra", "2026-07-29", (100_000, 100_000), "1.75"),
        ("openai", "gpt-5.6-terra", "2026-07-30", (100_000, 100_000), "1.4"),
        ("openai", "gpt-5.6-sol", "2026-08-20", (100_000, 100_000), "3.5"),
        ("openai", "gpt-5.6-sol", "2026-08-21", (100_000, 100_000), "2.4"),
        # The promotion ended at midnight in Beijing.
        ("zai", "glm-5.3-flash", "2026-09-09T15:59", (1_000_000, 1_000_000), "0.325"),
        ("zai", "glm-5.3-flash", "2026-09-09T16:00", (1_000_000, 1_000_000), "0.65"),
        ("zai", "glm-5.3-flash", "2026-09-10", (1_000_000, 1_000_000), "0.65"),
        ("mistral", "mistral-large-4", "2026-10-19", (1_000_000, 1_000_000), "2.77"),
        ("mistral", "mistral-large-4", "2026-10-20", (1_000_000, 1_000_000), "5.54"),
        ("mistral", "mistral-large-4", "2026-10-29", (1_000_000, 1_000_000), "2.8"),
        ("anthropic", "claude-fable-5-2", "2026-11-09", (1_000_000, 1_000_000), "48"),
        ("anthropic", "claude-fable-5-1", "2026-11-09", (1_000_000, 1_000_000), "60"),
        ("google", "gemini-4-argon", "2026-11-30T23:59", (1_000_000, 1_000_000), "12"),
        ("google", "gemini-4-argon", "2026-12-01", (1_000_000, 1_000_000), "24"),
        ("google", "gemini-3.6-flash", "2026-12-31", (1_000_000, 1_000_000), "4.5"),
        ("google", "gemini-3.8-flash", "2027-01-01", (1_000_000, 1_000_000), "9"),
    ],
)
def test_price_changes_by_date(
    provider: str, model: str, at: str, tokens: tuple[int, int], dollars: str
) -> None:
    """Usage keeps the price of its day, before and after a change."""
    used = Tokens(input=tokens[0], output=tokens[1])

    assert usd(price(provider, model, at=at), used) == Decimal(dollars)


@pytest.mark.parametrize(
    ("at", "read"),
    [("2026-10-01", "0.2"), ("2026-10-06T23:59", "0.2"), ("2026-10-07", "0.1")],
)
@pytest.mark.parametrize("provider", ["anthropic", "vertex"])
def test_sonnet_5_5_cache_reads_halved(provider: str, at: str, read: str) -> None:
    """Only cache reads changed on 2026-10-07; batches halve what held then."""
    rate = price(provider, "claude-sonnet-5-5", at=at)
    batch = price(provider, "claude-sonnet-5-5", "batch", at=at)

    assert per_mtok(rate)["cache_read"] == Decimal(read)
    assert per_mtok(rate)["input"] == 2
    assert per_mtok(batch)["cache_read"] == Decimal(read) / 2


@pytest.mark.parametrize(
    ("model", "at", "input_"),
    [
        ("deepseek-v4-pro", "2026-08-01T02:00", "0.435"),  # flat, whatever the hour
        ("deepseek-v4-pro", "2026-08-01T12:00", "0.435"),
        ("deepseek-v4-pro", "2026-08-16T15:59", "0.435"),
        ("deepseek-v4-pro", "2026-08-16T16:00", "0.66"),  # midnight in Beijing
        ("deepseek-v4-pro", "2026-08-17T01:00", "1.32"),
        ("deepseek-v4-pro", "2026-08-17T03:59", "1.32"),
        ("deepseek-v4-pro", "2026-08-17T04:00", "0.66"),
        ("deepseek-v4-pro", "2026-08-17T06:00", "1.32"),
        ("deepseek-v4-pro", "2026-08-17T10:00", "0.66"),
        ("deepseek-v4-pro", "2026-08-22T02:00", "1.32"),  # the last Saturday with peaks
        ("deepseek-v4-pro", "2026-08-23T02:00", "0.66"),
        ("deepseek-v4-pro", "2026-09-20T02:00", "0.66"),  # a Sunday with work to do
        ("deepseek-v4-pro", "2026-09-24T02:00", "1.32"),
        ("deepseek-v4-pro", "2026-09-25T02:00", "0.66"),  # Mid-Autumn
        ("deepseek-v4-pro", "2026-10-07T07:00", "0.66"),  # National Day
        ("deepseek-v4-pro", "2026-10-08T07:00", "1.32"),
        ("deepseek-v4-pro", "2026-11-20T02:00", "1.32"),
        ("deepseek-v4-pro", "2026-11-21T02:00", "0.66"),  # Saturday
        ("deepseek-v4-pro", "2026-11-23T02:00", "1.32"),
        ("deepseek-flash", "2026-11-20T12:00", "0.15"),
        ("deepseek-flash", "2026-11-20T02:00", "0.3"),
        ("deepseek-flash", "2026-11-21T02:00", "0.15"),
        ("deepseek-v4-flash", "2026-08-01T02:00", "0.14"),
        ("deepseek-v4-flash", "2026-08-20T12:00", "0.22"),
        ("deepseek-v4-flash", "2026-08-20T02:00", "0.44"),
        ("deepseek-v4-flash", "2026-09-11T12:00", "0.15"),
        ("deepseek-v3.2", "2026-01-10T02:00", "0.28"),
        ("deepseek-chat", "2026-01-10T02:00", "0.28"),
        ("deepseek-reasoner", "2026-06-10T02:00", "0.14"),
        ("deepseek-r1", "2026-01-10T20:00", "0.55"),
    ],
)
def test_deepseek_by_date_and_clock(model: str, at: str, input_: str) -> None:
    """Peaks are twice the price, on Chinese working days, since they exist."""
    assert per_mtok(price("deepseek", model, at=at))["input"] == Decimal(input_)


def test_all_kinds_have_peaks() -> None:
    """The peak holds for reads and output as for input."""
    priced = per_mtok(price("deepseek", "deepseek-v4-pro", at="2026-11-20T02:00"))

    assert priced["cache_read"] == Decimal("0.044")
    assert priced["output"] == Decimal("3.96")


def test_retired_names_are_unpriced() -> None:
    """After 2026-07-24 nobody sells `deepseek-chat`."""
    assert price("deepseek", "deepseek-chat", at="2026-07-24T15:59") is None
    assert price("deepseek", "deepseek-reasoner") is None


def test_writes_for_an_hour_cost_more() -> None:
    """600k writes for 5 minutes and 400k for an hour on Opus 4.5 are $7.75."""
    written = Tokens(cache_write=600_000, cache_write_1h=400_000)

    assert usd(price("anthropic", "claude-opus-4-5"), written) == Decimal("7.75")


@pytest.mark.parametrize("model", ["claude-opus-4-6", "claude-opus-4-7"])
def test_fast_at_six_times_the_price(model: str) -> None:
    """Every kind of the older fast modes costs six times as much."""
    assert per_mtok(price("anthropic", model, "fast", at="2026-07-01")) == {
        "input": 30,
        "cache_read": 3,
        "cache_write": Decimal("37.5"),
        "cache_write_1h": 60,
        "output": 150,
    }


def test_fast_with_a_long_prompt() -> None:
    """Fast Opus 4.6 beyond 200k was 60/225 until 2026-03-13, then flat."""
    before = price("anthropic", "claude-opus-4-6", "fast", at="2026-03-01")
    after = price("anthropic", "claude-opus-4-6", "fast", at="2026-03-13")

    assert per_mtok(before, 1)["input"] == 60
    assert per_mtok(before, 1)["output"] == 225
    assert after is not None
    assert len(after.bands) == 1


@pytest.mark.parametrize(
    ("model", "last", "first"),
    [
        ("claude-opus-4-7", "2026-07-23T23:59", "2026-07-24"),
        ("claude-opus-4-8", "2026-11-29T23:59", "2026-11-30"),
    ],
)
def test_a_removed_fast_mode_is_unpriced(model: str, last: str, first: str) -> None:
    """The day a fast mode is removed it has no price any more."""
    assert price("anthropic", model, "fast", at=last) is not None
    assert price("anthropic", model, "fast", at=first) is None


@pytest.mark.parametrize(
    ("model", "tier", "at", "priced"),
    [
        ("gpt-5.4", "priority", "2026-08-02", ("5", "0.5", "30")),
        ("gpt-5.4", "fast", "2026-10-12", ("5", "0.5", "30")),
        ("gpt-5.5", "priority", "2026-08-02", ("12.5", "1.25", "75")),
        ("gpt-5.3-codex", "priority", "2026-03-01", ("3.5", "0.35", "28")),
        ("gpt-5.2-codex", "priority", "2026-02-01", ("3.5", "0.35", "28")),
        ("gpt-5-mini", "priority", "2026-08-02", ("0.45", "0.045", "3.6")),
        ("gpt-5.6-sol", "priority", "2026-08-20", ("10", "1", "60")),
        ("gpt-5.6-sol", "priority", "2026-08-21", ("8", "0.8", "40")),
        ("gpt-4o", "priority", "2026-03-01", ("4.25", "2.125", "17")),
        ("o3", "priority", "2026-03-01", ("3.5", "0.875", "14")),
        ("o4-mini", "priority", "2026-03-01", ("2", "0.5", "8")),
        ("gpt-6-astra", "priority", NOW, ("20", "2", "100")),
        ("gpt-6-astra", "ultrafast", NOW, ("60", "6", "300")),
        ("gpt-5", "flex", "2026-05-01", ("0.625", "0.0625", "5")),
        ("gpt-5.6-sol", "flex", "2026-08-20", ("2.5", "0.25", "15")),
        ("gpt-6.1-sol", "flex", NOW, ("1", "0.05", "5")),
        ("gpt-5.6-sol", "batch", "2026-10-01", ("2", "0.2", "10")),
        # Their batches do not make cached input cheaper, before or after.
        ("gpt-4.1", "batch", "2026-10-01", ("1", "0.5", "4")),
        ("gpt-4.1", "batch", "2026-10-20", ("1", "0.5", "4")),
    ],
)
def test_openai_tiers_before_and_after_the_library_knows_them(
    model: str, tier: str, at: str, priced: tuple[str, str, str]
) -> None:
    """A tier has its price on every day, not only since the library lists it."""
    figures = per_mtok(price("openai", model, tier, at=at))

    assert [figures[kind] for kind in ("input", "cache_read", "output")] == [
        Decimal(figure) for figure in priced
    ]


def test_a_hundred_thousand_tokens_of_priority() -> None:
    """GPT-5.4 at priority on 2 August: $0.50 per 100k, not the standard $0.25."""
    rate = price("openai", "gpt-5.4", "priority", at="2026-08-02")

    assert usd(rate, Tokens(input=100_000)) == Decimal("0.5")


@pytest.mark.parametrize(
    ("model", "tier", "at", "priced"),
    [
        ("gemini-2.5-pro", "batch", "2026-10-01", ("0.625", "0.125", "5")),
        ("gemini-2.5-pro", "batch", "2026-10-14", ("0.625", "0.125", "5")),
        ("gemini-3.8-flash", "batch", "2026-10-01", ("0.375", "0.0375", "1.875")),
        ("gemini-3.8-flash", "flex", "2026-10-01", ("0.375", "0.0375", "1.875")),
        ("gemini-3.8-flash", "flex", NOW, ("0.375", "0.0375", "1.875")),
        ("gemini-3.8-flash", "priority", NOW, ("1.35", "0.135", "6.75")),
        ("gemini-4-argon", "batch", "2026-12-01", ("2", "0.1", "10")),
    ],
)
def test_google_tiers(
    model: str, tier: str, at: str, priced: tuple[str, str, str]
) -> None:
    """Batch and flex are half, priority 1.8 times the price of the day."""
    figures = per_mtok(price("google", model, tier, at=at))

    assert [figures[kind] for kind in ("input", "cache_read", "output")] == [
        Decimal(figure) for figure in priced
    ]


@pytest.mark.parametrize("at", ["2026-10-13", "2026-10-14", NOW])
def test_xai_batches_cost_a_fifth_less(at: str) -> None:
    """Grok 4.3 at 1.25/0.20/2.50 is 1/0.16/2 in batches."""
    figures = per_mtok(price("xai", "grok-4.3", "batch", at=at))

    assert figures["input"] == 1
    assert figures["cache_read"] == Decimal("0.16")
    assert figures["output"] == 2


@pytest.mark.parametrize(
    ("provider", "tier"),
    [
        ("anthropic", "flex"),
        ("anthropic", "ultrafast"),
        ("anthropic", "no-such-tier"),
        ("openai", "scale"),
        ("openai", "no-such-tier"),
        ("zai", "batch"),
        ("zai", "fast"),
        ("azure", "batch"),
        ("aws", "fast"),
    ],
)
def test_an_unknown_tier_is_unpriced(provider: str, tier: str) -> None:
    """The library would give the standard price for any name."""
    models = {"openai": "gpt-6.1-sol", "zai": "glm-5.2", "azure": "gpt-5.5"}
    model = models.get(provider, "claude-opus-5-5")

    assert price(provider, model) is not None
    assert price(provider, model, tier) is None


@pytest.mark.parametrize(
    ("provider", "model", "tier"),
    [
        ("anthropic", "claude-opus-5-5", ""),
        ("anthropic", "claude-opus-5-5", "auto"),
        ("anthropic", "claude-opus-5-5", "priority"),
        ("openai", "gpt-6.1-sol", "default"),
        ("openai", "gpt-6.1-sol", "auto"),
        ("openai", "gpt-6.1-sol", " Standard "),
    ],
)
def test_other_names_of_the_standard_tier(provider: str, model: str, tier: str) -> None:
    """These mean the list price; Anthropic's priority is capacity, not a price."""
    assert price(provider, model, tier) == price(provider, model)


@pytest.mark.parametrize(
    ("provider", "model", "geo", "factor"),
    [
        ("anthropic", "claude-opus-5-5", "us", "1.1"),
        ("anthropic", "claude-opus-4-6", "us", "1.1"),
        ("anthropic", "claude-sonnet-4-6", "us", "1.1"),
        ("anthropic", "claude-haiku-5-5", "US", "1.1"),
        ("anthropic", "claude-mythos-5", "us", "1.1"),
        ("anthropic", "claude-opus-4-5", "us", "1"),
        ("anthropic", "claude-haiku-4-5", "us", "1"),
        ("anthropic", "claude-opus-5-5", "global", "1"),
        ("anthropic", "claude-opus-5-5", "not_available", "1"),
        ("vertex", "claude-opus-5-5", "europe-west1", "1.1"),
        ("vertex", "claude-opus-4-5@20251101", "us-east5", "1.1"),
        ("vertex", "claude-opus-4-1", "us-east5", "1"),
        ("vertex", "claude-opus-5-5", "global", "1"),
        ("vertex", "claude-opus-5-5", "", "1"),
        ("openai", "gpt-5.4", "eu", "1.1"),
        ("openai", "gpt-6.1-sol", "us", "1.1"),
        ("openai", "gpt-5.3-codex", "eu", "1"),
    ],
)
def test_geography(provider: str, model: str, geo: str, factor: str) -> None:
    """Where inference has to stay somewhere, every kind costs a tenth more."""
    anywhere, somewhere = price(provider, model), price(provider, model, geo=geo)

    assert per_mtok(somewhere) == {
        kind: dollars * Decimal(factor) for kind, dollars in per_mtok(anywhere).items()
    }


def test_factors_multiply() -> None:
    """Fast in the US only: 8 x 1.1, on every kind."""
    rate = price("anthropic", "claude-opus-5-5", "fast", "us")

    assert list(per_mtok(rate).values()) == [
        Decimal(figure) for figure in ("8.8", "0.44", "11", "17.6", "44")
    ]


def test_govcloud_costs_a_fifth_more() -> None:
    """4.80/24 for Opus 5.5; the other regions pay a tenth more."""
    govcloud = per_mtok(price("aws", "us-gov.anthropic.claude-opus-5-5-v1:0"))
    europe = per_mtok(price("aws", "eu.anthropic.claude-opus-5-5-v1:0"))

    assert (govcloud["input"], govcloud["output"]) == (Decimal("4.8"), Decimal(24))
    assert (europe["input"], europe["output"]) == (Decimal("4.4"), Decimal(22))


@pytest.mark.parametrize(
    ("provider", "model", "kind", "dollars"),
    [
        ("anthropic", "claude-opus-5-5", "web_search", "0.01"),
        ("anthropic", "claude-mythos-5", "web_search", "0.01"),
        ("anthropic", "claude-opus-5-5", "web_fetch", "0"),
        ("vertex", "claude-opus-5-5", "web_search", "0.01"),
        ("openai", "gpt-6.1-sol", "web_search", "0.01"),
        ("openai", "gpt-5.3", "web_search", "0.01"),
        ("openai", "gpt-5", "web_search_preview", "0.01"),
        ("openai", "gpt-4.1", "web_search_preview", "0.025"),
        ("openai", "gpt-6.1-sol", "file_search", "0.0025"),
        ("openai", "gpt-6.1-sol", "file_storage_gb_day", "0.1"),
        ("openai", "gpt-6.1-sol", "container_session", "0.03"),
        ("google", "gemini-4-argon", "web_search", "0.014"),
        ("google", "gemini-2.5-pro", "web_search", "0.035"),
        ("google", "gemini-3.8-flash", "cache_storage_mtok_hour", "0.5"),
        ("xai", "grok-4.7", "web_search", "0.005"),
        ("xai", "grok-4.7", "code_execution", "0.005"),
        ("xai", "grok-4.7", "collections_search", "0.0025"),
        ("xai", "grok-4.7", "attachment_search", "0.01"),
        ("meta", "muse-spark-1.3", "web_search", "0.0025"),
    ],
)
def test_fees(provider: str, model: str, kind: str, dollars: str) -> None:
    """What is billed beside tokens costs so much per unit."""
    rate = price(provider, model)

    assert usd(rate, Tokens(), **{kind: 1}) == Decimal(dollars)


def test_tiers_and_places_do_not_change_fees() -> None:
    """A web search has no batch price and no fast one."""
    standard = price("anthropic", "claude-opus-5-5")
    assert standard is not None

    for tier, geo in [("batch", ""), ("fast", ""), ("standard", "us")]:
        rate = price("anthropic", "claude-opus-5-5", tier, geo)
        assert rate is not None
        assert rate.fees == standard.fees


@pytest.mark.parametrize(
    ("provider", "model", "same"),
    [
        ("anthropic", "claude-opus-5-5[1m]", "claude-opus-5-5"),
        ("anthropic", "anthropic/claude-opus-5-5", "claude-opus-5-5"),
        ("anthropic", "us.anthropic.claude-opus-5-5", "claude-opus-5-5"),
        ("anthropic", "us.anthropic.claude-opus-4-6-v1:0", "claude-opus-4-6"),
        ("anthropic", "claude-opus-5-5-latest", "claude-opus-5-5"),
        ("anthropic", "claude-opus-5-5@20260915", "claude-opus-5-5"),
        ("anthropic", "claude-opus-5-5-20260915", "claude-opus-5-5"),
        ("anthropic", "claude-mythos-5-20260601[1m]", "claude-mythos-5"),
        ("anthropic", "  Claude-Opus-5-5  ", "claude-opus-5-5"),
        ("anthropic", "claude-opus-5.5", "claude-opus-5-5"),
        ("anthropic", "claude-opus-4-5-thinking", "claude-opus-4-5"),
        (
            "aws",
            "us.anthropic.claude-opus-4-5-20251101-v1:0",
            "us.anthropic.claude-opus-4-5",
        ),
        ("google", "gemini-2.5-flash-preview-09-2025", "gemini-2.5-flash"),
        ("openai", "openai/gpt-5.2-20251211", "gpt-5.2"),
        ("openai", "gpt-5-codex", "gpt-5"),
        ("openai", "gpt-5.1-codex-max", "gpt-5.1"),
        ("deepseek", "deepseek-flash[1m]", "deepseek-flash"),
        ("deepseek", "deepseek-r1-0528", "deepseek-r1"),
        ("minimax", "MiniMax-M2.5", "minimax-m2"),
        ("zai", "GLM-5.2", "glm-5.2"),
        ("cursor", "composer-2.5[fast=true]", "composer-2.5-fast"),
        ("cursor", "composer-2.5[fast=false]", "composer-2.5"),
        ("alibaba", "qwen/qwen3.8-max-0902", "qwen3.8-max"),
    ],
)
def test_other_names_of_a_model(provider: str, model: str, same: str) -> None:
    """Suffixes, prefixes and dates are no other model."""
    assert price(provider, model) == price(provider, same)
    assert price(provider, model) is not None


@pytest.mark.parametrize(
    ("provider", "known", "model"),
    [
        ("anthropic", "claude-opus-5.5", "claude-opus-5.55"),
        ("anthropic", "claude-opus-4-1", "claude-opus-4-10"),
        ("anthropic", "claude-opus-4-8", "claude-opus-4-8-turbo"),
        ("anthropic", "claude-haiku-4-5", "claude-haiku-4-5.1"),
        ("anthropic", "claude-haiku-4-5", "claude-haiku-4-55[1m]"),
        ("vertex", "claude-opus-4-1", "claude-opus-4-10@20260901"),
        ("aws", "eu.anthropic.claude-opus-4-5", "eu.anthropic.claude-opus-4-55-v1:0"),
        ("azure", "o4-mini", "our-o4-mini"),
        ("google", "gemini-3.6-flash", "gemini-3.6-flash-ultra"),
        ("moonshot", "kimi-k2.5", "kimi-k2.5-turbo"),
        ("minimax", "minimax-m2.5-highspeed", "minimax-m2.5-highspeeds"),
    ],
)
def test_no_name_is_guessed(provider: str, known: str, model: str) -> None:
    """A name that goes on is another model's, of which no price is known."""
    assert price(provider, known) is not None
    assert price(provider, model) is None


@pytest.mark.parametrize(
    ("provider", "same"),
    [
        ("x-ai", "xai"),
        ("bedrock", "aws"),
        ("moonshotai", "moonshot"),
        ("gemini", "google"),
        ("github-copilot", "copilot"),
        ("ANTHROPIC", "anthropic"),
    ],
)
def test_other_names_of_a_provider(provider: str, same: str) -> None:
    """A provider is found by the name that others give it."""
    models = {"xai": "grok-4.7", "moonshot": "kimi-k3", "copilot": "claude-opus-4.8"}
    model = models.get(same, "claude-opus-4-8")

    assert price(provider, model) == price(same, model)
    assert price(provider, model) is not None


def test_each_provider_has_its_own_price() -> None:
    """Cached Grok 4.5 costs less at xAI than through Cursor or Copilot."""
    reads = {
        provider: per_mtok(price(provider, "grok-4.5"))["cache_read"]
        for provider in ("xai", "cursor", "copilot")
    }

    assert reads == {
        "xai": Decimal("0.3"),
        "cursor": Decimal("0.5"),
        "copilot": Decimal("0.5"),
    }


def test_thresholds_differ_by_provider() -> None:
    """Grok 4.7 is long from 200,000 at xAI, beyond 256,000 at Cursor."""
    overs = []
    for provider in ("xai", "copilot", "cursor"):
        rate = price(provider, "grok-4.7")
        assert rate is not None
        overs.append(rate.bands[1].over)

    assert overs == [199_999, 200_000, 256_000]


@pytest.mark.parametrize("gateway", ["vercel", "litellm"])
@pytest.mark.parametrize(
    ("model", "provider", "name"),
    [
        ("anthropic/claude-opus-5.5", "anthropic", "claude-opus-5-5"),
        ("openai/gpt-6.1-sol", "openai", "gpt-6.1-sol"),
        ("bedrock/eu.anthropic.claude-opus-5-5", "aws", "eu.anthropic.claude-opus-5-5"),
        ("openrouter/z-ai/glm-5.2", "openrouter", "z-ai/glm-5.2"),
    ],
)
def test_a_gateway_passes_prices_on(
    gateway: str, model: str, provider: str, name: str
) -> None:
    """Behind a gateway the price is that of the provider named in front."""
    assert price(gateway, model) == price(provider, name)
    assert price(gateway, model) is not None
    assert price(gateway, name.rpartition("/")[2]) is None


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("", "claude-opus-5-5"),
        ("unknown", "claude-opus-5-5"),
        ("no-such-provider", "claude-opus-5-5"),
        ("vertexish", "claude-opus-5-5"),
        ("anthropic", ""),
        ("anthropic", "opus"),
        ("anthropic", "sonnet[1m]"),
        ("anthropic", "haiku"),
        ("anthropic", "opusplan"),
        ("anthropic", "<synthetic>"),
        ("anthropic", "unknown"),
        ("anthropic", "claude-opus-9"),
        ("anthropic", "gpt-6.1-sol"),
        ("cursor", "auto"),
        ("cursor", "default"),
        ("cursor", "composer-1"),
        ("cursor", "composer-2"),
        ("openai", "codex-auto-review"),
        ("openai", "gpt-7"),
        ("openai", "claude-opus-5-5"),
        ("openrouter", "openrouter/auto"),
        ("zai", "glm-4.7-flash"),
        ("zai", "glm-5-turbo"),
        # Reasoning has a price of its own there, and is not counted apart.
        ("openrouter", "perplexity/sonar-deep-research"),
    ],
)
def test_what_is_not_known_is_unpriced(provider: str, model: str) -> None:
    """No guess: without provider, model and price there is none."""
    assert price(provider, model) is None


hostile = st.one_of(
    st.text(max_size=60),
    st.text(min_size=150, max_size=400),
    st.sampled_from(["claude-opus-5-5", "gpt-5", "z-ai/glm-5.2"]).flatmap(
        lambda name: st.text(max_size=5).map(lambda text: name + text)
    ),
    st.sampled_from(
        ["(", "[", "[" * 500, "a" * 10**6, "\0", "../..", "x\ny", "*", "$"]
    ),
)


@settings(deadline=None)
@given(
    st.one_of(hostile, st.sampled_from(["anthropic", "openrouter", "vercel", "aws"])),
    hostile,
    st.one_of(hostile, st.sampled_from(["standard", "fast"])),
    hostile,
    st.integers(-(2**60), 2**60),
)
def test_no_name_stops_the_run(
    provider: str, model: str, tier: str, geo: str, at: int
) -> None:
    """Whatever a log says, there is a rate around that time, or none."""
    rate = BOOK.rate(RateKey(provider, model, tier, geo), at)

    assert rate is None or rate.valid_from <= at < rate.valid_until


@pytest.mark.parametrize(
    "model", ["claude-opus-5-5\n", "claude-opus-5-5\0", "\x1b[31m"]
)
def test_control_characters(model: str) -> None:
    """Space around a name is dropped, other control characters make it unknown."""
    assert (price("anthropic", model) is None) == (model.strip() != "claude-opus-5-5")


TIMED = [
    RateKey("deepseek", "deepseek-v4-pro"),
    RateKey("deepseek", "deepseek-v4-flash"),
    RateKey("deepseek", "deepseek-chat"),
    RateKey("anthropic", "claude-opus-4-6"),
    RateKey("anthropic", "claude-opus-4-8", "fast"),
    RateKey("anthropic", "claude-sonnet-5-5", "batch", "us"),
    RateKey("openai", "gpt-5.6-sol", "priority"),
    RateKey("openai", "gpt-5.4", "priority", "eu"),
    RateKey("mistral", "mistral-large-4", "batch"),
    RateKey("google", "gemini-4-argon"),
    RateKey("google", "gemini-3.8-flash", "flex"),
    RateKey("zai", "glm-5.2"),
]


def unlike(rate: Rate) -> tuple[object, ...]:
    return rate.bands, rate.fees, rate.source, rate.as_of


@settings(deadline=None, max_examples=200)
@given(
    st.sampled_from(TIMED),
    st.integers(ms("2025-06-01"), ms("2027-06-01")),
    st.floats(0, 1, exclude_max=True),
)
def test_a_rate_is_valid_where_it_says(key: RateKey, at: int, share: float) -> None:
    """The same rate comes back inside its window, and another one just outside."""
    rate = BOOK.rate(key, at)
    if rate is None:
        return
    assert rate.valid_from <= at < rate.valid_until
    inside = rate.valid_from + int((rate.valid_until - rate.valid_from) * share)

    assert BOOK.rate(key, min(inside, rate.valid_until - 1)) == rate
    for outside in (rate.valid_from - 1, rate.valid_until):
        other = BOOK.rate(key, outside)
        assert other is None or unlike(other) != unlike(rate)


@pytest.mark.parametrize(
    ("key", "at", "since", "until"),
    [
        # An evening, a night, a weekend, a holiday with the days around it.
        (TIMED[0], "2026-11-19T12:00", "2026-11-19T10:00", "2026-11-20T01:00"),
        (TIMED[0], "2026-11-20T02:00", "2026-11-20T01:00", "2026-11-20T04:00"),
        (TIMED[0], NOW, "2026-11-20T10:00", "2026-11-23T01:00"),
        (TIMED[0], "2026-10-04T02:00", "2026-09-30T10:00", "2026-10-08T01:00"),
        (TIMED[0], "2026-05-01T02:00", "1970-01-01", "2026-08-16T16:00"),
        (TIMED[9], NOW, "1970-01-01", "2026-12-01"),
        (TIMED[3], "2026-02-20", "1970-01-01", "2026-03-13"),
        (TIMED[4], NOW, "1970-01-01", "2026-11-30"),
    ],
)
def test_a_window_is_as_long_as_it_can_be(
    key: RateKey, at: str, since: str, until: str
) -> None:
    """It ends where the price really changes."""
    rate = BOOK.rate(key, ms(at))
    assert rate is not None

    assert (rate.valid_from, rate.valid_until) == (ms(since), ms(until))


def test_a_price_without_dates_holds_for_ever() -> None:
    """What has no history and no known future has no end."""
    rate = price("zai", "glm-5.2")
    assert rate is not None

    assert (rate.valid_from, rate.valid_until) == (0, FOREVER_MS)


def test_a_rate_says_where_it_comes_from() -> None:
    """The library's name and version, and what the overlay did to it."""
    listed = price("anthropic", "claude-opus-5-5")
    raised = price("anthropic", "claude-opus-5-5", geo="us")
    dated = price("openai", "gpt-5.6-sol")
    assert listed
    assert raised
    assert dated

    assert listed.source.startswith("genai-prices 0.2")
    assert raised.source == f"{listed.source}; overlay: US-only inference at 1.1x"
    assert dated.as_of == "2026-08-21"
    assert listed.version == BOOK.version


def test_version_without_overrides() -> None:
    """It names the library's release and the overlay's day."""
    library, overlay = BOOK.version.split(", ")

    assert library.startswith("genai-prices 0.2")
    assert overlay == "overlay 2026-11-22"


def test_version_changes_with_the_overrides() -> None:
    """Equal overrides have equal versions, others do not."""
    dear, dearer = Override(input=Decimal(1)), Override(input=Decimal(2))
    versions = [Book({"m": each}).version for each in (dear, dear, dearer)]

    assert versions[0] == versions[1] != versions[2]
    assert versions[0].startswith(f"{BOOK.version}, overrides ")
    assert len(versions[0].rpartition(" ")[2]) == 8


def test_an_override_replaces_the_list_price() -> None:
    """What the user states counts; caches that he does not state cost his input."""
    own = Override(input=Decimal(3), output=Decimal("7.5"))
    book = Book({"Claude-Opus-5-5": own})

    assert per_mtok(price("anthropic", "claude-opus-5-5[1m]", book=book)) == {
        "input": 3,
        "cache_read": 3,
        "cache_write": 3,
        "cache_write_1h": 3,
        "output": Decimal("7.5"),
    }


def test_an_override_of_some_kinds_keeps_the_others() -> None:
    """Only what is stated changes; a 1-hour write costs what a write does."""
    own = Override(cache_read=Decimal("0.01"), cache_write=Decimal(6))
    book = Book({"claude-opus-5-5": own})

    assert per_mtok(price("anthropic", "claude-opus-5-5", book=book)) == {
        "input": 4,
        "cache_read": Decimal("0.01"),
        "cache_write": 6,
        "cache_write_1h": 6,
        "output": 20,
    }


def test_an_override_prices_what_nobody_lists() -> None:
    """A model of one's own, at a provider that is not known, has the user's price."""
    book = Book({"my-llama": Override(input=Decimal(0), output=Decimal(0))})

    assert usd(price("", "my-llama", book=book), MIXED) == 0
    assert usd(price("http://localhost", "my-llama", book=book), MIXED) == 0
    assert price("", "my-llama", "fast", book=book) is None


def test_an_override_holds_for_its_provider_only() -> None:
    """With a provider it leaves the same model elsewhere alone."""
    own = Override(input=Decimal(1), output=Decimal(1), provider="x-ai")
    book = Book({"grok-4.7": own})

    assert per_mtok(price("xai", "grok-4.7", book=book))["input"] == 1
    assert per_mtok(price("cursor", "grok-4.7", book=book))["input"] == 2


def test_an_override_holds_from_its_day() -> None:
    """Before that day the list price counts, and the window ends there."""
    start = ms("2026-11-01")
    own = Override(input=Decimal(1), output=Decimal(1), from_ms=start)
    book = Book({"glm-5.2": own})
    before, after = (
        price("zai", "glm-5.2", at=at, book=book) for at in ("2026-10-31", "2026-11-01")
    )
    assert before
    assert after

    assert per_mtok(before)["input"] == Decimal("1.4")
    assert before.valid_until == after.valid_from == start
    assert after.source == "your prices"
    assert after.as_of == "2026-11-01"


def test_an_override_leaves_other_tiers_alone() -> None:
    """It states the standard price; batch keeps the listed one."""
    book = Book({"claude-opus-5-5": Override(input=Decimal(1), output=Decimal(1))})

    assert per_mtok(price("anthropic", "claude-opus-5-5", "batch", book=book)) == (
        per_mtok(price("anthropic", "claude-opus-5-5", "batch"))
    )


def test_a_downloaded_price_file_is_used(tmp_path: Path) -> None:
    """Its prices replace the library's own, and the version names it."""
    file = tmp_path / "data.json"
    model = {
        "id": "glm-9",
        "match": {"equals": "glm-9"},
        "prices": {"input_mtok": "1.5", "output_mtok": {"base": 2, "tiers": []}},
    }
    seller = {"id": "zai", "name": "Z", "api_pattern": "z", "models": [model]}
    file.write_text(json.dumps([seller]))
    book = Book(data=file)

    assert per_mtok(price("zai", "glm-9", book=book))["output"] == 2
    assert price("zai", "glm-5.2", book=book) is None
    assert price("anthropic", "claude-opus-5-5", book=book) is None
    assert ", data " in book.version
    assert book.search("glm-9") == [("zai", "glm-9")]


@pytest.mark.parametrize(
    "content", [None, b"", b"[", b"{}", b"[1]", b'[{"id": "zai"}]']
)
def test_a_broken_price_file_says_what_to_do(
    tmp_path: Path, content: bytes | None
) -> None:
    """The error names the file and the way out."""
    file = tmp_path / "data.json"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(TokentuiError, match="prices refresh"):
        price("zai", "glm-5.2", book=Book(data=file))


def test_explain_tells_tiers_fees_and_sources() -> None:
    """All tiers of a model, dollars per million, each with its origin."""
    told = BOOK.explain(RateKey("openai", "gpt-6-astra"), ms(NOW))
    assert told is not None
    tiers = {tier.tier: tier for tier in told.tiers}

    assert (told.provider, told.model) == ("openai", "gpt-6-astra")
    assert told.context == 1_050_000
    assert not told.is_deprecated
    assert list(tiers) == ["standard", "batch", "flex", "fast", "ultrafast"]
    assert [band.over for band in tiers["standard"].bands] == [-1, 272_000]
    assert tiers["standard"].bands[1].output == 75
    assert tiers["ultrafast"].bands[0].cache_write == 75
    assert tiers["ultrafast"].url == "https://developers.openai.com/api/docs/pricing"
    assert tiers["batch"].as_of == "2026-10-14"
    assert ("web_search", Decimal("0.01")) in told.fees
    assert told.changes == ()


@pytest.mark.parametrize(
    ("key", "changes"),
    [
        (
            RateKey("google", "gemini-4-argon"),
            (
                (
                    date(2026, 12, 1),
                    "input 2 → 4, cache_read 0.1 → 0.2, output 10 → 20",
                ),
                (
                    date(2026, 12, 1),
                    "batch: input 1 → 2, cache_read 0.05 → 0.1, output 5 → 10",
                ),
            ),
        ),
        (
            RateKey("anthropic", "claude-opus-4-8"),
            ((date(2026, 11, 30), "fast: ends"),),
        ),
        (
            RateKey("anthropic", "claude-sonnet-4-5"),
            ((date(2026, 11, 30), "Sonnet 4.5 deprecated"),),
        ),
        (RateKey("deepseek", "deepseek-v4-pro"), ()),
    ],
)
def test_explain_tells_what_will_change(
    key: RateKey, changes: tuple[tuple[date, str], ...]
) -> None:
    """Changes that are announced come with their day."""
    told = BOOK.explain(key, ms(NOW))

    assert told is not None
    assert told.changes == changes


def test_explain_tells_of_a_new_long_price() -> None:
    """A change of the price of long prompts is told apart."""
    told = BOOK.explain(RateKey("anthropic", "claude-opus-4-6"), ms("2026-02-20"))
    assert told is not None

    assert told.changes[0] == (
        date(2026, 3, 13),
        "over 200000 tokens input 10 → 5, cache_read 1 → 0.5, "
        "cache_write 12.5 → 6.25, cache_write_1h 20 → 10, output 37.5 → 25",
    )


@pytest.mark.parametrize(
    ("key", "at", "is_deprecated"),
    [
        (RateKey("moonshot", "kimi-k2.5"), NOW, True),
        (RateKey("moonshot", "kimi-k3"), NOW, False),
        (RateKey("anthropic", "claude-sonnet-4-5"), NOW, False),
        (RateKey("anthropic", "claude-sonnet-4-5"), "2026-12-01", True),
    ],
)
def test_explain_tells_what_is_deprecated(
    key: RateKey, at: str, is_deprecated: bool
) -> None:
    """By the library's flag, or from the announced day on."""
    told = BOOK.explain(key, ms(at))

    assert told is not None
    assert told.is_deprecated is is_deprecated


def test_explain_knows_models_of_the_overlay_and_the_user() -> None:
    """The context window of an own model, and the user's price of any."""
    book = Book({"my-llama": Override(input=Decimal(1), output=Decimal(2))})
    own = book.explain(RateKey("alibaba", "qwen3-coder-plus"), ms(NOW))
    users = book.explain(RateKey("", "my-llama"), ms(NOW))
    assert own
    assert users

    assert own.context == 997_952
    assert [tier.source for tier in users.tiers] == ["your prices"]


def test_explain_of_an_unpriced_model() -> None:
    """There is nothing to tell."""
    assert BOOK.explain(RateKey("anthropic", "opus"), ms(NOW)) is None
    assert BOOK.explain(RateKey("", "claude-opus-5-5"), ms(NOW)) is None
    assert BOOK.explain(RateKey("anthropic", "claude-opus-5-5"), -1) is None


def test_search_finds_models_by_part_of_their_id() -> None:
    """In any case, of the library and of the overlay, each provider once."""
    assert BOOK.search(" Mythos-5 ") == [
        ("anthropic", "claude-mythos-5"),
        ("anthropic", "claude-mythos-5-1"),
        ("anthropic", "claude-mythos-5-2"),
        ("aws", "global.anthropic.claude-mythos-5-2"),
        ("aws", "regional.anthropic.claude-mythos-5-2"),
    ] + [pair for pair in BOOK.search("mythos-5") if pair[0] == "openrouter"]
    assert BOOK.search("no such model") == []


@pytest.mark.parametrize("provider", ["anthropic", "fireworks", "meta", "zai"])
def test_what_search_finds_has_a_price(provider: str) -> None:
    """Every listed id can be asked for, whatever names the library expects."""
    listed = [model for seller, model in BOOK.search("") if seller == provider]

    assert len(listed) > 5
    assert [model for model in listed if price(provider, model) is None] == (
        # Sells no output, so it has no price by the token here.
        [model for model in listed if "rerank" in model or "embedding" in model]
    )


AS_LISTED = [
    ("aws", "us.anthropic.claude-opus-4-6-v1"),
    ("copilot", "gpt-5.5"),
    ("cursor", "composer-2.5"),
    ("minimax", "minimax-m2.7"),
    ("minimax", "minimax-m3"),
    ("mistral", "mistral-large-4"),
    ("moonshot", "kimi-k3"),
    ("openrouter", "anthropic/claude-opus-4.6"),
    ("xai", "grok-4.7"),
    ("zai", "glm-5.2"),
]
"""Models that the overlay leaves alone."""


@settings(deadline=None)
@given(
    st.sampled_from(AS_LISTED),
    st.builds(Tokens, *[st.integers(0, 300_000) for _ in range(5)]),
    st.integers(ms("2026-01-01"), ms("2027-02-01")),
)
def test_costs_are_the_librarys_where_the_overlay_is_silent(
    key: tuple[str, str], tokens: Tokens, at: int
) -> None:
    """Tokens of a kind without a price cost the same as in the library's reckoning."""
    from genai_prices import Usage, calc_price

    usage = Usage(
        input_tokens=tokens.prompt,
        cache_read_tokens=tokens.cache_read,
        cache_write_tokens=tokens.cache_write + tokens.cache_write_1h,
        cache_write_1h_tokens=tokens.cache_write_1h,
        output_tokens=tokens.output,
    )
    seller = {"copilot": "github-copilot", "moonshot": "moonshotai", "xai": "x-ai"}
    theirs = calc_price(
        usage,
        key[1],
        provider_id=seller.get(key[0], key[0]),
        genai_request_timestamp=datetime.fromtimestamp(at / 1000, UTC),
    )

    ours = usd(BOOK.rate(RateKey(*key), at), tokens)

    assert abs(ours - theirs.total_price) <= Decimal("0.0000000005")


@pytest.fixture(scope="module")
def overlay() -> Overlay:
    return read_overlay()


def test_every_rule_is_well_formed(overlay: Overlay) -> None:
    """Kinds, providers and dates of the overlay are known ones, and it has sources."""
    for rule in overlay.rules:
        assert rule.source.startswith("https://"), rule.what
        assert rule.read <= overlay.as_of, rule.what
        assert set(rule.providers) <= overlay.providers.keys(), rule.what
        assert {*rule.kinds, *rule.per_mtok, *rule.per_input} <= {*KINDS}, rule.what
        assert rule.span.since < rule.span.until, rule.what
        assert all(rule.ladder(kind) for kind in rule.per_mtok), rule.what
        assert Fraction(rule.factor or "1") > 0, rule.what
    assert len({rule.what for rule in overlay.rules}) == len(overlay.rules)


def test_every_pattern_of_a_rule_matches_a_model(overlay: Overlay) -> None:
    """A misspelt model would make a rule that never holds."""
    names = [name for _, name in BOOK.search("")]
    for rule in overlay.rules:
        for pattern in rule.models:
            if not pattern.startswith("*us-gov"):
                known = [name.lower() for name in names]
                assert matches(known, [pattern]), (rule.what, pattern)


def test_the_book_is_light_to_import() -> None:
    """The library and what it brings load at the first question, not before."""
    code = (
        "import sys; import tokentui.prices.book; "
        "heavy = {'genai_prices', 'pydantic', 'httpx', 'httpx2', 'tomllib', "
        "'asyncio', 'importlib.metadata'}; "
        "sys.exit(repr(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
