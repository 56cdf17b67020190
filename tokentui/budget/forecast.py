"""Where spend will stand at the end of a period, as a range, from one's own habits.

What is left of a period is filled, some hundred times over, with days out of the past
of the same weekday; the tenth, the middle and the ninetieth of a hundred are low, mid
and high. Each filling weighs the past days anew, by chance, since a few weeks tell only
roughly what weeks are like; recent days weigh more. With a short past a plain rate
stands in, with a wide range.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

HOUR_MS = 3_600_000
DAY_HOURS = 24
FILLINGS = 300
SHORTEST_PAST_DAYS = 10
"""Less past than this says too little about weekdays."""

LONGEST_PAST_DAYS = 84
HALF_LIFE_DAYS = 28
FEWEST_ALIKE = 3
"""So many past days of a weekday are needed, else all workdays or weekends serve."""

LOW, MID, HIGH = 0.1, 0.5, 0.9


@dataclass(frozen=True, slots=True)
class Day:
    """What was spent on one local day, by hour; `weekday` 0 is Monday."""

    weekday: int
    hours: tuple[int, ...]

    @property
    def spent(self) -> int:
        """All of the day."""
        return sum(self.hours)


@dataclass(frozen=True, slots=True)
class Ahead:
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
    not met within the period. `is_plain`: the past was too short for habits.
    """

    low: int
    mid: int
    high: int
    met_after_hours: float | None
    is_plain: bool


def forecast(
    spent: int,
    past: Sequence[Day],
    ahead: Ahead,
    limit: int | None = None,
    seed: int = 1,
) -> Forecast:
    """Look ahead to the end of a period; `past` ends with yesterday, oldest first.

    The same input gives the same range.
    """
    past = past[-LONGEST_PAST_DAYS:]
    started = next((i for i, day in enumerate(past) if day.spent), len(past))
    past = past[started:]
    if len(past) < SHORTEST_PAST_DAYS:
        return plain(spent, past, ahead, limit)
    pools = [pool(past, weekday) for weekday in range(7)]
    chance = random.Random(seed)
    totals = sorted(filling(past, pools, ahead, chance) for _ in range(FILLINGS))
    low, mid, high = (spent + round(quantile(totals, q)) for q in (LOW, MID, HIGH))
    profile = hourly_profile(past, pools, ahead)
    return Forecast(low, mid, high, met(spent, limit, mid, profile), False)


def pool(past: Sequence[Day], weekday: int) -> list[int]:
    """Choose the past days, by position, that can stand for a weekday."""
    alike = [i for i, day in enumerate(past) if day.weekday == weekday]
    if len(alike) >= FEWEST_ALIKE:
        return alike
    weekend = weekday >= 5
    alike = [i for i, day in enumerate(past) if (day.weekday >= 5) == weekend]
    return alike if len(alike) >= FEWEST_ALIKE else list(range(len(past)))


def filling(
    past: Sequence[Day], pools: list[list[int]], ahead: Ahead, chance: random.Random
) -> float:
    """Fill what is left once; give what is spent in it."""
    newest = len(past)
    weights = [
        chance.expovariate(1.0) * 0.5 ** ((newest - i) / HALF_LIFE_DAYS)
        for i in range(newest)
    ]
    total = 0.0
    by_weekday: dict[int, list[int]] = {}
    for number, weekday in enumerate((ahead.today, *ahead.weekdays)):
        by_weekday.setdefault(weekday, []).append(number)
    for weekday, numbers in by_weekday.items():
        days = pools[weekday]
        marks = list(accumulate(weights[i] for i in days))
        chosen = chance.choices(days, cum_weights=marks, k=len(numbers))
        for number, place in zip(numbers, chosen, strict=True):
            day = past[place]
            spent = rest_of(day, ahead.hour) if number == 0 else day.spent
            total += spent * ahead.factor(number)
    return total


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


def hourly_profile(
    past: Sequence[Day], pools: list[list[int]], ahead: Ahead
) -> list[float]:
    """Give the mean spend of each hour ahead, the first one from now to its end."""
    means = []
    for days in pools:
        hours = [
            sum(past[i].hours[h] for i in days) / len(days) for h in range(DAY_HOURS)
        ]
        means.append(hours)
    now = min(int(ahead.hour), DAY_HOURS - 1)
    today = [h * ahead.factor(0) for h in means[ahead.today][now:]]
    today[0] *= 1 - (ahead.hour - now)
    later = [
        hour * ahead.factor(number)
        for number, weekday in enumerate(ahead.weekdays, 1)
        for hour in means[weekday]
    ]
    return [*today, *later]


def met(spent: int, limit: int | None, mid: int, profile: list[float]) -> float | None:
    """Say in how many hours a limit is met on the way to `mid`, along the profile."""
    if limit is None or mid < limit:
        return None
    if spent >= limit:
        return 0.0
    whole = sum(profile)
    if whole <= 0:
        return None
    wanted = (limit - spent) / (mid - spent) * whole
    passed = 0.0
    for number, hour in enumerate(profile):
        if hour > 0 and passed + hour >= wanted:
            return number + (wanted - passed) / hour
        passed += hour
    return float(len(profile))


def plain(spent: int, past: Sequence[Day], ahead: Ahead, limit: int | None) -> Forecast:
    """Go on at the mean daily rate; from half to twice of it is the range."""
    days_left = (DAY_HOURS - ahead.hour) / DAY_HOURS + len(ahead.weekdays)
    days_past = len(past) + ahead.hour / DAY_HOURS
    before = sum(day.spent for day in past)
    rate = (before + spent) / days_past if not past else before / len(past)
    rest = rate * days_left
    profile = [rest / max(days_left * DAY_HOURS, 1)] * max(
        int(days_left * DAY_HOURS), 1
    )
    mid = spent + round(rest)
    return Forecast(
        spent + round(rest / 2),
        mid,
        spent + round(rest * 2),
        met(spent, limit, mid, profile),
        True,
    )
