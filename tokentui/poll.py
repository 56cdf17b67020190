"""Ask provider accounts what they state, each at its own pace, and keep the answers.

An account that fails turns stale and keeps its last good value; the others go on.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from traceback import extract_tb
from typing import TYPE_CHECKING

from tokentui.attribution import Rules
from tokentui.errors import AccountError, NoKeyError, UnreachableError
from tokentui.ingest import writer_for
from tokentui.ledger.connection import explaining, open_for_writing
from tokentui.pace import is_time, pause
from tokentui.periods import millis
from tokentui.settings import Account, Config

if TYPE_CHECKING:
    import httpx

    from tokentui.accounts.kind import Feed, Kind
    from tokentui.accounts.secrets import Secret
    from tokentui.accounts.web import Web
    from tokentui.ledger.writer import Writer

DAY_MS = 86_400_000
REFUSED, TOO_MANY = 401, 429
"""The status of those whose key is refused, and of those who ask too often."""

REFUSED_PAUSE_SECONDS = 86_400.0
"""How long a key that was refused twice in a row is not sent again."""

CLAIM_MS = 300_000
"""How long one process has an account to itself; another one then tries."""


class OvertakenError(Exception):
    """Another process asks the account meanwhile; what it is told is newer."""


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
    from tokentui.accounts.credentials import known_kind

    names = set(only)
    accounts = [a for a in config.accounts if not names or a.name in names]
    kinds = {account.name: known_kind(account) for account in accounts}
    reports: list[AccountReport] = []
    if not accounts:
        return PollReport(())
    with (
        explaining(ledger),
        closing(open_for_writing(ledger)) as connection,
        ExitStack() as stack,
    ):
        writer = writer_for(connection, config)
        rules = Rules(config)
        client = cache(lambda: stack.enter_context((open_client or usual_client)()))
        for account in accounts:
            report = AccountReport(account.name, account.kind_)
            reports.append(report)
            kind = kinds[account.name]
            payer = rules.payer_of_account(account.name, kind.payer, millis(now))
            one = Poll(connection, writer, account, kind, payer, client, millis(now))
            report.was_due = one.claim(asked, force)
            if report.was_due:
                one.run(report, chance)
    return PollReport(tuple(reports))


def usual_client() -> httpx.Client:
    """Open what asks over the network, for those who have something to ask."""
    from tokentui.accounts import web

    return web.open_client()


class Poll:
    """One poll of one account, feed by feed."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        writer: Writer,
        account: Account,
        kind: Kind,
        payer: str,
        client: Callable[[], httpx.Client],
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
        self._is_refused = False
        self._was_asked = False
        self._began = time.monotonic()

    @property
    def _later_ms(self) -> int:
        """The time by now, in whole seconds since the poll began."""
        return self._now_ms + int(time.monotonic() - self._began) * 1000

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
        is_due = (
            force
            or row is None
            or is_time(row, now_ms, asked, self._kind.least_seconds)
        )
        if is_due and row is None:
            # One of another kind that had this name is another account.
            connection.execute(
                "REPLACE INTO account (name, kind, provider, payer, failures, since)"
                " VALUES (?, ?, ?, ?, 0, ?)",
                (name, kind, self._kind.provider, self._payer, now_ms),
            )
        if is_due:
            connection.execute(
                "UPDATE account SET provider = ?1, payer = ?2, tried_at = ?3,"
                " since = min(since, ?3), next_at = ?4 WHERE name = ?5",
                (
                    self._kind.provider,
                    self._payer,
                    now_ms,
                    self._later_ms + CLAIM_MS,
                    name,
                ),
            )
        connection.execute("COMMIT")
        return is_due

    def run(self, report: AccountReport, chance: Callable[[], float]) -> None:
        """Read every feed, and keep how it went and when the next poll is.

        One that fails does not stop the others.
        """
        try:
            self._read_all(report)
            self._plan_next(report, chance())
        except OvertakenError:
            report.was_due = False
            report.errors.clear()

    def _read_all(self, report: AccountReport) -> None:
        try:
            web = self._web()
        except AccountError as problem:
            report.has_key = not isinstance(problem, NoKeyError)
            self._failed(report, "", problem)
            return
        for feed in self._kind.feeds:
            if self._rests(feed):
                continue
            failure = self._tried(report, feed, web)
            if failure is not None:
                self._failed(report, feed.name, failure)
                if ends_poll(failure):
                    return

    def _tried(
        self, report: AccountReport, feed: Feed, web: Web
    ) -> AccountError | None:
        """Read one feed; give what is wrong, be it a fault of ours."""
        try:
            self._read(report, feed, web)
        except AccountError as problem:
            return problem
        except Exception as fault:
            if isinstance(fault, OvertakenError) or is_of_ledger(fault):
                raise
            return AccountError(f"{described(fault)} is a fault in tokentui: report it")
        return None

    def _web(self) -> Web:
        """Make what asks for this account, with its secret bound to its hosts."""
        from tokentui.accounts.credentials import secret_of
        from tokentui.accounts.web import Web

        kind = self._kind
        secret = secret_of(kind, self._account)
        self._keep_mark(secret)
        web = Web(
            self._client(),
            kind.hosts,
            kind.reads,
            kind.authorize(secret.reveal(), self._account),
            self._account.base_url,
        )
        if kind.sign_in is None:
            return web
        return web.signed(kind.sign_in(web, secret.reveal(), self._now_ms))

    def _keep_mark(self, secret: Secret) -> None:
        """Begin anew with what is known by difference, if the key is another one.

        A login's tokens change all the time and tell nothing.
        """
        mark = b"" if self._account.login else secret.mark()
        self._connection.execute(
            "UPDATE account SET key_mark = ?1, since = CASE"
            " WHEN key_mark IS NULL OR key_mark = ?1 THEN since ELSE ?2 END"
            " WHERE name = ?3",
            (mark, self._now_ms, self._account.name),
        )

    def _is_ours(self) -> bool:
        """Claim that no other process has taken the account meanwhile; stay at it."""
        return (
            self._connection.execute(
                "UPDATE account SET next_at = ? WHERE name = ? AND tried_at = ?",
                (self._later_ms + CLAIM_MS, self._account.name, self._now_ms),
            ).rowcount
            == 1
        )

    def _read(self, report: AccountReport, feed: Feed, web: Web) -> None:
        from tokentui.accounts.kind import Question
        from tokentui.ledger import statements
        from tokentui.vendors import PLANS

        name, now_ms = self._account.name, self._now_ms
        since_ms, read_until_ms = self._since(feed)
        question = Question(
            web,
            self._account,
            since_ms,
            now_ms,
            partial(statements.last_balance, self._connection, name, now_ms),
            partial(statements.last_limit, self._connection, name, now_ms),
            read_until_ms,
        )
        for reading in feed.read(question):
            plan = reading.plan
            payer = self._payer if plan is None else PLANS.get(plan, plan)
            if not statements.keep(
                self._connection,
                self._writer,
                name,
                feed.name,
                reading,
                payer,
                now_ms,
                self._is_ours,
            ):
                raise OvertakenError
            report.readings += 1

    def _rests(self, feed: Feed) -> bool:
        """Claim that a feed was read so short ago that it is not to be asked yet.

        One that broke off on its way does not rest: it was not read up to its time.
        """
        as_of, until = self._connection.execute(
            "SELECT max(as_of), max(until) FROM reading WHERE account = ? AND feed = ?",
            (self._account.name, feed.name),
        ).fetchone()
        if as_of is None or until < as_of:
            return False
        rests_until: int = as_of + feed.rest_seconds * 1000
        return bool(as_of <= self._now_ms < rests_until)

    def _since(self, feed: Feed) -> tuple[int, int | None]:
        """Say from when to read, and up to when it has been read.

        Again is read what the provider may still re-state, and from the first gap on.
        """
        today = self._now_ms // DAY_MS * DAY_MS
        first = today - feed.first_days * DAY_MS
        # Further back the provider may not tell what the ledger knows.
        oldest = min(first, today - feed.late_days * DAY_MS)
        read_until: int | None = None
        for since, until in self._connection.execute(
            "SELECT since, until FROM reading WHERE account = ? AND feed = ?"
            " AND until >= ? AND since <= ? ORDER BY since",
            (self._account.name, feed.name, oldest, self._now_ms),
        ):
            if read_until is not None and since > read_until:
                break
            read_until = min(until, self._now_ms)
        if read_until is None:
            return first, None
        last_read: int = read_until // DAY_MS * DAY_MS
        return max(oldest, last_read - feed.late_days * DAY_MS), read_until

    def _failed(self, report: AccountReport, feed: str, problem: AccountError) -> None:
        text = f"{feed}: {problem}" if feed else str(problem)
        report.errors.append(text)
        if problem.retry_seconds is not None:
            self._pause = max(self._pause or 0.0, problem.retry_seconds)
        self._is_refused |= problem.status == REFUSED
        self._was_asked |= not problem.is_local

    def _plan_next(self, report: AccountReport, chance: float) -> None:
        """Keep how the poll went, and say when the next one is."""
        (failures,) = self._connection.execute(
            "SELECT failures FROM account WHERE name = ? AND tried_at = ?",
            (self._account.name, self._now_ms),
        ).fetchone() or (None,)
        if failures is None:
            raise OvertakenError
        failures = failures + 1 if report.errors else 0
        least = max(self._pause or 0.0, self._kind.least_seconds)
        if self._is_refused and failures > 1:
            least = max(least, REFUSED_PAUSE_SECONDS)
        interval = float(self._account.interval or self._kind.interval_seconds)
        in_vain = failures if self._was_asked else 0
        seconds = pause(interval, in_vain, least, chance)
        self._connection.execute(
            "UPDATE account SET next_at = ?1, failures = ?2, error = ?3,"
            " state = CASE WHEN ?4 THEN 'no key' WHEN ?2 = 0 THEN 'ok'"
            "  WHEN good_at IS NULL THEN 'error' ELSE 'stale' END,"
            " good_at = CASE WHEN ?2 THEN good_at ELSE ?5 END,"
            " stale_since = CASE WHEN ?2 THEN coalesce(stale_since, ?5) END"
            " WHERE name = ?6 AND tried_at = ?5",
            (
                self._later_ms + int(seconds * 1000),
                failures,
                "; ".join(report.errors)[:500] or None,
                not report.has_key,
                self._now_ms,
                self._account.name,
            ),
        )


def ends_poll(problem: AccountError) -> bool:
    """Claim that the other feeds need not be asked: they would end alike."""
    if problem.status == 403:
        return problem.retry_seconds is not None
    return (
        problem.needs_user
        or isinstance(problem, UnreachableError)
        or problem.retry_seconds is not None
        or problem.status == TOO_MANY
    )


def is_of_ledger(fault: Exception) -> bool:
    """Claim that the ledger cannot be used, which stops all; not that a row is odd."""
    return type(fault) in (sqlite3.OperationalError, sqlite3.DatabaseError)


def described(fault: Exception) -> str:
    """Name a fault and its place; its text could hold what was answered or sent."""
    where = extract_tb(fault.__traceback__)[-1]
    return f"{type(fault).__name__} at {Path(where.filename).name}:{where.lineno}"
