"""What a kind of account is: hosts, what it may read, its credential, its feeds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tokentui.accounts.web import Web
from tokentui.settings import Account
from tokentui.statements import Reading

MINUTE = 60
HOUR = 3_600
DAY_MS = 86_400_000


def bearer(secret: str, account: Account) -> Mapping[str, str]:
    """Give the header that most providers want."""
    return {"Authorization": f"Bearer {secret}"}


def no_login(account: Account) -> str | None:
    """Find no login on this machine: the user gives a secret."""
    return None


@dataclass(frozen=True, slots=True)
class Credential:
    """What secret a kind needs, who can get it and where, as `accounts add` says it.

    `begins`: how such a secret begins, if all do; another one is refused before it is
    sent. `warning`: what the secret could do beyond reading.
    """

    what: str
    who: str
    where: str
    begins: tuple[str, ...] = ()
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One poll of one feed: who asks, the time, and from when on.

    `since_ms` is the start of a UTC day; what was read before it stands. `last_balance`
    and `last_limit` give by name when it was last seen with this key, in UTC
    milliseconds, and the nanos left or used, for what is known only by its difference:
    the new amount belongs into the reading that holds the cost, or a crash between
    the two loses it. `read_until_ms`: how far the feed was read, if ever.
    """

    web: Web
    account: Account
    since_ms: int
    now_ms: int
    last_balance: Callable[[str], tuple[int, int] | None]
    last_limit: Callable[[str], tuple[int, int] | None]
    read_until_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """One thing an account tells, which fails and is read by itself.

    `first_days`: how far back the first poll asks. `late_days`: how long the provider
    re-states what it has said, so that it is read again.
    """

    name: str
    read: Callable[[Question], Iterable[Reading]]
    first_days: int = 0
    late_days: int = 0


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of provider account.

    `hosts`: the only ones that ever see its secret, the usual one first. `reads`: the
    only calls made, as `GET /path`, where `*` stands for one part of a path. `login`
    finds the secret of another tool's login where the user allows that. `needs`: the
    keys of `[accounts.NAME]` it cannot do without. `payer`: who pays unless a rule of
    the user says otherwise.
    """

    name: str
    title: str
    provider: str
    hosts: tuple[str, ...]
    reads: tuple[str, ...]
    credential: Credential
    feeds: tuple[Feed, ...]
    interval_seconds: int = 15 * MINUTE
    payer: str = "api"
    needs: tuple[str, ...] = ()
    authorize: Callable[[str, Account], Mapping[str, str]] = bearer
    login: Callable[[Account], str | None] = no_login
