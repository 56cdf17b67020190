"""The verbs that are asked most often, in plain words: these need no click.

Importing it takes 14 ms, and such a verb 80 in all. What is not plain (help, filters,
mistakes) is left to it, and it knows the same options.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

FLAG, ONE, MANY = "flag", "one", "many"
"""How often an option has a value: never, at most once, any number of times."""

READING = {"--json": FLAG, "--no-refresh": FLAG, "--timezone": ONE}
PERIOD = {"--since": ONE, "--until": ONE, "--last": ONE, "--period": ONE}

PLAIN = {
    "refresh": {"--json": FLAG},
    "status": {**READING, "--check": FLAG, "--line": ONE},
    "usage": {**READING, **PERIOD, "--by": MANY},
}
"""By verb the options that are plain; the module with its `answer` has its name."""


def answer(words: list[str]) -> int | None:
    """Answer plain words and give the exit code; others are `None`."""
    verb, *rest = words or [""]
    asked = options(rest, PLAIN.get(verb))
    if asked is None:
        return None
    from tokentui.setting import setting_now

    here = setting_now(timezone=asked.pop("timezone", None))
    code: int = import_module(f"tokentui.cli.{verb}_answer").answer(here, **asked)
    return code


def options(words: list[str], known: dict[str, str] | None) -> dict[str, Any] | None:
    """Give the values of options by the names of parameters, as click would."""
    if known is None:
        return None
    asked: dict[str, Any] = {}
    rest = iter(words)
    for word in rest:
        kind = known.get(word)
        name = "as_json" if word == "--json" else word[2:].replace("-", "_")
        if kind == FLAG:
            asked[name] = True
            continue
        value = next(rest, "-")
        if kind is None or value[:1] in ("", "-") or (kind == ONE and name in asked):
            return None
        asked[name] = value if kind == ONE else (*asked.get(name, ()), value)
    return asked
