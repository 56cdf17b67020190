"""`routes what-if` beyond one model for another: parts, shares, loops, cascades, plans.

The three routes of the worked figures cost 8, 35 and 5 dollars a run: a run is a
million tokens of input, at prices of the user's own.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import contract
import pytest
import sample_ledgers
import weeks
from asking import NOW, Ask

from tokentui.ledger.connection import open_for_writing
from tokentui.ledger.marks import Mark, keep_mark

Config = Callable[[str], Path]

FROM_OPUS = ("routes", "what-if", "--from", "claude-opus-4-8")
PRICES = "\n".join(
    f"[prices.{model}]\ninput = {usd}\ncache_read = {usd}\noutput = {usd}"
    for model, usd in (("middle", 8), ("dear", 35), ("cheap", 1))
)


def used(*sessions: str, tokens: int = 1_000_000, **labels: object) -> None:
    """Put a run of input into the ledger of the verbs for each session."""
    labels = {"model": "claude-opus-4-8", **labels}
    sample_ledgers.add(
        Path(os.environ["TOKENTUI_LEDGER"]),
        [
            (
                sample_ledgers.series(session=session, **labels),
                [
                    sample_ledgers.event(
                        NOW - timedelta(minutes=9, seconds=place),
                        input=tokens,
                        cache_read=0,
                        output=0,
                    )
                ],
            )
            for place, session in enumerate(sessions)
        ],
    )


@pytest.fixture
def runs(home: Path, config: Config) -> None:
    """Two runs on Opus 4.8 for $5 each, and prices of three other models."""
    config(PRICES)
    used("one", "two")


@pytest.fixture
def week(home: Path) -> Path:
    """Write the worked week, whose Friday is today, into the ledger of the verbs."""
    return weeks.worked_week(Path(os.environ["TOKENTUI_LEDGER"]))


def test_cascade(ask: Ask, runs: None) -> None:
    """First for $8, then for $35: $14.20 a run, 94 % success, $361.80 of $400.

    Cheaper than $35 alone above 10/35; a failure is worth $35 above $70.
    """
    words = ("--cascade", "middle,dear", "--success", "0.88", "--escalated", "50%")
    more = ("--check", "2", "--value", "400")
    found = ask(*FROM_OPUS, *words, *more, "--json").document
    assert contract.faults(found, contract.CASCADE) == []
    turn = found["cascade"]
    assert (turn["first_run_usd"]["mid"], turn["second_run_usd"]["mid"]) == (8, 35)
    assert turn["used_run_usd"] == 5
    assert turn["run_usd"] == {"low": 14.2, "mid": 14.2, "high": 14.2}
    assert turn["run_success"] == pytest.approx(0.94)
    assert turn["net_value_usd"] == pytest.approx(361.80)
    assert turn["pays_from_success"]["mid"] == pytest.approx(10 / 35)
    assert turn["escalate_from_value_usd"] == 70
    assert turn["cost_per_accepted_usd"] == pytest.approx(14.2 / 0.94)
    assert ask(*FROM_OPUS, *words, *more).lines == [
        "Your claude-opus-4-8 cost $10.00 (2 responses in 2 runs).",
        "",
        "a run on                      cost  by the estimates  succeeds",
        "──────────────────────────  ──────  ────────────────  ────────",
        "claude-opus-4-8, as it was   $5.00",
        "middle alone                 $8.00                      88.0 %",
        "dear alone                  $35.00                           ?",
        "middle, then dear           $14.20                      94.0 %",
        "cheaper than dear alone if middle succeeds in more than 28.6 % of the runs",
        "a failure is worth dear if the task is worth more than $70.00",
        "a task that succeeds costs $15.11, failures included",
        "a run brings $361.80 after its cost",
        "assumed by you: middle succeeds in 88.0 %; dear in 50.0 % of its failures;"
        " to see whether it did costs $2.00; and that every failure is seen",
        "middle: data: it is not known where its seller processes prompts",
        "middle: licence: it is not known whether its weights are open",
        "dear: data: it is not known where its seller processes prompts",
        "dear: licence: it is not known whether its weights are open",
    ]


def test_cascade_without_odds(ask: Ask, runs: None) -> None:
    """Without rates of success it is said from which on it pays, and no more."""
    words = ("--cascade", "middle,dear")
    turn = ask(*FROM_OPUS, *words, "--json").document["cascade"]
    assert (turn["run_usd"], turn["run_success"], turn["net_value_usd"]) == (
        None,
        None,
        None,
    )
    assert turn["pays_from_success"]["mid"] == pytest.approx(8 / 35)
    lines = ask(*FROM_OPUS, *words).lines
    assert (
        "how often middle succeeds is not known: give --success 0.88, or mark 10"
        " sessions on it (0 are)"
    ) in lines
    # Half known: the cost of a run needs no success of the second one.
    half = ask(*FROM_OPUS, *words, "--success", "0.88", "--json").document["cascade"]
    assert half["run_usd"]["mid"] == pytest.approx(8 + 0.12 * 35)
    assert half["run_success"] is None


def mark(*verdicts: str) -> None:
    """Mark runs on the cheap model by their verdicts."""
    names = [f"run-{number}" for number in range(len(verdicts))]
    used(*names, model="cheap", tokens=9)
    ledger = Path(os.environ["TOKENTUI_LEDGER"])
    with closing(open_for_writing(ledger)) as connection:
        for name, verdict in zip(names, verdicts, strict=True):
            keep_mark(connection, Mark("claude-code", name, verdict, 0))
        connection.commit()


def test_cascade_by_marks(ask: Ask, runs: None) -> None:
    """Without options the user's own marks tell how often the first route succeeds.

    Nine of twelve: $1 + 0.25 x $35 = $9.75 a run.
    """
    mark(*["accepted"] * 9, "rejected", "rejected", "abandoned")
    words = (*FROM_OPUS, "--cascade", "cheap,dear")
    found = ask(*words, "--json").document
    assert contract.faults(found, contract.CASCADE) == []
    turn = found["cascade"]
    assert (turn["success"], turn["success_from"]) == (0.75, "marks")
    assert turn["run_usd"]["mid"] == 9.75
    lines = ask(*words).lines
    assert ("by your marks: 9 of 12 marked sessions on cheap were accepted") in lines
    said = ask(*words, "--success", "0.5", "--json").document["cascade"]
    assert (said["success"], said["success_from"]) == (0.5, "options")


def test_too_few_marks(ask: Ask, runs: None) -> None:
    """Nine marks tell nothing."""
    mark(*["accepted"] * 9)
    words = (*FROM_OPUS, "--cascade", "cheap,dear")
    turn = ask(*words, "--json").document["cascade"]
    assert (turn["success"], turn["success_from"], turn["run_usd"]) == (None,) * 3
    assert any("mark 10 sessions on it (9 are)" in line for line in ask(*words).lines)


def test_cascade_never_pays(ask: Ask, runs: None) -> None:
    """Where the first route is the dearer one, it never pays to try it first."""
    lines = ask(*FROM_OPUS, "--cascade", "dear,middle").lines
    assert "dear first never costs less than middle alone" in lines


def test_cascade_by_estimates(ask: Ask, week: Path) -> None:
    """Where estimates differ, so do the costs of a run and when it pays.

    GLM-5.2: $36.97 to $160.63 for 40 runs, Opus 5.5 $96.
    """
    words = ("--cascade", "glm-5.2,claude-opus-5-5", "--success", "50%", "--json")
    turn = ask(*FROM_OPUS, *words).document["cascade"]
    assert turn["first_run_usd"]["low"] == pytest.approx(36.972 / 40)
    assert turn["first_run_usd"]["high"] == pytest.approx(160.63 / 40, abs=5e-4)
    assert turn["run_usd"]["low"] == pytest.approx(36.972 / 40 + 96 / 80)
    assert turn["pays_from_success"]["low"] == pytest.approx(36.972 / 96)
    assert turn["pays_from_success"]["high"] == pytest.approx(160.63 / 96, abs=5e-4)
    assert (
        "by the lowest estimate only cheaper than claude-opus-5-5 alone if glm-5.2"
        " succeeds in more than 38.5 % of the runs"
    ) in ask(*FROM_OPUS, *words[:-1]).lines


def test_cascade_unpriced(ask: Ask, runs: None) -> None:
    """A model without a price is said, and nothing is made of it."""
    found = ask(*FROM_OPUS, "--cascade", "middle,nobody-knows", "--json").document
    assert contract.faults(found, contract.CASCADE) == []
    assert found["cascade"] is None
    assert any("nobody-knows has no price" in each for each in found["warnings"])


def test_share(ask: Ask, home: Path, config: Config) -> None:
    """Sixty percent for $35, the rest for $8: $24.20."""
    config(PRICES)
    used("one", model="claude-fable-5-2")
    words = ("routes", "what-if", "--from", "claude-fable-5-2", "--to", "dear")
    found = ask(*words, "--share", "60%", "--json").document
    assert contract.faults(found, contract.WHAT_IF) == []
    assert found["from"]["cost_usd"] == 8
    assert found["to"]["same_tokens_usd"] == 35
    assert found["share"]["share"] == 0.6
    assert found["share"]["same_tokens_usd"] == 24.2
    assert found["share"]["benchmark_usd"] is None
    lines = ask(*words, "--share", "0.6").lines
    (row,) = (line for line in lines if line.startswith("same tokens"))
    assert row.split()[-2:] == ["$35.00", "$24.20"]


def test_share_of_the_week(ask: Ask, week: Path) -> None:
    """Each estimate is mixed: 0.4 x 157.50 + 0.6 x 56.88 = 97.128."""
    words = (*FROM_OPUS, "--to", "glm-5.2", "--share", "60%", "--value", "60")
    share = ask(*words, "--json").document["share"]
    assert share["same_tokens_usd"] == 97.128
    assert share["tokenizer_usd"] == pytest.approx(63 + 0.6 * 36.972)
    lines = ask(*words).lines
    assert lines[4].split() == ["estimate", "cost", "60", "%", "moved", "premium"]
    assert "moved: what all costs then, if what moves is like the rest" in lines


def test_loops(ask: Ask, runs: None) -> None:
    """Five loops of 1.05 are 1.276, for the money of one run; 1.953 match 1.10."""
    words = (*FROM_OPUS, "--to", "cheap", "--loops", "5", "--gain", "1.05")
    found = ask(*words, "--gain-from", "1.10", "--json").document
    assert contract.faults(found, contract.WHAT_IF) == []
    loops = found["loops"]
    assert loops["becomes"] == pytest.approx(1.27628, abs=5e-6)
    assert (loops["cost_usd"]["mid"], loops["one_run_usd"]) == (5, 5)
    assert loops["loops_for_one_run"]["mid"] == 5
    assert loops["loops_to_match"] == pytest.approx(1.953, abs=5e-4)
    assert loops["cost_to_match_usd"]["mid"] == 2
    assert ask(*words, "--gain-from", "1.10").lines[-4:] == [
        "5 loops on cheap make the work 1.28 times better, for $5.00; one run on"
        " claude-opus-4-8 costs $5.00.",
        "For the money of that one run there are 5.0 loops (5.0 to 5.0 by the"
        " estimates), 1.28 times better: claude-opus-4-8 pays only if one run makes it"
        " better still.",
        "One run on claude-opus-4-8, 1.1 times better, is matched by 1.95 loops: 2 for"
        " $2.00.",
        "Assumed by you: each loop makes it 1.05 times better. Loops that repeat a"
        " mistake do not.",
    ]


def test_gains_beyond_numbers(ask: Ask, runs: None, config: Config) -> None:
    """What no number can hold is null in JSON, and over 1,000 times for people."""
    words = (*FROM_OPUS, "--to", "cheap", "--loops", "1000", "--gain", "100")
    assert ask(*words, "--json").document["loops"]["becomes"] is None
    assert any("over 1,000 times better" in line for line in ask(*words).lines)


def test_plan(ask: Ask, home: Path) -> None:
    """$147.64 of use in 30 days is 7.4 times a fee of $20.

    It was one run, so the plan pays from 20/147.64 runs a month on.
    """
    used("one", tokens=29_528_000)
    words = (*FROM_OPUS, "--to", "plan:claude-pro", "--fee", "20")
    found = ask(*words, "--json").document
    assert contract.faults(found, contract.PLAN) == []
    plan = found["plan"]
    assert (plan["name"], plan["fee_from"]) == ("claude-pro", "option")
    assert plan["usage_usd_per_month"] == plan["paid_usd_per_month"] == 147.64
    assert plan["leverage"] == pytest.approx(7.382)
    assert plan["saves_usd_per_month"] == 127.64
    assert plan["break_even"]["usage_usd_per_month"] == 20
    assert plan["break_even"]["runs_per_month"] == pytest.approx(20 / 147.64)
    assert ask(*words).lines == [
        "Your claude-opus-4-8 cost $147.64 (1 response in 1 run).",
        "claude-pro costs $20.00 a month. By the token such work costs $147.64 in 30"
        " days (it was 30 days), 7.4 times the fee.",
        "The plan would save $127.64 a month, if it holds so much.",
        "It pays from $20.00 of use a month on: 0.1 runs or 0 responses such as these.",
        "How much its windows hold is not stated: what is beyond them waits, or is paid"
        " by use. `tokentui status` shows how full those of your plans are.",
    ]


def test_plan_of_a_week(ask: Ask, week: Path) -> None:
    """A week is scaled to a month of 30 days: $157.50 x 30 / 7 = $675."""
    words = (*FROM_OPUS, "--to", "plan:claude-max", "--fee", "100")
    span = ("--since", "2026-11-13T12:00", "--until", "2026-11-20T12:00")
    plan = ask(*words, *span, "--timezone", "UTC", "--json").document["plan"]
    # The last eight of the 40 runs begin on Friday at noon.
    assert plan["usage_usd_per_month"] == pytest.approx(126 * 30 / 7)
    assert plan["break_even"]["runs_per_month"] == pytest.approx(100 / (157.5 / 40))
    assert plan["break_even"]["requests_per_month"] == pytest.approx(100 / 0.1575)


def test_plan_that_loses(ask: Ask, runs: None) -> None:
    """Where little is used, payment by use is the cheaper way."""
    lines = ask(*FROM_OPUS, "--to", "plan:max", "--fee", "30").lines
    assert "Payment by use is cheaper, by $20.00 a month." in lines
    assert any("pays from $30.00 of use a month on: 6.0 runs" in line for line in lines)


PLAN = """
[plans.claude-max]
provider = "anthropic"
fee = 100
renews = 1
[plans.abroad]
provider = "anthropic"
fee = 90
currency = "EUR"
renews = 1
"""


def test_plan_of_the_config(ask: Ask, home: Path, config: Config) -> None:
    """The config's fee counts, and its provider says which usage it would pay."""
    config(PLAN)
    used("one", "two")
    used("three", tokens=9, model="gpt-6.1-sol", source="codex", endpoint="openai")
    words = ("routes", "what-if", "--to", "plan:claude-max", "--json")
    found = ask(*words).document
    assert contract.faults(found, contract.PLAN) == []
    assert (found["from"]["model"], found["from"]["cost_usd"]) == (None, 10)
    assert found["plan"]["fee_usd_per_month"] == 100
    assert found["plan"]["fee_from"] == "config"
    other = ask(*words, "--from", "gpt-6.1-sol").document
    assert (
        "gpt-6.1-sol is sold by openai: claude-max is a plan of anthropic"
        in (other["warnings"])
    )


def test_plan_that_is_there(ask: Ask, home: Path) -> None:
    """What lies inside plans already is list value, and a plan saves none of it."""
    weeks.worked_week(Path(os.environ["TOKENTUI_LEDGER"]), account="claude_max")
    words = (*FROM_OPUS, "--to", "plan:other", "--fee", "20")
    plan = ask(*words, "--json").document["plan"]
    assert (plan["plan_list_usd_per_month"], plan["paid_usd_per_month"]) == (157.5, 0)
    assert plan["saves_usd_per_month"] == -20
    lines = ask(*words).lines
    assert "Beside the plans that there are, it would save nothing." in lines


def test_price_that_rises(ask: Ask, week: Path) -> None:
    """A saving that will soon be less says so, in what-if and in the list."""
    said = "it costs up to 2 times as much from 2026-12-01 on (UTC)"
    to = ask(*FROM_OPUS, "--to", "gemini-4-argon", "--json").document["to"]
    assert said in [risk["text"] for risk in to["risk"] if risk["kind"] == "cost"]
    lines = ask(*FROM_OPUS, "--to", "gemini-4-argon").lines
    assert any(line.startswith(f"cost: {said} (genai-prices") for line in lines)
    rows = ask("routes", "--json").document["alternatives"]
    (listed,) = (row for row in rows if row["model"] == "gemini-4-argon")
    assert listed["risk"] == to["risk"]


def test_only_agents(ask: Ask, home: Path, config: Config) -> None:
    """Usage can be narrowed to sub-agents, to one of them, or to the main thread."""
    config(PRICES)
    used("one", tokens=1_000_000)
    used("two", tokens=2_000_000, agent="Explore", project="/src/acme")
    used("three", tokens=4_000_000, agent="reviewer", project="/src/other")
    used("four", tokens=8_000_000, agent=None, source="gemini")

    def cost(*only: str) -> float:
        words = [word for each in only for word in ("--only", each)]
        found = ask(*FROM_OPUS, "--to", "cheap", *words, "--json").document
        return found["from"]["cost_usd"] / 5

    assert cost() == 15
    assert cost("agent=subagent") == 6
    assert cost("agent=explore") == 2
    assert cost("agent=main") == 1
    assert cost("agent=Explore", "agent=reviewer") == 6
    assert cost("agent=subagent", "project=acme") == 2
    assert cost("project=acme", "project=other") == 15
    assert cost("project=other") == 4


def test_only_a_workload(ask: Ask, home: Path, config: Config) -> None:
    """Usage can be narrowed to sessions of a kind, which are judged whole."""
    config(PRICES)
    used("one", tokens=1_000_000)
    used("two", tokens=2_000_000, entrypoint="sdk-cli")
    used("two", tokens=4_000_000, entrypoint="sdk-cli", model="cheap")
    used("three", tokens=8_000_000, entrypoint="sdk-cli")
    used("three", tokens=16_000_000, entrypoint="cli", model="cheap")

    def cost(*only: str) -> float:
        words = [word for each in only for word in ("--only", f"workload={each}")]
        found = ask(*FROM_OPUS, "--to", "cheap", *words, "--json").document
        return found["from"]["cost_usd"] / 5

    assert cost() == 11
    assert cost("bulk") == 2
    assert cost("long-context") == 9
    assert cost("long-context", "bulk") == 11
    # Deeds are not known, and prompts are long, so that none of it is simple.
    none = ask(*FROM_OPUS, "--to", "cheap", "--only", "workload=simple", "--json")
    assert none.document["from"]["requests"] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--to", "glm-5.2", "--only", "workload=bluk"), "no such workload; there are"),
        (("--to", "glm-5.2", "--share", "0"), "--share"),
        (("--to", "glm-5.2", "--share", "160%"), "--share"),
        (("--to", "glm-5.2", "--share", "half"), "--share"),
        (("--to", "glm-5.2", "--share", "-1"), "--share"),
        (("--to", "glm-5.2", "--loops", "0", "--gain", "2"), "--loops"),
        (("--to", "glm-5.2", "--loops", "five", "--gain", "2"), "--loops"),
        (("--to", "glm-5.2", "--loops", "5"), "--loops and --gain go together"),
        (("--to", "glm-5.2", "--gain", "1.05"), "--loops and --gain go together"),
        (("--to", "glm-5.2", "--loops", "5", "--gain", "1"), "--gain"),
        (("--to", "glm-5.2", "--loops", "5", "--gain", "0.9"), "--gain"),
        (("--to", "glm-5.2", "--loops", "5", "--gain", "nan"), "--gain"),
        (("--to", "glm-5.2", "--gain-from", "2"), "--gain-from goes with"),
        (
            ("--to", "glm-5.2", "--share", "5%", "--loops", "5", "--gain", "2"),
            "--share and --loops do not go together",
        ),
        (("--to", "glm-5.2", "--fee", "5"), "--fee goes with --to plan:NAME"),
        (("--to", "glm-5.2", "--success", "0.5"), "--success goes with --cascade A,B"),
        (("--to", "glm-5.2", "--only", "colour=red"), "--only takes agent="),
        (("--to", "glm-5.2", "--only", "agent="), "--only takes agent="),
        (("--to", "glm-5.2", "--only", "agent=\x1b"), "--only takes agent="),
        (
            ("--to", "glm-5.2", "--only", "agent=subagent", "--only", "agent=x"),
            "--only agent=subagent has all other agents in it",
        ),
        (("--cascade", "glm-5.2"), "--cascade takes two models"),
        (("--cascade", "a,a"), "--cascade takes two models"),
        (("--cascade", "a,b,c"), "--cascade takes two models"),
        (("--cascade", "a,b", "--success", "2"), "--success"),
        (("--cascade", "a,b", "--escalated", "-1"), "--escalated"),
        (("--cascade", "a,b", "--check", "lots"), "--check"),
        (("--cascade", "a,b", "--share", "5%"), "--share goes with --to MODEL"),
        (("--cascade", "a,b", "--to", "c"), "give one of --to and --cascade"),
        ((), "give one of --to and --cascade"),
        (("--to", "plan:nobody"), "no plan 'nobody' in the config: give its --fee"),
        (("--to", "plan:"), "--to plan:NAME needs a name"),
        (("--to", "plan:x", "--fee", "-1"), "--fee"),
        (("--to", "plan:claude-max", "--fee", "5"), "--fee: the config has a fee"),
        (("--to", "plan:abroad"), "the fee of 'abroad' is 90 EUR, not dollars"),
        (("--to", "plan:x", "--fee", "5", "--to-provider", "y"), "--to-provider goes"),
    ],
)
def test_nonsense(
    ask: Ask, home: Path, config: Config, words: tuple[str, ...], said: str
) -> None:
    """Values that mean nothing are exit 2, and the option is named."""
    config(PLAN)
    used("one")
    answer = ask(*FROM_OPUS, *words)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert "\x1b" not in answer.err


def test_from_is_needed(ask: Ask, runs: None) -> None:
    """Only a plan can stand for all models."""
    answer = ask("routes", "what-if", "--to", "cheap")
    assert (answer.code, "--from is missing" in answer.err) == (2, True)
    assert ask("routes", "what-if", "--to", "plan:x", "--fee", "5").code == 0


def test_nothing_used(ask: Ask, runs: None) -> None:
    """Where nothing was used, every way says so and makes nothing up."""
    narrowed = (*FROM_OPUS, "--only", "agent=nobody", "--json")
    cascade = ask(*narrowed, "--cascade", "middle,dear").document
    assert contract.faults(cascade, contract.CASCADE) == []
    assert cascade["cascade"] is None
    plan = ask(*narrowed, "--to", "plan:x", "--fee", "5").document
    assert contract.faults(plan, contract.PLAN) == []
    assert plan["plan"]["break_even"]["runs_per_month"] is None
    for found in (cascade, plan):
        assert "nothing was used of claude-opus-4-8 in that time" in found["warnings"]
    loops = ask(*narrowed, "--to", "cheap", "--loops", "5", "--gain", "2").document
    assert loops["loops"] is None
