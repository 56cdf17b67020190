"""The economics of routes, as small pure functions that carry no data.

Costs, prices and values are in one currency each time, dollars or nano-dollars; rates
of success are shares from 0 to 1.
"""

from __future__ import annotations

DAYS_A_YEAR = 365


def net_value(success: float, task_value: float, cost: float) -> float:
    """Give what a run brings: its chance to succeed times the value, less its cost."""
    return success * task_value - cost


def break_even_value(
    dear_cost: float, cheap_cost: float, dear_success: float, cheap_success: float
) -> float | None:
    """Give the value of a task above which the dear route is the better one.

    Costs are of one run. `None` where no value makes it so: what is dear must succeed
    more often.
    """
    cost, success = dear_cost - cheap_cost, dear_success - cheap_success
    return cost / success if cost > 0 and success > 0 else None


def success_premium(
    dear_cost: float, cheap_cost: float, task_value: float
) -> float | None:
    """Give by how much more often the dear route must succeed to be worth it, a share.

    Costs are of one run, `task_value` is what an accepted task is worth. `None` where
    the dear route is not dearer.
    """
    cost = dear_cost - cheap_cost
    return cost / task_value if cost > 0 and task_value > 0 else None


def token_multiple(base_price: float, price: float) -> float:
    """Give how many times the tokens eat up a lower price.

    Prices are for one token of the same kinds, cached ones included.
    """
    return base_price / price


def effective_input_price(
    cached_share: float, read_price: float, write_price: float
) -> float:
    """Give the price of a token of input of which a share is read from the cache."""
    return cached_share * read_price + (1 - cached_share) * write_price


def task_cost(
    input_tokens: float, output_tokens: float, input_price: float, output_price: float
) -> float:
    """Give the cost of tokens at prices per token; the input price is effective."""
    return input_tokens * input_price + output_tokens * output_price


def plan_leverage(list_value: float, fee: float) -> float:
    """Give how many times its fee a flat plan's usage is worth by price list."""
    return list_value / fee


def machine_month(
    price: float, years: float, kilowatt_hours: float, kwh: float
) -> float:
    """Give what a machine costs in a month of 30 days: its wear, and its electricity.

    `price` is that of the machine, which lasts `years`; `kwh` that of a kilowatt-hour.
    """
    return price / (years * DAYS_A_YEAR) * 30 + kilowatt_hours * kwh
