"""`tokentui reading` and `charge`: what a person enters, and what caps make of it."""

from __future__ import annotations

from pathlib import Path

import billing
import pytest
from asking import Ask


def test_reading_stands_in_for_estimates(ask: Ask, logs: object) -> None:
    """The page says 3.50 where 2.27255 was reckoned, and the cap counts that."""
    ask("cap", "set", "10")
    done = ask("reading", "add", "api", "3.50")
    assert done.out == (
        "api: $3.50 from 2026-11-01T00:00:00+00:00 to 2026-11-20T12:00:00+00:00\n"
    )
    (cap,) = ask("cap", "list", "--json").document["rows"]
    assert (cap["spent"], cap["left"]) == (3.5, 6.5)
    assert cap["basis"]["billed_usd"] == 3.5
    assert cap["basis"]["estimate_usd"] == 0


def test_reading_is_listed_replaced_and_removed(ask: Ask, logs: object) -> None:
    """A later reading of the month replaces the first; removed, estimates are back."""
    ask("cap", "set", "10")
    ask("reading", "add", "api", "3.50", "--until", "2026-11-19")
    ask("reading", "add", "api", "4")
    assert ask("reading", "list", "--json").document == {
        "kind": "readings",
        "rows": [
            {
                "payer": "api",
                "since": "2026-11-01T00:00:00+00:00",
                "until": "2026-11-20T12:00:00+00:00",
                "usd": 4,
                "amount": 4,
                "currency": "USD",
            }
        ],
    }
    assert ask("reading", "remove", "api").out == "api: removed $4.00\n"
    (cap,) = ask("cap", "list", "--json").document["rows"]
    assert (cap["spent"], cap["basis"]["billed_usd"]) == (2.27255, None)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("nobody", "3"), "no payer 'nobody'; there are: api"),
        (("api", "three"), "no amount of dollars"),
        (
            ("api", "3", "--since", "2026-12-01"),
            "--since is not before --until and now",
        ),
    ],
)
def test_reading_refused(
    ask: Ask, logs: object, words: tuple[str, ...], says: str
) -> None:
    """What cannot be meant is refused in words, and nothing is kept."""
    ask("refresh")
    done = ask("reading", "add", *words)
    assert (done.code, says in done.err) == (2, True)
    assert ask("reading", "list", "--json").document["rows"] == []


def test_reading_that_reaches_into_another(ask: Ask, logs: object) -> None:
    """Two readings of the same days would count twice, so the second is refused."""
    ask("reading", "add", "api", "3")
    done = ask("reading", "add", "api", "2", "--since", "2026-11-10")
    assert done.code == 2
    assert "another reading holds a part of that time" in done.err


def test_older_month_leaves_the_newer(ask: Ask, logs: object) -> None:
    """What October cost can be entered after November, and both stand."""
    ask("cap", "set", "1000", "--per", "year")
    ask("reading", "add", "api", "3.50")
    ask("reading", "add", "api", "40", "--since", "2026-10-01", "--until", "2026-11-01")
    rows = ask("reading", "list", "--json").document["rows"]
    assert [(row["since"][:10], row["usd"]) for row in rows] == [
        ("2026-10-01", 40),
        ("2026-11-01", 3.5),
    ]
    assert ask("cap", "list", "--json").document["rows"][0]["spent"] == 43.5


def test_shorter_reading_loses_nothing(ask: Ask, logs: object) -> None:
    """One that ends earlier than another is refused, and the longer one stands."""
    ask("cap", "set", "10")
    ask("reading", "add", "api", "3.50")
    for since in ("2026-11-01", "2026-10-20"):
        words = ("--since", since, "--until", "2026-11-10")
        assert ask("reading", "add", "api", "2", *words).code == 2
    assert ask("cap", "list", "--json").document["rows"][0]["spent"] == 3.5


def test_plan_has_no_reading(ask: Ask, logs: object) -> None:
    """What a flat plan costs is its fee, so that it takes no reading."""
    ask("refresh")
    done = ask("reading", "add", "chatgpt-plus", "3")
    assert done.code == 2


def test_charge_counts_until_removed(ask: Ask, logs: object) -> None:
    """A charge of 25 counts in today's cap, is listed, and is gone when removed."""
    ask("cap", "set", "100", "--per", "day")
    before = ask("cap", "list", "--json").document["rows"][0]["spent"]
    done = ask("charge", "add", "25", "--what", "vector store", "--client", "acme")
    assert done.out == "charge 1: $25.00 for vector store on 2026-11-20\n"
    cap = ask("cap", "list", "--json").document["rows"][0]
    assert cap["spent"] == pytest.approx(before + 25, abs=1e-9)
    assert cap["basis"]["charges_usd"] == 25
    assert ask("charge", "list", "--json").document["rows"] == [
        {
            "id": 1,
            "day": "2026-11-20",
            "usd": 25,
            "amount": 25,
            "currency": "USD",
            "what": "vector store",
            "payer": "me",
            "client": "acme",
            "every": None,
            "until": None,
        }
    ]
    assert ask("charge", "remove", "1").out == "charge 1: removed\n"
    assert ask("cap", "list", "--json").document["rows"][0]["spent"] == before
    assert ask("charge", "remove", "1").code == 2


def test_charge_of_odd_text(ask: Ask, logs: object) -> None:
    """Text that a terminal would obey is refused."""
    done = ask("charge", "add", "25", "--what", "a\x1b[2Jb")
    assert (done.code, "\x1b" in done.err) == (2, False)
    done = ask("charge", "add", "-5", "--what", "refund")
    assert done.code == 2


def test_payer_of_other_months_is_left_out(
    ask: Ask, logs: object, ledger: Path
) -> None:
    """Who was billed in October only is no payer of November."""
    ask("refresh")
    october = billing.cost("2026-10-18", 700)
    billing.state(ledger, "2026-10-01", "2026-11-01", october, payer="claude-plan")
    payers = ask("status", "--json").document["payers"]
    assert [each["payer"] for each in payers] == ["api"]


@pytest.mark.parametrize("day", ["0001-01-01", "1969-12-31", "9999-12-31"])
def test_charge_of_no_time(ask: Ask, logs: object, day: str) -> None:
    """A day that no ledger has is refused in words."""
    done = ask("charge", "add", "5", "--what", "x", "--every", "month", "--on", day)
    assert done.code == 2
    assert "--on takes a day from 1970 to 2999" in done.err


def test_explained(ask: Ask, logs: object) -> None:
    """`cap list --explain` says line by line what adds up to what counts."""
    ask("cap", "set", "10")
    ask("reading", "add", "api", "3.50")
    ask("charge", "add", "2", "--what", "seat")
    lines = ask("cap", "list", "--explain").lines
    assert lines[lines.index("  estimates at list prices $2.27") + 1 :][:4] == [
        "  - $2.27 of estimates that bills stand for",
        "  + $3.50 billed",
        "  + $2.00 charges",
        "  = $5.50 counted",
    ]


def test_usage_on_other_bases(ask: Ask, logs: object) -> None:
    """`usage --basis` states the reading: 3.50 billed, and as caps count it."""
    ask("cap", "set", "10")
    ask("reading", "add", "api", "3.50")
    document = ask("usage", "--basis", "cap", "--period", "month", "--json").document
    (cap,) = ask("cap", "list", "--json").document["rows"]
    assert document["basis"] == "cap"
    assert document["total"]["cost_usd"] == cap["spent"] == 3.5
    words = ("--basis", "billed", "--by", "payer", "--period", "month", "--json")
    (row,) = ask("usage", *words).document["rows"]
    assert (row["payer"], row["cost_usd"]) == ("api", 3.5)


@pytest.mark.parametrize("words", [("--by", "model"), ("--project", "acme")])
def test_bases_that_cannot_be_told_apart(
    ask: Ask, logs: object, words: tuple[str, ...]
) -> None:
    """No bill tells projects or models apart here, and none is invented."""
    done = ask("usage", "--basis", "billed", *words)
    assert done.code == 2
    assert "--basis billed cannot be told apart by" in done.err


def test_payers_pay_what_caps_count(ask: Ask, logs: object) -> None:
    """`status` states what a cap on each payer counts, with bills and charges."""
    ask("cap", "set", "10", "--payer", "api")
    ask("reading", "add", "api", "3.50", "--until", "2026-11-20")
    ask("charge", "add", "25", "--what", "vector store")
    document = ask("status", "--json").document
    paid = {
        each["payer"]: (each["paid_usd"], each["billed_usd"], each["evidence"])
        for each in document["payers"]
    }
    (cap,) = document["caps"]
    assert paid["api"][:2] == (cap["spent"], 3.5)
    assert paid["me"] == (25, None, ["charge"])
    # 2.00 reckoned until the 20th and 0.27255 after it, which count 1.75 times.
    assert cap["spent"] == 3.976962500
    text = ask("status").out
    assert "payer   me: $25.00 to pay, by charge" in text
    assert "$3.98 to pay, $3.50 of it billed" in text


def test_bill_in_other_money_is_said(ask: Ask, logs: object, ledger: Path) -> None:
    """What is billed in yuan is in no sum of dollars, and every face says so."""
    ask("cap", "set", "10")
    ask("refresh")
    yuan = billing.cost("2026-11-18", 1_250, currency="CNY")
    billing.state(ledger, "2026-11-01", "2026-11-20", yuan, account="ds")
    says = "account ds: 12.50 CNY billed not counted: no exchange rate"
    month = ("--basis", "cap", "--period", "month")
    for words in (("status",), ("cap", "list"), ("usage", *month)):
        assert says in ask(*words, "--json").document["warnings"]
        done = ask(*words)
        assert says in done.out + done.err
    assert ask("cap", "list", "--json").document["rows"][0]["spent"] == 2.27255


def test_bill_in_other_money_counts_at_its_rate(
    ask: Ask, logs: object, ledger: Path
) -> None:
    """With rates 12.50 yuan are 12.50 / 8.8 x 1.1 = 1.5625 dollars, on every face.

    They stand in place of the estimates of the day that they are billed for: none.
    """
    ask("cap", "set", "10")
    ask("refresh")
    yuan = billing.cost("2026-11-18", 1_250, currency="CNY")
    billing.state(ledger, "2026-11-18", "2026-11-19", yuan, account="ds")
    ask("fx", "set", "USD", "1.1", "--on", "2026-11-17")
    ask("fx", "set", "CNY", "8.8", "--on", "2026-11-17")
    assert ask("status", "--json").document["warnings"] == []
    (cap,) = ask("cap", "list", "--json").document["rows"]
    assert cap["basis"]["billed_usd"] == 1.5625
    assert cap["spent"] == pytest.approx(2.27255 + 1.5625, abs=1e-9)
    words = ("--basis", "billed", "--period", "month", "--json")
    assert ask("usage", *words).document["total"]["cost_usd"] == 1.5625
    # A rate of a later day says nothing about the 18th.
    ask("fx", "remove", "CNY", "--on", "2026-11-17")
    ask("fx", "set", "CNY", "8.8", "--on", "2026-11-19")
    says = "account ds: 12.50 CNY billed not counted: no exchange rate"
    assert says in ask("status", "--json").document["warnings"]


def test_charge_in_other_money(ask: Ask, logs: object) -> None:
    """A charge in euros needs a rate, and counts by that of its day: 20 x 1.25."""
    ask("cap", "set", "100")
    words = ("charge", "add", "20", "--what", "a seat", "--currency", "eur")
    done = ask(*words)
    assert (done.code, "no exchange rate of EUR on 2026-11-20" in done.err) == (2, True)
    ask("fx", "set", "USD", "1.25", "--on", "2026-11-18")
    assert ask(*words).out == "charge 1: 20.00 EUR for a seat on 2026-11-20\n"
    (cap,) = ask("cap", "list", "--json").document["rows"]
    assert cap["basis"]["charges_usd"] == 25
    (row,) = ask("charge", "list", "--json").document["rows"]
    assert (row["usd"], row["amount"], row["currency"]) == (None, 20, "EUR")
    payers = ask("status", "--json").document["payers"]
    assert {p["payer"]: p["paid_usd"] for p in payers if p["payer"] == "me"} == {
        "me": 25
    }


def test_reading_in_other_money(ask: Ask, logs: object) -> None:
    """A page in euros stands in for the estimates by the rate of the month's start."""
    ask("cap", "set", "10")
    words = ("reading", "add", "api", "2.80", "--currency", "EUR")
    assert ask(*words).code == 2
    ask("fx", "set", "USD", "1.25", "--on", "2026-10-30")
    assert ask(*words).out.startswith("api: 2.80 EUR from 2026-11-01")
    (cap,) = ask("cap", "list", "--json").document["rows"]
    assert cap["spent"] == 3.5
    (row,) = ask("reading", "list", "--json").document["rows"]
    assert (row["usd"], row["amount"], row["currency"]) == (None, 2.8, "EUR")
