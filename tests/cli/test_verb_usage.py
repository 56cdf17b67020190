"""`tokentui usage` and its other names: figures, periods, filters, keys."""

from __future__ import annotations

import builders
import contract
import pytest
from asking import Ask

from tokentui.queries.usage import KEYS

ALL_TIME = ("--since", "2000-01-01")


def costs(ask: Ask, *words: str) -> dict[object, object]:
    """Give the cost in each row by its key; a pair of keys is a tuple."""
    table = ask("usage", *words, "--json").document
    keys = [tuple(row[key] for key in table["by"]) for row in table["rows"]]
    amounts = [row["cost_usd"] for row in table["rows"]]
    named = [key[0] if len(key) == 1 else key for key in keys]
    return dict(zip(named, amounts, strict=True))


def test_json_of_two_keys(ask: Ask, logs: object) -> None:
    """A document has the contract's keys and types, and nothing else."""
    document = ask("usage", "--by", "day", "--by", "model", "--json").document
    assert contract.faults(document, contract.usage("day", "model")) == []


@pytest.mark.parametrize("key", KEYS)
def test_json_of_every_key(ask: Ask, logs: object, key: str) -> None:
    """Whatever is grouped by, rows have the same shape and add up to the total."""
    document = ask("usage", "--by", key, "--json").document
    assert contract.faults(document, contract.usage(key)) == []
    assert sum(row["requests"] for row in document["rows"]) == 5
    assert sum(row["cost_usd"] for row in document["rows"]) == pytest.approx(4.27255)


def test_json_of_a_span(ask: Ask, logs: object) -> None:
    """Since and until stand in the document with the offset of the zone asked for."""
    document = ask(
        "usage", "--period", "2026-11", "--timezone", "Europe/Berlin", "--json"
    ).document
    assert (document["since"], document["until"], document["timezone"]) == (
        "2026-11-01T00:00:00+01:00",
        "2026-12-01T00:00:00+01:00",
        "Europe/Berlin",
    )


def test_cost_by_hand(ask: Ask, logs: object) -> None:
    """Each model costs what its tokens cost at list price, to the millionth."""
    assert costs(ask, "--by", "model") == {
        "claude-opus-5-5": 4.244,
        "claude-sonnet-5-5": 0.022,
        "gpt-5.4": 0.00655,
    }


def test_tokens_by_kind(ask: Ask, logs: object) -> None:
    """Tokens are counted once, each under its kind."""
    (row,) = ask("usage", "--period", "today", "--model", "*opus*", "--json").document[
        "rows"
    ]
    assert row["tokens"] == {
        "input": 1_000,
        "cache_read": 100_000,
        "cache_write": 20_000,
        "cache_write_1h": 10_000,
        "output": 2_000,
        "reasoning": 0,
    }


def test_without_key_the_last_14_days(ask: Ask, logs: object) -> None:
    """Bare `usage` shows the last 14 days, by day."""
    assert costs(ask) == {"2026-11-19": 2, "2026-11-20": 0.27255}


def test_with_key_all_time(ask: Ask, logs: object) -> None:
    """With a key and no period nothing is left out."""
    assert costs(ask, "--by", "month") == {"2026-10": 2, "2026-11": 2.27255}


@pytest.mark.parametrize(
    ("words", "dollars"),
    [
        (("--period", "today"), 0.27255),
        (("--period", "yesterday"), 2),
        (("--period", "week"), 2.27255),
        (("--period", "2026-W47"), 2.27255),
        (("--period", "month"), 2.27255),
        (("--period", "last-month"), 2),
        (("--period", "2026-10"), 2),
        (("--period", "2026-Q4"), 4.27255),
        (("--last", "1d"), 0.27255),
        (("--last", "2d"), 2.27255),
        (("--last", "1h"), 0.02855),
        (("--last", "7m"), 0.00655),
        (("--since", "2026-11-20"), 0.27255),
        (("--until", "2026-11-20"), 4),
        (("--since", "2026-11-19", "--until", "2026-11-20"), 2),
        (("--since", "2026-11-20T10:00:01Z"), 0.02855),
        (("--since", "2026-11-20T11:00:00+01:00", "--until", "now"), 0.27255),
        (("--since", "2026-11-20", "--until", "2026-11-20"), 0),
    ],
)
def test_period(ask: Ask, logs: object, words: tuple[str, ...], dollars: float) -> None:
    """A period begins with its first moment and ends before its last."""
    document = ask("usage", *words, "--json").document
    assert document["total"]["cost_usd"] == dollars


@pytest.mark.parametrize(
    ("words", "requests"),
    [
        (("--source", "codex"), 1),
        (("--source", "claude-*"), 4),
        (("--source", "codex", "--source", "claude-code"), 5),
        (("--provider", "anthropic"), 4),
        (("--model", "claude-*-5-5"), 4),
        (("--model", "CLAUDE-SONNET*"), 1),
        (("--project", "acme"), 4),
        (("--project", "/nowhere/bill*"), 1),
        (("--session", builders.SESSION[:8]), 4),
        (("--model", "gpt*", "--project", "billing"), 0),
    ],
)
def test_filter(ask: Ask, logs: object, words: tuple[str, ...], requests: int) -> None:
    """Filters of one label widen each other, of two labels narrow."""
    document = ask("usage", *words, *ALL_TIME, "--json").document
    assert document["total"]["requests"] == requests


def test_last_session(ask: Ask, logs: object) -> None:
    """The session that spoke last can be called `last`."""
    document = ask("usage", "--by", "model", "--session", "last", "--json").document
    assert [row["model"] for row in document["rows"]] == ["gpt-5.4"]


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("daily", "day"),
        ("weekly", "week"),
        ("monthly", "month"),
        ("session", "session"),
        ("blocks", "block"),
    ],
)
def test_other_names(ask: Ask, logs: object, word: str, key: str) -> None:
    """Other tools' verbs give the same document as `usage --by`."""
    assert ask(word, "--json").out == ask("usage", "--by", key, "--json").out


def test_time_keys(ask: Ask, logs: object) -> None:
    """Hours and blocks have an offset, weeks and months are ISO."""
    words = ("--period", "today", "--model", "*opus*", "--timezone", "Asia/Kolkata")
    keys = {
        key: next(iter(costs(ask, *words, "--by", key)))
        for key in ("hour", "day", "week", "month", "block")
    }
    assert keys == {
        "hour": "2026-11-20T15:00+05:30",
        "day": "2026-11-20",
        "week": "2026-W47",
        "month": "2026-11",
        "block": "2026-11-20T15:30:00+05:30",
    }


def test_timezone_moves_days(ask: Ask, logs: object) -> None:
    """What was 10 o'clock in UTC is the next day 14 hours further east."""
    assert costs(ask, "--by", "day", "--timezone", "Pacific/Kiritimati") == {
        "2026-10-16": 2,
        "2026-11-20": 2,
        "2026-11-21": 0.27255,
    }


def test_timezone_of_the_config(ask: Ask, logs: object, config) -> None:
    """The config names the zone of days, and the option beats it."""
    config('timezone = "Pacific/Kiritimati"\n')
    assert "2026-11-21" in costs(ask, "--by", "day")
    assert "2026-11-21" not in costs(ask, "--by", "day", "--timezone", "UTC")


def test_ticket_of_the_config(ask: Ask, logs: object, config) -> None:
    """A ticket is read from the branch by the expression of the config."""
    assert costs(ask, "--by", "ticket", "--period", "today") == {
        "ACME-7": 0.022,
        None: 0.25055,
    }
    config("[display]\nticket = '[a-z]+$'\n")
    assert costs(ask, "--by", "ticket", "--period", "today") == {
        "fix": 0.022,
        "main": 0.25055,
    }


def test_label_of_the_environment(
    ask: Ask, logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`TOKENTUI_LABEL` marks what that run reads first, and nothing else."""
    ask("refresh")
    builders.append(
        builders.transcript(logs),
        builders.claude_line("msg_01N", 60, input=0, output=50_000, request="n"),
    )
    monkeypatch.setenv("TOKENTUI_LABEL", "nightly")
    ask("refresh")
    monkeypatch.delenv("TOKENTUI_LABEL")
    assert costs(ask, "--by", "label") == {None: 4.27255, "nightly": 1}
    only = ask("usage", "--label", "night*", *ALL_TIME, "--json").document
    assert only["total"]["requests"] == 1


def test_unpriced_is_null(ask: Ask, home) -> None:
    """A row of only unpriced responses has no cost, not the cost 0; a note says so."""
    builders.write(
        builders.transcript(home),
        builders.claude_line("msg_01A", model="new-model", request="a"),
        builders.claude_line("msg_01B", input=0, output=50_000, request="b"),
    )
    document = ask("usage", "--by", "model", "--json").document
    assert {row["model"]: row["cost_usd"] for row in document["rows"]} == {
        "claude-opus-5-5": 1,
        "new-model": None,
    }
    assert document["total"]["cost_usd"] == 1
    assert document["total"]["unpriced_requests"] == 1
    assert "new-model" in document["warnings"][0]
    table = ask("usage", "--by", "model")
    (row,) = (line for line in table.lines if line.startswith("new-model"))
    assert row.endswith("unpriced")
    assert "new-model" in table.err


def test_only_unpriced_total_is_null(ask: Ask, home) -> None:
    """Where nothing is priced the total is unknown."""
    builders.write(
        builders.transcript(home), builders.claude_line("msg_01A", model="new-model")
    )
    document = ask("usage", "--by", "model", "--json").document
    assert document["total"]["cost_usd"] is None
    assert ask("usage").lines[-1].endswith("unpriced")


def test_lower_bound_is_marked(ask: Ask, home) -> None:
    """Output that was never completed makes the sum a lower bound, marked with ≥."""
    builders.write(
        builders.transcript(home),
        builders.claude_line("msg_01A", input=250_000, output=3, stop=None),
    )
    assert ask("usage", "--json").document["total"]["partial_requests"] == 1
    answer = ask("usage")
    assert answer.lines[-1].endswith("≥$1.00")
    assert "lower bound" in answer.err


def test_table_is_sorted_by_cost(ask: Ask, logs: object) -> None:
    """Rows of names come dearest first, rows of time oldest first."""
    by_model = [line.split()[0] for line in ask("usage", "--by", "model").lines[2:5]]
    assert by_model == ["claude-opus-5-5", "claude-sonnet-5-5", "gpt-5.4"]
    by_day = [line.split()[0] for line in ask("usage").lines[2:4]]
    assert by_day == ["2026-11-19", "2026-11-20"]


def test_table_by_hand(ask: Ask, logs: object) -> None:
    """The table for people says the same, in round figures."""
    assert [line.split() for line in ask("usage", "--period", "today").lines] == [
        ["day", "req", "in", "cached", "out", "cost"],
        ["──────────", "───", "─────", "──────", "────", "─────"],
        ["2026-11-20", "3", "32.8k", "100k", "4.3k", "$0.27"],
        ["──────────", "───", "─────", "──────", "────", "─────"],
        ["total", "3", "32.8k", "100k", "4.3k", "$0.27"],
    ]


def test_nothing_used(ask: Ask) -> None:
    """An empty history is an empty table that costs nothing, not an error."""
    answer = ask("usage", "--json")
    assert (answer.code, answer.document["rows"]) == (0, [])
    assert answer.document["total"]["cost_usd"] == 0
    assert ask("usage").lines[-1].split() == ["total", "0", "0", "0", "0", "$0.00"]


def test_no_refresh_reads_nothing(ask: Ask, logs) -> None:
    """With `--no-refresh` the ledger is taken as it is."""
    ask("refresh")
    builders.append(
        builders.transcript(logs), builders.claude_line("msg_01N", 60, request="n")
    )
    words = ("usage", "--json", *ALL_TIME)
    assert ask(*words, "--no-refresh").document["total"]["requests"] == 5
    assert ask(*words).document["total"]["requests"] == 6
