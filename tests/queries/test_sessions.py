"""Sessions that are running now: cost, pace, prompt, and how warm the cache is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from hashlib import blake2b
from itertools import count
from pathlib import Path

import builders
import pytest

from tokentui.events import Series, Tokens, UsageEvent
from tokentui.ledger.connection import open_for_reading
from tokentui.queries.sessions import SessionState, running_sessions

NOW = builders.START_MS
SECOND, MINUTE, HOUR = 1_000, 60_000, 3_600_000
A_DOLLAR = 10**9
k, M = 1_000, 1_000_000
NUMBERS = count()


def response(
    minutes_ago: float,
    tokens: Tokens,
    session: str = "one",
    model: str = "claude-opus-5-5",
    source: str = "claude-code",
    **labels: str,
) -> tuple[Series, UsageEvent]:
    """Make one response of a session."""
    key = blake2b(f"{next(NUMBERS)}".encode(), digest_size=16).digest()
    at = NOW - round(minutes_ago * MINUTE)
    series = Series(
        source, session, model, **({"agent": "main", "project": "/a/acme"} | labels)
    )
    return series, UsageEvent(key, 0, at, at, tokens)


@pytest.fixture
def running(ledger: Path) -> Callable[..., tuple[SessionState, ...]]:
    """Ask for the running sessions of a ledger with these responses."""

    def ask(*responses: tuple[Series, UsageEvent]) -> tuple[SessionState, ...]:
        builders.record(ledger, responses)
        with closing(open_for_reading(ledger)) as connection:
            return running_sessions(connection, NOW)

    return ask


def test_by_hand(running: Callable) -> None:
    """Cost of all of it, pace and cache of the last quarter, prompt of the last answer.

    The toy book takes a dollar per million of any kind: $1 twenty minutes ago, and then
    50 and 100 cents in a quarter of an hour, which is $6 an hour. Of the 500k and 1M of
    the prompts, 300k and 900k came from the cache.
    """
    (state,) = running(
        response(20, Tokens(output=M)),
        response(10, Tokens(input=100 * k, cache_read=300 * k, cache_write=100 * k)),
        response(2, Tokens(input=100 * k, cache_read=900 * k)),
    )
    assert state == SessionState(
        session="one",
        source="claude-code",
        project="/a/acme",
        model="claude-opus-5-5",
        payer="api",
        nanos=2_500_000_000,
        nanos_per_hour=6 * A_DOLLAR,
        prompt_tokens=M,
        cache_hit=0.8,
        cold_at_ms=NOW + 3 * MINUTE,
        last_at_ms=NOW - 2 * MINUTE,
        warm_nanos=A_DOLLAR,  # the toy book has one price for all kinds
        cold_nanos=A_DOLLAR,
    )


@pytest.mark.parametrize(
    ("minutes_ago", "is_running"),
    [(0, True), (15, True), (15 + 1 / MINUTE, False), (-1 / MINUTE, False)],
)
def test_a_quarter_of_an_hour(
    running: Callable, minutes_ago: float, is_running: bool
) -> None:
    """A session runs for 15 minutes after its last response, to the millisecond."""
    assert bool(running(response(minutes_ago, Tokens(input=1)))) is is_running


@pytest.mark.parametrize(
    ("labels", "tokens", "lives"),
    [
        ({}, Tokens(cache_read=10), 5 * MINUTE),
        ({}, Tokens(cache_write=10), 5 * MINUTE),
        ({}, Tokens(cache_write_1h=10), HOUR),
        ({"model": "gpt-5.4", "source": "codex"}, Tokens(cache_read=10), 30 * MINUTE),
        ({"model": "glm-4.7"}, Tokens(cache_read=10), None),
        ({"model": "what-is-this"}, Tokens(cache_read=10), None),
    ],
)
def test_cold_at(
    running: Callable, labels: dict[str, str], tokens: Tokens, lives: int | None
) -> None:
    """The cache lapses some time after the last response; the provider says when."""
    (state,) = running(response(1, tokens, **labels))
    assert state.cold_at_ms == (None if lives is None else NOW - MINUTE + lives)


def test_an_hour_once_written(running: Callable) -> None:
    """What was written for an hour lives an hour after it was last read."""
    (state,) = running(
        response(9, Tokens(cache_write_1h=10)), response(1, Tokens(cache_read=10))
    )
    assert state.cold_at_ms == NOW - MINUTE + HOUR


@pytest.mark.parametrize(
    ("tokens", "hit"),
    [
        (Tokens(input=10), 0),
        (Tokens(cache_read=10), 1),
        (Tokens(input=1, cache_read=2, cache_write=3, cache_write_1h=4), 0.2),
        (Tokens(output=10), None),
    ],
)
def test_cache_hit(running: Callable, tokens: Tokens, hit: float | None) -> None:
    """The share of the prompt that was read from the cache; of no prompt none."""
    (state,) = running(response(1, tokens))
    assert state.cache_hit == hit


def test_prompt_is_the_main_threads(running: Callable) -> None:
    """Model and prompt are those of the main thread, cost that of sub-agents too."""
    haiku = {"model": "claude-haiku-5-5", "agent": "explore"}
    (state,) = running(
        response(9, Tokens(input=7)),
        response(5, Tokens(input=M, cache_read=M)),
        response(1, Tokens(input=3 * M), **haiku),
    )
    assert (state.model, state.prompt_tokens) == ("claude-opus-5-5", 2 * M)
    assert state.last_at_ms == NOW - MINUTE
    assert state.nanos == 5 * A_DOLLAR + 7_000


def test_only_a_sub_agent(running: Callable) -> None:
    """Where only a sub-agent spoke lately, it speaks for the session."""
    (state,) = running(
        response(40, Tokens(input=9)),
        response(1, Tokens(input=3), model="claude-haiku-5-5", agent="explore"),
    )
    assert (state.model, state.prompt_tokens) == ("claude-haiku-5-5", 3)


def test_dearest_first(running: Callable) -> None:
    """The session that has cost most lately comes first, what is unpriced last."""
    states = running(
        response(60, Tokens(output=90 * M), "cheap now"),
        response(1, Tokens(output=M), "cheap now"),
        response(1, Tokens(output=5 * M), "dear"),
        response(1, Tokens(output=9 * M), "free?", model="unpriced-1"),
    )
    assert [state.session for state in states] == ["dear", "cheap now", "free?"]
    assert [state.nanos for state in states] == [5 * A_DOLLAR, 91 * A_DOLLAR, None]
    assert states[-1].nanos_per_hour == 0


def test_list_value_inside_plans(running: Callable) -> None:
    """A session that a plan pays shows its list value, and the plan."""
    (state,) = running(response(1, Tokens(output=M), account="claude_max"))
    assert (state.payer, state.nanos) == ("claude-max", A_DOLLAR)


def test_change_of_payer(running: Callable) -> None:
    """Who pays now is who paid for the last response of the main thread."""
    (state,) = running(
        response(4, Tokens(output=M), account="claude_max"),
        response(1, Tokens(output=M), account="api key"),
    )
    assert (state.payer, state.nanos) == ("api", 2 * A_DOLLAR)


def test_one_name_in_two_sources(running: Callable) -> None:
    """Sessions of two agents that bear one name are two."""
    states = running(
        response(1, Tokens(output=M)),
        response(1, Tokens(output=2 * M), source="codex", model="gpt-5.4"),
    )
    assert [(state.source, state.nanos) for state in states] == [
        ("codex", 2 * A_DOLLAR),
        ("claude-code", A_DOLLAR),
    ]


def test_totals_are_no_responses(running: Callable) -> None:
    """What is only known from a total does not make a session run."""
    assert running(response(1, Tokens(output=M), origin="unlogged")) == ()


def test_no_more_than_a_dozen(running: Callable) -> None:
    """Of many sessions the twelve dearest are listed."""
    states = running(
        *(response(1, Tokens(output=n * k), f"session {n}") for n in range(1, 16))
    )
    assert [state.nanos for state in states] == [n * M for n in range(15, 3, -1)]
