"""Scopes and their sums by hour are those of the events, whatever happens to these."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import builders
import pytest
import sqlite_utils
from builders import fresh_home, ms, record, rollup_faults
from hypothesis import given
from hypothesis import strategies as st

from tokentui import ingest
from tokentui.events import Series, Tokens, UsageEvent
from tokentui.ledger import schema
from tokentui.ledger.care import check_ledger
from tokentui.ledger.connection import open_for_reading, open_for_writing
from tokentui.queries.sums import Sums, Usage, total
from tokentui.settings import Config, Match, Payer, Plan, Project, ProjectMatch

MIDNIGHT = ms("2026-10-25T00:00:00Z")
"""Of the night in which the clocks of Europe go back, an hour later."""

HOUR = 3_600_000
RULES = (
    Config(),
    Config(payers=(Payer("company", "employer", Match(project=("api",))),)),
    Config(
        payers=(Payer("globex", "client", Match(source=("codex",))),),
        projects=(Project("site", ProjectMatch(path=("web",)), client="initech"),),
        plans=(Plan("api", "anthropic", 20, 1),),
    ),
)
"""Rules after each of which usage has other payers, clients or plans."""

SERIES = st.builds(
    Series,
    source=st.sampled_from(("claude-code", "codex")),
    session=st.sampled_from(("s-1", "s-2", "s-3")),
    model=st.sampled_from(("claude-a", "gpt-b", "unpriced-c")),
    project=st.sampled_from((None, "/home/ada/api", "/home/ada/web")),
    tier=st.sampled_from((None, "standard", "batch")),
    agent=st.sampled_from(("main", "explore")),
)
TIMES = st.integers(MIDNIGHT - 3 * HOUR, MIDNIGHT + 3 * HOUR)
RESPONSES = st.lists(st.tuples(SERIES, TIMES, st.integers(0, 99)), max_size=12)


def made(number: int, at: int, tokens: int) -> UsageEvent:
    """Make a response; of the same number it is another copy of the same."""
    return UsageEvent(
        key=number.to_bytes(16, "big"),
        series=0,
        at=at,
        own_at=at,
        tokens=Tokens(input=tokens, output=tokens),
    )


def attribute(ledger: Path, config: Config) -> None:
    """Attribute all usage by some rules, if others held before."""
    with closing(open_for_writing(ledger)) as connection, builders.toy_prices():
        writer = ingest.writer_for(connection, config)
        ingest.apply_rules(connection, writer, config)


def faults(ledger: Path) -> list[Any]:
    """List what is wrong with the sums, by the tests' own account and by `check`."""
    return [*rollup_faults(ledger), *check_ledger(ledger)]


@given(
    RESPONSES, RESPONSES, st.lists(st.sampled_from(RULES), max_size=3), st.booleans()
)
def test_never_drift(
    first: list[Any], second: list[Any], rules: list[Config], is_labelled: bool
) -> None:
    """Sums are those of the events after copies, new rules and labels of runs.

    The second half are copies of the first, with labels and times of their own.
    """
    _, ledger = fresh_home()
    for batch in (first, second):
        record(ledger, [(s, made(i, *rest)) for i, (s, *rest) in enumerate(batch)])
        assert faults(ledger) == []
        for config in rules:
            attribute(ledger, config)
            assert faults(ledger) == []
        if is_labelled:
            ingest.label_sessions(ledger, ("s-1", "s-3"), "nightly")
            assert faults(ledger) == []


@given(RESPONSES, TIMES, TIMES, st.sampled_from((None, "*api", "/home/ada/web")))
def test_totals(first: list[Any], one: int, other: int, project: str | None) -> None:
    """A total is that of the events between two times, to the millisecond."""
    _, ledger = fresh_home()
    record(ledger, [(s, made(i, *rest)) for i, (s, *rest) in enumerate(first)])
    since, until = sorted((one, other))
    wanted = {"*api": "/home/ada/api"}.get(project or "", project)
    fitting = [
        (series, tokens)
        for series, at, tokens in first
        if since <= at < until and wanted in (None, series.project)
    ]
    priced = [n for series, n in fitting if series.model != "unpriced-c"]
    only = {"project": (project,)} if project else {}
    with closing(open_for_reading(ledger)) as connection:
        found = total(connection, Usage(since, until, only))
        # No scope tells sessions apart, so this is asked of the series.
        by_session = total(connection, Usage(since, until, {**only, "session": ("*",)}))
    tokens = sum(n for _, n in fitting)
    assert found.requests == len(fitting)
    assert found.tokens == (tokens, 0, 0, 0, tokens, 0)
    assert found.unpriced == len(fitting) - len(priced)
    # A dollar per million tokens is a thousand nano-dollars for each.
    assert (found.cost_nanos or 0) == sum(priced) * 2 * 1_000
    assert by_session == found


def test_moved_usage_leaves_its_scope(ledger: Path) -> None:
    """Usage whose payer changes counts for the new payer in full, for the old no more.

    The other project's usage of the same hour stays where it was.
    """
    api = Series("claude-code", "s-1", "claude-a", project="/home/ada/api")
    web = Series("claude-code", "s-2", "claude-a", project="/home/ada/web")
    record(ledger, [(api, made(1, MIDNIGHT, 5)), (web, made(2, MIDNIGHT + 1, 7))])
    attribute(ledger, RULES[0])
    assert by_payer(ledger) == {"api": 12}
    attribute(ledger, RULES[1])
    assert by_payer(ledger) == {"api": 7, "company": 5}


def by_payer(ledger: Path) -> dict[str, int]:
    """Sum input tokens by payer, from the sums by hour."""
    with closing(open_for_reading(ledger)) as connection:
        return dict(
            connection.execute(
                "SELECT s.payer, sum(h.input) FROM scope_hour h"
                " JOIN scope s ON s.id = h.scope GROUP BY 1"
            ).fetchall()
        )


def test_failed_change_leaves_sums(ledger: Path) -> None:
    """A change that is rolled back leaves the sums by hour as they were."""
    api = Series("claude-code", "s-1", "claude-a", project="/home/ada/api")
    record(ledger, [(api, made(1, MIDNIGHT, 5))])
    with closing(open_for_writing(ledger)) as connection, builders.toy_prices():
        writer = ingest.writer_for(connection, RULES[1])
        with pytest.raises(RuntimeError), writer.transaction():
            writer.attribute_again()
            raise RuntimeError
    assert by_payer(ledger) == {"api": 5}
    assert faults(ledger) == []


# The migration


def first_schema(ledger: Path, filled: Path) -> None:
    """Make a ledger as the first version did, with what another ledger holds."""
    connection = sqlite3.connect(ledger)
    migrations = schema.migrations()
    migrations.apply(sqlite_utils.Database(connection), stop_before="m002_scopes")
    connection.execute("PRAGMA user_version = 1")
    connection.execute("ATTACH ? AS filled", (str(filled),))
    for table in ("series", "event", "rollup", "fee", "rate", "meta"):
        columns = ", ".join(
            name
            for _, name, *_ in connection.execute(f"PRAGMA main.table_info({table})")
        )
        connection.execute(
            f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM filled.{table}"
        )
    connection.commit()
    connection.close()


@given(RESPONSES, st.sampled_from(RULES))
def test_migration(responses: list[Any], config: Config) -> None:
    """A filled ledger of the first schema gets scopes and sums as if written today."""
    home, filled = fresh_home()
    record(filled, [(s, made(i, *rest)) for i, (s, *rest) in enumerate(responses)])
    attribute(filled, config)
    ledger = home / "first.db"
    first_schema(ledger, filled)
    with closing(sqlite3.connect(ledger)) as connection:
        tables = {
            name for (name,) in connection.execute("SELECT name FROM sqlite_master")
        }
        assert not tables & {"scope", "scope_hour"}
    assert sums(ledger) == sums(filled)
    assert faults(ledger) == []
    # It goes on as any other.
    more = Series("codex", "s-9", "gpt-b", project="/home/ada/api")
    record(ledger, [(more, made(99, MIDNIGHT, 1))])
    assert faults(ledger) == []


def sums(ledger: Path) -> Sums:
    """Sum everything in a ledger."""
    with closing(open_for_reading(ledger)) as connection:
        return total(connection, Usage())
