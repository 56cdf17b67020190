"""The screen for reports: claims and months, what one says, and files of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pypdf
import pytest
from sample_ledgers import CountingLive
from shown import BERLIN, NOW, SIZES, is_whole, running
from textual.widgets import Input

from tokentui.claims import kept
from tokentui.claims.asked import Asked
from tokentui.ledger.connection import open_for_writing
from tokentui.periods import millis
from tokentui.tui.screens.report import SaveDialog


@pytest.fixture
def live(sample: Path, tmp_path: Path) -> Iterator[CountingLive]:
    """Open a sample month of one's own, to keep claims in."""
    ledger = tmp_path / "own.db"
    shutil.copyfile(sample, ledger)
    with closing(CountingLive(ledger, tmp_path / "own-state")) as live:
        yield live


@pytest.fixture
def claims(live):
    """Save a claim of October, in Berlin, and draft one of November for a client."""
    since, until, end = (
        millis(datetime(2026, month, 1, tzinfo=BERLIN)) for month in (10, 11, 12)
    )
    with closing(open_for_writing(live.ledger)) as connection:
        made = kept.keep_draft(connection, Asked(since, until), NOW)
        claim = kept.claim_now(connection, live.config, made, BERLIN, NOW)
        kept.save(connection, made, claim)
        kept.keep_draft(connection, Asked(until, end, client="acme"), NOW)
    return claim


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder of one's own."""
    place = tmp_path / "work"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


async def test_claims_come_before_months(live, claims):
    """Drafts and saved claims, newest above, then this month and those before it."""
    async with running(live, "reports") as shown:
        await shown.until("2 claims")
        assert shown.line("d2 draft").split()[2:5] == ["November", "2026", "acme"]
        saved = shown.line("2026-001 saved")
        assert f"{claims.claimed:,} USD" in saved
        months = [line for line in shown.lines if "statement  " in line]
        assert len(months) == 12
        assert "November 2026" in months[0] and "December 2025" in months[-1]


async def test_the_report_under_the_cursor_is_told(live, claims):
    """Where there is room, what it says stands beside the list."""
    async with running(live, "reports", size=(120, 40)) as shown:
        await shown.until("2 claims")
        await shown.press("down")
        await shown.soon("Claim 2026-001 ──")
        await shown.soon(f"{claims.claimed:,} USD claimed")
        assert "By vendor" in shown.text


async def test_enter_tells_all(live, claims):
    """On a small terminal a report is opened, with the figures of its files."""
    async with running(live, "reports", size=(80, 24)) as shown:
        await shown.until("2 claims")
        await shown.press("down", "enter")
        await shown.soon(f"{claims.claimed:,} USD claimed")
        await shown.press("end")
        await shown.soon("SHA-256 over the lines")
        await shown.press("escape")
        assert "2026-001 saved" in shown.text


async def test_save_writes_the_format_of_the_ending(live, claims, folder):
    """The name that is offered is a PDF's; another ending is another format."""
    async with running(live, "reports", size=(80, 24)) as shown:
        await shown.until("2 claims")
        await shown.press("down", "e", "enter")
        text = pypdf.PdfReader(folder / "claim-2026-001.pdf").pages[0].extract_text()
        assert f"Expense claim 2026-001 {claims.claimed:,} USD" in text
        await shown.press("e")
        shown.app.screen.query_one(Input).value = "./mine.json"
        await shown.press("enter")
        told = [note.message for note in shown.app._notifications]
        assert told == ["Written: claim-2026-001.pdf", "Written: mine.json"]
        assert '"number": "2026-001"' in (folder / "mine.json").read_text()


async def test_nothing_is_written_over(live, folder):
    """A file that is there stays, and the dialog says so; so it does of odd names."""
    (folder / "mine.md").write_text("mine")
    async with running(live, "reports", size=(80, 24)) as shown:
        await shown.press("e")
        for name, words in (
            ("mine.md", "exists already"),
            ("mine.doc", "The ending of the name"),
            ("", "The ending of the name"),
            ("no/such/a.md", "cannot be written"),
        ):
            shown.app.screen.query_one(Input).value = name
            await shown.press("enter")
            await shown.soon(words)
            assert isinstance(shown.app.screen, SaveDialog)
    assert [each.name for each in folder.iterdir()] == ["mine.md"]
    assert (folder / "mine.md").read_text() == "mine"


async def test_hidden_names_are_in_no_file(live, claims, folder):
    """While names of projects are hidden, reports and their files have none."""
    async with running(live, "reports", size=(120, 40)) as shown:
        await shown.until("2 claims")
        await shown.press("down")
        await shown.soon("acme-api")
        await shown.press("*")
        await shown.soon("project 1")
        assert "acme-api" not in shown.text
        await shown.press("e")
        shown.app.screen.query_one(Input).value = "hidden.json"
        await shown.press("enter")
    assert "acme-api" not in (folder / "hidden.json").read_text()


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_it_fits(live, claims, size):
    """Nothing is cut off at the edge of any terminal."""
    async with running(live, "reports", size=size) as shown:
        await shown.until("2026-001")
        assert is_whole(shown.lines, size)
