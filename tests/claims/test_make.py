"""Claims made from the ledger: what is claimed, of whom, and that it adds up."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal as D
from pathlib import Path

import pytest
from bill_books import DAY, NOW, USD, at, cost
from claim_books import ACME, BERLIN, BETA, MAX, SHOP, TOYS, ClaimBooks

from tokentui.budget.bills import Bills
from tokentui.budget.by_basis import usage_on_basis
from tokentui.claims.claim import Claim, Receipt
from tokentui.claims.lines import Attached
from tokentui.ledger.connection import open_for_reading
from tokentui.periods import millis
from tokentui.queries.sums import Usage
from tokentui.settings import Allowance, Payer


@pytest.fixture
def books(ledger: Path) -> ClaimBooks:
    """Keep 10 dollars reckoned in four projects on the 10th; 8 billed for them.

    shop 5, toys 3, acme 1 and 1 that names no project.
    """
    books = ClaimBooks(ledger)
    books.spend(5, at(10), project="/home/ada/shop")
    books.spend(3, at(10), project="/home/ada/toys")
    books.spend(1, at(10), project="/home/ada/acme")
    books.spend(1, at(10))
    books.bill({10: 8})
    return books


def kinds(claim: Claim) -> dict[tuple[str | None, str], tuple[D, D]]:
    """Give the parts of the only line: whole and claimed."""
    (line,) = claim.lines
    return {(p.project, p.kind): (p.whole, p.amount) for p in line.parts}


def test_only_what_is_billed(books: ClaimBooks) -> None:
    """The line is the bill, not the estimate, which stands apart as evidence."""
    claim = books.claim()
    (line,) = claim.lines
    assert (line.key, line.basis, line.whole) == ("bill api anthropic", "billed", D(8))
    assert (line.vendor, line.payer) == ("Anthropic", "api")
    assert (claim.whole, claim.eligible, claim.claimed) == (D(8), D(8), D(8))
    (evidence,) = claim.evidence
    assert (evidence.original, evidence.requests, evidence.is_plan) == (D(10), 4, False)
    assert str(claim.claimed) == "8.00"


def test_nothing_tagged_is_nothing_split(books: ClaimBooks) -> None:
    """Without a tagged project all is claimed, and shown as untagged."""
    claim = books.claim()
    assert (claim.split.rule, claim.split.untagged) == ("none", D(8))
    assert kinds(claim) == {
        ("/home/ada/shop", "untagged"): (D(4), D(4)),
        ("/home/ada/toys", "untagged"): (D("2.40"), D("2.40")),
        ("/home/ada/acme", "untagged"): (D("0.80"), D("0.80")),
        (None, "untagged"): (D("0.80"), D("0.80")),
    }


def test_work_is_claimed(books: ClaimBooks) -> None:
    """Work is claimed by its list value; what is not is shown, unnamed, and apart."""
    books.set(SHOP, TOYS, ACME, claimant="Ada")
    claim = books.claim()
    assert kinds(claim) == {
        ("/home/ada/shop", "work"): (D(4), D(4)),
        (None, "client"): (D("0.80"), D(0)),
        (None, "untagged"): (D("0.80"), D(0)),
        (None, "personal"): (D("2.40"), D(0)),
    }
    split = claim.split
    assert (split.work, split.personal, split.client, split.untagged) == (
        D(4),
        D("2.40"),
        D("0.80"),
        D("0.80"),
    )
    (line,) = claim.lines
    assert (line.whole, line.amount, line.share) == (D(8), D(4), D("0.5"))
    assert line.parts[0].cost_centre == "K-7"
    assert (claim.whole, claim.claimed) == (D(8), D(4))


def test_agreed_share(books: ClaimBooks) -> None:
    """A share agreed on goes before the projects, and is cut to the cent."""
    books.set(SHOP, TOYS, work_share=D("0.333"))
    claim = books.claim()
    (line,) = claim.lines
    # 8 x 0.333 = 2.664
    assert (line.amount, line.share) == (D("2.66"), D("0.333"))
    assert sum(part.amount for part in line.parts) == D("2.66")
    assert all(part.project != "/home/ada/toys" for part in line.parts)


def test_parts_add_up_to_the_bill(ledger: Path) -> None:
    """Ten dollars in three equal parts are 3.34, 3.33 and 3.33."""
    books = ClaimBooks(ledger)
    for name in ("a", "b", "c"):
        books.spend(1, at(10), project=f"/{name}")
    books.bill({10: 10})
    (line,) = books.claim().lines
    assert sorted(str(part.whole) for part in line.parts) == ["3.33", "3.33", "3.34"]


def test_bill_without_usage_is_nobodys(ledger: Path) -> None:
    """What no usage explains is one unassigned part, and no project's."""
    books = ClaimBooks(ledger)
    books.bill({10: 8})
    books.set(SHOP)
    claim = books.claim()
    assert kinds(claim) == {(None, "untagged"): (D(8), D(0))}


def test_total_is_that_of_usage(ledger: Path) -> None:
    """What is claimed of a month is what `usage --basis billed` states, to the cent."""
    books = ClaimBooks(ledger)
    for number in range(1, 25):
        books.spend(0.1 + number / 7, at(number, number % 24))
    books.bill({number: round(number / 7, 9) for number in range(1, 25)})
    claim = books.claim(zone=BERLIN)
    with closing(open_for_reading(ledger)) as connection:
        bills = Bills(connection, millis(NOW))
        span = Usage(millis(at(1, 0)), millis(datetime(2026, 12, 1, tzinfo=UTC)))
        table = usage_on_basis(connection, (), span, BERLIN, bills, "billed")
    # 1/7 + ... + 24/7 = 300/7
    assert table.total.cost_nanos is not None
    assert round(D(table.total.cost_nanos) / USD, 2) == claim.whole == D("42.86")
    assert sum(day.whole for day in claim.daily) == claim.whole


def test_months_are_lines(ledger: Path) -> None:
    """A quarter's bill is a line for each month, as receipts come."""
    books = ClaimBooks(ledger)
    days = [datetime(2026, month, 3, tzinfo=UTC) for month in (9, 10)]
    costs = [cost(day, day + DAY, 5 + n) for n, day in enumerate(days)]
    books.tell("it", "anthropic", days[0], NOW, *costs)
    claim = books.claim("2026-09-01", "2026-12-01")
    assert [(line.first, line.last, line.whole) for line in claim.lines] == [
        (date(2026, 9, 1), date(2026, 9, 30), D(5)),
        (date(2026, 10, 1), date(2026, 10, 31), D(6)),
    ]


def test_fee_and_charge_need_receipts(books: ClaimBooks) -> None:
    """A plan's fee and a charge are lines on the basis of a receipt, on their day."""
    books.set(plans=(MAX,))
    books.charge(25, "2026-11-05", "vector store")
    claim = books.claim()
    assert [(line.key, line.basis, line.first, line.whole) for line in claim.lines] == [
        ("bill api anthropic", "billed", date(2026, 11, 1), D(8)),
        ("charge 1", "receipt", date(2026, 11, 5), D(25)),
        ("fee claude-max", "receipt", date(2026, 11, 12), D(100)),
    ]
    assert all("no receipt" in line.marks for line in claim.lines)
    assert (claim.claimed, claim.with_receipts, claim.without_receipts) == (
        D(133),
        D(0),
        D(133),
    )


def test_receipt(books: ClaimBooks) -> None:
    """A line with a receipt names it, and its tax; small ones may need none."""
    books.set(plans=(MAX,), receipts_from=D(50))
    receipt = Receipt("max.pdf", "ab" * 32, "INV-1")
    claim = books.claim(
        attached=[Attached("fee claude-max 2026-11-12", receipt, D(19))]
    )
    bill, fee = claim.lines
    assert (fee.receipts, fee.tax, fee.marks) == ((receipt,), D("19.00"), ())
    assert (bill.receipts, bill.tax, bill.marks) == ((), None, ())
    assert (claim.with_receipts, claim.without_receipts) == (D(100), D(8))


def test_plan_is_split_by_its_own_use(books: ClaimBooks) -> None:
    """A fee goes to projects by the usage inside the plan, not by what is billed."""
    plan = {"account": "claude_max"}
    books.config = replace(books.config, plans=(MAX,))
    books.spend(30, at(14), project="/home/ada/shop", **plan)
    books.spend(10, at(15), project="/home/ada/toys", **plan)
    books.set(SHOP, TOYS, plans=(MAX,))
    claim = books.claim()
    fee = next(line for line in claim.lines if line.key == "fee claude-max")
    assert [(part.kind, part.whole) for part in fee.parts] == [
        ("work", D(75)),
        ("personal", D(25)),
    ]
    assert fee.amount == D(75)
    # The bill is split as before, by its own 10 dollars of usage.
    bill = next(line for line in claim.lines if line.key == "bill api anthropic")
    assert bill.amount == D(4)
    books.set(SHOP, TOYS, plans=(MAX,), plan_share=D("0.9"))
    fee = next(x for x in books.claim().lines if x.key == "fee claude-max")
    assert (fee.amount, fee.share) == (D(90), D("0.9"))


def test_employers_money_is_not_claimed(books: ClaimBooks) -> None:
    """What an employer paid himself is no line, and said not to be."""
    books.config = replace(books.config, payers=(Payer("api", "employer"),))
    claim = books.claim()
    assert (claim.lines, claim.claimed, claim.evidence) == ((), D(0), ())
    assert any("what api paid" in note for note in claim.completeness.notes)


def test_named_payers_only(books: ClaimBooks) -> None:
    """With `payers` nobody else's money is claimed."""
    books.set(payers=("claude-*",), plans=(MAX,))
    assert [line.key for line in books.claim().lines] == ["fee claude-max"]


def test_estimates_alone(ledger: Path) -> None:
    """A time without any bill is a claim of nothing, with its estimates as evidence."""
    books = ClaimBooks(ledger)
    books.spend(5, at(10))
    books.spend(None, at(11))
    claim = books.claim()
    assert (claim.lines, claim.whole, claim.claimed) == ((), D(0), D(0))
    (evidence,) = claim.evidence
    assert (evidence.original, evidence.unpriced) == (D(5), 1)
    assert evidence.is_lower_bound
    assert claim.completeness.unpriced == 1
    assert claim.completeness.notes == (
        "The period has not ended yet",
        "1 response without a price in no amount",
        "Usage of api reckoned at $5.00 is billed by no account: evidence only",
    )


def test_empty_ledger(ledger: Path) -> None:
    """Nothing at all is a claim of zero, with nothing unknown made up."""
    claim = ClaimBooks(ledger).claim("2026-10-01", "2026-11-01")
    assert (claim.whole, claim.claimed, claim.lines, claim.evidence) == (0, 0, (), ())
    assert claim.completeness.as_of is None
    assert len(claim.daily) == 31


def test_open_bill_is_marked(books: ClaimBooks) -> None:
    """A bill of which more may come says so."""
    books.bill({10: 8}, settled=9)
    (line,) = books.claim().lines
    assert line.marks == ("bill not settled yet", "no receipt")


def test_reading_by_hand(ledger: Path) -> None:
    """What a person read off a page is a bill, and says who says so."""
    books = ClaimBooks(ledger)
    books.spend(5, at(10))
    books.read_page("api", 7.5, NOW)
    (line,) = books.claim().lines
    assert (line.key, line.vendor, line.whole) == ("bill api", "api", D("7.50"))
    assert "entered by hand" in line.marks


# Currencies

RATES = (("2026-11-10", "USD", "1.25"), ("2026-11-20", "USD", "1.60"))


def test_claim_date_rate(books: ClaimBooks) -> None:
    """One rate, of the last day that has been: 8 / 1.6 = 5 euros."""
    books.know(*RATES)
    books.set(currency="EUR")
    claim = books.claim()
    (line,) = claim.lines
    assert (line.original, line.original_currency, line.whole) == (D(8), "USD", D(5))
    assert line.rate is not None
    assert (line.rate.value, line.rate.day) == (D("0.625"), date(2026, 11, 20))
    assert (line.rate.source, line.rate.is_provisional) == ("ECB", False)
    (evidence,) = claim.evidence
    assert (evidence.original, evidence.amount) == (D(10), D("6.25"))


def test_rate_stays_when_time_goes_on(books: ClaimBooks) -> None:
    """A month that is over has the rate of its last day, whenever it is asked."""
    books.know(*RATES, ("2026-12-09", "USD", "1.5"))
    books.set(currency="EUR")
    later = books.claim(now=datetime(2026, 12, 10, tzinfo=UTC))
    (line,) = later.lines
    assert line.rate is not None
    assert (line.whole, line.rate.day) == (D(5), date(2026, 11, 20))


def test_per_day_rate(books: ClaimBooks) -> None:
    """Each day at its own rate: 8 / 1.25 on the 10th, 16 / 1.60 on the 21st."""
    books.know(*RATES)
    books.bill({10: 8, 21: 16})
    books.set(currency="EUR", rate="per-day")
    claim = books.claim()
    assert [(x.first, x.last, x.whole) for x in claim.lines] == [
        (date(2026, 11, 10), date(2026, 11, 10), D("6.40")),
        (date(2026, 11, 21), date(2026, 11, 21), D(10)),
    ]
    assert claim.whole == D("16.40")


def test_rounded_once(ledger: Path) -> None:
    """Three days of a third of a cent are a cent together, not nothing thrice."""
    books = ClaimBooks(ledger)
    books.know(("2026-11-01", "USD", "1"))
    books.bill({3: 0.004, 4: 0.004, 5: 0.004})
    books.set(currency="EUR", rate="per-day")
    claim = books.claim()
    assert claim.whole == D("0.01")
    assert sum(line.whole for line in claim.lines) == D("0.01")


def test_documents_are_rounded_by_themselves(ledger: Path) -> None:
    """Three charges of 10 dollars at 1.5 are 6.67 each, as who checks them finds."""
    books = ClaimBooks(ledger)
    books.know(("2026-11-20", "USD", "1.5"))
    books.set(currency="EUR")
    for day in ("01", "02", "03"):
        books.charge(10, f"2026-11-{day}", "a seat")
    claim = books.claim()
    assert [line.whole for line in claim.lines] == [D("6.67")] * 3
    assert claim.whole == D("20.01")
    assert sum(day.whole for day in claim.daily) == D("20.01")
    assert claim.explanation is not None
    assert claim.explanation.whole_now == D("20.01")


def test_old_rate_is_provisional(books: ClaimBooks) -> None:
    """A rate more than a week older than the claim marks the line."""
    books.know(RATES[0])
    books.set(currency="EUR")
    (line,) = books.claim().lines
    assert "provisional rate" in line.marks
    assert line.rate is not None
    assert line.rate.is_provisional


def test_no_rate_is_no_line(books: ClaimBooks) -> None:
    """Without a rate nothing is made up: the amount is named, and in no sum."""
    books.set(currency="EUR")
    claim = books.claim()
    assert (claim.lines, claim.whole) == ((), D(0))
    assert "$8.00 to Anthropic" in claim.completeness.notes[0]
    assert "no exchange rate to EUR" in claim.completeness.notes[0]
    (evidence,) = claim.evidence
    assert (evidence.original, evidence.amount) == (D(10), None)


def test_card_statement(books: ClaimBooks) -> None:
    """What the card's statement says is the amount; its rate is 2 % above the ECB's."""
    books.know(*RATES)
    books.set(currency="EUR")
    receipt = Receipt("card.pdf", "cd" * 32)
    attached = Attached("bill api anthropic 2026-11-01", receipt, paid=D("5.10"))
    (line,) = books.claim(attached=[attached]).lines
    assert (line.whole, line.amount) == (D("5.10"), D("5.10"))
    assert line.rate is not None
    assert (line.rate.value, line.rate.source) == (D("0.6375"), "card statement")
    assert line.rate.spread == D("0.02")


def test_bill_in_other_money(books: ClaimBooks) -> None:
    """A bill in euros is a line of its own, exchanged like all others."""
    books.know(*RATES)
    books.tell("it", "moonshot", at(1, 0), NOW, cost(at(5, 0), at(6, 0), 10, "EUR"))
    lines = {line.key: line for line in books.claim().lines}
    line = lines["bill api moonshot EUR"]
    assert (line.original, line.original_currency, line.whole) == (D(10), "EUR", D(16))


def test_yen_have_no_cents(books: ClaimBooks) -> None:
    """Amounts have as many decimals as their currency: 8 x 160 / 1.6 = 800."""
    books.know(*RATES, ("2026-11-20", "JPY", "160"))
    books.set(currency="JPY")
    assert str(books.claim().whole) == "800"


# Allowances

HALF = Allowance("half", D("0.5"), D(1000))


@pytest.mark.parametrize(
    ("spent", "before", "expected"),
    [
        (1500, 0, "750.00"),
        (2400, 0, "1000.00"),
        (600, 800, "200.00"),
        (9, 1000, "0.00"),
    ],
)
def test_half_up_to_a_thousand(
    ledger: Path, spent: int, before: int, expected: str
) -> None:
    """The employer pays half, up to 1,000 a year, of which some may be used."""
    books = ClaimBooks(ledger)
    books.config = replace(books.config, allowances=(HALF,))
    books.bill({3: 2 * before})
    earlier = [books.claim("2026-11-01", "2026-11-05")] if before else []
    books.bill({10: spent})
    claim = books.claim("2026-11-05", "2026-12-01", earlier=earlier)
    assert str(claim.claimed) == expected
    (allowance,) = claim.allowances
    assert (allowance.eligible, allowance.used) == (D(spent), D(before))
    assert allowance.left == 1000 - before - D(expected)
    assert (allowance.first, allowance.last) == (date(2026, 1, 1), date(2026, 12, 31))


def test_allowance_of_some_payers(books: ClaimBooks) -> None:
    """Lines of other payers are claimed as they are."""
    rule = Allowance("plans", D("0.5"), D(1000), payers=("claude-*",))
    books.config = replace(books.config, allowances=(rule,), plans=(MAX,))
    claim = books.claim()
    assert (claim.eligible, claim.claimed) == (D(108), D(58))


def test_new_year_new_limit(ledger: Path) -> None:
    """What was claimed of last year's limit leaves this year's whole."""
    books = ClaimBooks(ledger)
    books.config = replace(books.config, allowances=(replace(HALF, per="month"),))
    books.bill({10: 100})
    october = books.claim("2026-10-01", "2026-11-01")
    used = replace(october.allowances[0], claimed=D(900))
    earlier = [replace(october, allowances=(used,))]
    (allowance,) = books.claim(earlier=earlier).allowances
    assert (allowance.used, allowance.claimed) == (D(0), D(50))


# Clients


def test_claim_for_a_client(books: ClaimBooks) -> None:
    """A client pays his part by list value, and sees nobody else by name."""
    books.spend(5, at(12), project="/home/ada/beta", endpoint="bedrock")
    books.set(SHOP, TOYS, ACME, BETA)
    books.charge(25, "2026-11-05", "GPU for beta", "beta")
    books.charge(7, "2026-11-06", "seat", "acme")
    claim = books.claim(client="acme")
    assert [(x.key, x.amount) for x in claim.lines] == [
        ("bill api anthropic", D("0.80")),
        ("charge 2", D(7)),
    ]
    assert [(p.kind, p.project, p.whole) for p in claim.lines[0].parts] == [
        ("client", "/home/ada/acme", D("0.80")),
        ("untagged", None, D("0.80")),
        ("other", None, D("6.40")),
    ]
    text = repr(claim)
    for name in ("beta", "shop", "toys", "GPU"):
        assert name not in text
    assert claim.recharge is not None
    assert (claim.recharge.rule, claim.claimed) == ("disbursement", D("7.80"))
    assert claim.active_seconds == 900


def test_markup(books: ClaimBooks) -> None:
    """A markup is added once, to the sum: 0.80 and 12.5 % of it are 0.90."""
    books.set(ACME)
    claim = books.claim(client="acme", markup=D("0.125"))
    assert claim.recharge is not None
    assert (claim.recharge.cost, claim.recharge.added) == (D("0.80"), D("0.10"))
    assert claim.claimed == D("0.90")


def test_client_of_whom_nothing_is_known(books: ClaimBooks) -> None:
    """A client without usage is charged nothing."""
    books.set(ACME)
    claim = books.claim(client="nobody")
    assert (claim.lines, claim.claimed, claim.evidence) == ((), D(0), ())


# What explains it


def test_explained(ledger: Path) -> None:
    """A model's change is parted into volume at the old price, and the rest.

    One response each is a token here: 4 dollars for one before, 10 for two now. One
    more token at 4 is volume; that both cost 5 is price.
    """
    books = ClaimBooks(ledger)
    october = datetime(2026, 10, 10, 10, tzinfo=UTC)
    books.spend(4, october)
    books.spend(5, at(10))
    books.spend(5, at(11))
    books.tell("it", "anthropic", october - DAY, NOW, cost(october, october + DAY, 3),
               cost(at(10), at(11), 9))  # fmt: skip
    explanation = books.claim().explanation
    assert explanation is not None
    assert (explanation.first, explanation.last) == (
        date(2026, 10, 1),
        date(2026, 10, 31),
    )
    assert (explanation.whole_before, explanation.whole_now) == (D(3), D(9))
    (cause,) = explanation.causes
    assert (cause.before, cause.now, cause.by_volume, cause.by_price) == (
        D(4),
        D(10),
        D(4),
        D(2),
    )


def test_before_a_week_is_a_week(books: ClaimBooks) -> None:
    """What is no month is compared with as many days before."""
    explanation = books.claim("2026-11-09", "2026-11-16").explanation
    assert explanation is not None
    assert (explanation.first, explanation.last) == (
        date(2026, 11, 2),
        date(2026, 11, 8),
    )


def test_daily(books: ClaimBooks) -> None:
    """Each day up to now has what was billed and what the usage is worth."""
    claim = books.claim()
    days = {day.day.day: (day.whole, day.estimate) for day in claim.daily}
    assert days[10] == (D(8), D(10))
    assert days[9] == (D(0), D(0))
    assert max(days) == 25
