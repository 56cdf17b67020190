"""DeepSeek: the prepaid balance, in yuan or dollars; spend is known as its fall.

Call and units: https://api-docs.deepseek.com/api/get-user-balance, read October 2026.
There is no call for usage or costs. Granted credit is a present: it is used up before
the money topped up and it expires, which cannot be told apart, and neither is billed.
What is spent between a poll and a top-up before the next one is not known.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Struct

from tokentui.accounts.kind import Credential, Feed, Kind, Question
from tokentui.accounts.prepaid import Purse, reading_of
from tokentui.accounts.units import nanos
from tokentui.errors import AccountError
from tokentui.statements import Reading


class Info(Struct):
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]
    granted_balance: Decimal
    topped_up_balance: Decimal


class Answer(Struct):
    balance_infos: list[Info]


def balance(question: Question) -> Iterator[Reading]:
    """Read what is left in each currency."""
    infos = question.web.get("/user/balance", Answer).balance_infos
    if len({info.currency for info in infos}) < len(infos):
        raise AccountError("the answer has two balances of one currency")
    purses = [
        Purse(info.currency, nanos(info.topped_up_balance), nanos(info.granted_balance))
        for info in infos
    ]
    yield reading_of(question, purses)


KIND = Kind(
    name="deepseek",
    title="DeepSeek",
    provider="deepseek",
    hosts=("api.deepseek.com",),
    reads=("GET /user/balance",),
    credential=Credential(
        what="DeepSeek API key",
        who="everyone with an account",
        where="https://platform.deepseek.com/api_keys",
        begins=("sk-",),
        warning="an API key can spend; make one for tokentui alone",
    ),
    feeds=(Feed("balance", balance),),
    interval_seconds=300,
)
