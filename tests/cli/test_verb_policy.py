"""`tokentui routes policy`: each kind of work, where it belongs, what moving saves."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import contract
import pytest
import sample_ledgers
import weeks
from asking import NOW, Ask
from msgspec.structs import replace

from tokentui.events import EDITED_CODE, EDITED_TEXT, PLANNED

Config = Callable[[str], Path]
FLAGGED = """
[projects.health]
match.path = "/src/health"
sensitive = true
"""
MACHINE = """
[routes.machine]
model = "glm-5.3-flash"
price = 10_950
years = 3
watts = 500
tokens_per_second = 400
price_per_kwh = 0.3
"""


def worked(
    session: str,
    *,
    deeds: int | None = 0,
    minutes: int = 9,
    input: int = 100_000,  # noqa: A002 - the ledger's own word
    output: int = 1_000,
    **labels: object,
) -> None:
    """Put a response of a session into the ledger of the verbs."""
    event = sample_ledgers.event(
        NOW - timedelta(minutes=minutes), input=input, cache_read=0, output=output
    )
    series = sample_ledgers.series(
        **{"session": session, "model": "claude-opus-4-8", "project": "/src/a"} | labels
    )
    ledger = Path(os.environ["TOKENTUI_LEDGER"])
    sample_ledgers.add(ledger, [(series, [replace(event, deeds=deeds)])])


@pytest.fixture
def kinds(home: Path, config: Config) -> None:
    """One session of each kind, of one response each.

    Dollars per million tokens, input and output: Opus 4.8 5 and 25, Opus 5.5 4 and 20,
    Sonnet 5.5 2 and 10, Haiku 5.5 0.10 and 0.50 (a prompt beyond 100,000: 0.50, 2.50),
    GPT-6.1 Terra 1 and 5, at flex half of that.
    """
    config(FLAGGED)
    worked("asked", output=2_000)
    worked("wrote", deeds=EDITED_TEXT, minutes=8, output=10_000)
    worked("planned", deeds=PLANNED, minutes=7, model="claude-sonnet-5-5")
    worked("long", deeds=EDITED_CODE, minutes=6, input=200_000)
    worked("nightly", minutes=5, entrypoint="codex_exec", source="codex", **TERRA)
    worked("secret", minutes=4, project="/src/health")
    worked("coded", minutes=3, deeds=EDITED_CODE)


TERRA = {"model": "gpt-6.1-terra", "endpoint": "openai", "account": None}


def rows(ask: Ask, *words: str) -> dict[str, dict]:
    """Give the rows of the document by kind of work."""
    document = ask("routes", "policy", "--json", *words).document
    assert contract.faults(document, contract.POLICY) == []
    return {row["workload"]: row for row in document["rows"]}


def test_where_each_kind_belongs(ask: Ask, kinds: None) -> None:
    """Kinds are in order, each with what it cost and the class where it belongs."""
    found = rows(ask)
    assert [
        (kind, row["cost_usd"], row["default"] and row["default"]["class"])
        for kind, row in found.items()
    ] == [
        ("sensitive", 0.525, "own endpoint"),
        ("high-risk", 0.21, "frontier"),
        ("bulk", 0.105, "batch"),
        ("long-context", 1.025, "GLM or Sonnet"),
        ("drafting", 0.75, "mid model"),
        ("simple", 0.55, "small model"),
        ("other", 0.525, None),
    ]
    shares = [row["share"] for row in found.values()]
    assert sum(shares) == pytest.approx(1)
    assert found["simple"]["share"] == pytest.approx(0.55 / 3.69)


def test_what_moving_saves(ask: Ask, kinds: None) -> None:
    """What is saved is the cost less each estimate; what is not known is null."""
    found = rows(ask)

    def saves(kind: str) -> dict[str, float | None]:
        row = found[kind]
        return {name: row["saves_usd"][name] for name in ("same_tokens", "benchmark")}

    # Haiku: 100,000 tokens at 0.10 and 2,000 at 0.50 are $0.011.
    assert saves("simple") == {"same_tokens": 0.539, "benchmark": None}
    # Sonnet: 100,000 at 2 and 10,000 at 10 are $0.30; 200,000 and 1,000 are $0.41.
    assert saves("drafting") == {"same_tokens": 0.45, "benchmark": None}
    assert saves("long-context") == {"same_tokens": 0.615, "benchmark": None}
    # Opus 5.5: 100,000 at 4 and 1,000 at 20 are $0.42, twice as much.
    assert saves("high-risk") == {"same_tokens": -0.21, "benchmark": None}
    assert saves("bulk") == {"same_tokens": 0.0525, "benchmark": None}
    verdicts = {
        kind: row["alternative"]["verdict"]
        for kind, row in found.items()
        if row["alternative"]
    }
    assert verdicts == {
        "high-risk": "dearer",
        "bulk": "cheaper",
        "long-context": "not clearly cheaper",
        "drafting": "not clearly cheaper",
        "simple": "not clearly cheaper",
    }
    assert found["simple"]["alternative"]["model"] == "claude-haiku-5-5"
    assert found["other"]["saves_usd"] is None


def test_the_worked_week(ask: Ask, home: Path) -> None:
    """The week of $157.50 has long prompts; on Sonnet 5.5 its tokens cost $48.00."""
    weeks.worked_week(Path(os.environ["TOKENTUI_LEDGER"]))
    (row,) = rows(ask).values()
    assert (row["workload"], row["sessions"], row["requests"]) == (
        "long-context",
        40,
        1_000,
    )
    assert (row["cost_usd"], row["moved_usd"]) == (157.5, 157.5)
    assert row["saves_usd"]["same_tokens"] == 109.5
    assert row["alternative"]["verdict"] == "not clearly cheaper"


def test_what_is_cheap_stays(ask: Ask, home: Path) -> None:
    """Only what costs more for the same tokens moves down; of it the rest is said."""
    worked("one", deeds=EDITED_TEXT)
    worked("one", deeds=0, minutes=8, model="claude-haiku-5-5", agent="explore")
    (row,) = rows(ask).values()
    assert (row["workload"], row["cost_usd"]) == ("drafting", 0.5355)
    assert row["moved_usd"] == 0.525
    assert row["saves_usd"]["same_tokens"] == 0.315

    worked("two", deeds=0, minutes=7, model="gpt-6-luna", endpoint="openai")
    simple = rows(ask, "--model", "gpt-*")["simple"]
    assert simple["default"]["model"] == "gpt-6-luna"
    assert simple["alternative"] is None
    assert simple["default"]["why_unknown"] == (
        "it is on models that cost no more for the same tokens"
    )


def test_plans_apart(ask: Ask, home: Path) -> None:
    """List value inside a flat plan moves apart from what somebody pays."""
    worked("paid", output=2_000)
    worked("planned", output=2_000, minutes=8, account="claude_max")
    (row,) = rows(ask).values()
    assert (row["cost_usd"], row["plan_list_usd"]) == (0.55, 0.55)
    assert row["moved_usd"] == row["plan_list_moved_usd"] == 0.55
    assert row["saves_usd"]["same_tokens"] == 0.539
    assert row["plan_list_saves_usd"]["same_tokens"] == 0.539


def test_own_endpoint(ask: Ask, home: Path, config: Config) -> None:
    """Without a machine its cost is not known; with one it is, for what it writes.

    7.2 million tokens take it 5 hours: 2.5 kWh at $0.30. It costs $300 in 30 days, and
    $108 for the power of 720 hours.
    """
    config(FLAGGED)
    glm = {"model": "glm-5.3-flash", "endpoint": None, "account": None}
    worked("secret", project="/src/health", output=7_200_000, **glm)
    row = rows(ask)["sensitive"]
    assert row["own_endpoint_usd"] is None
    assert row["default"]["why_unknown"].startswith("no [routes.machine]")
    config(FLAGGED + MACHINE)
    row = rows(ask)["sensitive"]
    assert row["default"]["model"] == "glm-5.3-flash"
    assert row["own_endpoint_usd"] == {"low": 300.75, "mid": 408, "high": 408}
    text = ask("routes", "policy").out
    assert (
        "sensitive: hardware of your own would have cost $300.75 if it ran only while"
        " it writes, $408.00 if all the time" in text
    )


def test_what_the_user_does_not_want(ask: Ask, home: Path, config: Config) -> None:
    """A denied vendor is passed over; if all are, it is said why."""
    config('[routes]\ndeny_vendors = ["anthropic"]')
    worked("asked")
    assert rows(ask)["simple"]["default"]["model"] == "gpt-6-luna"
    config("[routes]\nmin_quality = 100")
    row = rows(ask)["simple"]
    assert row["default"]["model"] is None
    assert row["default"]["why_unknown"].startswith("claude-haiku-5-5 is left out: no")


def test_for_people(ask: Ask, kinds: None) -> None:
    """Two tables: what there was, and what moving it would save; and what is open."""
    lines = [line.split() for line in ask("routes", "policy").lines]
    told = [" ".join(line) for line in lines]
    assert told[0] == (
        "$3.69 paid by the token, and list value of $0.00 inside flat plans, in 7 runs."
    )
    assert told[4:11] == [
        "sensitive 1 $0.52 14% $0.00 claude-opus-4-8 own endpoint",
        "high-risk 1 $0.21 6% $0.00 claude-sonnet-5-5 frontier: claude-opus-5-5",
        "bulk 1 $0.10 3% $0.00 gpt-6.1-terra batch",
        "long-context 1 $1.02 28% $0.00 claude-opus-4-8 GLM or Sonnet:"
        " claude-sonnet-5-5",
        "drafting 1 $0.75 20% $0.00 claude-opus-4-8 mid model: claude-sonnet-5-5",
        "simple 1 $0.55 15% $0.00 claude-opus-4-8 small model: claude-haiku-5-5",
        "other 1 $0.52 14% $0.00 claude-opus-4-8 as it is",
    ]
    assert told[14:19] == [
        "high-risk $0.21 -$0.21 -$0.21 ? ? dearer",
        "bulk $0.10 $0.05 ? ? ? cheaper",
        "long-context $1.02 $0.62 $0.62 ? ? not clearly cheaper",
        "drafting $0.75 $0.45 $0.45 ? ? not clearly cheaper",
        "simple $0.55 $0.54 $0.54 ? ? not clearly cheaper",
    ]
    assert (
        "simple: not clearly cheaper, since no benchmark tells how many tokens it would"
        " need"
    ) in told


def test_nothing(ask: Ask, home: Path) -> None:
    """Where there was no work it is said, and no router is configured."""
    worked("old", minutes=60 * 24 * 90)
    assert ask("routes", "policy").lines == [
        "There was no work in that time that has a session."
    ]
    assert rows(ask) == {}
    answer = ask("routes", "policy", "--format", "ccr")
    assert (answer.code, answer.out) == (2, "")
    assert "no work in that time" in answer.err


def test_imports_are_of_no_kind(ask: Ask, home: Path) -> None:
    """What has no session is in no row, and that is said."""
    worked("asked", output=2_000)
    worked("", origin="import", minutes=8, input=200_000, output=0)
    answer = ask("routes", "policy", "--json")
    assert [row["cost_usd"] for row in answer.document["rows"]] == [0.55]
    assert answer.document["cost_usd"] == 1.55
    assert answer.document["warnings"] == [
        "$1.00 is of no session (imports), and so of no kind of work"
    ]


def test_claude_code_router(ask: Ask, kinds: None) -> None:
    """Its config names variables in place of keys, and what it can tell apart."""
    answer = ask("routes", "policy", "--format", "ccr")
    assert json.loads(answer.out) == {
        "Providers": [
            {
                "name": "anthropic",
                "api_base_url": "https://api.anthropic.com/v1/messages",
                "api_key": "$ANTHROPIC_API_KEY",
                "models": [
                    "claude-opus-4-8",
                    "claude-haiku-5-5",
                    "claude-opus-5-5",
                    "claude-sonnet-5-5",
                ],
                "transformer": {"use": ["Anthropic"]},
            }
        ],
        "Router": {
            "default": "anthropic,claude-opus-4-8",
            "background": "anthropic,claude-haiku-5-5",
            "think": "anthropic,claude-opus-5-5",
            "longContext": "anthropic,claude-sonnet-5-5",
            "longContextThreshold": 150_000,
        },
    }
    assert "a router is paid by the token" in answer.err


def test_litellm(ask: Ask, kinds: None) -> None:
    """Each kind of work is a model; what belongs nowhere else is left where it is."""
    lines = ask("routes", "policy", "--format", "litellm").lines
    assert lines[:2] == [
        "model_list:",
        "  # sensitive: 1 run, $0.52, mostly on claude-opus-4-8, no [routes.machine] in"
        " the config, so that its cost is not known",
    ]
    assert lines[2:13] == [
        "  # high-risk: 1 run, $0.21, mostly on claude-sonnet-5-5, dearer there",
        '  - model_name: "high-risk"',
        "    litellm_params:",
        '      model: "anthropic/claude-opus-5-5"',
        "      api_key: os.environ/ANTHROPIC_API_KEY",
        "  # bulk: 1 run, $0.10, mostly on gpt-6.1-terra, cheaper there",
        '  - model_name: "bulk"',
        "    litellm_params:",
        '      model: "openai/gpt-6.1-terra"',
        "      api_key: os.environ/OPENAI_API_KEY",
        '      service_tier: "flex"',
    ]
    assert "  # sustained: there was none" in lines


def test_own_endpoint_of_a_router(ask: Ask, home: Path, config: Config) -> None:
    """What is sensitive goes to the user's own server, whose place he names."""
    config(FLAGGED + MACHINE)
    worked("secret", project="/src/health")
    lines = ask("routes", "policy", "--format", "litellm").lines
    assert lines[2:7] == [
        '  - model_name: "sensitive"',
        "    litellm_params:",
        '      model: "openai/glm-5.3-flash"',
        "      api_key: os.environ/OWN_ENDPOINT_API_KEY",
        "      api_base: os.environ/OWN_ENDPOINT_URL",
    ]


@pytest.mark.parametrize("router", ["ccr", "litellm"])
def test_odd_names_stay_names(router: str, ask: Ask, home: Path) -> None:
    """A model's name that was logged is text in a config, whatever stands in it."""
    odd = 'claude-x"\n  - model_name: evil\x1b[31m ${KEY}'
    worked("asked", model=odd, deeds=EDITED_CODE)
    answer = ask("routes", "policy", "--format", router)
    assert "\x1b" not in answer.out
    if router == "ccr":
        router_ = json.loads(answer.out)["Router"]
        assert router_["default"].startswith("anthropic,claude-x")
    else:
        assert not any(line.startswith("  - model_name: evil") for line in answer.lines)


@pytest.mark.parametrize(
    "words", [("--format", "ccr", "--json"), ("--format", "yaml"), ("--last", "never")]
)
def test_what_cannot_be_asked(words: tuple[str, ...], ask: Ask, home: Path) -> None:
    """Options that do not go together, or mean nothing, are refused."""
    worked("asked")
    answer = ask("routes", "policy", *words)
    assert (answer.code, answer.out) == (2, "")
