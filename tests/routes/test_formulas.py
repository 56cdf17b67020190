"""The economics of routes against worked figures, each to its last stated digit.

Rows whose formula no face shows yet are computed here, by functions of this file.
Prices are dollars per million tokens of the lists of 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

import pytest

from tokentui.routes.formulas import (
    break_even_value,
    cascade_cost,
    cascade_pays_from,
    cascade_success,
    cost_per_accepted,
    effective_input_price,
    escalation_value,
    gain_of_loops,
    loops_to_match,
    net_value,
    plan_leverage,
    router_mix,
    success_premium,
    task_cost,
    token_multiple,
)

GLM = {"input": 1.4, "cache_read": 0.26, "output": 4.4}
OPUS_4_5 = {"input": 5, "cache_read": 0.5, "output": 25}
OPUS_4_8 = OPUS_4_5 | {"cache_write": 6.25}

WEEK = {"input": 3, "cache_write": 6, "cache_read": 150, "output": 1.2}
"""Million tokens of a week on Opus 4.8: 40 runs, whose tasks are worth $60 each."""

CHEAP, MIDDLE, DEAR = (1, 0.70), (8, 0.88), (35, 0.93)
"""Dollars a run and rate of success of three routes."""

IN_RATIO, OUT_RATIO = 11_208_642 / 3_814_284, 75_760 / 44_476
"""Tokens of a task on GLM-5.2 max, over those on Opus 4.8 high (DeepSWE v1.1)."""


def list_cost(tokens: dict[str, float], price: dict[str, float]) -> float:
    """Price million tokens; cache writes without a price cost what input does."""
    return sum(
        count * price.get(kind, price["input"]) for kind, count in tokens.items()
    )


def prices(fresh: float, read: float, written: float, output: float) -> dict:
    """Name prices by kind."""
    return {
        "input": fresh,
        "cache_read": read,
        "cache_write": written,
        "output": output,
    }


def discount(base: float, other: float) -> float:
    """Give the share that a price is below another."""
    return 1 - other / base


def cached_blend(hit: float) -> float:
    """Give the price of a million tokens of GLM: 12 of input, part cached, 1 out."""
    fresh = {"input": 12 * (1 - hit), "cache_read": 12 * hit, "output": 1}
    return list_cost(fresh, GLM) / 13


def mix(a: float, b: float, price: dict[str, float]) -> float:
    """Give the price of a million tokens, `a` of input to `b` of output."""
    return (a * price["input"] + b * price["output"]) / (a + b)


def expected_value(route: tuple[float, float], value: float) -> float:
    """Give what a run on a route, cost and success, brings."""
    cost, success = route
    return net_value(success, value, cost)


def retried(cost: float, success: float, tries: int) -> tuple[float, float]:
    """Give cost and success of trying again, as if failures were independent."""
    least = 1 - (1 - success) ** tries
    return cost * least / success, least


def cascade(
    first: tuple[float, float], second: tuple[float, float], check: float, value: float
) -> tuple[float, float, float]:
    """Give cost, success and expected value of a dear route after a cheap one fails."""
    (c1, p1), (c2, q) = first, second
    route = cascade_cost(c1, check, p1, c2), cascade_success(p1, q)
    return *route, expected_value(route, value)


def rereads(write: float, read: float) -> tuple[float, int]:
    """Give the re-reads that pay for a cache write: exact, and whole ones."""
    exact = (write - 1) / (1 - read)
    return exact, ceil(exact)


def premium(other: float) -> float:
    """Give the premium that the week on Opus 4.8 must show, as a share."""
    found = success_premium(157.50 / 40, other / 40, 60)
    assert found is not None
    return found


def request(
    prompt: int, output: int, over: int, short: tuple[float, float], long: tuple
) -> float:
    """Price a request whose whole prompt decides its rate."""
    fresh, out = long if prompt > over else short
    return (prompt * fresh + output * out) / 1e6


def marginal(low: tuple[float, float], high: tuple[float, float]) -> float:
    """Give the dollars of one more solved task, of dollars and percent solved."""
    return (high[0] - low[0]) / (high[1] - low[1]) * 100


def capped(spent: float, cap: float, day: int, days: int) -> tuple[float, ...]:
    """Give the projection, what is safe per day, and the day that meets the cap."""
    return spent / day * days, (cap - spent) / (days - day), cap / (spent / day)


def reimbursed(spent: float, paid: float = 0) -> float:
    """Give half of what was spent, up to 1,000 less what was paid."""
    return min(spent / 2, 1_000 - paid)


def elasticity(uses: tuple[float, float], prices: tuple[float, float]) -> float:
    """Give the arc elasticity, by the mid-point."""

    def change(one: float, other: float) -> float:
        return (other - one) / ((one + other) / 2)

    return change(*uses) / change(*prices)


def switch() -> tuple[float, float, int]:
    """Give what a switch in mid-session costs, saves a turn, and when it pays.

    150,000 tokens of context and 1,500 of output a turn, from Opus 4.8 to GLM-5.2.
    """
    once = 150_000 * (GLM["input"] - OPUS_4_8["cache_read"]) / 1e6
    read = 150_000 * (OPUS_4_8["cache_read"] - GLM["cache_read"]) / 1e6
    saving = read + 1_500 * (OPUS_4_8["output"] - GLM["output"]) / 1e6
    return once, saving, ceil(once / saving)


RUN = {"input": 5, "output": 0.5}
OPUS_5 = {
    "low": (1.2163, 58.13),
    "medium": (2.4820, 68.90),
    "high": (4.9688, 72.83),
    "max": (10.4282, 73.65),
}
"""Dollars a task and percent solved (DeepSWE v1.1)."""

K_STAR_PRICES = (
    effective_input_price(0.97, 0.50, 6.25),
    effective_input_price(0.97, 0.26, 1.40),
)

Worked = Callable[[], object]

CASES: dict[str, tuple[Worked, str]] = {
    "list_cost_glm": (lambda: list_cost(RUN, GLM), "9.20"),
    "list_cost_opus": (lambda: list_cost(RUN, OPUS_4_5), "37.50"),
    "monthly_difference": (lambda: (37.50 - 9.20) * 10_000, "283000.00"),
    "list_discount": (lambda: (discount(5, 1.4), discount(25, 4.4)), "0.72 0.824"),
    "blended": (
        lambda: (
            list_cost({"input": 12, "output": 1}, GLM),
            mix(12, 1, GLM),
            20_000 / mix(12, 1, GLM) / 1_000,
        ),
        "21.20 1.6308 12.264",
    ),
    "blended_with_cache": (lambda: cached_blend(0.9), "0.6837"),
    "mix_chat": (lambda: (mix(3, 1, GLM), mix(3, 1, OPUS_4_5)), "2.15 10.00"),
    "mix_rag": (lambda: (mix(20, 1, GLM), mix(20, 1, OPUS_4_5)), "1.5429 5.9524"),
    "mix_reasoning": (lambda: (mix(1, 5, GLM), mix(1, 5, OPUS_4_5)), "3.90 21.6667"),
    "three_route_V400": (
        lambda: [expected_value(each, 400) for each in (CHEAP, MIDDLE, DEAR)],
        "279.00 344.00 337.00",
    ),
    "three_route_V10000": (
        lambda: [expected_value(each, 10_000) for each in (CHEAP, MIDDLE, DEAR)],
        "6999.00 8792.00 9265.00",
    ),
    "break_even_value": (lambda: break_even_value(35, 8, 0.93, 0.88), "540.00"),
    "break_even_premium": (lambda: success_premium(35, 8, 400), "0.0675"),
    "break_even_premium_list": (lambda: success_premium(37.50, 9.20, 400), "0.07075"),
    "min_success_cheap": (lambda: 0.93 - (success_premium(35, 8, 400) or 0), "0.8625"),
    "parity_success": (lambda: 0.93 * 8 / 35, "0.2126"),
    "break_even_cheap_to_glm": (lambda: break_even_value(8, 1, 0.88, 0.70), "38.89"),
    "cost_per_accepted": (
        lambda: [cost_per_accepted(*each) for each in (CHEAP, MIDDLE, DEAR)],
        "1.4286 9.0909 37.6344",
    ),
    "run_cost": (
        lambda: 9.20 + 40 * 10 / 1_000 + 0.12 * 9.20 + 6 * 120 / 60 + 0.01 * 500,
        "27.704",
    ),
    "retry_once": (lambda: retried(8, 0.88, 2), "8.96 0.9856"),
    "cascade_independent": (
        lambda: cascade(MIDDLE, DEAR, 0, 400),
        "12.20 0.9916 384.44",
    ),
    "cascade_correlated": (
        lambda: cascade(MIDDLE, (35, 0.50), 2, 400),
        "14.20 0.94 361.80",
    ),
    "cascade_pays_iff": (lambda: cascade_pays_from(8, 2, 35), "0.2857"),
    "escalate_failed_iff": (lambda: escalation_value(35, 0.5), "70.00"),
    "loop_compounding": (
        lambda: (gain_of_loops(1.05, 5), loops_to_match(1.05, 1.10)),
        "1.27628 1.953",
    ),
    "cache_break_even_5m": (lambda: rereads(1.25, 0.1), "0.2778 1"),
    "cache_break_even_1h": (lambda: rereads(2, 0.1), "1.1111 2"),
    "cache_break_even_5m_low": (lambda: rereads(1.25, 0.05), "0.2632 1"),
    "cache_break_even_1h_low": (lambda: rereads(2, 0.05), "1.0526 2"),
    "cache_break_even_1h_fable": (lambda: rereads(2, 0.025), "1.0256 2"),
    "cache_break_even_openai_12h": (lambda: rereads(2, 0.05), "1.0526 2"),
    "choose_1h": (lambda: (2 - 1.25) / (1.25 - 0.1), "0.6522"),
    "keepalive_pings": (lambda: (1.25 - 0.1) / 0.1, "11.50"),
    "cache_expiry_cost": (lambda: 0.15 * (5 - 0.2), "0.72"),
    "cache_expiry_cost_opus48": (lambda: 0.15 * (6.25 - 0.5), "0.8625"),
    "effective_input_price": (
        lambda: effective_input_price(0.969, 4 * 0.05, 4 * 1.25),
        "0.3488",
    ),
    "effective_input_price_90": (
        lambda: effective_input_price(0.9, 5 * 0.1, 5 * 1.25),
        "1.075",
    ),
    "batch": (lambda: 37.50 * 0.5, "18.75"),
    "us_only": (lambda: 37.50 * 1.1, "41.25"),
    "fast": (lambda: (37.50 * 6, 37.50 * 2), "225.00 75.00"),
    "fast_us_opus46_input": (lambda: 5 * 6 * 1.1, "33.00"),
    "batch_cache_read_opus45": (lambda: 5 * 0.1 * 0.5, "0.25"),
    "deepseek_uniform": (lambda: 1 + 35 / 168, "1.2083"),
    "tier_cliff": (
        lambda: [
            request(prompt, 8_000, 272_000, (2, 10), (4, 15))
            for prompt in (272_000, 272_001)
        ],
        "0.624 1.208",
    ),
    "tier_cliff_haiku55": (
        lambda: [
            request(prompt, 4_000, 100_000, (0.1, 0.5), (0.5, 2.5))
            for prompt in (100_000, 100_001)
        ],
        "0.012 0.060",
    ),
    "week_on_glm": (
        lambda: (
            list_cost(WEEK, OPUS_4_8),
            list_cost(WEEK, GLM),
            list_cost(WEEK, GLM) * 0.65,
            list_cost(WEEK | {"output": 0}, GLM) * IN_RATIO
            + WEEK["output"] * GLM["output"] * OUT_RATIO,
            157.50 * 3.4637 / 3.6635,
        ),
        "157.50 56.88 36.97 160.63 148.91",
    ),
    "cost_per_solved_reversal": (
        lambda: (3.4637 / 0.4378, 3.6635 / 0.5177),
        "7.91 7.08",
    ),
    "deepswe_break_even": (
        lambda: break_even_value(3.6635, 3.4637, 0.5177, 0.4378),
        "2.50",
    ),
    "deepswe_break_even_opus5_glm53": (
        lambda: break_even_value(4.9688, 3.1316, 0.7283, 0.6896),
        "47.47",
    ),
    "deepswe_break_even_opus5_glm53flash": (
        lambda: break_even_value(4.9688, 0.39, 0.7283, 0.6339),
        "48.50",
    ),
    "effort_marginal": (lambda: marginal(OPUS_5["medium"], OPUS_5["max"]), "167.29"),
    "effort_marginal_steps": (
        lambda: [
            marginal(OPUS_5[low], OPUS_5[high])
            for low, high in (("low", "medium"), ("medium", "high"), ("high", "max"))
        ],
        "11.75 63.28 665.78",
    ),
    "token_multiple_break_even": (lambda: token_multiple(5.9524, 1.5429), "3.86"),
    "quality_adjusted_saving": (
        lambda: [(35 - 8) - value * (0.93 - 0.88) for value in (400, 540, 10_000)],
        "7.00 0.00 -473.00",
    ),
    "token_yield": (lambda: 6.2 / 10, "0.62"),
    "cap": (lambda: capped(620, 1_500, 10, 30), "1860.00 44.00 24.19"),
    "reimbursement": (
        lambda: (reimbursed(1_500), reimbursed(2_400), reimbursed(600, 800)),
        "750.00 1000.00 200.00",
    ),
    "subscription_leverage": (lambda: plan_leverage(147.64, 20), "7.382"),
    "pgr": (lambda: (0.91 - 0.88) / (0.93 - 0.88), "0.60"),
    "router_mix_cost": (lambda: router_mix(35, 8, 0.6), "24.20"),
    "aisi": (lambda: 12_500 / 100, "125.00"),
    "arc_elasticity": (lambda: elasticity((100, 250), (1, 0.5)), "-1.2857"),
    "tb4_gpt61sol": (
        lambda: task_cost(
            74.434 + 1_354.19,
            31.31,
            effective_input_price(1_354.19 / 1_428.624, 0.10, 2.5),
            10,
        ),
        "634.60",
    ),
    "week_today": (
        lambda: [
            list_cost(WEEK, price)
            for price in (
                prices(4, 0.2, 5, 20),
                prices(2, 0.1, 2.5, 10),
                prices(2, 0.1, 2.5, 10),
                GLM,
                {"input": 0.15, "cache_read": 0.03, "output": 0.5},
                {"input": 0.66, "cache_read": 0.022, "output": 1.98},
                prices(0.1, 0.01, 0.125, 0.5),
            )
        ],
        "96.00 48.00 48.00 56.88 6.45 11.616 3.15",
    ),
    "cache_read_discount": (
        lambda: (discount(0.5, 0.26), discount(0.2, 0.26)),
        "0.48 -0.30",
    ),
    "switch_mid_session": (switch, "0.135 0.0669 3"),
    "weekly_premium_naive": (lambda: premium(56.88), "0.0419"),
    "weekly_premium_tokenizer": (lambda: premium(36.97), "0.0502"),
    "weekly_premium_benchmark_cost_ratio": (lambda: premium(148.91), "0.0036"),
    "all_cached_34_6B": (lambda: 20 / cached_blend(1), "34.57"),
    "blended_90_cached_20000": (lambda: 20 / cached_blend(0.9), "29.25"),
    "k_star_cached": (lambda: token_multiple(*K_STAR_PRICES), "2.2859"),
}


def test_all_are_there() -> None:
    """No worked figure is left out."""
    assert len(CASES) == 72


@pytest.mark.parametrize("name", CASES)
def test_worked(name: str) -> None:
    """A worked figure comes out, to the last digit that is stated."""
    compute, stated = CASES[name]
    found = compute()
    values = list(found) if isinstance(found, list | tuple) else [found]
    for value, text in zip(values, stated.split(), strict=True):
        digits = len(text.partition(".")[2])
        assert value == pytest.approx(float(text), abs=0.5001 * 10**-digits, rel=0)


def test_nothing_breaks_even() -> None:
    """What is dearer and no better has no value from which on it pays."""
    assert break_even_value(35, 8, 0.88, 0.93) is None
    assert break_even_value(8, 35, 0.93, 0.88) is None
    assert success_premium(8, 35, 400) is None


def test_nothing_to_divide_by() -> None:
    """What never succeeds or costs nothing has no figure that divides by it."""
    assert cost_per_accepted(1, 0) is None
    assert cascade_pays_from(1, 0, 0) is None
    assert escalation_value(1, 0) is None
