"""Sample data: a month of one made-up developer, for a machine that has no logs.

Everything lies in a temporary folder and is priced by the same book as real usage.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import blake2b
from pathlib import Path
from zoneinfo import ZoneInfo

from tokentui.events import Batch, Series, Tokens, UsageEvent
from tokentui.ingest import writer_for
from tokentui.ledger.connection import open_for_writing
from tokentui.live import Live
from tokentui.periods import millis
from tokentui.settings import Cap, Config
from tokentui.snapshot import Snapshot

DAYS = 45
SESSION_GAP = timedelta(seconds=70)
CONFIG = Config(
    caps=(
        Cap("month", 1_500_000_000_000, "month", origin="demo"),
        Cap("day", 60_000_000_000, "day", warn=Decimal("0.75"), origin="demo"),
    )
)

AGENTS = (
    # source, model, project, weight, context tokens, output tokens
    ("claude-code", "claude-opus-5-5", "/home/dev/acme-api", 6, 170_000, 1_300),
    ("claude-code", "claude-sonnet-5-5", "/home/dev/acme-api", 3, 120_000, 900),
    ("claude-code", "claude-haiku-5-5", "/home/dev/acme-api", 2, 30_000, 300),
    ("claude-code", "claude-opus-4-8", "/home/dev/billing", 3, 160_000, 1_400),
    ("codex", "gpt-6.1-sol", "/home/dev/website", 4, 150_000, 1_200),
    ("codex", "gpt-6.1-terra", "/home/dev/website", 1, 90_000, 800),
)
BRANCHES = ("main", "ACME-142-retries", "ACME-150-export")


def make_ledger(path: Path, now: datetime, seed: int = 1) -> None:
    """Write the sample month that ends `now` into a new ledger; the same every time."""
    chance = random.Random(seed)
    connection = open_for_writing(path)
    try:
        writer = writer_for(connection, CONFIG)
        batch = Batch([], [], [])
        for start, length in working_sessions(chance, now):
            add_session(batch, chance, start, length, now)
        writer.record(batch, [])
    finally:
        connection.close()


def working_sessions(
    chance: random.Random, now: datetime
) -> Iterator[tuple[datetime, int]]:
    """Give starts and lengths of sessions: working days, few at weekends, and now."""
    for back in range(DAYS, -1, -1):
        day = (now - timedelta(days=back)).replace(hour=9, minute=0, second=0)
        for _ in range(
            chance.randint(3, 6) if day.weekday() < 5 else chance.randint(0, 1)
        ):
            start = day + timedelta(minutes=chance.randint(0, 540))
            if start < now - timedelta(minutes=150):
                yield start, chance.randint(30, 130)
    yield now - timedelta(minutes=140), 110
    yield now - timedelta(minutes=40), 34


def add_session(
    batch: Batch, chance: random.Random, start: datetime, length: int, now: datetime
) -> None:
    """Add one session: a context that grows, mostly read from the cache."""
    source, model, project, _, context, output = chance.choices(
        AGENTS, [agent[3] for agent in AGENTS]
    )[0]
    session = f"{chance.getrandbits(64):016x}"
    batch.series.append(
        Series(
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
        )
    )
    at, read = start, context // 4
    for number in range(length):
        at += SESSION_GAP * chance.uniform(0.3, 1.7)
        if at >= now:
            break
        written = chance.randint(400, 6_000)
        tokens = Tokens(
            input=chance.randint(2, 60),
            cache_read=read,
            cache_write=written,
            output=int(output * chance.lognormvariate(0, 0.6)),
        )
        read = min(read + written, context * 2)
        batch.events.append(
            response(session, number, len(batch.series) - 1, at, tokens)
        )


def response(
    session: str, number: int, series: int, at: datetime, tokens: Tokens
) -> UsageEvent:
    """Make one complete response."""
    key = blake2b(f"demo {session} {number}".encode(), digest_size=16).digest()
    ms = millis(at)
    return UsageEvent(key=key, series=series, at=ms, own_at=ms, tokens=tokens)


class DemoFeed(Live):
    """A live feed in which a made-up agent goes on working."""

    def __init__(
        self, ledger: Path, tz: ZoneInfo, clock: Callable[[], datetime]
    ) -> None:
        super().__init__(ledger, CONFIG, tz, clock, reads_logs=False)
        self._now = clock
        self._chance = random.Random(2)
        self._calls = 0

    def poll(self) -> Snapshot | None:
        """Let a response arrive now and then, then look as ever."""
        self._calls += 1
        if self._calls % 3 == 0:
            self._work()
        return super().poll()

    def _work(self) -> None:
        batch = Batch([], [], [])
        now = self._now()
        start = now - timedelta(seconds=1)
        add_session(batch, self._chance, start - SESSION_GAP * 2, 1, now)
        connection = open_for_writing(self.ledger)
        try:
            writer_for(connection, self.config).record(batch, [])
        finally:
            connection.close()
