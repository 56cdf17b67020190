"""Several accounts, odd times, odd money: what is billed counts once, and whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from bill_books import DAY, NOW, USD, Ledger, at, cost
from hypothesis import given
from hypothesis import strategies as st

from tokentui.queries.billed import Told, billed
from tokentui.settings import Account, Config

FIRST = at(1, 0)


@pytest.fixture
def books(ledger: Path) -> Ledger:
    """Make an empty ledger."""
    return Ledger(ledger)


def test_two_organisations_add_up(books: Ledger) -> None:
    """Two organisations bill what is asked of each: 4 and 5 for one day make 9."""
    books.spend(7, at(20))
    for name, dollars in (("one", 4), ("two", 5)):
        day = cost(at(20, 0), at(21, 0), dollars)
        books.tell(name, "anthropic", FIRST, NOW, day)
    assert books.cap().spent == 9 * USD


def test_one_that_failed_settles_nothing(books: Ledger) -> None:
    """Where one of two accounts has not been read, the other's word is not all."""
    books.config = Config(
        accounts=(Account("one", "anthropic"), Account("two", "anthropic"))
    )
    books.spend(6, at(20))
    books.spend(8, at(23))
    books.spend(3, at(24))
    one = cost(at(20, 0), at(21, 0), 5)
    books.tell("one", "anthropic", FIRST, at(22, 0), one)
    two = cost(at(23, 0), at(24, 0), 2)
    books.tell("two", "anthropic", FIRST, at(25, 0), two)
    # 5 for the 20th of both; the 23rd and 24th at what is reckoned of both.
    assert books.cap().spent == (5 + 8 + 3) * USD


def test_one_that_was_removed_says_no_more(books: Ledger) -> None:
    """An account that is asked no more leaves the later time to the other."""
    books.config = Config(accounts=(Account("two", "anthropic"),))
    books.spend(8, at(23))
    books.tell("one", "anthropic", FIRST, at(22, 0), cost(at(20, 0), at(21, 0), 5))
    books.tell("two", "anthropic", FIRST, at(25, 0), cost(at(23, 0), at(24, 0), 2))
    assert books.cap().spent == (5 + 2) * USD


def test_member_is_part_of_the_team(books: Ledger) -> None:
    """What Cursor bills a member is in what it bills his team, and counts once."""
    asked = {"endpoint": None, "account": "cursor_on_demand"}
    books.spend(9, at(20), base_url="https://api2.cursor.sh", **asked)
    day = at(20, 0), at(21, 0)
    bought = {"payer": "cursor", "provider": "cursor"}
    books.tell("own", "cursor", FIRST, NOW, cost(*day, 10), **bought)
    books.tell("team", "cursor-team", at(10, 0), NOW, cost(*day, 10), **bought)
    assert books.cap().spent == 10 * USD
    assert books.cap(payer=("cursor",)).spent == 10 * USD


def test_member_before_the_team_was_read(books: Ledger) -> None:
    """What the team's account does not cover stands as the member's account told it."""
    bought = {"payer": "cursor", "provider": "cursor"}
    days = [cost(at(d, 0), at(d + 1, 0), 10) for d in (5, 20)]
    books.tell("own", "cursor", FIRST, NOW, *days, **bought)
    books.tell("team", "cursor-team", at(10, 0), NOW, days[1], **bought)
    assert books.cap().spent == 20 * USD


def test_key_is_part_of_all_keys(books: Ledger) -> None:
    """What a key spends at OpenRouter is in what a management key tells of all keys."""
    whole = cost(at(20, 0), at(21, 0), 7, model="glm-5")
    today = cost(at(25, 0), at(25, 12), 2)
    books.tell("all", "openrouter", FIRST, at(25, 12), whole, today)
    part = cost(at(20, 9), at(20, 10), 3), cost(at(25, 9), at(25, 10), 1)
    later = cost(at(25, 13), at(25, 14), 0.5)
    books.tell("key", "openrouter", at(20, 8), NOW, *part, later)
    # What the key spent after all keys were asked is in nothing else.
    assert books.cap().spent == round(9.5 * USD)


def test_two_keys_add_up(books: Ledger) -> None:
    """Two usual keys each tell of themselves only."""
    books.tell("a", "openrouter", FIRST, NOW, cost(at(20, 9), at(20, 10), 3))
    books.tell("b", "openrouter", FIRST, NOW, cost(at(20, 9), at(20, 11), 4))
    assert books.cap().spent == 7 * USD


def test_yuan_leave_the_estimates(books: Ledger) -> None:
    """What was billed in yuan is no dollar, nor does it make what was used free."""
    given = {"endpoint": "deepseek", "base_url": "https://api.deepseek.com"}
    books.spend(3, at(20), **given)
    books.spend(5, at(21), **given)
    books.spend(2, at(22), **given)
    fell = [
        cost(at(20, 0), at(21, 0), 20, "CNY"),
        cost(at(21, 0), at(22, 0), 4),
        cost(at(22, 0), at(23, 0), 10, "CNY"),
        cost(at(22, 0), at(23, 0), 1),
    ]
    books.tell("ds", "deepseek", FIRST, NOW, *fell)
    # 3 reckoned for the 20th, 4 billed for the 21st; the dollar is a part of the 22nd.
    assert books.cap().spent == (3 + 4 + 2) * USD


def test_balance_seen_at_odd_times(books: Ledger) -> None:
    """A balance read at any moment replaces the estimates from then on, not before."""
    given = {"endpoint": "deepseek", "base_url": "https://api.deepseek.com"}
    start = at(20).replace(minute=7)
    for minute, dollars in ((3, 1.0), (8, 0.25), (11, 0.5), (16, 2.0)):
        books.spend(dollars, at(20).replace(minute=minute), **given)
    edges = [start + timedelta(minutes=5 * n) for n in range(3)]
    fell = [cost(a, b, 0.4) for a, b in pairwise(edges)]
    books.tell("ds", "deepseek", start, edges[-1], *fell)
    # A dollar before 10:07 is reckoned, 0.40 twice for 2.75 up to 10:17.
    assert books.cap().spent == round(1.8 * USD)


def test_credit_lowers(books: Ledger) -> None:
    """A day whose bill is a refund takes it off, down to below nothing."""
    books.spend(3, at(20))
    books.bill({20: -5, 21: 2})
    state = books.cap()
    assert (state.spent, state.left, state.state) == (-3 * USD, 103 * USD, "ok")
    ahead = state.facts.forecast
    assert ahead is not None
    assert state.spent <= ahead.low <= ahead.mid <= ahead.high


def test_amounts_beyond_the_ledgers_own(books: Ledger) -> None:
    """Amounts that no column holds when added up are added up all the same."""
    most = 9_000_000_000
    for name in ("one", "two"):
        day = cost(at(20, 0), at(21, 0), most)
        books.tell(name, "anthropic", FIRST, NOW, day, day)
    assert books.cap().spent == 4 * most * USD


def test_bill_to_come_counts_on_its_day(books: Ledger) -> None:
    """What is stated for days to come is not billed yet."""
    books.tell(
        "it", "anthropic", FIRST, at(28, 0),
        cost(at(20, 0), at(21, 0), 2), cost(at(26, 0), at(27, 0), 50),
    )  # fmt: skip
    assert books.cap().spent == 2 * USD


def test_half_hour_zone(books: Ledger) -> None:
    """Today in India began at 18:30 UTC: work of 18:15 is yesterday's."""
    books.spend(3, at(24, 18).replace(minute=15))
    books.spend(1, at(24, 18).replace(minute=45))
    books.bill({24: 8}, until=at(25, 0))
    assert books.cap("day", zone="Asia/Kolkata").spent == 2 * USD


def test_month_of_a_day_that_is_longer(books: Ledger) -> None:
    """The month of the longer day ends at 23:00 UTC in Berlin, and takes its part."""
    end = datetime(2026, 10, 31, tzinfo=UTC)
    books.spend(1, end.replace(hour=22))
    books.spend(3, end.replace(hour=23))
    books.tell("it", "anthropic", end - DAY, NOW, cost(end, end + DAY, 8))
    assert books.cap("month", zone="Europe/Berlin").spent == 6 * USD
    assert books.cap("year", zone="Europe/Berlin").spent == 8 * USD


def test_account_counts_up_to_the_page(books: Ledger) -> None:
    """A page of November in Berlin begins within a day of the vendor, which is cut."""
    end = datetime(2026, 10, 31, tzinfo=UTC)
    books.spend(1, end.replace(hour=22))
    books.spend(3, end.replace(hour=23))
    books.tell("it", "anthropic", end - DAY, NOW, cost(end, end + DAY, 8))
    books.read_page("api", 20, NOW, since=end.replace(hour=23))
    # A quarter of the work, and so of the 8, lies in October.
    assert books.cap("month", zone="Europe/Berlin").spent == 20 * USD
    assert books.cap("year", zone="Europe/Berlin").spent == 22 * USD


spans = st.tuples(st.integers(0, 40), st.integers(1, 20)).map(
    lambda given: (given[0], given[0] + given[1])
)
feeds = st.lists(
    st.tuples(
        st.lists(spans, min_size=1, max_size=4), st.integers(0, 60), st.booleans()
    ),
    min_size=1,
    max_size=3,
)


@given(feeds)
def test_bills_are_apart_and_whole(
    told: list[tuple[list[tuple[int, int]], int, bool]],
) -> None:
    """Bills do not overlap, hold all that was billed, settle no more than all have."""
    given_feeds, nanos = [], 0
    for number, (covered, settled_until, goes_on) in enumerate(told):
        costs = [((since, until), 10**number) for since, until in covered]
        nanos += sum(amount for _, amount in costs)
        late = settled_until
        given_feeds.append(feed_of(covered, late, costs, goes_on))
    found = billed(given_feeds, 70)
    assert sum(bill.nanos for bill in found) == nanos
    for one, other in pairwise(found):
        assert one.until_ms <= other.since_ms
    for bill in found:
        if bill.is_settled:
            moments = range(bill.since_ms, bill.until_ms)
            assert all(is_settled(feed, at) for at in moments for feed in given_feeds)


def feed_of(
    covered: list[tuple[int, int]],
    settled_until: int,
    costs: list[tuple[tuple[int, int], int]],
    goes_on: bool,
) -> Told:
    """Make a feed that has settled all up to a time."""
    moments = sorted({at for since, until in covered for at in range(since, until)})
    whole = runs(moments)
    settled = runs([at for at in moments if at < settled_until])
    return Told(whole, settled, costs, [], False, False, goes_on)


def runs(moments: list[int]) -> list[tuple[int, int]]:
    """Put moments that follow upon each other together."""
    found: list[tuple[int, int]] = []
    for at_ in moments:
        if found and found[-1][1] == at_:
            found[-1] = (found[-1][0], at_ + 1)
        else:
            found.append((at_, at_ + 1))
    return found


def is_settled(feed: Told, at_: int) -> bool:
    """Claim that a feed has all of a moment, or has nothing to do with it."""
    is_over = at_ >= feed.covered[-1][1] and not feed.goes_on
    is_before = at_ < feed.covered[0][0]
    return is_over or is_before or any(a <= at_ < b for a, b in feed.settled)
