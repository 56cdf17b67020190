"""How far the limits are used that a session counts in, and what that asks for.

Pure: caps come in as they stand, the session's use as it was summed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from tokentui import amounts
from tokentui.budget.caps import UNKNOWN, CapState
from tokentui.queries.session_use import SessionUse
from tokentui.settings import Guard, RunBudget
from tokentui.tuples import NamedTuple

RUN_WARN = Decimal("0.8")
"""From which share of a run's budget it is told, as `tokentui run` does."""

GO, TELL, WRAP_UP, STOP = "go", "tell", "wrap up", "stop"


class Limit(NamedTuple):
    """A hard cap, or a budget of a run, and how far it is used, in words and as share.

    `mark` changes with the period and with what the limit is; `cap` is `None` for the
    budget of a run.
    """

    name: str
    spent: str
    most: str
    share: Decimal
    warn: Decimal
    mark: str
    cap: CapState | None = None


class Verdict(NamedTuple):
    """What to do, because of which limits, the furthest first."""

    kind: str = GO
    limits: tuple[Limit, ...] = ()


def judged(limits: Iterable[Limit], guard: Guard) -> Verdict:
    """Say what limits ask for: at 100 % to stop, before it to wrap up or to be told."""
    found = sorted(limits, key=lambda each: -each.share)
    for kind, reached in (
        (STOP, [each for each in found if each.share >= 1]),
        (WRAP_UP, [each for each in found if each.share >= guard.wrap_up]),
        (TELL, [each for each in found if each.share >= each.warn]),
    ):
        if reached:
            return Verdict(kind, tuple(reached))
    return Verdict()


def of_caps(states: Iterable[CapState]) -> Iterator[Limit]:
    """Give caps as limits; one of which nobody knows what is used limits nothing."""
    for state in states:
        if state.state == UNKNOWN:
            continue
        bound = "≥" if state.is_lower_bound and state.is_money else ""
        yield Limit(
            f"cap {state.name}",
            bound + state.amount(state.spent),
            f"{state.amount(state.limit)} a {state.cap.per}",
            state.share,
            state.cap.warn,
            f"{state.name} {state.period.since_ms} {state.limit}",
            state,
        )


def of_run(budget: RunBudget, use: SessionUse) -> Iterator[Limit]:
    """Give the budget of a run as limits, each on its own."""
    most_nanos = None if budget.usd is None else amounts.nanos_from_usd(budget.usd)
    minutes = None if budget.minutes is None else budget.minutes * 60_000
    bound = use.is_lower_bound
    for name, used, most, words in (
        ("usd", use.nanos, most_nanos, lambda n: amounts.dollars(n, lower_bound=False)),
        ("tokens", use.tokens, budget.tokens, amounts.tokens),
        ("retries", use.retries, budget.retries, str),
        ("tool_calls", use.tool_calls, budget.tool_calls, str),
        ("minutes", use.worked_ms, minutes, lambda n: amounts.duration(n / 1000)),
    ):
        if most is None:
            continue
        spent = ("≥" if bound and name == "usd" else "") + words(used)
        yield Limit(
            f"budget of a run ({name})",
            spent,
            words(most),
            Decimal(used) / most,
            RUN_WARN,
            f"run {name} {most}",
        )
