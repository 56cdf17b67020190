"""When one session alone would meet a cap, if it went on at its rate."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from tokentui.budget.burn import met_at
from tokentui.budget.caps import CapState
from tokentui.queries.sessions import SessionState
from tokentui.settings import SCOPES, Cap

TOLD = ("source", "payer", "project", "model")
"""The scopes of caps that a session tells its place in."""


def alone_meets(
    session: SessionState, caps: Iterable[CapState], now_ms: int, *, is_plan: bool
) -> tuple[CapState, int] | None:
    """Return the nearest money cap and when a session alone meets it, in its period.

    The nearest is the one with the least left of those the session counts against;
    what a plan pays (`is_plan`) counts nothing in money to pay. `None` if the rate is
    too low, or nothing is left to be met.
    """
    units = ("list-usd",) if is_plan else ("usd", "list-usd")
    counting = [
        state
        for state in caps
        if state.cap.unit in units and state.left > 0 and counts(session, state.cap)
    ]
    if not counting:
        return None
    nearest = min(counting, key=lambda state: state.left)
    at_ms = met_at(nearest.left, session.nanos_per_hour, now_ms)
    until_ms = nearest.period.until_ms
    if at_ms is None or (until_ms is not None and at_ms >= until_ms):
        return None
    return nearest, at_ms


def counts(session: SessionState, cap: Cap) -> bool:
    """Claim that a session is known to count against a cap."""
    for scope in SCOPES:
        for globs, wanted in (
            (getattr(cap, scope), True),
            (getattr(cap, f"not_{scope}"), False),
        ):
            if not globs:
                continue
            if scope not in TOLD:
                return False  # it may count, but nothing here tells
            if is_in(globs, scope, getattr(session, scope)) != wanted:
                return False
    return True


def is_in(globs: Iterable[str], scope: str, value: str | None) -> bool:
    """Claim that one of a scope's globs matches, a project's also by its last part."""
    text = (value or "").lower()
    return any(
        fnmatchcase(text, glob.lower())
        or (scope == "project" and fnmatchcase(text, f"*/{glob.lower()}"))
        for glob in globs
    )
