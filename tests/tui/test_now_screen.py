"""The screen for now as a whole: headlines, states without figures, and every size."""

from __future__ import annotations

from dataclasses import replace

from rich.cells import cell_len

from tokentui.budget.caps import CapFacts, Raise
from tokentui.budget.forecast import Forecast
from tokentui.queries.quotas import QuotaState
from tokentui.queries.recent import SourceState

SIZES = [(60, 20), (80, 24), (120, 40), (200, 60)]
DAY_MS = 86_400_000


async def test_spend_is_told_against_the_caps(build, run):
    """Spend with cents, cap, share, state; what is left, safe, and when it is met."""
    async with run(build.snapshot()) as shown:
        assert shown.line("── Today, Wed 25 Nov ─").endswith(
            "─ estimate at list prices ──"
        )
        assert shown.line("of $60.00").startswith("≥$34.58 of $60.00     ━")
        assert shown.line("of $60.00").endswith("≥58 %  meets it")
        assert shown.line("$25.42") == "≤$25.42 left · met by 18:13 at this rate"
        assert shown.line("── November ─").endswith("─ 5 d 9 h to go ──")
        assert shown.line("of $1,500.00").endswith("≥54 %  meets it")
        assert shown.line("safe per day") == (
            "≤$687.60 left · safe per day ≤$127.00 · met by Mon 30 Nov 06:35"
            " at this rate"
        )


async def test_without_a_cap_it_says_how_to_set_one(build, run):
    """The words to type are there, whole, even where room is short."""
    async with run(build.snapshot(caps=())) as shown:
        for size in SIZES:
            await shown.resize(size)
            assert "no cap set: tokentui cap set 1500 --per month" in shown.text
            assert "≥$34.58 spent" in shown.text


async def test_only_unpriced_usage_is_never_zero(build, run):
    """Unknown is called unpriced, in the headline and in rows."""
    unknown = build.sums(None, unpriced=3)
    snapshot = build.snapshot(
        today=unknown,
        caps=(build.cap("day", "day", 60, unknown, pace=0),),
        by_source=(),
        by_model=(build.row("codex", "gpt-6-preview", unknown),),
        latest=(build.event(cost_nanos=None),),
    )
    async with run(snapshot) as shown:
        for size in SIZES:
            await shown.resize(size)
            assert "unpriced of $60.00" in shown.text
            assert "$0.00" not in shown.text


async def test_a_cap_tells_its_forecast_and_its_raise(build, run):
    """Where there is room, what lies ahead is told as a range."""
    sums = build.sums(20)
    facts = CapFacts(
        forecast=Forecast(30 * build.dollar, 1, 45 * build.dollar, None, False),
        raises=(Raise(10 * build.dollar, 0, build.now_ms + 1, "release"),),
    )
    cap = build.cap("day", "day", 50, sums, facts=facts)
    async with run(build.snapshot(today=sums, caps=(cap,)), (120, 40)) as shown:
        assert "of $60.00" in shown.text
        assert "forecast $30.00 to $45.00 · raised by $10.00" in shown.text


async def test_an_empty_machine_is_told_what_to_do(build, run):
    """Where it looked, the demo, and how to point it elsewhere; no empty table."""
    places = ("~/.claude (not there)", "~/.codex")
    async with run(build.empty(), places=places) as shown:
        for size in SIZES:
            await shown.resize(size)
            for words in (*places, "tokentui demo", "CLAUDE_CONFIG_DIR", "CODEX_HOME"):
                assert words in shown.text
            assert "By source and model" not in shown.text
            assert "$" not in shown.text


async def test_it_says_what_goes_on_before_the_first_snapshot(feed_of, run):
    """No empty tables while logs are read."""
    async with run(feed_of(), places=("~/.claude",)) as shown:
        assert "Reading the logs of your coding agents…" in shown.text
        assert "~/.claude" in shown.text
        assert "Today" not in shown.text


async def test_the_top_bar_is_name_screen_badge_and_clock(build, run):
    """One line, no more; sample data is marked."""
    async with run(build.snapshot(), demo=True) as shown:
        words = ["tokentui", "now", "demo", "data", "14:03:27"]
        assert shown.lines[0].split() == words


async def test_a_busy_day_makes_sense_at_every_size(build, run):
    """Headlines, burn, models and keys are there; what is dropped leaves a sign."""
    async with run(build.snapshot()) as shown:
        for size in SIZES:
            await shown.resize(size)
            assert_makes_sense(shown, size)


async def test_all_areas_at_once_make_sense_at_every_size(build, run):
    """Other caps, plan windows and problems take room from the rest."""
    snapshot = build.snapshot()
    others = build.cap("codex", "week", 50, build.sums(43.5), source=("codex",))
    now = build.now_ms
    full = replace(
        snapshot,
        caps=(*snapshot.caps, others),
        quotas=(
            QuotaState("claude-max", "claude", 10080, 83, now + DAY_MS, now, None),
        ),
        sources=(SourceState("codex", now, 3, 0, ("b" * 300,)),),
    )
    async with run(full) as shown:
        for size in SIZES:
            await shown.resize(size)
            assert_makes_sense(shown, size)
            for words in ("Other caps", "Plan windows", "PROBLEM"):
                assert words in shown.text


def assert_makes_sense(shown, size):
    """Find what must be there at any size, and every line as wide as the terminal."""
    text = shown.text
    for words in ("≥$34.58", "≥$812.40", "meets it", "$9.60/h", "claude-opus-5-5"):
        assert words in text
    has_room = size[1] >= 24
    assert ("Latest responses" in text) == has_room
    assert ("latest responses: make the window taller" in text) == (not has_room)
    for words in ("q Quit", "? Help", "r Refresh", "* Privacy", "t Theme"):
        assert words in shown.lines[-1]
    assert {cell_len(line) for line in shown.lines} == {size[0]}
    assert len(shown.lines) == size[1]


async def test_no_size_breaks_it(build, run):
    """Smaller than sensible or larger than any screen."""
    async with run(build.snapshot(), notes=("a note",)) as shown:
        for size in [(1, 1), (20, 5), (40, 10), (79, 23), (300, 100), (119, 35)]:
            await shown.resize(size)
            assert len(shown.lines) == size[1]


async def test_what_runs_stays_and_others_give_way(build, run):
    """At 80 by 24 two sessions at most; a line tells what is not there."""
    sessions = tuple(build.session(session=f"{n}", model=f"m{n}") for n in range(5))
    now = build.now_ms
    quota = QuotaState("claude-max", "claude", 10080, 83, now + DAY_MS, now, None)
    snapshot = build.snapshot(
        sessions=sessions, payers=(build.payer(), build.plan()), quotas=(quota,)
    )
    async with run(snapshot) as shown:
        for words in ("$34.58", "$812.40", "$9.60/h", "claude-max  week", "m0", "m1"):
            assert words in shown.text
        assert "m2" not in shown.text
        assert shown.line("Running now").endswith("─ +3 more … ──")
        assert shown.line("… payers") == (
            "… payers, latest responses: make the window taller"
        )
        await shown.resize((120, 40))
        for words in ("m2", "Payers, November", "list value, plan", "Latest responses"):
            assert words in shown.text
        assert "make the window taller" not in shown.text


async def test_all_there_is_makes_sense_at_every_size(build, run):
    """Areas that have something to say are shown or told of, and never cut."""
    sessions = tuple(build.session(session=f"{n}") for n in range(12))
    now = build.now_ms
    snapshot = build.snapshot()
    full = replace(
        snapshot,
        caps=(*snapshot.caps, build.cap("c", "week", 50, build.sums(1), source=("x",))),
        sessions=sessions,
        payers=(build.payer(), build.payer("acme"), build.plan()),
        quotas=(
            QuotaState("claude-max", "claude", 10080, 83, now + DAY_MS, now, None),
        ),
    )
    titles = {
        "Running now": "running sessions",
        "Other caps": "other caps",
        "Payers": "payers",
        "Plan windows": "plan windows",
        "Latest responses": "latest responses",
    }
    async with run(full, notes=("a note",)) as shown:
        for size in [*SIZES, (80, 40), (100, 30), (160, 24), (120, 24), (70, 50)]:
            await shown.resize(size)
            assert {cell_len(line) for line in shown.lines} == {size[0]}
            told = next((line for line in shown.lines if "make the window" in line), "")
            for title, name in titles.items():
                assert (title in shown.text) or name in told or " more, " in told
            for words in ("$34.58", "$812.40", "Burn", "By source and model"):
                assert words in shown.text
            assert not shown.app.screen.query_one("#body").max_scroll_y
