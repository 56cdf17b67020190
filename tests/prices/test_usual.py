"""The rates that the book was asked for beforehand, against the book."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from tests import usual_rates
from tokentui.prices.book import Book
from tokentui.prices.rates import FOREVER_MS, RateKey
from tokentui.prices.usual import FILE, UsualRates, mark

BOOK = Book()
SONNET = RateKey("anthropic", "claude-sonnet-5-5")


def no_book() -> Book:
    """Stand for the real book where nothing may be asked of it."""
    raise AssertionError("the book was opened")


@pytest.fixture(name="made", scope="module")
def file_made_now(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a file of the library that is installed, whichever the shipped one is of."""
    file = tmp_path_factory.mktemp("usual") / "usual.json"
    file.write_text(usual_rates.made(BOOK), "utf-8")
    return file


def moments(key: RateKey) -> set[int]:
    """Name the moments at which a key's price begins or ends, and those beside them."""
    edges = {
        edge
        for rate in usual_rates.rates(BOOK, key)
        for edge in (rate.valid_from, rate.valid_until)
    }
    near = {edge + step for edge in edges for step in (-1, 0, 1)}
    return {at for at in near if 0 <= at < FOREVER_MS}


def test_every_rate_is_the_books(made: Path) -> None:
    """No key has another price than the book's, at any time, and the book is closed."""
    usual = UsualRates(no_book, made)
    keys = list(usual_rates.keys(BOOK))
    assert len(keys) > 30
    for key in keys:
        for at in moments(key):
            assert usual.rate(key, at) == BOOK.rate(key, at), (key, at)


def test_a_price_that_changed(made: Path) -> None:
    """Sonnet 5.5 reads its cache for half since 2026-10-07, in femto-dollars."""
    usual = UsualRates(no_book, made)
    day = 86_400_000
    cut = 1_791_331_200_000
    before, since = usual.rate(SONNET, cut - day), usual.rate(SONNET, cut)
    assert before is not None and since is not None
    assert before.bands[0].cache_read == 200_000_000
    assert since.bands[0].cache_read == 100_000_000


def test_what_is_shipped_is_true() -> None:
    """The file in the package says what the book says; of another library it is unused.

    `python -m tests.usual_rates` makes it anew, after a change of the overlay too.
    """
    shipped = json.loads(FILE.read_bytes())
    ((*_, version), *_), *_ = shipped["rates"].values()
    if f"genai-prices {metadata.version('genai-prices')}," in version:
        assert FILE.read_text("utf-8") == usual_rates.made(BOOK)
    else:
        assert shipped["mark"] != mark()
    usual = UsualRates(lambda: BOOK)
    for key in usual_rates.keys(BOOK):
        assert usual.rate(key, 1_795_000_000_000) == BOOK.rate(key, 1_795_000_000_000)


@pytest.mark.parametrize(
    "key",
    [
        SONNET._replace(tier="batch"),
        SONNET._replace(geo="us"),
        RateKey("deepseek", "deepseek-chat"),
        RateKey("anthropic/claude-sonnet-5-5", "standard", "", ""),
        RateKey("nobody", "nothing"),
    ],
)
def test_all_else_is_asked(made: Path, key: RateKey) -> None:
    """What the file does not hold is answered by the book, priced or not."""
    usual = UsualRates(lambda: BOOK, made)
    assert usual.rate(key, 1_795_000_000_000) == BOOK.rate(key, 1_795_000_000_000)
    assert usual.version == BOOK.version


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b"\xff", b'{"mark": 1, "rates": {}}', b'{"mark": null}'],
)
def test_a_file_of_another_book(tmp_path: Path, content: bytes) -> None:
    """A file that is broken, or of another library, is as if there were none."""
    file = tmp_path / "usual.json"
    file.write_bytes(content)
    usual = UsualRates(lambda: BOOK, file)
    assert usual.rate(SONNET, 0) == BOOK.rate(SONNET, 0)
    assert UsualRates(lambda: BOOK, tmp_path / "none").rate(SONNET, 0) == BOOK.rate(
        SONNET, 0
    )


def test_the_library_is_not_imported(made: Path) -> None:
    """To price a usual model takes neither the library nor what it needs."""
    code = (
        "import sys; from pathlib import Path\n"
        "from tokentui.prices.usual import UsualRates\n"
        "from tokentui.prices.rates import RateKey\n"
        f"usual = UsualRates(None, Path({str(made)!r}))\n"
        "assert usual.rate(RateKey('anthropic', 'claude-opus-5-5'), 1) is not None\n"
        "assert not {'genai_prices', 'tokentui.prices.book'} & {*sys.modules}\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=dict(os.environ))
