"""What `routes policy` tells people: two tables, and what is not known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from tokentui import amounts
from tokentui.cli.output import Column, show, show_table, tell
from tokentui.queries.sums import Sums
from tokentui.settings import WORKLOADS
from tokentui.text import clean, many

if TYPE_CHECKING:
    from tokentui.routes.compare import Alternative
    from tokentui.routes.policy import Row
    from tokentui.routes.pricing import Route

STAYS = "as it is"
ESTIMATES = ("same tokens", "tokenizer", "benchmark", "own runs")


def show_policy(used: Sums, rows: Sequence[Row]) -> None:
    """Print the kinds of work, and what moving them would save."""
    if not rows:
        tell("There was no work in that time that has a session.")
        return
    sessions = sum(row.sessions for row in rows)
    tell(
        f"{amounts.dollars(used.payable_nanos, lower_bound=used.is_lower_bound)} paid"
        f" by the token, and list value of {amounts.dollars(used.plan_nanos)} inside"
        f" flat plans, in {many(sessions, 'run')}."
    )
    show()
    show_table(
        [
            Column("kind of work"),
            Column("runs", right=True),
            Column("paid", right=True),
            Column("share", right=True),
            Column("in plans", right=True),
            Column("mostly on", flexible=True),
            Column("belongs on", flexible=True),
        ],
        [cells(row, used.payable_nanos) for row in rows],
    )
    show()
    moves = [line for row in rows for line in saved(row)]
    if moves:
        titles = (Column(title, right=True) for title in ESTIMATES)
        moving = Column("of", right=True)
        show_table([Column("moving saves"), moving, *titles, Column("")], moves)
        show()
    for text in explanations(rows):
        tell(text)


def cells(row: Row, payable_nanos: int) -> list[str]:
    """Lay out a kind of work."""
    paid, place = row.used.payable_nanos, row.place
    belongs = STAYS
    if place is not None:
        model = f": {place.route.model}" if place.route else ""
        belongs = f"{place.name}{model}"
    return [
        row.workload,
        f"{row.sessions:,}",
        amounts.dollars(paid, lower_bound=row.used.is_lower_bound),
        f"{paid / payable_nanos:.0%}" if payable_nanos else "",
        amounts.dollars(row.used.plan_nanos),
        row.most[1],
        belongs,
    ]


def saved(row: Row) -> Iterator[list[str]]:
    """Lay out what moving saves, by each estimate, of what is paid and in plans."""
    found = (
        (row.workload, row.paid),
        (f"{row.workload}, list value in plans", row.planned),
    )
    for name, moved in found:
        if moved is None:
            continue
        nanos, there = moved
        costs = dict(there.estimates.named) if there.estimates else {}
        yield [
            name,
            amounts.dollars(nanos),
            *(saving(nanos, costs.get(each)) for each in ESTIMATES),
            there.verdict,
        ]


def saving(nanos: int, there: int | None) -> str:
    """Give what is saved; what is not known is no zero."""
    return "?" if there is None else amounts.dollars(nanos - there)


def explanations(rows: Sequence[Row]) -> Iterator[str]:
    """Say why something is not known, and whose figures these are."""
    from tokentui.routes.benchmark_words import pair_lines

    for row in rows:
        if row.place is not None and row.place.why is not None:
            yield f"{row.workload}: {row.place.why}"
        if row.machine is not None:
            low, high = (amounts.dollars(round(end)) for end in row.machine[::2])
            yield (
                f"{row.workload}: hardware of your own would have cost {low} if it ran"
                f" only while it writes, {high} if all the time"
            )
        for moved in (row.paid, row.planned):
            if moved is not None and moved.there.why is not None:
                yield f"{row.workload}: {moved.there.verdict}, since {moved.there.why}"
                break
    yield from pair_lines(alternatives(rows))
    if alternatives(rows):
        yield (
            "What is on a model that costs no more for the same tokens stays there;"
            " ? is not known"
        )
    if any(row.workload == "bulk" and row.paid for row in rows):
        yield "bulk: flex where it is sold, a batch for runs of one response"


def alternatives(rows: Sequence[Row]) -> list[Alternative]:
    """List the routes that some work would move to."""
    found = [moved for row in rows for moved in (row.paid, row.planned)]
    return [moved.there for moved in found if moved is not None]


def warnings_beside(
    used: Sums, rows: Sequence[Row], *, is_for_router: bool
) -> list[str]:
    """Say what is in no kind of work, and what a router would change."""
    warnings = []
    rest = (used.cost_nanos or 0) - sum(row.used.cost_nanos or 0 for row in rows)
    if rest:
        what = amounts.dollars(rest)
        warnings.append(f"{what} is of no session (imports), and so of no kind of work")
    if is_for_router:
        warnings.append(
            "a router is paid by the token: what flat plans cover now would be, too"
        )
        warnings.append(
            "the variables that are named hold the keys; claude-code-router reads"
            " config.json, newer versions only when they first start"
        )
    return warnings


def notes_of(known: Mapping[str, Row], places: Mapping[str, Route]) -> dict[str, str]:
    """Say of each kind of work what it cost, and if its route is cheaper."""
    notes = {}
    for workload in WORKLOADS:
        row = known.get(workload)
        if row is None:
            notes[workload] = "there was none"
            continue
        said = [many(row.sessions, "run"), amounts.dollars(row.used.payable_nanos)]
        said.append(f"mostly on {row.most[1]}")
        if row.paid is not None:
            said.append(f"{row.paid.there.verdict} there")
        if row.place is not None and row.place.why is not None:
            said.append(row.place.why)
        notes[workload] = clean(", ".join(said))
    return notes
