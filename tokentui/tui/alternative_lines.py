"""Other routes as rows, and one of them as lines that tell all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from tokentui.amounts import dollars
from tokentui.queries.sums import Sums
from tokentui.routes.benchmark_words import doubt, pair_line
from tokentui.routes.break_even import break_even
from tokentui.routes.verdict import CHEAPER, DEARER
from tokentui.text import many
from tokentui.tui.columns import GridColumn
from tokentui.tui.costs import cost_text
from tokentui.tui.lines import heading, indented, muted, wrapped
from tokentui.tui.text import clean
from tokentui.tui.widgets.grid import GridRow

if TYPE_CHECKING:
    from tokentui.routes.compare import Alternative, Comparison
    from tokentui.routes.constraints import Denied
    from tokentui.routes.elsewhere import Elsewhere

COLUMNS = (
    GridColumn("instead on", least=12, id="model"),
    GridColumn("same tokens", is_right=True, id="same"),
    GridColumn("tokenizer", is_right=True, rank=3, id="tokenizer"),
    GridColumn("benchmark", is_right=True, rank=1, id="benchmark"),
    GridColumn("own runs", is_right=True, rank=2, id="own"),
    GridColumn("verdict", id="verdict"),
)
UNKNOWN = "?"
STYLES = {CHEAPER: ".good", DEARER: ".muted"}


def shown(found: Sequence[Alternative]) -> tuple[list[GridColumn], list[GridRow]]:
    """Return the columns of which anything is known, and a row for each route."""
    rows = [cells(each) for each in found]
    kept = [
        i
        for i, column in enumerate(COLUMNS)
        if not column.rank or any(row[i].plain != UNKNOWN for row in rows)
    ]
    return (
        [COLUMNS[i] for i in kept],
        [
            GridRow(each.route.model, [row[i] for i in kept])
            for each, row in zip(found, rows, strict=True)
        ],
    )


def cells(found: Alternative) -> list[Content]:
    """Return the cells of a route; what is not known is `?`."""
    costs = found.estimates
    figures: tuple[int | None, ...] = (None,) * 4
    if costs is not None:
        figures = costs.same, costs.tokenizer, costs.benchmark, costs.own
    return [
        Content(clean(found.route.model)),
        *(muted(UNKNOWN) if n is None else Content(dollars(n)) for n in figures),
        Content.styled(found.verdict, STYLES.get(found.verdict, "")),
    ]


def used_words(used: Sums) -> list[str]:
    """Say what somebody pays at list prices, and apart from it what is inside plans."""
    words = [dollars(used.payable_nanos, used.is_lower_bound)]
    if used.cost_nanos is None and used.unpriced:
        words = ["unpriced"]
    if used.plan_nanos:
        words.append(f"besides {dollars(used.plan_nanos)} list in plans")
    return words


def panel(
    elsewhere: Elsewhere, to: Alternative, value_nanos: int | None
) -> Callable[[int], list[Content]]:
    """Return the maker of the lines that tell all of a route under its name."""
    found = elsewhere.comparison
    plans = ", plans included" if found.used.plan_nanos else ""
    note = f"it was {cost_text(found.used)} in {many(found.runs, 'run')}{plans}"

    def lines(width: int) -> list[Content]:
        texts = [*facts(found, to, value_nanos), *map(left_out, elsewhere.left_out)]
        told = [line for text in texts for line in wrapped(Content(text), width - 2)]
        return [heading(clean(to.route.model), width, note), *indented(told)]

    return lines


def left_out(denied: Denied) -> str:
    """Say that a route is not among the others, and why."""
    return f"{clean(denied.route.model)} is left out: {clean(denied.why)}"


def facts(found: Comparison, to: Alternative, value_nanos: int | None) -> Iterable[str]:
    """Yield what is known of a route beside its figures."""
    costs, name = to.estimates, clean(to.route.model)
    yield f"{to.verdict}: {to.why}" if to.why else to.verdict
    if costs is None:
        return
    if costs.task is not None:
        yield f"{dollars(costs.task)} by what a task of the benchmark cost"
    if costs.unfit:
        yield f"{many(costs.unfit, 'request')} would not fit, priced as if"
    even = break_even(found._replace(alternatives=(to,)), value_nanos)
    if even.task_value_nanos is not None:
        yield (
            "by the benchmark's scores the dearer of the two is worth it where an"
            f" accepted run is worth more than {dollars(even.task_value_nanos)}"
        )
    if value_nanos is not None:
        premium = even.premium
        yield (
            f"at {dollars(value_nanos)} a run what was used needs no more success than"
            f" {name}, which costs more"
            if premium is None
            else f"at {dollars(value_nanos)} a run what was used has to succeed"
            f" {premium * 100:.2f} points more often than {name}"
        )
    if costs.has_reversal_risk:
        yield (
            f"reversal risk: above {costs.break_even_multiple:.1f} times the input"
            " the lower price is eaten up"
        )
    for risk in to.risks:
        stated = f" ({clean(risk.source)}, read {risk.read})" if risk.source else ""
        yield f"{risk.kind}: {clean(risk.text)}{stated}"
    for pair in costs.pairs:
        yield pair_line(pair)
        said = doubt(pair)
        if said is not None:
            yield said
