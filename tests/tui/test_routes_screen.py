"""The screen for routes: suggestions, the same work elsewhere, and the break-even."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import weeks
from hostile import HOSTILE
from sample_ledgers import CountingLive
from shown import SIZES, Shown, is_whole, running

from tokentui.errors import LedgerError
from tokentui.keys import AT_HAND
from tokentui.queries.sums import Usage
from tokentui.routes.advice import Advice
from tokentui.routes.suggestion import (
    BENCHMARK,
    MEASURED,
    NOTHING,
    OWN,
    Evidence,
    Risk,
    Saving,
    Suggestion,
)
from tokentui.settings import Routes

DOLLAR = 10**9
MINUTES_MS = 60_000


def saving(low: float, mid: float, high: float) -> Saving:
    """Give a saving in dollars."""
    return Saving(*(round(each * DOLLAR) for each in (low, mid, high)))


WARM = Suggestion(
    lever="lapses",
    title="answer before the cache lapses",
    saves=saving(12.30, 15, 18.20),
    saves_in_plans=NOTHING,
    confidence=MEASURED,
    evidence=(),
    how=("/compact",),
    undo=(),
)
LOWER = Suggestion(
    lever="effort",
    title="claude-opus-4-8 at medium effort",
    saves=saving(40, 40, 40),
    saves_in_plans=saving(3, 4, 5),
    confidence=BENCHMARK,
    evidence=(),
    how=("/effort medium", "CLAUDE_CODE_EFFORT_LEVEL=medium"),
    undo=("/effort high",),
    risks=(Risk("quality", "it solved 3.1 points less"),),
    task_value_nanos=540 * DOLLAR,
    success_premium=0.0675,
)
TERRA = Suggestion(
    lever="small",
    title="gpt-6.1-terra for sub-agents",
    saves=NOTHING,
    saves_in_plans=saving(38, 40, 47),
    confidence=OWN,
    evidence=(),
    how=('model = "gpt-6.1-terra"',),
    undo=('model = "gpt-6.1-sol"',),
)
ALL = (WARM, LOWER, TERRA)


class Stand(CountingLive):
    """A ledger with suggestions made by hand, and a note of what was computed."""

    suggestions: tuple[Suggestion, ...] = ALL
    may_answer: Event | None = None
    error: Exception | None = None
    has_grown = False

    def poll(self) -> Any:
        """Give a new snapshot each time, of usage that has grown if a test says so."""
        self._version = None
        snapshot = super().poll()
        assert snapshot is not None
        if self.has_grown:
            snapshot = replace(snapshot, today=replace(snapshot.today, requests=9_999))
        return snapshot

    def advice(
        self, usage: Usage, value_nanos: int | None, is_unwanted: Callable[[], bool]
    ) -> Advice:
        """Give the suggestions once the test says so, or nobody wants them."""
        assert usage.until_ms is not None
        assert usage.since_ms is not None
        days = round((usage.until_ms - usage.since_ms) / 86_400_000)
        worth = "" if value_nanos is None else f" at {value_nanos // DOLLAR}"
        self.asked.append(f"{days} d{worth}")
        while self.may_answer is not None and not self.may_answer.wait(0.01):
            if is_unwanted():
                self.asked.append("stopped")
                break
        if self.error is not None:
            raise self.error
        found = super().advice(usage, value_nanos, is_unwanted)
        return found._replace(suggestions=self.suggestions)

    def elsewhere(self, *question: Any, **how: Any) -> Any:
        """Note and answer."""
        self.asked.append("elsewhere")
        return super().elsewhere(*question, **how)


@pytest.fixture
def stand(sample: Path, state: Path) -> Iterator[Stand]:
    """Open the sample month."""
    with closing(Stand(sample, state)) as live:
        yield live


@pytest.fixture
def week(ledger: Path, state: Path) -> Iterator[Stand]:
    """Open the worked week: 40 runs on Opus 4.8 that cost $157.50."""
    with closing(Stand(weeks.worked_week(ledger), state)) as live:
        yield live


def words(text: str) -> str:
    """Give a text on one line."""
    return " ".join(text.split())


async def test_suggestions_are_a_table(stand: Stand) -> None:
    """Money as a range, list value called that, what it rests on, and the title."""
    async with running(stand, "routes", (120, 40)) as shown:
        assert words(shown.line("$12.30 to $18.20  your logs")) == (
            "$12.30 to $18.20 your logs answer before the cache lapses"
        )
        assert "$38.00 to $47.00 list" in shown.line("gpt-6.1-terra for sub-agents")
        assert "$40.00" in shown.line(" claude-opus-4-8 at medium effort")
        assert stand.asked == ["30 d"]


async def test_money_and_list_value_are_never_one_figure(stand: Stand) -> None:
    """Of the sample month $416.78 is to pay and $100.70 is inside the plan."""
    table = stand.table(("payer",), Usage())
    stand.asked.clear()
    async with running(stand, "routes", (120, 40)) as shown:
        title = shown.line("── Routes: last 30 d")
        assert "besides $" in title
        assert "list in plans · as of 14:03" in title
        await shown.press("down")
        told = words(shown.text)
        assert "saves $40.00 a month" in told
        assert "$3.00 to $5.00 a month, probably $4.00" in told
        assert "$43.00" not in told
    assert table.total.plan_nanos


async def test_the_marked_one_is_told_in_whole(stand: Stand) -> None:
    """Risks, the break-even both ways, the lines to switch and to go back."""
    async with running(stand, "routes", (120, 40)) as shown:
        await shown.press("right", "right", "right", "right", "down")
        assert stand.asked[-1] == "30 d at 50"
        told = words(shown.text)
        assert "quality it solved 3.1 points less" in told
        assert "worth more than $540.00" in told
        assert "at $50.00 a run" in told
        assert "6.75 points more often" in told
        assert "/effort medium CLAUDE_CODE_EFFORT_LEVEL=medium" in told
        assert "/effort high" in told


async def test_lines_are_copied_and_nothing_is_done(stand: Stand) -> None:
    """To the terminal's clipboard, each on a line; a notice says so."""
    async with running(stand, "routes") as shown:
        await shown.press("down", "c")
        assert (
            shown.app.clipboard == "/effort medium\nCLAUDE_CODE_EFFORT_LEVEL=medium\n"
        )
        await shown.press("u")
        assert shown.app.clipboard == "/effort high\n"
        await shown.press("up", "y")
        assert shown.app.clipboard == "/compact\n"
        await shown.press("u")
        assert shown.app.clipboard == "/compact\n"
        said = [each.message for each in shown.app._notifications]
        assert said == [
            "Copied 2 lines; nothing was changed",
            "Copied 1 line; nothing was changed",
            "Copied 1 line; nothing was changed",
            "There is nothing to copy",
        ]


async def test_a_session_is_opened_from_its_suggestion(stand: Stand) -> None:
    """Enter leads to the evidence, enter to the session's responses, escape back."""
    row = stand.table(("session", "source"), Usage()).rows[0]
    session, source = row.keys
    at = stand.clock.now.timestamp() * 1000
    seen = Evidence(session or "", source or "", int(at), 4 * DOLLAR, "3 lapses")
    stand.suggestions = (WARM._replace(evidence=(seen,)),)
    async with running(stand, "routes", (120, 40)) as shown:
        assert "1 session, ⏎ opens" in shown.line("── answer before")
        await shown.press("enter")
        assert "── Where it shows" in shown.text
        assert words(shown.line("3 lapses")) == (
            f"Wed 25 Nov {session} {source} $4.00 3 lapses"
        )
        await shown.press("c")
        assert shown.app.clipboard == "/compact\n"
        await shown.press("enter")
        assert str(session) in shown.line("── Session: all time")
        requests = row.sums.requests
        assert f"for {requests:,} requests" in shown.text
        await shown.press("escape", "escape")
        assert "── Routes: last 30 d" in shown.text
        await shown.press("escape")
        assert "── Burn" in shown.text


async def test_its_keys_are_known_to_the_config(stand: Stand) -> None:
    """Those of a suggestion's own screen, and no others."""
    async with running(stand, "routes") as shown:
        await shown.press("enter")
        found = shown.app.screen.active_bindings.values()
        at_hand = {e.binding.id.partition(".")[0] for e in found if e.binding.id}
        assert at_hand == set(AT_HAND["on the screen of a suggestion"].split())


async def test_long_words_of_a_suggestion_are_paged(stand: Stand) -> None:
    """The arrows are for the sessions below them."""
    risks = tuple(Risk("quality", f"risk number {n}") for n in range(40))
    stand.suggestions = (WARM._replace(risks=risks),)
    async with running(stand, "routes") as shown:
        await shown.press("enter")
        assert "/compact" not in shown.text
        for _ in range(6):
            await shown.press("pagedown")
        assert "/compact" in shown.text
        for _ in range(6):
            await shown.press("pageup")
        assert "risk number 0" in shown.text


async def test_where_nothing_is_suggested(stand: Stand) -> None:
    """It says so; copying and opening do nothing."""
    stand.suggestions = ()
    async with running(stand, "routes") as shown:
        assert "Nothing is suggested" in shown.text
        await shown.press("c", "enter")
        assert shown.app.clipboard == ""


async def test_no_usage_is_no_praise(ledger: Path, state: Path) -> None:
    """A span without usage has nothing to suggest for."""
    with closing(Stand(weeks.worked_week(ledger), state)) as live:
        live.suggestions = ()
        live.clock.forward(40 * 86_400)
        async with running(live, "routes") as shown:
            assert "No usage that has a price" in shown.text
            await shown.press("]")
            assert "$157.50 · as of" in shown.text


# What is computed, and when.


async def test_snapshots_compute_nothing(stand: Stand) -> None:
    """Only when the ledger has grown and the answer is five minutes old."""
    async with running(stand, "routes") as shown:
        await shown.tick(15)
        stand.has_grown = True
        for _ in range(3):
            await shown.tick(15)
        assert stand.asked == ["30 d"]
        await shown.tick(240)
        assert stand.asked == ["30 d", "30 d"]
        assert "as of 14:08" in shown.text
        await shown.tick(600)
        assert stand.asked == ["30 d", "30 d"]


async def test_nothing_is_computed_unseen(stand: Stand) -> None:
    """Another screen is looked at while the ledger grows."""
    async with running(stand, "routes") as shown:
        await shown.press("5")
        stand.has_grown = True
        await shown.tick(600)
        assert stand.asked == ["30 d"]
        await shown.press("7")
        assert stand.asked == ["30 d", "30 d"]


async def test_it_is_computed_anew_when_asked(stand: Stand) -> None:
    """By the key for that."""
    async with running(stand, "routes") as shown:
        await shown.press("r")
        assert stand.asked == ["30 d", "30 d"]


async def test_what_was_computed_is_kept(stand: Stand) -> None:
    """Going there and back asks nothing twice."""
    async with running(stand, "routes") as shown:
        await shown.press("]", "[", "[", "]", "a", "s", "a", "s")
        assert stand.asked == ["30 d", "90 d", "7 d", "elsewhere"]
        assert "Routes: last 30 d" in shown.text


async def until_asked(shown: Shown, stand: Stand, times: int) -> None:
    """Wait until so much is noted."""
    for _ in range(500):
        if len(stand.asked) >= times:
            return
        await shown.pilot.pause(0.01)


async def test_it_says_that_it_computes_and_stops_for_another_span(
    stand: Stand,
) -> None:
    """The thread that nobody waits for any more hears of it."""
    stand.may_answer = Event()
    async with running(stand, "routes", waits=False) as shown:
        await shown.soon("computing …")
        await until_asked(shown, stand, 1)
        shown.send("]")
        await shown.soon("Routes: last 90 d")
        await until_asked(shown, stand, 3)
        assert sorted(stand.asked) == ["30 d", "90 d", "stopped"]
        stand.may_answer.set()
        await shown.settle()
        assert "computing" not in shown.text
        assert "as of 14:03" in shown.text


async def test_trouble_is_told_and_tried_again_only_when_asked(stand: Stand) -> None:
    """Each try would take seconds."""
    stand.error = LedgerError("the ledger is away")
    async with running(stand, "routes") as shown:
        assert "ERROR the ledger is away" in shown.text
        await shown.tick(600)
        assert stand.asked == ["30 d"]
        stand.error = None
        await shown.press("r")
        assert "ERROR" not in shown.text
        assert "answer before the cache lapses" in shown.text


async def test_what_no_one_foresaw_is_told_too(stand: Stand) -> None:
    """It does not compute for ever, nor once more."""
    stand.error = ZeroDivisionError("division by zero")
    async with running(stand, "routes") as shown:
        assert "ERROR ZeroDivisionError: division by zero" in shown.text
        assert "computing" not in shown.text
        await shown.tick(600)
        assert stand.asked == ["30 d"]


# The same work elsewhere.


async def test_the_worked_week_elsewhere(week: Stand) -> None:
    """$157.50 on Opus 4.8; $96.00 on Opus 5.5, which is cheaper; GLM-5.3 $56.88."""
    async with running(week, "routes", (120, 40)) as shown:
        await shown.press("a")
        assert "$157.50 · as of 14:03" in shown.line("── Routes")
        rows = {line.split()[0]: line.split() for line in shown.lines if "$" in line}
        assert rows["claude-opus-5-5"][1:4] == ["$96.00", "$96.00", "?"]
        assert rows["claude-opus-5-5"][4] == "cheaper"
        # 56.88 by list price, times 0.65 by its tokenizer; by DeepSWE's tokens
        # (12.60 + 39) x 10,137,783/3,814,284 + 5.28 x 74,953/44,476 = 146.04
        assert rows["glm-5.3"][1:4] == ["$56.88", "$36.97", "$146.04"]
        assert rows["claude-sonnet-5-5"][4:] == ["not", "clearly", "cheaper"]
        assert "own runs" not in shown.text


async def test_a_route_is_told_in_whole(week: Stand) -> None:
    """GLM-5.3-Flash: what keeps it from being the same, and whose figures these are."""
    async with running(week, "routes", (120, 40)) as shown:
        await shown.press("a", *["right"] * 4)
        told = words(shown.text)
        assert "── glm-5.3-flash" in told
        assert "it was $157.50 in 40 runs" in told
        assert "DeepSWE 1.1, mini-swe-agent, 2026-09-22" in told
        # (157.50 - 15.26) / 40 runs / $50 = 7.11 points
        assert "has to succeed 7.11 points more often than glm-5.3-flash" in told
        await shown.press("end")
        assert "── claude-fable-5-2" in shown.text
        assert "what was used needs no more success" in shown.text


async def test_models_are_stepped_through(stand: Stand) -> None:
    """The dearest first, then those below; the last leads to all of them again."""
    async with running(stand, "routes", (120, 40)) as shown:
        await shown.press("m")
        assert "── Routes" in shown.text
        assert "instead on" in shown.text
        total = shown.line("it was $").split("it was ")[1]
        assert "plans included" in total
        await shown.press("m")
        of_one = shown.line("it was $").split("it was ")[1]
        assert of_one != total
        assert "plans included" not in of_one
        await shown.press("M", "M")
        assert "it was $" in shown.text
        await shown.press("m")
        assert total in shown.text


async def test_what_the_user_does_not_want_is_left_out_and_said(week: Stand) -> None:
    """It is neither among the routes nor in the chart."""
    week.config = replace(week.config, routes=Routes(deny_vendors=("zai",)))
    async with running(week, "routes", (120, 50)) as shown:
        await shown.press("a")
        assert [each for each in shown.lines if each.strip().startswith("glm")] == [
            each for each in shown.lines if "is left out" in each
        ]
        assert "glm-5.3-flash is left out: deny_vendors has zai" in shown.text
        await shown.press("b")
        assert "glm" not in shown.text


# The break-even.


async def test_the_break_even_of_the_worked_week(week: Stand) -> None:
    """Which route is best for which value of a run, by hand.

    A run cost 157.50 / 40 = $3.94; by DeepSWE's tokens it costs $0.38 on GLM-5.3-Flash
    (15.26), $0.84 on GPT-6 Astra (33.59) and $1.89 on Gemini 3.8 Flash (75.70), which
    solve 63.39, 67.04 and 71.02 %. So (.8398 - .3816) / .0365 = $12.55, then
    (1.8926 - .8398) / .0398 = $26.45.
    """
    async with running(week, "routes", (120, 40)) as shown:
        await shown.press("b")
        legend = [words(line) for line in shown.lines if " %  " in line]
        assert legend == [
            "A claude-opus-4-8 high $3.94 51.8 % never",
            "B glm-5.3-flash max $0.38 63.4 % up to $12.55",
            "C gpt-6-astra low $0.84 67.0 % $12.55 to $26.45",
            "D gemini-3.8-flash medium $1.89 71.0 % more than $26.45",
        ]
        assert "never best: glm-5.3 max, deepseek-v4-pro max" in shown.text
        axis = next(line for line in shown.lines if line.strip().startswith("└"))
        below = shown.lines[shown.lines.index(axis) + 1]
        for at, text in zip(
            [i for i, sign in enumerate(axis) if sign == "┴"],
            ("$12.55", "$26.45"),
            strict=True,
        ):
            assert below.index(text) <= at < below.index(text) + len(text)


async def test_the_worth_of_a_run_tells_what_each_brings(week: Stand) -> None:
    """At $20: .6704 x 20 - .84 = $12.57 on Astra, .5177 x 20 - 3.94 = $6.42 as used."""
    async with running(week, "routes") as shown:
        await shown.press("b", "right", "right", "right")
        assert shown.line("A  claude-opus").endswith("$6.42")
        assert shown.line("C  gpt-6-astra").endswith("$12.57")
        assert "net at $20" in shown.text
        await shown.press(*["left"] * 5)
        assert "net at" not in shown.text
        assert week.asked == ["30 d", "elsewhere"]


async def test_where_no_success_is_known(stand: Stand) -> None:
    """No benchmark has Sonnet 5.5: words in place of lines; models that it has are one
    key away.
    """
    async with running(stand, "routes") as shown:
        await shown.press("a")
        at = shown.app.screen.models.index("claude-sonnet-5-5")
        await shown.press(*["m"] * at, "b")
        assert "How often each route succeeds is not known" in words(shown.text)
        await shown.press("m")
        assert "A  claude-opus-4-8 high" in shown.text
        assert "its effort assumed" in words(shown.text)


@pytest.mark.parametrize("size", SIZES)
async def test_every_part_fits(week: Stand, size: tuple[int, int]) -> None:
    """Into every size, in the light and in the dark."""
    async with running(week, "routes", size) as shown:
        for theme in ("tokentui-light", "tokentui-dark"):
            shown.app.theme = theme
            for part in "sab":
                await shown.press(part)
                assert is_whole(shown.lines, size)
        await shown.press("s", "enter")
        assert is_whole(shown.lines, size)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_chart_is_there_at_usual_sizes(
    week: Stand, size: tuple[int, int]
) -> None:
    """With its crossings, its legend, and who says so."""
    async with running(week, "routes", size) as shown:
        await shown.press("b")
        assert "best ┤" in shown.text
        assert "$12.55" in shown.text
        assert "D  gemini-3.8-flash medium" in shown.text
        assert "proves nothing." in shown.text


async def test_words_are_clicked_as_well(week: Stand) -> None:
    """Parts, spans, worth and models."""
    async with running(week, "routes", (120, 40)) as shown:
        for word, seen in (
            ("alternatives", "instead on"),
            ("90 d", "Routes: last 90 d"),
            ("claude-opus-4-8", "it was $157.50"),
            ("break-even", "best where a run is worth"),
            ("$500", "net at $500"),
            ("suggestions", "rests on"),
        ):
            y = next(i for i, line in enumerate(shown.lines) if word in line)
            await shown.click(shown.lines[y].index(word) + 1, y)
            assert seen in shown.text


async def test_hostile_words_are_shown_as_words(stand: Stand) -> None:
    """Of levers and logs; nothing that a shell or a terminal obeys is copied."""
    at = stand.clock.now.second
    stand.suggestions = tuple(
        WARM._replace(
            title=text,
            evidence=(Evidence(text, text, at, DOLLAR, text),),
            how=(f"{number} {text}",),
            risks=(Risk("data", text),),
        )
        for number, text in enumerate(HOSTILE)
    )
    async with running(stand, "routes", (120, 40)) as shown:
        for number in range(len(HOSTILE)):
            assert is_whole(shown.lines, (120, 40))
            await shown.press("c", "enter")
            assert is_whole(shown.lines, (120, 40))
            copied = shown.app.clipboard
            assert copied.startswith(f"{number} ")
            assert copied.endswith("\n")
            assert not {c for c in copied[:-1] if c < " " or c in "\u202e\u2066"}
            await shown.press("escape", "down")
