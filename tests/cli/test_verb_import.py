"""`tokentui import usage`: past days from files, never counted twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import builders
import contract
import pytest
import reports
from asking import DAY, Ask
from contract import is_count, is_flag, is_number, is_text, maybe, one_of

IMPORT = {
    "kind": one_of("import"),
    "file": is_text,
    "format": is_text,
    "dry_run": is_flag,
    "sources": [
        {
            "source": is_text,
            "days": is_count,
            "rows_new": is_count,
            "rows_replaced": is_count,
            "rows_unchanged": is_count,
            "tokens": is_count,
            "list_usd": maybe(is_number),
            "file_usd": maybe(is_number),
            "unpriced_rows": is_count,
        }
    ],
    "left_out": [
        {
            "source": is_text,
            "since": is_text,
            "until": is_text,
            "reason": is_text,
            "tokens": is_count,
            "logged_tokens": maybe(is_count),
        }
    ],
    "notes": [is_text],
}
OPUS = reports.used("claude-opus-5-5", 1_000, 100_000, 0, 2_000, 9.99)
HEADER = "day,source,model,input,cache_read,cache_write,cache_write_1h,output"


@pytest.fixture
def save(tmp_path: Path) -> Callable[[Any], str]:
    """Write a report or a text and give its path."""

    def write(content: Any) -> str:
        path = tmp_path / "given"
        if isinstance(content, str):
            path.write_text(content, encoding="utf-8")
        else:
            reports.save(path, content)
        return str(path)

    return write


def by_day(ask: Ask) -> dict[tuple[str, str], tuple[int | None, float | None]]:
    """Give requests and cost by day and origin."""
    answer = ask("usage", "--by", "day", "--by", "origin", "--json", "--no-refresh")
    return {
        (row["day"], row["origin"]): (row["requests"], row["cost_usd"])
        for row in answer.document["rows"]
    }


def test_deleted_day(ask: Ask, save: Callable[[Any], str]) -> None:
    """A day that no log tells of is kept at our price, its requests unknown.

    1,000 input at $4, 100,000 cache reads at $0.20 and 2,000 output at $20 are $0.064.
    """
    file = save(reports.of_claude({"2026-10-03": [OPUS]}))
    answer = ask("import", "usage", file, "--json")
    assert answer.code == 0
    assert contract.faults(answer.document, IMPORT) == []
    (source,) = answer.document["sources"]
    assert (source["rows_new"], source["list_usd"], source["file_usd"]) == (
        1,
        0.064,
        9.99,
    )
    assert by_day(ask) == {("2026-10-03", "import"): (None, 0.064)}
    assert builders.events(ledger_of(), "at") == [(builders.ms("2026-10-03T12:00"),)]


def ledger_of() -> Path:
    """Name the ledger of this test."""
    from tokentui.paths import ledger_path

    return ledger_path(None)


def test_the_same_again(ask: Ask, save: Callable[[Any], str]) -> None:
    """The same file again adds nothing; a newer one replaces what it says anew."""
    file = save(reports.of_claude({"2026-10-03": [OPUS], "2026-10-04": [OPUS]}))
    ask("import", "usage", file)
    (again,) = ask("import", "usage", file, "--json").document["sources"]
    assert (again["rows_new"], again["rows_unchanged"]) == (0, 2)
    more = reports.used("claude-opus-5-5", 1_000, 100_000, 0, 4_000, 9.99)
    other = reports.used("claude-sonnet-5-5", 0, 0, 0, 1_000, 0.01)
    file = save(reports.of_claude({"2026-10-03": [more, other]}))
    (newer,) = ask("import", "usage", file, "--json").document["sources"]
    assert (newer["rows_new"], newer["rows_replaced"]) == (1, 1)
    assert by_day(ask) == {
        ("2026-10-03", "import"): (None, 0.114),  # 0.064 + 2k at $20 + 1k at $10
        ("2026-10-04", "import"): (None, 0.064),
    }
    assert builders.rollup_faults(ledger_of()) == []


def test_days_with_logs_are_left_out(
    ask: Ask, logs: Path, save: Callable[[Any], str]
) -> None:
    """A day that the logs tell of is not imported, whatever the file adds to it."""
    before = by_day(ask) if ask("refresh").code == 0 else {}
    file = save(reports.of_claude({"2026-11-19": [OPUS], "2026-11-18": [OPUS]}))
    answer = ask("import", "usage", file, "--json")
    (left_out,) = answer.document["left_out"]
    assert (left_out["since"], left_out["logged_tokens"]) == ("2026-11-19", 300_000)
    assert by_day(ask) == before | {("2026-11-18", "import"): (None, 0.064)}


def test_part_of_a_day(ask: Ask, logs: Path, save: Callable[[Any], str]) -> None:
    """Where logs tell of less than the file, that is said, with both figures."""
    much = reports.used("claude-opus-5-5", 3_000_000, 0, 0, 0, 1.0)
    file = save(reports.of_claude({"2026-11-19": [much]}))
    answer = ask("import", "usage", file)
    assert "logs tell of a part of it" in answer.out
    assert "the file has 3.0M tokens, the logs have 300k" in answer.out
    assert "nothing was imported" in answer.out


def test_logs_that_come_later(ask: Ask, home: Path, save: Callable[[Any], str]) -> None:
    """An imported day gives way when logs of it are read; other days stand."""
    file = save(reports.of_claude({"2026-11-18": [OPUS], "2026-11-17": [OPUS]}))
    ask("import", "usage", file)
    builders.write(
        builders.transcript(home),
        builders.claude_line("msg_01LATER00000000000001", -2 * DAY, output=50_000),
    )
    ask("refresh")
    assert by_day(ask) == {
        ("2026-11-17", "import"): (None, 0.064),
        ("2026-11-18", "response"): (1, 1.00004),  # 10 in at $4, 50k out at $20
    }
    assert ask("ledger", "check").code == 0
    ask("import", "usage", file)
    assert ("2026-11-18", "import") not in by_day(ask)


def test_day_that_is_not_over(ask: Ask, save: Callable[[Any], str]) -> None:
    """Today is left out: more may come."""
    file = save(reports.of_claude({"2026-11-20": [OPUS]}))
    (left_out,) = ask("import", "usage", file, "--json").document["left_out"]
    assert left_out["reason"] == "not over yet"


def test_whose_days(ask: Ask, save: Callable[[Any], str]) -> None:
    """Days are those of the zone; noon in Tokyo is 3 in the morning UTC."""
    file = save(reports.of_claude({"2026-10-03": [OPUS]}))
    ask("import", "usage", file, "--timezone", "Asia/Tokyo")
    assert builders.events(ledger_of(), "at") == [(builders.ms("2026-10-03T03:00"),)]
    answer = ask("import", "usage", file, "--json")
    assert "imported before" in answer.document["left_out"][0]["reason"]


def test_month_and_its_days(ask: Ask, save: Callable[[Any], str]) -> None:
    """A month that was imported whole is not counted again by its days."""
    month = {"monthly": [{"month": "2026-09"} | reports.sums([OPUS])]}
    ask("import", "usage", save(month))
    days = save(reports.of_claude({"2026-09-03": [OPUS]}))
    (left_out,) = ask("import", "usage", days, "--json").document["left_out"]
    assert "2026-09-01 to 2026-09-30" in left_out["reason"]
    assert by_day(ask) == {("2026-09-30", "import"): (None, 0.064)}


def test_two_machines(ask: Ask, logs: Path, save: Callable[[Any], str]) -> None:
    """Another machine's usage of a day stands beside one's own."""
    file = save(reports.of_claude({"2026-11-19": [OPUS]}))
    ask("import", "usage", file, "--machine", "desk")
    ask("import", "usage", file, "--machine", "desk")
    assert by_day(ask)["2026-11-19", "import"] == (None, 0.064)
    assert by_day(ask)["2026-11-19", "response"] == (1, 2)


def test_two_agents_in_one_row(
    ask: Ask, logs: Path, save: Callable[[Any], str]
) -> None:
    """Where the file does not tell the agent, logs of either keep the day out."""
    gpt = reports.used("gpt-5.4", 9, 0, 0, 9, 0.01)
    report = reports.unified({"2026-11-19": {"claude": [OPUS], "codex": [gpt]}})
    answer = ask("import", "usage", save(report), "--json")
    assert answer.document["sources"] == []
    assert {each["source"] for each in answer.document["left_out"]} == {
        "claude-code",
        "codex",
    }


def test_long_prompts_are_not_made_up(ask: Ask, save: Callable[[Any], str]) -> None:
    """A day's tokens are no long prompt: gpt-5.4 costs $2.50 for a million of input.

    A single prompt of more than 272,000 tokens would cost twice that.
    """
    gpt = reports.used("gpt-5.4", 1_000_000, 0, 0, 0, 2.5)
    report = reports.by_agent({"2026-10-03": {"codex": [gpt]}})
    (source,) = ask("import", "usage", save(report), "--json").document["sources"]
    assert source["list_usd"] == 2.5


def test_stated_price(ask: Ask, save: Callable[[Any], str]) -> None:
    """A list price in the file stands in place of the book's, and through a reprice."""
    file = save(f"{HEADER},cost_usd\n2026-10-03,toy,my-model,1,2,3,4,5,0.31\n")
    ask("import", "usage", file)
    ask("ledger", "reprice")
    assert by_day(ask) == {("2026-10-03", "import"): (None, 0.31)}


def test_unpriced(ask: Ask, save: Callable[[Any], str]) -> None:
    """A model without a price has no cost; it is not free."""
    file = save(f"{HEADER}\n2026-10-03,toy,my-model,1,2,3,4,5\n")
    (source,) = ask("import", "usage", file, "--json").document["sources"]
    assert (source["list_usd"], source["unpriced_rows"]) == (None, 1)


def test_bad_rows(ask: Ask, save: Callable[[Any], str]) -> None:
    """Bad rows are all named, exit 1, and the good ones are not taken."""
    good, bad = "2026-10-03,toy,m,1,2,3,4,5", "2026-10-03,toy,m,1,2,3,4,-5"
    answer = ask("import", "usage", save(f"{HEADER}\n{bad}\n{good}\n{bad}\n"))
    assert (answer.code, answer.out) == (1, "")
    assert [line.split(":")[1].strip() for line in answer.err.splitlines()] == [
        "line 2",
        "line 4",
        "2 bad rows",
    ]
    assert ask("usage", "--json", "--no-refresh").code == 4


def test_dry_run(ask: Ask, logs: Path, save: Callable[[Any], str]) -> None:
    """A dry run says the same and changes nothing."""
    ask("refresh")
    before = by_day(ask)
    file = save(reports.of_claude({"2026-10-03": [OPUS]}))
    tried = ask("import", "usage", file, "--dry-run", "--json").document
    assert by_day(ask) == before
    done = ask("import", "usage", file, "--json").document
    assert tried | {"dry_run": False} == done


def test_who_pays(ask: Ask, home: Path, logs: Path, save: Callable[[Any], str]) -> None:
    """Imported usage is a plan's where all logs of the source say that login."""
    account = '{"oauthAccount": {"organizationType": "claude_max"}}'
    (home / ".claude/.claude.json").write_text(account, encoding="utf-8")
    ask("import", "usage", save(reports.of_claude({"2026-10-03": [OPUS]})))
    rows = ask("usage", "--by", "payer", "--by", "origin", "--json").document["rows"]
    assert [r["payer"] for r in rows if r["origin"] == "import"] == ["claude-max"]


def test_last_session(ask: Ask, home: Path, save: Callable[[Any], str]) -> None:
    """The last session is one that somebody had, not what was imported after it."""
    builders.write(builders.transcript(home), builders.claude_line(seconds=-9 * DAY))
    ask("import", "usage", save(reports.of_claude({"2026-11-18": [OPUS]})))
    words = ("--by", "session", "--session", "last", "--json")
    (row,) = ask("usage", *words).document["rows"]
    assert row["session"] == builders.SESSION


def test_remove(ask: Ask, logs: Path, save: Callable[[Any], str]) -> None:
    """What was imported of a period is taken out again, and nothing from logs."""
    ask("refresh")
    before = by_day(ask)
    file = save(reports.of_claude({"2026-10-03": [OPUS], "2026-11-18": [OPUS]}))
    ask("import", "usage", file)
    assert ask("import", "remove").code == 2
    answer = ask("import", "remove", "--period", "2026-10", "--json")
    assert answer.document == {"kind": "import-remove", "removed": 1}
    assert by_day(ask) == before | {("2026-11-18", "import"): (None, 0.064)}
    assert builders.rollup_faults(ledger_of()) == []


def test_example_of_the_guide(ask: Ask, save: Callable[[Any], str]) -> None:
    """The example of the guide is a file that is imported whole.

    Its second row states its price.
    """
    page = Path(__file__).parents[2] / "tokentui/guide/imports.md"
    (example,) = re.findall(
        r"^```csv\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S
    )
    answer = ask("import", "usage", save(example), "--json")
    stated = {s["source"]: s["list_usd"] for s in answer.document["sources"]}
    assert stated["gemini-cli"] == 0.31
    assert stated["claude-code"] is not None
    assert answer.document["left_out"] == []
