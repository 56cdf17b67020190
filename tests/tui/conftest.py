"""Snapshots made by hand, a feed that gives them, and the sample month."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sample_ledgers import CountingLive
from shown import BERLIN, NOW, HandClock, running
from textual.css.stylesheet import Stylesheet

from tokentui import periods
from tokentui.budget.burn import Burn
from tokentui.budget.caps import CapFacts, CapState, cap_state
from tokentui.demo import make_ledger
from tokentui.periods import millis
from tokentui.queries.accounts import AccountState
from tokentui.queries.payers import PayerState
from tokentui.queries.recent import LatestEvent, SourceState
from tokentui.queries.sessions import SessionState
from tokentui.queries.sums import EMPTY, Sums
from tokentui.queries.usage import UsageRow
from tokentui.settings import Cap
from tokentui.snapshot import Snapshot
from tokentui.tui.view import View
from tokentui.tui.widgets.area import Area

NOW_MS = millis(NOW)
DOLLAR = 10**9
TOKENS = (210_000, 48_300_000, 3_100_000, 900_000, 412_000, 30_000)
OPUS = Sums(143, TOKENS, 31_420_000_000, partial=2)
CODEX = Sums(37, (1_200_000, 6_100_000, 0, 0, 98_000, 40_000), 3_160_000_000)
PREVIEW = Sums(5, (120_000, 300_000, 0, 0, 9_000, 4_000), None, 5)
ROWS = (
    UsageRow(("claude-code", "claude-opus-5-5"), OPUS),
    UsageRow(("codex", "gpt-5.5-codex"), CODEX),
    UsageRow(("codex", "gpt-6-preview"), PREVIEW),
)


class Build:
    """Makes snapshots and their parts."""

    now_ms, dollar = NOW_MS, DOLLAR

    def cap(
        self,
        name: str,
        per: str,
        dollars: float,
        sums: Sums,
        pace: float = 6.11,
        facts: CapFacts | None = None,
        **scope: Any,
    ) -> CapState:
        """Make the state of a cap; amounts in dollars, or in the unit that is given."""
        unit = DOLLAR if scope.get("unit", "usd") in ("usd", "list-usd") else 1
        cap = Cap(name, round(dollars * unit), per, **scope)
        facts = replace(facts or CapFacts(), sums=sums, pace=round(pace * unit))
        period = periods.period_window(per, BERLIN, NOW, cap.starts)
        return cap_state(cap, name, period, facts, NOW_MS)

    def sums(self, dollars: float | None, **rest: Any) -> Sums:
        """Make sums that cost so many dollars."""
        nanos = None if dollars is None else round(dollars * DOLLAR)
        return Sums(**{"requests": 10, "cost_nanos": nanos, "list_nanos": nanos} | rest)

    def event(self, seconds_ago: float = 60, **changes: Any) -> LatestEvent:
        """Make a response."""
        event = LatestEvent(
            key=b"k",
            at_ms=NOW_MS - round(seconds_ago * 1000),
            source="claude-code",
            model="claude-opus-5-5",
            project="/home/me/src/acme",
            tokens=(1_200, 36_400, 0, 0, 518, 0),
            cost_nanos=50_000_000,
            is_partial=False,
            origin="response",
        )
        return replace(event, **changes)

    def session(self, **changes: Any) -> SessionState:
        """Make a session at four dollars an hour whose cache lapses in 2:10."""
        session = SessionState(
            session="0123abcd",
            source="claude-code",
            project="/home/me/src/acme",
            model="claude-opus-5-5",
            payer="api",
            nanos=9 * DOLLAR,
            nanos_per_hour=4 * DOLLAR,
            prompt_tokens=120_000,
            cache_hit=0.98,
            cold_at_ms=NOW_MS + 130_000,
            last_at_ms=NOW_MS - 170_000,
        )
        return replace(session, **changes)

    def payer(self, name: str = "api", **changes: Any) -> PayerState:
        """Make a payer of $700.00 this month."""
        sums = changes.pop("sums", self.sums(700))
        state = PayerState(name, False, ("account file",), sums, 7_200_000_000)
        return replace(state, **changes)

    def plan(self, name: str = "claude-max", **changes: Any) -> PayerState:
        """Make a plan with $112.40 of list value this month."""
        sums = self.sums(112.40, plan_nanos=round(112.40 * DOLLAR))
        changes = {"is_plan": True, "evidence": ("log",), "sums": sums} | changes
        return self.payer(name, **changes)

    def account(self, name: str = "anthropic", **changes: Any) -> AccountState:
        """Make an account that was read in whole four minutes ago."""
        given = {
            "kind": "anthropic",
            "provider": "anthropic",
            "payer": "api",
            "state": "ok",
            "good_at_ms": NOW_MS - 240_000,
            "stale_since_ms": None,
            "next_poll_ms": NOW_MS + 660_000,
            "error": None,
            "balances": (),
            "limits": (),
            "billed": (),
        }
        return AccountState(name, **(given | changes))

    def failing(self, name: str = "openrouter", **changes: Any) -> AccountState:
        """Make an account that has failed since 13:33, an hour after it was read."""
        given = {
            "kind": "openrouter",
            "state": "stale",
            "good_at_ms": NOW_MS - 5_400_000,
            "stale_since_ms": NOW_MS - 1_800_000,
            "error": "credits: openrouter.ai did not answer in time",
        }
        return self.account(name, **(given | changes))

    def row(self, source: str | None, model: str | None, sums: Sums) -> UsageRow:
        """Make a row of today's models."""
        return UsageRow((source, model), sums)

    def day_spend(self, **quarters: float) -> tuple[int, ...]:
        """Make the quarter-hours since midnight; `q40=2` is two dollars at 10:00."""
        spend = [0] * 57
        for name, dollars in quarters.items():
            spend[int(name[1:])] = round(dollars * DOLLAR)
        return tuple(spend)

    def by_source(self, rows: Sequence[UsageRow]) -> tuple[UsageRow, ...]:
        """Sum the rows of each source."""
        sums: dict[str | None, Sums] = {}
        for row in rows:
            before = sums.get(row.keys[0], Sums(0, cost_nanos=None, list_nanos=None))
            sums[row.keys[0]] = before.plus(row.sums)
        return tuple(UsageRow((source,), each) for source, each in sums.items())

    def snapshot(self, **changes: Any) -> Snapshot:
        """Make a busy day: $34.58 today, $812.40 in November, capped at 60 and 1500."""
        by_source = self.by_source(ROWS)
        today = EMPTY
        for row in by_source:
            today = today.plus(row.sums)
        month = self.sums(812.40, requests=6211, unpriced=5, partial=14)
        made = Snapshot(
            now_ms=NOW_MS,
            tz=BERLIN,
            today=today,
            month=month,
            month_period=periods.period_window("month", BERLIN, NOW),
            burns=(
                Burn(5, 9_600_000_000, False),
                Burn(15, 7_200_000_000, False),
                Burn(60, 6_110_000_000, True),
            ),
            day_spend=self.day_spend(q40=2, q41=1, q56=4),
            caps=(
                self.cap("day", "day", 60, today),
                self.cap("month", "month", 1500, month),
            ),
            by_source=by_source,
            by_model=ROWS,
            latest=(self.event(4), self.event(75, project="/home/me/src/tokentui")),
            sources=(
                SourceState("claude-code", NOW_MS - 12_000, 212, 0, ()),
                SourceState("codex", NOW_MS - 3 * 3_600_000, 41, 2, ()),
            ),
            assumed=7,
            is_ledger_empty=False,
        )
        return replace(made, **changes)

    def empty(self) -> Snapshot:
        """Make a machine without usage."""
        return self.snapshot(
            today=EMPTY,
            month=EMPTY,
            burns=tuple(Burn(minutes, 0, False) for minutes in (5, 15, 60)),
            day_spend=self.day_spend(),
            caps=(),
            by_source=(),
            by_model=(),
            latest=(),
            sources=(),
            assumed=0,
            is_ledger_empty=True,
        )


class FakeFeed:
    """Gives what it was made with, one answer a poll, then nothing new."""

    def __init__(self, *answers: Snapshot | Exception | None) -> None:
        self.answers = list(answers)
        self.clock = HandClock()
        self.polls = 0
        self.closed = 0

    def poll(self) -> Snapshot | None:
        """Give or raise the next answer."""
        self.polls += 1
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        """Count the closings."""
        self.closed += 1


@pytest.fixture(scope="session", autouse=True)
def styles_once() -> Iterator[None]:
    """Read the styles of all widgets once; Textual does so for each app that runs."""
    real = Stylesheet._parse_rules
    known: dict[Any, Any] = {}

    def parsed(sheet: Stylesheet, *given: Any, **named: Any) -> Any:
        variables = frozenset(sheet._variables.items())
        key = (given, frozenset(named.items()), variables)
        if key not in known:
            known[key] = real(sheet, *given, **named)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", parsed)
        yield


Run = Callable[..., Any]


@pytest.fixture
def read() -> Callable[..., list[str]]:
    """Read the lines of one area that is given a snapshot, without a screen."""

    def lines(
        area: Area, snapshot: Snapshot, width: int = 120, height: int | None = None
    ) -> list[str]:
        area.set_reactive(Area.view, View(snapshot))
        return [line.plain.strip() for line in area.lines(width, height)]

    return lines


@pytest.fixture
def build() -> Build:
    """Give the maker of snapshots."""
    return Build()


@pytest.fixture
def feed_of() -> type[FakeFeed]:
    """Give the maker of feeds."""
    return FakeFeed


@pytest.fixture
def run() -> Run:
    """Run a dashboard on a feed, or on one snapshot, in a terminal of some size."""

    def run(feed: Any, size: tuple[int, int] = (80, 24), **options: Any) -> Any:
        feed = FakeFeed(feed) if isinstance(feed, Snapshot) else feed
        return running(feed, "now", size, **options)

    return run


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the sample month once."""
    ledger = tmp_path_factory.mktemp("sample") / "ledger.db"
    make_ledger(ledger, NOW)
    return ledger


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Name the folder that caps are kept in."""
    return tmp_path / "state"


@pytest.fixture
def live(sample: Path, state: Path) -> Iterator[CountingLive]:
    """Open the sample month, whose config has a cap for the day and the month."""
    with closing(CountingLive(sample, state)) as live:
        yield live
