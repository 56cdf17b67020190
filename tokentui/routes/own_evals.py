"""What the user measured of models himself: rows beside those of benchmarks."""

from __future__ import annotations

from collections.abc import Iterable

from tokentui.routes.quality import ANY_EFFORT, Row
from tokentui.settings import Eval
from tokentui.spelling import bare

OWN_EVALS = "own evals"


def own_rows(evals: Iterable[Eval]) -> tuple[Row, ...]:
    """Make rows of evals; of the same measured again the later one counts.

    They are compared with each other only, and with those of the same harness.
    """
    newest: dict[tuple[str, str, str], Row] = {}
    for each in sorted(evals, key=lambda one: one.date):
        row = Row(
            model=each.model,
            effort=each.effort or ANY_EFFORT,
            score=float(each.score or 0),
            input=each.input,
            output=each.output,
            cache_share=float(each.cache_share),
            benchmark=OWN_EVALS,
            version="",
            harness=each.harness,
            reporter="you",
            source=f"evals.{each.name}",
            date=each.date.isoformat(),
            tasks=each.tasks,
        )
        newest[bare(row.model), row.effort, row.harness] = row
    return tuple(newest.values())
