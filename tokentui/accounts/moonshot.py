"""Moonshot: the prepaid balance; spend is known as its fall.

Call and units: https://platform.moonshot.ai/docs/api/balance, read in October 2026.
The currency is not in the answer: it is dollars at api.moonshot.ai, yuan at
api.moonshot.cn. Vouchers are a present; that they are used up or expire is not billed.
What is spent between a poll and a top-up before the next one is not known.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from msgspec import Struct

from tokentui.accounts.kind import Credential, Feed, Kind, Question
from tokentui.accounts.prepaid import Purse, reading_of
from tokentui.accounts.units import nanos
from tokentui.errors import AccountError
from tokentui.settings import Account
from tokentui.statements import Reading

CHINA = "moonshot.cn"
UNAUTHORIZED = 401


class Data(Struct):
    voucher_balance: Decimal
    cash_balance: Decimal


class Answer(Struct):
    code: int
    status: bool = True
    data: Data | None = None


def balance(question: Question) -> Iterator[Reading]:
    """Read the cash left, which may be owed, and the vouchers."""
    answer = question.web.get("/v1/users/me/balance", Answer)
    if answer.code or not answer.status or answer.data is None:
        raise refused(answer.code)
    data = answer.data
    purse = Purse(
        currency_of(question.account),
        nanos(data.cash_balance),
        nanos(data.voucher_balance),
    )
    yield reading_of(question, [purse])


def refused(code: int) -> AccountError:
    """Say what an error means that comes as a success."""
    if code != UNAUTHORIZED:
        return AccountError(f"Moonshot does not tell the balance (code {code})")
    return AccountError(
        "Moonshot refuses the key; keys are regional: for one of China set base_url to"
        f" https://api.{CHINA}",
        needs_user=True,
        status=UNAUTHORIZED,
    )


def currency_of(account: Account) -> str:
    """Tell the currency by the host; a proxy is to have it in its path."""
    return "CNY" if CHINA in (account.base_url or "") else "USD"


KIND = Kind(
    name="moonshot",
    title="Moonshot",
    provider="moonshot",
    hosts=("api.moonshot.ai",),
    reads=("GET /v1/users/me/balance",),
    credential=Credential(
        what="Moonshot API key",
        who="everyone with an account",
        where="https://platform.moonshot.ai/console/api-keys; for platform.moonshot.cn"
        f" with `--base-url https://api.{CHINA}`",
        begins=("sk-",),
        warning="an API key can spend; make one for tokentui alone",
    ),
    feeds=(Feed("balance", balance),),
    interval_seconds=300,
)
