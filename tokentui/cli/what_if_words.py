"""What `routes what-if` tells people: the sentence, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tokentui import amounts
from tokentui.cli.output import Column, show, show_table, tell
from tokentui.cli.route_shapes import usd_text
from tokentui.text import clean

if TYPE_CHECKING:
    from tokentui.routes.break_even import BreakEven
    from tokentui.routes.compare import Alternative, Comparison
    from tokentui.routes.suggestion import Risk


def show_alternatives(
    base: str,
    found: Comparison,
    even: BreakEven,
    share: float | None,
    moved: Mapping[str, int | None],
) -> None:
    """Print the sentence, and what it rests on; `moved` is if a share of it moves."""
    to, *newer = found.alternatives
    tell(sentence(to))
    show_denied(to)
    for each in newer:
        if each.estimates is not None:
            newer_usd = usd_text(each.estimates.tokenizer or each.estimates.same)
            tell(f"{each.route.model}, the newer model of its family: {newer_usd}.")
    if to.estimates is None or not found.runs:
        return
    show()
    titles = [f"{share:.0%} moved".replace("%", " %")] if share and moved else []
    titles += ["premium"] if even.premiums else []
    show_table(
        [
            Column("estimate"),
            Column("cost", right=True),
            *(Column(title, right=True) for title in titles),
        ],
        [
            [
                name,
                usd_text(nanos),
                *([usd_text(moved[name])] if moved else []),
                *premium_text(even, name),
            ]
            for name, nanos in to.estimates.named
            if nanos is not None
        ],
    )
    for text in explanations(base, to, even):
        tell(text)
    if moved:
        tell("moved: what all costs then, if what moves is like the rest")
    for risk in to.risks:
        tell(risk_line(risk))


def show_denied(to: Alternative) -> None:
    """Say why a route that was asked for is never suggested."""
    if to.denied is not None:
        tell(f"Your config does not want {clean(to.route.model)}: {to.denied}.")


def sentence(to: Alternative) -> str:
    """Say what the other route would cost, and if that is sure."""
    costs, name = to.estimates, clean(to.route.model)
    if costs is None:
        return f"{name}: unpriced."
    said = [f"The same tokens on {name}: {usd_text(costs.same)}"]
    if costs.tokenizer is not None and costs.tokenizer != costs.same:
        said.append(f"allowing for its tokenizer {usd_text(costs.tokenizer)}")
    if costs.own is not None:
        said.append(f"by your own runs {usd_text(costs.own)}")
    elif costs.benchmark is not None:
        word = "but" if to.verdict == "not clearly cheaper" else "and"
        multiple = costs.input_multiple
        used = (
            "" if multiple is None else f" it used {multiple:.1f} times the input, so"
        )
        said.append(
            f"{word} on comparable work{used} {about(costs.benchmark, costs.task)}"
        )
    because = f" ({to.why})" if to.why and costs.benchmark is None else ""
    return f"{'; '.join(said)}: {to.verdict}{because}."


def risk_line(risk: Risk) -> str:
    """Name a risk, who states it, and when that was read."""
    origin = ", read ".join(filter(None, (risk.source, risk.read)))
    return f"{risk.kind}: {risk.text}" + (f" ({origin})" if origin else "")


def about(benchmark: int, task: int | None) -> str:
    """Give the two estimates of a benchmark in whole dollars, the lower one first."""
    low, high = sorted((benchmark, benchmark if task is None else task))
    texts = [
        amounts.dollars(round(each, -9)).removesuffix(".00") for each in (low, high)
    ]
    if low < 10**10:
        texts = [amounts.dollars(low), amounts.dollars(high)]
    return f"about {texts[0]}" + (f" to {texts[1]}" if texts[1] != texts[0] else "")


def premium_text(even: BreakEven, name: str) -> list[str]:
    """Give by how many points the base must succeed more often, by one estimate."""
    if not even.premiums:
        return []
    premium = dict(even.premiums)[name]
    return ["none" if premium is None else f"{premium * 100:.2f} points"]


def explanations(base: str, to: Alternative, even: BreakEven) -> list[str]:
    """Say what the figures mean, and whose they are."""
    from tokentui.routes.benchmark_words import doubt, pair_line

    costs = to.estimates
    assert costs is not None
    texts = []
    if even.premiums:
        texts.append(
            f"premium: how much more often {clean(base)} has to succeed to be worth it"
        )
    if even.task_value_nanos is not None:
        texts.append(
            f"by the benchmark's scores the dearer of the two is worth it from"
            f" {amounts.dollars(even.task_value_nanos)} a run on"
        )
    if costs.has_reversal_risk:
        texts.append(
            f"reversal risk: above {costs.break_even_multiple:.1f} times the input the"
            " lower price is eaten up"
        )
    for pair in costs.pairs:
        texts.append(pair_line(pair))
        doubtful = doubt(pair)
        if doubtful is not None:
            texts.append(doubtful)
    return texts
