"""Make `prices/usual.json` anew from the price book: `python -m tests.usual_rates`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from tokentui.prices.book import Book
from tokentui.prices.rates import FOREVER_MS, Rate, RateKey
from tokentui.prices.usual import FILE, mark

USUAL = {
    "anthropic": re.compile(r"claude-(fable|haiku|opus|sonnet)-\d[\d-]*"),
    "openai": re.compile(r"gpt-[56][\d.]*(-(codex|mini|nano|sol|terra|luna|astra))*"),
}
"""The models that coding agents use by themselves, by provider."""

DATED = (
    "claude-haiku-4-5-20251001",
    "claude-sonnet-4-5-20250929",
    "claude-opus-4-5-20251101",
)
"""Names as they are logged, which no list has."""


def keys(book: Book) -> Iterator[RateKey]:
    """Name what is usually asked for, in order."""
    for provider, model in book.search(""):
        if provider in USUAL and USUAL[provider].fullmatch(model):
            yield RateKey(provider, model)
    for model in DATED:
        yield RateKey("anthropic", model)


def rates(book: Book, key: RateKey) -> Iterator[Rate]:
    """Give what a key costs over all of time; nothing where it has no price."""
    at = 0
    while at < FOREVER_MS and (rate := book.rate(key, at)):
        yield rate
        at = rate.valid_until


def made(book: Book) -> str:
    """Write what the file has to say."""
    said = {
        "/".join(key): [
            [rate.valid_from, rate.valid_until, rate.bands, rate.fees, *rate[4:]]
            for rate in rates(book, key)
        ]
        for key in keys(book)
    }
    return json.dumps({"mark": mark(), "rates": said}, indent=1, default=dict) + "\n"


if __name__ == "__main__":
    FILE.write_text(made(Book()), "utf-8")
