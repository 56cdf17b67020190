"""A claim composed by hand, whose figures were added up by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

from tokentui.claims.claim import (
    Allowance,
    Cause,
    Claim,
    Completeness,
    Daily,
    Evidence,
    Explanation,
    Line,
    Part,
    Person,
    Rate,
    Receipt,
    Split,
    Subtotal,
)
from tokentui.claims.document import lines_sha256

OCTOBER = date(2026, 10, 1), date(2026, 10, 31)

API = Line(
    number=1,
    key="bill api anthropic",
    first=OCTOBER[0],
    last=OCTOBER[1],
    vendor="Anthropic",
    payer="api",
    description="Claude API, October 2026",
    basis="billed",
    original=D("157.50"),
    original_currency="USD",
    rate=Rate(D("0.8951"), date(2026, 10, 30), "ECB"),
    whole=D("140.98"),
    share=D("0.75"),
    amount=D("105.73"),
    parts=(
        Part("/home/ada/shop", "work", D("105.73"), D("105.73"), None, "K-7"),
        Part("/home/ada/toys", "personal", D("28.20"), D("0.00")),
        Part(None, "untagged", D("7.05"), D("0.00")),
    ),
    marks=("no receipt",),
)
PLAN = Line(
    number=2,
    key="fee claude-max",
    first=date(2026, 10, 12),
    last=date(2026, 10, 12),
    vendor="Anthropic",
    payer="claude-max",
    description="claude-max, from 2026-10-12",
    basis="receipt",
    original=D("119.00"),
    original_currency="EUR",
    rate=None,
    whole=D("119.00"),
    share=D(1),
    amount=D("119.00"),
    tax=D("19.00"),
    parts=(Part("/home/ada/shop", "work", D("119.00"), D("119.00"), None, "K-7"),),
    receipts=(Receipt("max.pdf", "ab" * 32, "INV-1234"),),
)


def claim() -> Claim:
    """Give October: 259.98 in all, 224.73 of it eligible, half of that asked for."""
    lines = API, PLAN
    return Claim(
        status="saved",
        number="2026-001",
        supersedes=None,
        superseded_by=None,
        made_at="2026-11-02T09:00:00+01:00",
        first=OCTOBER[0],
        last=OCTOBER[1],
        timezone="Europe/Berlin",
        claimant=Person("Ada Example", "ada@example.com", "E-17"),
        employer="Example GmbH",
        cost_centre="K-7",
        purpose="Coding agents for the shop's release",
        client=None,
        currency="EUR",
        rate_rule="claim-date",
        lines=lines,
        whole=D("259.98"),
        eligible=D("224.73"),
        claimed=D("112.36"),
        with_receipts=D("119.00"),
        without_receipts=D("105.73"),
        split=Split(
            "projects",
            None,
            "projects",
            None,
            D("224.73"),
            D("28.20"),
            D("0.00"),
            D("7.05"),
            D("0.00"),
        ),
        allowances=(
            Allowance(
                "learning",
                D("0.5"),
                D("1000.00"),
                "year",
                date(2026, 1, 1),
                date(2026, 12, 31),
                ("*",),
                D("224.73"),
                D("800.00"),
                D("112.36"),
                D("87.64"),
            ),
        ),
        recharge=None,
        active_seconds=36_000,
        by_vendor=(Subtotal("Anthropic", D("259.98"), D("224.73")),),
        by_project=(
            Subtotal("/home/ada/shop", D("224.73"), D("224.73")),
            Subtotal("/home/ada/toys", D("28.20"), D("0.00")),
            Subtotal(None, D("7.05"), D("0.00")),
        ),
        evidence=(
            Evidence(
                "Anthropic",
                "api",
                "claude-opus-5-5",
                "me",
                False,
                300,
                4_000_000,
                D("160.25"),
                D("143.44"),
            ),
            Evidence(
                "Anthropic",
                "claude-max",
                "claude-opus-5-5",
                "me",
                True,
                900,
                40_000_000,
                D("410.00"),
                D("366.99"),
                unpriced=2,
                is_lower_bound=True,
            ),
        ),
        explanation=Explanation(
            date(2026, 9, 1),
            date(2026, 9, 30),
            D("200.00"),
            D("259.98"),
            (Subtotal("Anthropic", D("200.00"), D("259.98")),),
            (
                Cause(
                    "Anthropic",
                    "claude-opus-5-5",
                    D("100.00"),
                    D("160.00"),
                    D("50.00"),
                    D("10.00"),
                ),
            ),
        ),
        daily=(
            Daily(date(2026, 10, 1), D("140.98"), D("510.43")),
            Daily(date(2026, 10, 12), D("119.00"), None),
        ),
        completeness=Completeness(
            "2026-10-31T22:10:00+01:00",
            ("work since 2026-10-30",),
            2,
            1,
            3,
            0,
            ("2 responses have no known price and are in no amount.",),
        ),
        price_book="genai-prices 0.2.3",
        generator="tokentui 0.1.0",
        lines_sha256=lines_sha256(lines),
    )


def draft() -> Claim:
    """Give the same before it was saved."""
    return replace(claim(), status="draft", number=None)
