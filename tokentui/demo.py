"""Sample data: a month of one made-up developer, for a machine that has no logs.

Everything lies in a temporary folder and is priced by the same book as real usage.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from tokentui.demo_accounts import ACCOUNTS, add_accounts
from tokentui.demo_outcomes import add_outcomes
from tokentui.events import EDITED_CODE, Batch, Quota, Series, Tokens, UsageEvent
from tokentui.hashes import blake2b
from tokentui.ingest import writer_for
from tokentui.ledger.connection import open_for_writing
from tokentui.live import Live
from tokentui.periods import millis
from tokentui.poll import PollReport
from tokentui.settings import Cap, Config, Plan, Project, ProjectMatch
from tokentui.snapshot import Snapshot

DAYS = 45
SESSION_GAP = timedelta(seconds=70)
POLLS_A_RESPONSE = 4
"""So many looks, of about a second, between two responses of the made-up agents."""

CONFIG = Config(
    caps=(
        Cap("month", 600_000_000_000, "month", origin="demo"),
        Cap("day", 25_000_000_000, "day", warn=Decimal("0.75"), origin="demo"),
    ),
    plans=(Plan("chatgpt-plus", "openai", Decimal(20), renews=12),),
    projects=(
        Project(
            "work",
            ProjectMatch(path=("/home/dev/*",)),
            value=Decimal(60),
            hourly_rate=Decimal(90),
        ),
    ),
    accounts=ACCOUNTS,
)

Agent = tuple[str, str, str, int, int, int]
AGENTS: tuple[Agent, ...] = (
    # source, model, project, weight, context tokens, output tokens
    ("claude-code", "claude-opus-5-5", "/home/dev/acme-api", 6, 170_000, 1_300),
    ("claude-code", "claude-sonnet-5-5", "/home/dev/acme-api", 3, 120_000, 900),
    ("claude-code", "claude-haiku-5-5", "/home/dev/acme-api", 2, 30_000, 300),
    ("claude-code", "claude-opus-4-8", "/home/dev/billing", 3, 160_000, 1_400),
    ("codex", "gpt-6.1-sol", "/home/dev/website", 4, 150_000, 1_200),
    ("codex", "gpt-6.1-terra", "/home/dev/website", 1, 90_000, 800),
)
LOGINS = {"claude-code": "api key", "codex": "chatgpt plus"}
"""Who pays: an API key for one agent, a flat plan for the other."""

WINDOWS = (
    # minutes of a plan's window, percent used a while ago and now, minutes to its reset
    (300, 31.0, 46.0, 131),
    (10_080, 56.0, 58.0, 3_140),
)
RUNNING = ((AGENTS[0], 140), (AGENTS[4], 40))
"""Who works now, and since how many minutes."""

BRANCHES = ("main", "ACME-142-retries", "ACME-150-export")


def make_ledger(path: Path, now: datetime, seed: int = 1) -> None:
    """Write the sample month that ends `now` into a new ledger; the same every time."""
    chance = random.Random(seed)
    connection = open_for_writing(path)
    try:
        writer = writer_for(connection, CONFIG)
        batch = Batch([], [], [])
        for start, length in working_sessions(chance, now):
            add_session(batch, Worker(chance), start, length, now)
        for agent, minutes in RUNNING:
            start = now - timedelta(minutes=minutes)
            add_session(batch, Worker(chance, agent), start, 4 * minutes, now)
        add_quotas(batch, now)
        writer.record(batch, [])
        add_accounts(connection, writer, now)
        add_outcomes(connection, now)
    finally:
        connection.close()


def working_sessions(
    chance: random.Random, now: datetime
) -> Iterator[tuple[datetime, int]]:
    """Give starts and lengths of past sessions: working days, few at weekends."""
    for back in range(DAYS, -1, -1):
        day = (now - timedelta(days=back)).replace(hour=9, minute=0, second=0)
        for _ in range(
            chance.randint(3, 6) if day.weekday() < 5 else chance.randint(0, 1)
        ):
            start = day + timedelta(minutes=chance.randint(0, 540))
            if start < now - timedelta(minutes=150):
                yield start, chance.randint(30, 130)


def add_session(
    batch: Batch, worker: Worker, start: datetime, length: int, now: datetime
) -> None:
    """Add one session: a context that grows, mostly read from the cache."""
    at = start
    for _ in range(length):
        at += SESSION_GAP * worker.chance.uniform(0.3, 1.7)
        if at >= now:
            break
        worker.respond(batch, at)


def add_quotas(batch: Batch, now: datetime) -> None:
    """Add what the plan's provider says of its windows: lately, and a while ago."""
    for minutes, before, used, to_reset in WINDOWS:
        resets_at = millis(now + timedelta(minutes=to_reset))
        for ago, percent in ((95, before), (4, used)):
            as_of = millis(now - timedelta(minutes=ago))
            quota = Quota("codex", minutes, as_of, percent, resets_at)
            batch.quotas.append((LOGINS["codex"], quota))


class Worker:
    """A made-up agent in one session."""

    def __init__(self, chance: random.Random, agent: Agent | None = None) -> None:
        self.chance = chance
        if agent is None:
            (agent,) = chance.choices(AGENTS, [weight for *_, weight, _, _ in AGENTS])
        source, model, project, _, self._context, self._output = agent
        self._read = self._context // 4
        self._count = 0
        session = f"{chance.getrandbits(64):016x}"
        self._edits = session[-1] not in "012"  # the others only ask questions
        self._series = Series(
            source=source,
            session=session,
            model=model,
            project=project,
            branch=chance.choice(BRANCHES),
            tier="standard",
            agent="main",
            endpoint="anthropic" if source == "claude-code" else "openai",
            client_version="2.1.330" if source == "claude-code" else "0.169.0",
            machine="demo",
            account=LOGINS[source],
        )

    def respond(self, batch: Batch, at: datetime) -> None:
        """Add one response of the session to a batch."""
        if self._series not in batch.series[-1:]:
            batch.series.append(self._series)
        chance, written = self.chance, self.chance.randint(400, 6_000)
        name = f"demo {self._series.session} {self._count}"
        self._count += 1
        batch.events.append(
            UsageEvent(
                key=blake2b(name.encode(), digest_size=16).digest(),
                series=len(batch.series) - 1,
                at=millis(at),
                own_at=millis(at),
                tokens=Tokens(
                    input=chance.randint(2, 60),
                    cache_read=self._read,
                    cache_write=written,
                    output=int(self._output * chance.lognormvariate(0, 0.6)),
                ),
                deeds=EDITED_CODE if self._edits and self._count % 3 == 0 else 0,
            )
        )
        self._read = min(self._read + written, self._context * 2)


class DemoFeed(Live):
    """A live feed in which a made-up agent goes on working."""

    def __init__(
        self, ledger: Path, tz: ZoneInfo, clock: Callable[[], datetime]
    ) -> None:
        super().__init__(
            ledger, CONFIG, tz, clock, state=ledger.parent, reads_logs=False
        )
        self._now = clock
        chance = random.Random(3)
        self._workers = [Worker(chance, agent) for agent, _ in RUNNING]
        self._calls = 0

    def poll(self) -> Snapshot | None:
        """Let a response arrive now and then, then look as ever."""
        self._calls += 1
        if self._calls % POLLS_A_RESPONSE == 0:
            self._work()
        return super().poll()

    def ask_accounts(self, names: tuple[str, ...], force: bool = False) -> PollReport:
        """Ask nobody: the accounts are made up."""
        return PollReport(())

    def _work(self) -> None:
        batch = Batch([], [], [])
        turn = self._calls // POLLS_A_RESPONSE % len(self._workers)
        self._workers[turn].respond(batch, self._now())
        connection = open_for_writing(self.ledger)
        try:
            writer_for(connection, self.config).record(batch, [])
        finally:
            connection.close()
