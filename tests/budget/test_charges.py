"""Charges: on which days they are due, and which caps they count against."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from builders import ms

from tokentui.budget.charges import due, due_days, has_share
from tokentui.queries.by_hand import Charge
from tokentui.settings import Cap

BERLIN = ZoneInfo("Europe/Berlin")


def charge(day: str, *, monthly: bool = False, **given: object) -> Charge:
    """Make a charge of 25 dollars."""
    until = given.pop("until", None)
    return Charge(
        1,
        date.fromisoformat(day),
        25_000_000_000,
        str(given.pop("currency", "USD")),
        "vector store",
        str(given.pop("payer", "me")),
        given.pop("client", None),  # type: ignore[arg-type]
        monthly,
        date.fromisoformat(str(until)) if until else None,
    )


def test_once() -> None:
    """A charge without repetition is due on its day alone."""
    assert list(due_days(charge("2026-11-05"), date(2027, 3, 1))) == [date(2026, 11, 5)]
    assert list(due_days(charge("2026-11-05"), date(2026, 11, 4))) == []


def test_monthly_on_the_last_day() -> None:
    """A charge of the 31st is due on the last day of a shorter month, not before."""
    days = due_days(charge("2026-10-31", monthly=True), date(2027, 3, 31))
    assert [each.isoformat() for each in days] == [
        "2026-10-31",
        "2026-11-30",
        "2026-12-31",
        "2027-01-31",
        "2027-02-28",
        "2027-03-31",
    ]


def test_ends() -> None:
    """It is due no more from the day of its end on."""
    days = due_days(
        charge("2026-09-15", monthly=True, until="2026-11-15"), date(2027, 3, 31)
    )
    assert [each.isoformat() for each in days] == ["2026-09-15", "2026-10-15"]


def test_sum_is_by_local_days() -> None:
    """It is due at the start of its local day: 23:00 UTC before it in Berlin."""
    one = charge("2026-11-05")
    last = date(2026, 11, 30)
    at = ms("2026-11-04T23:00Z")
    assert due([one], at, at + 1, last, BERLIN) == 25_000_000_000
    assert due([one], at + 1, ms("2026-12-01T00:00Z"), last, BERLIN) == 0
    twice = [charge("2026-10-05", monthly=True), one]
    since = ms("2026-11-01T00:00Z")
    assert due(twice, since, ms("2026-11-06T00:00Z"), last, BERLIN) == 50_000_000_000


@pytest.mark.parametrize(
    ("scope", "counts"),
    [
        ({}, True),
        ({"payer": ("me",)}, True),
        ({"payer": ("company",)}, False),
        ({"not_payer": ("m*",)}, False),
        ({"client": ("acme",)}, True),
        ({"client": ("other",)}, False),
        ({"not_client": ("acme",)}, False),
        ({"source": ("codex",)}, False),
        ({"provider": ("openai",)}, False),
        ({"project": ("*",)}, False),
        ({"unit": "list-usd"}, False),
        ({"unit": "tokens"}, False),
    ],
)
def test_share_in_caps(scope: dict[str, object], counts: bool) -> None:
    """It counts in dollar caps of its payer and client, and in no others."""
    cap = Cap("it", 100, "month", **scope)  # type: ignore[arg-type]
    assert has_share(cap, charge("2026-11-05", client="acme")) is counts


def test_foreign_money_is_not_added_to_dollars() -> None:
    """A charge in another currency without a rate is no part of a sum of dollars."""
    span = ms("2026-11-01T00:00"), ms("2026-12-01T00:00")
    euros = charge("2026-11-05", currency="EUR")
    assert due([euros], *span, date(2026, 12, 1), BERLIN) == 0
