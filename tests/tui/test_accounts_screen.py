"""The screen for accounts: how each stands, what it states, and asking it now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from threading import Event
from typing import Any

import pytest
from hostile import HOSTILE
from long import LONG
from sample_ledgers import CountingLive
from shown import NOW, SIZES, is_whole, running

from tokentui.demo import DemoFeed
from tokentui.errors import LedgerError
from tokentui.poll import AccountReport, PollReport
from tokentui.queries.accounts import AccountState, Stated
from tokentui.queries.quotas import QuotaState
from tokentui.tui.account_lines import account_lines
from tokentui.tui.view import View
from tokentui.tui.widgets.grid import Grid

DOLLAR = 10**9
HOUR_MS = 3_600_000


class Stand(CountingLive):
    """The sample month with accounts made by hand, and what asking them gives."""

    accounts: tuple[AccountState, ...] = ()
    later: tuple[AccountState, ...] | None = None
    was_due = True
    may_answer: Event | None = None
    error: Exception | None = None

    def poll(self) -> Any:
        """Give the sample's snapshot with these accounts."""
        self._version = None
        snapshot = super().poll()
        assert snapshot is not None
        return replace(snapshot, accounts=self.accounts)

    def ask_accounts(self, names: tuple[str, ...], force: bool = False) -> PollReport:
        """Note who is asked, and let them have answered."""
        self.asked.append(f"{' '.join(names)}{' by force' if force else ''}")
        if self.may_answer is not None:
            self.may_answer.wait(10)
        if self.error is not None:
            raise self.error
        self.accounts = self.later or self.accounts
        found = (AccountReport(name, "kind", was_due=self.was_due) for name in names)
        return PollReport(tuple(found))


@pytest.fixture
def stand(sample, state) -> Iterator[Callable[..., Stand]]:
    """Give the maker of feeds with some accounts."""
    with closing(Stand(sample, state)) as live:

        def made(*accounts: AccountState) -> Stand:
            live.accounts = accounts
            live.asked.clear()
            return live

        yield made


def rich(build, **changes):
    """Make an account that states everything there is."""
    now_ms = build.now_ms
    given = {
        "balances": (Stated("credits", 12_400_000_000, "USD", now_ms - 240_000),),
        "limits": (
            Stated("key", 45 * DOLLAR, "USD", now_ms, 50 * DOLLAR, now_ms + HOUR_MS),
            Stated("team", 3 * DOLLAR, "USD", now_ms - 2 * HOUR_MS),
        ),
        "quotas": (
            QuotaState(
                "claude-max", "claude", 300, 46.0, now_ms + HOUR_MS, now_ms, None
            ),
            QuotaState("claude-max", "claude", 10080, 100.0, None, now_ms, now_ms),
        ),
        "billed": (("EUR", 2 * DOLLAR), ("USD", 311_400_000_000)),
    }
    return build.account(**(given | changes))


async def test_an_account_stands_as_the_snapshot_says(build, stand):
    """Its row: state, age, next poll, and the fullest of each kind of money."""
    async with running(stand(rich(build)), "accounts", (160, 40)) as shown:
        row = shown.line("  14:14  ").split("  ")
        assert [cell.strip() for cell in row if cell.strip()] == [
            "anthropic",
            "anthropic",
            "ok",
            "4 min",
            "14:14",
            "$12.40",
            "2.00 EUR, $311.40",
            "$45.00 of $50.00 +1",
            "week 100 % FULL +1",
        ]
        assert shown.line("── Accounts").endswith(" 1 ok ──")


async def test_the_account_under_the_cursor_is_told_in_whole(build, stand):
    """Every balance, limit, window and bill; ages where older than the rest."""
    async with running(stand(rich(build)), "accounts", (120, 40)) as shown:
        assert "kind anthropic · payer api · read 4 min ago · next poll 14:14" in (
            shown.text
        )
        assert shown.line("balance credits") == "balance credits  $12.40 left"
        assert shown.line("limit key").endswith(
            "━━──  90 % · NEAR · $45.00 of $50.00 · resets 15:03"
        )
        assert " ".join(shown.line("limit team").split()) == (
            "limit team $3.00, no limit · 2 h ago"
        )
        assert shown.line("window 5 h").endswith("─  46 % used · resets 15:03")
        assert shown.line("window week").endswith(
            "━━━━━━━━━━━━━━━━  100 % used · FULL · runs out 14:03"
        )
        billed = [line.split() for line in shown.lines if "this month" in line]
        assert billed == [
            ["billed", "2.00", "EUR", "this", "month"],
            ["billed", "$311.40", "this", "month"],
        ]


ERROR = "costs: api.openai.com cannot be reached; " + "is this machine online? " * 18


async def test_what_is_wrong_is_told_in_full(build, stand):
    """The word, since when, all of the last error, and what to do."""
    failing = build.failing("router", error=ERROR.strip())
    async with running(stand(failing), "accounts", (120, 40)) as shown:
        assert shown.line(" STALE  1 h 30 min ").startswith("router")
        text = " ".join(shown.text.split())
        assert f"STALE since 13:33: {ERROR.strip()} Until it answers" in text
        assert "what it stated before stands. a asks it now;" in text
        assert "`tokentui accounts add router` at the command line" in text


@pytest.mark.parametrize(
    ("changes", "word", "told"),
    [
        ({"state": "error", "good_at_ms": None}, "ERROR", "stated nothing yet"),
        ({"state": "no key", "error": "no key; run x"}, "NO KEY", "no key; run x"),
        ({"error": None}, "STALE", "nobody has asked it for a day"),
        ({"state": None, "good_at_ms": None}, "not asked yet  never", "never read"),
    ],
)
async def test_every_state_has_a_word(build, stand, changes, word, told):
    """And never colour alone."""
    async with running(stand(build.failing(**changes)), "accounts") as shown:
        assert shown.line(f"openrouter  {word} ")
        assert told in " ".join(shown.text.split())


async def test_without_accounts_it_says_what_they_are_for(stand):
    """How to add one, where keys are added, and that nothing is sent before."""
    async with running(stand(), "accounts") as shown:
        for size in SIZES:
            await shown.resize(size)
            assert is_whole(shown.lines, size)
            text = " ".join(shown.text.split())
            assert "tokentui accounts kinds" in text
            assert "tokentui accounts add NAME --kind KIND" in text
            assert "Until you add an account, nothing is sent anywhere" in text
        await shown.press("a", "A", "enter", "down")
        assert shown.app.screen.questions.asked == []
        assert "asked a moment ago" not in shown.text


async def test_a_key_asks_the_account_under_the_cursor(build, stand):
    """Its row says so meanwhile, other keys work, and the answer is shown at once."""
    feed = stand(build.account(), build.account("second"))
    feed.may_answer = Event()
    feed.later = (build.account(), build.failing("second"))
    async with running(feed, "accounts") as shown:
        await shown.press("down")
        shown.send("a")
        await shown.soon("second     asking …")
        shown.send("a")
        shown.send("?")
        await shown.soon("Help: Accounts")
        shown.send("escape")
        feed.may_answer.set()
        await shown.until("second     STALE")
        assert "STALE since 13:33: credits: openrouter.ai did not" in shown.text
        assert feed.asked == ["second"]


async def test_one_that_fails_is_asked_by_force_but_not_again_and_again(build, stand):
    """However often the key is pressed; ten seconds later it is."""
    feed = stand(build.failing())
    async with running(feed, "accounts") as shown:
        await shown.press("a", "a", "a")
        assert feed.asked == ["openrouter by force"]
        assert "NOTE asked a moment ago" in shown.text
        await shown.tick(10)
        await shown.press("a")
        assert len(feed.asked) == 2


async def test_a_key_asks_all(build, stand):
    """Those that rest are left alone."""
    feed = stand(build.account(), build.failing())
    async with running(feed, "accounts") as shown:
        await shown.press("A")
        assert feed.asked == ["anthropic openrouter"]


async def test_who_is_not_asked_is_told(build, stand):
    """A provider may want a pause, or another process is at it."""
    feed = stand(build.account())
    feed.was_due = False
    async with running(feed, "accounts") as shown:
        await shown.press("a")
        assert "NOTE not asked: it was a moment ago, here or elsewhere" in shown.text


async def test_trouble_with_the_ledger_is_told(build, stand):
    """And the row asks no more."""
    feed = stand(build.account())
    feed.error = LedgerError("the disk is full")
    async with running(feed, "accounts") as shown:
        await shown.press("a")
        assert "ERROR the disk is full" in shown.text
        assert "asking …" not in shown.text


async def test_a_fault_is_told(build, stand):
    """It ends neither the dashboard nor what the row says."""
    feed = stand(build.account())
    feed.error = ZeroDivisionError("by zero")
    async with running(feed, "accounts") as shown:
        await shown.press("a")
        assert "ERROR ZeroDivisionError: by zero" in shown.text
        assert "asking …" not in shown.text


async def test_leaving_while_one_is_asked(build, stand):
    """Nobody waits for the answer."""
    feed = stand(build.account())
    feed.may_answer = Event()
    async with running(feed, "accounts") as shown:
        shown.send("a")
        await shown.soon("asking …")
        await shown.pilot.press("q")
    feed.may_answer.set()


async def test_sample_accounts_are_not_asked(sample, state):
    """The demo asks nobody, and says so."""
    feed = DemoFeed(sample, NOW.tzinfo, lambda: NOW)
    feed.clock = lambda: NOW
    with closing(feed):
        async with running(feed, "accounts") as shown:
            await shown.press("a")
            assert "NOTE sample data: nobody is asked" in shown.text


async def test_all_of_an_account_opens(build, stand):
    """With enter or a click on its row, and it is kept current."""
    feed = stand(rich(build))
    feed.later = (rich(build, billed=(("USD", 7 * DOLLAR),)),)
    async with running(feed, "accounts", (60, 20)) as shown:
        await shown.press("enter")
        assert "esc leaves" in shown.text
        feed.accounts = feed.later
        await shown.tick(5)
        await shown.press("end")
        assert "$7.00 this month" in shown.text
        await shown.press("escape")
        await shown.click(5, 3)
        assert "esc leaves" in shown.text


async def test_every_size_makes_sense(build, stand):
    """States are told, and what has no room has a sign."""
    feed = stand(rich(build), build.failing(), build.account("c", state="no key"))
    async with running(feed, "accounts") as shown:
        for size in SIZES:
            await shown.resize(size)
            assert is_whole(shown.lines, size)
            assert shown.line("STALE").startswith("openrouter  ")
            assert shown.line("NO KEY").startswith("c ")
            assert "anthropic" in shown.text
            assert "window week" in shown.text or shown.line("…")


async def test_many_accounts_scroll(build, stand):
    """What the one under the cursor states keeps its place."""
    feed = stand(*(build.account(f"account-{n}") for n in range(40)))
    async with running(feed, "accounts", (60, 20)) as shown:
        await shown.press("end")
        assert "── account-39 ──" in shown.text
        assert shown.line("account-39  ok")
        assert "read 4 min ago" in shown.text


@pytest.mark.parametrize("size", SIZES if LONG else SIZES[::2])
async def test_hostile_names_break_nothing(build, stand, size):
    """Names, errors, currencies and windows may hold anything."""
    accounts = [
        build.failing(
            f"{name} {n}",
            kind=name,
            payer=name,
            error=name,
            balances=(Stated(name, 1, name, 1),),
            limits=(Stated(name, 9, name, 1, 10),),
            billed=((name, 5),),
            quotas=(QuotaState(name, name, 300, 50.0, None, 1, None),),
        )
        for n, name in enumerate(HOSTILE)
    ]
    async with running(stand(*accounts), "accounts", size) as shown:
        for _ in accounts:
            assert is_whole(shown.lines, size)
            await shown.press("enter")
            assert is_whole(shown.lines, size)
            await shown.press("escape", "down")
        await shown.press("1")
        assert is_whole(shown.lines, size)


async def test_hidden_names_are_nowhere(build, stand):
    """Of accounts and payers that the user named, nor in errors; kinds are no names."""
    feed = stand(
        build.failing("acme", payer="acme-gmbh", error="llm.acme.com: no"),
        build.account(),
    )
    async with running(feed, "accounts", (120, 40), hides_projects=True) as shown:
        assert shown.line("account 1  ").split()[:3] == ["account", "1", "openrouter"]
        assert shown.line("anthropic  anthropic")
        text = " ".join(shown.text.split())
        assert "── account 1 ──" in text
        assert "the reason may name a client and is hidden" in text
        assert "`tokentui accounts add NAME`" in text
        await shown.press("enter")
        assert "acme" not in shown.text
        await shown.press("escape", "1")
        assert "STALE account 1 since 13:33" in shown.text
        assert "acme" not in " ".join(shown.lines[-3:])
        await shown.press("*", "4")
        assert shown.line("acme  ").startswith("acme")
        assert "STALE since 13:33: llm.acme.com: no" in shown.text


async def test_the_cursor_stays_on_its_account(build, stand):
    """While what it states changes."""
    feed = stand(build.account(), build.account("b"))
    async with running(feed, "accounts") as shown:
        await shown.press("down")
        feed.accounts = (build.account(), build.failing("b"))
        await shown.tick(5)
        assert shown.app.screen.query_one(Grid).row_at_cursor == "b"
        assert "STALE since 13:33" in shown.text


@pytest.mark.parametrize("width", [20, 38, 58, 118])
def test_lines_fit(build, width):
    """Facts wrap, a long title has a line of its own, and nothing is left out."""
    long = Stated("an allowance with a long name", DOLLAR, "USD", 1, 2 * DOLLAR)
    state = build.failing(limits=(long,), balances=(Stated("c", 1, "USD", 1),))
    lines = account_lines(View(build.snapshot()), state, "a", width)
    text = " ".join(" ".join(line.plain for line in lines).split())
    assert all(line.cell_length <= width for line in lines)
    assert "limit an allowance with a long name" in text
    assert "<$0.01 left" in text
