"""Thirty days of polling against providers of known truth, with a thousand faults."""

from __future__ import annotations

import json
import random
import sqlite3
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import accumulate
from pathlib import Path

import httpx
import pytest
import toys
from long import LONG
from msgspec import Struct

from tokentui.accounts.kind import Feed, Question
from tokentui.accounts.units import nanos
from tokentui.accounts.web import all_pages, open_client
from tokentui.ledger import statements
from tokentui.periods import millis
from tokentui.poll import poll
from tokentui.settings import Account, Config
from tokentui.statements import Cost, Reading

DAY = 86_400_000
START = datetime(2026, 10, 1, tzinfo=UTC)
BEGIN = millis(START)
DAYS = 30
FAULTS = 1_000
SPENDS = 3_000
ROUNDS = 1_500
"""How often both accounts are polled: about every half an hour."""

CONFIG = Config(
    accounts=(Account("counter", "openrouter"), Account("days", "toy")),
)


class Truth:
    """What was spent when, in nanos, and what providers say of it at a time.

    The counter knows at once. The days learn of each amount up to two days later, and
    state a wrong one until then.
    """

    def __init__(self, chance: random.Random) -> None:
        ends = BEGIN + DAYS * DAY
        self.times = sorted(chance.randrange(BEGIN, ends) for _ in range(SPENDS))
        self.amounts = [chance.randrange(1, 10**10) for _ in range(SPENDS)]
        self.sums = [0, *accumulate(self.amounts)]
        self.known = [at + chance.randrange(2 * DAY) for at in self.times]
        self.guesses = [chance.randrange(2) * chance.randrange(10**9) for _ in range(9)]

    def between(self, since: int, until: int) -> int:
        """Give what was spent in a span."""
        first, last = (bisect_left(self.times, at) for at in (since, until))
        return self.sums[last] - self.sums[first]

    def stated(self, day: int, now: int) -> int:
        """Give what is stated of a day at a time."""
        first = bisect_left(self.times, day)
        last = bisect_left(self.times, min(day + DAY, now))
        return sum(
            self.amounts[i] if self.known[i] <= now else self.guesses[i % 9]
            for i in range(first, last)
        )


class Bucket(Struct):
    at: int
    cost: Decimal


class Page(Struct):
    rows: list[Bucket]
    next: str | None = None


def by_day(question: Question) -> Iterable[Reading]:
    """Read days, three to a page."""

    def page(token: str | None) -> tuple[list[Bucket], str | None]:
        params = [("since", str(question.since_ms)), ("page", token or "0")]
        answer = question.web.get("/spend", Page, params)
        return answer.rows, answer.next

    yield Reading(
        question.since_ms,
        question.now_ms,
        question.now_ms - 2 * DAY,
        tuple(Cost(b.at, b.at + DAY, nanos(b.cost)) for b in all_pages(page)),
    )


class KilledError(BaseException):
    """The process is killed."""


def dollars(amount: int) -> str:
    """Write nanos as a JSON number of dollars."""
    return f"{Decimal(amount).scaleb(-9):f}"


class World:
    """Both providers, a clock, and what goes wrong at the next calls."""

    def __init__(self, ledger: Path, chance: random.Random) -> None:
        self.ledger = ledger
        self.chance = chance
        self.truth = Truth(chance)
        self.now = BEGIN
        self.fault: Callable[[httpx.Request], httpx.Response] | None = None
        self.happened: Counter[str] = Counter()

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer a call, properly or with the fault that waits."""
        if self.fault is not None and self.chance.random() < 0.6:
            fault, self.fault = self.fault, None
            return fault(request)
        return self.proper(request)

    def proper(self, request: httpx.Request) -> httpx.Response:
        """Answer as the truth is now."""
        path, params = request.url.path, request.url.params
        today = self.now // DAY * DAY
        if path == "/api/v1/key":
            used = dollars(self.truth.between(BEGIN, self.now))
            daily = dollars(self.truth.between(today, self.now))
            text = f'{{"data": {{"usage": {used}, "usage_daily": {daily}}}}}'
        elif path == "/api/v1/credits":
            text = '{"data": {"total_credits": 9, "total_usage": 1}}'
        else:
            days = range(int(params["since"]), self.now, DAY)
            first = int(params["page"])
            rows = ", ".join(
                f'{{"at": {day}, "cost": {dollars(self.truth.stated(day, self.now))}}}'
                for day in days[first : first + 3]
            )
            following = str(first + 3) if first + 3 < len(days) else None
            text = f'{{"rows": [{rows}], "next": {json.dumps(following)}}}'
        return httpx.Response(200, text=text, headers={"Set-Cookie": "a=b"})

    def poll(self, ahead_ms: int = 0) -> None:
        """Ask both accounts, with a clock that may be ahead."""
        shown = START + timedelta(milliseconds=self.now + ahead_ms - BEGIN)
        client = partial(open_client, httpx.MockTransport(self.answer))
        poll(self.ledger, CONFIG, shown, force=True, open_client=client)


def fails(world: World, name: str) -> None:
    """Let one thing go wrong at the next round."""
    world.happened[name] += 1
    chance = world.chance

    def cut(request: httpx.Request) -> httpx.Response:
        body = world.proper(request).content
        return httpx.Response(200, content=body[: chance.randrange(len(body))])

    def raises(error: BaseException) -> Callable[[httpx.Request], httpx.Response]:
        def fault(request: httpx.Request) -> httpx.Response:
            raise error

        return fault

    def overtakes(request: httpx.Request) -> httpx.Response:
        before = world.proper(request)
        world.now += 60_000
        world.poll()
        return before

    def says(*given: object, **named: object) -> Callable[..., httpx.Response]:
        return lambda request: httpx.Response(*given, **named)  # type: ignore[arg-type]

    world.fault = {
        "throttled": says(429, headers={"Retry-After": "30"}),
        "broken": says(500),
        "refused": says(401),
        "not let": says(403),
        "expired": says(410),
        "moved": says(302, headers={"Location": "https://elsewhere.example.com"}),
        "page": says(200, html="<html>log in</html>"),
        "empty": says(200, text=""),
        "object": says(200, text="{}"),
        "list": says(200, text="[]"),
        "null": says(200, text="null"),
        "infinite": says(200, text='{"data": {"usage": 1e99999, "usage_daily": 0}}'),
        "cut": cut,
        "silent": raises(httpx.ReadTimeout("")),
        "away": raises(httpx.ConnectError("")),
        "odd fault": raises(KeyError("")),
        "killed asking": raises(KilledError()),
        "overtaken": overtakes,
    }.get(name)


SORTS = (
    *("throttled", "broken", "refused", "not let", "expired", "moved", "page"),
    *("empty", "object", "list", "null", "infinite", "cut", "silent", "away"),
    *("odd fault", "killed asking", "killed keeping", "overtaken", "two at once"),
    *("no key", "clock ahead"),
)


def round_of(world: World, name: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Poll both accounts once, with or without a fault."""
    with monkeypatch.context() as patch:
        ahead = 0
        if name is not None:
            fails(world, name)
        if name == "no key":
            patch.delenv(f"TOKENTUI_KEY_{world.chance.choice(['COUNTER', 'DAYS'])}")
        if name == "clock ahead":
            # What is a few minutes ahead is noticed by nobody, and dates what it reads.
            ahead = world.chance.randrange(DAY, 3 * DAY)
        if name == "two at once":
            world.poll()
        if name == "killed keeping":
            left = world.chance.randrange(3)
            real = statements.keep_costs

            def keep(*given: object) -> None:
                nonlocal left
                real(*given)  # type: ignore[arg-type]
                left -= 1
                if left < 0:
                    raise KilledError

            patch.setattr(statements, "keep_costs", keep)
        with suppress(KilledError):
            world.poll(ahead)
        world.fault = None


@pytest.mark.parametrize("seed", range(1, 31) if LONG else [1, 9])
def test_thirty_days(ledger: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the end no fact is lost and none is there twice: to the nano, day by day."""
    toys.toy(monkeypatch, Feed("days", by_day, first_days=9, late_days=2))
    monkeypatch.setenv("TOKENTUI_KEY_COUNTER", "sk-or-counter")
    monkeypatch.setenv("TOKENTUI_KEY_DAYS", "toy-days")
    chance = random.Random(seed)
    world = World(ledger, chance)
    plan: list[str | None] = [SORTS[i % len(SORTS)] for i in range(FAULTS)]
    plan += [None] * (ROUNDS - FAULTS)
    chance.shuffle(plan)
    step = DAYS * DAY // ROUNDS
    for name in plan:
        world.now += chance.randrange(1, 2 * step)
        round_of(world, name, monkeypatch)
    world.now = max(world.now, BEGIN + (DAYS + 2) * DAY + 1)
    world.poll()
    assert sum(world.happened.values()) == FAULTS
    with closing(sqlite3.connect(ledger)) as connection:
        days = connection.execute(
            "SELECT since, nanos FROM cost WHERE account = 'days' ORDER BY since"
        ).fetchall()
        spans = connection.execute(
            "SELECT since, until, nanos FROM cost WHERE account = 'counter'"
        ).fetchall()
        states = connection.execute("SELECT state, error FROM account").fetchall()
    truth = world.truth
    assert states == [("ok", None)] * 2
    assert {day: amount for day, amount in days if amount} == {
        day: truth.between(day, day + DAY)
        for day in range(BEGIN, BEGIN + DAYS * DAY, DAY)
    }
    assert len(days) == len({day for day, _ in days})
    assert sum(amount for *_, amount in spans) == sum(truth.amounts)
    assert [s for s in spans if truth.between(*s[:2]) != s[2]] == []
