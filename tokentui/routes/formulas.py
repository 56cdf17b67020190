"""The economics of routes, as small pure functions that carry no data.

Costs, prices and values are in one currency each time, dollars or nano-dollars; rates
of success are shares from 0 to 1.
"""

from __future__ import annotations

from math import inf, log, sqrt

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


def router_mix(moved: float, stays: float, share: float) -> float:
    """Give the cost where a share of the work moves, and the rest stays."""
    return share * moved + (1 - share) * stays


def cost_per_accepted(cost: float, success: float) -> float | None:
    """Give what an accepted task costs, the failures before it included."""
    return cost / success if success > 0 else None


def cascade_cost(first: float, check: float, success: float, second: float) -> float:
    """Give the cost of a run that goes to a second route where the first one fails.

    `success` is of the first route; `check` is what it costs to see if it did.
    """
    return first + check + (1 - success) * second


def cascade_success(success: float, escalated: float) -> float:
    """Give the success of two routes in turn.

    `escalated` is how often the second one succeeds where the first one failed.
    """
    return success + (1 - success) * escalated


def cascade_pays_from(first: float, check: float, second: float) -> float | None:
    """Give the success of the first route above which two cost less than the second.

    Above 1 they never do. `None` if the second route costs nothing.
    """
    return (first + check) / second if second > 0 else None


def escalation_value(second: float, escalated: float) -> float | None:
    """Give the value of a task above which a failure is worth trying again.

    `None` where the second route never succeeds.
    """
    return second / escalated if escalated > 0 else None


def gain_of_loops(gain: float, loops: float) -> float:
    """Give how many times better work becomes that each loop makes better so often.

    Infinite where no number is large enough.
    """
    try:
        return float(gain**loops)
    except OverflowError:
        return inf


def loops_to_match(gain: float, other_gain: float) -> float:
    """Give the loops that reach one loop of another gain; both gains are above 1."""
    return log(other_gain) / log(gain)


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


def standard_error(success: float, tasks: int) -> float:
    """Give how far a rate of success, a share, is off by chance among so many tasks."""
    return sqrt(success * (1 - success) / tasks)
