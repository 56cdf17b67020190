"""Keep a snapshot current: read what is new in the logs, look again when it matters."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tokentui.ingest import RefreshReport, book_for, refresh
from tokentui.ledger.connection import explaining, open_for_reading, open_for_writing
from tokentui.ledger.marks import Mark, drop_mark, keep_mark
from tokentui.paths import state_dir
from tokentui.periods import millis
from tokentui.prices.rates import RateKey
from tokentui.queries.responses import Arithmetic, Response, arithmetic, responses
from tokentui.queries.sums import Usage
from tokentui.queries.usage import UsageTable, usage_by
from tokentui.rounds import Rounds
from tokentui.rounds import system_clock as system_clock
from tokentui.settings import Cap, Config
from tokentui.snapshot import Snapshot, take
from tokentui.stored import CAPS, with_stored

if TYPE_CHECKING:
    from tokentui.claims.claim import Claim
    from tokentui.claims.listed import Listed
    from tokentui.poll import PollReport
    from tokentui.prices.explain import Explanation
    from tokentui.queries.marks import Session
    from tokentui.routes.advice import Advice
    from tokentui.routes.elsewhere import Elsewhere
    from tokentui.routes.ended import Verdict
    from tokentui.routes.report import Report

LOOK_AGAIN_MS = 15_000
"""Burn and forecast move with the clock alone, but slowly."""

STEPS_BETWEEN_LOOKS = 100_000
"""Steps of SQLite after which it looks whether anybody still wants the answer: a
millisecond or so."""


class Live:
    """The ledger as a live feed, whether or not a daemon writes it too.

    `config` is what the config file says; the caps that were set in the state folder
    are laid over its own here, and anew whenever one is set or removed. Its methods may
    be called from one worker thread; it holds no connection between calls that another
    thread could use.
    """

    def __init__(
        self,
        ledger: Path,
        config: Config,
        tz: ZoneInfo,
        clock: Callable[[], datetime] = system_clock,
        *,
        state: Path | None = None,
        reads_logs: bool = True,
    ) -> None:
        self.ledger = ledger
        self.tz = tz
        self._clock = clock
        self._state = state or state_dir()
        self._from_file = config
        self.config = with_stored(config, self._state)
        self._reads_logs = reads_logs
        self._rounds = Rounds(ledger, config, clock=clock)
        self._connection: sqlite3.Connection | None = None
        self._version: int | None = None
        self._taken_ms = 0
        self._opened_as: tuple[int, int] | None = None
        self.report: RefreshReport | None = None

    def poll(self) -> Snapshot | None:
        """Read new log lines; give a snapshot if anything may have changed.

        From the first time on, accounts are polled beside it as they become due.

        Raises:
            TokentuiError: The ledger cannot be used; the next call tries again.
        """
        if self._reads_logs:
            self.report = refresh(self.ledger, self.config)
            self._rounds.start()
        identity = self._identity()
        if identity != self._opened_as:
            self._let_go()  # the ledger was made anew
        connection = self._connection
        if connection is None:
            self._opened_as, self._version = identity, None
            connection = open_for_reading(self.ledger)
            self._connection = connection
        now = self._clock()
        now_ms = int(now.timestamp() * 1000)
        is_old = not 0 <= now_ms - self._taken_ms < LOOK_AGAIN_MS
        with explaining(self.ledger):
            version = connection.execute("PRAGMA data_version").fetchone()[0]
            if version == self._version and not is_old:
                return None
            snapshot = take(connection, self.config, self.tz, now)
        # Only now: after a failure the next poll must try again.
        self._version, self._taken_ms = version, now_ms
        return snapshot

    def _identity(self) -> tuple[int, int] | None:
        """Tell this ledger file from one that takes its place."""
        try:
            status = self.ledger.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino

    def table(self, by: tuple[str, ...], usage: Usage) -> UsageTable:
        """Group usage by keys, as `tokentui usage` does."""
        with self._opened() as connection:
            display, plans = self.config.display, self.config.plans
            return usage_by(connection, by, usage, self.tz, display.ticket, plans)

    def responses(self, usage: Usage, limit: int = 500) -> tuple[Response, ...]:
        """List the last responses of some usage, in order of time."""
        with self._opened() as connection:
            return responses(connection, usage, limit)

    def arithmetic(self, key: bytes) -> Arithmetic | None:
        """Explain the cost of one response."""
        with self._opened() as connection:
            return arithmetic(connection, key)

    def models(self, text: str) -> list[tuple[str, str]]:
        """List provider and name of the models of the price book that hold a text."""
        return book_for(self.config).search(text)

    def price(self, provider: str, model: str) -> Explanation | None:
        """Explain what a model costs now."""
        now_ms = int(self._clock().timestamp() * 1000)
        return book_for(self.config).explain(RateKey(provider, model), now_ms)

    def advice(
        self, usage: Usage, value_nanos: int | None, is_unwanted: Callable[[], bool]
    ) -> Advice:
        """Suggest cheaper ways for the work of a closed span; takes seconds.

        `value_nanos`: what an accepted run is worth, if that is known. It ends early,
        by an error, once `is_unwanted` says so.
        """
        from tokentui.routes.advice import advise  # 30 ms, and the price book's 100

        with self._opened(is_unwanted) as connection:
            book, config = book_for(self.config), self.config
            now_ms = int(self._clock().timestamp() * 1000)
            return advise(connection, usage, config, book, now_ms, value_nanos)

    def elsewhere(
        self,
        usage: Usage,
        model: str | None,
        is_unwanted: Callable[[], bool],
        *,
        is_scored: bool = False,
    ) -> Elsewhere:
        """Compare the usage of a model, or of all, with other routes; takes seconds.

        `is_scored`: if none is named, that of the dearest one of known success.
        """
        from tokentui.routes.constraints import constraints_of
        from tokentui.routes.elsewhere import elsewhere

        book, limits = book_for(self.config), constraints_of(self.config)
        with self._opened(is_unwanted) as connection:
            asked = (connection, usage, book, model)
            return elsewhere(*asked, is_scored=is_scored, constraints=limits)

    def outcomes(
        self, usage: Usage, by: Sequence[str], is_unwanted: Callable[[], bool]
    ) -> Report:
        """Say how the work of some usage ended, grouped by keys; git is asked before.

        It ends early, by an error, once `is_unwanted` says so.
        """
        from tokentui.routes.report import report

        if self._reads_logs:
            self._ask_git()
        with self._opened(is_unwanted) as connection:
            return report(connection, usage, self.config, by)

    def _ask_git(self) -> None:
        from tokentui.git.ask import GitError
        from tokentui.repositories import ask_git

        with suppress(GitError):  # why, is kept with what git told before
            ask_git(self.ledger, millis(self._clock()))

    def ends(self, usage: Usage) -> Mapping[Session, Verdict]:
        """Say how each session of some usage ended, by what is known already."""
        from tokentui.routes.ended import ends

        with self._opened() as connection:
            return ends(connection, usage)

    def mark(self, mark: Mark) -> None:
        """Keep what a person says of a session's work."""
        with self._changing() as connection:
            keep_mark(connection, mark)

    def unmark(self, source: str, session: str) -> bool:
        """Take the mark off a session; claim that there was one."""
        with self._changing() as connection:
            return drop_mark(connection, source, session)

    def claims(self) -> tuple[Listed, ...]:
        """List drafts and saved claims, newest first."""
        from tokentui.claims.listed import listed

        with self._opened() as connection:
            return listed(connection, self.tz)

    def claim(self, name: str) -> Claim:
        """Give a claim: a saved one as it was saved, a draft as it is now."""
        from tokentui.claims.kept import claim_now, find

        with self._opened() as connection:
            kept = find(connection, name)
            return claim_now(connection, self.config, kept, self.tz, self._clock())

    def statement(self, since_ms: int, until_ms: int) -> Claim:
        """Make a statement of a time, which gets no number."""
        from tokentui.claims.asked import Asked
        from tokentui.claims.kept import statement

        asked = Asked(since_ms, until_ms)
        with self._opened() as connection:
            return statement(connection, self.config, asked, self.tz, self._clock())

    def set_cap(self, cap: Cap) -> None:
        """Set a cap, or change the one of that name, in the state folder.

        Raises:
            ConfigError: It makes no sense, or `caps.toml` cannot be read.
        """
        CAPS.put(self._state, cap)
        self._load_caps()

    def remove_cap(self, name: str) -> bool:
        """Remove a cap that was set here; `False` if it stands in the config alone."""
        caps = CAPS.load(self._state)
        kept = [each for each in caps if each.name != name]
        if len(kept) == len(caps):
            return False
        CAPS.save(self._state, kept)
        self._load_caps()
        return True

    def ask_accounts(self, names: tuple[str, ...], force: bool = False) -> PollReport:
        """Ask accounts now, if they may be asked; a call for each may take a while.

        `force`: also those that failed and are left alone for now.
        """
        from tokentui.poll import poll

        now = self._clock()
        return poll(self.ledger, self.config, now, only=names, asked=True, force=force)

    def _load_caps(self) -> None:
        """Take the caps as they are now, and look again at the next poll."""
        self.config = with_stored(self._from_file, self._state)
        self._version = None

    @contextmanager
    def _opened(
        self, is_unwanted: Callable[[], bool] | None = None
    ) -> Iterator[sqlite3.Connection]:
        """Open the ledger for one question, from whichever thread asks."""
        with (
            explaining(self.ledger),
            closing(open_for_reading(self.ledger)) as connection,
        ):
            if is_unwanted is not None:
                connection.set_progress_handler(is_unwanted, STEPS_BETWEEN_LOOKS)
            yield connection

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """Open the ledger for one change, from whichever thread makes it."""
        with (
            explaining(self.ledger),
            closing(open_for_writing(self.ledger)) as connection,
        ):
            yield connection

    def close(self) -> None:
        """Let go of the ledger, and ask no accounts."""
        self._rounds.end()
        self._let_go()

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
