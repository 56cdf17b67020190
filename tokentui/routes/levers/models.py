"""Levers that keep the vendor: the newer model, and a small one for sub-agents."""

from __future__ import annotations

from collections.abc import Iterator

from tokentui.routes.moves import Move, move, suggest
from tokentui.routes.parts import Labels, parts
from tokentui.routes.suggestion import Risk, Suggestion
from tokentui.routes.switching import AGENTS, to_model, to_side_model
from tokentui.routes.verdict import CHEAPER
from tokentui.routes.work import Work


def newer_model(work: Work) -> Iterator[Suggestion]:
    """Suggest the newer model of the same family where it is clearly cheaper."""
    for (source, provider, name), part in work.by_place.items():
        route = work.newest(provider, name)
        found = route and move(part, route)
        if not found or found.verdict != CHEAPER:
            continue
        lines = to_model(source, part.model, found.route)
        if lines is not None:
            title = f"{found.route.model} instead of {part.model} in {AGENTS[source]}"
            what = f"on {part.model}"
            yield suggest(work, found, "newer-model", title, what, lines)


def small_side_model(work: Work) -> Iterator[Suggestion]:
    """Suggest a small model of the same vendor for sub-agents.

    What a benchmark would tell of it is not known, so only prices speak.
    """

    def key(labels: Labels) -> tuple[str, str] | None:
        source, provider, name = work.place(labels)
        small = work.small.get(provider or "")
        if not labels.is_side or small is None or name == small.name:
            return None
        return source, small.provider

    for (source, provider), part in parts(work.repricing, work.shares, key).items():
        small = work.small[provider]
        found = move(part, small)
        lines = to_side_model(source, small.model)
        if found is None or lines is None or max(found.estimates.counted) >= part.nanos:
            continue
        title = f"{small.model} for sub-agents of {AGENTS[source]}"
        what, more = "by sub-agents", [room(found)]
        yield suggest(work, found, "side-model", title, what, lines, more)


def room(found: Move) -> Risk:
    """Say how many more tokens a small model may need before it saves nothing."""
    times = found.part.nanos / max(found.estimates.counted)
    text = f"{found.route.model} stays cheaper up to {times:.1f} times the tokens"
    return Risk("quality", text)
