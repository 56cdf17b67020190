"""The dashboard as it runs: polling, keys, trouble, privacy, and what it repaints."""

from __future__ import annotations

from dataclasses import replace
from threading import Event

import pytest
from shown import SIZES, HandClock, is_whole
from textual.color import Color

from tokentui.errors import LedgerError
from tokentui.queries.recent import SourceState
from tokentui.tui.app import Dashboard
from tokentui.tui.feed import Tap
from tokentui.tui.themes import ROUND, following
from tokentui.tui.widgets.area import Area
from tokentui.tui.widgets.top_bar import Clock


async def test_a_new_snapshot_is_shown(build, feed_of, run):
    """What the feed gives a second later replaces what was shown."""
    later = build.snapshot(
        today=build.sums(36.99),
        caps=(),
        latest=(build.event(1, project="/x/newcomer"),),
    )
    async with run(feed_of(build.snapshot(), later), (120, 40)) as shown:
        assert "$34.58" in shown.text
        await shown.tick()
        assert "$34.58" not in shown.text
        assert "$36.99" in shown.text
        assert "newcomer" in shown.text


async def test_the_feed_is_polled_again_and_again_and_closed_once(build, feed_of, run):
    """Once at the start and once a second; closed when the dashboard ends."""
    feed = feed_of(build.snapshot())
    async with run(feed) as shown:
        assert feed.polls == 1
        await shown.tick()
        await shown.tick()
        assert feed.polls == 3
        assert feed.closed == 0
    assert feed.closed == 1


async def test_seconds_pass_by_themselves(build, feed_of):
    """The timer starts with the next full second and goes on."""
    feed = feed_of(build.snapshot())
    async with Dashboard(feed).run_test() as pilot:
        for _ in range(100):
            if feed.polls >= 3:
                break
            await pilot.pause(0.05)
        assert feed.polls >= 3


async def test_areas_come_and_go_with_what_there_is(build, feed_of, run):
    """A machine fills with its first response; a cap that is added gets its line."""
    snapshot = build.snapshot()
    cap = build.cap("codex", "week", 50, build.sums(10), source=("codex",))
    more = replace(snapshot, caps=(*snapshot.caps, cap))
    async with run(feed_of(build.empty(), snapshot, more, snapshot)) as shown:
        assert "No usage yet" in shown.text
        await shown.tick()
        assert "No usage yet" not in shown.text
        assert "Latest responses" in shown.text
        await shown.tick()
        assert "Other caps" in shown.text
        await shown.tick()
        assert "Other caps" not in shown.text


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (LedgerError("cannot open the ledger; try again"), "cannot open the ledger"),
        (ValueError("[bold]odd\x1b[31m"), "ValueError: [bold]odd�[31m; see tokentui"),
    ],
)
async def test_trouble_is_told_and_tried_again(build, feed_of, run, error, words):
    """The line goes with the next good poll; the figures stay all the while."""
    async with run(feed_of(build.snapshot(), error, None)) as shown:
        await shown.tick()
        assert words in shown.line("ERROR")
        assert "(trying again)" in shown.text
        assert "$34.58" in shown.text
        await shown.tick()
        assert "ERROR" not in shown.text


async def test_trouble_before_the_first_snapshot_is_told(build, feed_of, run):
    """The first poll may fail as well."""
    async with run(feed_of(LedgerError("no ledger"), build.snapshot())) as shown:
        assert "ERROR no ledger" in shown.text
        assert "Reading the logs" in shown.text
        await shown.tick()
        assert "ERROR" not in shown.text
        assert "$34.58" in shown.text


class SlowFeed:
    """Does not answer until it is allowed to."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.may_answer = Event()
        self.polls = 0
        self.closed_while_polled = False
        self._closed = Event()
        self._is_polled = False

    def poll(self) -> None:
        """Wait."""
        self.polls += 1
        self._is_polled = True
        self.may_answer.wait(10)
        self._is_polled = False

    def close(self) -> None:
        """Note whether that cut a poll short."""
        self.closed_while_polled = self._is_polled
        self._closed.set()

    @property
    def is_closed(self) -> bool:
        """Claim that it was let go."""
        return self._closed.is_set()

    def is_closed_in_time(self) -> bool:
        """Wait a little for its being let go."""
        return self._closed.wait(10)


async def test_a_slow_feed_holds_up_nothing(run):
    """Clock and keys go on, no second poll begins, the seconds are told."""
    feed = SlowFeed()
    async with run(feed, waits=False) as shown:
        shown.clock.forward(14)
        shown.app._tick()
        await shown.pilot.press("t")
        await shown.pilot.pause()
        assert "Reading the logs of your coding agents… (14 s)" in shown.text
        assert "14:03:41" in shown.text
        assert "reading logs for 14 s" in shown.text
        assert shown.app.theme == ROUND[1]
        assert feed.polls == 1
    assert not feed.is_closed
    feed.may_answer.set()
    assert feed.is_closed_in_time()
    assert not feed.closed_while_polled


def test_a_feed_that_is_closed_is_polled_no_more(feed_of, build):
    """The feed is let go once, whatever is asked of it later."""
    feed = feed_of(build.snapshot())
    tap = Tap(feed)
    tap.close()
    tap.close()
    assert tap.poll() is None
    assert (feed.polls, feed.closed) == (0, 1)


async def test_nothing_is_painted_again_but_the_clock(build, feed_of, run, monkeypatch):
    """A snapshot that says the same costs nothing; of a new one, what is new."""
    snapshot = build.snapshot(latest=(build.event(60),))
    same = build.snapshot(latest=(build.event(60),))
    later = replace(snapshot, now_ms=snapshot.now_ms + 1000)
    async with run(feed_of(snapshot, None, same, later)) as shown:
        painted: list[str] = []
        for kind in (Area, Clock):
            monkeypatch.setattr(kind, "render", noting(kind.render, painted))
        await shown.tick()
        await shown.tick()
        assert painted == ["Clock", "Clock"]
        painted.clear()
        await shown.tick()
        assert sorted(painted) == ["Clock", "StatusLine"]


def noting(render, painted):
    """Note whose turn it is, then render."""

    def noted(self):
        painted.append(type(self).__name__)
        return render(self)

    return noted


async def test_the_clock_is_that_of_the_days(build, run):
    """Seconds pass; the zone is the one in which days are counted."""
    async with run(build.snapshot()) as shown:
        await shown.tick(35)
        assert shown.lines[0].endswith("14:04:02 ")


async def test_privacy_hides_every_name_of_a_project(build, run):
    """Aliases are stable and oldest first; caps and paths that tell are hidden too."""
    snapshot = build.snapshot()
    sums = build.sums(10)
    caps = (
        build.cap("secret-client", "week", 50, sums, project=("*/secret",)),
        build.cap("all-models", "week", 50, sums),
    )
    events = (build.event(5, project="/s/secret"), build.event(9, project="/s/hush"))
    source = SourceState("codex", snapshot.now_ms, 1, 0, ("/s/secret/x.jsonl: odd",))
    snapshot = replace(snapshot, caps=caps, latest=events, sources=(source,))
    async with run(snapshot, (200, 60)) as shown:
        assert "secret" in shown.text
        assert "hush" in shown.text
        await shown.press("*")
        assert "secret" not in shown.text
        assert "hush" not in shown.text
        assert "project 2" in shown.line("14:03:22")
        assert "project 1" in shown.line("14:03:18")
        assert "cap 1" in shown.text
        assert "all-models" in shown.text
        assert "1 log not read, see tokentui doctor" in shown.text
        await shown.press("*")
        assert "secret" in shown.text


async def test_privacy_may_be_there_from_the_start(build, run):
    """No name is ever shown if the config says so."""
    event = build.event(60, project="/s/secret")
    async with run(build.snapshot(latest=(event,)), hides_projects=True) as shown:
        assert "secret" not in shown.text
        assert "project 1" in shown.text


async def test_an_alias_stays_with_its_project(build, feed_of, run):
    """A project that goes and comes back is the same number."""
    one = build.snapshot(latest=(build.event(60, project="/s/one"),))
    two = build.snapshot(latest=(build.event(60, project="/s/two"),))
    async with run(feed_of(one, two, one), (120, 40)) as shown:
        await shown.press("*")
        assert "project 1" in shown.text
        await shown.tick()
        assert "project 2" in shown.text
        await shown.tick()
        assert "project 1" in shown.text


async def test_notes_are_shown_one_at_a_time_until_dismissed(build, run):
    """Each once, whole, with the key that takes it away."""
    first = "Claude Code deletes its logs after 30 days; the ledger keeps them."
    async with run(build.snapshot(), notes=(first, "second")) as shown:
        assert "NOTE Claude Code deletes its logs after 30 days" in shown.text
        assert "x dismisses, 1 more" in shown.text
        await shown.press("x")
        assert shown.line("NOTE") == "NOTE second  x dismisses"
        await shown.press("x", "x")
        assert "NOTE" not in shown.text


async def test_refresh_reads_at_once_and_says_so(build, feed_of, run):
    """Without news there is an answer too."""
    feed = feed_of(build.snapshot())
    async with run(feed) as shown:
        await shown.press("r")
        assert feed.polls == 2
        told = [note.message for note in shown.app._notifications]
        assert told == ["Logs read: no news"]


@pytest.mark.parametrize("size", SIZES)
async def test_help_tells_words_signs_and_keys(build, run, size):
    """Over the screen at every size, to be scrolled with keys; escape leaves it."""
    async with run(build.snapshot(), size) as shown:
        await shown.press("?")
        assert "── Help: Reading the screen ──" in shown.text
        assert is_whole(shown.lines, size)
        read, shown.app.animation_level = "", "none"
        for _ in range(12):
            read += shown.text
            await shown.press("pagedown")
        assert "- ≥ at least: some responses have no price yet" in read
        assert "*  Privacy  Hide or show" in read
        assert "home  To the top" in read
        await shown.press("escape")
        assert "Reading the screen" not in shown.text


async def test_the_palette_has_what_the_keys_do(build, run):
    """ctrl+p finds the commands of the dashboard."""
    async with run(build.snapshot(), (80, 40)) as shown:
        titles = {c.title for c in shown.app.get_system_commands(shown.app.screen)}
        assert titles >= {
            "Refresh: Read the logs now",
            "Privacy: Hide or show names of projects",
            "Theme: Take the next one",
            "Themes: Choose one",
        }
        await shown.press("ctrl+p")
        assert "Search for commands" in shown.text


async def test_a_key_takes_the_next_theme(build, run):
    """From dark to light; all that follow are there."""
    async with run(build.snapshot()) as shown:
        assert shown.app.theme == "tokentui-dark"
        await shown.press("t")
        assert shown.app.theme == "tokentui-light"
        assert "≥$34.58" in shown.text
        assert set(ROUND) <= set(shown.app.available_themes)


def test_themes_go_round():
    """Each has a next one, and from anywhere else the round begins anew."""
    assert [following(theme) for theme in ROUND] == [*ROUND[1:], ROUND[0]]
    assert following("dracula") == ROUND[0]


async def test_a_theme_from_outside_is_kept(build, run, monkeypatch):
    """`TEXTUAL_THEME` decides if it is set."""
    monkeypatch.setenv("TEXTUAL_THEME", "textual-dark")
    async with run(build.snapshot()) as shown:
        assert shown.app.theme == "textual-dark"


async def test_without_colour_everything_is_still_said(build, run, monkeypatch):
    """NO_COLOR takes the colours and no words."""
    monkeypatch.setenv("NO_COLOR", "1")
    sums = build.sums(103.2)
    cap = build.cap("day", "day", 100, sums)
    async with run(build.snapshot(today=sums, caps=(cap,))) as shown:
        assert shown.app.no_color
        assert "OVER" in shown.text
        strips = shown.app.screen._compositor.render_strips()
        filtered = [
            strip.apply_filter(each, Color.parse("black"))
            for strip in strips
            for each in shown.app._filters
        ]
        colours = {
            part.style.color.triplet
            for strip in filtered
            for part in strip
            if part.style and part.style.color and part.style.color.triplet
        }
        assert colours
        assert all(red == green == blue for red, green, blue in colours)


async def test_every_key_has_an_id_and_words():
    """Keys can be mapped anew, and the help says what they do."""
    for binding in Dashboard.BINDINGS:
        assert binding.id
        assert binding.description


async def test_the_body_scrolls_where_it_does_not_fit(build, run):
    """A window lower than any size it is made for shows the rest by keys."""
    async with run(build.snapshot(), (80, 12)) as shown:
        assert "By source and model" not in shown.text
        await shown.press("end")
        await shown.pilot.pause(0.3)
        assert "By source and model" in shown.text


async def test_q_quits(build, run):
    """And nothing else is needed."""
    async with run(build.snapshot()) as shown:
        await shown.pilot.press("q")
        assert shown.app._exit
