"""`tokentui routes policy`: which kind of work belongs where, and what that saves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from tokentui import periods
from tokentui.cli.asked import usage_of
from tokentui.cli.freshen import opened
from tokentui.cli.options import (
    as_json,
    filter_options,
    no_refresh,
    options,
    period_options,
    setting,
    timezone,
)
from tokentui.cli.output import note, show, show_json
from tokentui.cli.policy_words import (
    alternatives,
    notes_of,
    show_policy,
    warnings_beside,
)
from tokentui.cli.route_shapes import (
    alternative_shape,
    range_shape,
    span_of,
    warnings_of,
)
from tokentui.cli.shapes import money, period_shape
from tokentui.errors import UsageError
from tokentui.periods import Period
from tokentui.setting import Setting

if TYPE_CHECKING:
    from tokentui.routes.policy import Moved, Row
    from tokentui.routes.pricing import Route
    from tokentui.routes.work import Work

CCR, LITELLM = "ccr", "litellm"


@click.command("policy")
@click.option(
    "--format",
    "router",
    type=click.Choice([CCR, LITELLM]),
    help="Print it for claude-code-router or LiteLLM, to be copied.",
)
@options(period_options, filter_options, as_json, no_refresh, timezone)
def verb(router: str | None, **given: Any) -> int:
    """Show which kinds of work there were, and on which route each belongs.

    A session is of the first kind that holds: sensitive or high-risk (its project or
    branch is flagged, or there was a plan mode), bulk (a script started it),
    long-context (a prompt above 150,000 tokens), sustained (above 50 million tokens),
    drafting (only text was edited), simple (5 responses, 2,000 tokens of output, no
    edits), other. [workloads.NAME] in the config overrides that.

    What moving would save is the cost less each estimate of `tokentui routes`; only
    where all agree it says `cheaper`. Nothing is ever set for you.
    """
    if router is not None and given["as_json"]:
        raise UsageError("give one of --format and --json")
    from tokentui.ingest import book_for
    from tokentui.routes.advice import work_of
    from tokentui.routes.policy import policy

    here = setting(timezone=given["timezone"])
    with opened(here, not given["no_refresh"]) as (connection, code):
        period = span_of(given, here)
        usage = usage_of(connection, given, period)
        now_ms = periods.millis(here.now)
        work = work_of(connection, usage, here.config, book_for(here.config), now_ms)
        rows = list(policy(work))
        config = None if router is None else configuration(router, work, rows)
        warnings = warnings_of(work.used, alternatives(rows), work.constraints)
        warnings += warnings_beside(work.used, rows, is_for_router=router is not None)
    if config is not None:
        show_json(config) if isinstance(config, dict) else show("\n".join(config))
    elif given["as_json"]:
        show_json(document(work, rows, period, warnings, here))
        return code
    else:
        show_policy(work.used, rows)
    for warning in warnings:
        note(warning)
    return code


def document(
    work: Work, rows: list[Row], period: Period, warnings: list[str], here: Setting
) -> dict[str, Any]:
    """Make the JSON document."""
    used = work.used
    return {
        "kind": "policy",
        **period_shape(period, here.tz),
        "cost_usd": money(used.payable_nanos),
        "plan_list_usd": money(used.plan_nanos),
        "rows": [row_shape(row, used.payable_nanos) for row in rows],
        "warnings": warnings,
    }


def row_shape(row: Row, payable_nanos: int) -> dict[str, Any]:
    """Give a kind of work as the document states it; costs are without plans."""
    provider, model = row.most
    paid, place = row.used.payable_nanos, row.place
    return {
        "workload": row.workload,
        "sessions": row.sessions,
        "requests": row.used.requests,
        "cost_usd": money(paid),
        "share": paid / payable_nanos if payable_nanos else None,
        "plan_list_usd": money(row.used.plan_nanos),
        "unpriced_requests": row.used.unpriced,
        "route": {"provider": provider, "model": model},
        "default": place
        and {
            "class": place.name,
            "provider": place.route and (place.route.provider or None),
            "model": place.route and place.route.model,
            "why_unknown": place.why,
        },
        **move_shape("", row.paid),
        **move_shape("plan_list_", row.planned),
        "own_endpoint_usd": row.machine and range_shape(row.machine),
    }


def move_shape(prefix: str, found: Moved | None) -> dict[str, Any]:
    """Give what moves, and what that saves; what would cost more is below zero."""
    keys = (f"{prefix}moved_usd", f"{prefix}saves_usd", f"{prefix}alternative")
    if found is None:
        return dict.fromkeys(keys)
    costs = found.there.estimates
    saves = {
        name.replace(" ", "_"): None if there is None else money(found.nanos - there)
        for name, there in (costs.named if costs else ())
    }
    figures = money(found.nanos), saves or None, alternative_shape(found.there)
    return dict(zip(keys, figures, strict=True))


def configuration(
    router: str, work: Work, rows: list[Row]
) -> dict[str, Any] | list[str]:
    """Write a policy for a router: also for kinds of work that there were not."""
    from tokentui.routes.policy import OWN_ENDPOINT, most_used, place_of
    from tokentui.routes.routers import OWN, ccr, litellm
    from tokentui.settings import WORKLOADS

    served = [share for share in work.shares if share.provider is not None]
    if not rows or not served:
        raise UsageError("there was no work in that time to make a policy of")
    provider, model = most_used(served)
    usual = work.names.route(model, provider)
    known = {row.workload: row for row in rows}
    places: dict[str, Route] = {}
    for workload in WORKLOADS:
        row = known.get(workload)
        most = row.most if row else (provider, model)
        place = row.place if row else place_of(work, workload, *most)
        route = place.route if place else None
        if place is not None and place.name == OWN_ENDPOINT:
            route = route and route._replace(provider=OWN)
        elif place is None or (route is None and place.why is None):
            route = work.names.route(most[1], most[0])
        if route is not None and route.provider:
            places[workload] = route
    if router == CCR:
        return ccr(usual, places)
    bulk = places.get("bulk")
    tiers = {"bulk": "flex"} if bulk and bulk.provider == "openai" else {}
    return list(litellm(places, notes_of(known, places), tiers))
