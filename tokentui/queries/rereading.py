"""What a prompt costs that is read again: from the cache, or when that has lapsed."""

from __future__ import annotations

import sqlite3

from tokentui.ledger.stamp import kept_rate
from tokentui.prices.rates import cost_nanos, discounted
from tokentui.tuples import NamedTuple


class Prompt(NamedTuple):
    """The tokens of a prompt, all of one kind."""

    input: int = 0
    cache_read: int = 0
    cache_write: int = 0
    cache_write_1h: int = 0
    output: int = 0


def reread(
    connection: sqlite3.Connection,
    rate_id: int | None,
    discount_ppm: int,
    tokens: int,
    lapsed: str,
) -> tuple[int | None, int | None]:
    """Give what a prompt costs in nano-dollars from the cache, and without it.

    At the rate of a response, less the payer's discount. `lapsed` is the kind of its
    tokens without the cache: `input`, `cache_write` or `cache_write_1h`.
    """
    row = connection.execute(
        "SELECT id, valid_from, valid_until, bands, fees, source, as_of, version"
        " FROM rate WHERE id = ?",
        (rate_id,),
    ).fetchone()
    rate = kept_rate(row).rate if row is not None else None
    if rate is None:
        return None, None
    warm = cost_nanos(Prompt(cache_read=tokens), {}, rate)
    cold = cost_nanos(Prompt()._replace(**{lapsed: tokens}), {}, rate)
    if warm is None or cold is None:
        return None, None
    return discounted(warm, discount_ppm), discounted(cold, discount_ppm)
