"""Whether a fee, a bill, or the usage of one session counts in a cap."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from tokentui.queries.quotas import QuotaState
from tokentui.settings import SCOPES, Cap

Labels = Mapping[str, str | None]
"""The value of each label that a cap can be narrowed to, and `plan`, if one pays."""


def admits(cap: Cap, **labels: str) -> bool:
    """Claim that a cap's scopes let in what has these labels, compared without case."""
    return all(
        fits(getattr(cap, label), value, otherwise=True)
        and not fits(getattr(cap, f"not_{label}"), value, otherwise=False)
        for label, value in labels.items()
    )


def is_narrowed(cap: Cap, labels: Iterable[str]) -> bool:
    """Claim that a cap takes only some values of one of these labels."""
    return any(getattr(cap, label) for label in labels)


def fits(globs: tuple[str, ...], value: str, *, otherwise: bool) -> bool:
    """Claim that a value matches one of the globs, or `otherwise` if there are none."""
    if not globs:
        return otherwise
    return any(fnmatchcase(value.lower(), glob.lower()) for glob in globs)


def counts_in(cap: Cap, labels: Labels, quotas: Iterable[QuotaState]) -> bool:
    """Claim that usage with these labels counts in a cap; an unknown one fits no glob.

    What a flat plan pays counts nothing in money, and in a quota only its own plan's.
    """
    if cap.unit == "usd" and labels.get("plan") is not None:
        return False
    if cap.unit.startswith("quota:"):
        name, payer = cap.unit.removeprefix("quota:"), labels.get("payer")
        return any(
            each.payer == payer
            and name in (each.payer, f"{each.payer} {each.window}", each.limit_id)
            for each in quotas
        )
    for label in SCOPES:
        value = labels.get(label)
        if value is not None and not admits(cap, **{label: value}):
            return False
        if value is None and getattr(cap, label):
            return False
    return True
