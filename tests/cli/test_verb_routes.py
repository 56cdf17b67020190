"""`tokentui routes`: the worked week as people and scripts read it."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import builders
import contract
import pytest
import sample_ledgers
import weeks
from asking import NOW, Ask

FROM_OPUS = ("routes", "what-if", "--from", "claude-opus-4-8", "--to")


@pytest.fixture
def week(home: Path) -> Path:
    """Write the worked week, whose Friday is today, into the ledger of the verbs."""
    return weeks.worked_week(Path(os.environ["TOKENTUI_LEDGER"]))


def test_the_sentence(ask: Ask, week: Path) -> None:
    """The whole advice on GLM-5.2, which is not to expect anything of it."""
    lines = ask(*FROM_OPUS, "glm-5.2", "--value", "60").lines
    assert lines == [
        "Your claude-opus-4-8 cost $157.50 (1,000 responses in 40 runs).",
        "The same tokens on glm-5.2: $56.88; allowing for its tokenizer $36.97; but on"
        " comparable work it used 2.9 times the input, so about $149 to $161:"
        " not clearly cheaper.",
        "claude-opus-5-5, the newer model of its family: $96.00.",
        "",
        "estimate           cost      premium",
        "──────────────  ───────  ───────────",
        "same tokens      $56.88  4.19 points",
        "tokenizer        $36.97  5.02 points",
        "benchmark       $160.63         none",
        "benchmark task  $148.91  0.36 points",
        "premium: how much more often claude-opus-4-8 has to succeed to be worth it",
        "reversal risk: above 2.5 times the input the lower price is eaten up",
        "DeepSWE 1.1, mini-swe-agent, 2026-09-22: claude-opus-4-8 high solved 51.8 %,"
        " glm-5.2 max 43.8 % on 2.9 times the input and 1.7 times the output",
        "a difference below 8 points proves nothing",
        "data: zai processes prompts in singapore"
        " (https://docs.z.ai/legal-agreement/privacy-policy, as read at"
        " https://infercheck.eu/en/provider/zhipu-ai on 2026-04-11, read 2026-11-26)",
        "licence: its weights are open, under a licence that is not known here"
        " (https://huggingface.co/zai-org/GLM-5.2, by"
        " https://github.com/anomalyco/models.dev, read 2026-11-26)",
    ]


def test_what_if_json(ask: Ask, week: Path) -> None:
    """The same as a document, exact."""
    found = ask(*FROM_OPUS, "glm-5.2", "--value", "60", "--json").document
    assert contract.faults(found, contract.WHAT_IF) == []
    assert found["from"] == {
        "model": "claude-opus-4-8",
        "cost_usd": 157.5,
        "requests": 1_000,
        "plan_list_usd": 0,
        "runs": 40,
    }
    to = found["to"]
    assert (to["same_tokens_usd"], to["tokenizer_usd"]) == (56.88, 36.972)
    assert round(to["benchmark_usd"], 2) == 160.63
    assert (to["own_usd"], to["does_not_fit_requests"]) == (None, 0)
    assert to["verdict"] == "not clearly cheaper"
    assert found["newer"]["same_tokens_usd"] == 96
    # The benchmark has GLM both dearer and worse: nothing breaks even.
    assert found["break_even"]["task_value_usd"] is None
    assert found["break_even"]["success_premium"] is None
    assert found["break_even"]["premiums"]["same_tokens"] == pytest.approx(0.041925)
    assert found["reversal"]["risk"] is True


def test_dearer_and_worse(ask: Ask, week: Path) -> None:
    """What costs more and solves less is worth it at no value.

    Opus 5 at the effort that solves 58.13 % of the tasks, over 51.77 %.
    """
    found = ask(*FROM_OPUS, "claude-opus-5", "--json").document
    # 127.50 x 872,162 / 3,814,284 + 30 x 17,613 / 44,476
    assert found["to"]["benchmark_usd"] == pytest.approx(41.0341, abs=5e-5)
    assert found["break_even"]["task_value_usd"] is None
    assert found["break_even"]["premiums"] == {}


def test_dearer_and_better(ask: Ask, home: Path) -> None:
    """Where the dearer model solves more, it is worth it from some value on.

    A week of GLM-5.2 at max, for $56.88, is 0.1479 times the input and 0.3338 times the
    output on Opus 4.8 at low, the effort that solves most nearly as much: $28.88. That
    is $0.70 a run less, and 2.98 points.
    """
    labels = {"model": "glm-5.2", "effort": "max", "endpoint": None}
    weeks.worked_week(Path(os.environ["TOKENTUI_LEDGER"]), **labels)
    words = ("routes", "what-if", "--from", "glm-5.2", "--to", "claude-opus-4-8")
    found = ask(*words, "--value", "60", "--json").document
    assert found["from"]["cost_usd"] == 56.88
    usd = 127.5 * 1_658_113 / 11_208_642 + 30 * 25_291 / 75_760
    assert found["to"]["benchmark_usd"] == pytest.approx(usd)
    run = (56.88 - usd) / 40
    even = found["break_even"]
    assert even["task_value_usd"] == pytest.approx(run / (0.4378 - 0.4080))
    assert even["success_premium"] == pytest.approx(run / 60)
    assert found["to"]["verdict"] == "not clearly cheaper"


def test_list(ask: Ask, week: Path) -> None:
    """The list has every route worth a look, what is clearly cheaper first."""
    found = ask("routes", "--last", "30d", "--json").document
    assert contract.faults(found, contract.ROUTES) == []
    assert (found["cost_usd"], found["requests"], found["runs"]) == (157.5, 1_000, 40)
    rows = {row["model"]: row for row in found["alternatives"]}
    assert rows["claude-opus-5-5"]["verdict"] == "cheaper"
    assert rows["claude-opus-5-5"]["same_tokens_usd"] == 96
    assert rows["gpt-6.1-sol"]["tokenizer_usd"] == 29.76
    assert rows["gpt-6.1-sol"]["benchmark_usd"] is None
    assert rows["glm-5.3-flash"]["same_tokens_usd"] == 6.45
    assert rows["deepseek-v4-pro"]["same_tokens_usd"] == 11.616
    verdicts = [row["verdict"] for row in found["alternatives"]]
    assert verdicts == sorted(
        verdicts, key=["cheaper", "not clearly cheaper", "dearer"].index
    )


def test_same_figure(ask: Ask, week: Path) -> None:
    """What was used costs what `usage` says, and another route what `what-if` says."""
    total = ask("usage", "--last", "30d", "--json").document["total"]
    listed = ask("routes", "--json").document
    assert listed["cost_usd"] == total["cost_usd"]
    one = {row["model"]: row for row in listed["alternatives"]}["glm-5.3"]
    assert ask(*FROM_OPUS, "glm-5.3", "--json").document["to"] == one


def test_table(ask: Ask, week: Path) -> None:
    """People read the same figures; what is not known is a question mark."""
    lines = ask("routes").lines
    assert lines[0] == "$157.50 at list prices: 1,000 responses in 40 runs"
    (glm,) = (line for line in lines if line.startswith("glm-5.3 "))
    assert glm.split() == ["glm-5.3", "$56.88", "$36.97", "$146.04", "?", "cheaper"]
    (sol,) = (line for line in lines if line.startswith("gpt-6.1-sol"))
    assert sol.split()[1:5] == ["$48.00", "$29.76", "?", "?"]


@pytest.mark.parametrize(
    "name", ["claude-opus-4-8", "claude-opus-4.8", "anthropic/claude-opus-4-8[1m]"]
)
def test_any_name(ask: Ask, home: Path, name: str) -> None:
    """A model is found by any of its names, whichever the log has."""
    ledger = Path(os.environ["TOKENTUI_LEDGER"])
    weeks.worked_week(ledger, model="claude-opus-4-8[1m]")
    words = ("routes", "what-if", "--from", name, "--to", "glm-5.2", "--json")
    assert ask(*words).document["from"]["cost_usd"] == 157.5


def test_only_that_model(ask: Ask, week: Path) -> None:
    """What was used of other models is not in it, and filters narrow it."""
    made = [sample_ledgers.event(NOW - timedelta(minutes=9), input=1_000_000, output=0)]
    labels = sample_ledgers.series(model="claude-sonnet-5-5", project="/other")
    sample_ledgers.add(week, [(labels, made)])
    found = ask(*FROM_OPUS, "glm-5.2", "--json").document
    assert found["from"]["cost_usd"] == 157.5
    only = ask(*FROM_OPUS, "glm-5.2", "--project", "other", "--json").document
    assert (only["from"]["cost_usd"], only["from"]["requests"]) == (0, 0)
    assert "nothing was used of claude-opus-4-8 in that time" in only["warnings"]
    one_day = ask(*FROM_OPUS, "glm-5.2", "--period", "2026-11-17", "--json").document
    assert one_day["from"]["cost_usd"] == 31.5
    narrowed = ask("routes", "--model", "*sonnet*", "--json").document
    assert narrowed["requests"] == 1


def test_plan(ask: Ask, home: Path) -> None:
    """Inside a flat plan a cheaper list price saves nothing by itself."""
    weeks.worked_week(Path(os.environ["TOKENTUI_LEDGER"]), account="claude_max")
    found = ask(*FROM_OPUS, "glm-5.2", "--json").document
    assert found["from"]["plan_list_usd"] == 157.5
    (warning,) = found["warnings"]
    assert "$157.50 of it is list value inside flat plans" in warning


def test_does_not_fit(ask: Ask, home: Path) -> None:
    """What a model could not read is counted, and said."""
    made = [
        sample_ledgers.event(NOW - timedelta(minutes=n), input=count)
        for n, count in ((9, 200_000), (8, 9))
    ]
    labels = sample_ledgers.series(model="claude-opus-4-8")
    sample_ledgers.add(Path(os.environ["TOKENTUI_LEDGER"]), [(labels, made)])
    answer = ask(*FROM_OPUS, "composer-2.5")
    assert "1 request would not fit composer-2.5, and is priced as if" in answer.err


def test_unpriced(ask: Ask, week: Path) -> None:
    """A model without a price is unpriced, and what comes near its name is said."""
    answer = ask(*FROM_OPUS, "glm-5.20", "--json")
    to = answer.document["to"]
    assert (answer.code, to["verdict"], to["same_tokens_usd"]) == (0, "unpriced", None)
    (warning,) = answer.document["warnings"]
    assert "near it: " in warning
    assert "glm-5.20: unpriced." in ask(*FROM_OPUS, "glm-5.20").lines


def test_another_seller(ask: Ask, week: Path) -> None:
    """A provider can be named that sells the model at its own price."""
    words = ("glm-5.2", "--to-provider", "zhipuai", "--json")
    to = ask(*FROM_OPUS, *words).document["to"]
    assert to["provider"] == "zhipuai"
    shown = ask("prices", "show", "glm-5.2", "--provider", "zhipuai", "--json").document
    usd = shown["rows"][0]["usd_per_million"]
    cost = 9 * usd["input"] + 150 * usd["cache_read"] + 1.2 * usd["output"]
    assert to["same_tokens_usd"] == pytest.approx(cost)
    assert cost != 56.88
    assert to["benchmarks"] != []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("what-if", "--from", "opsu", "--to", "glm-5.2"), "opsu is no model that was"),
        (("what-if", "--from", "claude-opus-4-8"), "--to"),
        (("--json", "what-if", "--from", "x", "--to", "y"), "stand behind `what-if`"),
        (("what-if-not",), "No such command"),
        (("--last", "soon"), "is no length of time"),
        (("what-if", "--from", "\x1b[1m", "--to", "y"), "is no model that was used"),
    ],
)
def test_bad_words(ask: Ask, week: Path, words: tuple[str, ...], said: str) -> None:
    """What cannot be understood is exit 2, said in one line without control signs."""
    answer = ask("routes", *words)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert "\x1b" not in answer.err


@pytest.mark.parametrize("value", ["much", "-5", "1e9"])
def test_bad_value(ask: Ask, week: Path, value: str) -> None:
    """A value that is no amount is exit 2."""
    assert ask(*FROM_OPUS, "glm-5.2", "--value", value).code == 2


def test_no_ledger(ask: Ask) -> None:
    """Without a ledger, and none to be made, it is exit 4."""
    assert ask("routes", "--no-refresh").code == 4


def test_nothing_used(ask: Ask, home: Path) -> None:
    """An empty ledger has routes that cost nothing, and advises none."""
    ask("refresh")
    found = ask("routes", "--json").document
    assert contract.faults(found, contract.ROUTES) == []
    assert (found["cost_usd"], found["requests"], found["runs"]) == (0, 0, 0)
    assert {row["verdict"] for row in found["alternatives"]} == {"not clearly cheaper"}
    assert ask("routes").code == 0


def test_reads_what_is_new(ask: Ask, home: Path) -> None:
    """The verb reads the logs first, as all do."""
    line = builders.claude_line(model="claude-opus-4-8", input=1_000_000, output=0)
    builders.write(builders.transcript(home), line)
    found = ask(*FROM_OPUS, "glm-5.2", "--json").document
    assert (found["from"]["cost_usd"], found["to"]["same_tokens_usd"]) == (5, 1.4)
    assert ask("routes", "--since", "2026-11-20", "--json").document["requests"] == 1
    assert ask("routes", "--until", "2026-11-20", "--json").document["requests"] == 0
