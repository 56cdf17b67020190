"""Usage by any keys: the groups are right to the millisecond, in every zone."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from builders import fresh_home, ms, record
from hypothesis import given, settings
from hypothesis import strategies as st

from tokentui.events import COMPLETED, MAIN_THREAD, STOPPED, Series, Tokens, UsageEvent
from tokentui.ledger.connection import open_for_reading
from tokentui.queries.sums import EMPTY, Sums, Usage, total
from tokentui.queries.usage import KEYS, UsageTable, usage_by

BERLIN = ZoneInfo("Europe/Berlin")
UTC_ZONE = ZoneInfo("UTC")
QUARTER, HOUR, DAY = 900_000, 3_600_000, 86_400_000


NOON = ms("2026-11-20T12:00:00Z")
SERIES = Series(
    source="claude-code",
    session="s-1",
    model="claude-a",
    project="/home/ada/api",
    branch="feature/ACME-12-login",
    tier="standard",
    effort="high",
    agent="main",
)


def labelled(**labels: str | None) -> Series:
    """Make the usual labels with these differences."""
    fields = {name: getattr(SERIES, name) for name in SERIES.__struct_fields__}
    return Series(**{**fields, **labels})


class Made:
    """Makes events, each with a key of its own."""

    def __init__(self) -> None:
        self.all: list[tuple[Series, UsageEvent]] = []

    def add(
        self,
        at: int | str,
        series: Series = SERIES,
        *,
        input: int = 1,  # noqa: A002 - the kind's name
        requests: int | None = 1,
        is_partial: bool = False,
        fees: dict[str, int] | None = None,
        **kinds: int,
    ) -> Made:
        """Add a response at a time."""
        when = ms(at) if isinstance(at, str) else at
        event = UsageEvent(
            key=len(self.all).to_bytes(16, "big"),
            series=0,
            at=when,
            own_at=when,
            tokens=Tokens(input=input, **kinds),
            requests=requests,
            standing=MAIN_THREAD if is_partial else MAIN_THREAD | STOPPED | COMPLETED,
            fees=fees or {},
        )
        self.all.append((series, event))
        return self


@contextmanager
def opened(ledger: Path, made: Made) -> Iterator[sqlite3.Connection]:
    """Write events into a ledger and open it for reading."""
    record(ledger, made.all)
    with closing(open_for_reading(ledger)) as connection:
        yield connection


def table(
    ledger: Path,
    made: Made,
    *by: str,
    usage: Usage | None = None,
    tz: ZoneInfo = UTC_ZONE,
) -> UsageTable:
    """Write events and group them."""
    with opened(ledger, made) as connection:
        return usage_by(connection, by, usage or Usage(), tz)


def inputs(table: UsageTable) -> dict[object, int]:
    """Give the input tokens of each group, by its key or keys."""
    return {
        row.keys[0] if len(row.keys) == 1 else row.keys: row.sums.tokens[0]
        for row in table.rows
    }


# Times


def test_day_of_23_hours(ledger: Path) -> None:
    """In the night that clocks go forward a local day has 23 hours, and no hour 02."""
    made = Made()
    first = ms("2026-03-29T00:00:00+01:00")
    for hour in range(24):
        made.add(first + hour * HOUR)
    hours = inputs(table(ledger, made, "hour", tz=BERLIN))
    assert list(hours)[:4] == [
        "2026-03-29T00:00+01:00",
        "2026-03-29T01:00+01:00",
        "2026-03-29T03:00+02:00",
        "2026-03-29T04:00+02:00",
    ]
    assert set(hours.values()) == {1}
    with closing(open_for_reading(ledger)) as connection:
        days = inputs(usage_by(connection, ["day"], Usage(), BERLIN))
    assert days == {"2026-03-29": 23, "2026-03-30": 1}


def test_day_of_25_hours(ledger: Path) -> None:
    """In the night that clocks go back the hour 02 comes twice and is told apart."""
    made = Made()
    first = ms("2026-10-25T00:00:00+02:00")
    for hour in range(26):
        made.add(first + hour * HOUR + 59 * 60_000, input=hour + 1)
    hours = inputs(table(ledger, made, "hour", tz=BERLIN))
    assert sorted(hours, key=ms)[1:5] == [
        "2026-10-25T01:00+02:00",
        "2026-10-25T02:00+02:00",
        "2026-10-25T02:00+01:00",
        "2026-10-25T03:00+01:00",
    ]
    assert hours["2026-10-25T02:00+02:00"] == 3
    assert hours["2026-10-25T02:00+01:00"] == 4
    with closing(open_for_reading(ledger)) as connection:
        days = inputs(usage_by(connection, ["day"], Usage(), BERLIN))
    assert days == {"2026-10-25": sum(range(1, 26)), "2026-10-26": 26}


def test_hours_are_in_their_order(ledger: Path) -> None:
    """Of the hour that comes twice the first comes first."""
    first = ms("2026-10-25T02:00:00+02:00")
    made = Made().add(first).add(first + HOUR)
    assert list(inputs(table(ledger, made, "hour", tz=BERLIN))) == [
        "2026-10-25T02:00+02:00",
        "2026-10-25T02:00+01:00",
    ]


@pytest.mark.parametrize(
    ("zone", "at", "hour", "day"),
    [
        ("UTC", "2026-11-20T23:59:59.999Z", "2026-11-20T23:00+00:00", "2026-11-20"),
        (
            "Asia/Kolkata",
            "2026-11-20T18:29:59Z",
            "2026-11-20T23:00+05:30",
            "2026-11-20",
        ),
        (
            "Asia/Kolkata",
            "2026-11-20T18:30:00Z",
            "2026-11-21T00:00+05:30",
            "2026-11-21",
        ),
        (
            "Asia/Kathmandu",
            "2026-11-20T18:15:00Z",
            "2026-11-21T00:00+05:45",
            "2026-11-21",
        ),
        (
            "Asia/Kathmandu",
            "2026-11-20T18:14:59Z",
            "2026-11-20T23:00+05:45",
            "2026-11-20",
        ),
        (
            "America/St_Johns",
            "2026-11-20T03:29:59Z",
            "2026-11-19T23:00-03:30",
            "2026-11-19",
        ),
        (
            "America/St_Johns",
            "2026-11-20T03:30:00Z",
            "2026-11-20T00:00-03:30",
            "2026-11-20",
        ),
        (
            "Pacific/Kiritimati",
            "2026-11-20T10:00:00Z",
            "2026-11-21T00:00+14:00",
            "2026-11-21",
        ),
        (
            "Pacific/Niue",
            "2026-11-20T10:59:59Z",
            "2026-11-19T23:00-11:00",
            "2026-11-19",
        ),
        (
            "Australia/Lord_Howe",
            "2026-10-03T15:29:59Z",
            "2026-10-04T01:00+10:30",
            "2026-10-04",
        ),
        (
            "Australia/Lord_Howe",
            "2026-10-03T15:30:00Z",
            "2026-10-04T02:00+11:00",
            "2026-10-04",
        ),
    ],
)
def test_zones(zone: str, at: str, hour: str, day: str, ledger: Path) -> None:
    """Hours and days are the zone's, also where it is off by parts of an hour."""
    made = Made().add(at)
    assert inputs(table(ledger, made, "hour", "day", tz=ZoneInfo(zone))) == {
        (hour, day): 1
    }


@pytest.mark.parametrize(
    ("at", "week", "month"),
    [
        ("2026-12-27T22:59:59.999Z", "2026-W52", "2026-12"),
        ("2026-12-27T23:00:00Z", "2026-W53", "2026-12"),
        ("2026-12-31T22:59:59.999Z", "2026-W53", "2026-12"),
        ("2026-12-31T23:00:00Z", "2026-W53", "2027-01"),
        ("2027-01-03T22:59:59.999Z", "2026-W53", "2027-01"),
        ("2027-01-03T23:00:00Z", "2027-W01", "2027-01"),
        ("2024-12-29T23:00:00Z", "2025-W01", "2024-12"),
    ],
)
def test_weeks_and_months(at: str, week: str, month: str, ledger: Path) -> None:
    """Weeks are ISO's, whose year is that of their Thursday; months are local."""
    made = Made().add(at)
    assert inputs(table(ledger, made, "week", "month", tz=BERLIN)) == {(week, month): 1}


def test_days_of_a_week_are_one_week(ledger: Path) -> None:
    """All days of a week and a month are summed."""
    made = Made()
    for day in range(14):
        made.add(ms("2026-11-16T00:00:00+01:00") + day * DAY, input=day)
    assert inputs(table(ledger, made, "week", tz=BERLIN)) == {
        "2026-W47": sum(range(7)),
        "2026-W48": sum(range(7, 14)),
    }


def nests(depth: int) -> bool:
    """Claim that this SQLite can parse a CASE inside so many others."""
    nested = "1"
    for _ in range(depth):
        nested = f"CASE WHEN 1 THEN 1 ELSE {nested} END"
    with closing(sqlite3.connect(":memory:")) as connection:
        try:
            connection.execute(f"SELECT ({nested})")
        except sqlite3.OperationalError:
            return False
    return True


@pytest.mark.parametrize(
    "years",
    [
        9,
        60,
    ],
)
def test_one_event_far_away(years: int, ledger: Path) -> None:
    """One event of a clock that was wrong by years does not spoil the days."""
    made = Made().add("2026-11-20T12:00:00Z").add(f"{2026 + years}-07-01T12:00:00Z")
    assert inputs(table(ledger, made, "day", tz=BERLIN)) == {
        "2026-11-20": 1,
        f"{2026 + years}-07-01": 1,
    }


# Cuts


EDGE = NOON + 7 * 60_000


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (None, None, 7),
        (EDGE, None, 6),
        (EDGE + 1, None, 4),
        (None, EDGE, 1),
        (None, EDGE + 1, 3),
        (EDGE, EDGE, 0),
        (EDGE, EDGE + 1, 2),
        (EDGE - 1, EDGE + 2, 7),
        (NOON, NOON + QUARTER, 7),
        (EDGE + 2, EDGE + 1, 0),
        (NOON + 5 * DAY, NOON - 5 * DAY, 0),
        (NOON - DAY, NOON + DAY, 7),
        (0, 1, 0),
    ],
)
def test_cut_in_a_quarter_hour(
    since: int | None, until: int | None, expected: int, ledger: Path
) -> None:
    """`since` is inclusive, `until` exclusive, exact to the millisecond."""
    made = Made()
    for offset, count in ((-1, 1), (0, 2), (1, 4)):
        made.add(EDGE + offset, input=count)
    usage = Usage(since, until)
    with opened(ledger, made) as connection:
        assert total(connection, usage).tokens[0] == expected
        for by in ((), ("day",), ("hour",), ("block",), ("model",)):
            found = usage_by(connection, by, usage, BERLIN)
            assert found.total.tokens[0] == expected


# Blocks


def test_blocks(ledger: Path) -> None:
    """A block is five hours from the quarter-hour of its first event."""
    made = Made()
    for at, count in (
        ("2026-11-20T09:14:00Z", 1),
        ("2026-11-20T13:59:59.999Z", 2),
        ("2026-11-20T14:00:00Z", 4),
        ("2026-11-20T18:59:00Z", 8),
        ("2026-11-21T02:20:00Z", 16),
    ):
        made.add(at, input=count)
    assert inputs(table(ledger, made, "block", tz=BERLIN)) == {
        "2026-11-20T10:00:00+01:00": 3,
        "2026-11-20T15:00:00+01:00": 12,
        "2026-11-21T03:15:00+01:00": 16,
    }


def test_blocks_of_a_cut(ledger: Path) -> None:
    """Where a block begins does not depend on the time that is asked about."""
    made = Made()
    for hour in range(10):
        made.add(NOON + hour * HOUR)
    usage = Usage(since_ms=NOON + 3 * HOUR)
    assert inputs(table(ledger, made, "block", usage=usage)) == {
        "2026-11-20T12:00:00+00:00": 2,
        "2026-11-20T17:00:00+00:00": 5,
    }


# Labels


LABELS = {
    "source": ("codex", "claude-code"),
    "provider": ("openai", "anthropic"),
    "model": ("gpt-5.4", "claude-a"),
    "effort": ("low", "high"),
    "agent": ("Explore", "main"),
    "project": ("/home/ada/web", "/home/ada/api"),
    "session": ("s-2", "s-1"),
    "branch": ("main", "feature/ACME-12-login"),
    "ticket": (None, "ACME-12"),
    "tier": ("fast", "standard"),
    "label": ("nightly", None),
    "machine": ("box", None),
    "origin": ("unlogged", "response"),
    "payer": ("api", "api"),
}
OTHER = labelled(
    source="codex",
    model="gpt-5.4",
    effort="low",
    agent="Explore",
    project="/home/ada/web",
    session="s-2",
    branch="main",
    tier="fast",
    label="nightly",
    machine="box",
    origin="unlogged",
)


@pytest.mark.parametrize("key", LABELS)
def test_labels(key: str, ledger: Path) -> None:
    """Usage is grouped by each label, the unknown last."""
    made = Made().add(NOON).add(NOON, input=4).add(NOON, OTHER, input=2)
    other, usual = LABELS[key]
    expected = {other: 7} if other == usual else {usual: 5, other: 2}
    found = inputs(table(ledger, made, key))
    assert found == expected
    assert list(found) == sorted(found, key=lambda name: (name is None, name or ""))


def test_all_keys(ledger: Path) -> None:
    """Every key that is offered can be grouped by, also all of them at once."""
    made = Made().add(NOON).add(NOON, OTHER)
    found = table(ledger, made, *KEYS)
    assert (len(found.rows), found.total.tokens[0], found.by) == (2, 2, tuple(KEYS))


@pytest.mark.parametrize(
    ("branch", "ticket"),
    [
        ("feature/ACME-12-login", "ACME-12"),
        ("ACME-12-and-WEB-7", "ACME-12"),
        ("WEB2-7", None),
        ("fix-12", None),
        ("X-1", "X-1"),
        ("main", None),
        ("", None),
        (None, None),
    ],
)
def test_ticket(branch: str | None, ticket: str | None, ledger: Path) -> None:
    """The ticket is the first capital letters, a dash and digits of the branch."""
    made = Made().add(NOON, labelled(branch=branch))
    assert list(inputs(table(ledger, made, "ticket"))) == [ticket]


def test_ticket_of_ones_own(ledger: Path) -> None:
    """The shape of tickets can be told; branches of one ticket are one group."""
    made = Made()
    for branch in ("gh-7/a", "gh-7/b", "gh-8"):
        made.add(NOON, labelled(branch=branch))
    with opened(ledger, made) as connection:
        found = usage_by(connection, ["ticket"], Usage(), UTC_ZONE, "gh-[0-9]+")
    assert inputs(found) == {"gh-7": 2, "gh-8": 1}


def test_several_keys(ledger: Path) -> None:
    """Groups of several keys are in the order of the keys."""
    late = NOON + DAY
    made = (
        Made().add(late).add(NOON, OTHER, input=2).add(NOON, input=4).add(NOON, input=8)
    )
    found = table(ledger, made, "day", "model")
    assert list(inputs(found).items()) == [
        (("2026-11-20", "claude-a"), 12),
        (("2026-11-20", "gpt-5.4"), 2),
        (("2026-11-21", "claude-a"), 1),
    ]


def test_no_keys(ledger: Path) -> None:
    """Without keys there is only the total."""
    found = table(ledger, Made().add(NOON).add(NOON, OTHER, input=2))
    assert (found.rows, found.total.tokens) == ((), (3, 0, 0, 0, 0, 0))


@pytest.mark.parametrize("by", [(), ("day",), ("model", "block"), ("ticket",)])
def test_empty(by: tuple[str, ...], ledger: Path) -> None:
    """An empty ledger has no rows and sums of nothing."""
    found = table(ledger, Made(), *by)
    assert (found.rows, found.total) == ((), EMPTY)


# Filters


MANY = [
    labelled(),
    labelled(model="claude-B", session="s-2"),
    labelled(source="codex", model="gpt-5.4", project="/home/bob/api", session="t-1"),
    labelled(project="/srv/[odd]", label="nightly", session="t-2"),
    labelled(project=None, branch=None, session="t-3", model="unpriced-mystery"),
]
"""Five sets of labels; the events' inputs are 1, 2, 4, 8 and 16."""


@pytest.mark.parametrize(
    ("only", "without", "expected"),
    [
        ({}, {}, 31),
        ({"model": ("claude-a",)}, {}, 9),
        ({"model": ("CLAUDE-*",)}, {}, 11),
        ({"model": ("claude-b",)}, {}, 2),
        ({"model": ("claude-?", "gpt*")}, {}, 15),
        ({"model": ("claude",)}, {}, 0),
        ({"model": ()}, {}, 31),
        ({}, {"model": ("claude-*",)}, 20),
        ({"model": ("claude-*",)}, {"session": ("s-2",)}, 9),
        ({"source": ("codex",), "model": ("claude-*",)}, {}, 0),
        ({"project": ("api",)}, {}, 7),
        ({"project": ("/home/ada/api",)}, {}, 3),
        ({"project": ("/home/*",)}, {}, 7),
        ({"project": ("ap?",)}, {}, 7),
        ({"project": ("pi",)}, {}, 0),
        ({}, {"project": ("api",)}, 24),
        ({"project": ("/srv/*",)}, {}, 8),
        ({"session": ("s",)}, {}, 3),
        ({"session": ("t-1",)}, {}, 4),
        ({"session": ("-1",)}, {}, 0),
        ({"label": ("nightly",)}, {}, 8),
        ({}, {"label": ("nightly",)}, 23),
        ({"provider": ("openai",)}, {}, 4),
        ({}, {"provider": ("anthropic", "openai")}, 16),
        ({"payer": ("api",)}, {}, 31),
    ],
)
def test_filters(
    only: dict[str, tuple[str, ...]],
    without: dict[str, tuple[str, ...]],
    expected: int,
    ledger: Path,
) -> None:
    """Globs narrow by every label without case; exclusions take the unknown along."""
    made = Made()
    for number, series in enumerate(MANY):
        made.add(EDGE, series, input=1 << number)
    with opened(ledger, made) as connection:
        for cut in (None, EDGE):
            usage = Usage(since_ms=cut, only=only, without=without)
            assert total(connection, usage).tokens[0] == expected
            for by in ((), ("day",), ("project",), ("block",)):
                found = usage_by(connection, by, usage, BERLIN)
                assert found.total.tokens[0] == expected


@pytest.mark.parametrize(
    ("exactly", "expected"),
    [
        ({"project": "/src/Acme"}, 1),
        ({"project": "/src/acme"}, 2),
        ({"project": "acme"}, 0),
        ({"project": None}, 4),
        ({"project": None, "session": "s-1"}, 0),
        ({"project": None, "session": "s-12"}, 4),
        ({"branch": "a[1]*"}, 2),
    ],
)
def test_exactly(exactly: dict[str, str | None], expected: int, ledger: Path) -> None:
    """One value of a label is asked for with its case, no glob and no beginning."""
    made = Made()
    made.add(NOON, labelled(project="/src/Acme", session="s-1"), input=1)
    made.add(NOON, labelled(project="/src/acme", branch="a[1]*"), input=2)
    made.add(NOON, labelled(project=None, session="s-12"), input=4)
    with opened(ledger, made) as connection:
        usage = Usage(exactly=exactly)
        assert total(connection, usage).tokens[0] == expected
        assert usage_by(connection, (), usage, BERLIN).total.tokens[0] == expected


def test_filter_with_other_letters(ledger: Path) -> None:
    """A name with capital letters beyond A to Z is found by itself."""
    made = Made().add(NOON, labelled(project="/home/ada/ÄPFEL"))
    usage = Usage(only={"project": ("ÄPFEL",)})
    assert table(ledger, made, usage=usage).total.tokens[0] == 1


# Costs


def test_cost(ledger: Path) -> None:
    """Costs are summed to the nano-dollar, at a dollar per million of each kind."""
    made = Made().add(NOON, cache_read=2, cache_write=3, cache_write_1h=4, output=5)
    made.add(NOON, input=7, reasoning=0)
    sums = table(ledger, made, "day").rows[0].sums
    assert sums == Sums(2, (8, 2, 3, 4, 5, 0), 22_000, list_nanos=22_000)


UNPRICED = labelled(model="unpriced-mystery", session="s-9")


def test_unpriced(ledger: Path) -> None:
    """A group of only unpriced requests has no cost, a mixed one says how many."""
    made = Made().add(NOON, UNPRICED).add(NOON).add(NOON, UNPRICED)
    rows = {row.keys: row.sums for row in table(ledger, made, "model").rows}
    mystery, known = rows["unpriced-mystery",], rows["claude-a",]
    assert (mystery.cost_nanos, mystery.unpriced, mystery.requests) == (None, 2, 2)
    assert (known.cost_nanos, known.unpriced) == (1000, 0)
    with closing(open_for_reading(ledger)) as connection:
        mixed = usage_by(connection, ["day"], Usage(), UTC_ZONE).rows[0].sums
    assert (mixed.cost_nanos, mixed.unpriced, mixed.is_lower_bound) == (1000, 2, True)


@pytest.mark.parametrize(
    "by",
    [(), ("model",)],
)
def test_total_of_only_unpriced(by: tuple[str, ...], ledger: Path) -> None:
    """A total of only unpriced requests is not known, and is never 0."""
    with opened(ledger, Made().add(NOON, UNPRICED)) as connection:
        assert total(connection, Usage()).cost_nanos is None
        assert usage_by(connection, by, Usage(), UTC_ZONE).total.cost_nanos is None


def test_total_of_unknown_requests(ledger: Path) -> None:
    """A total of usage whose requests nobody counted has no number of requests."""
    made = Made().add(NOON, labelled(origin="unlogged"), requests=None)
    with opened(ledger, made) as connection:
        assert total(connection, Usage()).requests is None
        by_day = usage_by(connection, ["day"], Usage(), UTC_ZONE)
    assert by_day.total.requests is None


def test_unknown_requests(ledger: Path) -> None:
    """Usage known from totals has tokens and cost; its requests are not known."""
    unlogged = labelled(origin="unlogged")
    made = Made().add(NOON, unlogged, requests=None).add(NOON, requests=0).add(NOON)
    rows = {row.keys[0]: row.sums for row in table(ledger, made, "origin").rows}
    assert (rows["unlogged"].requests, rows["unlogged"].cost_nanos) == (None, 1000)
    assert (rows["response"].requests, rows["response"].cost_nanos) == (1, 2000)


def test_partial(ledger: Path) -> None:
    """Requests whose output is a lower bound are counted, also where a day is cut."""
    made = Made().add(EDGE, is_partial=True).add(EDGE + 1, is_partial=True).add(EDGE)
    for usage, expected in ((Usage(), 2), (Usage(until_ms=EDGE + 1), 1)):
        sums = table(ledger, made, "day", usage=usage).rows[0].sums
        assert (sums.partial, sums.is_lower_bound) == (expected, True)


def test_fees(ledger: Path) -> None:
    """Fees are stated by kind, in units and cost, in their own groups and cuts."""
    made = (
        Made().add(EDGE, fees={"web_search": 2}).add(EDGE + 1, fees={"web_search": 1})
    )
    made.add(EDGE, OTHER).add(EDGE + DAY, OTHER, fees={"web_search": 4})
    found = table(ledger, made, "day", "model", tz=BERLIN)
    assert {row.keys: dict(row.sums.fees) for row in found.rows} == {
        ("2026-11-20", "claude-a"): {"web_search": (3, 3 * 10**8)},
        ("2026-11-20", "gpt-5.4"): {},
        ("2026-11-21", "gpt-5.4"): {"web_search": (4, 4 * 10**8)},
    }
    assert found.total.fees == {"web_search": (7, 7 * 10**8)}
    assert found.total.cost_nanos == 7 * 10**8 + 4000
    cut = table(ledger, made, usage=Usage(EDGE, EDGE + 1))
    assert cut.total.fees == {"web_search": (2, 2 * 10**8)}
    mine = table(ledger, made, "block", usage=Usage(only={"model": ("gpt*",)}))
    assert mine.total.fees == {"web_search": (4, 4 * 10**8)}


def test_fees_of_unpriced_models(ledger: Path) -> None:
    """A fee without a price has units and no cost."""
    made = Made().add(NOON, UNPRICED, fees={"web_search": 2})
    assert table(ledger, made, "day").rows[0].sums.fees == {"web_search": (2, None)}


# Against a plain sum


ZONES = [
    ZoneInfo(name)
    for name in (
        "UTC",
        "Europe/Berlin",
        "Asia/Kolkata",
        "Asia/Kathmandu",
        "America/St_Johns",
        "Australia/Lord_Howe",
        "Pacific/Apia",
    )
]
NIGHTS = [
    ms("2026-03-29T01:00:00Z"),
    ms("2026-10-25T01:00:00Z"),
    ms("2026-12-31T23:00:00Z"),
    ms("2026-10-03T15:30:00Z"),
    ms("2026-11-01T05:30:00Z"),
]
TIMES = st.builds(
    lambda night, quarters, offset: night + quarters * QUARTER + offset,
    st.sampled_from(NIGHTS),
    st.integers(-100, 100),
    st.sampled_from([-1, 0, 1, 400_000]),
)
POOL = [SERIES, OTHER, UNPRICED, labelled(branch="WEB-7", session="s-7"), MANY[4]]
EVENTS = st.lists(
    st.tuples(
        TIMES,
        st.integers(0, len(POOL) - 1),
        st.tuples(*[st.integers(0, 99)] * 5),
        st.sampled_from([0, 1, None]),
        st.booleans(),
        st.integers(0, 2),
    ),
    max_size=25,
)


def plain_key(key: str, at: int, series: Series, tz: ZoneInfo) -> str | None:
    """Name the group of an event as a person with a calendar would."""
    local = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at)).astimezone(
        tz
    )
    if key == "hour":
        ahead = local.utcoffset()
        assert ahead is not None
        there = local.astimezone(timezone(ahead)).replace(
            minute=0, second=0, microsecond=0
        )
        return there.isoformat(timespec="minutes")
    if key == "day":
        return local.date().isoformat()
    if key == "week":
        year, week, _ = local.isocalendar()
        return f"{year}-W{week:02}"
    if key == "month":
        return f"{local.year}-{local.month:02}"
    if key == "ticket":
        return {"feature/ACME-12-login": "ACME-12", "WEB-7": "WEB-7"}.get(
            series.branch or ""
        )
    return getattr(series, key)  # type: ignore[no-any-return]


def plain_sums(all_of: Iterable[tuple[Series, UsageEvent]]) -> tuple[object, ...]:
    """Sum events one by one."""
    requests: list[int] = []
    tokens = [0] * 6
    costs: list[int] = []
    unpriced = partial = searches = 0
    for series, event in all_of:
        kinds = event.tokens
        counts = [getattr(kinds, name) for name in kinds.__struct_fields__]
        tokens = [a + b for a, b in zip(tokens, counts, strict=True)]
        requests += [] if event.requests is None else [event.requests]
        searched = event.fees.get("web_search", 0)
        searches += searched
        if series.model == "unpriced-mystery":
            unpriced += 1
        else:
            costs.append(sum(counts[:5]) * 1000 + searched * 10**8)
        partial += not event.standing & COMPLETED and kinds.output <= 8
    cost = sum(costs) if costs else None
    return (
        sum(requests) if requests else None,
        tuple(tokens),
        cost,
        unpriced,
        partial,
        searches,
    )


def shown(sums: Sums) -> tuple[object, ...]:
    """Tell of sums what `plain_sums` tells."""
    searches = sums.fees.get("web_search", (0, 0))[0]
    return (
        sums.requests,
        sums.tokens,
        sums.cost_nanos,
        sums.unpriced,
        sums.partial,
        searches,
    )


PLAIN_KEYS = ("hour", "day", "week", "month", "ticket", "model", "project", "branch")


def plain_block(at: int, times: Iterable[int], tz: ZoneInfo) -> str:
    """Name the block of a time as a person would who goes through all of them."""
    quarter = 900_000
    start = None
    for each in sorted(times):
        if start is None or each >= start + 20 * quarter:
            start = each - each % quarter
        if each == at:
            break
    assert start is not None
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=start)
    return moment.astimezone(tz).isoformat(timespec="seconds")


CLOSE = st.integers(0, 16 * 60).map(lambda minute: EDGE + minute * 60_000)
"""Times to cut at, some hours from where the use begins."""


@settings(max_examples=100)
@given(
    drawn=st.lists(
        st.tuples(st.integers(1, 50), st.integers(0, 4)), min_size=10, max_size=40
    ),
    cuts=st.tuples(st.none() | CLOSE, st.none() | CLOSE),
    by=st.sampled_from(
        [("block",), ("block", "model"), ("block", "hour"), ("session", "block")]
    ),
    tz=st.sampled_from(ZONES),
    without=st.sampled_from([{}, {"session": ("s-7",)}, {"model": ("claude-*",)}]),
)
def test_blocks_are_those_of_the_events(
    drawn: list[tuple[int, int]],
    cuts: tuple[int | None, int | None],
    by: tuple[str, ...],
    tz: ZoneInfo,
    without: dict[str, tuple[str, ...]],
) -> None:
    """Blocks are where a plain loop finds them, whatever else is asked."""
    made = Made()
    at = EDGE
    for minutes, place in drawn:  # close: blocks follow upon each other within hours
        at += minutes * 60_000
        made.add(at, POOL[place], input=minutes)
    asked = [
        (series, event)
        for series, event in made.all
        if not ("session" in without and series.session == "s-7")
        and not ("model" in without and series.model.startswith("claude-"))
    ]
    since, until = cuts
    times = [event.at for _, event in asked]
    groups: dict[tuple[str | None, ...], int] = defaultdict(int)
    for series, event in asked:
        if (since is None or event.at >= since) and (until is None or event.at < until):
            keys = tuple(
                plain_block(event.at, times, tz)
                if key == "block"
                else plain_key(key, event.at, series, tz)
                for key in by
            )
            groups[keys] += event.tokens.input
    _, ledger = fresh_home()
    with opened(ledger, made) as connection:
        found = usage_by(connection, by, Usage(since, until, {}, without), tz)
    assert {row.keys: row.sums.tokens[0] for row in found.rows} == groups


@settings(max_examples=100)
@given(
    drawn=EVENTS,
    cuts=st.tuples(st.none() | TIMES, st.none() | TIMES),
    by=st.lists(st.sampled_from(PLAIN_KEYS), max_size=3, unique=True),
    tz=st.sampled_from(ZONES),
    only=st.sampled_from([{}, {"model": ("claude-*", "unpriced-mystery")}]),
    without=st.sampled_from([{}, {"session": ("s-7",)}]),
)
def test_sums_are_those_of_the_events(
    drawn: list[tuple[int, int, tuple[int, ...], int | None, bool, int]],
    cuts: tuple[int | None, int | None],
    by: list[str],
    tz: ZoneInfo,
    only: dict[str, tuple[str, ...]],
    without: dict[str, tuple[str, ...]],
) -> None:
    """Whatever is asked, every group sums the events that a plain loop finds in it."""
    made = Made()
    for at, place, kinds, requests, is_partial, searches in drawn:
        made.add(
            at,
            POOL[place],
            input=kinds[0],
            cache_read=kinds[1],
            cache_write=kinds[2],
            cache_write_1h=kinds[3],
            output=kinds[4],
            requests=requests,
            is_partial=is_partial,
            fees={"web_search": searches} if searches else None,
        )
    since, until = cuts
    groups: dict[tuple[str | None, ...], list[tuple[Series, UsageEvent]]] = defaultdict(
        list
    )
    for series, event in made.all:
        if (since is not None and event.at < since) or (
            until is not None and event.at >= until
        ):
            continue
        if only and series.model not in ("claude-a", "unpriced-mystery"):
            continue
        if without and series.session == "s-7":
            continue
        groups[tuple(plain_key(key, event.at, series, tz) for key in by)].append(
            (series, event)
        )
    _, ledger = fresh_home()
    usage = Usage(since, until, only, without)
    with opened(ledger, made) as connection:
        found = usage_by(connection, by, usage, tz)
        whole = total(connection, usage)
    if by:
        rows = {row.keys: shown(row.sums) for row in found.rows}
        assert rows == {keys: plain_sums(some) for keys, some in groups.items()}
    everything = [each for some in groups.values() for each in some]
    expected = plain_sums(everything) if everything else shown(EMPTY)
    assert shown(whole)[:5] == expected[:5]
    assert shown(found.total)[1] == expected[1]
    assert shown(found.total)[3:] == expected[3:]
