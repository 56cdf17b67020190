"""Exchange rates of the ECB: asked for on request, read with care, kept for good."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from decimal import Decimal as D
from pathlib import Path

import pytest
from answers_ecb import HISTORY, RECENT, zipped
from asking import Ask
from hypothesis import given
from hypothesis import strategies as st
from providing import Provider, page, status
from werkzeug import Response

from tokentui.accounts import ecb
from tokentui.accounts.ecb import fetched, of_xml, of_zip
from tokentui.errors import AccountError
from tokentui.fx import PerEuro

TODAY = date(2026, 11, 25)
FOLDER = "/stats/eurofxref/"


@pytest.fixture
def bank(provider: Provider) -> Provider:
    """Be the ECB, and be named so in the config."""
    for name, body in (("hist-90d.xml", RECENT), ("hist.zip", zipped())):
        request = provider.expect_request(f"{FOLDER}eurofxref-{name}")
        request.respond_with_response(Response(body))
    file = Path(os.environ["TOKENTUI_CONFIG"])
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f'[claims]\nrates_url = "{provider.base}"\n')
    return provider


def asked(bank: Provider) -> list[str]:
    """Name the files that were asked for."""
    return [call.path.removeprefix(f"{FOLDER}eurofxref-") for call in bank.calls]


def test_xml() -> None:
    """Each inner cube is a rate of the day that the cube around it states."""
    rates = of_xml(RECENT)
    assert rates[1] == PerEuro("GBP", date(2026, 11, 24), D("0.8340"), "ECB")
    assert rates[2] == PerEuro("USD", date(2026, 10, 30), D("1.1172"), "ECB")
    assert len(rates) == 4


def test_zip() -> None:
    """Each column of each day is a rate, but for those that are not stated."""
    rates = of_zip(zipped())
    assert len(rates) == 9
    assert PerEuro("RUB", date(2022, 3, 1), D("117.201"), "ECB") in rates


BOMB = b"""<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;">]>
<Cube time="&y;"/>"""
THIEF = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"<html><body>Please log in",
        RECENT[:400],
        BOMB,
        THIEF,
        RECENT.replace(b'rate="1.1172"', b'rate="-1.1172"'),
        RECENT.replace(b'rate="1.1172"', b'rate="1e999999999"'),
        RECENT.replace(b'rate="1.1172"', b'rate="NaN"'),
        RECENT.replace(b'rate="1.1172"', b'rate="0.0"'),
        RECENT.replace(b' rate="1.1172"', b""),
        RECENT.replace(b'currency="USD"', b'currency="\x1b[31m"'),
        RECENT.replace(b"2026-10-30", b"30 October 2026"),
        RECENT.replace(b"2026-10-30", b"0001-01-01"),
    ],
)
def test_hostile_xml(text: bytes) -> None:
    """What is not such a file is refused whole, and nothing in it is obeyed."""
    with pytest.raises(AccountError, match="cannot be read") as told:
        of_xml(text)
    assert "passwd" not in str(told.value)


@pytest.mark.parametrize(
    ("was", "is_"),
    [
        ("Date", "Datum"),
        ("1.1172", "1,1172"),
        ("1.1172", "1.11721172117211"),
        ("2026-10-30", "30 October 2026"),
        ("USD", "usd"),
        ("USD", "ÜSD"),
        (HISTORY, ""),
    ],
)
def test_hostile_csv(was: str, is_: str) -> None:
    """A table that is not such a one is refused whole."""
    with pytest.raises(AccountError, match="cannot be read"):
        of_zip(zipped(HISTORY.replace(was, is_)))


def test_hostile_zip() -> None:
    """What is not such an archive is refused whole."""
    several = zipped(HISTORY, "a.csv", "b.csv")
    for text in (b"", b"PK\x03\x04 and no more", zipped()[:60], several):
        with pytest.raises(AccountError, match="cannot be read"):
            of_zip(text)


def test_zip_that_unpacks_to_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small file that unpacks to a large one is not unpacked to its end."""
    monkeypatch.setattr(ecb, "MOST_BYTES", 1000)
    with pytest.raises(AccountError, match="cannot be read"):
        of_zip(zipped(HISTORY + "," * 1000))


@given(st.binary(max_size=300))
def test_any_bytes(text: bytes) -> None:
    """Whatever comes, it is read or refused in words."""
    for read in (of_xml, of_zip):
        try:
            assert list(read(text)) == []
        except AccountError as problem:
            assert str(problem).startswith("the European Central Bank")


def test_recent_days_ask_for_the_short_file(bank: Provider) -> None:
    """The history is not fetched for days that the 90-day file has."""
    rates = fetched(date(2026, 11, 1), TODAY, bank.base)
    assert {rate.day for rate in rates} == {date(2026, 11, 24)}
    assert asked(bank) == ["hist-90d.xml"]


def test_days_to_come_are_refused(bank: Provider) -> None:
    """A file of another time than ours is not believed."""
    with pytest.raises(AccountError, match="days to come"):
        fetched(date(2026, 10, 1), date(2026, 11, 1), bank.base)


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (status(503), "answered 503"),
        (status(302, Location="http://example.com/"), "sends elsewhere (302)"),
        (page(200), "cannot be read"),
    ],
)
def test_bank_that_fails(
    bank: Provider, ask: Ask, ledger: Path, fault: object, says: str
) -> None:
    """A bank that fails is exit 3 in words, and what was known stays."""
    ask("fx", "set", "TWD", "35.1")
    bank.spoil(fault)  # type: ignore[arg-type]
    done = ask("fx", "refresh")
    assert (done.code, says in done.err) == (3, True)
    assert len(ask("fx", "show", "--json").document["rows"]) == 2


def test_refresh_and_show(bank: Provider, ask: Ask) -> None:
    """Fetched rates are kept, and shown as what one dollar is."""
    done = ask("fx", "refresh")
    assert done.out == "4 rates from 2026-10-30 to 2026-11-24, 4 new or changed\n"
    assert ask("fx", "refresh", "--json").document == {
        "kind": "fx-refresh",
        "since": "2026-10-30",
        "until": "2026-11-24",
        "rates": 4,
        "changed": 0,
    }
    rows = ask("fx", "show", "gbp", "EUR", "--on", "2026-11-01", "--json").document
    assert rows["rows"] == [
        {
            "base": "USD",
            "currency": "GBP",
            "rate": 0.7463301110,  # 0.8338 / 1.1172
            "day": "2026-10-30",
            "source": "ECB",
            "provisional": False,
        },
        {
            "base": "USD",
            "currency": "EUR",
            "rate": 0.8950948801,  # 1 / 1.1172
            "day": "2026-10-30",
            "source": "ECB",
            "provisional": False,
        },
    ]


def test_older_money_asks_for_the_history(bank: Provider, ask: Ask) -> None:
    """A charge of last year wants rates of then, once; after it the short file does."""
    ask("charge", "add", "25", "--what", "a seat", "--on", "2022-03-05")
    ask("fx", "refresh")
    ask("fx", "refresh")
    assert asked(bank) == ["hist.zip", "hist-90d.xml"]
    rows = ask("fx", "show", "RUB", "--on", "2022-03-05", "--json").document["rows"]
    assert (rows[0]["day"], rows[0]["provisional"]) == ("2022-03-01", False)


def test_since(bank: Provider, ask: Ask) -> None:
    """Rates are fetched from a day on, if one is named."""
    done = ask("fx", "refresh", "--since", "1999-01-01", "--json").document
    assert (done["since"], done["rates"]) == ("1999-01-04", 9)
    assert ask("fx", "refresh", "--since", "2027-01-01").code == 2


def test_own_rate_outlasts_a_refresh(bank: Provider, ask: Ask) -> None:
    """A rate of one's own stands before the fetched one of its day, until removed."""
    ask("fx", "set", "USD", "1.25", "--on", "2026-10-30")
    ask("fx", "refresh")
    words = ("fx", "show", "EUR", "--on", "2026-10-30", "--json")
    (row,) = ask(*words).document["rows"]
    assert (row["rate"], row["source"]) == (0.8, "by hand")
    assert ask("fx", "remove", "USD", "--on", "2026-10-30").code == 0
    assert ask("fx", "remove", "USD", "--on", "2026-10-30").code == 2
    ask("fx", "refresh")
    (row,) = ask(*words).document["rows"]
    assert row["source"] == "ECB"


@pytest.mark.parametrize(
    "words",
    [
        ("set", "EUR", "1"),
        ("set", "USD", "0"),
        ("set", "USD", "-1"),
        ("set", "USD", "1e5"),
        ("set", "dollar", "1"),
        ("show", "$"),
        ("show", "--base", "../x"),
    ],
)
def test_refused(ask: Ask, ledger: Path, words: tuple[str, ...]) -> None:
    """What is no currency or no rate is exit 2."""
    ask("refresh")
    assert ask("fx", *words).code == 2


def test_nothing_known(ask: Ask) -> None:
    """Without any rate the verb that fetches them is named; unknown is null."""
    ask("refresh")
    assert "tokentui fx refresh" in ask("fx", "show").out
    (row,) = ask("fx", "show", "EUR", "--json").document["rows"]
    assert (row["rate"], row["day"]) == (None, None)


def test_now_is_what_the_tests_say() -> None:
    """The bank's newest day lies before the day of the verbs' clock."""
    from polled import NOW

    assert datetime(2026, 11, 24, tzinfo=UTC) < NOW
