"""Rates of usual models, which the book was asked for beforehand.

To import the price library takes 100 ms, a tenth of a first read. `usual.json` holds
what the book says of the models that coding agents mostly use, and the mark of the
library and overlay that it says it with; with any others the book is asked as always.
`python -m tests.usual_rates` makes the file anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from tokentui.hashes import blake2b
from tokentui.prices.mark import places
from tokentui.prices.rates import Band, Rate, RateBook, RateKey

FILE = Path(__file__).with_name("usual.json")


class UsualRates:
    """A price book that opens the real one only for what the file does not say."""

    def __init__(self, book: Callable[[], RateBook], file: Path = FILE) -> None:
        self._open_book = book
        self._file = file

    @property
    def version(self) -> str:
        """Name all that decides prices."""
        return self._book.version

    def rate(self, key: RateKey, at_ms: int) -> Rate | None:
        """Price a key at a moment (UTC ms), for as long as that holds."""
        for since, until, bands, *figures in self._rates.get("/".join(key), ()):
            if since <= at_ms < until:
                return Rate(since, until, tuple(Band(*b) for b in bands), *figures)
        return self._book.rate(key, at_ms)

    @cached_property
    def _book(self) -> RateBook:
        return self._open_book()

    @cached_property
    def _rates(self) -> dict[str, list[list[Any]]]:
        try:
            kept = json.loads(self._file.read_bytes())
            return dict(kept["rates"]) if kept["mark"] == mark() else {}
        except (OSError, ValueError, LookupError, TypeError):
            return {}  # the book knows all of it


def mark() -> str:
    """Name the content of the price library and the overlay."""
    content = blake2b(digest_size=16)
    for place in places():
        content.update(place.read_bytes())
    return content.hexdigest()
