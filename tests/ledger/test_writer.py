"""The ledger keeps each event once; its sums, prices and fees follow in one step."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

import msgspec
import pytest
from builders import (
    SESSION,
    START_MS,
    ToyBook,
    append,
    claude_line,
    events,
    fresh_home,
    record,
    refresh,
    rollup_faults,
    small_pieces,
    transcript,
    write,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from tokentui import ingest
from tokentui.config import Config
from tokentui.errors import LedgerError
from tokentui.events import (
    COMPLETED,
    HAS_REQUEST_ID,
    MAIN_THREAD,
    ORIGINAL,
    STOPPED,
    Batch,
    Series,
    Tokens,
    UsageEvent,
    merged,
)
from tokentui.ledger.connection import open_for_writing
from tokentui.ledger.schema import LATEST
from tokentui.prices.rates import Rate, RateKey

QUARTER = 900_000
KEYS = [bytes([n]) * 16 for n in range(6)]
SERIES = [
    Series(source="toy", session=f"s{n}", model=model)
    for n, model in enumerate(("claude-a", "claude-b", "unpriced-c"))
]
STANDINGS = st.integers(0, 31).map(
    lambda bits: bits | COMPLETED if bits & STOPPED else bits
)


def copies(keys: list[bytes] = KEYS) -> st.SearchStrategy[UsageEvent]:
    """Make copies of a few responses, some at the edges of quarter-hours."""
    near_edges = st.builds(
        lambda quarter, ms: START_MS + quarter * QUARTER + ms,
        st.integers(0, 3),
        st.sampled_from([-1, 0, 1, 450_000]),
    )
    return st.builds(
        lambda key, series, own, before, counts, standing, searches, tools: UsageEvent(
            key=key,
            series=series,
            at=own - before,
            own_at=own,
            tokens=Tokens(*counts),
            standing=standing,
            fees={"web_search": searches} if searches else {},
            tool_calls=tools,
        ),
        st.sampled_from(keys),
        st.integers(0, len(SERIES) - 1),
        near_edges,
        st.sampled_from([0, 1, QUARTER]),
        st.tuples(*[st.integers(0, 20)] * 6),
        STANDINGS,
        st.integers(0, 2),
        st.none() | st.integers(0, 3),
    )


FIELDS = ("e.key", "at", "at + lag", "input", "output", "standing", "partial")


def in_short(event: UsageEvent) -> tuple[object, ...]:
    """Tell of an event what `FIELDS` tells of its row."""
    tokens = event.tokens
    return (
        event.key,
        event.at,
        event.own_at,
        tokens.input,
        tokens.output,
        event.standing,
        event.is_partial,
    )


@settings(max_examples=60)
@given(batches=st.lists(st.lists(copies(), max_size=6), max_size=6))
def test_any_sequence_of_batches(batches: list[list[UsageEvent]]) -> None:
    """Events are the merged copies, and the rollup their sums, after every batch."""
    _, ledger = fresh_home()
    known: dict[bytes, UsageEvent] = {}
    for batch in batches:
        once = {event.key: event for event in batch}
        record(ledger, [(SERIES[event.series], event) for event in once.values()])
        for key, event in once.items():
            known[key] = merged(known[key], event) if key in known else event
        assert rollup_faults(ledger) == []
    found = sorted(events(ledger, *FIELDS))
    assert found == sorted(in_short(event) for event in known.values())


@settings(max_examples=40)
@given(once=st.lists(copies(), max_size=8, unique_by=lambda event: event.key))
def test_again_changes_nothing(once: list[UsageEvent]) -> None:
    """The same batch a second time changes no event, no sum and no fee."""
    _, ledger = fresh_home()
    everything = ("e.*", "s.*", "(SELECT units FROM fee WHERE event = e.id)")
    for _ in range(2):
        record(ledger, [(SERIES[event.series], event) for event in once])
        found = events(ledger, *everything)
        assert rollup_faults(ledger) == []
    record(ledger, [])
    assert events(ledger, *everything) == found


def response(**changes: object) -> UsageEvent:
    """Make one response with these differences."""
    plain = UsageEvent(
        key=KEYS[0], series=0, at=START_MS, own_at=START_MS, tokens=Tokens(10, output=5)
    )
    return msgspec.structs.replace(plain, **changes)


def test_a_better_copy_moves_the_event(ledger: Path) -> None:
    """The better copy's labels and fees take the place of the worse one's."""
    worse = response(standing=ORIGINAL, fees={"web_search": 1})
    better = response(own_at=START_MS + 9, at=START_MS + 9, fees={"code_execution": 2})
    record(ledger, [(SERIES[0], worse)])
    record(ledger, [(SERIES[1], better)])
    fee = "(SELECT group_concat(kind) FROM fee WHERE event = e.id)"
    assert events(ledger, "session", "at", "lag", fee) == [
        ("s1", START_MS, 9, "code_execution")
    ]
    assert rollup_faults(ledger) == []


def test_an_earlier_copy_moves_the_time(ledger: Path) -> None:
    """A worse copy from before still says when the response was."""
    record(ledger, [(SERIES[0], response())])
    earlier = START_MS - 3 * QUARTER
    worse = response(standing=0, at=earlier, own_at=earlier, tokens=Tokens(1))
    record(ledger, [(SERIES[0], worse)])
    assert events(ledger, "at", "lag", "input") == [(earlier, 3 * QUARTER, 10)]
    assert rollup_faults(ledger) == []


def test_a_batch_is_kept_whole_or_not_at_all(ledger: Path) -> None:
    """A batch that fails at its end leaves nothing, and can be written after."""
    batch = Batch([SERIES[0]], [response()], [])
    with closing(open_for_writing(ledger)) as connection, patch_book(ToyBook):
        writer = ingest.writer_for(connection, Config())
        with pytest.raises(Exception, match="binding"):
            writer.record(batch, [("too", "short")])  # type: ignore[list-item]
        for table in ("event", "series", "rollup", "rate", "cursor"):
            count = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
            assert count == (0,), table
        assert writer.record(batch, []) == (1, 0)
    assert events(ledger, "session", "cost") == [("s0", 15_000)]
    assert rollup_faults(ledger) == []


def test_one_key_more_than_once_in_a_batch(ledger: Path) -> None:
    """Whoever hands over copies in one batch gets the best of all, at any place."""
    copies_ = [response(tokens=Tokens(10, output=n)) for n in (5, 50, 7)]
    record(ledger, [(SERIES[0], each) for each in copies_])
    assert events(ledger, "output") == [(50,)]
    assert rollup_faults(ledger) == []


def test_a_newer_one_took_the_ledger_over(ledger: Path) -> None:
    """Who has the ledger open while a newer tokentui changes it keeps nothing more."""
    record(ledger, [])
    with closing(open_for_writing(ledger)) as connection, patch_book(ToyBook):
        writer = ingest.writer_for(connection, Config())
        assert writer.record(Batch([SERIES[0]], [response()], []), []) == (1, 0)
        with closing(open_for_writing(ledger)) as newer:
            newer.execute(f"PRAGMA user_version = {LATEST + 1}")
        late = response(key=KEYS[1])
        with pytest.raises(LedgerError, match="newer tokentui"):
            writer.record(Batch([SERIES[0]], [late], []), [])
        assert connection.execute("SELECT count(*) FROM event").fetchone() == (1,)


# Prices


def patch_book(book: Callable[[], object]) -> object:
    """Price with this book for a while."""
    return patch.object(ingest, "rates_for", lambda config: book())


def priced(ledger: Path, book: Callable[[], object], *all_of: UsageEvent) -> None:
    """Write events of the first series, priced with this book."""
    with closing(open_for_writing(ledger)) as connection, patch_book(book):  # type: ignore[attr-defined]
        writer = ingest.writer_for(connection, Config())
        writer.record(Batch([SERIES[0]], list(all_of), []), [])


class Dearer(ToyBook):
    """A book whose price doubles at a time."""

    def rate(self, key: RateKey, at_ms: int) -> Rate | None:
        """Give the rate before or after the start."""
        rate = super().rate(key, at_ms)
        assert rate is not None
        if at_ms < START_MS:
            return rate._replace(valid_until=START_MS)
        bands = tuple(band._replace(input=2 * band.input) for band in rate.bands)
        return rate._replace(bands=bands, valid_from=START_MS)


@pytest.mark.parametrize(("before_ms", "cost"), [(0, 25_000), (1, 15_000)])
def test_price_of_the_day(before_ms: int, cost: int, ledger: Path) -> None:
    """A response costs what it cost when it was, to the millisecond."""
    at = START_MS - before_ms
    priced(ledger, Dearer, response(at=at, own_at=at))
    assert events(ledger, "cost") == [(cost,)]


def test_price_of_the_day_of_a_copy(ledger: Path) -> None:
    """A copy that is better but later does not make the response dearer."""
    before = START_MS - 1
    priced(ledger, Dearer, response(at=before, own_at=before, standing=MAIN_THREAD))
    priced(ledger, Dearer, response(standing=MAIN_THREAD | STOPPED | HAS_REQUEST_ID))
    assert events(ledger, "cost", "lag") == [(15_000, 1)]


def test_unpriced(ledger: Path) -> None:
    """A model without a price has no cost, never a free one."""
    record(ledger, [(SERIES[2], response())])
    assert events(ledger, "cost", "rate") == [(None, None)]
    assert rollup_faults(ledger) == []


def test_fee_without_a_price(ledger: Path) -> None:
    """A response with a fee that the book does not know is unpriced as a whole."""
    record(ledger, [(SERIES[0], response(fees={"oracle": 1}))])
    fee = "(SELECT cost FROM fee WHERE event = e.id)"
    assert events(ledger, "cost", fee) == [(None, None)]


def test_fee(ledger: Path) -> None:
    """A fee's cost is inside the response's and stated beside it."""
    record(ledger, [(SERIES[0], response(fees={"web_search": 3}))])
    fee = "(SELECT cost FROM fee WHERE event = e.id)"
    assert events(ledger, "cost", fee) == [(15_000 + 3 * 10**8, 3 * 10**8)]


def test_the_book_is_asked_once(ledger: Path) -> None:
    """A rate that the ledger has is not looked up again, nor by the next writer."""
    asked: list[RateKey] = []

    class Counting(ToyBook):
        """Notes what it is asked."""

        def rate(self, key: RateKey, at_ms: int) -> Rate | None:
            """Give the one rate there is."""
            asked.append(key)
            return super().rate(key, at_ms)

    for number in range(4):
        priced(ledger, Counting, response(key=KEYS[number]))
    assert len(asked) == 1


# What a refresh keeps


def test_each_response_once_across_batches(home: Path, ledger: Path) -> None:
    """Copies in other files, batches and refreshes find the event that there is."""
    for number in range(5):
        write(transcript(home, f"s{number}"), claude_line(seconds=5 - number))
        with small_pieces(1 << 22, 1):
            refresh(ledger, home)
        assert events(ledger, "at", "cost") == [
            (START_MS + (5 - number) * 1000, 110_000)
        ]
        assert rollup_faults(ledger) == []


def test_cursors_keep_what_was_skipped(home: Path, ledger: Path) -> None:
    """How many records of a file were passed over adds up, with the last as example."""
    bad = claude_line("msg_01BBBBBBBBBBBBBBBBBBBB01", input=-1)
    path = write(transcript(home), bad, claude_line())
    refresh(ledger, home)
    append(path, bad)
    refresh(ledger, home)
    with closing(open_for_writing(ledger)) as connection:
        skipped, example = connection.execute(
            "SELECT skipped, example FROM cursor"
        ).fetchone()
    assert skipped == 2
    assert example.startswith(f"byte {path.stat().st_size - len(bad)}: ")
    assert SESSION not in example
