"""When one model is the newer one of the same family."""

from __future__ import annotations

import re

WORD, NUMBER = re.compile("[a-z]+"), re.compile("[0-9]+")


def family(model: str) -> tuple[str, ...]:
    """Give what a bare name has beside numbers: (claude, opus), (glm, flash)."""
    return tuple(WORD.findall(model))


def version(model: str) -> tuple[int, ...]:
    """Give the numbers of a bare name in order."""
    return tuple(map(int, NUMBER.findall(model)))


def is_newer(model: str, base: str) -> bool:
    """Claim that a model is the same as another but for a higher version."""
    return family(model) == family(base) and version(model) > version(base)
