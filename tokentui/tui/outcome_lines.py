"""How work ended as rows of groups, and below them as lines: ends, stages, spread."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from textual.content import Content

from tokentui.amounts import dollars, share, tokens
from tokentui.queries.sums import Sums
from tokentui.routes.outcome_words import (
    STAGE_WORDS,
    abandoned_words,
    band_name,
    budget_words,
    each_words,
    end_words,
    listed_words,
    open_words,
    payable,
    problem_words,
    spread_words,
    time_words,
    value_words,
)
from tokentui.routes.outcome_words import dollars as part
from tokentui.routes.outcomes import Key, Tally
from tokentui.routes.report import Report
from tokentui.tui.columns import GridColumn
from tokentui.tui.lines import figure, heading, indented, muted, wrapped
from tokentui.tui.names import UNKNOWN, key_name
from tokentui.tui.tables import Column, table
from tokentui.tui.text import clean
from tokentui.tui.view import View
from tokentui.tui.widgets.grid import GridRow

STAGES = (
    Column("came to be", least=9),
    Column("sessions", is_right=True),
    Column("cost", is_right=True),
    Column("in plans", is_right=True, rank=1),
    Column("not told", is_right=True, rank=3),
    Column("too young", is_right=True, rank=2),
)
BANDS = (
    Column("list value", is_right=True),
    Column("sessions", is_right=True),
    Column("accepted", is_right=True),
    Column("share", is_right=True, rank=2),
    Column("together", is_right=True, rank=1),
)


def columns(by: Sequence[str], has_plans: bool) -> list[GridColumn]:
    """Return the columns of groups by some keys."""
    plans = [
        GridColumn("in plans", is_right=True, rank=2, id="plans"),
        GridColumn("list each", is_right=True, rank=1, id="listed"),
    ]
    return [
        *(GridColumn(key, least=10, id=key) for key in by),
        GridColumn("sessions", is_right=True, rank=4, id="sessions"),
        GridColumn("accepted", is_right=True, id="accepted"),
        GridColumn("cost", is_right=True, rank=3, id="cost"),
        *plans[:has_plans],
        GridColumn("per accepted", is_right=True, id="each"),
        *plans[1 : 1 + has_plans],
        GridColumn("tokens each", is_right=True, rank=6, id="tokens"),
        GridColumn("requests each", is_right=True, rank=7, id="requests"),
        GridColumn("yield", is_right=True, rank=5, id="yield"),
    ]


def rows(found: Report, by: Sequence[str], view: View) -> list[GridRow]:
    """Return a row for each group."""
    has_plans = bool(found.total.sums.plan_nanos)
    return [
        GridRow(repr(key), cells(by, key, tally, has_plans, view))
        for key, tally in found.groups.items()
    ]


def cells(
    by: Sequence[str], key: Key, tally: Tally, has_plans: bool, view: View
) -> list[Content]:
    """Return the cells of a group; what is not known is `?`."""
    decided = tally.decided
    requests = tally.per_accepted(decided.requests)
    read = tally.per_accepted(sum(decided.tokens[:5]))
    listed = [
        muted(listed_words(tally.sums)),
        muted(each_words(tally, decided.plan_nanos) if decided.plan_nanos else "-"),
    ]
    return [
        *(name(label, value, view) for label, value in zip(by, key, strict=True)),
        Content(f"{tally.tasks:,}"),
        Content(f"{tally.accepted} of {tally.known}" if tally.known else "?"),
        Content(part(tally.sums, payable(tally.sums))),
        *listed[:has_plans],
        figure(each_words(tally, payable(decided))),
        *listed[1 : 1 + has_plans],
        Content("?" if read is None else tokens(round(read))),
        Content("?" if requests is None else f"{requests:,.0f}"),
        Content("?" if tally.token_yield is None else share(tally.token_yield)),
    ]


def name(label: str, value: str | None, view: View) -> Content:
    """Name a group; what tells a project is hidden if they are."""
    if value is None:
        return muted(UNKNOWN)
    if label == "project":
        return Content(key_name("project", value, view))
    return Content(clean(value))


def told(found: Report, view: View) -> Callable[[int], list[Content]]:
    """Return the maker of all lines below the groups."""

    def lines(width: int) -> list[Content]:
        return [
            heading("Ends", width),
            *text(ends(found.total), width),
            heading("How far work came", width),
            *indented(stages(found, width - 2)),
            heading("What a session costs", width),
            *text(spread(found), width),
            *indented(bands(found, width - 2)),
            *text(problems(found, view), width),
        ]

    return lines


def text(said: Iterable[str], width: int) -> list[Content]:
    """Set sentences below each other."""
    return indented(
        [line for each in said if each for line in wrapped(Content(each), width - 2)]
    )


def ends(total: Tally) -> list[str]:
    """Say how sessions ended, and what else is known of them."""
    return [
        end_words(total),
        open_words(total),
        abandoned_words(total),
        time_words("review", total.review),
        time_words("turns took", total.waiting),
        value_words(total),
    ]


def stages(found: Report, width: int) -> list[Content]:
    """Return the table of the stages."""
    has_plans = bool(found.total.sums.plan_nanos)
    made = [
        [
            Content(STAGE_WORDS[each.name]),
            figure(f"{each.tasks:,}"),
            Content(cost(each.sums)),
            muted(listed_words(each.sums)),
            muted(f"{each.unknown:,}" if each.unknown else "-"),
            muted(f"{each.too_young:,}" if each.too_young else "-"),
        ]
        for each in found.stages
    ]
    kept = [i for i in range(len(STAGES)) if has_plans or i != 3]
    return table(
        [STAGES[i] for i in kept], [[row[i] for i in kept] for row in made], width
    )


def cost(sums: Sums) -> str:
    """Return what somebody pays."""
    return part(sums, payable(sums))


def spread(found: Report) -> list[str]:
    """Say how the list value of sessions is spread, and which budget that proposes."""
    if not found.spread.tasks:
        return []
    return [spread_words(found.spread), budget_words(found.spread)]


def bands(found: Report, width: int) -> list[Content]:
    """Return the table of the bands of spend."""
    made = [
        [
            Content(band_name(each.since, each.until)),
            Content(f"{each.tasks:,}"),
            figure(f"{each.accepted} of {each.known}" if each.known else "?"),
            muted(share(each.accepted / each.known) if each.known else "?"),
            muted(dollars(each.nanos)),
        ]
        for each in found.spread.bands
    ]
    return table(BANDS, made, width) if made else []


def problems(found: Report, view: View) -> list[str]:
    """Say of which projects git does not tell, and why."""
    return [
        f"{key_name('project', project, view)}: {problem_words(asked)}"
        for project, asked in found.asked.items()
        if asked.problem is not None
    ]
