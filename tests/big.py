"""Make what is too large to keep: trees of logs with their truth, large ledgers."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path

from tests import builders
from tokentui import config, ingest
from tokentui.events import Batch, Series, Tokens, UsageEvent
from tokentui.ledger.connection import open_for_writing

WORDS = [f"{a}{b}{c}" for a in "rstln" for b in "aeiou" for c in ("d", "nth", "ll")]
PROJECTS = [f"/nowhere/project-{i}" for i in range(12)]
CLAUDE = ("claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5")
CODEX = ("gpt-6.1-sol", "gpt-6.1-terra")
FILE_BYTES = 200_000
"""Of one transcript; a rollout is four times that."""

SESSIONS = 4_000
"""Of a ledger, over a year."""


def tree(home: Path, megabytes: int) -> Counter[tuple[str, str]]:
    """Write logs, four fifths Claude Code's; count tokens by source and kind."""
    chance = random.Random(7)
    truth: Counter[tuple[str, str]] = Counter()
    size = megabytes * 1_000_000
    for number in range(max(1, size * 4 // 5 // FILE_BYTES)):
        write_transcript(home, number, chance, truth)
    for number in range(max(1, size // 5 // (4 * FILE_BYTES))):
        write_rollout(home, number, chance, truth)
    return truth


def small_files(home: Path, count: int) -> None:
    """Write transcripts of one response each."""
    for number in range(count):
        line = builders.claude_line(f"msg_01small{number:016}", number, session="small")
        builders.write(builders.transcript(home, f"small-{number}", "-small"), line)


def write_transcript(
    home: Path, number: int, chance: random.Random, truth: Counter[tuple[str, str]]
) -> None:
    session = f"{number:08}-0000-4000-8000-000000000000"
    lines: list[bytes] = []
    size, turn = 0, 0
    while size < FILE_BYTES:
        turn += 1
        at = number * 90.0 + turn * 20
        asked = builders.claude_prompt(at, session)
        lines.append(asked.replace(b"filler", filler(chance, 6_000)))
        used = Counter(
            input=chance.randint(2, 60),
            cache_read=chance.randint(10_000, 150_000),
            cache_write=chance.randint(400, 6_000),
            output=chance.randint(50, 4_000),
        )
        blocks = [{"type": "text", "text": filler(chance, 700).decode()}]
        blocks += [
            {"type": "tool_use", "name": "Bash", "input": {"command": f"{turn} {i}"}}
            for i in range(chance.randint(0, 2))
        ]
        for block in blocks:
            lines.append(
                builders.claude_line(
                    f"msg_01{number:010}{turn:012}",
                    at + 10,
                    input=used["input"],
                    read=used["cache_read"],
                    written=used["cache_write"],
                    output=used["output"],
                    model=CLAUDE[number % len(CLAUDE)],
                    request=f"req_{number}_{turn}",
                    session=session,
                    message={"content": [block]},
                    cwd=PROJECTS[number % len(PROJECTS)],
                )
            )
        size = turn * 8_000
        count(truth, "claude-code", used)
    builders.write(builders.transcript(home, session, f"-{number % 12}"), *lines)


def write_rollout(
    home: Path, number: int, chance: random.Random, truth: Counter[tuple[str, str]]
) -> None:
    thread = f"01a1f867-0d00-7000-8000-{number:012}"
    lines = [
        builders.codex_meta(thread, 0),
        builders.codex_turn(CODEX[number % len(CODEX)], 0),
    ]
    size, turn = 0, 0
    total: Counter[str] = Counter()
    while size < 4 * FILE_BYTES:
        turn += 1
        text = filler(chance, 5_000).decode()
        lines.append(
            builders.codex_line(
                "response_item", turn * 20, type="function_call_output", output=text
            )
        )
        used = Counter(
            input=chance.randint(100, 4_000),
            cache_read=chance.randint(10_000, 150_000),
            output=chance.randint(50, 4_000),
        )
        total += used
        lines.append(
            builders.codex_total(
                (
                    total["input"] + total["cache_read"],
                    total["cache_read"],
                    total["output"],
                ),
                (
                    used["input"] + used["cache_read"],
                    used["cache_read"],
                    used["output"],
                ),
                turn * 20 + 10,
            )
        )
        size = turn * 5_600
        count(truth, "codex", used)
    builders.write(builders.rollout(home, thread), *lines)


def count(truth: Counter[tuple[str, str]], source: str, used: Counter[str]) -> None:
    truth.update({(source, kind): tokens for kind, tokens in used.items()})


def filler(chance: random.Random, length: int) -> bytes:
    """Write words, about so many bytes of them."""
    return " ".join(chance.choices(WORDS, k=length // 5)).encode()


def ledger(path: Path, events: int) -> None:
    """Make a ledger of so many events over the year that ends now."""
    chance = random.Random(1)
    connection = open_for_writing(path)
    writer = ingest.writer_for(connection, config.load(path.with_name("no.toml")))
    now = datetime.now(UTC)
    each = max(1, events // SESSIONS)
    for start in range(0, SESSIONS, 80):
        batch = Batch([], [], [])
        for _ in range(start, min(start + 80, SESSIONS)):
            add_session(batch, chance, now, each)
        writer.record(batch, [])
    ingest.apply_rules(connection, writer, config.load(path.with_name("no.toml")))
    connection.close()


def add_session(
    batch: Batch, chance: random.Random, now: datetime, responses: int
) -> None:
    source = chance.choice(("claude-code", "claude-code", "codex"))
    models = CLAUDE if source == "claude-code" else CODEX
    session = f"{chance.getrandbits(128):032x}"
    place = len(batch.series)
    for agent in ("main", "explore", "main"):
        batch.series.append(
            Series(
                source,
                session,
                chance.choice(models),
                project=chance.choice(PROJECTS),
                branch=chance.choice(("main", "ACME-1-x", "ACME-2-y")),
                tier="standard",
                agent=agent,
                client_version="2.1.330",
                machine="m",
            )
        )
    at = now - timedelta(seconds=chance.uniform(0, 365 * 86_400))
    for number in range(responses):
        at = min(at + timedelta(seconds=chance.uniform(5, 90)), now)
        ms = int(at.timestamp() * 1000)
        batch.events.append(
            UsageEvent(
                blake2b(f"{session}{number}".encode(), digest_size=16).digest(),
                place + chance.choice((0, 0, 0, 1, 2)),
                ms,
                ms,
                Tokens(
                    chance.randint(2, 60),
                    chance.randint(10_000, 200_000),
                    chance.randint(400, 6_000),
                    0,
                    chance.randint(50, 4_000),
                ),
            )
        )
