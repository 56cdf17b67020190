"""Ask provider accounts what they state, each at its own pace, and keep the answers.

An account that fails turns stale and keeps its last good value; the others go on.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tokentui.attribution import Rules
from tokentui.errors import AccountError, ConfigError, NoKeyError
from tokentui.ingest import writer_for
from tokentui.ledger.connection import explaining, open_for_writing
from tokentui.periods import millis
from tokentui.settings import Account, Config

if TYPE_CHECKING:
    import httpx

    from tokentui.accounts.kind import Feed, Kind
    from tokentui.accounts.secrets import Secret
    from tokentui.accounts.web import Web
    from tokentui.ledger.writer import Writer

DAY_MS = 86_400_000
LONGEST_PAUSE_SECONDS = 3_600.0
"""To what the time between polls grows while an account fails."""

ASKED_AGAIN_SECONDS = 60
"""How soon a person may ask again an account that is well."""

CLAIM_MS = 300_000
"""How long one process has an account to itself; another one then tries."""


@dataclass(slots=True)
class AccountReport:
    """What a poll of one account did; an error is a text for people."""

    account: str
    kind: str
    was_due: bool = True
    readings: int = 0
    has_key: bool = True
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PollReport:
    """What a poll did, account by account."""

    accounts: tuple[AccountReport, ...]

    @property
    def has_failed(self) -> bool:
        """An account could not be read in whole."""
        return any(each.errors for each in self.accounts)


def poll(
    ledger: Path,
    config: Config,
    now: datetime,
    *,
    only: Iterable[str] = (),
    asked: bool = False,
    force: bool = False,
    open_client: Callable[[], httpx.Client] | None = None,
    chance: Callable[[], float] = random.random,
) -> PollReport:
    """Ask the accounts that are due, of those named or of all.

    `asked`: a person wants it now, so that an account that is well need not be due;
    `force`: whatever its state, as one that was set right just now.
    """
    from tokentui.accounts import web

    names = set(only)
    accounts = [a for a in config.accounts if not names or a.name in names]
    kinds = {account.name: known_kind(account) for account in accounts}
    reports = []
    with (
        explaining(ledger),
        closing(open_for_writing(ledger)) as connection,
        (open_client or web.open_client)() as client,
    ):
        writer = writer_for(connection, config)
        rules = Rules(config)
        for account in accounts:
            report = AccountReport(account.name, account.kind_)
            reports.append(report)
            kind = kinds[account.name]
            payer = rules.payer_of_account(account.name, kind.payer)
            one = Poll(connection, writer, account, kind, payer, client, millis(now))
            report.was_due = one.claim(asked, force)
            if report.was_due:
                one.run(report)
                one.plan_next(report, chance())
    return PollReport(tuple(reports))


class Poll:
    """One poll of one account, feed by feed."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        writer: Writer,
        account: Account,
        kind: Kind,
        payer: str,
        client: httpx.Client,
        now_ms: int,
    ) -> None:
        self._connection = connection
        self._writer = writer
        self._account = account
        self._kind = kind
        self._payer = payer
        self._client = client
        self._now_ms = now_ms
        self._pause: float | None = None

    def claim(self, asked: bool, force: bool) -> bool:
        """Take the account for this process, if it is due and nobody else has it."""
        connection, now_ms = self._connection, self._now_ms
        name, kind = self._account.name, self._account.kind_
        connection.execute("BEGIN IMMEDIATE")
        row = connection.execute(
            "SELECT next_at, tried_at, failures FROM account"
            " WHERE name = ? AND kind = ?",
            (name, kind),
        ).fetchone()
        is_due = force or row is None or is_time(row, now_ms, asked)
        if is_due:
            connection.execute(
                "INSERT INTO account"
                " (name, kind, provider, payer, tried_at, next_at, failures)"
                " VALUES (?, ?, ?, ?, ?, ?, 0) ON CONFLICT DO UPDATE SET"
                " kind = excluded.kind, provider = excluded.provider,"
                " payer = excluded.payer, tried_at = excluded.tried_at,"
                " next_at = excluded.next_at",
                (
                    name,
                    kind,
                    self._kind.provider,
                    self._payer,
                    now_ms,
                    now_ms + CLAIM_MS,
                ),
            )
        connection.execute("COMMIT")
        return is_due

    def run(self, report: AccountReport) -> None:
        """Read every feed; one that fails does not stop the others."""
        try:
            web = self._web()
        except AccountError as problem:
            report.has_key = not isinstance(problem, NoKeyError)
            self._failed(report, "", problem)
            return
        for feed in self._kind.feeds:
            try:
                report.readings += self._read(feed, web)
            except AccountError as problem:
                self._failed(report, feed.name, problem)
                if problem.retry_seconds is not None or problem.needs_user:
                    return

    def _web(self) -> Web:
        """Make what asks for this account, with its secret bound to its hosts."""
        from tokentui.accounts.web import Web

        kind = self._kind
        secret = secret_of(kind, self._account).reveal()
        web = Web(
            self._client,
            kind.hosts,
            kind.reads,
            kind.authorize(secret, self._account),
            self._account.base_url,
        )
        if kind.sign_in is None:
            return web
        return web.signed(kind.sign_in(web, secret, self._now_ms))

    def _read(self, feed: Feed, web: Web) -> int:
        from tokentui.accounts.kind import Question
        from tokentui.ledger import statements
        from tokentui.vendors import PLANS

        question = Question(
            web,
            self._account,
            self._since(feed),
            self._now_ms,
            partial(statements.last_balance, self._connection, self._account.name),
            partial(statements.last_limit, self._connection, self._account.name),
        )
        count = 0
        for reading in feed.read(question):
            plan = reading.plan
            statements.keep(
                self._connection,
                self._writer,
                self._account.name,
                feed.name,
                reading,
                self._payer if plan is None else PLANS.get(plan, plan),
                self._now_ms,
            )
            count += 1
        return count

    def _since(self, feed: Feed) -> int:
        """Say from when to read: what the provider may still re-state, and the new."""
        (until,) = self._connection.execute(
            "SELECT max(until) FROM reading WHERE account = ? AND feed = ?",
            (self._account.name, feed.name),
        ).fetchone()
        today = self._now_ms // DAY_MS * DAY_MS
        first = today - feed.first_days * DAY_MS
        if until is None:
            return first
        last_read: int = min(until, self._now_ms) // DAY_MS * DAY_MS
        return max(first, last_read - feed.late_days * DAY_MS)

    def _failed(self, report: AccountReport, feed: str, problem: AccountError) -> None:
        text = f"{feed}: {problem}" if feed else str(problem)
        report.errors.append(text)
        if problem.retry_seconds is not None:
            self._pause = max(self._pause or 0.0, problem.retry_seconds)

    def plan_next(self, report: AccountReport, chance: float) -> None:
        """Keep how the poll went, and say when the next one is."""
        (failures,) = self._connection.execute(
            "SELECT failures FROM account WHERE name = ?", (self._account.name,)
        ).fetchone()
        failures = failures + 1 if report.errors else 0
        interval = float(self._account.interval or self._kind.interval_seconds)
        seconds = pause(interval, failures, self._pause, chance)
        self._connection.execute(
            "UPDATE account SET next_at = ?1, failures = ?2, error = ?3,"
            " state = CASE WHEN ?4 THEN 'no key' WHEN ?2 = 0 THEN 'ok'"
            "  WHEN good_at IS NULL THEN 'error' ELSE 'stale' END,"
            " good_at = CASE WHEN ?2 THEN good_at ELSE ?5 END,"
            " stale_since = CASE WHEN ?2 THEN coalesce(stale_since, ?5) END"
            " WHERE name = ?6",
            (
                self._now_ms + int(seconds * 1000),
                failures,
                "; ".join(report.errors)[:500] or None,
                not report.has_key,
                self._now_ms,
                self._account.name,
            ),
        )


def is_time(row: tuple[int | None, int | None, int], now_ms: int, asked: bool) -> bool:
    """Claim that an account is due, or may be asked because a person wants it.

    `row`: when the next poll is, when the last was, failures in a row.
    """
    next_at, tried_at, failures = row
    if next_at is None or next_at <= now_ms:
        return True
    # A clock that was set back must not silence an account until it has caught up.
    if (tried_at or 0) > now_ms:
        return True
    waited_ms = now_ms - (tried_at or 0)
    return asked and not failures and waited_ms >= ASKED_AGAIN_SECONDS * 1000


def pause(
    interval: float, failures: int, retry_after: float | None, chance: float
) -> float:
    """Give the seconds until the next poll, `chance` from 0 to 1 spreading them.

    It doubles with every failure in a row up to an hour, and is never less than what
    the provider asks for.
    """
    seconds = interval
    if failures:
        longest = max(LONGEST_PAUSE_SECONDS, interval)
        seconds = min(interval * 2.0 ** min(failures, 20), longest)
    seconds *= 0.9 + 0.2 * chance
    return max(seconds, min(retry_after or 0.0, 86_400.0))


def known_kind(account: Account) -> Kind:
    """Give the kind of an account, with all that it needs.

    Raises:
        ConfigError: There is no such kind, or a key is missing.
    """
    from tokentui.accounts import MODULES, kind_of

    if account.kind_ not in MODULES:
        from difflib import get_close_matches

        near = get_close_matches(account.kind_, MODULES, 1, 0.4)
        hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(MODULES)}"
        raise ConfigError(
            f"accounts.{account.name}: no kind of account {account.kind_!r}; {hint}"
        )
    kind = kind_of(account.kind_)
    for key in kind.needs:
        if getattr(account, key) is None:
            raise ConfigError(f"accounts.{account.name}: {key} is missing")
    return kind


def secret_of(kind: Kind, account: Account) -> Secret:
    """Find the secret of an account: given for it, or a login that may be read.

    Raises:
        AccountError: There is none; says how to give one.
    """
    from tokentui.accounts import secrets

    found = secrets.find(account.name)
    if found is None and account.login:
        text = kind.login(account)
        found = secrets.Secret(text, "a login on this machine") if text else None
    if found is None:
        raise NoKeyError(
            f"no key; run `tokentui accounts add {account.name}`"
            f" or set {secrets.variable(account.name)}",
            needs_user=True,
        )
    begins = kind.credential.begins
    if begins and not account.login and not found.reveal().startswith(begins):
        raise AccountError(
            f"this is no {kind.credential.what}, which begins with"
            f" {' or '.join(begins)}; it was not sent",
            needs_user=True,
        )
    return found
