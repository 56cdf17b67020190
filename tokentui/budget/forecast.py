"""Where spend will stand at the end of a period, as a range, from one's own habits.

What is left of a period is filled, some hundred times over, with days out of the past
of the same weekday; the tenth, the middle and the ninetieth of a hundred are low, mid
and high. Each filling weighs the past weeks anew, by chance, and goes a little up or
down as a whole, since a few weeks tell only roughly what weeks will be like; recent
weeks weigh more. With a short past a plain rate stands in, with a wide range.
`python -m tests.backtest` says how often the range holds.
"""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate

from tokentui.frozen import dataclass, replace
from tokentui.tuples import NamedTuple

HOUR_MS = 3_600_000
DAY_HOURS = 24
FILLINGS = 150
FEWEST_FILLINGS = 75
MOST_DAYS_FILLED = 5_000
"""A year ahead is filled less often than a month, so that it takes no longer."""

SHORTEST_PAST_DAYS = 10
"""Less past than this says too little about weekdays."""

SHORTEST_DAY_HOURS = 8
"""The first day is taken to be so far gone at least."""

LONGEST_PAST_DAYS = 84
HALF_LIFE_DAYS = 28
FEWEST_ALIKE = 6
"""So many past days of a weekday are needed, else all workdays or weekends serve."""

LEVEL_SIGMA = 0.25
"""How far the level of the days ahead may be off, as the sigma of its logarithm."""

LOW, MID, HIGH = 0.1, 0.5, 0.9
PLAIN_HIGH = 1.75
"""How many times the mean rate is the upper end, where the past is short."""


class Day(NamedTuple):
    """What was spent on one local day, by hour; `weekday` 0 is Monday."""

    weekday: int
    hours: tuple[int, ...]

    @property
    def spent(self) -> int:
        """All of the day."""
        return sum(self.hours)


class Ahead(NamedTuple):
    """What is left of a period: the rest of today, then whole days.

    `hour` is the local hour of now as a fraction, `weekdays` those of the days after
    today, `factors` what scheduled price changes make of today and each of these days.
    """

    today: int
    hour: float
    weekdays: tuple[int, ...]
    factors: tuple[float, ...] = ()

    def factor(self, day: int) -> float:
        """Give the price factor of a day ahead; 0 is today."""
        return self.factors[day] if day < len(self.factors) else 1.0


@dataclass(frozen=True, slots=True)
class Forecast:
    """Spend at the end of the period, in the unit of what was given.

    `met_after_hours`: how long until a limit is met on the middle way, `None` if it is
    not met within the period. `is_plain`: the past was too short for habits. `profile`:
    the mean of each hour ahead, the first one from now to its end.
    """

    low: int
    mid: int
    high: int
    met_after_hours: float | None
    is_plain: bool
    profile: tuple[float, ...] = ()

    def hours_until(self, amount: int, spent: int) -> float | None:
        """Say in how many hours spend comes to an amount on the middle way."""
        if self.mid < amount:
            return None
        return met(spent, amount, self.mid, list(self.profile))


def forecast(
    spent: int,
    past: Sequence[Day],
    ahead: Ahead,
    limit: int | None = None,
    spent_today: int = 0,
    seed: int = 1,
) -> Forecast:
    """Look ahead to the end of a period; `past` ends with yesterday, oldest first.

    `spent_today`, the part of `spent` that was used today, serves where there is no
    past. The same input gives the same range.
    """
    past = past[-LONGEST_PAST_DAYS:]
    started = next((i for i, day in enumerate(past) if day.spent), len(past))
    past = past[started:]
    if len(past) < SHORTEST_PAST_DAYS:
        return plain(spent, past, ahead, limit, spent_today)
    totals = fillings(past, ahead, seed)
    low, mid, high = (spent + round(quantile(totals, q)) for q in (LOW, MID, HIGH))
    profile = tuple(hourly_profile(past, ahead))
    found = Forecast(low, mid, high, None, False, profile)
    if limit is None:
        return found
    return replace(found, met_after_hours=found.hours_until(limit, spent))


def carried_on(
    found: Forecast,
    spent: int,
    pace: int,
    hours_left: float,
    limit: int | None = None,
) -> Forecast:
    """Widen a forecast for work that is going on now, whatever the habits say.

    Who spends `pace` an hour is taken to go on for half an hour, or for two.
    """
    mid = max(found.mid, spent + round(pace * min(hours_left, 0.5)))
    high = max(found.high, mid, spent + round(pace * min(hours_left, 2.0)))
    meets = found.met_after_hours
    if meets is None and limit is not None and mid >= limit:
        meets = max(0.0, (limit - spent) / pace) if pace else 0.0
    return replace(found, mid=mid, high=high, met_after_hours=meets)


def pool(past: Sequence[int], weekday: int) -> list[int]:
    """Choose the past days, by position, that can stand for a weekday."""
    alike = [i for i, day in enumerate(past) if day == weekday]
    if len(alike) >= FEWEST_ALIKE:
        return alike
    weekend = weekday >= 5
    alike = [i for i, day in enumerate(past) if (day >= 5) == weekend]
    return alike if len(alike) >= FEWEST_ALIKE else list(range(len(past)))


def fillings(past: Sequence[Day], ahead: Ahead, seed: int) -> list[float]:
    """Fill what is left many times over; give what each filling spends, in order."""
    spent = [day.spent for day in past]
    rest = [rest_of(day, ahead.hour) for day in past]
    days = (ahead.today, *ahead.weekdays)
    factors = [ahead.factor(number) for number in range(len(days))]
    totals = []
    for level, chosen in drawn(tuple(day.weekday for day in past), days, seed):
        total = 0.0
        for number, place in chosen:
            total += (spent if number else rest)[place] * factors[number]
        totals.append(total * level)
    return sorted(totals)


@lru_cache(maxsize=32)
def drawn(
    past: tuple[int, ...], ahead: tuple[int, ...], seed: int
) -> list[tuple[float, list[tuple[int, int]]]]:
    """Draw past days for those ahead many times over; days are given as weekdays.

    Gives for each filling how far its level is off, and pairs of a day ahead and the
    past day that stands for it. What was spent has no part in this, so that caps which
    look ahead equally far share it.
    """
    chance = random.Random(seed)
    newest = len(past)
    fresh = [0.5 ** ((newest - i) / HALF_LIFE_DAYS) for i in range(newest)]
    week = [(newest - 1 - i) // 7 for i in range(newest)]
    by_weekday: dict[int, list[int]] = {}
    for number, weekday in enumerate(ahead):
        by_weekday.setdefault(weekday, []).append(number)
    pools = {weekday: pool(past, weekday) for weekday in by_weekday}
    weights = {
        weekday: [(fresh[i], week[i]) for i in days] for weekday, days in pools.items()
    }
    times = MOST_DAYS_FILLED // len(ahead)
    found = []
    for _ in range(min(max(times, FEWEST_FILLINGS), FILLINGS)):
        weeks = [chance.expovariate(1.0) for _ in range(week[0] + 1)]
        chosen: list[tuple[int, int]] = []
        for weekday, numbers in by_weekday.items():
            days = pools[weekday]
            marks = list(accumulate([new * weeks[i] for new, i in weights[weekday]]))
            # As `chance.choices`, whose checks take longer than the drawing.
            places = [
                days[bisect(marks, chance.random() * marks[-1], 0, len(days) - 1)]
                for _ in numbers
            ]
            chosen += zip(numbers, places, strict=True)
        found.append((chance.lognormvariate(0.0, LEVEL_SIGMA), chosen))
    return found


def rest_of(day: Day, hour: float) -> float:
    """Give what a day spent after an hour of the day."""
    whole = int(hour)
    if whole >= DAY_HOURS:
        return 0.0
    return day.hours[whole] * (1 - (hour - whole)) + sum(day.hours[whole + 1 :])


def quantile(ordered: Sequence[float], share: float) -> float:
    """Give the value below which a share of the ordered values lies."""
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def hourly_profile(past: Sequence[Day], ahead: Ahead) -> list[float]:
    """Give the mean spend of each hour ahead, the first one from now to its end."""
    weekdays = [day.weekday for day in past]
    means = {}
    for weekday in {ahead.today, *ahead.weekdays}:
        days = pool(weekdays, weekday)
        columns = zip(*(past[i].hours for i in days), strict=True)
        means[weekday] = [sum(hours) / len(days) for hours in columns]
    now = min(int(ahead.hour), DAY_HOURS - 1)
    today = [h * ahead.factor(0) for h in means[ahead.today][now:]]
    today[0] *= 1 - (ahead.hour - now)
    later = [
        hour * ahead.factor(number)
        for number, weekday in enumerate(ahead.weekdays, 1)
        for hour in means[weekday]
    ]
    return [*today, *later]


def met(spent: int, limit: int, mid: int, profile: list[float]) -> float:
    """Say in how many hours a limit is met on the way to `mid`, along the profile."""
    if spent >= limit:
        return 0.0
    wanted = (limit - spent) / max(mid - spent, 1) * sum(profile)
    passed = 0.0
    for number, hour in enumerate(profile):
        if hour > 0 and passed + hour >= wanted:
            return number + (wanted - passed) / hour
        passed += hour
    return float(len(profile))


def plain(
    spent: int, past: Sequence[Day], ahead: Ahead, limit: int | None, spent_today: int
) -> Forecast:
    """Go on at the mean daily rate; the range reaches from no more usage upwards."""
    days_left = (DAY_HOURS - ahead.hour) / DAY_HOURS + len(ahead.weekdays)
    if past:
        rate = sum(day.spent for day in past) / len(past)
    else:
        rate = spent_today * DAY_HOURS / max(ahead.hour, SHORTEST_DAY_HOURS)
    rest = rate * days_left
    low, mid, high = (spent + round(rest * share) for share in (0, 1, PLAIN_HIGH))
    hours = max(int(days_left * DAY_HOURS), 1)
    found = Forecast(low, mid, high, None, True, (rest / hours,) * hours)
    if limit is None:
        return found
    return replace(found, met_after_hours=found.hours_until(limit, spent))
