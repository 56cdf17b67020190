"""When accounts are asked, by whom, and what one that fails leaves alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import timedelta

import httpx
import pytest
import toys
from hypothesis import given
from hypothesis import strategies as st
from polled import NOW, Polls
from toys import balance

from tokentui.accounts.kind import Feed, Question
from tokentui.accounts.web import open_client
from tokentui.errors import AccountError, ConfigError, LedgerError
from tokentui.events import Quota
from tokentui.pace import (
    LONGEST_PAUSE_SECONDS,
    is_time,
    pause,
)
from tokentui.periods import millis
from tokentui.poll import CLAIM_MS, poll
from tokentui.settings import Account, Config, Match, Payer
from tokentui.statements import Cost, Limit, Reading, state

NOW_MS = millis(NOW)
DAY = NOW_MS // 86_400_000 * 86_400_000
HOUR = 3_600_000
STATE = "SELECT state, error, failures, next_at, good_at, stale_since FROM account"


def failing(problem: Exception) -> toys.Read:
    """Make a feed that fails."""

    def read(question: Question) -> Iterable[Reading]:
        raise problem

    return read


LEAST = 60
"""Seconds after which a person may ask again."""


@given(
    st.floats(60, 86_400),
    st.integers(0, 10_000),
    st.floats(0, 10**9),
    st.floats(0, 1),
)
def test_pause(interval: float, failures: int, least: float, chance: float) -> None:
    """Never less than the provider asks, nor over an hour of back-off and a tenth."""
    seconds = pause(interval, failures, least, chance)
    asked = min(least, 86_400.0)
    longest = max(interval, LONGEST_PAUSE_SECONDS)
    assert seconds >= asked
    assert 0.9 * interval <= seconds or seconds == asked
    assert seconds <= max(asked, 1.1 * (longest if failures else interval)) + 1e-6


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 300), (1, 600), (2, 1_200), (3, 2_400), (4, 3_600), (5, 3_600), (999, 3_600)],
)
def test_back_off(failures: int, seconds: float) -> None:
    """The pause doubles with each failure in a row, up to an hour."""
    assert pause(300, failures, 0, 0.5) == seconds


def test_jitter() -> None:
    """Chance moves the pause by a tenth either way, so that not all ask at once."""
    assert [pause(1_000, 0, 0, chance) for chance in (0, 0.5, 1)] == [
        900,
        1_000,
        1_100,
    ]


def test_slow_accounts_stay_slow() -> None:
    """An account asked every five hours is not asked more often when it fails."""
    assert pause(18_000, 3, 0, 0.5) == 18_000


@pytest.mark.parametrize(
    ("retry", "seconds"),
    [(0, 600), (599, 600), (7_200, 7_200), (10**9, 86_400), (float("inf"), 86_400)],
)
def test_retry_after_wins(retry: float, seconds: float) -> None:
    """What the provider asks for is kept if it is longer, up to a day."""
    assert pause(300, 1, retry, 0.5) == seconds


@pytest.mark.parametrize(
    ("row", "due", "if_asked"),
    [
        ((None, None, 0), True, True),
        ((NOW_MS, NOW_MS - 1, 0), True, True),
        ((NOW_MS + 1, NOW_MS - 1, 0), False, False),
        ((NOW_MS + 1, NOW_MS - LEAST * 1000 + 1, 0), False, False),
        ((NOW_MS + 1, NOW_MS - LEAST * 1000, 0), False, True),
        # One that fails waits, whoever asks.
        ((NOW_MS + 1, NOW_MS - 10**7, 1), False, False),
        # The clock was ahead by a year and is right again.
        ((NOW_MS + 10**10, NOW_MS + 10**10 - 1, 9), True, True),
    ],
)
def test_is_time(
    row: tuple[int | None, int | None, int], due: bool, if_asked: bool
) -> None:
    """Due by its plan, or a minute after the last time if a person asks."""
    assert is_time(row, NOW_MS, False, LEAST) == due
    assert is_time(row, NOW_MS, True, LEAST) == if_asked


def test_nothing_due_opens_nothing(
    polls: Polls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no account is due nothing is opened that could ask."""
    opened = []

    def client() -> httpx.Client:
        opened.append(1)
        return open_client()

    toys.toy(monkeypatch, balance)
    polls("toy", toys.SECRET, force=False, open_client=client)
    soon = NOW + timedelta(minutes=5)
    report = polls("toy", toys.SECRET, soon, force=False, open_client=client)
    assert [each.was_due for each in report.accounts] == [False]
    assert opened == [1]
    assert poll(polls.ledger.with_name("none.db"), Config(), NOW).accounts == ()
    assert not polls.ledger.with_name("none.db").exists()


def test_schedule(polls: Polls, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked at its own pace, slower while it fails, and then as before."""
    fails = False

    def read(question: Question) -> Iterable[Reading]:
        if fails:
            raise AccountError("no luck", retry_seconds=5_000)
        return balance(question)

    toys.toy(monkeypatch, read)
    polls("toy", toys.SECRET)
    assert polls.rows(STATE) == [("ok", None, 0, NOW_MS + 900_000, NOW_MS, None)]
    fails, later = True, NOW + timedelta(hours=1)
    polls("toy", toys.SECRET, later)
    at = millis(later)
    assert polls.rows(STATE) == [
        ("stale", "feed0: no luck", 1, at + 5_000_000, NOW_MS, at)
    ]
    polls("toy", toys.SECRET, later + timedelta(hours=2))
    assert polls.rows(STATE)[0][2:] == (2, at + 2 * HOUR + 5_000_000, NOW_MS, at)
    fails, last = False, later + timedelta(hours=4)
    polls("toy", toys.SECRET, last)
    at = millis(last)
    assert polls.rows(STATE) == [("ok", None, 0, at + 900_000, at, None)]


def test_own_interval(polls: Polls, monkeypatch: pytest.MonkeyPatch) -> None:
    """The interval of the config takes the place of the kind's."""
    toys.toy(monkeypatch, balance)
    polls.account = {"interval": 60}
    polls("toy", toys.SECRET)
    assert polls.rows("SELECT next_at FROM account") == [(NOW_MS + 60_000,)]


@pytest.mark.parametrize(
    "fault", [KeyError("x" + toys.SECRET), OverflowError(), ValueError(toys.SECRET)]
)
def test_fault_of_ours(
    polls: Polls, fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a kind did not think of fails its feed alone, and its text is not shown."""
    toys.toy(monkeypatch, failing(fault), balance)
    (report,) = polls("toy", toys.SECRET).accounts
    assert report.readings == 1
    (error,) = report.errors
    assert error.startswith(f"feed0: {type(fault).__name__} at test_poll.py:")
    assert toys.SECRET not in error


def test_row_that_cannot_be_kept(polls: Polls, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fact too large for the ledger fails its feed, and is not kept by half."""

    def large(question: Question) -> Iterable[Reading]:
        costs = (Cost(DAY, NOW_MS, 5), Cost(DAY, NOW_MS, 2**70))
        yield Reading(DAY, NOW_MS, NOW_MS, costs)

    toys.toy(monkeypatch, large, balance)
    (report,) = polls("toy", toys.SECRET).accounts
    assert len(report.errors) == 1 and report.readings == 1
    assert polls.rows("SELECT * FROM cost") == []
    assert polls.rows("SELECT * FROM reading") == []


def test_broken_ledger_stops_all(polls: Polls, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ledger that cannot be written is no account's fault."""
    toys.toy(monkeypatch, failing(sqlite3.OperationalError("disk I/O error")))
    with pytest.raises(LedgerError):
        polls("toy", toys.SECRET)


@pytest.mark.parametrize(
    ("problem", "goes_on"),
    [
        (AccountError("not let", needs_user=True, status=403), True),
        (AccountError("odd"), True),
        (AccountError("slower", retry_seconds=60, status=403), False),
        (AccountError("slower", status=429), False),
        (AccountError("slower", retry_seconds=60, status=503), False),
        (AccountError("wrong key", needs_user=True, status=401), False),
    ],
)
def test_other_feeds(
    polls: Polls,
    problem: AccountError,
    goes_on: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The other feeds are read, unless the key is wrong or it is asked too often."""
    toys.toy(monkeypatch, failing(problem), balance)
    (report,) = polls("toy", toys.SECRET).accounts
    assert report.readings == goes_on


def spend(question: Question) -> Iterable[Reading]:
    """Spend a dollar since the last time."""
    before = question.last_limit("lifetime")
    since, used = before or (DAY, 0)
    yield Reading(
        since,
        question.now_ms,
        question.now_ms,
        (Cost(since, question.now_ms, 10**9),),
        limits=(Limit("lifetime", used + 10**9, None),),
    )


def test_overtaken(polls: Polls, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two that ask at once the later one's answer stands, once."""
    later = NOW + timedelta(minutes=6)
    inner: list[bool] = []

    def read(question: Question) -> Iterable[Reading]:
        readings = list(spend(question))
        if not inner:
            inner.append(True)
            polls("toy", toys.SECRET, later, force=False)
        return readings

    toys.toy(monkeypatch, read)
    (report,) = polls("toy", toys.SECRET).accounts
    assert (report.was_due, report.errors) == (False, [])
    assert polls.rows("SELECT since, until, nanos FROM cost") == [
        (DAY, millis(later), 10**9)
    ]
    assert polls.rows("SELECT used FROM money_limit") == [(10**9,)]
    assert polls.rows("SELECT good_at, tried_at FROM account") == [
        (millis(later), millis(later))
    ]


@pytest.mark.parametrize("asked", [False, True])
def test_one_at_a_time(
    polls: Polls, asked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one process asks, no other does, until it seems to be dead."""
    seen: list[bool] = []

    def read(question: Question) -> Iterable[Reading]:
        if not seen:
            soon = NOW + timedelta(seconds=LEAST - 1)
            late = NOW + timedelta(milliseconds=CLAIM_MS)
            for moment in (soon, late):
                seen.append(True)
                report = polls("toy", toys.SECRET, moment, force=False, asked=asked)
                seen[-1] = report.accounts[0].was_due
        return balance(question)

    toys.toy(monkeypatch, read)
    polls("toy", toys.SECRET)
    assert seen == [False, True]


def test_gap_is_read_again(polls: Polls, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies before a span that was read is asked for until it is read."""
    asked: list[int] = []
    is_broken = True

    def newest_first(question: Question) -> Iterable[Reading]:
        asked.append(question.since_ms)
        today = question.now_ms // 86_400_000 * 86_400_000
        yield Reading(today, question.now_ms, question.now_ms)
        if is_broken:
            raise AccountError("no luck")
        yield Reading(question.since_ms, today, today)

    toys.toy(monkeypatch, Feed("days", newest_first, first_days=30, late_days=2))
    is_broken = False
    polls("toy", toys.SECRET)
    is_broken = True
    polls("toy", toys.SECRET, NOW + timedelta(days=7))
    is_broken = False
    polls("toy", toys.SECRET, NOW + timedelta(days=7, hours=1))
    polls("toy", toys.SECRET, NOW + timedelta(days=7, hours=2))
    day = 86_400_000
    assert asked == [DAY - 30 * day, DAY - 2 * day, DAY - 2 * day, DAY + 5 * day]


@pytest.mark.parametrize(
    ("first_days", "late_days", "silent_days", "expected"),
    [(0, 0, 3, 3), (0, 2, 0, -2), (30, 2, 5, -2), (30, 2, 40, 10), (1, 3, 1, -2)],
)
def test_from_when_on(
    polls: Polls,
    first_days: int,
    late_days: int,
    silent_days: int,
    expected: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The second poll asks from the last on and what is late, not for all history."""
    asked: list[int] = []

    def read(question: Question) -> Iterable[Reading]:
        asked.append((question.since_ms - DAY) // 86_400_000)
        yield Reading(question.since_ms, question.now_ms, question.now_ms)

    toys.toy(monkeypatch, Feed("days", read, first_days, late_days))
    polls("toy", toys.SECRET)
    polls("toy", toys.SECRET, NOW + timedelta(days=silent_days, hours=1))
    assert asked == [-first_days, expected]


def test_clock_that_was_ahead(polls: Polls, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a year in the future nothing is lost and nothing counted twice."""
    total = 5 * 10**9

    def counter(question: Question) -> Iterable[Reading]:
        since, used = question.last_limit("lifetime") or (DAY, 0)
        costs = (Cost(since, question.now_ms, total - used),)
        limit = Limit("lifetime", total, None)
        yield Reading(since, question.now_ms, question.now_ms, costs, limits=(limit,))

    toys.toy(monkeypatch, counter)
    polls("toy", toys.SECRET)
    total += 2 * 10**9
    polls("toy", toys.SECRET, NOW + timedelta(days=365))
    total += 1 * 10**9
    polls("toy", toys.SECRET, NOW + timedelta(hours=1), force=False)
    assert polls.rows("SELECT since, until, nanos FROM cost ORDER BY since") == [
        (DAY, NOW_MS, 5 * 10**9),
        (NOW_MS, NOW_MS + HOUR, 3 * 10**9),
    ]
    assert polls.rows("SELECT since, as_of, used FROM money_limit") == [
        (NOW_MS, NOW_MS, 5 * 10**9),
        (NOW_MS + HOUR, NOW_MS + HOUR, 8 * 10**9),
    ]
    assert polls.rows("SELECT since, until FROM reading") == [
        (DAY, NOW_MS),
        (NOW_MS, NOW_MS + HOUR),
    ]


def test_clock_that_was_ahead_at_first(
    polls: Polls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An account first asked by a clock that was ahead is the same account later."""
    seen: list[tuple[int, int] | None] = []

    def read(question: Question) -> Iterable[Reading]:
        seen.append(question.last_limit("lifetime"))
        return spend(question)

    toys.toy(monkeypatch, read)
    for moment in (NOW + timedelta(days=2), NOW, NOW + timedelta(hours=1)):
        polls("toy", toys.SECRET, moment)
    assert seen == [None, None, (NOW_MS, 10**9)]


def test_another_key_is_another_counter(
    polls: Polls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is known by difference begins anew with another key, not with the same."""
    seen: list[tuple[int, int] | None] = []

    def read(question: Question) -> Iterable[Reading]:
        seen.append(question.last_limit("lifetime"))
        return spend(question)

    toys.toy(monkeypatch, read)
    for hours, secret in enumerate((toys.SECRET, toys.SECRET, "toy-another", "toy-3")):
        polls("toy", secret, NOW + timedelta(hours=hours))
    assert seen == [None, (NOW_MS, 10**9), None, None]


def test_login_tokens_change(polls: Polls, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tokens of a login change by themselves; it stays the same account."""
    seen: list[tuple[int, int] | None] = []
    tokens = iter(("toy-one", "toy-two"))

    def read(question: Question) -> Iterable[Reading]:
        seen.append(question.last_limit("lifetime"))
        return spend(question)

    toys.toy(monkeypatch, read, login=lambda account: next(tokens))
    polls.account = {"login": True}
    polls("toy", "")
    polls("toy", "", NOW + timedelta(hours=1))
    assert seen == [None, (NOW_MS, 10**9)]


def test_another_kind_is_another_account(
    polls: Polls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that is used for another kind keeps nothing of the state it had."""
    toys.toy(monkeypatch, spend)
    polls("toy", toys.SECRET)
    broken = failing(AccountError("no luck"))
    toys.toy(monkeypatch, broken, name="other-toy")
    polls("other-toy", toys.SECRET, NOW + timedelta(hours=1))
    assert polls.rows("SELECT kind, state, good_at FROM account") == [
        ("other-toy", "error", None)
    ]


def test_quotas_name_their_plan(polls: Polls, monkeypatch: pytest.MonkeyPatch) -> None:
    """Quotas go to the plan that the answer names, and the account knows which."""
    quota = Quota("five_hour", 300, NOW_MS, 41.5, NOW_MS + HOUR)

    def read(question: Question) -> Iterable[Reading]:
        yield state(question.now_ms, quotas=(quota,), plan="claude_max")

    toys.toy(monkeypatch, read, payer="claude-pro")
    polls("toy", toys.SECRET)
    assert polls.rows("SELECT payer, used_percent FROM quota") == [("claude-max", 41.5)]
    assert polls.rows("SELECT payer, plan FROM account") == [
        ("claude-pro", "claude-max")
    ]


def test_payer_of_a_rule(polls: Polls, monkeypatch: pytest.MonkeyPatch) -> None:
    """A payer's rule that names the account says whose it is."""
    toys.toy(monkeypatch, balance)
    polls.payers = (Payer("company", "employer", Match(account=("it",))),)
    polls("toy", toys.SECRET)
    assert polls.rows("SELECT payer FROM account") == [("company",)]


def test_wrong_kind(polls: Polls) -> None:
    """A kind that is not known stops all before anything is asked, and is named."""
    with pytest.raises(ConfigError, match="did you mean openrouter"):
        polls("openruter", toys.SECRET)


def test_missing_key_of_the_config(
    polls: Polls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kind that cannot do without a key of the config says which."""
    toys.toy(monkeypatch, balance, needs=("team",))
    with pytest.raises(ConfigError, match="team is missing"):
        polls("toy", toys.SECRET)


def test_only_some(polls: Polls, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several accounts those named are asked."""
    toys.toy(monkeypatch, balance)
    for name in ("A", "B"):
        monkeypatch.setenv(f"TOKENTUI_KEY_{name}", toys.SECRET)
    config = Config(accounts=(Account("a", "toy"), Account("b", "toy")))
    report = poll(polls.ledger, config, NOW, only=["b"])
    assert [each.account for each in report.accounts] == ["b"]
