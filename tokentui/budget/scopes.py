"""Whether something that is no usage, such as a fee or a bill, counts in a cap."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from tokentui.settings import Cap


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
