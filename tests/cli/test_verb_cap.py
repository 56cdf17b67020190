"""`tokentui cap`: set, replace, remove, list, and what counts against a cap."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import builders
import contract
import pytest
from asking import DAY, Ask


def rows(ask: Ask) -> dict[str, dict]:
    """Give the caps by name, as scripts see them."""
    answer = ask("cap", "list", "--json")
    assert answer.code == 0
    return {row["name"]: row for row in answer.document["rows"]}


def test_json(ask: Ask, logs: object) -> None:
    """A document has the contract's keys and types, and nothing else."""
    ask("cap", "set", "10")
    ask("cap", "set", "1000000", "--unit", "tokens", "--per", "week")
    document = ask("cap", "list", "--json").document
    assert contract.faults(document, contract.CAPS) == []
    assert len(document["rows"]) == 2


def test_no_caps(ask: Ask) -> None:
    """Without caps the document is empty, and people are told how to set one."""
    assert ask("cap", "list", "--json").document["rows"] == []
    answer = ask("cap", "list")
    assert "tokentui cap set" in answer.out + answer.err


def test_set_is_kept(ask: Ask) -> None:
    """A cap is kept in the state folder, in a file that only its owner reads."""
    assert ask("cap", "set", "1,500.50", "--per", "week", "--warn", "0.5").code == 0
    file = Path(os.environ["TOKENTUI_STATE"]) / "caps.toml"
    kept = tomllib.loads(file.read_text(encoding="utf-8"))["caps"]["week"]
    assert (kept["amount"], kept["per"], kept["warn"]) == (1500.5, "week", 0.5)
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o600


def test_share_in_percent(ask: Ask) -> None:
    """80% is 0.8, as in the dashboard's form."""
    assert ask("cap", "set", "10", "--warn", "80%").code == 0
    file = Path(os.environ["TOKENTUI_STATE"]) / "caps.toml"
    kept = tomllib.loads(file.read_text(encoding="utf-8"))["caps"]["month"]
    assert kept.get("warn", 0.8) == 0.8
    assert ask("cap", "set", "10", "--warn", "62.5%").code == 0
    kept = tomllib.loads(file.read_text(encoding="utf-8"))["caps"]["month"]
    assert kept["warn"] == 0.625


@pytest.mark.parametrize("amount", ["1500", "$1500", "1,500", "1500.00", " 1500 "])
def test_amount(ask: Ask, amount: str) -> None:
    """An amount is read as people write it."""
    assert "$1,500.00" in ask("cap", "set", amount).out
    assert rows(ask)["month"]["limit"] == 1500


@pytest.mark.parametrize(
    "amount",
    [
        "0",
        "abc",
        "",
        "1.5.0",
        "1e3",
        "nan",
        "inf",
        "15,00",
        "0.0000000001",
        "9e99",
        "٣",
    ],
)
def test_bad_amount(ask: Ask, amount: str) -> None:
    """What is no amount is refused with exit 2, and nothing is kept."""
    answer = ask("cap", "set", amount)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("tokentui: ")
    assert rows(ask) == {}


@pytest.mark.parametrize(
    "words",
    [
        ("cap", "set", "-5"),
        ("cap", "set"),
        ("cap", "set", "5", "--per", "fortnight"),
        ("cap", "set", "5", "--starts", "32"),
        ("cap", "set", "5", "--starts", "0"),
        ("cap", "set", "5", "--unit", "euro"),
        ("cap", "set", "5", "--warn", "1.5"),
        ("cap", "set", "5", "--warn", "101%"),
        ("cap", "set", "5", "--warn", "0"),
        ("cap", "set", "1.5", "--unit", "tokens"),
        ("cap", "set", "5", "--name", "a\x1b[31mb"),
        ("cap", "set", "5", "--name", "\N{RIGHT-TO-LEFT OVERRIDE}b"),
        ("cap", "set", "5", "--colour", "red"),
        ("cap", "remove"),
        ("cap", "remove", "nothing"),
        ("cap", "unset", "month"),
    ],
)
def test_refused(ask: Ask, words: tuple[str, ...]) -> None:
    """What cannot be understood is exit 2 with a reason on stderr only."""
    answer = ask(*words)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err
    assert "\x1b" not in answer.err
    assert "Traceback" not in answer.err


def test_ten_billion_tokens(ask: Ask) -> None:
    """A cap of ten billion tokens, which cache reads come to in months, can be set."""
    assert ask("cap", "set", "10000000000", "--unit", "tokens").code == 0


@pytest.mark.parametrize(
    "words", [("many", "--unit", "tokens"), ("5", "--warn", "a lot")]
)
def test_refusal_speaks_of_what_was_asked(ask: Ask, words: tuple[str, ...]) -> None:
    """Tokens and shares that are refused are not called amounts of dollars."""
    assert "dollars" not in ask("cap", "set", *words).err


@pytest.mark.parametrize(
    ("amount", "tokens"), [("20M", 20_000_000), ("1.5k", 1_500), ("3B", 3_000_000_000)]
)
def test_tokens_as_people_write_them(ask: Ask, amount: str, tokens: int) -> None:
    """Tokens may be given in thousands, millions and billions."""
    assert ask("cap", "set", amount, "--unit", "tokens").code == 0
    (row,) = rows(ask).values()
    assert row["limit"] == tokens


def test_default_name(ask: Ask) -> None:
    """An unnamed cap is named by period and scope, so that it can be set again."""
    ask("cap", "set", "10")
    ask("cap", "set", "20", "--project", "acme-*", "--not-model", "*haiku*")
    ask("cap", "set", "1000", "--unit", "tokens", "--per", "day")
    ask("cap", "set", "30")
    ask("cap", "set", "40", "--project", "acme-*", "--not-model", "*haiku*")
    limits = {name: row["limit"] for name, row in rows(ask).items()}
    assert sorted(limits.values()) == [30, 40, 1000]
    assert limits["month"] == 30


def test_name_replaces(ask: Ask) -> None:
    """Setting a name again replaces all of it."""
    ask("cap", "set", "10", "--name", "mine", "--project", "acme", "--starts", "12")
    ask("cap", "set", "20", "--name", "mine", "--per", "week")
    (row,) = rows(ask).values()
    assert (row["name"], row["period"], row["limit"]) == ("mine", "week", 20)
    text = (Path(os.environ["TOKENTUI_STATE"]) / "caps.toml").read_text("utf-8")
    assert "acme" not in text


@pytest.mark.parametrize("name", ['a"b', "a.b", "ünï 😀", "a\\b", "a=b # c", " x "])
def test_any_name(ask: Ask, name: str) -> None:
    """A name with quotes, dots or emoji survives the file, and can be removed."""
    assert ask("cap", "set", "10", "--name", name).code == 0
    assert list(rows(ask)) == [name]
    assert ask("cap", "remove", name).code == 0
    assert rows(ask) == {}


def test_remove(ask: Ask) -> None:
    """Removing takes one cap and leaves the others."""
    ask("cap", "set", "10")
    ask("cap", "set", "5", "--per", "day")
    assert ask("cap", "remove", "month").code == 0
    assert list(rows(ask)) == ["day"]


def test_remove_unknown_names_the_known(ask: Ask) -> None:
    """An unknown name is answered with those that could be removed."""
    ask("cap", "set", "5", "--per", "day")
    answer = ask("cap", "remove", "dya")
    assert answer.code == 2
    assert "'dya'" in answer.err
    assert "day" in answer.err.replace("'dya'", "")


def test_config_cap_is_not_removed(ask: Ask, config) -> None:
    """A cap of config.toml stays until its owner edits that file, which is named."""
    file = config('[caps.acme]\namount = 5\nper = "week"\n')
    before = file.read_bytes()
    answer = ask("cap", "remove", "acme")
    assert answer.code == 2
    assert str(file) in answer.err
    assert file.read_bytes() == before
    assert "acme" in rows(ask)


def test_set_beats_config(ask: Ask, config) -> None:
    """What `cap set` made stands over a config cap of that name, until removed."""
    config('[caps.month]\namount = 5\nper = "month"\n')
    ask("cap", "set", "7")
    assert (rows(ask)["month"]["limit"], rows(ask)["month"]["origin"]) == (
        7,
        "caps.toml",
    )
    ask("cap", "remove", "month")
    assert (rows(ask)["month"]["limit"], rows(ask)["month"]["origin"]) == (
        5,
        "config.toml",
    )


@pytest.mark.parametrize(
    ("scope", "spent"),
    [
        ((), 0.27255),
        (("--source", "codex"), 0.00655),
        (("--not-source", "codex"), 0.266),
        (("--model", "claude-*"), 0.266),
        (("--model", "claude-sonnet-5-5", "--model", "gpt*"), 0.02855),
        (("--not-model", "*sonnet*", "--not-model", "*opus*"), 0.00655),
        (("--project", "acme"), 0.25055),
        (("--project", "/nowhere/*", "--not-project", "acme"), 0.022),
        (("--provider", "openai"), 0.00655),
        (("--not-provider", "openai"), 0.266),
        (("--label", "nightly"), 0),
        (("--not-label", "nightly"), 0.27255),
        (("--model", "claude-*", "--project", "billing"), 0.022),
    ],
)
def test_scope(ask: Ask, logs: object, scope: tuple[str, ...], spent: float) -> None:
    """Only usage in the scope counts; values of one scope add, scopes narrow."""
    ask("cap", "set", "10", "--per", "day", "--name", "it", *scope)
    assert rows(ask)["it"]["spent"] == spent


@pytest.mark.parametrize(
    ("per", "since", "until", "spent"),
    [
        ("day", "2026-11-20", "2026-11-21", 0.27255),
        ("week", "2026-11-16", "2026-11-23", 2.27255),
        ("month", "2026-11-01", "2026-12-01", 2.27255),
        ("quarter", "2026-10-01", "2027-01-01", 4.27255),
        ("year", "2026-01-01", "2027-01-01", 4.27255),
    ],
)
def test_period(
    ask: Ask, logs: object, per: str, since: str, until: str, spent: float
) -> None:
    """A cap counts the local day, week from Monday, month, quarter or year."""
    ask("cap", "set", "10", "--per", per)
    (row,) = rows(ask).values()
    assert (row["since"], row["until"]) == (
        f"{since}T00:00:00+00:00",
        f"{until}T00:00:00+00:00",
    )
    assert row["spent"] == spent


@pytest.mark.parametrize(
    ("starts", "since", "until", "spent"),
    [
        ("12", "2026-11-12", "2026-12-12", 2.27255),
        ("20", "2026-11-20", "2026-12-20", 0.27255),
        ("21", "2026-10-21", "2026-11-21", 2.27255),
        ("15", "2026-11-15", "2026-12-15", 2.27255),
        ("31", "2026-10-31", "2026-11-30", 2.27255),
    ],
)
def test_month_that_starts_late(
    ask: Ask, logs: object, starts: str, since: str, until: str, spent: float
) -> None:
    """A month may start on any day, or on the last of one that is too short."""
    ask("cap", "set", "10", "--starts", starts)
    (row,) = rows(ask).values()
    assert (row["since"][:10], row["until"][:10]) == (since, until)
    assert row["spent"] == spent


def test_tokens(ask: Ask, logs: object) -> None:
    """Tokens of every kind count, reasoning not again beside the output."""
    ask("cap", "set", "200000", "--unit", "tokens", "--per", "day")
    (row,) = rows(ask).values()
    # 1k + 100k + 30k + 2k, 1k + 2k, 1k + 300
    assert (row["spent"], row["left"], row["limit"]) == (137_300, 62_700, 200_000)
    assert all(isinstance(row[key], int) for key in ("spent", "left", "limit"))


@pytest.mark.parametrize(
    ("amount", "state"),
    [
        # 80 % of 0.3406875 is 0.27255 exactly
        ("0.3406876", "ok"),
        ("0.3406875", "near"),
        ("0.27255001", "near"),
        ("0.27255", "over"),
        ("0.1", "over"),
    ],
)
def test_state(ask: Ask, logs: object, amount: str, state: str) -> None:
    """Near begins at the share of `--warn`, over where nothing is left."""
    ask("cap", "set", amount, "--per", "day")
    (row,) = rows(ask).values()
    assert row["state"] == state
    assert (row["safe_per_day"] is None) is (state == "over")


def test_table(ask: Ask, logs: object) -> None:
    """People see spent, limit, share, state and where each cap was set."""
    ask("cap", "set", "0.3", "--per", "day")
    (line,) = (each for each in ask("cap", "list").lines if each.startswith("day"))
    assert line.split() == ["day", "$0.27", "$0.30/day", "91", "%", "NEAR", "caps.toml"]


def test_lower_bound(ask: Ask, home) -> None:
    """What may be more is marked with ≥."""
    builders.write(
        builders.transcript(home),
        builders.claude_line("msg_01A", input=250_000, output=3, stop=None),
    )
    ask("cap", "set", "10")
    (line,) = (each for each in ask("cap", "list").lines if each.startswith("month"))
    assert line.split()[1] == "≥$1.00"


def test_json_is_one_document(ask: Ask, config) -> None:
    """Nothing follows the document, whatever caps there are."""
    config('[caps.q]\namount = 50\nper = "week"\nunit = "quota:five-hour"\n')
    assert ask("cap", "list", "--json").document["kind"] == "caps"


def test_timezone(ask: Ask, logs: object, config) -> None:
    """A cap's days are those of the zone of the config."""
    config('timezone = "Pacific/Kiritimati"\n')
    ask("cap", "set", "10", "--per", "day")
    (row,) = rows(ask).values()
    assert row["since"] == "2026-11-21T00:00:00+14:00"


def test_timezone_option(ask: Ask, logs: object) -> None:
    """Caps can be listed in another zone, as `status` shows them there."""
    ask("cap", "set", "10", "--per", "day")
    words = ("--timezone", "Pacific/Niue", "--json")
    (listed,) = ask("cap", "list", *words).document["rows"]
    (stated,) = ask("status", *words).document["caps"]
    assert listed["spent"] == stated["spent"] == 0.02855


def test_zero_is_called_zero(ask: Ask) -> None:
    """An amount that is refused is shown as it was written."""
    assert "0e-9" not in ask("cap", "set", "0").err


def test_damaged_caps_file(ask: Ask) -> None:
    """A caps file that is no TOML is exit 2 naming it, and is left as it is."""
    file = Path(os.environ["TOKENTUI_STATE"]) / "caps.toml"
    builders.write(file, b"[caps.month\n")
    for words in (("cap", "list"), ("cap", "set", "5"), ("status",)):
        answer = ask(*words)
        assert (answer.code, answer.out) == (2, "")
        assert str(file) in answer.err
    assert file.read_bytes() == b"[caps.month\n"


def test_old_usage_does_not_count(ask: Ask, home) -> None:
    """Usage before the period's first moment or after its end is not spent."""
    first = -(19 * DAY + 36_000)
    builders.write(
        builders.transcript(home),
        *(
            builders.claude_line(
                f"msg_01{n}", seconds, input=0, output=50_000 * 10**n, request=f"{n}"
            )
            for n, seconds in enumerate(
                (first - 0.001, first, first + 30 * DAY - 0.001, first + 30 * DAY)
            )
        ),
    )
    ask("cap", "set", "1000000")
    assert rows(ask)["month"]["spent"] == 10 + 100


def test_raise(ask: Ask, logs: object) -> None:
    """A cap is raised by an amount for a while; why is kept and shown."""
    ask("cap", "set", "2")
    because = "the release\x1b[31m"
    words = ("raise", "month", "+1.50", "--until", "2026-11-25", "--because", because)
    assert ask("cap", *words).code == 0
    row = rows(ask)["month"]
    assert (row["limit"], row["left"], row["state"]) == (3.5, 1.22745, "ok")
    assert row["raises"] == [
        {"amount": 1.5, "until": "2026-11-25T00:00:00+00:00", "because": because}
    ]
    text = ask("status").out
    assert "the release" in text
    assert "\x1b" not in text


@pytest.mark.parametrize(
    "words",
    [
        ("raise", "nothing", "+5"),
        ("raise", "month"),
        ("raise", "month", "much"),
        ("raise", "month", "+5", "--until", "2026-11-19"),
        ("raise", "month", "+5", "--until", "someday"),
    ],
)
def test_raise_refused(ask: Ask, logs: object, words: tuple[str, ...]) -> None:
    """A cap that is none, an amount that is none or a past end is exit 2."""
    ask("cap", "set", "2")
    answer = ask("cap", *words)
    assert (answer.code, answer.out) == (2, "")
    assert rows(ask)["month"]["raises"] == []


def test_each(ask: Ask, logs: object) -> None:
    """A cap for each source counts each of them alone, under its name."""
    ask("cap", "set", "1", "--per", "day", "--each", "source")
    found = {name: row["spent"] for name, row in rows(ask).items()}
    assert sorted(found.values()) == [0.00655, 0.266]
    assert {name.split()[-1] for name in found} == {"claude-code", "codex"}


def test_explain(ask: Ask, logs: object) -> None:
    """Explained, a cap is taken apart down to the sessions, with the same sum."""
    ask("cap", "set", "5", "--per", "day")
    text = ask("cap", "list", "--explain").out
    for words in ("$5.00 as set", "list prices $0.27", "acme", "billing", "$0.24"):
        assert words in text


def test_unknown_quota_in_json(ask: Ask, logs: object) -> None:
    """Of a quota that no provider has spoken of, what is used is null."""
    ask("cap", "set", "50", "--unit", "quota:five-hour", "--name", "q")
    row = rows(ask)["q"]
    assert (row["state"], row["limit"]) == ("unknown", 50)
    assert (row["spent"], row["left"], row["share"]) == (None, None, None)


def test_unknown_quota_in_the_table(ask: Ask, logs: object) -> None:
    """Nor do people read a zero."""
    ask("cap", "set", "50", "--unit", "quota:five-hour", "--name", "q")
    (line,) = (each for each in ask("cap", "list").lines if each.startswith("q"))
    assert " 0 %" not in line
