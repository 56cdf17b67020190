"""Compare a period: all rows with their reasons, and a verdict on every payee."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from statistics import median

from tokentui.queries import reconcile
from tokentui.queries.billed import Payee
from tokentui.queries.reconcile import Interval, Part, Statement
from tokentui.reconcile.gaps import Gap, gaps_of, is_above
from tokentui.reconcile.models import billed_model
from tokentui.reconcile.reasons import SAME_FACTOR, reasons_of
from tokentui.reconcile.spans import Stretch, inside, stretches

ENOUGH_ROWS = 3
"""From how many rows on a factor can be called usual."""


@dataclass(frozen=True, slots=True)
class Explained:
    """A gap and its likely reasons."""

    gap: Gap
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The sums of a payee's settled rows, in nano-dollars, and whether they agree.

    `left_out` is the estimate of all rows that are not settled or not billed.
    `is_over`: they are further apart than the tolerance.
    """

    payee: Payee
    estimate: int
    billed: int
    rows: int
    left_out: int
    is_over: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """All rows in order of payee and time, and the verdicts."""

    rows: tuple[Explained, ...]
    verdicts: tuple[Verdict, ...]


def compare(
    connection: sqlite3.Connection,
    period: Interval,
    tolerance: float,
    payers: tuple[str, ...] = (),
    providers: tuple[str, ...] = (),
) -> Comparison:
    """Compare whole UTC days; payers and providers are globs, none is all."""
    said = owned(reconcile.statements(connection))
    asked = Asked(connection)
    found = [*said, *(p for p in asked.payees(period) if not is_stated(p, said))]
    rows: list[Gap] = []
    for payee in sorted(found, key=lambda each: (each.payer, each.provider or "")):
        if fits(payee.payer, payers) and fits(payee.provider, providers):
            rows += with_factor(gaps(asked, payee, said.get(payee), period))
    explained = tuple(Explained(row, reasons_of(row, tolerance)) for row in rows)
    return Comparison(explained, verdicts(rows, tolerance))


def fits(value: str | None, globs: tuple[str, ...]) -> bool:
    """Claim that a name matches one of some globs, of which there may be none."""
    return not globs or any(
        fnmatchcase((value or "").casefold(), glob.casefold()) for glob in globs
    )


def owned(said: dict[Payee, Statement]) -> dict[Payee, Statement]:
    """Leave a payer to what was read by hand, from the first such reading on."""
    first = {
        payee.payer: min(each.since_ms for each in statement.charges)
        for payee, statement in said.items()
        if statement.is_by_hand
    }
    result = {}
    for payee, statement in said.items():
        since = first.get(payee.payer)
        if since is not None and not statement.is_by_hand:
            charges = (c for c in statement.charges if c.until_ms <= since)
            spans = (c for c in statement.covered if c.until_ms <= since)
            statement = Statement(tuple(charges), tuple(spans))
        if statement.charges:
            result[payee] = statement
    return result


def is_stated(payee: Payee, said: Iterable[Payee]) -> bool:
    """Claim that a statement covers what a payer uses at a provider."""
    return payee in said or Payee(payee.payer, None) in said


class Asked:
    """Asks the ledger about stretches of time, each once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._parts: dict[Interval, list[Part]] = {}

    def payees(self, period: Interval) -> set[Payee]:
        """Name who pays whom for what was used in a period."""
        return {Payee(part.payer, part.provider) for part in self._all(period)}

    def parts(self, payee: Payee, spans: Iterable[Interval]) -> list[Part]:
        """List what a payer used of a provider, or of all."""
        return [
            part
            for span in spans
            for part in self._all(span)
            if part.payer == payee.payer and payee.provider in (None, part.provider)
        ]

    def fees(self, payee: Payee, spans: Iterable[Interval]) -> int:
        """Sum what a payer is estimated to pay beside tokens."""
        return sum(
            nanos
            for span in spans
            for who, nanos in reconcile.fees(self._connection, span).items()
            if who.payer == payee.payer and payee.provider in (None, who.provider)
        )

    def requests(
        self, payee: Payee, spans: Iterable[Interval]
    ) -> dict[str | None, int]:
        """Count the requests that a provider says it had, by model."""
        found: dict[str | None, int] = {}
        for span in spans:
            counted = reconcile.counted_requests(self._connection, span)
            for (who, model), count in counted.items():
                if who == payee:
                    found[model] = found.get(model, 0) + count
        return found

    def _all(self, span: Interval) -> list[Part]:
        if span not in self._parts:
            self._parts[span] = reconcile.parts(self._connection, span)
        return self._parts[span]


def gaps(
    asked: Asked, payee: Payee, statement: Statement | None, period: Interval
) -> list[Gap]:
    """List the rows of one payee, in order of time."""
    if statement is None:
        empty = Statement((), ())
        rows = [
            gap
            for stretch in stretches(empty, period)
            for gap in laid(asked, payee, empty, stretch, by_model=True)
        ]
        return [replace(row, has_account=False) for row in rows]
    by_model = not statement.is_by_hand and any(
        billed_model(charge) for charge in statement.charges
    )
    return [
        gap
        for stretch in stretches(statement, period)
        for gap in laid(asked, payee, statement, stretch, by_model=by_model)
    ]


def laid(
    asked: Asked,
    payee: Payee,
    statement: Statement,
    stretch: Stretch,
    *,
    by_model: bool,
) -> list[Gap]:
    """Lay one stretch side by side."""
    span = [(stretch.since_ms, stretch.until_ms)]
    charges = [
        charge
        for charge in statement.charges
        if inside(span, (charge.since_ms, charge.until_ms))
    ]
    has_models = by_model and (
        not charges or any(billed_model(charge) for charge in charges)
    )
    rows = gaps_of(
        payee,
        stretch,
        asked.parts(payee, stretch.pieces),
        charges if stretch.is_covered else (),
        asked.fees(payee, stretch.pieces) if has_models else 0,
        asked.requests(payee, stretch.pieces),
        by_model=has_models,
    )
    return [row for row in rows if row.parts or row.billed]


def with_factor(rows: list[Gap]) -> list[Gap]:
    """Tell each row at what factor nearly all of a payee's settled rows are billed."""
    factors = [
        row.billed / row.estimate
        for row in rows
        if row.is_settled and row.billed and row.estimate
    ]
    if len(factors) < ENOUGH_ROWS:
        return rows
    usual = median(factors)
    near = [each for each in factors if abs(each - usual) <= SAME_FACTOR * usual]
    if len(near) < max(ENOUGH_ROWS, 0.8 * len(factors)):
        return rows
    return [replace(row, usual_factor=usual) for row in rows]


def verdicts(rows: Iterable[Gap], tolerance: float) -> tuple[Verdict, ...]:
    """Judge each payee by the sums of its settled rows."""
    by_payee: dict[Payee, list[Gap]] = {}
    for row in rows:
        by_payee.setdefault(row.payee, []).append(row)
    found = []
    for payee, some in by_payee.items():
        judged = [row for row in some if row.is_settled and row.billed is not None]
        left_out = [row for row in some if row not in judged]
        estimate = sum(row.estimate or 0 for row in judged)
        billed = sum(row.billed or 0 for row in judged)
        found.append(
            Verdict(
                payee,
                estimate,
                billed,
                len(judged),
                sum(row.estimate or 0 for row in left_out),
                is_above(estimate, billed, tolerance),
            )
        )
    return tuple(found)
