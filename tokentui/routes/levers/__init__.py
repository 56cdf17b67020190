"""Ways to pay less for the same work, each one function and one line of `LEVERS`.

A lever looks at the work and yields what it found: nothing if nothing is wasted, one
suggestion for each thing to set otherwise. What is too small to speak of is left out
here, for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tokentui.amounts import NANOS
from tokentui.routes.levers.by_use import pay_by_use
from tokentui.routes.levers.cache import compact_before_leaving, hour_of_cache
from tokentui.routes.levers.cascades import cheap_first
from tokentui.routes.levers.context import below_the_line, compact_earlier
from tokentui.routes.levers.efforts import lower_effort
from tokentui.routes.levers.loops import budget_of_a_run, no_retries, no_rounds
from tokentui.routes.levers.machines import own_machine
from tokentui.routes.levers.models import newer_model, small_side_model
from tokentui.routes.levers.plans import plan_instead
from tokentui.routes.levers.tiers import fast_off, off_peak, slower_tier
from tokentui.routes.levers.vendors import other_vendor
from tokentui.routes.suggestion import Saving, Suggestion
from tokentui.routes.work import DAYS_OF_MONTH, Work

Lever = Callable[[Work], Iterable[Suggestion]]

LEVERS: tuple[Lever, ...] = (
    hour_of_cache,
    compact_before_leaving,
    below_the_line,
    fast_off,
    lower_effort,
    newer_model,
    small_side_model,
    off_peak,
    slower_tier,
    no_retries,
    no_rounds,
    budget_of_a_run,
    compact_earlier,
    cheap_first,
    other_vendor,
    plan_instead,
    pay_by_use,
    own_machine,
)
"""In the order in which they are worth trying: those without a risk come first."""

LEAST_A_MONTH = NANOS * DAYS_OF_MONTH // 7
"""A dollar a week."""

LEAST_SHARE = 0.05


def suggestions(work: Work) -> list[Suggestion]:
    """Ask every lever; what saves too little is not worth anybody's time."""
    found = (each for lever in LEVERS for each in lever(work))
    return [each for each in found if is_worth_saying(work, each)]


def is_worth_saying(work: Work, found: Suggestion) -> bool:
    """Claim that a dollar a week is saved, and a twentieth of what is spent."""
    payable = work.per_month(work.used.payable_nanos)
    in_plans = work.per_month(work.used.plan_nanos)
    return is_enough(found.saves, payable) or is_enough(found.saves_in_plans, in_plans)


def is_enough(saves: Saving, spent: int) -> bool:
    """Claim that a saving is worth saying, next to what is spent in a month."""
    return saves.mid >= LEAST_A_MONTH and saves.mid >= spent * LEAST_SHARE
