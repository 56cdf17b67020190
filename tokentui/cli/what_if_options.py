"""The options of `routes what-if`: which go together, and what their words mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import click

from tokentui import amounts
from tokentui.cli.options import options
from tokentui.errors import UsageError
from tokentui.queries.sums import Usage
from tokentui.settings import WORKLOADS
from tokentui.text import clean

PLAN = "plan:"
ONLY = ("agent", "project", "workload")
MAIN = ("main", "")
"""Agents that are none below another: the session's own, and the unknown."""

GOES_WITH = {
    "to_provider": "model",
    "share": "model",
    "loops": "model",
    "gain": "model",
    "gain_from": "model",
    "fee": "plan",
    "success": "cascade",
    "escalated": "cascade",
    "check": "cascade",
}
"""What each option is for; the others are for all."""

CALLED = {
    "model": "--to MODEL",
    "plan": "--to plan:NAME",
    "cascade": "--cascade A,B",
}


class Share(click.ParamType[float]):
    """A share from 0 to 1, written as `0.88` or `88%`."""

    name = "share"

    def __init__(self, is_some: bool = True) -> None:
        self._is_some = is_some

    def convert(self, value: Any, param: Any, ctx: Any) -> float:
        """Read it."""
        found = re.fullmatch(r"(\d{1,3}(?:\.\d{1,6})?)\s*(%?)", str(value).strip())
        share = float(found[1]) / (100 if found[2] else 1) if found else -1.0
        if not (0 < share <= 1 or (share == 0 and not self._is_some)):
            least = "above 0 %" if self._is_some else "from 0 %"
            self.fail(f"{value!r:.40} is no share {least} to 100 %, like 60%")
        return share


class Gain(click.ParamType[float]):
    """How many times better a loop makes the work: above 1, like `1.05`."""

    name = "gain"

    def convert(self, value: Any, param: Any, ctx: Any) -> float:
        """Read it."""
        text = str(value).strip()
        gain = float(text) if re.fullmatch(r"\d{1,3}(\.\d{1,6})?", text) else 0.0
        if not 1 < gain <= 100:
            self.fail(f"{value!r:.40} is no gain above 1 and up to 100, like 1.05")
        return gain


class Money(click.ParamType[int]):
    """Dollars, in nano-dollars."""

    name = "usd"

    def convert(self, value: Any, param: Any, ctx: Any) -> int:
        """Read it."""
        try:
            return amounts.nanos_from_usd(value)
        except UsageError as error:
            self.fail(str(error))


what_options = options(
    click.option("--from", "base", metavar="MODEL", help="What was used."),
    click.option(
        "--to", "model", metavar="MODEL", help="What else; or plan:NAME, a flat plan."
    ),
    click.option(
        "--to-provider", metavar="NAME", help="Who sells it; else its vendor."
    ),
    click.option(
        "--value", type=Money(), metavar="USD", help="What an accepted run is worth."
    ),
    click.option(
        "--only",
        multiple=True,
        metavar="KEY=WORD",
        help="Only agent=subagent (or an agent's name), project=P, workload=bulk.",
    ),
    click.option("--share", type=Share(), help="Only so much of it moves: 60%."),
    click.option(
        "--fee", type=Money(), metavar="USD", help="A month of the plan, if not set up."
    ),
    click.option(
        "--loops", type=click.IntRange(1, 1_000), help="So many loops in place of one."
    ),
    click.option("--gain", type=Gain(), help="Times better by a loop: 1.05."),
    click.option("--gain-from", type=Gain(), help="The same of one run as it was."),
    click.option(
        "--cascade", metavar="A,B", help="First on A, then on B where that fails."
    ),
    click.option("--success", type=Share(), help="How often A succeeds: 0.88."),
    click.option(
        "--escalated",
        type=Share(is_some=False),
        help="How often B succeeds where A failed: 0.5.",
    ),
    click.option(
        "--check", type=Money(), metavar="USD", help="What it costs to see if A did."
    ),
)


def kind_of(given: Mapping[str, Any]) -> str:
    """Say what is asked for: another model, a plan or a cascade.

    Raises:
        UsageError: Options do not go together, or one is missing.
    """
    model, pair = given["model"], given["cascade"]
    if (model is None) == (pair is None):
        raise UsageError("give one of --to and --cascade")
    kind = "cascade" if pair is not None else "model"
    if model is not None and model.startswith(PLAN):
        kind = "plan"
    for option, goes_with in GOES_WITH.items():
        if given[option] is not None and goes_with != kind:
            name = option.replace("_", "-")
            raise UsageError(f"--{name} goes with {CALLED[goes_with]}")
    if given["base"] is None and kind != "plan":
        raise UsageError("--from is missing: the model that was used")
    if (given["loops"] is None) != (given["gain"] is None):
        raise UsageError("--loops and --gain go together")
    if given["gain_from"] is not None and given["loops"] is None:
        raise UsageError("--gain-from goes with --loops and --gain")
    if given["share"] is not None and given["loops"] is not None:
        raise UsageError("--share and --loops do not go together")
    return kind


def pair_of(cascade: str) -> tuple[str, str]:
    """Read the two models of a cascade.

    Raises:
        UsageError: There are not two.
    """
    models = [each.strip() for each in cascade.split(",")]
    if len(models) != 2 or not all(models) or models[0] == models[1]:
        raise UsageError(f"--cascade takes two models, A,B; not {clean(cascade)!r:.60}")
    return models[0], models[1]


def named_by(words: tuple[str, ...]) -> dict[str, list[str]]:
    """Read what `--only` names; words of the same key add up.

    Raises:
        UsageError: A word cannot be understood.
    """
    found: dict[str, list[str]] = {}
    for word in words:
        key, _, name = word.partition("=")
        if key not in ONLY or not name or not name.isprintable():
            keys = ", ".join(f"{each}=" for each in ONLY)
            raise UsageError(f"--only takes {keys} and a name; not {clean(word)!r:.60}")
        if key == "workload" and name not in WORKLOADS:
            raise UsageError(f"no such workload; there are: {', '.join(WORKLOADS)}")
        found.setdefault(key, []).append(name)
    if "subagent" in found.get("agent", ()) and len(found["agent"]) > 1:
        raise UsageError("--only agent=subagent has all other agents in it")
    return found


def narrowed(usage: Usage, named: Mapping[str, list[str]]) -> Usage:
    """Narrow usage to the agents and projects that are named."""
    only = {**usage.only}
    for key, names in named.items():
        if key != "workload":
            only[key] = (*only.get(key, ()), *names)
    if "subagent" in named.get("agent", ()):
        del only["agent"]
        return replace(usage, only=only, without={**usage.without, "agent": MAIN})
    return replace(usage, only=only)
