"""What `routes` and `routes what-if` say alike: the span, alternatives, warnings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tokentui import amounts, periods
from tokentui.cli.asked import period_of
from tokentui.cli.shapes import money
from tokentui.periods import Period
from tokentui.queries.sums import Sums
from tokentui.setting import Setting
from tokentui.text import clean, many

if TYPE_CHECKING:
    from tokentui.routes.compare import Alternative
    from tokentui.routes.constraints import Constraints, Denied
    from tokentui.routes.estimates import Range
    from tokentui.routes.quality import Pair
    from tokentui.routes.suggestion import Risk, Saving, Suggestion

DEFAULT_LAST = "30d"


def span_of(given: dict[str, Any], here: Setting) -> Period:
    """Give the period that was asked for, else the last 30 days."""
    period = period_of(given, here)
    if period == Period():
        return periods.last_period(DEFAULT_LAST, here.tz, here.now)
    return period


def suggestion_shape(found: Suggestion, tz: ZoneInfo) -> dict[str, Any]:
    """Give a suggestion as every document states it; days are those of a zone."""
    return {
        "lever": found.lever,
        "title": found.title,
        "saves_usd_per_month": saving_shape(found.saves),
        "confidence": found.confidence,
        "evidence": [
            {
                "session": each.session,
                "day": periods.iso(each.at_ms, tz)[:10],
                "usd": money(each.nanos),
                "why": each.why,
                "source": each.source,
            }
            for each in found.evidence
        ],
        "break_even": {
            "task_value_usd": money(found.task_value_nanos),
            "success_premium": found.success_premium,
        },
        "risk": [risk_shape(risk) for risk in found.risks],
        "how": [*found.how],
        "undo": [*found.undo],
        "saves_plan_list_usd_per_month": saving_shape(found.saves_in_plans),
        "counted": found.counted or None,
    }


def saving_shape(saving: Saving) -> dict[str, Any]:
    """Give the ends and the middle of a range of money."""
    return {
        "low": money(saving.low),
        "mid": money(saving.mid),
        "high": money(saving.high),
    }


def alternative_shape(found: Alternative) -> dict[str, Any]:
    """Give a route as every document states it."""
    costs = found.estimates
    return {
        "model": found.route.model,
        "provider": found.route.provider or None,
        "same_tokens_usd": money(costs and costs.same),
        "tokenizer_usd": money(costs and costs.tokenizer),
        "benchmark_usd": money(costs and costs.benchmark),
        "own_usd": money(costs and costs.own),
        "verdict": found.verdict,
        "does_not_fit_requests": costs and costs.unfit,
        "why": found.why,
        "benchmark_task_usd": money(costs and costs.task),
        "benchmarks": [pair_shape(pair) for pair in costs.pairs] if costs else [],
        "region": found.route.geo,
        "denied": found.denied,
        "risk": [risk_shape(each) for each in found.risks],
    }


def range_shape(found: Range) -> dict[str, int | float | None]:
    """Give a range of nano-dollars in dollars."""
    return {name: money(round(nanos)) for name, nanos in found._asdict().items()}


def risk_shape(risk: Risk) -> dict[str, str | None]:
    """Give what may be lost, who states it, and when that was read."""
    return dict(risk._asdict())


def denied_shape(denied: Denied) -> dict[str, str | None]:
    """Give a route that may not be suggested, and why."""
    return {
        "model": denied.route.model,
        "provider": denied.route.provider or None,
        "why": denied.why,
    }


def pair_shape(pair: Pair) -> dict[str, Any]:
    """Give two rows of a benchmark, with whose figures they are."""
    return {
        "benchmark": pair.base.benchmark,
        "version": pair.base.version,
        "harness": pair.base.harness,
        "reporter": pair.base.reporter,
        "source": pair.base.source,
        "date": pair.base.date,
        "from": {
            "model": pair.base.model,
            "effort": pair.base.effort,
            "effort_assumed": pair.is_assumed,
            "score_percent": pair.base.score,
        },
        "to": {
            "model": pair.other.model,
            "effort": pair.other.effort,
            "score_percent": pair.other.score,
        },
        "input_ratio": round(pair.input_ratio, 4),
        "output_ratio": round(pair.output_ratio, 4),
    }


def warnings_of(
    used: Sums, alternatives: Iterable[Alternative], constraints: Constraints
) -> list[str]:
    """Say what the figures leave out or take for granted."""
    warnings = [
        f"deny_vendors has {clean(glob)}, which is no vendor that is known here"
        for glob in constraints.unknown_vendors()
    ]
    if used.plan_nanos:
        warnings.append(
            f"{amounts.dollars(used.plan_nanos)} of it is list value inside flat plans:"
            " another route saves of that only what a smaller plan would"
        )
    if used.unpriced:
        left_out = many(used.unpriced, "unpriced response")
        warnings.append(f"{left_out} left out of all figures")
    if used.partial:
        warnings.append(
            f"{many(used.partial, 'response')} with an output count that the client"
            " never completed: all figures are lower bounds"
        )
    for each in alternatives:
        if each.estimates is not None and each.estimates.unfit:
            what = many(each.estimates.unfit, "request")
            warnings.append(
                f"{what} would not fit {clean(each.route.model)}, and"
                f" {'is' if each.estimates.unfit == 1 else 'are'} priced as if"
            )
    return warnings


def usd_text(nanos: int | None) -> str:
    """Give an estimate; what is not known is no zero."""
    return "?" if nanos is None else amounts.dollars(nanos)
