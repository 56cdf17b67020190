"""`tokentui status`: the figures, the line for prompts, the check of caps."""

from __future__ import annotations

import builders
import contract
import pytest
from asking import DAY, Ask


def test_json(ask: Ask, logs: object, config) -> None:
    """A document has the contract's keys and types, and nothing else."""
    config('[caps.month]\namount = 10\nper = "month"\n')
    assert contract.faults(ask("status", "--json").document, contract.STATUS) == []


def test_json_without_anything(ask: Ask) -> None:
    """An empty ledger has the same keys."""
    document = ask("status", "--json").document
    assert contract.faults(document, contract.STATUS) == []
    assert (document["today"]["cost_usd"], document["caps"]) == (0, [])


def test_figures_by_hand(ask: Ask, logs: object) -> None:
    """Today, this month, and the pace of the last hour."""
    document = ask("status", "--json").document
    assert document["now"] == "2026-11-20T12:00:00+00:00"
    assert document["today"]["cost_usd"] == 0.27255
    assert document["month"]["cost_usd"] == 2.27255
    assert document["burn"] == {"usd_per_hour": 0.02855, "window_minutes": 60}


def test_cap_by_hand(ask: Ask, logs: object) -> None:
    """A cap says what is spent, left, and safe a day for the 10.5 days that remain."""
    ask("cap", "set", "12.77255")
    (cap,) = ask("status", "--json").document["caps"]
    forecast = cap.pop("forecast")
    assert forecast["low"] <= forecast["mid"] <= forecast["high"]
    assert forecast["meets_cap_at"] is None
    assert cap == {
        "name": "month",
        "unit": "usd",
        "period": "month",
        "since": "2026-11-01T00:00:00+00:00",
        "until": "2026-12-01T00:00:00+00:00",
        "limit": 12.77255,
        "spent": 2.27255,
        "left": 10.5,
        "share": 0.177925,
        "state": "ok",
        "safe_per_day": 1,
        "basis": {
            "billed_usd": None,
            "estimate_usd": 2.27255,
            "plan_usd": 0,
            "fees_usd": 0,
            "charges_usd": 0,
        },
        "at_this_rate_met_at": None,
        "carried": 0,
        "raises": [],
    }


def test_at_this_rate(ask: Ask, logs: object) -> None:
    """At 2.855 cents an hour 5.71 cents last for two hours."""
    ask("cap", "set", "0.32965", "--per", "day")
    (cap,) = ask("status", "--json").document["caps"]
    assert cap["left"] == 0.0571
    assert cap["at_this_rate_met_at"] == "2026-11-20T14:00:00+00:00"


@pytest.mark.parametrize(
    ("amount", "code", "state"),
    [("2.27256", 0, "near"), ("2.27255", 5, "over"), ("2.2725", 5, "over")],
)
def test_check(ask: Ask, logs: object, amount: str, code: int, state: str) -> None:
    """`--check` exits 5 once the whole cap is spent, and prints the same as ever."""
    ask("cap", "set", amount)
    plain, checked = ask("status", "--json"), ask("status", "--check", "--json")
    assert (plain.code, checked.code) == (0, code)
    assert checked.document["caps"][0]["state"] == state
    assert checked.out == plain.out


def test_check_looks_at_every_cap(ask: Ask, logs: object) -> None:
    """One cap of several that is over is enough."""
    ask("cap", "set", "1000")
    ask("cap", "set", "0.02", "--per", "day", "--model", "claude-sonnet-*")
    assert ask("status", "--check").code == 5


def test_check_without_caps(ask: Ask, logs: object) -> None:
    """Nobody is over a cap that does not exist."""
    assert ask("status", "--check").code == 0


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("{today} {month}", "$0.27 $2.27"),
        ("{burn}", "$0.03/h"),
        ("{cap} {left} {share} {state}", "$2.50 $0.23 91 % NEAR"),
        ("{unknown} {", "{unknown} {"),
        ("", ""),
        ("€ {today}", "€ $0.27"),
    ],
)
def test_line(ask: Ask, logs: object, line: str, shown: str) -> None:
    """A line's fields are filled, the cap being the one nearest its end; only that."""
    ask("cap", "set", "2.50")
    ask("cap", "set", "100", "--per", "year")
    answer = ask("status", "--line", line)
    assert (answer.code, answer.out, answer.err) == (0, f"{shown}\n", "")


def test_line_without_cap(ask: Ask, logs: object) -> None:
    """Without a cap the line says so."""
    answer = ask("status", "--line", "{today} of {cap}{left}{share}{state}")
    assert answer.out == "$0.27 of no cap\n"


def test_timezone_moves_today(ask: Ask, logs: object) -> None:
    """Where it is tomorrow already, today holds what came after its midnight."""
    document = ask("status", "--timezone", "Pacific/Kiritimati", "--json").document
    assert document["timezone"] == "Pacific/Kiritimati"
    assert document["now"] == "2026-11-21T02:00:00+14:00"
    # Its 21 November began at 10:00 UTC on the 20th.
    assert document["today"]["cost_usd"] == 0.27255
    earlier = ask("status", "--timezone", "Pacific/Niue", "--json").document
    assert earlier["now"] == "2026-11-20T01:00:00-11:00"
    # Its 20 November began at 11:00 UTC.
    assert earlier["today"]["cost_usd"] == 0.02855


def test_people_see_the_same(ask: Ask, logs: object) -> None:
    """Today, month, pace, cap and sources in a few lines."""
    ask("cap", "set", "2.50")
    words = ask("status").out.split()
    for figure in ("today $0.27", "month $2.27", "60 min $0.03/h"):
        assert figure in " ".join(words)
    for figure in ("$2.27 of $2.50 a month, 91 %, NEAR", "left $0.23"):
        assert figure in " ".join(words)


def test_without_caps_says_how(ask: Ask, logs: object) -> None:
    """Without caps it says how to set one."""
    assert "tokentui cap set 1500 --per month" in ask("status").out


def test_no_refresh_reads_nothing(ask: Ask, logs) -> None:
    """With `--no-refresh` the ledger is taken as it is."""
    ask("refresh")
    builders.append(
        builders.transcript(logs), builders.claude_line("msg_01N", 60, request="n")
    )
    words = ("status", "--json")
    assert ask(*words, "--no-refresh").document["today"]["requests"] == 3
    assert ask(*words).document["today"]["requests"] == 4


def test_unpriced_month_is_null(ask: Ask, home) -> None:
    """Where nothing is priced this month's cost is unknown."""
    builders.write(
        builders.transcript(home), builders.claude_line("msg_01A", model="new-model")
    )
    month = ask("status", "--json").document["month"]
    assert (month["cost_usd"], month["unpriced_requests"]) == (None, 1)


def test_unpriced_today_is_null(ask: Ask, home) -> None:
    """Where nothing is priced today's cost is unknown."""
    builders.write(
        builders.transcript(home), builders.claude_line("msg_01A", model="new-model")
    )
    today = ask("status", "--json").document["today"]
    assert (today["cost_usd"], today["unpriced_requests"]) == (None, 1)


def test_unpriced_burn_is_null(ask: Ask, home) -> None:
    """Where nothing is priced the pace is unknown."""
    builders.write(
        builders.transcript(home),
        builders.claude_line("msg_01A", 7_000, model="new-model"),
    )
    assert ask("status", "--json").document["burn"]["usd_per_hour"] is None


def test_completeness(ask: Ask, home) -> None:
    """This month's partial and unpriced responses are counted, last month's are not."""
    builders.write(
        builders.transcript(home),
        builders.claude_line("msg_01A", model="new-model", request="a"),
        builders.claude_line("msg_01B", output=3, stop=None, request="b"),
        builders.claude_line("msg_01C", -30 * DAY, model="new-model", request="c"),
    )
    completeness = ask("status", "--json").document["completeness"]
    assert (completeness["partial"], completeness["unpriced"]) == (1, 1)


def test_sources(ask: Ask, logs: object, broken_log) -> None:
    """Each source says when it spoke last, how many files it has and what is wrong."""
    sources = ask("status", "--json").document["sources"]
    (problem,) = sources[1].pop("problems")
    assert sources == [
        {
            "source": "claude-code",
            "last_event": "2026-11-20T11:50:00+00:00",
            "files": 1,
            "problems": [],
        },
        {"source": "codex", "last_event": "2026-11-20T11:55:00+00:00", "files": 2},
    ]
    assert str(broken_log) in problem
    assert str(broken_log) in ask("status").out


def test_problem_ends_with_its_file(ask: Ask, logs: object, broken_log) -> None:
    """A file that could not be read and is gone is no problem any more."""
    ask("status")
    broken_log.unlink()
    sources = ask("status", "--json").document["sources"]
    assert [source["problems"] for source in sources] == [[], []]
