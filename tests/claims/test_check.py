"""What stops a claim: what is missing, what may change, what was claimed before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest
from sample_claims import claim

from tokentui.claims.check import is_same, problems, twice, warnings
from tokentui.claims.claim import Completeness, Line, Part, Person

API, PLAN = claim().lines
CLEAN = replace(
    claim(),
    lines=(replace(API, marks=()), PLAN),
    completeness=Completeness("2026-10-31T22:10:00+01:00", (), 0, 0, 0, 0, ()),
)


def test_nothing_stops_it() -> None:
    """With receipts, a settled bill and fresh accounts there is nothing to do."""
    assert problems(CLEAN, []) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"lines": ()}, "nothing to claim"),
        ({"claimant": Person(None)}, "nobody claims it"),
        (
            {"lines": (replace(API, marks=("no receipt",)),)},
            "no receipt, `tokentui claim attach FILE --line 1`",
        ),
        ({"lines": (replace(API, marks=("provisional rate",)),)}, "provisional rate"),
        ({"lines": (replace(API, marks=("bill not settled yet",)),)}, "not settled"),
    ],
)
def test_stops(change: dict[str, object], says: str) -> None:
    """Each lack is one sentence that says what to do."""
    (problem,) = problems(replace(CLEAN, **change), [])  # type: ignore[arg-type]
    assert says in problem


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"stale": ("work, stale since 2026-10-30",)}, "account work, stale since"),
        ({"unpriced": 2}, "2 responses without a price"),
        ({"notes": ("5.00 EUR in no line: no exchange rate to USD",)}, "no exchange"),
        ({"notes": ("The period has not ended yet",)}, "not ended"),
    ],
)
def test_ledger_does_not_know(change: dict[str, object], says: str) -> None:
    """What the ledger does not know stops it, too."""
    known = replace(CLEAN.completeness, **change)  # type: ignore[arg-type]
    (problem,) = problems(replace(CLEAN, completeness=known), [])
    assert says in problem


def test_no_receipt_for_what_is_not_claimed() -> None:
    """A line of which nothing is claimed needs no receipt."""
    line = replace(API, amount=D(0), marks=("no receipt",))
    assert problems(replace(CLEAN, lines=(line,)), []) == []


def test_warnings() -> None:
    """What is untagged or entered by hand is told, and stops nothing."""
    assert warnings(CLEAN) == ["7.05 EUR untagged: `tokentui project list` shows what"]
    by_hand = replace(CLEAN, lines=(replace(API, marks=("entered by hand",)),))
    assert any("by hand" in text for text in warnings(by_hand))
    assert problems(by_hand, []) == []


def line(key: str, first: int, last: int, *parts: Part) -> Line:
    """Claim something of October."""
    days = date(2026, 10, first), date(2026, 10, last)
    return replace(API, key=key, first=days[0], last=days[1], parts=parts)


SHOP = Part("/shop", "work", D(5), D(5))
UNPAID = replace(SHOP, amount=D(0))
CLIENTS = replace(SHOP, kind="client")
NOBODYS = replace(SHOP, project=None)
ACME = Part("/acme", "client", D(5), D(5), "acme")
BILL = "bill api anthropic"


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        (line(BILL, 1, 31, SHOP), line(BILL, 1, 31, SHOP), True),
        (line(BILL, 1, 15, SHOP), line(BILL, 15, 31, SHOP), True),
        (line(BILL, 1, 14, SHOP), line(BILL, 15, 31, SHOP), False),
        (line(BILL, 1, 31, SHOP), line("bill api openai", 1, 31, SHOP), False),
        (line(BILL, 1, 31, SHOP), line("bill api", 1, 31, SHOP), True),
        (line("fee claude", 1, 31, SHOP), line("fee claude-max", 1, 31, SHOP), False),
        (line(BILL, 1, 31, SHOP), line(BILL, 1, 31, ACME), False),
        (line(BILL, 1, 31, SHOP), line(BILL, 1, 31, CLIENTS), True),
        (line(BILL, 1, 31, SHOP), line(BILL, 1, 31, UNPAID), False),
        (line(BILL, 1, 31, NOBODYS), line(BILL, 1, 31, SHOP), False),
    ],
)
def test_same_money(mine: Line, theirs: Line, expected: bool) -> None:
    """The same bill of the same days for the same project is claimed twice."""
    assert is_same(mine, theirs) == expected
    assert is_same(theirs, mine) == expected


def test_twice_names_lines_and_claim() -> None:
    """What was claimed before is named, and where."""
    assert list(twice(CLEAN, [claim()])) == [
        "lines 1-2 (Anthropic): claimed before, in 2026-001"
    ]


def test_many_lines_are_one_sentence() -> None:
    """A month of days without a receipt is one thing to do, not thirty."""
    rows = [replace(API, number=n, vendor="Z ai") for n in (1, 2, 3, 7, 9, 10)]
    assert problems(replace(CLEAN, lines=tuple(rows)), []) == [
        "lines 1-3, 7, 9-10 (Z ai): no receipt,"
        " `tokentui claim attach FILE --vendor 'Z ai'`"
    ]
