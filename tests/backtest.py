"""How often what came lies in the forecast's range: `python -m tests.backtest`.

Made-up histories of many kinds of people are cut at random moments; weeks and months
are forecast from what lies before and compared with what came. Eight ranges in ten are
meant to hold. With `--tree DIR` the logs in a home folder, read into a temporary
ledger, are forecast week by week instead.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tokentui.budget.forecast import (
    Ahead,
    Day,
    Forecast,
    carried_on,
    forecast,
    rest_of,
)
from tokentui.config import Config, SourceSettings
from tokentui.ingest import refresh
from tokentui.ledger.connection import open_for_reading
from tokentui.ledger.schema import BUCKET_MS
from tokentui.queries.history import History
from tokentui.queries.sums import Usage

PAST_DAYS = 12 * 7
SHORTEST_PAST_DAYS = 3 * 7
BEGINNING_DAYS = 10
FUTURE_DAYS = 31
"""Enough for the month of the last cut to end."""

PERIODS = ("week", "month")
A_DOLLAR = 10**9


@dataclass(frozen=True)
class Profile:
    """A kind of person.

    `sigma` of the logarithm of a day's spend; `weekend` is the chance of work on a day
    of the weekend, `day_off` that of none on a workday; with `week_off` seven days in a
    row are off; `drift` is what the logarithm of the level gains in a week.
    """

    name: str
    sigma: float = 0.8
    weekend: float = 0.1
    day_off: float = 0.03
    week_off: bool = False
    drift: float = 0.0


PROFILES = (
    Profile("steady", sigma=0.6),
    Profile("usual"),
    Profile("heavy tails", sigma=1.0),
    Profile("holidays", sigma=0.7, day_off=0.08, week_off=True),
    Profile("every day", weekend=0.9),
    Profile("growing", sigma=0.7, drift=0.06),
    Profile("fading", sigma=0.7, drift=-0.06),
    Profile("now and then", sigma=0.9, day_off=0.4),
)


@dataclass(frozen=True)
class Trial:
    """One forecast and what came."""

    period: str
    found: Forecast
    came: int


@dataclass
class Tally:
    """How many ranges held, how wide they were and how far off the middle was.

    Widths and misses are shares of what came.
    """

    held: int = 0
    below: int = 0
    above: int = 0
    widths: list[float] = field(default_factory=list)
    misses: list[float] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many forecasts were compared."""
        return self.held + self.below + self.above

    @property
    def coverage(self) -> float:
        """The share of ranges that held."""
        return self.held / self.count if self.count else math.nan

    def add(self, trial: Trial) -> None:
        """Compare a forecast with what came."""
        found, came = trial.found, trial.came
        self.held += found.low <= came <= found.high
        self.below += came < found.low
        self.above += came > found.high
        if came:
            self.widths.append((found.high - found.low) / came)
            self.misses.append(abs(found.mid - came) / came)

    def line(self, name: str) -> str:
        """Say it in one line under `TITLES`."""
        shares = (each / max(self.count, 1) for each in (self.below, self.above))
        below, above = (f"{share:>8.1%}" for share in shares)
        width, miss = (f"{mean(each):>8.2f}" for each in (self.widths, self.misses))
        held = f"{self.count:>6}{self.coverage:>8.1%}"
        return f"{name:<20} {held}{below}{above}{width}{miss}"


TITLES = " " * 20 + "   cuts    held   below   above   width    miss"


def mean(values: Sequence[float]) -> float:
    """Give the mean; of nothing it is unknown."""
    return sum(values) / len(values) if values else math.nan


def history(profile: Profile, chance: random.Random) -> list[tuple[date, Day]]:
    """Make up the days of one person: working hours, days off, a level of his own."""
    first = date(2026, 7, 1) + timedelta(chance.randrange(90))
    length = PAST_DAYS + FUTURE_DAYS
    week_off = chance.randrange(length - 7) if profile.week_off else length
    level = math.log(chance.uniform(3, 60) * A_DOLLAR)
    begins, hours_a_day = chance.choice((7, 8, 9, 10, 13)), chance.choice((6, 8, 10))
    days = []
    for number in range(length):
        day = first + timedelta(number)
        is_weekend = day.weekday() >= 5
        is_working = chance.random() < (
            profile.weekend if is_weekend else 1 - profile.day_off
        )
        hours = [0] * 24
        if is_working and not week_off <= number < week_off + 7:
            log = level + profile.drift * number / 7 + chance.gauss(0, profile.sigma)
            spent = math.exp(log) * (0.6 if is_weekend else 1)
            shares = [chance.expovariate(1) for _ in range(hours_a_day)]
            for hour, share in enumerate(shares, begins):
                hours[hour] = int(spent * share / sum(shares))
        days.append((day, Day(day.weekday(), tuple(hours))))
    return days


def trials(
    profile: Profile, seed: int, cuts: int, begins: bool = False
) -> Iterator[Trial]:
    """Forecast one person's week and month from random moments of his history.

    `begins`: from his first days, when there is too little past for habits.
    """
    chance = random.Random(f"{profile.name} {seed}")
    days = history(profile, chance)
    first, last = (1, BEGINNING_DAYS) if begins else (SHORTEST_PAST_DAYS, PAST_DAYS)
    for _ in range(cuts):
        number, hour = chance.randrange(first, last), chance.uniform(0, 24)
        for period in PERIODS:
            yield trial(period, days, number, hour)


def trial(
    period: str, days: Sequence[tuple[date, Day]], number: int, hour: float
) -> Trial:
    """Forecast the period that holds an hour of a day, and add up what came."""
    today = days[number][0]
    first, end = span(period, today)
    inside = [day.spent for each, day in days[:number] if first <= each]
    after = [day for each, day in days[number + 1 :] if each < end]
    rest = round(rest_of(days[number][1], hour))
    spent_today = days[number][1].spent - rest
    spent = sum(inside) + spent_today
    past = [day for _, day in days[max(number - PAST_DAYS, 0) : number]]
    ahead = Ahead(today.weekday(), hour, tuple(day.weekday for day in after))
    pace = round(rest_of(days[number][1], max(hour - 1, 0))) - rest
    found = forecast(spent, past, ahead, spent_today=spent_today)
    found = carried_on(found, spent, pace, 24 - hour + 24 * len(after))
    return Trial(period, found, spent + rest + sum(day.spent for day in after))


def span(period: str, day: date) -> tuple[date, date]:
    """Give the first day of a week or month, and of the one after it."""
    if period == "week":
        monday = day - timedelta(day.weekday())
        return monday, monday + timedelta(7)
    first = day.replace(day=1)
    return first, (first + timedelta(32)).replace(day=1)


def tallies(seeds: int, cuts: int) -> dict[tuple[str, str], Tally]:
    """Compare all forecasts; give how they did, by profile and period."""
    found: dict[tuple[str, str], Tally] = {}
    for profile in PROFILES:
        for seed in range(seeds):
            for each in trials(profile, seed, cuts):
                for name in (profile.name, "all"):
                    for period in (each.period, "both"):
                        found.setdefault((name, period), Tally()).add(each)
            for each in trials(profile, seed, cuts // 2, begins=True):
                for period in (each.period, "both"):
                    found.setdefault(("first days", period), Tally()).add(each)
    return found


def days_of_tree(tree: Path, tz: ZoneInfo) -> list[tuple[date, Day]]:
    """Read the logs below a home folder; give its days by hour, at list value."""
    home = tree / "home" if (tree / "home").is_dir() else tree
    config = Config(
        sources=(
            SourceSettings("claude-code", paths=(str(home / ".claude"),)),
            SourceSettings("codex", paths=(str(home / ".codex"),)),
        )
    )
    with tempfile.TemporaryDirectory() as folder:
        ledger = Path(folder) / "ledger.db"
        refresh(ledger, config)
        with closing(open_for_reading(ledger)) as connection:
            first, last = connection.execute(
                "SELECT min(bucket), max(bucket) FROM rollup"
            ).fetchone()
            if first is None:
                return []
            span = first * BUCKET_MS, (last + 1) * BUCKET_MS
            rows = History(connection, *span, tz, "list-usd").days(Usage())
    return [(day, Day(day.weekday(), tuple(hours))) for day, hours in rows]


def say(text: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{text}\n")


def show_tree(tree: Path) -> None:
    """Forecast every whole week of a tree from Monday noon and from Thursday noon."""
    days = days_of_tree(tree, ZoneInfo("UTC"))
    tally = Tally()
    say(f"{tree}: {len(days)} days")
    say(f"{'week of':<12} {'cut':<4} {'low':>9} {'mid':>9} {'high':>9} {'came':>9}")
    for number, (day, _) in enumerate(days):
        is_whole = number + 6 - day.weekday() < len(days)
        if number < 3 or day.weekday() not in (0, 3) or not is_whole:
            continue
        each = trial("week", days, number, 12.0)
        tally.add(each)
        found = each.found
        figures = (found.low, found.mid, found.high, each.came)
        texts = " ".join(f"{figure / A_DOLLAR:>9.2f}" for figure in figures)
        held = "held" if found.low <= each.came <= found.high else "missed"
        kind = ", plain" if found.is_plain else ""
        say(f"{span('week', day)[0]}   {day:%a}  {texts}  {held}{kind}")
    say(TITLES)
    say(tally.line("weeks"))


def main() -> None:
    """Read the options, compare, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=60, help="people of each kind")
    parser.add_argument("--cuts", type=int, default=6, help="moments of each")
    parser.add_argument("--tree", type=Path, action="append", metavar="DIR")
    given = parser.parse_args()
    for tree in given.tree or ():
        show_tree(tree)
    if given.tree:
        return
    began = time.perf_counter()
    found = tallies(given.seeds, given.cuts)
    say(TITLES)
    for name in (*(profile.name for profile in PROFILES), "all", "first days"):
        for period in (*PERIODS, "both"):
            say(found[name, period].line(f"{name} {period}"))
    spent_ms = (time.perf_counter() - began) * 1000
    calls = found["all", "both"].count + found["first days", "both"].count
    say(f"{spent_ms / calls:.1f} ms a forecast")


if __name__ == "__main__":
    main()
