"""Gaps between estimate and bill, by payer, day and model, with what may explain them.

A gap is what was billed less what was estimated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from tokentui.queries.billed import Payee
from tokentui.queries.reconcile import DAY_MS, Charge, Part
from tokentui.reconcile.models import billed_model
from tokentui.reconcile.spans import Stretch
from tokentui.spelling import bare

A_CENT = 10_000_000
"""Nano-dollars; smaller gaps are how bills are rounded."""


@dataclass(frozen=True, slots=True)
class Gap:
    """One row: a payee's model on a day, or all its models where the bill names none.

    Money in nano-dollars. `estimate` is `None` where nothing is priced, `billed` where
    no statement covers the time. `parts` and `charges` are what they are sums of;
    `beside` is all that this payee used in the same time. `requests` is what the
    provider counted. `is_aside`: billed beside models, such as searches.
    `usual_factor`: what nearly all rows are billed at, against the estimate, if so.
    """

    payee: Payee
    since_ms: int
    until_ms: int
    model: str | None
    estimate: int | None
    billed: int | None
    is_settled: bool
    has_account: bool
    parts: tuple[Part, ...] = ()
    charges: tuple[Charge, ...] = ()
    requests: int | None = None
    beside: tuple[Part, ...] = ()
    usual_factor: float | None = None
    is_aside: bool = False

    @property
    def nanos(self) -> int | None:
        """What is billed beyond the estimate, if both are known."""
        if self.billed is None or self.estimate is None:
            return None
        return self.billed - self.estimate

    @property
    def day(self) -> date:
        """The UTC day of a row; one of a person's own days is named by most of it."""
        at = self.since_ms
        if at % DAY_MS and self.until_ms - at > DAY_MS // 2:
            at += DAY_MS // 2
        return datetime.fromtimestamp(at / 1000, UTC).date()

    @property
    def days(self) -> int:
        """How many days a row is of, at least one."""
        return max(1, round((self.until_ms - self.since_ms) / DAY_MS))

    def exceeds(self, tolerance: float) -> bool:
        """Claim that billed and estimate are further apart than that share."""
        if self.billed is None:
            return False
        return is_above(self.estimate or 0, self.billed, tolerance)


def is_above(estimate: int, billed: int, tolerance: float) -> bool:
    """Claim that a gap is more than a share of what is billed, and than a cent."""
    gap = abs(billed - estimate)
    return gap >= A_CENT and gap > tolerance * abs(billed)


def gaps_of(
    payee: Payee,
    stretch: Stretch,
    parts: Iterable[Part],
    charges: Iterable[Charge],
    fees: int,
    requests: dict[str | None, int],
    *,
    by_model: bool,
) -> list[Gap]:
    """Lay side by side what was used and billed in one stretch.

    `by_model`: this payee's bills name models; what they bill beside, such as searches,
    is then set against `fees`, which are in the estimates of the models.
    """
    used, billed = tuple(parts), tuple(charges)
    whole = Gap(
        payee,
        stretch.since_ms,
        stretch.until_ms,
        None,
        estimate_of(used),
        None,
        stretch.is_settled,
        has_account=True,
        beside=used,
    )
    if not stretch.is_covered:
        return [
            replace(whole, model=name, estimate=estimate_of(some), parts=some)
            for name, some in named(used)
        ]
    if not by_model:
        row = replace(
            whole,
            billed=sum(charge.nanos for charge in billed),
            parts=used,
            charges=billed,
            requests=sum(requests.values()) if requests else None,
        )
        return [row] if used or row.billed else []
    return split(whole, used, billed, fees, requests)


def split(
    whole: Gap,
    used: tuple[Part, ...],
    billed: tuple[Charge, ...],
    fees: int,
    requests: dict[str | None, int],
) -> list[Gap]:
    """Split a stretch by model, and what is billed for none apart."""
    by_name: dict[str | None, list[Charge]] = defaultdict(list)
    for charge in billed:
        model = billed_model(charge)
        by_name[None if model is None else bare(model)].append(charge)
    logged = {bare(name): (name, some) for name, some in named(used)}
    counted: dict[str, int] = defaultdict(int)
    for model, count in requests.items():
        counted[bare(model or "")] += count
    aside = by_name.pop(None, [])
    rows = []
    for key in sorted({*by_name, *logged} - {None}, key=str):
        charges = tuple(by_name.get(key, ()))
        name, some = logged.get(str(key), (None, ()))
        rows.append(
            replace(
                whole,
                model=name or billed_model(charges[0]),
                estimate=estimate_of(some),
                billed=sum(charge.nanos for charge in charges),
                parts=some,
                charges=charges,
                requests=counted.get(str(key)),
            )
        )
    if aside:
        rows = without_fees(rows, fees)
        nanos = sum(charge.nanos for charge in aside)
        rows.append(
            replace(
                whole,
                estimate=fees,
                billed=nanos,
                charges=tuple(aside),
                is_aside=True,
            )
        )
    return rows


def without_fees(rows: list[Gap], fees: int) -> list[Gap]:
    """Take fees off the models' estimates, in proportion to them."""
    whole = sum(row.estimate or 0 for row in rows)
    left = fees
    result = []
    for row in rows:
        part = round(fees * (row.estimate or 0) / whole) if whole else 0
        part = min(part, left)
        left -= part
        known = row.estimate is not None
        result.append(
            replace(row, estimate=(row.estimate or 0) - part) if known else row
        )
    return result


def named(parts: Iterable[Part]) -> list[tuple[str, tuple[Part, ...]]]:
    """Put together the parts of one model, by its first name in the logs."""
    groups: dict[str, list[Part]] = defaultdict(list)
    for part in parts:
        groups[bare(part.model)].append(part)
    return [
        (min(part.model for part in some), tuple(some))
        for _, some in sorted(groups.items())
    ]


def estimate_of(parts: Iterable[Part]) -> int | None:
    """Sum what is priced; nothing used is 0, nothing priced is unknown."""
    used = list(parts)
    priced = [part.nanos for part in used if part.nanos is not None]
    return sum(priced) if priced or not used else None
