"""The sample data: the same every time, all priced, and only in its own folder."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tokentui.demo import CONFIG, DAYS, DemoFeed, make_ledger
from tokentui.ledger.care import check_ledger
from tokentui.ledger.connection import open_for_reading
from tokentui.periods import millis
from tokentui.queries.sums import Usage, total
from tokentui.routes.report import report
from tokentui.snapshot import Snapshot, take

NOW = datetime(2026, 11, 20, 12, 34, 56, 789_000, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")


def content(ledger: Path, table: str, columns: str) -> list[tuple[object, ...]]:
    """Give what a ledger holds."""
    with closing(sqlite3.connect(ledger)) as connection:
        return connection.execute(
            f"SELECT {columns} FROM {table} ORDER BY {columns.replace('*', '1, 2')}"
        ).fetchall()


def look(ledger: Path, now: datetime) -> Snapshot:
    """Take a snapshot of the sample data."""
    with closing(open_for_reading(ledger)) as connection:
        return take(connection, CONFIG, UTC_ZONE, now)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the sample once."""
    ledger = tmp_path_factory.mktemp("demo") / "ledger.db"
    make_ledger(ledger, NOW)
    return ledger


EVENTS = "key, at, input, cache_read, cache_write, cache_write_1h, output, cost"


def test_same_every_time(sample: Path, tmp_path: Path) -> None:
    """The same moment gives the same events, labels and costs."""
    again = tmp_path / "again.db"
    make_ledger(again, NOW)
    assert content(again, "event", EVENTS) == content(sample, "event", EVENTS)
    for table in ("mark", "git_commit", "repository"):
        assert content(again, table, "*") == content(sample, table, "*") != []
    labels = "source, model, project, branch, session, provider, payer, machine"
    assert content(again, "series", labels) == content(sample, "series", labels)


def test_another_seed_is_another_history(sample: Path, tmp_path: Path) -> None:
    """The seed decides all of it."""
    other = tmp_path / "other.db"
    make_ledger(other, NOW, seed=2)
    assert content(other, "event", EVENTS) != content(sample, "event", EVENTS)


def test_touches_nothing_else(tmp_path: Path) -> None:
    """Nothing is read or written outside the folder that it is given."""
    ledger = tmp_path / "mine/ledger.db"
    make_ledger(ledger, NOW)
    feed = DemoFeed(ledger, UTC_ZONE, lambda: NOW)
    for _ in range(4):
        feed.poll()
    feed.close()
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize(
    "now",
    [
        NOW,
        datetime(2026, 11, 22, 3, 0, tzinfo=UTC),
        datetime(2027, 1, 1, 0, 0, 1, tzinfo=UTC),
        datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
    ],
    ids=["Friday noon", "Sunday night", "new year", "clock change"],
)
def test_something_happens_now(tmp_path: Path, now: datetime) -> None:
    """Whenever it is shown, the last hour has spend and the feed has responses."""
    ledger = tmp_path / "ledger.db"
    make_ledger(ledger, now)
    snapshot = look(ledger, now)
    with closing(open_for_reading(ledger)) as connection:
        spent = total(connection, Usage(snapshot.now_ms - 3_600_000, snapshot.now_ms))
    assert (spent.list_nanos or 0) > 0
    assert snapshot.latest
    assert snapshot.latest[0].at_ms <= snapshot.now_ms


def test_money_burns_now(sample: Path) -> None:
    """The first thing that it is to show, the pace of what is paid, is not zero."""
    assert look(sample, NOW).burn.nanos_per_hour > 0


def test_all_is_priced(sample: Path) -> None:
    """Every response has a price and is complete: no figure is a lower bound."""
    with closing(open_for_reading(sample)) as connection:
        (unpriced,) = connection.execute(
            "SELECT count(*) FROM event WHERE cost IS NULL OR partial"
        ).fetchone()
    assert unpriced == 0
    snapshot = look(sample, NOW)
    assert not snapshot.month.is_lower_bound


def test_is_a_sound_ledger(sample: Path) -> None:
    """The sample is a ledger like any other, with all its sums."""
    assert check_ledger(sample) == []


def test_shows_what_there_is_to_see(sample: Path) -> None:
    """It has both sources, several models and projects, weeks of past, and caps."""
    snapshot = look(sample, NOW)
    assert {row.keys[0] for row in snapshot.by_source} == {"claude-code", "codex"}
    assert len(snapshot.by_model) >= 2
    assert 0 < snapshot.caps[0].share < 1
    with closing(open_for_reading(sample)) as connection:
        first, projects = connection.execute(
            "SELECT min(e.at), count(DISTINCT s.project)"
            " FROM event e JOIN series s ON s.id = e.series"
        ).fetchone()
    assert datetime.fromtimestamp(first / 1000, UTC) < NOW - timedelta(days=DAYS - 3)
    assert projects >= 3


def test_has_accounts_in_every_state_worth_seeing(sample: Path) -> None:
    """Bills, a balance, a limit, credits and windows; one is stale and says why."""
    accounts = {each.name: each for each in look(sample, NOW).accounts}
    states = [each.state for each in accounts.values()]
    assert states == ["ok", "ok", "ok", "stale"]
    # 84 and 131 and 46 cents of 20 dollars, all in November
    router = accounts["openrouter"]
    assert router.balances[0].nanos == 17_390_000_000
    assert router.limits[0].nanos == 2_610_000_000
    assert router.billed == (("USD", 2_610_000_000),)
    assert [each.window for each in accounts["chatgpt"].quotas] == ["5 h", "week"]
    assert "did not answer" in (accounts["moonshot"].error or "")


def test_bills_fit_the_logs(sample: Path) -> None:
    """A whole day was billed what the logs tell, and at most 40 cents beside it."""
    with closing(open_for_reading(sample)) as connection:
        days = connection.execute(
            "SELECT since / 86400000, nanos FROM cost WHERE account = 'anthropic'"
        ).fetchall()
        told = dict(
            connection.execute(
                "SELECT at / 86400000, sum(e.cost) FROM event e"
                " JOIN series s ON s.id = e.series"
                " WHERE s.source = 'claude-code' GROUP BY 1"
            ).fetchall()
        )
    assert len(days) > 25
    assert max(day for day, _ in days) < millis(NOW) // 86_400_000
    for day, nanos in days:
        assert -10_000_000 < nanos - told[day] <= 400_000_000


def test_caps_count_what_is_billed(sample: Path) -> None:
    """The month's cap is the bills, today's estimate and the plan's fee."""
    snapshot = look(sample, NOW)
    billed = sum(dict(each.billed).get("USD", 0) for each in snapshot.accounts)
    today = snapshot.today.payable_nanos
    assert snapshot.caps[0].spent == billed + today + 20 * 10**9
    assert snapshot.caps[1].spent == today


def test_asks_nobody(tmp_path: Path) -> None:
    """Not even if a person wants it: no account's state changes."""
    ledger = tmp_path / "ledger.db"
    make_ledger(ledger, NOW)
    columns = "name, state, tried_at, next_at"
    before = content(ledger, "account", columns)
    feed = DemoFeed(ledger, UTC_ZONE, lambda: NOW)
    feed.poll()
    assert feed.ask_accounts(("anthropic",), force=True).accounts == ()
    feed.close()
    assert content(ledger, "account", columns) == before


def test_work_has_ended_before_it_is_told(sample: Path) -> None:
    """No mark and nothing that git told is of a time to come."""
    now_ms = millis(NOW)
    (last,) = content(sample, "mark", "max(made_at)")[0]
    assert last <= now_ms
    columns = "made_at, coalesce(landed_at, 0), coalesce(reverted_at, 0)"
    for made, landed, reverted in content(sample, "git_commit", columns):
        assert max(made, landed, reverted) < now_ms
        assert landed == 0 or made < landed
        assert reverted == 0 or landed < reverted


def test_outcomes_show_what_there_is_to_see(sample: Path) -> None:
    """Every end there is, by mark and by git, and a budget for a run."""
    with closing(open_for_reading(sample)) as connection:
        found = report(connection, Usage(), CONFIG, ("project", "model"))
    total = found.total
    assert min(total.marked, total.accepted - total.marked) > 0
    assert min(total.rejected, total.abandoned, total.open, total.unknown) > 0
    assert (total.rate or 0) > 0.5
    assert found.spread.budget is not None
    assert found.stages[-1].tasks > 0


def test_goes_on(tmp_path: Path) -> None:
    """Looked at again and again, new responses arrive, and never out of the future."""
    ledger, now = tmp_path / "ledger.db", NOW

    def clock() -> datetime:
        return now

    make_ledger(ledger, now)
    feed = DemoFeed(ledger, UTC_ZONE, clock)
    first = feed.poll()
    assert first is not None
    requests = {first.today.requests}
    for _ in range(9):
        now += timedelta(seconds=1)
        snapshot = feed.poll()
        if snapshot is not None:
            requests.add(snapshot.today.requests)
            assert snapshot.latest[0].at_ms <= snapshot.now_ms
    feed.close()
    assert len(requests) > 2
    assert check_ledger(ledger) == []
