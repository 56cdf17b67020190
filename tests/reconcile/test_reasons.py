"""Each reason is said of a gap that has its cause, and of none that has not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tokentui.queries.billed import Payee
from tokentui.queries.reconcile import Charge, Part
from tokentui.reconcile import reasons
from tokentui.reconcile.gaps import Gap

USD = 1_000_000_000
PART = Part(
    "api", "openai", "codex", "gpt-5.4", "standard", "response", False, USD, 0, 0, 10
)
CHARGE = Charge(0, 86_400_000, 2 * USD, "gpt-5.4", None, None)


def gap(estimate: int | None = USD, billed: int | None = 2 * USD, **more: Any) -> Gap:
    """Make a settled gap of a dollar."""
    given = {"parts": (PART,), "charges": (CHARGE,), "beside": (PART,)} | more
    return Gap(
        Payee("api", "openai"),
        0,
        86_400_000,
        "gpt-5.4",
        estimate,
        billed,
        given.pop("is_settled", True),
        given.pop("has_account", True),
        **given,
    )


def part(**change: Any) -> tuple[Part, ...]:
    """Make one part."""
    return (replace(PART, **change),)


def charge(**change: Any) -> tuple[Charge, ...]:
    """Make one charge."""
    return (replace(CHARGE, **change),)


LESS = {"billed": USD // 2}
CASES = [
    (reasons.missing_day, gap(billed=None), gap()),
    (reasons.missing_day, gap(billed=None), gap(billed=None, has_account=False)),
    (reasons.not_settled, gap(is_settled=False), gap()),
    (
        reasons.unpriced_model,
        gap(estimate=None, parts=part(nanos=None, unpriced=1)),
        gap(),
    ),
    (reasons.unfinished_output, gap(parts=part(partial=1)), gap()),
    (
        reasons.unfinished_output,
        gap(parts=part(partial=1)),
        gap(parts=part(partial=1), **LESS),
    ),
    (reasons.tier_not_logged, gap(parts=part(tier=None)), gap()),
    (
        # Ten times as much is no tier.
        reasons.tier_not_logged,
        gap(parts=part(tier=None), **LESS),
        gap(parts=part(tier=None), billed=10 * USD),
    ),
    (reasons.tier_not_billed, gap(parts=part(tier="flex")), gap()),
    (
        # A dear tier makes the estimate larger, not the bill.
        reasons.tier_not_billed,
        gap(parts=part(tier="priority"), **LESS),
        gap(parts=part(tier="priority")),
    ),
    (
        reasons.tier_not_billed,
        gap(parts=part(tier="batch")),
        gap(parts=part(tier="batch"), charges=charge(what="gpt-5.4 Batch, input")),
    ),
    (reasons.side_calls, gap(billed=USD * 6 // 5), gap(**LESS)),
    (reasons.side_calls, gap(billed=USD * 6 // 5), gap(billed=USD * 13 // 10)),
    (reasons.side_calls, gap(requests=11), gap(requests=10)),
    (
        reasons.side_calls,
        gap(0, USD // 10, parts=()),
        gap(0, USD // 10, parts=(), beside=()),
    ),
    (reasons.used_elsewhere, gap(0, parts=()), gap(**LESS)),
    (reasons.used_elsewhere, gap(), gap(billed=USD * 6 // 5)),
    (reasons.not_billed, gap(billed=0, charges=()), gap(billed=0)),
    (reasons.used_elsewhere, gap(requests=11), gap(requests=10)),
    (
        reasons.used_elsewhere,
        gap(charges=(*charge(key="a"), *charge(key="b"))),
        gap(charges=(*charge(key="a"), *charge(key="a")), billed=USD * 6 // 5),
    ),
    (reasons.used_elsewhere, gap(0, parts=()), gap(0, parts=(), is_aside=True)),
    (reasons.other_payer, gap(parts=part(is_assumed=True), **LESS), gap(**LESS)),
    (
        reasons.other_payer,
        gap(parts=part(is_assumed=True), **LESS),
        gap(parts=part(is_assumed=True)),
    ),
    (
        reasons.steady_factor,
        gap(usual_factor=0.5, **LESS),
        gap(usual_factor=0.6, **LESS),
    ),
    (reasons.steady_factor, gap(usual_factor=2.0), gap()),
    (reasons.credit, gap(charges=charge(nanos=-1)), gap()),
    (reasons.not_tokens, gap(0, parts=(), is_aside=True), gap(0, parts=())),
    (reasons.imported, gap(parts=part(origin="import")), gap()),
]


@pytest.mark.parametrize(
    ("reason", "with_cause", "without"),
    CASES,
    ids=[f"{case[0].__name__}-{i}" for i, case in enumerate(CASES)],
)
def test_cause(reason: reasons.Reason, with_cause: Gap, without: Gap) -> None:
    """The reason is said where its cause is, and only there."""
    assert reason(with_cause) is not None
    assert reason(without) is None


def test_every_reason_is_tried() -> None:
    """No reason is listed that no case above has."""
    assert {case[0] for case in CASES} == {*reasons.ALWAYS, *reasons.OF_GAPS}


def test_small_gaps_have_no_reason() -> None:
    """A gap inside the tolerance, or of less than a cent, needs no reason."""
    assert reasons.reasons_of(gap(100 * USD, 104 * USD), 0.05) == ()
    assert reasons.reasons_of(gap(1_000, 9_000), 0.05) == ()
    assert reasons.reasons_of(gap(100 * USD, 106 * USD), 0.05) != ()
