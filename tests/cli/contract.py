"""The JSON documents that scripts rely on: which keys, and what may stand there."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

TOKENS = ("input", "cache_read", "cache_write", "cache_write_1h", "output", "reasoning")

Check = Callable[[Any], bool]


def is_text(value: Any) -> bool:
    """Claim that this is a text."""
    return isinstance(value, str)


def is_count(value: Any) -> bool:
    """Claim that this is a whole number."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: Any) -> bool:
    """Claim that this is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_time(value: Any) -> bool:
    """Claim that this is ISO 8601 with an offset."""
    shape = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?[+-]\d\d:\d\d"
    return isinstance(value, str) and re.fullmatch(shape, value) is not None


def is_flag(value: Any) -> bool:
    """Claim that this is true or false."""
    return isinstance(value, bool)


def is_null(value: Any) -> bool:
    """Claim that nothing is known."""
    return value is None


def maybe(check: Any) -> Check:
    """Claim that this is null or what `check` claims."""
    return lambda value: value is None or fits(value, check)


def one_of(*words: str) -> Check:
    """Claim that this is one of some words."""
    return lambda value: value in words


def fits(value: Any, shape: Any) -> bool:
    """Claim that a value has no fault."""
    return not faults(value, shape)


def faults(value: Any, shape: Any, where: str = "") -> list[str]:
    """List where a document differs from its shape.

    A dict of a shape has exactly its keys, a list any number of the one shape in it.
    """
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return [f"{where}: {value!r} is no object"]
        if set(value) != set(shape):
            return [f"{where}: keys {sorted(set(value) ^ set(shape))} differ"]
        return [
            fault
            for key in shape
            for fault in faults(value[key], shape[key], f"{where}.{key}")
        ]
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{where}: {value!r} is no list"]
        return [
            fault
            for place, each in enumerate(value)
            for fault in faults(each, shape[0], f"{where}[{place}]")
        ]
    return [] if shape(value) else [f"{where}: {value!r}"]


def any_fees(value: Any) -> bool:
    """Claim that this names fees by kind, each with units and dollars."""
    fee = {"units": is_count, "usd": maybe(is_number)}
    return isinstance(value, dict) and all(fits(each, fee) for each in value.values())


SUMS = {
    "requests": maybe(is_count),
    "tokens": dict.fromkeys(TOKENS, is_count),
    "cost_usd": maybe(is_number),
    "plan_list_usd": is_number,
    "unpriced_requests": is_count,
    "partial_requests": is_count,
    "fees": any_fees,
}


def usage(*by: str) -> dict[str, Any]:
    """Give the shape of `usage --json` by some keys."""
    return {
        "kind": one_of("usage"),
        "since": maybe(is_time),
        "until": maybe(is_time),
        "timezone": is_text,
        "basis": one_of("estimate"),
        "by": [one_of(*by)],
        "rows": [dict.fromkeys(by, maybe(is_text)) | SUMS],
        "total": SUMS,
        "warnings": [is_text],
    }


CAP = {
    "name": is_text,
    "unit": is_text,
    "period": one_of("day", "week", "month", "quarter", "year"),
    "since": is_time,
    "until": is_time,
    "limit": is_number,
    "spent": maybe(is_number),
    "left": maybe(is_number),
    "share": maybe(is_number),
    "state": one_of("ok", "near", "over", "unknown"),
    "safe_per_day": maybe(is_number),
    "basis": {
        "billed_usd": maybe(is_number),
        "estimate_usd": maybe(is_number),
        "plan_usd": maybe(is_number),
        "fees_usd": maybe(is_number),
        "charges_usd": is_number,
    },
    "forecast": {
        "low": maybe(is_number),
        "mid": maybe(is_number),
        "high": maybe(is_number),
        "meets_cap_at": maybe(is_time),
    },
    "at_this_rate_met_at": maybe(is_time),
    "carried": maybe(is_number),
    "raises": [
        {"amount": is_number, "until": is_time, "because": maybe(is_text)},
    ],
}

STATUS = {
    "kind": one_of("status"),
    "now": is_time,
    "timezone": is_text,
    "today": SUMS,
    "month": SUMS,
    "burn": {"usd_per_hour": maybe(is_number), "window_minutes": is_count},
    "caps": [CAP],
    "payers": maybe(
        [
            {
                "payer": is_text,
                "paid_usd": maybe(is_number),
                "billed_usd": maybe(is_number),
                "list_usd": maybe(is_number),
                "usd_per_hour": maybe(is_number),
                "plan": is_flag,
                "evidence": [is_text],
            }
        ]
    ),
    "sessions": maybe(
        [
            {
                "session": is_text,
                "source": is_text,
                "project": maybe(is_text),
                "model": is_text,
                "payer": maybe(is_text),
                "usd": maybe(is_number),
                "usd_per_hour": maybe(is_number),
                "context_tokens": is_count,
                "context_share": maybe(is_number),
                "cache_hit": maybe(is_number),
                "cold_at": maybe(is_time),
                "warm_usd": maybe(is_number),
                "cold_usd": maybe(is_number),
                "told_usd": maybe(is_number),
            }
        ]
    ),
    "quotas": maybe(
        [
            {
                "plan": is_text,
                "window": is_text,
                "used_percent": maybe(is_number),
                "resets_at": maybe(is_time),
                "runs_out_at": maybe(is_time),
                "as_of": maybe(is_time),
            }
        ]
    ),
    "limits": maybe(
        [
            {
                "payer": is_text,
                "used": maybe(is_number),
                "limit": maybe(is_number),
                "currency": is_text,
                "resets_at": maybe(is_time),
                "as_of": maybe(is_time),
            }
        ]
    ),
    "completeness": {
        "partial": is_count,
        "unpriced": is_count,
        "assumed": is_count,
        "stale": [is_text],
    },
    "sources": [
        {
            "source": is_text,
            "last_event": maybe(is_time),
            "files": is_count,
            "problems": [is_text],
        }
    ],
    "warnings": [is_text],
}

CAPS = {
    "kind": one_of("caps"),
    "rows": [CAP | {"origin": is_text}],
    "warnings": [is_text],
}

REFRESH = {
    "kind": one_of("refresh"),
    "sources": [
        {
            "source": is_text,
            "files": is_count,
            "bytes_read": is_count,
            "events_new": is_count,
            "events_updated": is_count,
            "records_skipped": is_count,
            "errors": [is_text],
        }
    ],
    "seconds": is_number,
}

PRICE = {
    "kind": one_of("price"),
    "asked": is_text,
    "provider": is_text,
    "model": is_text,
    "context": maybe(is_count),
    "deprecated": is_flag,
    "rows": [
        {
            "tier": is_text,
            "over_tokens": maybe(is_count),
            "usd_per_million": dict.fromkeys(TOKENS[:5], is_number),
            "source": is_text,
            "url": maybe(is_text),
            "as_of": maybe(is_text),
        }
    ],
    "fees": lambda value: all(is_number(usd) for usd in value.values()),
    "changes": [{"on": is_text, "what": is_text}],
}

PRICES = {
    "kind": one_of("prices"),
    "book": is_text,
    "rows": [{"provider": is_text, "model": is_text}],
}

GUARD = {
    "agents": [
        {
            "agent": is_text,
            "path": is_text,
            "installed": is_flag,
            "last_called": maybe(is_time),
        }
    ],
    "off_until": maybe(is_time),
    "last_fault": maybe({"at": is_time, "error": is_text}),
}

ALERTS = {
    "kind": one_of("alerts"),
    "rows": [
        {
            "at": is_time,
            "rule": is_text,
            "what": is_text,
            "threshold": maybe(is_number),
            "is_urgent": is_flag,
            "text": is_text,
            "deliveries": [
                {
                    "channel": is_text,
                    "state": one_of(
                        "waiting", "sent", "given up", "snoozed", "too many"
                    ),
                    "tries": is_count,
                    "next_try": maybe(is_time),
                    "error": maybe(is_text),
                }
            ],
        }
    ],
    "snoozed": [{"rule": maybe(is_text), "until": is_time}],
    "warnings": [is_text],
}

DOCTOR = {
    "guard": GUARD,
    "kind": one_of("doctor"),
    "version": is_text,
    "python": is_text,
    "sqlite": is_text,
    "platform": is_text,
    "timezone": is_text,
    "config": {"path": is_text, "exists": is_flag},
    "ledger": {
        "path": is_text,
        "exists": is_flag,
        "problem": maybe(is_text),
        "bytes": is_count,
        "events": is_count,
        "first_event": maybe(is_time),
        "last_event": maybe(is_time),
    },
    "sources": [
        {
            "source": is_text,
            "places": [{"path": is_text, "exists": is_flag}],
            "files": is_count,
            "last_event": maybe(is_time),
            "records_skipped": is_count,
            "examples": [{"path": is_text, "skipped": is_count, "where": is_text}],
            "errors": [is_text],
        }
    ],
    "rules": [
        {
            "rule": is_text,
            "since": maybe(is_text),
            "until": maybe(is_text),
            "holds": is_flag,
        }
    ],
    "accounts": [
        {
            "account": is_text,
            "kind": is_text,
            "key": maybe(is_text),
            "key_problem": maybe(is_text),
            "state": maybe(one_of("ok", "stale", "error", "no key")),
            "as_of": maybe(is_time),
            "stale_since": maybe(is_time),
            "next_poll": maybe(is_time),
            "error": maybe(is_text),
        }
    ],
    "watch": maybe(is_text),
    "channels": [
        {
            "channel": is_text,
            "via": is_text,
            "waiting": is_count,
            "error": maybe(is_text),
        }
    ],
    "unpriced": [
        {
            "model": is_text,
            "provider": maybe(is_text),
            "tier": maybe(is_text),
            "requests": is_count,
        }
    ],
    "warnings": [is_text],
}

LEDGER_CHECK = {"kind": one_of("ledger-check"), "rows": [is_text]}

LEDGER_FORGET = {
    "kind": one_of("ledger-forget"),
    "erased": is_flag,
    "projects": [is_text],
    "sessions": [is_text],
    "first": maybe(is_time),
    "last": maybe(is_time),
    "usage": SUMS,
    "claims_kept": [is_text],
    "old_ledgers": [is_text],
}

LEDGER_REBUILD = {
    "kind": one_of("ledger-rebuild"),
    "events_from_old": is_count,
    "events_from_backup": is_count,
    "events_from_logs": is_count,
    "is_unreadable": is_flag,
    "damaged": [is_text],
    "lost": maybe(
        {
            "requests": is_count,
            "cost_usd": maybe(is_number),
            "since": is_time,
            "until": is_time,
        }
    ),
    "lost_is_lower_bound": is_flag,
    "odd": [is_time],
    "old_ledger": maybe(is_text),
}

REPRICE = {
    "kind": one_of("reprice"),
    "events_changed": is_count,
    "newly_priced": is_count,
    "change_usd": is_number,
}

IMPORT = {
    "kind": one_of("import"),
    "file": is_text,
    "rows": is_count,
    "events_new": is_count,
    "events_known": is_count,
    "events_forgotten": is_count,
    "rows_skipped": is_count,
    "faults": [{"line": is_count, "why": is_text}],
}

RISKS = [
    "quality",
    "latency",
    "data",
    "licence",
    "availability",
    "cost",
    "quota",
    "features",
    "completeness",
]
RISK = {
    "kind": one_of(*RISKS),
    "text": is_text,
    "source": maybe(is_text),
    "read": maybe(is_text),
}

ROUTE = {
    "model": is_text,
    "provider": maybe(is_text),
    "same_tokens_usd": maybe(is_number),
    "tokenizer_usd": maybe(is_number),
    "benchmark_usd": maybe(is_number),
    "own_usd": maybe(is_number),
    "verdict": one_of("cheaper", "not clearly cheaper", "dearer", "unpriced"),
    "does_not_fit_requests": maybe(is_count),
    "why": maybe(is_text),
    "region": maybe(is_text),
    "denied": maybe(is_text),
    "risk": [RISK],
    "benchmark_task_usd": maybe(is_number),
    "benchmarks": [
        {
            "benchmark": is_text,
            "version": is_text,
            "harness": is_text,
            "reporter": is_text,
            "source": is_text,
            "date": is_text,
            "from": {
                "model": is_text,
                "effort": is_text,
                "effort_assumed": is_flag,
                "score_percent": is_number,
            },
            "to": {"model": is_text, "effort": is_text, "score_percent": is_number},
            "input_ratio": is_number,
            "output_ratio": is_number,
        }
    ],
}

SAVING = {"low": is_number, "mid": is_number, "high": is_number}

SUGGESTION = {
    "lever": is_text,
    "title": is_text,
    "saves_usd_per_month": SAVING,
    "confidence": one_of("measured", "price", "benchmark", "own"),
    "evidence": [
        {
            "session": is_text,
            "day": is_text,
            "usd": is_number,
            "why": is_text,
            "source": is_text,
        }
    ],
    "break_even": {
        "task_value_usd": maybe(is_number),
        "success_premium": maybe(is_number),
    },
    "risk": [RISK],
    "how": [is_text],
    "undo": [is_text],
    "saves_plan_list_usd_per_month": SAVING,
    "counted": maybe(is_text),
}

ROUTES = {
    "kind": one_of("routes"),
    "since": maybe(is_time),
    "until": maybe(is_time),
    "timezone": is_text,
    "cost_usd": maybe(is_number),
    "plan_list_usd": is_number,
    "requests": maybe(is_count),
    "runs": is_count,
    "suggestions": [SUGGESTION],
    "alternatives": [ROUTE],
    "left_out": [{"model": is_text, "provider": maybe(is_text), "why": is_text}],
    "warnings": [is_text],
}

RANGE = {"low": is_number, "mid": is_number, "high": is_number}

COST = {"cost_usd": maybe(is_number), "plan_list_usd": is_number}
TIME = {"tasks": is_count, "minutes": maybe(is_number), "cost_usd": maybe(is_number)}
TALLY = COST | {
    "tasks": is_count,
    "accepted": maybe(is_count),
    "accepted_by_mark": is_count,
    "accepted_by_git": is_count,
    "rejected": is_count,
    "abandoned": is_count,
    "open": is_count,
    "unknown": is_count,
    "acceptance": maybe(is_number),
    "unpriced_requests": is_count,
    "partial_requests": is_count,
    "known_tasks": is_count,
    "known": COST,
    "cost_per_accepted_usd": maybe(is_number),
    "plan_list_per_accepted_usd": maybe(is_number),
    "tokens_per_accepted": maybe(is_number),
    "requests_per_accepted": maybe(is_number),
    "token_yield": maybe(is_number),
    "abandoned_cost": COST,
    "open_cost": COST,
    "value_usd": maybe(is_number),
    "valued_tasks": is_count,
    "review": TIME,
    "waiting": TIME,
}
BUDGET = {
    "max_usd": is_number,
    "known_tasks_below": is_count,
    "accepted_below": is_count,
    "known_tasks_above": is_count,
    "accepted_above": is_count,
    "cut_list_usd": is_number,
}


def outcomes(*by: str) -> dict[str, Any]:
    """Give the shape of `outcomes --json` by some keys."""
    named = dict.fromkeys(("project", "model", *by), maybe(is_text))
    return {
        "kind": one_of("outcomes"),
        "since": maybe(is_time),
        "until": maybe(is_time),
        "timezone": is_text,
        "basis": one_of("estimate"),
        "by": [one_of("project", "model", *by)],
        "rows": [named | TALLY],
        "total": TALLY,
        "funnel": [
            COST
            | {
                "stage": one_of("edited", "committed", "merged", "lasting"),
                "tasks": is_count,
                "unknown": is_count,
                "too_young": is_count,
            }
        ],
        "spread": {
            "tasks": is_count,
            "unpriced_tasks": is_count,
            "p10_list_usd": maybe(is_number),
            "p50_list_usd": maybe(is_number),
            "p90_list_usd": maybe(is_number),
            "bands": [
                {
                    "from_usd": is_number,
                    "until_usd": maybe(is_number),
                    "tasks": is_count,
                    "known_tasks": is_count,
                    "accepted": maybe(is_count),
                    "acceptance": maybe(is_number),
                    "list_usd": is_number,
                }
            ],
        },
        "budget": maybe(BUDGET),
        "repositories": [
            {
                "project": is_text,
                "asked_at": maybe(is_time),
                "problem": maybe(is_text),
            }
        ],
        "warnings": [is_text],
    }


MARK = {
    "kind": one_of("mark"),
    "session": is_text,
    "source": is_text,
    "verdict": maybe(one_of("accepted", "rejected", "abandoned")),
    "because": maybe(one_of("wrong", "incomplete", "broke", "late")),
    "value_usd": maybe(is_number),
    "review_minutes": maybe(is_number),
    "made_at": maybe(is_time),
}

SAVES = maybe(
    dict.fromkeys(
        ("same_tokens", "tokenizer", "benchmark", "benchmark_task", "own_runs"),
        maybe(is_number),
    )
)

POLICY = {
    "kind": one_of("policy"),
    "since": maybe(is_time),
    "until": maybe(is_time),
    "timezone": is_text,
    "cost_usd": is_number,
    "plan_list_usd": is_number,
    "rows": [
        {
            "workload": is_text,
            "sessions": is_count,
            "requests": maybe(is_count),
            "cost_usd": is_number,
            "share": maybe(is_number),
            "plan_list_usd": is_number,
            "unpriced_requests": is_count,
            "route": {"provider": maybe(is_text), "model": is_text},
            "default": maybe(
                {
                    "class": is_text,
                    "provider": maybe(is_text),
                    "model": maybe(is_text),
                    "why_unknown": maybe(is_text),
                }
            ),
            "moved_usd": maybe(is_number),
            "saves_usd": SAVES,
            "alternative": maybe(ROUTE),
            "plan_list_moved_usd": maybe(is_number),
            "plan_list_saves_usd": SAVES,
            "plan_list_alternative": maybe(ROUTE),
            "own_endpoint_usd": maybe(dict.fromkeys(("low", "mid", "high"), is_number)),
        }
    ],
    "warnings": [is_text],
}

WHAT_IF = {
    "kind": one_of("what-if"),
    "since": maybe(is_time),
    "until": maybe(is_time),
    "timezone": is_text,
    "from": {
        "model": is_text,
        "cost_usd": maybe(is_number),
        "requests": maybe(is_count),
        "plan_list_usd": is_number,
        "runs": is_count,
    },
    "to": ROUTE,
    "newer": maybe(ROUTE),
    "break_even": {
        "task_value_usd": maybe(is_number),
        "success_premium": maybe(is_number),
        "premiums": lambda value: all(
            fits(each, maybe(is_number)) for each in value.values()
        ),
    },
    "reversal": {
        "input_multiple": maybe(is_number),
        "break_even_multiple": maybe(is_number),
        "risk": maybe(is_flag),
    },
    "share": maybe(
        {
            "share": is_number,
            "same_tokens_usd": is_number,
            "tokenizer_usd": maybe(is_number),
            "benchmark_usd": maybe(is_number),
            "benchmark_task_usd": maybe(is_number),
            "own_runs_usd": maybe(is_number),
        }
    ),
    "loops": maybe(
        {
            "loops": is_count,
            "gain": is_number,
            "becomes": maybe(is_number),
            "cost_usd": RANGE,
            "one_run_usd": is_number,
            "loops_for_one_run": RANGE,
            "becomes_for_one_run": maybe(is_number),
            "gain_from": maybe(is_number),
            "loops_to_match": maybe(is_number),
            "cost_to_match_usd": maybe(RANGE),
        }
    ),
    "cascade": is_null,
    "plan": is_null,
    "warnings": [is_text],
}

OTHERS = ("to", "newer", "break_even", "reversal", "share", "loops")
ANOTHER_WAY = dict.fromkeys(OTHERS, is_null)

CASCADE = {
    **WHAT_IF,
    **ANOTHER_WAY,
    "cascade": maybe(
        {
            "first": ROUTE,
            "second": ROUTE,
            "success": maybe(is_number),
            "escalated_success": maybe(is_number),
            "check_usd": is_number,
            "success_from": maybe(one_of("options", "marks")),
            "used_run_usd": is_number,
            "first_run_usd": RANGE,
            "second_run_usd": RANGE,
            "run_usd": maybe(RANGE),
            "run_success": maybe(is_number),
            "cost_per_accepted_usd": maybe(is_number),
            "net_value_usd": maybe(is_number),
            "pays_from_success": maybe(RANGE),
            "escalate_from_value_usd": maybe(is_number),
        }
    ),
}

PLAN = {
    **WHAT_IF,
    **ANOTHER_WAY,
    "from": {**WHAT_IF["from"], "model": maybe(is_text)},
    "plan": maybe(
        {
            "name": is_text,
            "fee_usd_per_month": is_number,
            "fee_from": one_of("config", "option"),
            "usage_usd_per_month": is_number,
            "plan_list_usd_per_month": is_number,
            "paid_usd_per_month": is_number,
            "saves_usd_per_month": is_number,
            "leverage": maybe(is_number),
            "break_even": {
                "usage_usd_per_month": is_number,
                "runs_per_month": maybe(is_number),
                "requests_per_month": maybe(is_number),
            },
        }
    ),
}
