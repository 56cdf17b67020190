"""Pieces of the ledger on other routes: every cent is that of tokens times rates."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest
import sample_ledgers
from msgspec.structs import replace
from repriced import BOOK, START, USD, alternative, compared, costs, event, used

from tokentui.ledger.connection import open_for_reading
from tokentui.ledger.schema import HOUR_MS
from tokentui.periods import millis
from tokentui.prices.rates import RateKey, cost_nanos
from tokentui.prices.remembered import Rates
from tokentui.queries.slices import Eras, Piece, pieces
from tokentui.queries.sums import Usage
from tokentui.routes.candidates import CANDIDATES
from tokentui.routes.compare import Names
from tokentui.routes.moving import Moving
from tokentui.routes.own import OwnRatios
from tokentui.routes.quality import Quality
from tokentui.routes.repricing import Repricing

TIERED = ("grok-4.7", "deepseek-v4-pro", "minimax-m3", "qwen3-coder-plus", "glm-5.2")


@pytest.mark.parametrize("model", TIERED)
@pytest.mark.parametrize("seed", [1, 2])
def test_any_history(ledger: Path, model: str, seed: int) -> None:
    """Summed pieces cost what responses cost one by one, by hour and prompt length."""
    chance = Random(seed)
    events = [
        event(
            chance.randrange(7 * 24 * 60) + number / 1_000,
            input=chance.choice((0, 7, 31_000, 128_001)),
            cache_read=chance.choice((0, 32_000, 199_999, 256_000, 512_001)),
            cache_write=chance.choice((0, 1, 4_000)),
            output=chance.choice((1, 2_345)),
        )
        for number in range(120)
    ]
    provider = Names(BOOK).route(model).provider
    expected = 0
    for each in events:
        rate = BOOK.rate(RateKey(provider, model), each.at)
        assert rate is not None
        expected += cost_nanos(each.tokens, {}, rate) or 0
    assert costs(ledger, used(*events), on=model).same == expected


def test_time_of_day(ledger: Path) -> None:
    """Responses cost what their hour does: DeepSeek's peak is twice the usual."""
    peak = costs(ledger, used(event(-10 * 60, input=1_000_000)), on="deepseek-v4-pro")
    assert peak.same == 1.32 * USD


def test_hour_off_peak(ledger: Path) -> None:
    """The same at noon is at the usual price."""
    usual = costs(ledger, used(event(input=1_000_000)), on="deepseek-v4-pro")
    assert usual.same == 0.66 * USD


def test_length_by_tokenizer(ledger: Path) -> None:
    """A prompt of 300,000 tokens is a long one; the 186,000 of GPT's are not."""
    found = costs(ledger, used(event(input=300_000)), on="gpt-6.1-sol")
    assert found.same == 1.2 * USD
    assert found.tokenizer == pytest.approx(0.3 * 0.62 * 2 * USD)


def test_thought_is_no_text(ledger: Path) -> None:
    """A tokenizer changes what is read and said, not how long a model thinks."""
    made = used(event(input=100_000, output=3_000, reasoning=1_000))
    found = costs(ledger, made, on="glm-5.2")
    assert found.same == round((0.14 + 0.0132) * USD)
    expected = (0.14 + 0.0088) * 0.65 + 0.0044
    assert found.tokenizer == pytest.approx(expected * USD)


def test_does_not_fit(ledger: Path) -> None:
    """Prompts longer than the context are counted, as the other tokenizer has them.

    Haiku 4.5 reads 200,000 tokens of the older tokenizer, 258,000 of the newer.
    """
    events = [event(n, input=count) for n, count in enumerate((250_000, 260_000, 9))]
    assert costs(ledger, used(*events), on="claude-haiku-4-5").unfit == 1


def test_fits_without_tokenizer(ledger: Path) -> None:
    """Where no tokenizer was measured a prompt is as long as it was."""
    events = [event(n, input=count) for n, count in enumerate((200_000, 200_001))]
    found = costs(ledger, used(*events), on="composer-2.5")
    assert (found.unfit, found.tokenizer) == (1, None)


def test_context_is_not_known(ledger: Path) -> None:
    """Where nobody states a longest prompt, it is not known what would not fit."""
    assert Names(BOOK).route("glm-5.1").context is None
    assert costs(ledger, used(event(input=9)), on="glm-5.1").unfit is None


def test_totals_are_no_prompts(ledger: Path) -> None:
    """Totals of several responses are in no long band, and say nothing of fitting."""
    made = used(replace(event(input=900_000), requests=9))
    found = costs(ledger, made, on="claude-haiku-5-5")
    assert (found.same, found.unfit) == (0.09 * USD, 0)


def test_fees_stay(ledger: Path) -> None:
    """What is billed beside tokens costs the same everywhere: 3 searches 3 cents."""
    made = used(event(input=100_000, fees={"web_search": 3}))
    found = compared(ledger, made, on="glm-5.2")
    assert found.used.cost_nanos == 0.53 * USD
    (other,) = found.alternatives
    assert other.estimates is not None
    assert other.estimates.same == 0.17 * USD
    assert other.estimates.tokenizer == pytest.approx((0.14 * 0.65 + 0.03) * USD)


@pytest.mark.parametrize(
    ("model", "usd"), [("claude-sonnet-5-5", 1), ("glm-5.2", 1.4), ("gpt-6.1-sol", 1)]
)
def test_tiers(ledger: Path, model: str, usd: float) -> None:
    """What ran as a batch would do so there, if they sell it: at half price."""
    made = used(
        *(event(n, input=100_000) for n in range(10)),
        tier="batch",
    )
    assert costs(ledger, made, on=model).same == round(usd * USD)


def test_without_price(ledger: Path) -> None:
    """Responses without a price are left out on both sides, and counted."""
    made = (used(event(input=100_000)), used(event(1, input=7), model="unheard-of"))
    found = compared(ledger, *made, on="glm-5.2")
    assert (found.used.cost_nanos, found.used.unpriced) == (0.5 * USD, 1)
    (other,) = found.alternatives
    assert other.estimates is not None
    assert other.estimates.same == 0.14 * USD


def test_nothing_with_a_price(ledger: Path) -> None:
    """Where nothing that was used has a price there is no comparison."""
    made = used(event(input=7), model="unheard-of")
    found = alternative(ledger, made, on="glm-5.2")
    assert (found.verdict, found.why) == ("unpriced", "what was used has no price")


def test_several_models(ledger: Path) -> None:
    """Each model moves by its own tokenizer; what is there already stays as it is."""
    made = (
        used(event(input=100_000)),
        used(event(1, input=100_000), model="claude-sonnet-4-6"),
        used(event(2, input=100_000), model="glm-5.2", endpoint=None),
    )
    found = costs(ledger, *made, on="glm-5.2")
    assert found.same == 0.42 * USD
    expected = 0.14 * (0.65 + 0.65 * 1.29 + 1)
    assert found.tokenizer == pytest.approx(expected * USD)


def piece(**given: Any) -> Piece:
    """Make a piece of one response, of Opus 4.8 unless told otherwise."""
    usual = dict.fromkeys(Piece._fields[Piece._fields.index("longest") :], 0)
    labels = {
        "at_ms": millis(START),
        "era": b"",
        "source": "claude-code",
        "provider": "anthropic",
        "model": "claude-opus-4-8",
        "tier": None,
        "geo": None,
        "effort": "high",
        "project": "/acme",
        "discount_ppm": 0,
        "is_plan": False,
        "is_side": False,
        "is_sum": False,
        "waited": 0,
        "length": 0,
        "responses": 1,
    }
    return Piece(**(usual | labels | given))


def test_discount() -> None:
    """The payer's discount holds on the other route as well."""
    one = piece(discount_ppm=150_000, input=1_000_000, longest=1_000, nanos=1)
    names = Names(BOOK)
    found = Repricing(
        [one], Moving(Rates(BOOK), names, OwnRatios([], names), Quality())
    ).on(names.route("glm-5.2"))
    assert found is not None
    assert found.same == round(1.4 * 0.85 * USD)


def test_pieces_are_few(ledger: Path) -> None:
    """A thousand responses of an hour that differ in nothing are one piece."""
    events = [event(n / 20, input=100 + n % 7) for n in range(1_000)]
    sample_ledgers.add(ledger, [used(*events)])
    with closing(open_for_reading(ledger)) as connection:
        found = pieces(connection, Usage(), (), Eras(0, bytes(2_000_000)))
    assert [each.responses for each in found] == [1_000]
    assert found[0].longest == 106


@pytest.mark.parametrize("model", CANDIDATES)
def test_prices_change_on_the_hour(model: str) -> None:
    """Every route worth a look is priced, and only on whole hours otherwise."""
    route = Names(BOOK).route(model)
    rates = Rates(BOOK)
    key = RateKey(route.provider, route.model)
    assert rates.rate(key, millis(START)) is not None
    year = millis(START) - 365 * 24 * HOUR_MS, millis(START) + 60 * 24 * HOUR_MS
    assert {edge % HOUR_MS for edge in rates.changes(key, *year)} <= {0}
