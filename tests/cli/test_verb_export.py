"""`tokentui export`, `claim export`: statements, claims and events as files."""

from __future__ import annotations

import csv
import io
import json
import stat
from collections.abc import Callable
from pathlib import Path

import billing
import pytest
from asking import Ask

from tokentui.reports import EVENTS, MODULES

CLAIMS = """
[claims]
claimant = "Ada Example"
employer = "Example GmbH"
"""
NOVEMBER = ("--period", "2026-11")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder of one's own."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def books(
    ask: Ask, logs: Path, ledger: Path, config: Callable[[str], Path], here: Path
) -> Ask:
    """Let Anthropic bill 2.50 for 19 November, and say who claims it."""
    config(CLAIMS)
    ask("refresh")
    billing.state(ledger, "2026-11-01", "2026-11-20", billing.cost("2026-11-19", 250))
    return ask


def table(text: str) -> list[dict[str, str]]:
    """Read CSV."""
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_total_is_that_of_usage(books: Ask) -> None:
    """A statement asks for what `usage --basis billed` states of the time."""
    done = books("export", *NOVEMBER, "--format", "json")
    claim = done.document["claim"]
    usage = books("usage", "--basis", "billed", *NOVEMBER, "--json").document
    assert claim["claimed"] == "2.50"
    assert usage["total"]["cost_usd"] == 2.5
    assert (claim["status"], claim["number"]) == ("statement", None)
    assert claim["claimant"]["name"] == "Ada Example"


def test_evidence_is_that_of_usage(books: Ask) -> None:
    """Estimates in a statement are those of `usage --by model`, to the cent."""
    claim = books("export", *NOVEMBER, "--format", "json").document["claim"]
    usage = books("usage", "--by", "model", *NOVEMBER, "--json").document
    assert {each["model"]: float(each["original"]) for each in claim["evidence"]} == {
        row["model"]: round(row["cost_usd"], 2) for row in usage["rows"]
    }


@pytest.mark.parametrize("form", MODULES)
def test_every_format(books: Ask, here: Path, form: str) -> None:
    """Each format gives a file; text is printed, what is no text is written."""
    done = books("export", *NOVEMBER, "--format", form)
    assert done.code == 0, done.err
    if form in ("pdf", "xlsx"):
        (file,) = here.iterdir()
        assert file.name == f"statement-2026-11.{form}"
        assert file.stat().st_size > 5_000
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert done.out == ""
        assert f"written: {file.name}" in done.err
    else:
        assert "Anthropic" in done.out
        assert list(here.iterdir()) == []


def test_file_that_is_there_stays(books: Ask, here: Path) -> None:
    """A file is written over only when that is said."""
    words = ("export", *NOVEMBER, "--format", "md", "--out", "mine.md")
    assert books(*words).code == 0
    (here / "mine.md").write_text("mine")
    done = books(*words)
    assert done.code == 2
    assert "mine.md exists already: --force writes over it" in done.err
    assert (here / "mine.md").read_text() == "mine"
    assert books(*words, "--force").code == 0
    assert "2.50" in (here / "mine.md").read_text()


def test_folder_and_stdout(books: Ask, here: Path) -> None:
    """A folder gets a file of the usual name; `-` is stdout, whatever the format."""
    (here / "out").mkdir()
    done = books("export", *NOVEMBER, "--format", "csv", "--out", "out")
    assert (done.code, done.out) == (0, "")
    assert [each.name for each in (here / "out").iterdir()] == ["statement-2026-11.csv"]
    done = books("export", *NOVEMBER, "--format", "html", "--out", "-")
    assert done.out.startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("out", ["no/such/a.pdf", "no/", "~nobody-at-all/a.pdf"])
def test_what_cannot_be_written(books: Ask, here: Path, out: str) -> None:
    """A folder that is not there is an error with words, and no file."""
    done = books("export", *NOVEMBER, "--format", "pdf", "--out", out)
    assert done.code == 2
    assert "cannot be written" in done.err or "there is no folder" in done.err
    assert list(here.iterdir()) == []


def test_all_is_anothers_use(books: Ask, config: Callable[[str], Path]) -> None:
    """Where nothing of what was paid is work, the note says so, and it is exit 0."""
    config(f"{CLAIMS}\n[projects.toys]\nmatch.path = ['*']\nkind = 'personal'\n")
    done = books("export", *NOVEMBER, "--format", "md")
    assert done.code == 0
    assert "nothing of what was paid can be claimed" in done.err
    assert "| Paid to vendors | 2.50 |" in done.out


@pytest.mark.parametrize("form", MODULES)
def test_nothing_claimable(ask: Ask, logs: Path, here: Path, form: str) -> None:
    """Without a bill or `[claims]` there is a valid file of estimates, and a note."""
    done = ask("export", *NOVEMBER, "--format", form)
    assert done.code == 0, done.err
    assert "nothing was billed or paid: estimates alone" in done.err
    assert "no [claims] in the config" in done.err
    if form not in ("pdf", "xlsx"):
        assert "claude-opus-5-5" in done.out


def test_last_month_by_default(books: Ask) -> None:
    """Without a period the last month is meant: October, whose usage was 2 dollars."""
    claim = books("export", "--format", "json").document["claim"]
    assert (claim["first"], claim["last"]) == ("2026-10-01", "2026-10-31")
    assert [each["original"] for each in claim["evidence"]] == ["2.00"]


def test_saved_claim(books: Ask, here: Path) -> None:
    """A claim that was saved is written as it was, with its number in the name."""
    books("claim", "new", *NOVEMBER)
    draft = books("claim", "export", "--format", "md")
    assert "Expense claim, draft" in draft.out
    books("claim", "save", "--anyway")
    done = books("claim", "export", "2026-001", "--format", "pdf")
    assert (done.code, done.out) == (0, "")
    assert [each.name for each in here.iterdir()] == ["claim-2026-001.pdf"]
    document = books("claim", "export", "2026-001", "--format", "json").document
    shown = books("claim", "show", "2026-001", "--json").document
    assert document["claim"] == shown["claim"]


def test_unknown_claim(books: Ask) -> None:
    """A number that no claim has is exit 2."""
    assert books("claim", "export", "2026-999", "--format", "md").code == 2


def test_other_currency_without_a_rate(books: Ask) -> None:
    """Without a rate a bill is in no line, and the note says why."""
    done = books("export", *NOVEMBER, "--format", "json", "--currency", "EUR")
    assert done.code == 0
    assert done.document["claim"]["claimed"] == "0.00"
    assert "no exchange rate to EUR" in done.err


def test_names_are_left_out(books: Ask, config: Callable[[str], Path]) -> None:
    """--redact, and the config's privacy without it, leave out names of projects."""
    words = ("export", *NOVEMBER, "--format")
    shown = books(*words, "events-csv")
    assert "/nowhere/billing" in shown.out and "ACME-7-fix" in shown.out
    config(f"{CLAIMS}\n[privacy]\nprojects = 'hide'\n")
    hidden = books(*words, "events-csv")
    config(CLAIMS)
    redacted = books(*words, "events-csv", "--redact", "projects")
    for done in (hidden, redacted):
        assert "/nowhere/billing" not in done.out and "ACME-7-fix" not in done.out
    assert {row["project"] for row in table(hidden.out)} == {""}
    assert "project 1" in {row["project"] for row in table(redacted.out)}


def test_events_add_up(books: Ask) -> None:
    """Every response is a row of both raw formats; costs are those of `usage`."""
    rows = table(books("export", *NOVEMBER, "--format", "events-csv").out)
    lines = books("export", *NOVEMBER, "--format", "events-jsonl").lines
    shapes = [json.loads(line) for line in lines]
    total = books("usage", *NOVEMBER, "--json").document["total"]
    assert len(rows) == len(shapes) == total["requests"] == 4
    for costs in (
        [float(row["cost_usd"]) for row in rows],
        [shape["cost_usd"] for shape in shapes],
    ):
        assert sum(costs) == pytest.approx(total["cost_usd"], abs=1e-9)
    for kind, count in total["tokens"].items():
        assert sum(int(row[kind]) for row in rows) == count
        assert sum(shape["tokens"][kind] for shape in shapes) == count
    times = [row["time"] for row in rows]
    assert times == sorted(times)
    assert times[0] == "2026-11-19T10:00:00+00:00"


def test_events_have_no_claim(books: Ask) -> None:
    """What is of claims alone is refused for single responses."""
    for form in EVENTS:
        done = books("export", *NOVEMBER, "--format", form, "--currency", "EUR")
        assert done.code == 2
        assert "of all responses, in dollars" in done.err


def test_no_ledger(ask: Ask, home: Path, here: Path) -> None:
    """Without a ledger or logs there is nothing to export: exit 4."""
    assert ask("export", "--format", "pdf", "--no-refresh").code == 4
    assert list(here.iterdir()) == []
