"""`tokentui reconcile`: estimate beside billed, with the reasons of the gaps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import billing
import builders
import contract
import pytest
from asking import DAY, Ask
from contract import is_flag, is_number, is_text, is_time, maybe, one_of

SUMS = {
    "estimate_usd": maybe(is_number),
    "billed_usd": maybe(is_number),
    "gap_usd": maybe(is_number),
    "not_compared_usd": is_number,
}
RECONCILE = {
    "kind": one_of("reconcile"),
    "since": is_time,
    "until": is_time,
    "timezone": one_of("UTC"),
    "tolerance": is_number,
    "rows": [
        {
            "payer": is_text,
            "provider": maybe(is_text),
            "day": is_text,
            "model": maybe(is_text),
            "estimate_usd": maybe(is_number),
            "billed_usd": maybe(is_number),
            "gap_usd": maybe(is_number),
            "reasons": [is_text],
            "since": is_time,
            "until": is_time,
            "settled": is_flag,
        }
    ],
    "payees": [
        {"payer": is_text, "provider": maybe(is_text), **SUMS, "over": is_flag},
    ],
    "total": SUMS,
    "warnings": [is_text],
}

MODELS = ("claude-opus-5-5", "claude-sonnet-5-5")


@pytest.fixture
def work(home: Path, ask: Ask) -> None:
    """Use opus for $2.00 on 17, 18 and 19 November, and sonnet for $1.00 on the 18th.

    Output costs $20 and $10 per million. 23:30 UTC is the next day in Berlin.
    """
    lines = [
        builders.claude_line(
            f"msg_01WORK0000000000000{n}", seconds, input=0, output=100_000, model=model
        )
        for n, (seconds, model) in enumerate(
            (
                (-3 * DAY + 13.5 * 3600, MODELS[0]),
                (-2 * DAY, MODELS[0]),
                (-2 * DAY + 60, MODELS[1]),
                (-DAY, MODELS[0]),
            )
        )
    ]
    builders.write(builders.transcript(home), *lines)
    ask("refresh")


def rows(ask: Ask, *words: str) -> list[tuple[Any, ...]]:
    """Give day, model, estimate, billed and gap of every row."""
    answer = ask("reconcile", "--json", *words)
    keys = ("day", "model", "estimate_usd", "billed_usd", "gap_usd")
    return [tuple(row[key] for key in keys) for row in answer.document["rows"]]


def test_side_by_side(ask: Ask, work: None, ledger: Path) -> None:
    """Each UTC day and model has its estimate, its bill and the gap between them."""
    billing.state(
        ledger,
        "2026-11-17",
        "2026-11-20",
        billing.cost("2026-11-17", 200, "claude-opus-5-5-20260901"),
        billing.cost("2026-11-18", 200, "claude-opus-5-5-20260901"),
        billing.cost("2026-11-18", 100, "claude-sonnet-5-5"),
        billing.cost("2026-11-19", 205, "claude-opus-5-5-20260901"),
    )
    answer = ask("reconcile", "--json")
    assert contract.faults(answer.document, RECONCILE) == []
    assert answer.code == 0
    assert rows(ask) == [
        ("2026-11-17", "claude-opus-5-5", 2, 2, 0),
        ("2026-11-18", "claude-opus-5-5", 2, 2, 0),
        ("2026-11-18", "claude-sonnet-5-5", 1, 1, 0),
        ("2026-11-19", "claude-opus-5-5", 2, 2.05, 0.05),
    ]
    assert answer.document["total"] == {
        "estimate_usd": 7,
        "billed_usd": 7.05,
        "gap_usd": 0.05,
        "not_compared_usd": 0,
    }


def test_days_are_utc_in_any_zone(
    ask: Ask, work: None, ledger: Path, config: Callable[[str], Path]
) -> None:
    """The user's own zone does not move a provider's days."""
    config('timezone = "Asia/Tokyo"')
    billing.state(
        ledger, "2026-11-17", "2026-11-20", billing.cost("2026-11-17", 200, MODELS[0])
    )
    assert ("2026-11-17", MODELS[0], 2, 2, 0) in rows(ask)


def test_gap_above_tolerance(ask: Ask, work: None, ledger: Path) -> None:
    """A gap above 5 % is exit 1; a larger tolerance makes it fine."""
    billing.state(
        ledger,
        "2026-11-17",
        "2026-11-20",
        *(billing.cost(f"2026-11-{d}", cents) for d, cents in ((17, 200), (18, 300))),
        billing.cost("2026-11-19", 300),
    )
    answer = ask("reconcile", "--json")
    assert answer.code == 1
    assert [row["billed_usd"] for row in answer.document["rows"]] == [2, 3, 3]
    assert {row["model"] for row in answer.document["rows"]} == {None}
    assert answer.document["payees"][0]["over"] is True
    assert ask("reconcile", "--tolerance", "12.5 %").code == 0  # 1 of 8 dollars
    assert ask("reconcile", "--tolerance", "12.4").code == 1
    assert ask("reconcile", "--provider", "openai").code == 0
    assert ask("reconcile", "--payer", "API").code == 1


@pytest.mark.parametrize("tolerance", ["", "-1", "five", "nan", "5%%", "1e3"])
def test_bad_tolerance(ask: Ask, tolerance: str) -> None:
    """A tolerance that is no percentage is exit 2."""
    assert ask("reconcile", "--tolerance", tolerance).code == 2


def test_no_account(ask: Ask, work: None) -> None:
    """An estimate without an account has no bill and no gap, and is no failure."""
    answer = ask("reconcile", "--json")
    assert answer.code == 0
    assert {row["billed_usd"] for row in answer.document["rows"]} == {None}
    assert {row["gap_usd"] for row in answer.document["rows"]} == {None}
    assert answer.document["total"]["billed_usd"] is None
    assert answer.document["total"]["not_compared_usd"] == 7
    text = ask("reconcile").out
    assert "no account states what is billed" in text


def test_days_that_are_not_judged(ask: Ask, work: None, ledger: Path) -> None:
    """Missing and unsettled days are shown with the reason, and not judged."""
    billing.state(
        ledger,
        "2026-11-18",
        "2026-11-20",
        billing.cost("2026-11-18", 300),
        billing.cost("2026-11-19", 1),
        settled="2026-11-19",
    )
    answer = ask("reconcile", "--json")
    assert answer.code == 0
    reasons = {row["day"]: row["reasons"] for row in answer.document["rows"]}
    assert reasons["2026-11-17"] == ["no statement covers this time"]
    assert reasons["2026-11-18"] == []
    assert reasons["2026-11-19"][0].startswith("not settled yet")
    assert answer.document["total"]["not_compared_usd"] == 4


def test_billed_nothing(ask: Ask, work: None, ledger: Path) -> None:
    """A covered day without a cost was billed nothing, which is known."""
    billing.state(
        ledger, "2026-11-17", "2026-11-20", billing.cost("2026-11-17", 200, MODELS[0])
    )
    assert ("2026-11-19", MODELS[0], 2, 0, -2) in rows(ask)


def test_model_that_no_log_has(ask: Ask, work: None, ledger: Path) -> None:
    """A bill for work that is in no log is a gap of its whole amount."""
    billing.state(
        ledger, "2026-11-17", "2026-11-20", billing.cost("2026-11-17", 90, "claude-x")
    )
    assert ("2026-11-17", "claude-x", 0, 0.9, 0.9) in rows(ask)
    (row,) = (
        row
        for row in ask("reconcile", "--json").document["rows"]
        if row["model"] == "claude-x"
    )
    assert any("used elsewhere" in reason for reason in row["reasons"])


def test_counted_requests(ask: Ask, work: None, ledger: Path) -> None:
    """A provider that counted no more requests than the logs rules out other users."""

    def said(requests: int) -> list[str]:
        billing.state(
            ledger,
            "2026-11-17",
            "2026-11-18",
            billing.cost("2026-11-17", 400, MODELS[0]),
            counted=(billing.used("2026-11-17", requests, MODELS[0]),),
        )
        return ask("reconcile", "--json").document["rows"][0]["reasons"]

    assert said(1) == []
    assert any("do not log" in reason for reason in said(2))


def test_unpriced(ask: Ask, home: Path, ledger: Path) -> None:
    """What has no price is unknown, not zero, and said to be the reason."""
    builders.write(
        builders.transcript(home), builders.claude_line(seconds=-DAY, model="claude-x")
    )
    ask("refresh")
    billing.state(
        ledger, "2026-11-19", "2026-11-20", billing.cost("2026-11-19", 50, "claude-x")
    )
    answer = ask("reconcile", "--json")
    (row,) = answer.document["rows"]
    assert (row["estimate_usd"], row["billed_usd"], row["gap_usd"]) == (None, 0.5, None)
    assert "have no price" in row["reasons"][0]
    assert answer.code == 1


def test_searches_billed_apart(ask: Ask, home: Path, ledger: Path) -> None:
    """Searches that are billed beside models are set against their own estimate.

    100,000 output at $20 per million and two searches at a cent each.
    """
    builders.write(
        builders.transcript(home),
        builders.claude_line(
            seconds=-DAY,
            input=0,
            output=100_000,
            usage={"server_tool_use": {"web_search_requests": 2}},
        ),
    )
    ask("refresh")
    billing.state(
        ledger,
        "2026-11-19",
        "2026-11-20",
        billing.cost("2026-11-19", 200, MODELS[0]),
        billing.cost("2026-11-19", 2, what="web search"),
    )
    assert rows(ask) == [
        ("2026-11-19", MODELS[0], 2, 2, 0),
        ("2026-11-19", None, 0.02, 0.02, 0),
    ]


def test_read_by_hand(ask: Ask, work: None, ledger: Path) -> None:
    """A payer's own page speaks for all providers and in place of the accounts."""
    billing.state(
        ledger, "2026-11-17", "2026-11-20", billing.cost("2026-11-17", 900, MODELS[0])
    )
    billing.state(
        ledger,
        "2026-11-17",
        "2026-11-20",
        billing.cost("2026-11-17", 710, until="2026-11-20"),
        account="payer:api",
    )
    answer = ask("reconcile", "--json")
    (row,) = answer.document["rows"]
    assert (row["payer"], row["provider"], row["model"]) == ("api", None, None)
    assert (row["estimate_usd"], row["billed_usd"]) == (7, 7.1)
    assert (row["day"], row["until"]) == ("2026-11-17", "2026-11-20T00:00:00+00:00")
    assert answer.code == 0


def test_discount(ask: Ask, work: None, ledger: Path) -> None:
    """A bill that is always the same part of the estimate is told as a discount."""
    billing.state(
        ledger,
        "2026-11-17",
        "2026-11-20",
        *(
            billing.cost(f"2026-11-{d}", cents)
            for d, cents in ((17, 170), (18, 255), (19, 170))
        ),
    )
    for row in ask("reconcile", "--json").document["rows"]:
        assert row["reasons"][0].startswith("always billed at 0.85 of the estimate")


def test_plans_are_no_part(ask: Ask, work: None, config: Callable[[str], Path]) -> None:
    """Usage inside a plan is nobody's estimate to be billed."""
    config(
        '[plans.flat]\nprovider = "anthropic"\nfee = 100\nrenews = 1\n'
        '[payers.flat]\npaid_by = "me"\nmatch.source = ["claude-code"]\n'
    )
    assert rows(ask) == []


def test_other_currency(ask: Ask, work: None, ledger: Path) -> None:
    """A bill in another currency is not compared, and that is said."""
    billing.state(
        ledger,
        "2026-11-17",
        "2026-11-20",
        billing.cost("2026-11-17", 200, MODELS[0], currency="CNY"),
    )
    (warning,) = ask("reconcile", "--json").document["warnings"]
    assert warning == "1 bill in CNY cannot be compared with dollars"


def test_table_fits(
    ask: Ask, work: None, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table fits 80 columns, and its numbers are told below it."""
    monkeypatch.setattr("tokentui.cli.output.terminal_width", lambda: 80)
    billing.state(
        ledger,
        "2026-11-17",
        "2026-11-20",
        billing.cost("2026-11-17", 90, "claude-x"),
        billing.cost("2026-11-18", 2_000, MODELS[0]),
        settled="2026-11-19",
    )
    answer = ask("reconcile")
    assert answer.code == 1
    assert max(map(len, answer.lines)) <= 80
    assert any(line.startswith("settled: estimate $5.00") for line in answer.lines)
    assert "TOO LARGE: more than 5 %" in answer.out


def test_member_is_compared_with_the_team_once(
    ask: Ask, home: Path, ledger: Path
) -> None:
    """A bill that two accounts tell, of a team and of its member, is one bill."""
    ask("refresh")
    day = billing.cost("2026-11-18", 200)
    for kind in ("cursor", "cursor-team"):
        billing.state(
            ledger, "2026-11-01", "2026-11-20", day,
            account=kind, payer="cursor", provider="cursor", kind=kind,
        )  # fmt: skip
    document = ask("reconcile", "--json").document
    assert document["total"]["billed_usd"] == 2
