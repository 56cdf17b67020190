"""The euro foreign exchange reference rates of the European Central Bank.

https://www.ecb.europa.eu/stats/eurofxref/, read 2026-11-25: units per euro of some 30
currencies, published about 16:00 CET on working days; for information, not settlement.
"""

from __future__ import annotations

import csv
import re
import zlib
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO, StringIO

from tokentui.accounts.web import Web, open_client
from tokentui.errors import AccountError
from tokentui.fx import PerEuro

HOST = "www.ecb.europa.eu"
FOLDER = "/stats/eurofxref"
RECENT, HISTORY = f"{FOLDER}/eurofxref-hist-90d.xml", f"{FOLDER}/eurofxref-hist.zip"
"""The last 90 days, and all days since 1999 as one zipped CSV."""

RECENT_DAYS = 80
"""How many days back the shorter file surely holds; it has about 62 working days."""

MOST_BYTES = 32 << 20
"""What a file may unpack to; the history has 2 MB."""

FIRST = date(1999, 1, 4)
_RATE = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_CURRENCY = re.compile("[A-Z]{3}")


def fetched(since: date, today: date, base_url: str | None = None) -> list[PerEuro]:
    """Ask for the rates from a day on; the history only where the days ask for it.

    Raises:
        AccountError: No answer that can be read came; says why.
    """
    is_recent = since >= today - timedelta(RECENT_DAYS)
    with open_client() as client:
        web = Web(client, (HOST,), (f"GET {RECENT}", f"GET {HISTORY}"), {}, base_url)
        text = web.read(RECENT if is_recent else HISTORY)
    rates = of_xml(text) if is_recent else of_zip(text)
    kept = [rate for rate in rates if since <= rate.day]
    if not kept:
        raise AccountError("the European Central Bank's answer holds no rates")
    if max(rate.day for rate in kept) > today + timedelta(1):
        raise AccountError("the European Central Bank's answer has days to come")
    return kept


def of_xml(text: bytes) -> list[PerEuro]:
    """Read the nested `Cube`s of the XML files.

    Raises:
        AccountError: It is no such file, or wants anything beyond plain elements.
    """
    from xml.parsers import expat

    rates: list[PerEuro] = []
    day = FIRST

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal day
        if name.rpartition(":")[2] != "Cube":
            return
        if "time" in attributes:
            day = date.fromisoformat(attributes["time"])
        if "currency" in attributes:
            rates.append(rate_of(attributes["currency"], day, attributes["rate"]))

    def refuse(*_: object) -> None:
        # Entities unpack a few bytes into gigabytes, or read files of this machine.
        raise ValueError("a document type")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(text, True)
    except (expat.ExpatError, ValueError, KeyError) as error:
        raise unreadable(error) from None
    return rates


def of_zip(text: bytes) -> list[PerEuro]:
    """Read the zipped CSV of all days, unpacked no further than it may be.

    Raises:
        AccountError: It is no such file.
    """
    from zipfile import BadZipFile, ZipFile

    try:
        with ZipFile(BytesIO(text)) as archive:
            (member,) = archive.infolist()
            with archive.open(member) as file:
                table = file.read(MOST_BYTES + 1)
        if len(table) > MOST_BYTES:
            raise ValueError("more than there can be")
        return list(of_csv(table.decode("ascii")))
    except (
        BadZipFile,
        zlib.error,
        ValueError,
        KeyError,
        RuntimeError,
        NotImplementedError,
        EOFError,
        OSError,
        csv.Error,
    ) as error:
        raise unreadable(error) from None


def of_csv(text: str) -> Iterator[PerEuro]:
    """Read a row for each day, with a column for each currency; `N/A` is no rate."""
    header, *rows = csv.reader(StringIO(text))
    names = [name.strip() for name in header]
    if names[0] != "Date":
        raise ValueError("no column of dates")
    for row in rows:
        if row:
            day = date.fromisoformat(row[0].strip())
            for name, value in zip(names[1:], row[1:], strict=True):
                if name and value.strip() not in ("", "N/A"):
                    yield rate_of(name, day, value.strip())


def rate_of(currency: str, day: date, text: str) -> PerEuro:
    """Read one rate. Raises: ValueError."""
    if not _CURRENCY.fullmatch(currency) or not _RATE.fullmatch(text):
        raise ValueError("no currency or no rate")
    units = Decimal(text)
    if not units or day < FIRST:
        raise ValueError("no rate that there was")
    return PerEuro(currency, day, units)


def unreadable(error: Exception) -> AccountError:
    """Say that an answer is not what was asked for; quotes nothing of it."""
    kind = type(error).__name__
    return AccountError(
        "the European Central Bank's answer cannot be read"
        f" ({kind}): is a proxy or a login in between?"
    )
