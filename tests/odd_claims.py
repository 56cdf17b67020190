"""Claims that are not as usual: empty, hostile, a client's, very long."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import sample_claims

from tokentui.claims.claim import (
    Claim,
    Completeness,
    Daily,
    Evidence,
    Line,
    Part,
    Person,
    Rate,
    Receipt,
    Recharge,
    Split,
    Subtotal,
)
from tokentui.claims.document import lines_sha256

FORMULA = '=cmd|"/c calc"!A1'
TAG = "<script>alert(1)</script>"
MARKUP = "**bold** [link](javascript:alert(1)) `code` | cell"
QUOTES = 'say "no"\\ and\n2026-01-01 open Assets:Evil'
GLYPHS = "売上 ƛ 🦀 \U000f0000"
BIDI = "\u202eevil\u2066"
HOSTILE = (FORMULA, "+1", "-2+3", "@SUM(A1)", TAG, MARKUP, QUOTES, GLYPHS, BIDI)


def empty() -> Claim:
    """Give a statement of a month with nothing claimable: estimates alone."""
    nothing = D("0.00")
    return replace(
        sample_claims.claim(),
        status="statement",
        number=None,
        claimant=Person(None),
        employer=None,
        cost_centre=None,
        purpose=None,
        lines=(),
        whole=nothing,
        eligible=nothing,
        claimed=nothing,
        with_receipts=nothing,
        without_receipts=nothing,
        split=Split(
            "none", None, "none", None, nothing, nothing, nothing, nothing, nothing
        ),
        allowances=(),
        active_seconds=None,
        by_vendor=(),
        by_project=(),
        explanation=None,
        daily=(),
        lines_sha256=lines_sha256(()),
    )


def hostile() -> Claim:
    """Give a claim each of whose texts is an attack or nothing but trouble."""
    made = sample_claims.claim()
    api, plan = made.lines
    projects = {"/home/ada/shop": f"/x/{FORMULA}", "/home/ada/toys": f"/x/{TAG}"}

    def parts(line: Line) -> tuple[Part, ...]:
        return tuple(
            replace(part, project=projects.get(part.project or ""), client=MARKUP)
            for part in line.parts
        )

    lines = (
        replace(
            api,
            key="bill =1 <b>",
            vendor=FORMULA,
            payer=QUOTES,
            description=TAG,
            parts=parts(api),
            marks=(MARKUP, "=1+1"),
        ),
        replace(
            plan,
            vendor=QUOTES,
            payer="@SUM(A1)",
            description=GLYPHS,
            parts=parts(plan),
            receipts=(Receipt(f"{BIDI}.pdf", "cd" * 32, '=HYPERLINK("x")'),),
        ),
    )
    return replace(
        made,
        claimant=Person(TAG, FORMULA, "-2+3"),
        employer=MARKUP,
        cost_centre="=1",
        purpose=QUOTES,
        lines=lines,
        allowances=(replace(made.allowances[0], name=TAG),),
        by_vendor=(
            Subtotal(FORMULA, D("140.98"), D("105.73")),
            Subtotal(QUOTES, D("119.00"), D("119.00")),
        ),
        by_project=tuple(
            replace(each, name=projects.get(each.name or ""))
            for each in made.by_project
        ),
        evidence=tuple(
            replace(each, vendor=TAG, payer=FORMULA, model=text)
            for each, text in zip(made.evidence, (QUOTES, BIDI), strict=True)
        ),
        completeness=Completeness(
            "2026-10-31", (TAG, "- item"), 0, 0, 0, 0, (MARKUP, "1. one", "=== a")
        ),
        price_book=TAG,
        lines_sha256=lines_sha256(lines),
    )


def of_client() -> Claim:
    """Give a client's: 100.00 dollars at cost, charged with a markup of ten percent."""
    made = sample_claims.claim()
    part = Part("/home/ada/acme", "client", D("100.00"), D("100.00"), "acme")
    line = replace(
        made.lines[0],
        original=D("100.00"),
        rate=None,
        whole=D("100.00"),
        share=D(1),
        amount=D("100.00"),
        parts=(part,),
    )
    nothing, hundred = D("0.00"), D("100.00")
    return replace(
        made,
        number="2026-002",
        supersedes="2026-001",
        client="acme",
        currency="USD",
        lines=(line,),
        whole=hundred,
        eligible=hundred,
        claimed=D("110.00"),
        with_receipts=nothing,
        without_receipts=hundred,
        split=Split(
            "projects",
            None,
            "projects",
            None,
            nothing,
            nothing,
            hundred,
            nothing,
            nothing,
        ),
        allowances=(),
        recharge=Recharge("recharge", D("0.1"), hundred, D("10.00")),
        by_vendor=(Subtotal("Anthropic", hundred, hundred),),
        by_project=(Subtotal("/home/ada/acme", hundred, hundred),),
        explanation=None,
        daily=(Daily(date(2026, 10, 1), hundred, None),),
        lines_sha256=lines_sha256((line,)),
    )


def long(count: int) -> Claim:
    """Give a claim of many lines: 1.00 and n cents in line n, half of it claimed."""
    rate = Rate(D("0.5"), date(2026, 10, 30), "ECB")
    lines = []
    for n in range(1, count + 1):
        original = D(200 + 2 * n).scaleb(-2)
        whole = D(100 + n).scaleb(-2)
        amount = D((100 + n) // 2).scaleb(-2)
        rest = whole - amount
        lines.append(
            Line(
                number=n,
                key=f"charge {n}",
                first=date(2026, 10, 1 + n % 31),
                last=date(2026, 10, 1 + n % 31),
                vendor=("Anthropic", "OpenAI", "Cursor")[n % 3],
                payer="me",
                description=f"Top-up of credits, number {n}",
                basis="receipt",
                original=original,
                original_currency="USD",
                rate=rate,
                whole=whole,
                share=D("0.5"),
                amount=amount,
                parts=(
                    Part(f"/home/ada/p{n % 7}", "work", amount, amount, None, "K-7"),
                    Part("/home/ada/toys", "personal", rest, D("0.00")),
                ),
                receipts=(Receipt(f"r{n}.pdf", f"{n:064x}", f"INV-{n}"),),
            )
        )
    whole = sum((line.whole for line in lines), D("0.00"))
    amount = sum((line.amount for line in lines), D("0.00"))
    nothing = D("0.00")
    evidence = tuple(
        Evidence("Anthropic", "api", f"m{n}", "me", False, n, n, D(n), D(n))
        for n in range(1, 40)
    )
    return replace(
        sample_claims.claim(),
        lines=tuple(lines),
        whole=whole,
        eligible=amount,
        claimed=amount,
        with_receipts=amount,
        without_receipts=nothing,
        split=Split(
            "share",
            D("0.5"),
            "share",
            None,
            amount,
            whole - amount,
            nothing,
            nothing,
            nothing,
        ),
        allowances=(),
        by_vendor=(Subtotal("all", whole, amount),),
        by_project=(Subtotal("all", whole, amount),),
        evidence=evidence,
        lines_sha256=lines_sha256(lines),
    )
