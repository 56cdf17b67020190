"""The screen for usage: the same figures as the command line, down to one response."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from asking import stopped
from sample_ledgers import CountingLive, add, ago, event, series
from shown import BERLIN, NOW, SIZES, is_whole, running

from tokentui.amounts import dollars, nanos_from_usd
from tokentui.cli import run as run_verb
from tokentui.errors import LedgerError
from tokentui.tui.pivot import MOST_ROWS, ROWS, Level, default_order
from tokentui.tui.pivot_table import PivotTable
from tokentui.tui.view import View
from tokentui.tui.widgets.choices import Choices
from tokentui.tui.widgets.grid import Grid

HOSTILE = [
    "\x1b[2J\x1b]0;owned\x07\x1b[31mred",
    "[red]evil[/red][/][@click=app.quit]x[/]",
    "\u202egpj.exe\u2066",
    "日本語のとても長いプロジェクト名前です",
    "e" + "\u0301" * 40 + "nd",
    "x" * 3000,
    "=1+1",
]


@pytest.fixture
def told(sample: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Ask the command line for usage."""
    monkeypatch.setattr("tokentui.setting.datetime", stopped(NOW))
    monkeypatch.setenv("TOKENTUI_LEDGER", str(sample))

    def usage(*words: str) -> Any:
        words = ("usage", *words, "--json", "--no-refresh")
        with redirect_stdout(StringIO()) as out:
            assert run_verb([*words, "--timezone", "Europe/Berlin"]) == 0
        return json.loads(out.getvalue())

    return usage


def rows(shown: Any) -> list[dict[str, str]]:
    """Read the rows of the screen as they would be exported."""
    table = shown.app.screen._table
    assert table.level == shown.app.screen.place.level
    return list(csv.DictReader(table.csv().splitlines()))


def same(mine: list[dict[str, str]], told: list[dict[str, Any]], by: str) -> None:
    """Check that rows say what the command line says."""
    found = {row[by]: row for row in mine}
    assert len(mine) == len(told) == len(found)
    for row in told:
        key = row[by] or "unknown"
        name = key.rpartition("/")[2] if by == "project" else key
        own = found[name]
        assert own["requests"] == str(row["requests"])
        assert own["cost_usd"] == str(row["cost_usd"])
        assert own["plan_list_usd"] == str(row["plan_list_usd"])
        for kind, count in row["tokens"].items():
            assert own[kind] == str(count)


@pytest.mark.parametrize("by", ROWS)
def test_figures_are_those_of_the_command_line(live, told, by):
    """Rows by any key, as `tokentui usage --by KEY --period month --json` has them."""
    level = Level(by)
    answer = live.table(level.keys(), level.usage(BERLIN, NOW))
    view = View(live.poll())
    table = PivotTable(level, answer, default_order(by), "", view)
    mine = list(csv.DictReader(table.csv().splitlines()))
    same(mine, told("--by", by, "--period", "month")["rows"], by)


async def test_periods_are_those_of_the_command_line(live, told):
    """[ and ] step from today to all time and no further."""
    asked = {
        "today": ("--period", "today"),
        "7d": ("--last", "7d"),
        "month": ("--period", "month"),
        "last-month": ("--period", "last-month"),
        "all": (),
    }
    async with running(live, "usage") as shown:
        await shown.press("[", "[", "[")
        for span, words in asked.items():
            assert shown.app.screen.place.level.span == span
            same(rows(shown), told("--by", "day", *words)["rows"], "day")
            await shown.press("]")
        assert shown.app.screen.place.level.span == "all"


async def test_the_screen_shows_rounded_figures_and_their_total(live, told):
    """Requests, tokens and cost in the row of the day, and the sum below all rows."""
    async with running(live, "usage", (120, 40)) as shown:
        answer = told("--by", "day", "--period", "month")
        day = next(row for row in answer["rows"] if row["day"] == "2026-11-24")
        words = shown.line("Tue 24 Nov").split()
        assert words[3] == f"{day['requests']:,}"
        assert cents(day["cost_usd"]) in words
        total = shown.line("total of")
        assert f"{answer['total']['requests']:,}" in total
        assert cents(answer["total"]["cost_usd"]) in total


def cents(usd: float) -> str:
    """Round dollars as people read them."""
    return dollars(nanos_from_usd(usd))


async def test_a_month_opens_down_to_the_arithmetic_of_one_response(live):
    """Each level adds up to the row above it, the products to the response's cost."""
    async with running(live, "usage", (120, 40)) as shown:
        await shown.press("m")
        assert "Usage by month: this month" in shown.text
        month = nanos_from_usd(rows(shown)[0]["cost_usd"])
        await shown.press("enter")
        assert "Usage by day: November 2026" in shown.text
        days = [nanos_from_usd(row["cost_usd"]) for row in rows(shown)]
        assert sum(days) == month
        await shown.press("down", "enter")
        assert "Usage by session: November 2026 › Tue 24 Nov" in shown.text
        sessions = [nanos_from_usd(row["cost_usd"]) for row in rows(shown)]
        assert sum(sessions) == days[1]
        await shown.press("enter")
        assert "Session: November 2026 › Tue 24 Nov › " in shown.text
        timeline = shown.app.screen._timeline
        assert sum(r.cost_nanos for r in timeline.responses) == sessions[0]
        await shown.press("enter")
        last = timeline.responses[-1]
        costs = products(shown.lines)
        assert sum(costs[:-1]) == costs[-1] == last.cost_nanos
        assert "known by message id" in shown.text


def products(lines: list[str]) -> list[int]:
    """Read the amounts of the card: the products, then the cost."""
    found = []
    for line in lines:
        inside = line.partition("│")[2].partition("│")[0].strip()
        if "  =  " in inside or inside.startswith("cost  "):
            found.append(nanos_from_usd(inside.rpartition("$")[2]))
    return found


async def test_escape_climbs_to_the_row_it_came_from(live):
    """Card, session, day, month, and at last the first screen."""
    async with running(live, "usage") as shown:
        await shown.press("m", "enter", "down", "down", "enter", "enter", "enter")
        assert "esc leaves" in shown.text
        await shown.press("escape")
        assert "Session: " in shown.text
        await shown.press("escape")
        assert "Usage by session: " in shown.text
        await shown.press("escape")
        assert "Usage by day: " in shown.text
        assert shown.app.screen.query_one(Grid).row_at_cursor.endswith("2026-11-23")
        await shown.press("escape")
        assert "Usage by month: " in shown.text
        await shown.press("escape")
        assert "Burn" in shown.text


async def test_a_label_opens_its_days(live, told):
    """A project is narrowed to, and its days add up as the command line says."""
    async with running(live, "usage") as shown:
        await shown.press("p", "enter")
        assert "Usage by day: this month › acme-api" in shown.text
        words = ("--by", "day", "--period", "month", "--project", "/home/dev/acme-api")
        same(rows(shown), told(*words)["rows"], "day")


async def test_a_day_steps_to_the_days_beside_it(live):
    """But not out of the month that it was opened in, nor into the future."""
    async with running(live, "usage") as shown:
        await shown.press("m", "enter", "enter")
        assert "› Wed 25 Nov ──" in shown.text
        await shown.press("]")
        assert "› Wed 25 Nov ──" in shown.text
        await shown.press("[")
        assert "› Tue 24 Nov ──" in shown.text
        assert "Tue 24 Nov   [ ] steps" in shown.text
        await shown.press("escape", "end", "enter")
        assert "› Mon 2 Nov ──" in shown.text
        await shown.press("[")
        assert "› Sun 1 Nov ──" in shown.text
        await shown.press("[")
        assert "› Sun 1 Nov ──" in shown.text


async def test_rows_are_sorted_by_any_column(live):
    """Keys and clicks choose the column; its title shows the order."""
    async with running(live, "usage", (120, 40)) as shown:
        names = [row["day"] for row in rows(shown)]
        assert names == sorted(names, reverse=True)
        assert "day ▼" in shown.text
        await shown.press("comma")
        assert [row["day"] for row in rows(shown)] == sorted(names)
        assert "day ▲" in shown.text
        await shown.press(">")
        counts = [int(row["requests"]) for row in rows(shown)]
        assert counts == sorted(counts, reverse=True)
        assert "requests ▼" in shown.text
        await shown.press("<", "<")
        costs = [float(row["cost_usd"]) for row in rows(shown)]
        assert costs == sorted(costs, reverse=True)
        heading = next(i for i, line in enumerate(shown.lines) if "cost ▼" in line)
        at = (shown.lines[heading].index("output") + 1, heading)
        await shown.click(*at)
        counts = [int(row["output"]) for row in rows(shown)]
        assert counts == sorted(counts, reverse=True)
        await shown.click(*at)
        assert [int(row["output"]) for row in rows(shown)] == counts[::-1]
        assert "output ▲" in shown.text


async def test_typing_keeps_the_rows_that_hold_it(live):
    """Letters are then no keys; escape brings all rows back, enter keeps the filter."""
    async with running(live, "usage") as shown:
        await shown.press("o", "/")
        await shown.type("opus")
        assert {row["model"] for row in rows(shown)} == {
            "claude-opus-5-5",
            "claude-opus-4-8",
        }
        assert "total of 2 of 6" in shown.text
        assert "Export" not in shown.lines[-1]
        await shown.press("enter")
        assert "filter opus" in shown.text
        assert shown.app.screen.query_one(Grid).has_focus
        await shown.press("/", "escape")
        assert "filter" not in shown.text
        assert len(rows(shown)) == 6
        await shown.press("/")
        await shown.type("nothing")
        assert "no name holds nothing" in shown.text


async def test_what_is_shown_is_exported(live, told, tmp_path, monkeypatch):
    """To the file that is named, for its owner only, and over none that is there."""
    monkeypatch.chdir(tmp_path)
    async with running(live, "usage") as shown:
        await shown.press("s", "e")
        assert "./tokentui-usage.csv" in shown.text
        await shown.press("enter")
        assert "Export as CSV" not in shown.text
        file = tmp_path / "tokentui-usage.csv"
        with file.open(newline="", encoding="utf-8") as opened:
            found = list(csv.DictReader(opened))
        answer = told("--by", "session", "--period", "month")
        same(found, answer["rows"], "session")
        assert found[0]["project"] in ("acme-api", "billing", "website")
        assert file.stat().st_mode & 0o077 == 0
        before = file.read_text(encoding="utf-8")
        await shown.press("e", "enter")
        assert "exists already: give another name" in shown.text
        assert file.read_text(encoding="utf-8") == before
        await shown.press("ctrl+u")
        await shown.type("no/where.csv")
        await shown.press("enter")
        assert "ERROR no/where.csv cannot be written: No such file" in shown.text
        await shown.press("ctrl+u")
        await shown.type("other.csv")
        await shown.press("enter")
        assert (tmp_path / "other.csv").exists()


async def test_what_is_shown_is_copied(live):
    """As text in columns, with the total."""
    async with running(live, "usage") as shown:
        await shown.press("p", "k")
        lines = shown.app.clipboard.splitlines()
        assert lines[0].split()[:2] == ["project", "requests"]
        assert [line.split()[0] for line in lines[1:]] == [
            "acme-api",
            "billing",
            "website",
            "total",
        ]


@pytest.fixture
def odd(tmp_path: Path) -> Iterator[CountingLive]:
    """Open a ledger of unpriced, partial, unlogged and hostile usage."""
    unlogged = series(session="u", origin="unlogged", project="/x/total")
    usage = [
        (series(model="claude-nobody-1", project="/x/new"), [event(ago(30))]),
        (series(branch=None, project="/x/no"), [event(ago(25), output=50_000)]),
        (
            series(session="p", project="/x/cut"),
            [event(ago(20), output=1, is_partial=True)],
        ),
        (unlogged, [event(ago(10), requests=None, output=9)]),
        *(
            (series(project=f"/x/{name}", branch=name, session=name), [event(ago(n))])
            for n, name in enumerate(HOSTILE)
        ),
    ]
    live = CountingLive(add(tmp_path / "odd.db", usage), tmp_path)
    yield live
    live.close()


async def test_the_unknown_is_never_nothing(odd):
    """No price is unpriced, no count of requests ?, what was broken off a bound."""
    async with running(odd, "usage", (120, 40)) as shown:
        await shown.press("p")
        assert shown.line(" new ").split()[1:] == [
            "1",
            "100",
            "20.0k",
            "0",
            "500",
            "unpriced",
        ]
        cut = shown.line(" cut ").split()
        assert cut[5] == "≥1"
        assert cut[6].startswith("≥$")
        assert shown.line(" total  ").split()[1] == "?"
        assert "1 unpriced, 1 lower bounds" in shown.text
        found = {row["project"]: row for row in rows(shown)}
        assert found["new"]["cost_usd"] == ""
        assert found["total"]["requests"] == ""


async def test_hostile_names_are_text(odd):
    """On every screen that shows them each line is as wide as the terminal."""
    async with running(odd, "usage", (60, 20)) as shown:
        for keys in (("p",), ("s", "enter"), ("enter",), ("escape", "3")):
            await shown.press(*keys)
            assert is_whole(shown.lines, (60, 20))
        await shown.resize((200, 60))
        assert is_whole(shown.lines, (200, 60))


async def test_a_row_without_a_name_opens_as_well(odd):
    """And shows what has no value; a name like a formula is exported as text."""
    async with running(odd, "usage") as shown:
        await shown.press("b")
        found = {row["branch"]: row for row in rows(shown)}
        assert "'=1+1" in found
        await shown.press(">", "end", "enter")
        assert "Usage by day: this month › unknown" in shown.text
        assert [row["requests"] for row in rows(shown)] == ["1"]


async def test_hidden_projects_are_hidden_in_every_way(live):
    """Rows, titles, sorting, export and copy tell aliases; branches tell nothing."""
    async with running(live, "usage", (120, 40)) as shown:
        await shown.press("p", "*")
        assert {row["project"] for row in rows(shown)} == {
            "project 1",
            "project 2",
            "project 3",
        }
        await shown.press("k", "enter")
        assert "this month › project " in shown.text
        told = shown.app.clipboard + shown.text
        await shown.press("b")
        told += shown.text
        await shown.press("s", "enter")
        told += shown.text
        await shown.press("3")
        told += shown.text
        for name in ("acme", "billing", "website", "ACME-142"):
            assert name not in told
        await shown.press("*")
        assert "acme-api" in shown.text


async def test_every_size_makes_sense(live):
    """No line is too long, the columns that matter are there, the footer is whole."""
    async with running(live, "usage") as shown:
        for key in "ds":
            await shown.press(key)
            for size in SIZES:
                await shown.resize(size)
                assert is_whole(shown.lines, size)
                head = next(line for line in shown.lines if " cost" in line)
                assert ("…" in head) == ("cache write" not in head)
                for words in ("Open", "/ Filter", "e Export", "k Copy", "esc Up"):
                    assert words in shown.lines[-1]
                assert "? Help" in shown.lines[-1]


async def test_more_rows_than_are_shown_have_a_sign(tmp_path):
    """Five hundred are shown, all of them counted and exported."""
    usage = [
        (series(branch=f"b{n:03}"), [event(ago(1 + n / 60))])
        for n in range(MOST_ROWS + 20)
    ]
    live = CountingLive(add(tmp_path / "many.db", usage), tmp_path)
    async with running(live, "usage") as shown:
        await shown.press("b")
        assert "first 500 of 520 rows" in shown.text
        assert shown.app.screen.query_one(Grid).row_count == MOST_ROWS
        assert "total of 520" in shown.text
        assert len(rows(shown)) == MOST_ROWS + 20


async def test_new_figures_change_cells_in_place(tmp_path, monkeypatch):
    """Where the rows are the same none is filled in anew, and the cursor stays."""
    ledger = add(tmp_path / "l.db", [(series(), [event(ago(5))])])
    live = CountingLive(ledger, tmp_path)
    async with running(live, "usage") as shown:
        await shown.press("o")
        filled = []
        monkeypatch.setattr(Grid, "_refill", lambda *_: filled.append(1))
        assert shown.line("claude-opus").split()[1] == "1"
        add(ledger, [(series(), [event(ago(4))])])
        await shown.tick(6)
        assert shown.line("claude-opus").split()[1] == "2"
        assert not filled


async def test_new_rows_do_not_move_what_is_looked_at(tmp_path):
    """The cursor stays on its row, and what was scrolled to stays in sight."""
    usage = [(series(branch=f"b{n:03}"), [event(ago(1 + n))]) for n in range(60)]
    ledger = add(tmp_path / "l.db", usage)
    live = CountingLive(ledger, tmp_path)
    async with running(live, "usage") as shown:
        await shown.press("b", "comma", "down")
        grid = shown.app.screen.query_one(Grid)
        at = grid.row_at_cursor
        grid.scroll_to(y=30, animate=False)
        await shown.settle()
        add(ledger, [(series(branch="new"), [event(ago(0))])])
        await shown.tick(6)
        assert grid.row_count == 61
        assert grid.row_at_cursor == at
        assert grid.scroll_offset.y == 30


async def test_the_ledger_is_asked_at_most_every_five_seconds(tmp_path):
    """While responses arrive, and only for the screen that is seen."""
    ledger = add(tmp_path / "l.db", [(series(), [event(ago(60))])])
    live = CountingLive(ledger, tmp_path)

    def respond(minutes: int) -> None:
        add(ledger, [(series(), [event(ago(minutes))])])

    async with running(live, "usage") as shown:
        count = len(live.asked)
        respond(50)
        await shown.tick(1)
        assert len(live.asked) == count
        respond(40)
        await shown.tick(4)
        assert len(live.asked) == count + 1
        await shown.press("1")
        respond(30)
        await shown.tick(6)
        assert len(live.asked) == count + 1
        await shown.press("2")
        assert len(live.asked) == count + 2


async def test_the_ledger_is_left_alone_while_nothing_happens(live):
    """For a minute; then periods may have ended."""
    async with running(live, "usage") as shown:
        count = len(live.asked)
        for _ in range(3):
            await shown.tick(18)
        assert len(live.asked) == count
        await shown.tick(18)
        assert len(live.asked) == count + 1


async def test_names_are_hidden_on_screens_that_are_not_seen_too(live):
    """So that none is there for a moment when one comes back to them."""
    async with running(live, "usage", (120, 40)) as shown:
        await shown.press("p")
        usage = shown.app.screen
        assert "billing" in shown.text
        await shown.press("1", "*")
        rows = usage.query_one(Grid)._grid_rows
        assert rows
        assert not any("billing" in str(cell) for row in rows for cell in row.cells)


async def test_a_key_answers_at_once(live, monkeypatch):
    """While the ledger is being read, the screen says so and what for."""
    async with running(live, "usage") as shown:
        may_answer = Event()
        table = live.table

        def slow(*question: Any) -> Any:
            may_answer.wait(10)
            return table(*question)

        monkeypatch.setattr(live, "table", slow)
        shown.send("m")
        await shown.pilot.pause()
        assert "Usage by month: this month ─" in shown.text
        assert "reading the ledger …" in shown.text
        shown.send("enter")
        await shown.pilot.pause()
        assert "Usage by month: this month ─" in shown.text
        may_answer.set()
        await shown.settle()
        assert "reading" not in shown.text
        assert "November 2026" in shown.text


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (LedgerError("the ledger is locked; try again"), "ERROR the ledger is locked"),
        (
            ValueError("[bold]odd\x1b"),
            "ERROR ValueError: [bold]odd�; see tokentui doctor",
        ),
    ],
)
async def test_trouble_is_told_and_the_screen_goes_on(live, monkeypatch, error, words):
    """The next answer takes the words away."""
    async with running(live, "usage") as shown:
        with monkeypatch.context() as broken:

            def fail(*_: Any) -> None:
                raise error

            broken.setattr(live, "table", fail)
            await shown.press("w")
            assert words in shown.text
        await shown.press("m")
        assert "ERROR" not in shown.text
        assert "November 2026" in shown.text


async def test_the_mouse_does_what_keys_do(live):
    """Tabs, rows, periods and double clicks."""
    async with running(live, "caps", (120, 40)) as shown:
        await shown.click(shown.lines[0].index("2 Usage"), 0)
        assert "Usage by day" in shown.text
        line = next(i for i, text in enumerate(shown.lines) if "project" in text)
        await shown.click(shown.lines[line].index("project"), line)
        assert "Usage by project" in shown.text
        period = shown.app.screen.query_one("#period", Choices)
        at = shown.lines[period.region.y].index("last month")
        await shown.click(at, period.region.y)
        assert "Usage by project: last month" in shown.text
        row = next(i for i, text in enumerate(shown.lines) if " billing" in text)
        await shown.click(4, row, times=2)
        assert "last month › billing" in shown.text


async def test_what_is_chosen_shows_without_colours(live):
    """It is reversed."""
    async with running(live, "usage") as shown:
        await shown.press("w")
        strips = shown.app.screen._compositor.render_strips()
        marked = [
            part.text.strip()
            for strip in strips[:5]
            for part in strip
            if part.style and part.style.reverse
        ]
        assert " ".join(marked).split() == ["2", "Usage", "week", "this", "month"]


async def test_help_tells_of_the_screen(live):
    """The key that calls it leaves it."""
    async with running(live, "usage", (120, 40)) as shown:
        await shown.press("question_mark")
        await shown.until("Underlined letters")
        await shown.press("question_mark")
        assert "Underlined letters" not in shown.text
