"""Lever: another vendor, where all that is known says that it is cheaper."""

from __future__ import annotations

from collections.abc import Iterator

from tokentui.routes.benchmark_words import is_proven_worse
from tokentui.routes.candidates import SMALL
from tokentui.routes.gateways import to_vendor
from tokentui.routes.moves import Move, move, suggest
from tokentui.routes.parts import Part
from tokentui.routes.quality import EFFORTS
from tokentui.routes.suggestion import Risk, Suggestion
from tokentui.routes.switching import AGENTS
from tokentui.routes.verdict import CHEAPER
from tokentui.routes.work import Work
from tokentui.vendors import vendor_of


def other_vendor(work: Work) -> Iterator[Suggestion]:
    """Suggest for each agent's model the best route of another vendor.

    That is the cheapest of those that a benchmark does not prove to be worse; where
    each of them is, the cheapest one.
    """
    for (source, provider, _), part in work.by_place.items():
        best = min(clear(work, part), key=rank, default=None)
        if best is None:
            continue
        lines = to_vendor(source, part.model, best.route, effort_there(best))
        if lines is None:
            continue
        title = f"{best.route.model} instead of {part.model} in {AGENTS[source]}"
        what, risks = f"on {part.model}", strangers(source, provider, best)
        yield suggest(work, best, "other-vendor", title, what, lines, risks)


def clear(work: Work, part: Part) -> Iterator[Move]:
    """List the routes of other vendors that are clearly cheaper.

    A small model is one only by a benchmark: the user's own runs of it were small.
    """
    for route in work.candidates:
        if vendor_of(route.model) == vendor_of(part.model):
            continue
        found = move(part, route)
        if found is None or found.verdict != CHEAPER:
            continue
        if found.estimates.pairs or route.model not in SMALL.values():
            yield found


def rank(found: Move) -> tuple[bool, int]:
    """Put what is proven to be worse last, then what costs most."""
    return any(map(is_proven_worse, found.estimates.pairs)), found.estimates.best


def effort_there(found: Move) -> str | None:
    """Give the effort at which a benchmark compares a route, if it is one effort."""
    efforts = {pair.other.effort for pair in found.estimates.pairs} & set(EFFORTS)
    return efforts.pop() if len(efforts) == 1 else None


def strangers(source: str, provider: str | None, found: Move) -> list[Risk]:
    """Say what is otherwise at another vendor."""
    seller = found.route.provider
    risks = [Risk("data", f"prompts and code go to {seller} instead of {provider}")]
    if source == "claude-code":
        text = "no web search of Anthropic, no fast mode; tool search of MCP is off"
        risks.append(Risk("availability", f"{text} unless ENABLE_TOOL_SEARCH=true"))
    return risks
