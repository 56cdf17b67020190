"""`routes what-if --to MODEL`: the work of one model, all or a share, on another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tokentui.cli.route_shapes import alternative_shape
from tokentui.cli.shapes import money
from tokentui.cli.what_if_ground import Answer, Ground, tell_used
from tokentui.cli.what_if_loops import loops_shape, tell_loops
from tokentui.cli.what_if_words import show_alternatives
from tokentui.routes.break_even import break_even
from tokentui.routes.compare import newest_of_family
from tokentui.routes.formulas import router_mix
from tokentui.routes.loops import loops

if TYPE_CHECKING:
    from tokentui.routes.break_even import BreakEven
    from tokentui.routes.compare import Comparison


def answer(asked: Ground, given: dict[str, Any]) -> Answer:
    """Compare with one other model, and with the newer one of the same family."""
    routes = [asked.route(given["model"], given["to_provider"])]
    name = asked.names.route(given["base"]).name
    newer = newest_of_family(name, asked.names, asked.limits)
    if newer is not None and newer.name != routes[0].name:
        routes.append(newer)
    found = asked.compared(*routes)
    even = break_even(found, given["value"])
    moved = mixed(found, given["share"])
    repeated = None
    if given["loops"] is not None:
        repeated = loops(found, given["loops"], given["gain"], given["gain_from"])

    def show() -> None:
        tell_used(asked, found.used, found.runs)
        show_alternatives(asked.name, found, even, given["share"], moved)
        if repeated is not None:
            tell_loops(asked.name, found.alternatives[0].route.model, repeated)

    share = given["share"] and {
        "share": given["share"],
        **{f"{name.replace(' ', '_')}_usd": money(usd) for name, usd in moved.items()},
    }
    to, *others = found.alternatives
    document = asked.document(
        found.used,
        found.runs,
        to=alternative_shape(to),
        newer=alternative_shape(others[0]) if others else None,
        **even_shapes(found, even),
        share=share,
        loops=repeated and loops_shape(repeated),
        warnings=asked.warnings(found.used, found.runs, to),
    )
    return Answer(document, show)


def mixed(found: Comparison, share: float | None) -> dict[str, int | None]:
    """Give what all costs, by each estimate, if a share moves that is like the rest."""
    costs, cost = found.alternatives[0].estimates, found.used.cost_nanos
    if share is None or costs is None or cost is None:
        return {}
    return {
        name: None if nanos is None else round(router_mix(nanos, cost, share))
        for name, nanos in costs.named
    }


def even_shapes(found: Comparison, even: BreakEven) -> dict[str, Any]:
    """Give from where on which route is worth it, and whether prices reverse."""
    costs = found.alternatives[0].estimates
    return {
        "break_even": {
            "task_value_usd": money(even.task_value_nanos),
            "success_premium": even.premium,
            "premiums": {
                name.replace(" ", "_"): share for name, share in even.premiums
            },
        },
        "reversal": {
            "input_multiple": costs and costs.input_multiple,
            "break_even_multiple": costs and costs.break_even_multiple,
            "risk": costs and costs.has_reversal_risk,
        },
    }
