"""The screen for outcomes: groups, ends, stages and spread of some sessions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from ended import START, tell, work
from sample_ledgers import CountingLive, add, ago, event, series
from shown import NOW, SIZES, is_whole, running

from tokentui.errors import LedgerError
from tokentui.ledger.marks import Mark
from tokentui.periods import millis
from tokentui.queries.sums import Usage

NOW_MS = millis(NOW)
A_DAY = 1_440
PROJECT = "/home/me/src/acme"


def minutes_ago(minutes: float) -> float:
    """Say when it was so many minutes ago, in minutes after the start of the tests."""
    return (NOW_MS - START) / 60_000 - minutes


@pytest.fixture
def own(tmp_path: Path) -> Iterator[CountingLive]:
    """Open a ledger of three sessions of $2: merged long ago, left, and one of today.

    Opus 5.5 costs $20 per million tokens of output.
    """
    counts = {"input": 0, "cache_read": 0, "output": 100_000}
    usage = [
        (series(session=name), [event(ago(minutes), **counts)])
        for name, minutes in (("one", 40 * A_DAY), ("two", 35 * A_DAY), ("three", 60))
    ]
    live = CountingLive(add(tmp_path / "own.db", usage), tmp_path)
    merged = minutes_ago(40 * A_DAY - 10)
    tell(
        live.ledger,
        [work(merged, landed=merged + 60), work(minutes_ago(35 * A_DAY - 10))],
        PROJECT,
        asked=minutes_ago(1),
    )
    yield live
    live.close()


async def test_groups_ends_stages_and_spread(own):
    """Two of three ends are known, one accepted: $4 of it each, half of the tokens.

    One of the three was committed and merged, and is there for 30 days.
    """
    async with running(own, "outcomes", (120, 40)) as shown:
        assert "Outcomes: last 90 d" in shown.lines[1]
        assert (
            "3 sessions · $6.00, estimated at list prices · as of 14:03"
            in (shown.lines[1])
        )
        row = shown.line("acme  ")
        assert row.split() == [
            *("acme", "claude-opus-5-5", "3", "1", "of", "2", "$6.00", "$4.00"),
            *("200k", "2", "50", "%"),
        ]
        assert "1 accepted (0 marked, 1 by git), 0 rejected, 1 abandoned" in shown.text
        assert "of 1 the end is not known" in shown.text
        assert "abandoned: $2.00, estimated at list prices" in shown.text
        stages = {
            name: shown.line(f" {name}  ").split()[-4:]
            for name in ("edited files", "committed", "default branch", "30 days")
        }
        assert stages == {
            "edited files": ["2", "$4.00", "1", "-"],
            "committed": ["2", "$4.00", "-", "-"],
            "default branch": ["1", "$2.00", "-", "-"],
            "30 days": ["1", "$2.00", "-", "-"],
        }
        assert shown.line("$2 to $5").split() == [
            *("$2", "to", "$5", "3", "1", "of", "2", "50", "%", "$6.00"),
        ]


async def test_keys_group_and_step(own):
    """By another key, over another time; both ways, and with the mouse."""
    async with running(own, "outcomes", (120, 40)) as shown:
        await shown.press("g", "g")
        assert shown.lines[4].split()[:2] == ["model", "sessions"]
        assert shown.line("claude-opus-5-5").split()[1] == "3"
        await shown.press("G", "G", "G")
        assert shown.lines[4].split()[:2] == ["workload", "sessions"]
        assert shown.line("other  ").split()[1] == "3"
        await shown.press("[")
        assert "Outcomes: last 30 d" in shown.text
        assert "1 session ·" in shown.lines[1]
        await shown.press("]", "]", "]", "]")
        assert "Outcomes: all time" in shown.text
        x = shown.lines[2].index("a year")
        await shown.click(x, 2)
        assert "Outcomes: last a year" in shown.text


async def test_marks_count(own):
    """What is marked on the other screen counts at the next look."""
    async with running(own, "outcomes", (120, 40)) as shown:
        assert "1 accepted (0 marked, 1 by git)" in shown.text
        own.mark(Mark("claude-code", "three", "accepted", NOW_MS))
        await shown.press("r")
        assert "2 accepted (1 marked, 1 by git)" in shown.text
        assert shown.line("acme  ").split()[6:8] == ["$6.00", "$3.00"]


async def test_it_asks_once(own):
    """Looking again at what was looked at asks nothing, a second later either."""
    asked = []
    real = own.outcomes

    def outcomes(*question):
        asked.append(question[1])
        return real(*question)

    own.outcomes = outcomes
    async with running(own, "outcomes") as shown:
        await shown.press("g", "G")
        await shown.tick()
        assert asked == [("project", "model"), ("project",)]


async def test_names_of_projects_can_be_hidden(own):
    """Of groups, and of repositories that git does not tell of."""
    async with running(own, "outcomes", (120, 40)) as shown:
        await shown.press("*")
        assert "acme" not in shown.text
        assert "project 1" in shown.text


async def test_a_failure_is_told(own):
    """And not asked for again until told."""
    calls = []

    def outcomes(*question):
        calls.append(question)
        raise LedgerError("the ledger is damaged")

    own.outcomes = outcomes
    async with running(own, "outcomes") as shown:
        assert "ERROR the ledger is damaged" in shown.text
        await shown.tick()
        assert len(calls) == 1
        await shown.press("r")
        assert len(calls) == 2


async def test_nothing_there(tmp_path):
    """Without sessions that is said."""
    live = CountingLive(add(tmp_path / "none.db", []), tmp_path)
    async with running(live, "outcomes") as shown:
        assert "no sessions in that time" in shown.text
    live.close()


async def test_hostile_names(tmp_path):
    """Names in logs may be anything; none of it reaches the terminal as it is."""
    evil = "/a/\x1b[31m[bold]x\u202e"
    labels = {"project": evil, "model": "unpriced-[red]\x07", "effort": "\x1b]0;x\x07"}
    usage = [(series(session="s", **labels), [event(ago(5))])]
    live = CountingLive(add(tmp_path / "evil.db", usage), tmp_path)
    async with running(live, "outcomes", (120, 40)) as shown:
        for _ in range(6):
            assert not set("\x1b\x07\u202e") & set(shown.text)
            assert is_whole(shown.lines, (120, 40))
            await shown.press("g")
    live.close()


@pytest.mark.parametrize("size", SIZES)
async def test_it_fits(live, size):
    """The sample month at every size; what does not fit is a page further down."""
    async with running(live, "outcomes", size) as shown:
        assert is_whole(shown.lines, size)
        for _ in range(8):
            if "and more" in shown.text or "$20 to $50" in shown.text:
                break
            await shown.press("pagedown")
            assert is_whole(shown.lines, size)
        assert "$20 to $50" in shown.text
        await shown.press(*["pageup"] * 8)
        assert "── Ends ─" in shown.text


def test_git_is_asked_beside_logs_only(tmp_path, monkeypatch):
    """A feed of sample data asks no git, one that reads logs does."""
    asked = []
    monkeypatch.setattr("tokentui.repositories.ask_git", lambda *a: asked.append(a))
    usage = [(series(session="s"), [event(ago(5))])]
    live = CountingLive(add(tmp_path / "own.db", usage), tmp_path)
    live.outcomes(Usage(), ("model",), lambda: False)
    assert asked == []
    live._reads_logs = True
    live.outcomes(Usage(), ("model",), lambda: False)
    assert asked == [(live.ledger, NOW_MS)]
    live.close()
