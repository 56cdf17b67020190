"""The dashboard asks real accounts, and states what `accounts list` states."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import answers_deepseek
import pytest
from asking import Ask
from polled import NOW
from providing import Provider, silence, status
from shown import BERLIN, HandClock, running

from tokentui.demo import CONFIG, make_ledger
from tokentui.live import Live
from tokentui.settings import Account, Config
from tokentui.tui.widgets.grid import Grid


class Shows(Live):
    """A feed that reads no logs and asks only who it is told to."""

    def __init__(self, ledger: Path, config: Config, state: Path) -> None:
        self.clock = HandClock(NOW.astimezone(BERLIN))
        super().__init__(
            ledger, config, BERLIN, self.clock, state=state, reads_logs=False
        )


@pytest.fixture
def feed(
    ledger: Path, tmp_path: Path, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Shows]:
    """Give a feed with one account, whose provider is the stand-in."""
    monkeypatch.setenv("TOKENTUI_KEY_PURSE", answers_deepseek.SECRET)
    make_ledger(ledger, NOW)
    account = Account("purse", "deepseek", base_url=provider.base)
    with closing(Shows(ledger, Config(accounts=(account,)), tmp_path)) as live:
        yield live


async def test_an_account_is_asked_with_a_key(feed: Shows, provider: Provider) -> None:
    """What it answers is on the screen, and it was asked once."""
    answers_deepseek.healthy(provider)
    async with running(feed, "accounts", (120, 40)) as shown:
        assert shown.line("purse    deepseek  not asked yet  never")
        await shown.press("a")
        await shown.until("purse    deepseek  ok")
        assert "$2.50, $42.50" in shown.line("purse    deepseek")
        assert "balance USD topped up  $42.50 left" in shown.text
        assert len(provider.calls) == 1


async def test_what_it_refuses_is_on_its_row(feed: Shows, provider: Provider) -> None:
    """The word in the row, the reason below, and the key nowhere."""
    provider.spoil(status(401))
    async with running(feed, "accounts", (120, 40)) as shown:
        await shown.press("a")
        await shown.until("purse    deepseek  ERROR  never")
        assert "refuses the key (401)" in shown.text
        assert answers_deepseek.SECRET not in shown.text
        await shown.tick(10)
        answers_deepseek.healthy(provider)
        provider.spoil(None)
        await shown.press("a")
        await shown.until("purse    deepseek  ok")


async def test_one_that_hangs_holds_nothing_up(feed: Shows, provider: Provider) -> None:
    """Its row says that it is asked; snapshots come, and other screens open."""
    answers_deepseek.healthy(provider)
    provider.spoil(silence(provider))
    async with running(feed, "accounts", (120, 40)) as shown:
        shown.send("a")
        await shown.soon("asking …")
        shown.send("5")
        await shown.soon("no caps yet")
        feed.clock.forward(6)
        shown.app._tick()
        await shown.soon("15:00:06")
        provider.patience.set()
        shown.send("4")
        await shown.until("purse    deepseek  ok")


@pytest.fixture
def sample(ledger: Path, home: Path) -> Path:
    """Make the sample data, and a config that names its accounts."""
    make_ledger(ledger, NOW)
    file = Path(os.environ["TOKENTUI_CONFIG"])
    file.parent.mkdir(parents=True, exist_ok=True)
    tables = [f'[accounts.{a.name}]\nkind = "{a.kind_}"\n' for a in CONFIG.accounts]
    file.write_text('timezone = "Europe/Berlin"\n' + "".join(tables))
    return ledger


def clock(text: str) -> str:
    """Give the hour and minute of an ISO time."""
    return f"{datetime.fromisoformat(text):%H:%M}"


async def test_figures_agree_with_the_command_line(
    sample: Path, tmp_path: Path, ask: Ask
) -> None:
    """State, next poll, money and error of every account are those of the JSON."""
    rows = ask("accounts", "list", "--json").document["rows"]
    assert [row["state"] for row in rows] == ["ok", "ok", "ok", "stale"]
    with closing(Shows(sample, CONFIG, tmp_path)) as feed:
        async with running(feed, "accounts", (120, 40)) as shown:
            for row in rows:
                assert shown.app.screen.query_one(Grid).row_at_cursor == row["name"]
                line = shown.line(f"{row['name']}  ")
                assert row["state"] in line.lower()
                assert clock(row["next_poll"]) in line
                for key in ("balance_usd", "billed_month_usd"):
                    assert row[key] is None or f"${row[key]:.2f}" in line
                text = " ".join(shown.text.split())
                for each in row["balances"]:
                    assert f"balance {each['name']} " in text
                for each in row["limits"]:
                    assert f"${each['amount']:.2f} of ${each['limit']:.2f}" in text
                for each in row["quotas"]:
                    assert f"window {each['window']} " in text
                    assert f"{each['used_percent']:g} % used" in text
                assert (row["error"] or "") in text
                await shown.press("down")
