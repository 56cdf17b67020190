"""One pass over the sessions of some usage, in which all is looked for at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

from tokentui.prices.remembered import Rates
from tokentui.queries.sums import Usage
from tokentui.queries.threads import sessions
from tokentui.routes.waste.crossings import crossings
from tokentui.routes.waste.finding import Finding, Look
from tokentui.routes.waste.lapses import cold_resumes, short_pauses
from tokentui.routes.waste.prices import Prices
from tokentui.routes.waste.repeats import repeats, rounds
from tokentui.routes.waste.rereading import rereading
from tokentui.routes.waste.tiers import at_peak, fast, patient

LOOKS: tuple[Look, ...] = (
    short_pauses,
    cold_resumes,
    crossings,
    fast,
    at_peak,
    patient,
    repeats,
    rounds,
    rereading,
)


def found(
    connection: sqlite3.Connection,
    usage: Usage,
    rates: Rates,
    looks: Iterable[Look] = LOOKS,
) -> Mapping[Look, list[Finding]]:
    """Say what each look finds; a session is gone once all have looked at it."""
    findings: dict[Look, list[Finding]] = {look: [] for look in looks}
    prices = Prices(rates)
    for session in sessions(connection, usage):
        for look, some in findings.items():
            some.extend(look(session, prices))
    return findings
