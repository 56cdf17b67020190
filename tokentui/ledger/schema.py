"""The tables, as migrations: shipped ones are never edited, only followed by new ones.

Times are UTC milliseconds, money is nano-dollars, `bucket` is a quarter of an hour
since 1970, `hour` a whole one, `day` one of UTC. NULL is unknown: a NULL cost is an
unpriced event, never a free one. `cost` is the list price less the payer's discount,
`list` the list price where that differs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from tokentui.errors import LedgerError

BUCKET_MS = 900_000
HOUR_MS = 3_600_000
DAY_MS = 86_400_000
TOKEN_KINDS = (
    "input",
    "cache_read",
    "cache_write",
    "cache_write_1h",
    "output",
    "reasoning",
)
SCOPE_LABELS = (
    "source",
    "provider",
    "provider_evidence",
    "payer",
    "payer_evidence",
    "client",
    "project",
    "model",
    "tier",
    "geo",
    "label",
    "is_plan",
)
"""The labels of a series that make its scope: what caps, payers and prices ask for."""

STATED = -1
"""The rate of an event whose list price the provider states."""

IMPORTS = "import:usage"
"""The account of readings that are files which were imported."""

M001 = """
CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    source TEXT NOT NULL,
    session TEXT NOT NULL,
    model TEXT NOT NULL,
    project TEXT, branch TEXT, tier TEXT, geo TEXT, effort TEXT, agent TEXT, skill TEXT,
    endpoint TEXT, requested_model TEXT, client_version TEXT, entrypoint TEXT,
    root TEXT, label TEXT, machine TEXT,
    origin TEXT NOT NULL,
    account TEXT, base_url TEXT,
    provider TEXT, provider_evidence TEXT,
    payer TEXT NOT NULL, payer_evidence TEXT NOT NULL,
    client TEXT,
    is_plan INTEGER NOT NULL,
    discount_ppm INTEGER NOT NULL
);
CREATE INDEX series_session ON series (session);
CREATE TABLE event (
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    series INTEGER NOT NULL,
    at INTEGER NOT NULL,
    lag INTEGER NOT NULL,
    input INTEGER NOT NULL,
    cache_read INTEGER NOT NULL,
    cache_write INTEGER NOT NULL,
    cache_write_1h INTEGER NOT NULL,
    output INTEGER NOT NULL,
    reasoning INTEGER NOT NULL,
    requests INTEGER,
    standing INTEGER NOT NULL,
    partial INTEGER NOT NULL,
    stop_reason INTEGER,
    tool_calls INTEGER,
    started_before INTEGER,
    cost INTEGER,
    list INTEGER,
    rate INTEGER
);
CREATE INDEX event_series_at ON event (series, at);
CREATE TABLE fee (
    event INTEGER NOT NULL,
    kind TEXT NOT NULL,
    units INTEGER NOT NULL,
    cost INTEGER,
    PRIMARY KEY (event, kind)
) WITHOUT ROWID;
CREATE TABLE rollup (
    bucket INTEGER NOT NULL,
    series INTEGER NOT NULL,
    requests INTEGER,
    input INTEGER NOT NULL,
    cache_read INTEGER NOT NULL,
    cache_write INTEGER NOT NULL,
    cache_write_1h INTEGER NOT NULL,
    output INTEGER NOT NULL,
    reasoning INTEGER NOT NULL,
    cost INTEGER,
    list INTEGER,
    unpriced INTEGER NOT NULL,
    partial INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (bucket, series)
) WITHOUT ROWID;
CREATE TABLE rate (
    id INTEGER PRIMARY KEY,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    tier TEXT NOT NULL,
    geo TEXT NOT NULL,
    valid_from INTEGER NOT NULL,
    valid_until INTEGER NOT NULL,
    bands TEXT,
    fees TEXT,
    source TEXT,
    as_of TEXT,
    version TEXT NOT NULL,
    book TEXT NOT NULL
);
CREATE INDEX rate_key ON rate (provider, model, tier, geo);
CREATE TABLE cursor (
    path TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    device INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    fingerprint BLOB NOT NULL,
    state BLOB NOT NULL,
    skipped INTEGER NOT NULL,
    example TEXT,
    error TEXT
) WITHOUT ROWID;
CREATE TABLE alias (
    key BLOB PRIMARY KEY,
    event BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE session_total (
    source TEXT NOT NULL,
    session TEXT NOT NULL,
    model TEXT NOT NULL,
    at INTEGER NOT NULL,
    input INTEGER NOT NULL,
    cache_read INTEGER NOT NULL,
    cache_write INTEGER NOT NULL,
    cache_write_1h INTEGER NOT NULL,
    output INTEGER NOT NULL,
    reasoning INTEGER NOT NULL,
    web_searches INTEGER NOT NULL,
    settled INTEGER NOT NULL,
    PRIMARY KEY (source, session, model)
) WITHOUT ROWID;
CREATE TABLE quota (
    payer TEXT NOT NULL,
    limit_id TEXT NOT NULL,
    window_minutes INTEGER NOT NULL,
    as_of INTEGER NOT NULL,
    used_percent REAL NOT NULL,
    resets_at INTEGER,
    PRIMARY KEY (payer, limit_id, window_minutes, as_of)
) WITHOUT ROWID;
CREATE TABLE shared_session (
    session TEXT PRIMARY KEY
) WITHOUT ROWID;
CREATE TABLE cap_raise (
    id INTEGER PRIMARY KEY,
    cap TEXT NOT NULL,
    amount INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    because TEXT
);
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""

M002 = """
CREATE TABLE scope (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    provider TEXT, provider_evidence TEXT,
    payer TEXT NOT NULL, payer_evidence TEXT NOT NULL,
    client TEXT,
    project TEXT,
    model TEXT NOT NULL,
    tier TEXT, geo TEXT, label TEXT,
    is_plan INTEGER NOT NULL
);
CREATE INDEX scope_model ON scope (model, project, payer);
CREATE TABLE scope_hour (
    hour INTEGER NOT NULL,
    scope INTEGER NOT NULL,
    requests INTEGER,
    input INTEGER NOT NULL,
    cache_read INTEGER NOT NULL,
    cache_write INTEGER NOT NULL,
    cache_write_1h INTEGER NOT NULL,
    output INTEGER NOT NULL,
    reasoning INTEGER NOT NULL,
    cost INTEGER,
    list INTEGER,
    unpriced INTEGER NOT NULL,
    partial INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (hour, scope)
) WITHOUT ROWID;
ALTER TABLE series ADD COLUMN scope INTEGER;
CREATE INDEX series_unplaced ON series (id) WHERE scope IS NULL;
INSERT INTO scope SELECT DISTINCT NULL, source, provider, provider_evidence, payer,
    payer_evidence, client, project, model, tier, geo, label, is_plan FROM series;
UPDATE series SET scope = (
    SELECT id FROM scope c
    WHERE c.model = series.model AND c.project IS series.project
      AND c.payer = series.payer AND c.source = series.source
      AND c.provider IS series.provider
      AND c.provider_evidence IS series.provider_evidence
      AND c.payer_evidence = series.payer_evidence AND c.client IS series.client
      AND c.tier IS series.tier AND c.geo IS series.geo AND c.label IS series.label
      AND c.is_plan = series.is_plan
);
INSERT INTO scope_hour
SELECT r.bucket / 4, s.scope, sum(r.requests), sum(r.input), sum(r.cache_read),
       sum(r.cache_write), sum(r.cache_write_1h), sum(r.output), sum(r.reasoning),
       sum(r.cost), sum(r.list), sum(r.unpriced), sum(r.partial), max(r.last_at)
FROM rollup r JOIN series s ON s.id = r.series GROUP BY 1, 2;
"""
"""Scopes and their sums by hour, made for what the ledger has."""

M003 = """
CREATE TABLE account (
    name TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    provider TEXT NOT NULL,
    payer TEXT NOT NULL,
    plan TEXT,
    state TEXT,
    tried_at INTEGER,
    good_at INTEGER,
    next_at INTEGER,
    failures INTEGER NOT NULL,
    stale_since INTEGER,
    error TEXT,
    since INTEGER NOT NULL,
    key_mark BLOB
) WITHOUT ROWID;
CREATE TABLE reading (
    account TEXT NOT NULL,
    feed TEXT NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER NOT NULL,
    settled_until INTEGER NOT NULL,
    as_of INTEGER NOT NULL,
    PRIMARY KEY (account, feed, since)
) WITHOUT ROWID;
CREATE TABLE cost (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    feed TEXT NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER NOT NULL,
    nanos INTEGER NOT NULL,
    currency TEXT NOT NULL,
    basis TEXT NOT NULL,
    model TEXT,
    what TEXT,
    key TEXT
);
CREATE INDEX cost_span ON cost (account, feed, since);
CREATE TABLE used (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    feed TEXT NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER NOT NULL,
    input INTEGER NOT NULL,
    cache_read INTEGER NOT NULL,
    cache_write INTEGER NOT NULL,
    cache_write_1h INTEGER NOT NULL,
    output INTEGER NOT NULL,
    reasoning INTEGER NOT NULL,
    requests INTEGER,
    model TEXT,
    tier TEXT,
    key TEXT
);
CREATE INDEX used_span ON used (account, feed, since);
CREATE TABLE balance (
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    since INTEGER NOT NULL,
    as_of INTEGER NOT NULL,
    nanos INTEGER NOT NULL,
    currency TEXT NOT NULL,
    PRIMARY KEY (account, name, since)
) WITHOUT ROWID;
CREATE TABLE money_limit (
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    since INTEGER NOT NULL,
    as_of INTEGER NOT NULL,
    used INTEGER NOT NULL,
    ceiling INTEGER,
    currency TEXT NOT NULL,
    resets_at INTEGER,
    PRIMARY KEY (account, name, since)
) WITHOUT ROWID;
CREATE TABLE stated_event (
    event BLOB PRIMARY KEY,
    account TEXT NOT NULL,
    feed TEXT NOT NULL,
    at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX stated_event_span ON stated_event (account, feed, at);
CREATE TABLE charge (
    id INTEGER PRIMARY KEY,
    made_at INTEGER NOT NULL,
    day TEXT NOT NULL,
    nanos INTEGER NOT NULL,
    currency TEXT NOT NULL,
    what TEXT NOT NULL,
    payer TEXT NOT NULL,
    client TEXT,
    is_monthly INTEGER NOT NULL,
    until TEXT
);
"""

M004 = """
ALTER TABLE event ADD COLUMN deeds INTEGER;
ALTER TABLE event ADD COLUMN call_mark INTEGER;
"""
"""What responses did, as numbers; of those kept before nothing is known."""

M005 = """
CREATE TABLE mark (
    source TEXT NOT NULL,
    session TEXT NOT NULL,
    verdict TEXT NOT NULL,
    because TEXT,
    value INTEGER,
    review_seconds INTEGER,
    made_at INTEGER NOT NULL,
    PRIMARY KEY (source, session)
) WITHOUT ROWID;
CREATE TABLE repository (
    project TEXT PRIMARY KEY,
    tried_at INTEGER NOT NULL,
    asked_at INTEGER,
    since INTEGER,
    refs BLOB,
    branch TEXT,
    problem TEXT
) WITHOUT ROWID;
CREATE TABLE git_commit (
    project TEXT NOT NULL,
    twin BLOB NOT NULL,
    hash TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    signed TEXT,
    landed_as TEXT,
    landed_at INTEGER,
    reverted_at INTEGER,
    pull_request INTEGER,
    PRIMARY KEY (project, twin)
) WITHOUT ROWID;
"""
"""What became of the work: the user's marks, and what git last told of his commits."""

M006 = """
CREATE TABLE fx (
    currency TEXT NOT NULL,
    day TEXT NOT NULL,
    per_euro TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (currency, day)
) WITHOUT ROWID;
CREATE TABLE claim (
    id INTEGER PRIMARY KEY,
    made_at INTEGER NOT NULL,
    asked BLOB NOT NULL,
    number TEXT UNIQUE,
    supersedes INTEGER,
    document BLOB,
    sha256 TEXT
);
CREATE TABLE receipt (
    claim INTEGER NOT NULL,
    line TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    name TEXT NOT NULL,
    number TEXT,
    tax TEXT,
    paid TEXT,
    PRIMARY KEY (claim, line, sha256)
) WITHOUT ROWID;
"""
"""Exchange rates, claims, and the receipts of their lines."""


M007 = """
CREATE TABLE told_cost (
    source TEXT NOT NULL,
    session TEXT NOT NULL,
    as_of INTEGER NOT NULL,
    nanos INTEGER NOT NULL,
    PRIMARY KEY (source, session)
) WITHOUT ROWID;
"""
"""What an agent itself last said that a session has cost."""

M008 = """
CREATE TABLE alert (
    id INTEGER PRIMARY KEY,
    rule TEXT NOT NULL,
    what TEXT NOT NULL,
    period TEXT NOT NULL,
    threshold REAL NOT NULL,
    is_urgent INTEGER NOT NULL,
    text TEXT NOT NULL,
    raised_at INTEGER NOT NULL,
    UNIQUE (rule, what, period, threshold)
);
CREATE TABLE delivery (
    alert INTEGER NOT NULL,
    channel TEXT NOT NULL,
    state TEXT NOT NULL,
    tries INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    error TEXT,
    PRIMARY KEY (alert, channel)
) WITHOUT ROWID;
CREATE INDEX delivery_waiting ON delivery (channel, next_at) WHERE state = 'waiting';
CREATE TABLE snooze (
    rule TEXT PRIMARY KEY,
    until INTEGER NOT NULL
) WITHOUT ROWID;
"""
"""Alerts, each once for what it tells of, and how far they came on their channels."""

M009 = """
CREATE TABLE forgotten (
    mark INTEGER PRIMARY KEY,
    until INTEGER
);
"""
"""Marks of what the user had erased, so that it is not kept again when it is read."""

M010 = """
CREATE TABLE series_day (
    day INTEGER NOT NULL,
    series INTEGER NOT NULL,
    requests INTEGER,
    input INTEGER NOT NULL,
    cache_read INTEGER NOT NULL,
    cache_write INTEGER NOT NULL,
    cache_write_1h INTEGER NOT NULL,
    output INTEGER NOT NULL,
    reasoning INTEGER NOT NULL,
    cost INTEGER,
    list INTEGER,
    unpriced INTEGER NOT NULL,
    partial INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (day, series)
) WITHOUT ROWID;
INSERT INTO series_day
SELECT bucket / 96, series, sum(requests), sum(input), sum(cache_read),
       sum(cache_write), sum(cache_write_1h), sum(output), sum(reasoning),
       sum(cost), sum(list), sum(unpriced), sum(partial), max(last_at)
FROM rollup GROUP BY 1, 2;
"""
"""Sums of series by UTC day, made for what the ledger has."""

STEPS = {
    "m001_ledger": M001,
    "m002_scopes": M002,
    "m003_accounts": M003,
    "m004_deeds": M004,
    "m005_outcomes": M005,
    "m006_claims": M006,
    "m007_told_cost": M007,
    "m008_alerts": M008,
    "m009_forgotten": M009,
    "m010_days": M010,
}
LATEST = len(STEPS)
"""Number of migrations; kept in `user_version`, so that a current ledger opens without
sqlite-utils."""

APPLIED = """
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
"""
"""Where sqlite-utils keeps which steps were taken, as it makes it itself."""


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a ledger to the latest schema.

    Raises:
        LedgerError: A newer tokentui wrote it.
    """
    if version_of(connection) == LATEST:
        return
    # Asked again under the lock: another process may be at it.
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = refuse_newer(connection)
        if version < LATEST:
            if version:
                import sqlite_utils

                migrations().apply(sqlite_utils.Database(connection))
            else:
                make(connection)
            connection.execute(f"PRAGMA user_version = {LATEST}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def refuse_newer(connection: sqlite3.Connection) -> int:
    """Leave a ledger alone whose tables are not all known; give its version.

    Raises:
        LedgerError: A newer tokentui wrote it.
    """
    version = version_of(connection)
    if version > LATEST:
        raise LedgerError(
            f"this ledger has schema {version}, written by a newer tokentui;"
            f" this one knows {LATEST}: upgrade with `pip install -U tokentui`"
        )
    return version


def refuse_others(connection: sqlite3.Connection) -> None:
    """Leave a database alone that has tables but none of our versions.

    Raises:
        LedgerError: Another program made it.
    """
    tables = connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    if version_of(connection) == 0 and tables is not None:
        raise LedgerError(
            "this is a database of another program; name another file with --ledger"
        )


def version_of(connection: sqlite3.Connection) -> int:
    """Give the number of migrations that a ledger has had."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def make(connection: sqlite3.Connection) -> None:
    """Make a new ledger as its migrations would, without 40 ms for their library."""
    for statements in (APPLIED, *STEPS.values()):
        run(connection, statements)
    connection.executemany(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
        " VALUES ('tokentui', ?, strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now'))",
        [(name,) for name in STEPS],
    )


def migrations() -> Any:
    """List the steps from an empty file to the latest schema, oldest first."""
    from sqlite_utils import Migrations

    steps = Migrations("tokentui")
    for name, statements in STEPS.items():
        steps(name=name)(step(statements))
    return steps


def step(statements: str) -> Callable[[Any], None]:
    """Make the function that takes a step."""

    def take(db: Any) -> None:
        run(db, statements)

    return take


def run(db: Any, statements: str) -> None:
    """Run the statements of a migration inside the transaction that is open."""
    for statement in statements.split(";"):
        if statement.strip():
            db.execute(statement)
