"""Time: zones, instants, local days and windows, also where clocks misbehave."""

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokentui import periods
from tokentui.errors import UsageError
from tokentui.periods import Period, day_start, iso, millis, offsets, period_window

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 20, 13, 30, tzinfo=UTC)
"""A Friday, 14:30 in Berlin."""

NAMES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",  # half an hour of summer time
    "America/St_Johns",  # changed clocks at one minute past midnight until 2011
    "Pacific/Apia",  # had no 2011-12-30
    "Africa/Cairo",  # springs forward at midnight
    "America/Havana",  # has midnight twice in autumn
    "America/Noronha",  # had a summer of seven days in 2000
    "Africa/Monrovia",  # was 44 minutes and 30 seconds off until 1972
]
ZONES = st.sampled_from([ZoneInfo(name) for name in NAMES])
CHANGES = [
    millis(datetime.fromisoformat(change))
    for change in (
        "1972-01-07T00:44:30Z",  # Monrovia
        "2000-10-08T02:00Z",  # Noronha
        "2010-11-07T02:31Z",  # St John's
        "2011-12-30T10:00Z",  # Apia
        "2026-03-29T01:00Z",  # Berlin
        "2026-04-23T22:00Z",  # Cairo
        "2026-10-03T15:30Z",  # Lord Howe
        "2026-11-01T05:00Z",  # Havana
    )
]
NEAR_CHANGES = st.builds(
    int.__add__, st.sampled_from(CHANGES), st.integers(-90_000_000, 90_000_000)
)
INSTANTS = st.integers(0, 4_000_000_000_000) | NEAR_CHANGES | st.sampled_from(CHANGES)
SKIPPED = (date(2011, 12, 30), "Pacific/Apia")
KINDS = st.sampled_from(periods.PERIOD_KINDS)
STARTS = st.integers(1, 31)


def at(ms: int) -> datetime:
    """Return the aware datetime of UTC milliseconds."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)


def shown(period: Period, tz: ZoneInfo = BERLIN) -> list[str]:
    """Return both ends of a closed period as local times, midnight left out."""
    assert period.since_ms is not None
    assert period.until_ms is not None
    ends = (at(ms).astimezone(tz) for ms in (period.since_ms, period.until_ms))
    return [f"{end:%Y-%m-%dT%H:%M}".removesuffix("T00:00") for end in ends]


class TestZone:
    """Which zone is meant."""

    @pytest.fixture(autouse=True)
    def machine(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """Give each test a machine of its own: no TZ, no /etc/localtime."""
        monkeypatch.delenv("TZ", raising=False)
        monkeypatch.setattr(periods, "LOCALTIME", str(tmp_path / "localtime"))
        return tmp_path

    def test_by_name(self) -> None:
        """An IANA name is that zone."""
        assert periods.zone("Europe/Berlin") is BERLIN

    @pytest.mark.parametrize(
        ("name", "hint"),
        [
            ("Berlin", "Europe/Berlin"),
            ("Europe/Berln", "Europe/Berlin"),
            ("america/newyork", "America/New_York"),
            ("", "Europe/Berlin"),
            ("Europe", "try"),
            ("../../etc/passwd", "try"),
            ("/etc/passwd", "try"),
            ("/no/such/file", "try"),
            ("a\0b", "try"),
        ],
    )
    def test_unknown_name(self, name: str, hint: str) -> None:
        """A name that is no zone is named, with one that may be meant."""
        with pytest.raises(UsageError, match=hint) as caught:
            periods.zone(name)
        assert repr(name) in str(caught.value)

    @pytest.mark.parametrize(
        ("text", "key"),
        [
            ("Asia/Kolkata", "Asia/Kolkata"),
            (":Asia/Kolkata", "Asia/Kolkata"),
            ("", "UTC"),
            (":/usr/share/zoneinfo/Asia/Kolkata", "Asia/Kolkata"),
        ],
    )
    def test_tz(self, text: str, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """TZ wins over the machine's zone; empty is UTC as POSIX says."""
        monkeypatch.setenv("TZ", text)
        assert periods.zone(None).key == key

    @pytest.mark.skipif(sys.platform == "win32", reason="needs symlinks")
    @pytest.mark.parametrize("text", [None, "CET-1CEST", ":nonsense"])
    def test_link(
        self, text: str | None, machine: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The link of the machine names its zone, also if TZ names none."""
        if text is not None:
            monkeypatch.setenv("TZ", text)
        target = "/var/db/timezone/zoneinfo.default/Europe/Berlin"
        (machine / "localtime").symlink_to(target)
        assert periods.zone(None) is BERLIN

    def test_file(self, machine: Path) -> None:
        """A machine whose zone is a plain file has that zone under another name."""
        # No changes, one type of time: XST, an hour and a half ahead.
        header = (
            b"TZif"
            + bytes(16)
            + b"".join(count.to_bytes(4, "big") for count in (0, 0, 0, 0, 1, 4))
        )
        body = (5400).to_bytes(4, "big") + bytes([0, 0]) + b"XST\0"
        (machine / "localtime").write_bytes(header + body)
        local = periods.zone(None)
        assert local.key == "local"
        assert iso(0, local) == "1970-01-01T01:30:00+01:30"

    def test_tzlocal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where there is neither, tzlocal is asked."""
        monkeypatch.setattr("tzlocal.get_localzone", lambda: BERLIN)
        assert periods.zone(None) is BERLIN

    def test_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A machine without any zone is an error that says what to do."""

        def fail() -> ZoneInfo:
            raise ZoneInfoNotFoundError

        monkeypatch.setattr("tzlocal.get_localzone", fail)
        with pytest.raises(UsageError, match="give --timezone"):
            periods.zone(None)


class TestInstant:
    """Single points in time."""

    @pytest.mark.parametrize(
        ("text", "instant"),
        [
            ("2026-11-20", "2026-11-20T00:00:00+01:00"),
            ("2026-07-01", "2026-07-01T00:00:00+02:00"),
            ("2026-11-20T14:05", "2026-11-20T14:05:00+01:00"),
            ("2026-11-20 14:05:06.789", "2026-11-20T14:05:06.789000+01:00"),
            ("2026-11-20T14:05:06.7899", "2026-11-20T14:05:06.789000+01:00"),
            ("2026-11-20T14:05Z", "2026-11-20T14:05:00+00:00"),
            ("2026-11-20T14:05-03:30", "2026-11-20T14:05:00-03:30"),
            ("now", "2026-11-20T13:30:00+00:00"),
            (" Today ", "2026-11-20T00:00:00+01:00"),
            ("yesterday", "2026-11-19T00:00:00+01:00"),
            ("2026-10-25T02:30", "2026-10-25T02:30:00+02:00"),
            ("2026-03-29T02:30", "2026-03-29T03:00:00+02:00"),
        ],
    )
    def test_parse(self, text: str, instant: str) -> None:
        """Local unless an offset is given; the first of two, the end of a gap."""
        expected = millis(datetime.fromisoformat(instant))
        assert periods.parse_instant(text, BERLIN, NOW) == expected

    @pytest.mark.parametrize(
        "text",
        [
            *("", "soon", "14:05", "2026-02-30", "2026-11", "20.11.2026", "1e9"),
            *("2026-11-20T25:00", "1969-12-31", "3000-01-01", "9999-12-31"),
            "0001-01-01T00:00+14:00",
        ],
    )
    def test_nonsense(self, text: str) -> None:
        """What is no date is refused with examples."""
        with pytest.raises(UsageError, match=r"write 2026-11-20"):
            periods.parse_instant(text, BERLIN, NOW)

    @given(INSTANTS, ZONES)
    def test_there_and_back(self, ms: int, tz: ZoneInfo) -> None:
        """What `iso` shows is read as the same instant."""
        later = ms + 86_400_000
        assert periods.parse_instant(iso(later, tz), tz, NOW) == later

    def test_iso(self) -> None:
        """Milliseconds are shown only if there are any."""
        assert iso(0, BERLIN) == "1970-01-01T01:00:00+01:00"
        assert iso(1_001, BERLIN) == "1970-01-01T01:00:01.001+01:00"
        assert iso(-1, ZoneInfo("UTC")) == "1969-12-31T23:59:59.999+00:00"


class TestDay:
    """Local days, above all those without a midnight or with two."""

    @pytest.mark.parametrize(
        ("name", "day", "start"),
        [
            ("Europe/Berlin", "2026-11-20", "2026-11-19T23:00+00:00"),
            ("Africa/Cairo", "2026-04-24", "2026-04-24T01:00+03:00"),
            ("America/Havana", "2026-11-01", "2026-11-01T00:00-04:00"),
            ("America/St_Johns", "2010-11-07", "2010-11-07T00:00-02:30"),
            ("Pacific/Apia", "2011-12-30", "2011-12-31T00:00+14:00"),
            ("America/Toronto", "1919-03-31", "1919-03-31T00:30-04:00"),
        ],
    )
    def test_start(self, name: str, day: str, start: str) -> None:
        """A day begins at its first instant: 01:00, the first midnight, 00:30."""
        started = day_start(date.fromisoformat(day), ZoneInfo(name))
        assert started == millis(datetime.fromisoformat(start))

    @given(st.dates(date(1970, 1, 2), date(2100, 1, 1)), ZONES)
    def test_first_instant(self, day: date, tz: ZoneInfo) -> None:
        """Before the start no local date is the day, from the start on it is."""
        start = day_start(day, tz)
        first = at(start).astimezone(tz)
        assert at(start - 1).astimezone(tz).date() < day
        assert first.date() == day or (day, tz.key) == SKIPPED

    def test_day_that_began_twice(self) -> None:
        """When clocks go back over midnight, the new day stays begun."""
        tz = ZoneInfo("America/St_Johns")
        again = datetime.fromisoformat("2010-11-06T23:30-03:30")
        assert again.astimezone(tz).date() == date(2010, 11, 6)
        assert periods.local_day(again, tz) == date(2010, 11, 7)


class TestPeriod:
    """Periods by name, by calendar and by length."""

    @pytest.mark.parametrize(
        ("text", "ends"),
        [
            ("today", ["2026-11-20", "2026-11-21"]),
            ("yesterday", ["2026-11-19", "2026-11-20"]),
            ("week", ["2026-11-16", "2026-11-23"]),
            ("last-week", ["2026-11-09", "2026-11-16"]),
            ("Month", ["2026-11-01", "2026-12-01"]),
            ("last-month", ["2026-10-01", "2026-11-01"]),
            ("quarter", ["2026-10-01", "2027-01-01"]),
            ("last-quarter", ["2026-07-01", "2026-10-01"]),
            ("year", ["2026-01-01", "2027-01-01"]),
            ("last-year", ["2025-01-01", "2026-01-01"]),
            ("2026", ["2026-01-01", "2027-01-01"]),
            ("2026-Q4", ["2026-10-01", "2027-01-01"]),
            ("2026-q1", ["2026-01-01", "2026-04-01"]),
            ("2026-10", ["2026-10-01", "2026-11-01"]),
            ("2026-W47", ["2026-11-16", "2026-11-23"]),
            ("2026-W53", ["2026-12-28", "2027-01-04"]),
            ("2026-11-20", ["2026-11-20", "2026-11-21"]),
            ("2999", ["2999-01-01", "3000-01-01"]),
        ],
    )
    def test_parse(self, text: str, ends: list[str]) -> None:
        """Each name is from local midnight to local midnight."""
        assert shown(periods.parse_period(text, BERLIN, NOW)) == ends

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("2026-13", "there is no month '2026-13'"),
            ("2025-W53", "there is no week '2025-W53'"),
            ("2026-02-29", "there is no day '2026-02-29'"),
            ("2026-Q5", "unknown period '2026-Q5'; write today, "),
            ("1969", "unknown period '1969'"),
            ("last-decade", "unknown period"),
            ("\u0662\u0660\u0662\u0666", "unknown period"),
            ("", "unknown period ''"),
            ("cycle:Max", r"'cycle:Max' needs a plan: add \[plans.NAME\]"),
        ],
    )
    def test_nonsense(self, text: str, problem: str) -> None:
        """A period that is none is named, with those that are."""
        with pytest.raises(UsageError, match=problem):
            periods.parse_period(text, BERLIN, NOW)

    def test_skipped_day(self) -> None:
        """A day that a zone left out is empty."""
        apia = ZoneInfo("Pacific/Apia")
        skipped = periods.parse_period("2011-12-30", apia, NOW)
        assert skipped.since_ms == skipped.until_ms

    @pytest.mark.parametrize(
        ("text", "ms"),
        [
            ("90m", 5_400_000),
            ("12h", 43_200_000),
            ("7d", 604_800_000),
            ("4w", 2_419_200_000),
            (" 1m ", 60_000),
        ],
    )
    def test_last(self, text: str, ms: int) -> None:
        """A length is a number and a unit."""
        assert periods.parse_last(text) == ms

    @pytest.mark.parametrize(
        "text", ["", "7", "d", "0d", "-1d", "1.5h", "7D", "7days", "999999d", "\u0667d"]
    )
    def test_no_length(self, text: str) -> None:
        """Anything else is refused with examples."""
        with pytest.raises(UsageError, match="write 90m, 12h, 7d or 4w"):
            periods.parse_last(text)

    @pytest.mark.parametrize(
        ("text", "ends"),
        [
            ("1d", ["2026-11-20", "2026-11-21"]),
            ("7d", ["2026-11-14", "2026-11-21"]),
            ("4w", ["2026-10-24", "2026-11-21"]),
            ("90m", ["2026-11-20T13:00", "2026-11-20T14:30"]),
            ("720h", ["2026-10-21T15:30", "2026-11-20T14:30"]),
            ("366d", ["2025-11-20", "2026-11-21"]),
        ],
    )
    def test_last_period(self, text: str, ends: list[str]) -> None:
        """Days and weeks are local days with today; hours and minutes are exact."""
        assert shown(periods.last_period(text, BERLIN, NOW)) == ends

    def test_last_long_ago(self) -> None:
        """The longest length there is can be asked for."""
        since_ms = periods.last_period("99999w", BERLIN, NOW).since_ms
        assert since_ms is not None
        assert since_ms < 0


class TestWindow:
    """The current window of a cap."""

    @pytest.mark.parametrize(
        ("kind", "starts", "now", "ends"),
        [
            ("day", 12, "2026-11-20", ["2026-11-20", "2026-11-21"]),
            ("week", 12, "2026-11-22", ["2026-11-16", "2026-11-23"]),
            ("month", 1, "2026-11-20", ["2026-11-01", "2026-12-01"]),
            ("month", 12, "2026-11-11", ["2026-10-12", "2026-11-12"]),
            ("month", 12, "2026-11-12", ["2026-11-12", "2026-12-12"]),
            ("month", 31, "2026-02-27", ["2026-01-31", "2026-02-28"]),
            ("month", 31, "2026-02-28", ["2026-02-28", "2026-03-31"]),
            ("month", 31, "2028-02-28", ["2028-01-31", "2028-02-29"]),
            ("month", 15, "2027-01-14", ["2026-12-15", "2027-01-15"]),
            ("quarter", 1, "2026-11-20", ["2026-10-01", "2027-01-01"]),
            ("quarter", 31, "2026-04-29", ["2026-01-31", "2026-04-30"]),
            ("quarter", 15, "2026-10-14", ["2026-07-15", "2026-10-15"]),
            ("year", 1, "2026-11-20", ["2026-01-01", "2027-01-01"]),
            ("year", 20, "2026-01-19", ["2025-01-20", "2026-01-20"]),
        ],
    )
    def test_window(self, kind: str, starts: int, now: str, ends: list[str]) -> None:
        """Windows begin on the chosen day, or the last of a month without it."""
        noon = datetime.fromisoformat(f"{now}T12:00").replace(tzinfo=BERLIN)
        assert shown(period_window(kind, BERLIN, noon, starts)) == ends

    @given(KINDS, ZONES, INSTANTS, STARTS)
    def test_holds_now(self, kind: str, tz: ZoneInfo, ms: int, starts: int) -> None:
        """The current window has begun and has not ended."""
        window = period_window(kind, tz, at(ms), starts)
        assert window.since_ms is not None
        assert window.until_ms is not None
        assert window.since_ms <= ms < window.until_ms

    @given(KINDS, ZONES, INSTANTS, STARTS)
    def test_tiles(self, kind: str, tz: ZoneInfo, ms: int, starts: int) -> None:
        """Where one window ends the next begins, and the other way."""
        window = period_window(kind, tz, at(ms), starts)
        assert window.since_ms is not None
        assert window.until_ms is not None
        after = period_window(kind, tz, at(window.until_ms), starts)
        before = period_window(kind, tz, at(window.since_ms - 1), starts)
        assert after.since_ms == window.until_ms
        assert before.until_ms == window.since_ms

    @given(KINDS, ZONES, INSTANTS, STARTS, st.floats(0, 1, exclude_max=True))
    def test_is_the_same_all_along(
        self, kind: str, tz: ZoneInfo, ms: int, starts: int, share: float
    ) -> None:
        """At each instant of a window it is the current one."""
        window = period_window(kind, tz, at(ms), starts)
        assert window.since_ms is not None
        assert window.until_ms is not None
        span = window.until_ms - window.since_ms
        then = at(window.since_ms + int(span * share))
        assert period_window(kind, tz, then, starts) == window


class TestOffsets:
    """UTC offsets over time, and the keys made with them."""

    def test_berlin(self) -> None:
        """Offsets change at the very second, the first is where one begins."""
        since = millis(datetime(2026, 1, 1, tzinfo=UTC))
        until = millis(datetime(2026, 10, 25, 1, tzinfo=UTC))
        summer = millis(datetime(2026, 3, 29, 1, tzinfo=UTC))
        assert offsets(BERLIN, since, until) == [(since, 3600), (summer, 7200)]
        assert offsets(BERLIN, since, until + 1)[2:] == [(until, 3600)]

    def test_nothing_to_cover(self) -> None:
        """An empty stretch still has the offset of its beginning."""
        assert offsets(BERLIN, 0, 0) == [(0, 3600)]
        assert offsets(BERLIN, 0, -5) == [(0, 3600)]

    def test_short_summer(self) -> None:
        """A summer of seven days is not missed, wherever one begins to look."""
        tz = ZoneInfo("America/Noronha")
        since = millis(datetime(2000, 9, 1, tzinfo=UTC))
        until = millis(datetime(2000, 11, 1, tzinfo=UTC))
        for days in range(8):
            seen = offsets(tz, since + days * 86_400_000, until)
            assert [offset for _, offset in seen] == [-7200, -3600, -7200]

    @given(ZONES, INSTANTS, st.integers(1, 20 * 365 * 86_400_000), st.data())
    def test_agree_with_zoneinfo(
        self, tz: ZoneInfo, since: int, length: int, data: st.DataObject
    ) -> None:
        """At any instant the last offset before it is that of the zone."""
        held = offsets(tz, since, since + length)
        starts = [start for start, _ in held]
        assert starts[0] == since
        assert starts == sorted(set(starts))
        near = [start + step for start in starts for step in (-1, 0)]
        anywhere = st.integers(since, since + length - 1)
        for ms in [*near[1:], data.draw(anywhere), data.draw(anywhere)]:
            offset = [seconds for start, seconds in held if start <= ms][-1]
            assert at(ms).astimezone(tz).utcoffset() == timedelta(seconds=offset)

    @given(INSTANTS, ZONES)
    def test_keys(self, ms: int, tz: ZoneInfo) -> None:
        """Keys of local seconds are those of the local clock."""
        local = at(ms).astimezone(tz)
        offset = offsets(tz, ms, ms)[0][1]
        seconds = ms // 1000 + offset
        ahead = local.isoformat(timespec="seconds")[19:]
        assert periods.hour_key(seconds, offset) == f"{local:%Y-%m-%dT%H}:00{ahead}"
        assert periods.day_key(seconds) == f"{local:%Y-%m-%d}"
        assert periods.week_key(seconds) == f"{local:%G-W%V}"
        assert periods.month_key(seconds) == f"{local:%Y-%m}"

    def test_hour_key(self) -> None:
        """The two hours of a fold have two keys."""
        first = millis(datetime(2026, 10, 25, 0, 30, tzinfo=UTC)) // 1000
        assert periods.hour_key(first + 7200, 7200) == "2026-10-25T02:00+02:00"
        assert periods.hour_key(first + 7200, 3600) == "2026-10-25T02:00+01:00"

    def test_week_key(self) -> None:
        """The year of a week is that of its Thursday."""
        new_year = millis(datetime(2027, 1, 1, tzinfo=UTC)) // 1000
        assert periods.week_key(new_year) == "2026-W53"
