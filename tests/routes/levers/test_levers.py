"""What is suggested of the worked week, in the order in which it is worth trying."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import weeks
from levered import PLAIN, spoken, work_in

from tokentui.ledger.connection import open_for_reading
from tokentui.routes.candidates import CANDIDATES
from tokentui.routes.compare import compare, compared

BY_ROUTE = (
    "lower-effort",
    "newer-model",
    "side-model",
    "other-vendor",
    "plan-instead",
    "plan-first",
    "pay-by-use",
    "own-machine",
)


def test_order(ledger: Path) -> None:
    """What risks least comes first: effort, then models of the vendor, then others."""
    weeks.worked_week(ledger)
    said = [each for each in spoken(ledger) if each in BY_ROUTE]
    assert said == ["lower-effort", "newer-model", "other-vendor", "plan-instead"]


def test_nothing_used(ledger: Path) -> None:
    """Where nothing was used nothing is suggested."""
    weeks.worked_week(ledger, start=weeks.MONDAY.replace(month=9))
    assert spoken(ledger) == []


def test_one_cut(ledger: Path) -> None:
    """The list of routes, made of what levers share, is that of a comparison alone."""
    weeks.worked_week(ledger)
    with closing(open_for_reading(ledger)) as connection:
        work = work_in(connection, None, PLAIN, weeks.MONDAY, 7)
        routes = [work.names.route(model) for model in CANDIDATES]
        alone = compare(connection, work.usage, routes, work.book, work.names)
        shared = compared(work.repricing, routes, work.used, alone.runs)
        assert shared == alone
