"""`routes what-if --cascade A,B`: a cheap model first, a dear one where it failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tokentui import amounts
from tokentui.cli.output import Column, show, show_table, tell
from tokentui.cli.route_shapes import alternative_shape, range_shape, usd_text
from tokentui.cli.shapes import money
from tokentui.cli.what_if_ground import Answer, Ground, tell_used
from tokentui.cli.what_if_options import pair_of
from tokentui.cli.what_if_words import risk_line, show_denied
from tokentui.routes.cascade import Odds, cascade
from tokentui.routes.marked import FEWEST_MARKS, marked_on
from tokentui.text import clean, many

if TYPE_CHECKING:
    from tokentui.routes.cascade import Cascade
    from tokentui.routes.compare import Comparison
    from tokentui.routes.estimates import Range
    from tokentui.routes.marked import Marked


def answer(asked: Ground, given: dict[str, Any]) -> Answer:
    """Price the work on both models in turn."""
    first, second = map(asked.route, pair_of(given["cascade"]))
    found = asked.compared(first, second)
    odds = Odds(given["success"], given["escalated"], given["check"] or 0)
    if odds.first is None:
        marked = marked_on(asked.connection, first.name, asked.names)
        odds = odds._replace(first=marked.success, marked=marked)
    turn = cascade(found, odds, given["value"])

    def show_all() -> None:
        tell_used(asked, found.used, found.runs)
        for each in found.alternatives:
            show_denied(each)
        if turn is not None:
            show_turn(asked.name, found, turn)

    document = asked.document(
        found.used,
        found.runs,
        cascade=turn and cascade_shape(found, turn),
        warnings=asked.warnings(found.used, found.runs, *found.alternatives),
    )
    return Answer(document, show_all)


def cascade_shape(found: Comparison, turn: Cascade) -> dict[str, Any]:
    """Give a cascade as the document states it; money is of one run."""
    first, second = map(alternative_shape, found.alternatives[:2])
    return {
        "first": first,
        "second": second,
        "success": turn.odds.first,
        "escalated_success": turn.odds.escalated,
        "check_usd": money(turn.odds.check_nanos),
        "success_from": origin(turn.odds),
        "used_run_usd": whole(turn.used),
        "first_run_usd": range_shape(turn.first),
        "second_run_usd": range_shape(turn.second),
        "run_usd": turn.run and range_shape(turn.run),
        "run_success": turn.success,
        "cost_per_accepted_usd": whole(turn.per_accepted),
        "net_value_usd": whole(turn.net_value),
        "pays_from_success": turn.pays_from and turn.pays_from._asdict(),
        "escalate_from_value_usd": whole(turn.escalate_from),
    }


def origin(odds: Odds) -> str | None:
    """Say who tells how often the first model succeeds."""
    if odds.first is None:
        return None
    return "options" if odds.marked is None else "marks"


def whole(nanos: float | None) -> int | float | None:
    """Give dollars of nano-dollars that are a mean."""
    return money(None if nanos is None else round(nanos))


def show_turn(base: str, found: Comparison, turn: Cascade) -> None:
    """Print runs as they were, on each model alone, and on both in turn."""
    cheap, dear = (clean(each.route.model) for each in found.alternatives[:2])
    rows = [
        [f"{base}, as it was", usd_text(round(turn.used)), "", ""],
        [f"{cheap} alone", *costs(turn.first), percent(turn.odds.first)],
        [f"{dear} alone", *costs(turn.second), "?"],
    ]
    if turn.run is not None:
        rows.append([f"{cheap}, then {dear}", *costs(turn.run), percent(turn.success)])
    show()
    columns = [Column("a run on", flexible=True), Column("cost", right=True)]
    more = [Column("by the estimates", right=True), Column("succeeds", right=True)]
    show_table([*columns, *more], rows)
    for text in conclusions(cheap, dear, turn) + assumptions(cheap, dear, turn):
        tell(text)
    for each in found.alternatives:
        for risk in each.risks:
            tell(f"{clean(each.route.model)}: {risk_line(risk)}")


def costs(run: Range) -> list[str]:
    """Give the cost that rests on most, and the least and most of the estimates."""
    low, mid, high = (usd_text(round(each)) for each in run)
    return [mid, f"{low} to {high}" if low != high else ""]


def percent(share: float | None) -> str:
    """Give a rate of success; what is not known is no zero."""
    return "?" if share is None else f"{share * 100:.1f} %"


def conclusions(cheap: str, dear: str, turn: Cascade) -> list[str]:
    """Say from where on it pays, both ways."""
    texts = []
    if turn.pays_from is not None:
        texts.append(when_it_pays(cheap, dear, turn.pays_from))
    if turn.escalate_from is not None:
        texts.append(
            f"a failure is worth {dear} if the task is worth more than"
            f" {amounts.dollars(round(turn.escalate_from))}"
        )
    if turn.per_accepted is not None:
        each = amounts.dollars(round(turn.per_accepted))
        texts.append(f"a task that succeeds costs {each}, failures included")
    if turn.net_value is not None:
        texts.append(
            f"a run brings {amounts.dollars(round(turn.net_value))} after its cost"
        )
    return texts


def when_it_pays(cheap: str, dear: str, success: Range) -> str:
    """Say how often the first model must succeed for both to cost less than one."""
    low, mid, high = success
    if low >= 1:
        return f"{cheap} first never costs less than {dear} alone"
    cheaper = f"cheaper than {dear} alone"
    if mid >= 1:
        cheaper = f"by the lowest estimate only {cheaper}"
        return f"{cheaper} if {cheap} succeeds in more than {percent(low)} of the runs"
    most = percent(high) if high < 1 else "never"
    spread = f", {percent(low)} to {most} by the estimates" if low != high else ""
    return (
        f"{cheaper} if {cheap} succeeds in more than {percent(mid)} of the runs{spread}"
    )


def assumptions(cheap: str, dear: str, turn: Cascade) -> list[str]:
    """Say what is taken for granted, and what to give to know more."""
    odds = turn.odds
    texts = []
    if odds.marked is not None:
        texts.append(by_marks(cheap, odds.marked))
    if odds.first is not None and odds.escalated is None:
        texts.append(
            f"how often {dear} succeeds where {cheap} failed is not known: give"
            " --escalated 0.5"
        )
    given = [
        f"{cheap} succeeds in {percent(odds.first)}" if odds.marked is None else "",
        (
            f"{dear} in {percent(odds.escalated)} of its failures"
            if odds.escalated is not None
            else ""
        ),
        f"to see whether it did costs {amounts.dollars(odds.check_nanos)}",
    ]
    known = "; ".join(each for each in given if each)
    texts.append(f"assumed by you: {known}; and that every failure is seen")
    return texts


def by_marks(cheap: str, found: Marked) -> str:
    """Say what the user's marks tell of a model, or that they are too few."""
    count = f"{found.accepted} of {many(found.marked, 'marked session')} on {cheap}"
    if found.success is not None:
        return f"by your marks: {count} were accepted"
    return (
        f"how often {cheap} succeeds is not known: give --success 0.88, or mark"
        f" {FEWEST_MARKS} sessions on it ({found.marked} are)"
    )
