"""The screens for sessions: the list, one session's timeline, and its responses."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from long import LONG
from sample_ledgers import CountingLive, add, ago, event, series
from shown import SIZES, is_whole, running

from tokentui.queries.responses import Response
from tokentui.tui.timeline import columns, context_lines, marks
from tokentui.tui.view import View
from tokentui.tui.widgets.grid import Grid


@pytest.fixture
def own(tmp_path: Path) -> Iterator[CountingLive]:
    """Open a ledger of two sessions of which one's name begins with the other's."""
    grown = [
        event(ago(40), cache_read=0, cache_write=20_000),
        event(ago(35), cache_read=20_000, cache_write=5_000),
        event(ago(30), cache_read=0, cache_write=30_000),
        event(ago(29), cache_read=0, cache_write=30_000, output=2, is_partial=True),
        event(ago(12), cache_read=30_000, cache_write=9_000),
    ]
    usage = [
        (series(session="abc"), grown),
        (series(session="abc", agent="explore"), [event(ago(28), output=7_000)]),
        (series(session="abcdef", model="claude-sonnet-5-5"), [event(ago(3_000))]),
        (series(session="total", origin="unlogged"), [event(ago(90), requests=None)]),
    ]
    live = CountingLive(add(tmp_path / "own.db", usage), tmp_path)
    yield live
    live.close()


async def test_sessions_are_listed_the_latest_first(own):
    """When, where, which model, how many requests, how much, and whether it runs."""
    async with running(own, "sessions", (120, 40)) as shown:
        first, second, third = shown.lines[4:7]
        words = ["today", "13", "h", "claude-code", "acme", "claude-opus-5-5", "6"]
        assert first.split()[:7] == words
        assert " running  " in first
        assert " 12 min ago  " in first
        assert second.split()[:4] == ["today", "12", "h", "claude-code"]
        assert " ? " in second
        assert third.startswith(" Mon 23 Nov 12 h")
        assert "running" not in second + third


async def test_a_session_opens_as_its_own_alone(own):
    """Not with one whose name begins alike; its total is that of the list."""
    async with running(own, "sessions", (120, 40)) as shown:
        cost = next(word for word in shown.lines[4].split() if word.startswith("≥$"))
        await shown.press("enter")
        assert f"{cost} for 6 requests · acme · claude-opus-5-5" in shown.text
        assert len(shown.app.screen._timeline.responses) == 6
        assert "claude-sonnet" not in shown.text


async def test_what_is_out_of_the_ordinary_is_marked(own):
    """Misses, retries and what broke off, in rows and counted above them."""
    async with running(own, "sessions", (120, 40)) as shown:
        await shown.press("enter")
        found = [line for line in shown.lines if line.startswith(" 13:")]
        assert len(found) == 6
        assert "cache miss" in found[3]
        assert "cache miss, retry, broken off" in found[2]
        assert "explore" in found[1]
        assert "≥2" in found[2]
        assert "2 cache misses" in shown.text
        assert "1 retry" in shown.text


async def test_the_context_is_drawn_as_it_grew(own):
    """The main thread's prompts, first to last, the highest as high as can be."""
    async with running(own, "sessions", (120, 40)) as shown:
        await shown.press("enter")
        heading = shown.line("Context of the main thread")
        assert "now 39.1k, peak 39.1k at 13:51:27" in heading
        at = shown.lines.index(next(x for x in shown.lines if "Context of" in x))
        blocks = [line.strip() for line in shown.lines[at + 1 : at + 7]]
        assert blocks[0] == "████"
        assert len(blocks[-1]) == 20
        assert set("".join(blocks)) <= set(" ▁▂▃▄▅▆▇█")


async def test_the_card_of_a_response_adds_up(own):
    """Tokens times rates, their sum, who served and who pays."""
    async with running(own, "sessions") as shown:
        await shown.press("enter", "enter")
        assert "Wed 25 Nov 2026 13:51:27 · claude-code · claude-opus-5-5" in shown.text
        assert "30,000  ×        $0.20  =  $0.0060" in shown.text
        assert "9,000  ×        $5.00  =  $0.0450" in shown.text
        (cost,) = [line for line in shown.lines if "│  cost  " in line]
        assert cost.partition("$")[2].startswith("0.0614 ")
        assert "provider  anthropic, known by message id" in shown.text
        assert "payer     api, known by account file" in shown.text
        await shown.press("escape", "escape")
        assert "Sessions: 7 d" in shown.text


async def test_plans_pay_list_value(live):
    """Which does not add up with money to pay, and the card says so."""
    async with running(live, "sessions", (120, 40)) as shown:
        total = shown.line("total of")
        assert " to pay · $" in total
        assert total.endswith("list value inside plans")
        await shown.press("/")
        await shown.type("website")
        await shown.press("enter", "enter")
        assert "list value inside plans" in shown.text
        await shown.press("enter")
        assert "a flat plan: this is list value" in shown.text


async def test_every_size_makes_sense(live):
    """When, where and cost are always there; the card has its last line."""
    async with running(live, "sessions") as shown:
        for size in SIZES:
            await shown.resize(size)
            assert is_whole(shown.lines, size)
            head = next(line for line in shown.lines if "when ▼" in line)
            for title in ("project", "cost", "state"):
                assert title in head
            assert ("…" in head) == ("session" not in head)
        for words in ("▁", "esc leaves"):
            await shown.press("enter")
            for size in (SIZES[0], SIZES[2]):
                await shown.resize(size)
                assert is_whole(shown.lines, size)
                assert words in shown.text


async def test_a_running_session_goes_on(own, tmp_path):
    """A new response appears by itself, in the timeline and in its total."""
    async with running(own, "sessions", (120, 40)) as shown:
        await shown.press("enter")
        add(own.ledger, [(series(session="abc"), [event(ago(0))])])
        await shown.tick(6)
        assert " for 7 requests" in shown.text
        assert " 14:03:27" in shown.text


async def test_a_session_goes_into_a_file(own, tmp_path, monkeypatch):
    """Every response, first to last, with exact figures and what marks it."""
    monkeypatch.chdir(tmp_path)
    async with running(own, "sessions") as shown:
        await shown.press("enter", "e", "enter")
        told = [note.message for note in shown.app._notifications]
        assert told == ["Written: tokentui-session.csv"]
    with (tmp_path / "tokentui-session.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["time"][11:16] for row in rows] == [
        *("13:23", "13:28", "13:33", "13:34", "13:35", "13:51")
    ]
    assert rows[0]["cache_write"] == "20000"
    # Opus 5.5: 100 at $4, 20,000 written at $5 and 500 out at $20 a million.
    assert rows[0]["cost_usd"] == "0.1104"
    assert rows[3]["marks"] == "cache miss, retry, broken off"
    assert rows[4]["agent"] == "explore"


async def test_a_session_is_copied_as_it_is_shown(own):
    """Titles and rows, last response first."""
    async with running(own, "sessions", (120, 40)) as shown:
        await shown.press("enter", "k")
        lines = shown.app.clipboard.splitlines()
        assert lines[0].split()[:2] == ["time", "agent"]
        assert [line.split()[0][:5] for line in lines[1:3]] == ["13:51", "13:35"]
        assert len(lines) == 7


@pytest.mark.parametrize("size", SIZES if LONG else SIZES[:2])
async def test_a_long_session_has_pages(tmp_path, size):
    """The title says which responses are shown; keys lead to all the others."""
    usage = [(series(), [event(ago(1202 - n), output=n) for n in range(1, 1202)])]
    with closing(CountingLive(add(tmp_path / "long.db", usage), tmp_path)) as live:
        async with running(live, "sessions", size) as shown:
            await shown.press("enter")
            assert "702 to 1,201" in shown.text
            assert ("[ older, ] newer" in shown.text) == (size[0] >= 80)
            await shown.press("[", "[", "[")
            grid = shown.app.screen.query_one(Grid)
            assert " 1 to 201" in shown.text
            assert grid.row_count == 201
            await shown.press("]")
            assert "202 to 701" in shown.text
            assert is_whole(shown.lines, size)


async def test_sessions_are_exported_with_their_hours(own):
    """As ISO times, beside the exact figures."""
    async with running(own, "sessions") as shown:
        found = list(csv.DictReader(shown.app.screen._table.csv().splitlines()))
        assert [row["when"] for row in found] == [
            "2026-11-25T13:00+01:00",
            "2026-11-25T12:00+01:00",
            "2026-11-23T12:00+01:00",
        ]
        assert [row["session"] for row in found] == ["abc", "total", "abcdef"]
        assert [row["requests"] for row in found] == ["6", "", "1"]


async def test_hidden_projects_are_hidden(own):
    """In the list, in the session and in what is searched for."""
    async with running(own, "sessions", (120, 40)) as shown:
        await shown.press("*")
        assert "acme" not in shown.text
        await shown.press("/")
        await shown.type("acme")
        assert "no name holds acme" in shown.text
        await shown.press("/", "escape", "enter")
        assert "acme" not in shown.text
        assert "project 1" in shown.text


def response(prompt: int, **changes: object) -> Response:
    """Make a response with a prompt of some size."""
    given = {
        "key": b"k",
        "at_ms": 0,
        "source": "claude-code",
        "session": "s",
        "model": "m",
        "agent": None,
        "tokens": (0, prompt, 0, 0, 10, 0),
        "cost_nanos": 1,
        "is_partial": False,
        "stop_reason": None,
        "origin": "response",
    }
    return Response(**(given | changes))  # type: ignore[arg-type]


def test_a_retry_is_the_same_prompt_in_the_same_thread():
    """Other threads and totals of the agent are none."""
    told = marks(
        [
            response(100),
            response(100, agent="explore"),
            response(100),
            response(120),
            response(120, origin="unlogged"),
            response(0, model="n"),
            response(0, model="n"),
        ]
    )
    assert told == [[], [], ["retry"], [], ["unlogged"], [], []]


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("end_turn", []),
        ("tool_use", []),
        ("max_tokens", ["cut at limit"]),
        ("refusal", ["refusal"]),
    ],
)
def test_an_unusual_end_is_told(reason, words):
    """In words."""
    assert marks([response(1, stop_reason=reason)]) == [words]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"origin": "account"}, []),
        ({"origin": "import"}, ["imported"]),
        ({"is_partial": True}, ["broken off"]),
        ({"is_partial": True, "tokens": (0,) * 6}, ["not counted"]),
    ],
)
def test_what_is_known_of_a_response(changes, words):
    """What a provider lists is whole; what nobody counted was not broken off."""
    assert marks([response(1, **changes)]) == [words]


def test_no_context_of_what_nobody_counted(build):
    """Responses of unknown size draw no context of 0."""
    unknown = [response(0, tokens=(0,) * 6), response(0, tokens=(0,) * 6)]
    assert context_lines(unknown, View(build.snapshot()), 80, 4) == []


@pytest.mark.parametrize(
    ("sizes", "width", "drawn"),
    [
        ([1, 5, 2], 3, [1, 5, 2]),
        ([1, 5, 2, 3], 2, [5, 3]),
        ([1, 2], 5, [1, 1, 2, 2]),
        ([7], 100, [7] * 4),
    ],
)
def test_sizes_are_spread_over_the_width(sizes, width, drawn):
    """The highest stands for those that share a column."""
    assert columns(sizes, width) == drawn
