"""Whose money it is: what each payer pays, and the evidence for it."""

from __future__ import annotations

import json
import sqlite3

from tokentui.frozen import dataclass
from tokentui.queries.sums import SUM_COLUMNS, Sums, Usage, selected, sums_of

HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class PayerState:
    """One payer's share of a span; `evidence` says why he is thought to pay.

    `list_nanos_per_hour`: list value used in the last hour. `is_plan`: a flat plan
    pays, so that the sums are list value and no cost. `billed_nanos`: what was billed,
    `None` where nobody tells; `change_nanos`: what that and charges make of the
    estimates.
    """

    payer: str
    is_plan: bool
    evidence: tuple[str, ...]
    sums: Sums
    list_nanos_per_hour: int
    billed_nanos: int | None = None
    change_nanos: int = 0

    @property
    def paid_nanos(self) -> int | None:
        """What is to be paid: billed up to where that is known, estimated after it."""
        is_known = self.sums.cost_nanos is not None or self.change_nanos
        if not is_known and self.billed_nanos is None:
            return None
        return self.sums.payable_nanos + self.change_nanos


def payer_states(
    connection: sqlite3.Connection, usage: Usage, now_ms: int
) -> tuple[PayerState, ...]:
    """List the payers of a span, who pays most first, plans last."""
    rows, parameters = selected(usage, needs_time=False)
    groups = connection.execute(
        "SELECT s.payer, max(s.is_plan), json_group_array(DISTINCT s.payer_evidence),"
        f" {SUM_COLUMNS} FROM {rows} GROUP BY s.payer",
        parameters,
    ).fetchall()
    rows, parameters = selected(Usage(now_ms - HOUR_MS, now_ms + 1))
    pace = dict(
        connection.execute(
            f"SELECT s.payer, sum(u.list) FROM {rows} GROUP BY s.payer", parameters
        ).fetchall()
    )
    states = [
        PayerState(
            payer,
            bool(is_plan),
            tuple(sorted(json.loads(evidence))),
            sums_of(sums),
            pace.get(payer) or 0,
        )
        for payer, is_plan, evidence, *sums in groups
    ]
    return tuple(sorted(states, key=most_payable))


def most_payable(state: PayerState) -> tuple[bool, int, str]:
    """Sort by what is paid, plans last."""
    amount = state.sums.list_nanos if state.is_plan else state.paid_nanos
    return state.is_plan, -(amount or 0), state.payer


def assumed_requests(connection: sqlite3.Connection, usage: Usage) -> int:
    """Count the responses whose provider or payer nothing in the traces tells."""
    rows, parameters = selected(usage, needs_time=False)
    row = connection.execute(
        f"SELECT sum(u.requests) FROM {rows}"
        " AND 'assumed' IN (s.provider_evidence, s.payer_evidence)",
        parameters,
    ).fetchone()
    return int(row[0] or 0)
