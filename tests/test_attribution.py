"""Who served a response and who pays for it, each with the evidence."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import builders
import pytest
from builders import ms
from msgspec.structs import replace as changed

from tokentui import config as configs
from tokentui import ingest, vendors
from tokentui.attribution import Attribution, Rules, rate_key
from tokentui.events import Series
from tokentui.ledger.connection import open_for_reading
from tokentui.prices.book import Book, Override
from tokentui.settings import (
    Account,
    Config,
    Endpoint,
    Match,
    Payer,
    Plan,
    Project,
    ProjectMatch,
)

OPUS = "claude-opus-5-5"
ZAI = "https://api.z.ai/api/anthropic"
GATEWAY = "https://llm.acme.example"


def labels(model: str = OPUS, source: str = "claude-code", **others: str) -> Series:
    """Give the labels of a series of which nothing else is known."""
    return Series(source, "session", model, **others)


def attributed(
    series: Series, config: Config | None = None, at: str = "2026-11-20"
) -> Attribution:
    """Ask who served and who pays."""
    return Rules(config or Config()).attribute(series, ms(at))


def served(series: Series, *rules: Endpoint, at: str = "2026-11-20") -> tuple:
    """Give the provider and its evidence."""
    return attributed(series, Config(endpoints=rules), at)[:2]


def paid(series: Series, *rules: Payer, config: Config | None = None) -> tuple:
    """Give the payer and its evidence."""
    return attributed(series, config or Config(payers=rules))[2:4]


# Who served


@pytest.mark.parametrize(
    ("series", "provider", "evidence"),
    [
        (labels(endpoint="anthropic"), "anthropic", "message id"),
        (labels(endpoint="vertex"), "vertex", "message id"),
        (labels(endpoint="bedrock"), "aws", "message id"),
        (
            labels("us.anthropic.claude-opus-5-5", endpoint="bedrock"),
            "aws",
            "message id",
        ),
        (labels(endpoint="other"), None, "message id is not Anthropic's"),
        (labels(), "anthropic", "assumed"),
        (labels(base_url="https://api.anthropic.com"), "anthropic", "base URL"),
        (labels(base_url=ZAI), "zai", "base URL"),
        (labels(base_url="https://api.deepseek.com/anthropic"), "deepseek", "base URL"),
        (labels(base_url="https://openrouter.ai/api"), "openrouter", "base URL"),
        (
            labels(base_url="https://llm.acme.example"),
            None,
            "unknown endpoint llm.acme.example",
        ),
        (
            labels(base_url="https://llm.acme.example", endpoint="anthropic"),
            "anthropic",
            "message id",
        ),
        (labels("gpt-5.4", "codex", endpoint="openai"), "openai", "model provider"),
        (labels("gpt-5.4", "codex"), "openai", "assumed"),
        (labels("glm-4.7"), "zai", "assumed"),
        (labels("zai-org/GLM-4.7"), "zai", "assumed"),
        (labels("deepseek-v3.2"), "deepseek", "assumed"),
        (labels("a-model-of-nobody"), None, "unknown model"),
    ],
)
def test_who_served(series: Series, provider: str | None, evidence: str) -> None:
    """The record and the agent's settings tell who served; else it is assumed."""
    assert served(series) == (provider, evidence)


@pytest.mark.parametrize(
    "series",
    [
        labels(base_url=ZAI),
        labels(base_url=ZAI, endpoint="other"),
        labels(endpoint="other"),
        labels(base_url="https://llm.acme.example"),
        labels(base_url="https://api.anthropic.com.evil.example"),
        labels(base_url="https://evil.example/api.anthropic.com"),
        labels(base_url=ZAI, endpoint="anthropic"),
        labels(base_url="https://api.anthropic.com", endpoint="other"),
    ],
)
def test_other_vendors_are_not_anthropic(series: Series) -> None:
    """What answers to a Claude name behind another endpoint is not Anthropic's."""
    provider, _ = served(series)
    assert provider != "anthropic"
    key = rate_key(provider, series.model, series.tier, series.geo)
    assert key.provider != "anthropic"


@pytest.mark.parametrize(
    ("endpoint", "provider"), [("bedrock", "aws"), ("vertex", "vertex")]
)
def test_cloud_beside_anthropics_url(endpoint: str, provider: str) -> None:
    """What Bedrock or Vertex served is theirs, whatever URL the settings name."""
    series = labels(base_url="https://api.anthropic.com", endpoint=endpoint)
    assert served(series)[0] == provider


def test_settings_touched_later_still_speak(ledger: Path, home: Path) -> None:
    """A session whose ids are no proof of Anthropic stays behind the URL it had.

    Any change of the settings, such as of the theme, makes their file newer than it.
    """
    line = builders.claude_line("msg_20261120100000abcdef0123456789")
    builders.write(builders.transcript(home), line)
    changed_at = builders.START_MS // 1000 + 86_400
    content = f'{{"theme": "dark", "env": {{"ANTHROPIC_BASE_URL": "{ZAI}"}}}}'
    file = builders.write(home / ".claude/settings.json", content.encode())
    os.utime(file, (changed_at, changed_at))
    builders.refresh(ledger, home)
    assert builders.events(ledger, "provider") != [("anthropic",)]


def test_settings_do_not_speak_for_the_past(ledger: Path, home: Path) -> None:
    """A session that ended before the settings were changed was not behind their URL.

    Who has come to use another vendor keeps his history with Anthropic, which a first
    refresh reads after the change.
    """
    builders.write(builders.transcript(home), builders.claude_line())
    changed_at = builders.START_MS // 1000 + 86_400
    content = f'{{"env": {{"ANTHROPIC_BASE_URL": "{ZAI}"}}}}'
    file = builders.write(home / ".claude/settings.json", content.encode())
    os.utime(file, (changed_at, changed_at))
    builders.refresh(ledger, home)
    assert builders.events(ledger, "provider") == [("anthropic",)]


@pytest.mark.parametrize("named", ["openrouter", "azure", "ollama", "my-proxy"])
def test_codex_behind_another_provider(named: str) -> None:
    """What Codex got from another model provider is not priced as OpenAI's."""
    assert served(labels("gpt-5.4", "codex", endpoint=named))[0] != "openai"


def test_rule_by_base_url_wins() -> None:
    """A rule for a base URL beats message id, base URL and model."""
    rule = Endpoint("glm", GATEWAY, "zai")
    series = labels(endpoint="anthropic", base_url=f"{GATEWAY}/v1")
    assert served(series, rule) == ("zai", "rule glm")


def test_rule_by_project() -> None:
    """A rule with a project holds where settings no longer tell of a base URL."""
    rule = Endpoint("glm", ZAI, "zai", project=("acme",))
    assert served(labels(endpoint="anthropic", project="/home/dev/acme"), rule) == (
        "zai",
        "rule glm",
    )
    assert served(labels(endpoint="anthropic", project="/home/dev/other"), rule) == (
        "anthropic",
        "message id",
    )


def test_rule_without_project_needs_its_base_url() -> None:
    """A rule for a base URL alone says nothing of usage whose base URL is unknown."""
    rule = Endpoint("glm", GATEWAY, "zai")
    assert served(labels(), rule) == ("anthropic", "assumed")
    assert served(labels(base_url="https://api.anthropic.com"), rule)[0] == "anthropic"


def test_rule_with_project_and_other_base_url() -> None:
    """A rule's project does not help where settings tell of another base URL."""
    rule = Endpoint("glm", GATEWAY, "zai", project=("acme",))
    series = labels(base_url="https://api.anthropic.com", project="/home/dev/acme")
    assert served(series, rule)[0] == "anthropic"


@pytest.mark.parametrize(
    ("at", "provider"),
    [
        ("2026-10-31T23:59:59.999", "anthropic"),
        ("2026-11-01", "zai"),
        ("2026-11-14T23:59:59.999", "zai"),
        ("2026-11-15", "anthropic"),
    ],
)
def test_rule_for_a_time(at: str, provider: str) -> None:
    """A rule holds from the UTC day `since` until before the day `until`."""
    rule = Endpoint(
        "glm",
        ZAI,
        "zai",
        since=date(2026, 11, 1),
        until=date(2026, 11, 15),
        project=("acme",),
    )
    series = labels(endpoint="anthropic", project="/home/dev/acme")
    assert served(series, rule, at=at)[0] == provider


def test_first_rule_wins() -> None:
    """Of two rules that hold the first of the file counts."""
    rules = Endpoint("one", GATEWAY, "zai"), Endpoint("two", GATEWAY, "moonshot")
    series = labels(base_url=GATEWAY)
    assert served(series, *rules) == ("zai", "rule one")
    assert served(series, *rules[::-1]) == ("moonshot", "rule two")


@pytest.mark.parametrize("base_url", ["https://llm.acme.example/", GATEWAY])
def test_rule_ends_in_a_slash_or_not(base_url: str) -> None:
    """A slash at the end of a rule's URL makes no difference."""
    rule = Endpoint("glm", base_url, "zai")
    for asked in (GATEWAY, f"{GATEWAY}/anthropic"):
        assert served(labels(base_url=asked), rule)[0] == "zai"


@pytest.mark.parametrize(
    ("ruled", "asked"),
    [
        ("https://llm.acme.co", "https://llm.acme.com"),
        ("https://llm.acme.example", "https://llm.acme.example.evil.example"),
        ("https://llm.acme.example/v1", "https://llm.acme.example/v12"),
    ],
)
def test_rule_names_a_whole_host(ruled: str, asked: str) -> None:
    """A rule says nothing of a host or path whose name only begins like its own."""
    rule = Endpoint("anthropic direct", ruled, "anthropic")
    assert served(labels(base_url=asked), rule)[0] is None


def test_rule_in_capitals() -> None:
    """The host of a rule may be written in capitals, as in settings."""
    rule = Endpoint("glm", "https://LLM.Acme.example/V1", "zai")
    assert served(labels(base_url="https://llm.acme.example/V1"), rule)[0] == "zai"


@pytest.mark.parametrize(
    ("provider", "tier", "geo", "expected"),
    [
        ("anthropic", None, None, ("anthropic", OPUS, "standard", "")),
        ("anthropic", "priority", None, ("anthropic", OPUS, "standard", "")),
        ("aws", "priority", "us", ("aws", OPUS, "standard", "us")),
        ("anthropic", "batch", "us", ("anthropic", OPUS, "batch", "us")),
        ("openai", "priority", None, ("openai", OPUS, "priority", "")),
        (None, None, None, ("", OPUS, "standard", "")),
    ],
)
def test_rate_key(
    provider: str | None, tier: str | None, geo: str | None, expected: tuple
) -> None:
    """The rate is that of the provider; where nobody is known it is nobody's."""
    assert rate_key(provider, OPUS, tier, geo) == expected


@pytest.mark.parametrize("model", [OPUS, "gpt-5.4", "glm-4.7"])
def test_nobodys_rate(model: str) -> None:
    """What somebody unknown served has no price, unless the user has his own."""
    key = rate_key(None, model, None, None)
    assert Book().rate(key, ms("2026-11-20")) is None
    own = Book({model: Override(Decimal(1), None, None, None, Decimal(2))})
    rate = own.rate(key, ms("2026-11-20"))
    assert rate is not None
    assert (rate.bands[0].input, rate.bands[0].output) == (10**9, 2 * 10**9)


# Who pays


@pytest.mark.parametrize(
    ("account", "payer"),
    [
        ("claude_max", "claude-max"),
        ("claude_pro", "claude-pro"),
        ("claude_team", "claude-team"),
    ],
)
def test_claude_plan(account: str, payer: str) -> None:
    """The login that Claude Code's file names is paid by its plan."""
    found = attributed(labels(account=account, endpoint="anthropic"))
    assert (found.payer, found.payer_evidence, found.is_plan) == (
        payer,
        "account file",
        True,
    )


@pytest.mark.parametrize(
    ("account", "payer"),
    [
        ("chatgpt plus", "chatgpt-plus"),
        ("chatgpt pro", "chatgpt-pro"),
        ("chatgpt", "chatgpt"),
    ],
)
def test_chatgpt_plan(account: str, payer: str) -> None:
    """The plan that Codex writes into its log pays."""
    found = attributed(labels("gpt-5.4", "codex", account=account, endpoint="openai"))
    assert (found.payer, found.payer_evidence, found.is_plan) == (payer, "log", True)


@pytest.mark.parametrize(
    ("account", "payer", "is_plan"),
    [
        ("cursor_pro", "cursor-pro", True),
        ("cursor_pro_plus", "cursor-pro-plus", True),
        ("cursor_free", "cursor-free", True),
        ("cursor_on_demand", "cursor", False),
        ("api key", "api", False),
    ],
)
def test_cursor(account: str, payer: str, is_plan: bool) -> None:
    """What Cursor's list says of a request is paid so, whosever model it was."""
    url = "https://api2.cursor.sh"
    found = attributed(labels(OPUS, "cursor", account=account, base_url=url))
    assert (found.provider, found.payer, found.payer_evidence, found.is_plan) == (
        "cursor",
        payer,
        "provider",
        is_plan,
    )


def test_api_key() -> None:
    """A key in the settings is somebody's API key, and no plan."""
    found = attributed(labels(account="api key", endpoint="anthropic"))
    assert (found.payer, found.payer_evidence, found.is_plan) == (
        "api",
        "account file",
        False,
    )


@pytest.mark.parametrize("account", [None, "claude_enterprise", "chatgpt enterprise"])
def test_assumed_payer(account: str | None) -> None:
    """Where nothing tells of a plan or a key it is assumed to be an API key."""
    series = labels(account=account) if account else labels()
    assert paid(series) == ("api", "assumed")


@pytest.mark.parametrize("endpoint", ["vertex", "bedrock"])
def test_cloud_is_not_paid_by_the_plan(endpoint: str) -> None:
    """What Vertex or Bedrock served is not paid by the plan of the login."""
    assert paid(labels(account="claude_max", endpoint=endpoint)) == ("api", "assumed")


def test_other_vendor_is_not_paid_by_the_plan() -> None:
    """What another vendor served is not paid by the plan of the login."""
    assert paid(labels(account="claude_max", base_url=ZAI)) == ("api", "assumed")


def test_other_vendors_model_is_not_paid_by_the_plan() -> None:
    """What only Z.ai can have served is not paid by the Claude plan of the login."""
    assert paid(labels("glm-4.7", account="claude_max"))[0] != "claude-max"


@pytest.mark.parametrize(
    "series", [labels(account="claude_max", endpoint="other"),
               labels(account="claude_max", base_url=GATEWAY)]
)  # fmt: skip
def test_unknown_server_is_not_paid_by_the_plan(series: Series) -> None:
    """What somebody unknown served is not said to be paid by the plan."""
    assert attributed(series).is_plan is False


@pytest.mark.parametrize(
    "match",
    [
        Match(source=("claude-*",)),
        Match(config_folder=("~/.claude-work",)),
        Match(config_folder=("/home/*/.claude-work",)),
        Match(project=("acme",)),
        Match(project=("/home/dev/ac*",)),
        Match(account=("claude_max",)),
        Match(account=("nothing", "claude_*")),
        Match(source=("claude-code",), project=("acme",), account=("claude_max",)),
    ],
)
def test_payer_rule_beats_account(match: Match) -> None:
    """A rule on source, config folder, project or account beats the account file."""
    series = labels(
        account="claude_max",
        endpoint="anthropic",
        project="/home/dev/acme",
        root="/home/dev/.claude-work",
    )
    assert paid(series, Payer("company", match=match)) == ("company", "rule company")


@pytest.mark.parametrize(
    "match",
    [
        Match(),
        Match(source=("codex",)),
        Match(source=("claude-code",), project=("other",)),
        Match(account=("api key",)),
        Match(config_folder=("~/.claude",)),
        Match(key=("sk-*",)),
        Match(source=("claude-code",), key=("sk-*",)),
    ],
)
def test_payer_rule_that_does_not_match(match: Match) -> None:
    """Every part of a rule must match; a key is in no log, so it never does."""
    series = labels(
        account="claude_max",
        endpoint="anthropic",
        project="/home/dev/acme",
        root="/home/dev/.claude-work",
    )
    assert paid(series, Payer("company", match=match)) == ("claude-max", "account file")


def test_first_payer_wins() -> None:
    """Of two payers whose rules match the first of the file pays."""
    one = Payer("one", match=Match(source=("*",)))
    two = Payer("two", match=Match(source=("claude-code",)))
    assert paid(labels(), one, two)[0] == "one"
    assert paid(labels(), two, one)[0] == "two"


@pytest.mark.parametrize(
    ("at", "payer"),
    [
        ("2026-11-01T23:59:59.999", "api"),
        ("2026-11-02", "company"),
        ("2026-11-19T23:59:59.999", "company"),
        ("2026-11-20", "later"),
    ],
)
def test_payers_hold_for_a_time(at: str, payer: str) -> None:
    """A payer's rule holds from the UTC day `since` until before `until`."""
    match = Match(source=("*",))
    first, second = date(2026, 11, 2), date(2026, 11, 20)
    rules = (
        Payer("company", match=match, since=first, until=second),
        Payer("later", match=match, since=second),
    )
    assert attributed(labels(), Config(payers=rules), at).payer == payer


@pytest.mark.parametrize(
    ("at", "is_plan"),
    [
        ("2026-11-01T23:59:59.999", False),
        ("2026-11-02", True),
        ("2026-11-19T23:59:59.999", True),
        ("2026-11-20", False),
    ],
)
def test_plans_hold_for_a_time(at: str, is_plan: bool) -> None:
    """A payer that [plans] names is a flat plan only while that lasts."""
    seat = Payer("seat", match=Match(source=("*",)))
    days = {"since": date(2026, 11, 2), "until": date(2026, 11, 20)}
    plan = Plan("seat", "anthropic", Decimal(30), 1, **days)
    found = attributed(labels(), Config(payers=(seat,), plans=(plan,)), at)
    assert (found.payer, found.is_plan) == ("seat", is_plan)


def test_login_before_its_plan() -> None:
    """The login of today is no evidence for days before the user says it began.

    A rollout states the plan of its own day, whatever the config says.
    """
    since = date(2026, 11, 12)
    plans = (
        Plan("claude-max", "anthropic", Decimal(100), 12, since=since),
        Plan("chatgpt-plus", "openai", Decimal(20), 12, since=since),
    )
    config = Config(plans=plans)
    claude = labels(account="claude_max", endpoint="anthropic")
    codex = labels("gpt-5.4", "codex", account="chatgpt plus", endpoint="openai")
    for at, payer, why, is_plan in (
        ("2026-11-11", "api", "assumed", False),
        ("2026-11-12", "claude-max", "account file", True),
    ):
        found = attributed(claude, config, at)
        assert (found.payer, found.payer_evidence, found.is_plan) == (
            payer, why, is_plan,
        )  # fmt: skip
        assert attributed(codex, config, at)[2:4] == ("chatgpt-plus", "log")


def test_discount() -> None:
    """A payer's discount is kept in millionths."""
    rule = Payer("company", match=Match(source=("*",)), discount=Decimal("0.152500"))
    assert attributed(labels(), Config(payers=(rule,))).discount_ppm == 152_500


def test_named_plan_is_a_plan() -> None:
    """A payer that [plans] names is a flat plan; one that a rule names only is none."""
    seat = Payer("seat", match=Match(source=("*",)))
    plan = Plan("seat", "anthropic", Decimal(30), 1)
    assert attributed(labels(), Config(payers=(seat,))).is_plan is False
    assert attributed(labels(), Config(payers=(seat,), plans=(plan,))).is_plan is True


def test_client_who_pays() -> None:
    """A payer of kind client is the client; one of kind employer is none."""
    match = Match(source=("*",))
    client = Payer("globex", paid_by="client", match=match)
    employer = Payer("company", paid_by="employer", match=match)
    assert attributed(labels(), Config(payers=(client,))).client == "globex"
    assert attributed(labels(), Config(payers=(employer,))).client is None


def test_client_of_a_project() -> None:
    """A project's client is the client, whoever pays; path and branch must match."""
    project = Project(
        "site", ProjectMatch(path=("acme",), branch=("GLX-*",)), client="globex"
    )
    config = Config(projects=(project,))
    acme = labels(project="/home/dev/acme", branch="GLX-7-fix")
    assert attributed(acme, config).client == "globex"
    assert attributed(changed(acme, branch="main"), config).client is None
    assert attributed(changed(acme, project="/home/b"), config).client is None


def test_project_without_match() -> None:
    """A project that does not say which usage is its own has none."""
    config = Config(projects=(Project("site", client="globex"),))
    assert attributed(labels(project="/home/dev/acme"), config).client is None


def test_rules_of_a_file(tmp_path: Path) -> None:
    """The rules as people write them do the same."""
    file = tmp_path / "config.toml"
    file.write_text(
        """
[endpoints.glm]
base_url = "https://llm.acme.example"
provider = "zai"
since = 2026-11-01

[payers."claude-max extra"]
match.account = "claude_max extra usage"

[payers.company]
paid_by = "employer"
discount = 0.15
match.config_folder = "~/.claude-work"
""",
        encoding="utf-8",
    )
    config = configs.load(file)
    assert attributed(labels(base_url=GATEWAY), config)[:2] == ("zai", "rule glm")
    extra = labels(account="claude_max extra usage")
    assert attributed(extra, config)[2:4] == (
        "claude-max extra",
        "rule claude-max extra",
    )
    seat = attributed(labels(root="/home/dev/.claude-work"), config)
    assert (seat.payer, seat.discount_ppm) == ("company", 150_000)


# Changed rules


@pytest.fixture
def log(home: Path) -> Path:
    """Write a session of a million input tokens: a toy dollar."""
    return builders.write(
        builders.transcript(home), builders.claude_line(input=1_000_000, output=0)
    )


@pytest.fixture
def again(ledger: Path, home: Path) -> Callable[..., ingest.RefreshReport]:
    """Refresh with other rules."""

    def refresh(**rules: object) -> ingest.RefreshReport:
        config = replace(builders.config_of(home), **rules)
        with builders.toy_prices():
            return ingest.refresh(ledger, config)

    return refresh


@pytest.mark.parametrize("glob", ["~/.claude", "*/.claude", "~/.claude/projects"])
def test_config_folder_of_a_real_read(
    again: Callable[..., ingest.RefreshReport], log: Path, ledger: Path, glob: str
) -> None:
    """The folder that a rule names is the agent's, however deep its traces lie."""
    again(payers=(Payer("company", match=Match(config_folder=(glob,))),))
    assert builders.events(ledger, "payer") == [("company",)]
    again(payers=(Payer("company", match=Match(config_folder=("~/.claude-work",))),))
    assert builders.events(ledger, "payer") == [("api",)]


def costs(ledger: Path) -> list[tuple]:
    """Give payer, cost, list price and provider of all events."""
    return builders.events(ledger, "payer", "cost", "list", "provider")


COMPANY = Payer("company", match=Match(source=("*",)), discount=Decimal("0.15"))
A_DOLLAR = 10**9


def test_discount_comes_and_goes(ledger: Path, log: Path, again: Callable) -> None:
    """A changed rule prices all that is in the ledger anew, without reading a log."""
    again()
    assert costs(ledger) == [("api", A_DOLLAR, None, "anthropic")]
    log.unlink()
    report = again(payers=(COMPANY,))
    assert {each.bytes_read for each in report.sources} == {0}
    assert costs(ledger) == [("company", 850_000_000, A_DOLLAR, "anthropic")]
    assert builders.rollup_faults(ledger) == []
    again()
    assert costs(ledger) == [("api", A_DOLLAR, None, "anthropic")]
    assert builders.rollup_faults(ledger) == []


def test_endpoint_comes_and_goes(ledger: Path, log: Path, again: Callable) -> None:
    """A rule on who served changes the provider, and its price, of old usage."""
    again()
    rule = Endpoint("glm", ZAI, "zai", project=("acme",))
    again(endpoints=(rule,))
    assert builders.events(ledger, "provider", "provider_evidence") == [
        ("zai", "rule glm")
    ]
    again(endpoints=(replace(rule, until=date(2026, 11, 1)),))
    assert builders.events(ledger, "provider", "provider_evidence") == [
        ("anthropic", "message id")
    ]


def test_plan_and_client_come_and_go(ledger: Path, log: Path, again: Callable) -> None:
    """What only [plans] and [projects] change is found again too."""
    seat = Payer("seat", match=Match(source=("*",)))
    again(payers=(seat,))
    assert builders.events(ledger, "is_plan", "client") == [(0, None)]
    again(
        payers=(seat,),
        plans=(Plan("seat", "anthropic", Decimal(30), 1),),
        projects=(Project("a", ProjectMatch(path=("acme",)), client="globex"),),
    )
    assert builders.events(ledger, "is_plan", "client") == [(1, "globex")]


def test_fees_are_discounted_again(ledger: Path, home: Path, again: Callable) -> None:
    """What was billed beside tokens is restamped with the rest."""
    searched = {"server_tool_use": {"web_search_requests": 2}}
    builders.write(
        builders.transcript(home),
        builders.claude_line(input=1_000_000, output=0, usage=searched),
    )
    again()
    again(payers=(COMPANY,))
    # $1 of tokens and two searches of ten cents, less 15 %
    assert costs(ledger)[0][1:3] == (1_020_000_000, 1_200_000_000)
    assert builders.rollup_faults(ledger) == []


def test_same_rules_change_nothing(ledger: Path, log: Path, again: Callable) -> None:
    """With the same rules the ledger is not written to."""
    again(payers=(COMPANY,))
    before = ledger.read_bytes()
    again(payers=(COMPANY,))
    assert ledger.read_bytes() == before


def test_release_knows_another_vendor(
    ledger: Path, home: Path, again: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a new release knows holds for old usage too, without reading a log."""
    builders.write(
        builders.rollout(home),
        builders.codex_meta(model_provider="groq"),
        builders.codex_turn("qwen3-coder"),
        builders.codex_total((1_000, 0, 300), (1_000, 0, 300)),
    )
    again()
    assert builders.events(ledger, "provider", "provider_evidence") == [
        (None, "model provider groq")
    ]
    monkeypatch.setitem(vendors.MODEL_PROVIDERS, "groq", "groq")
    report = again()
    assert sum(each.bytes_read for each in report.sources) == 0
    assert builders.events(ledger, "provider", "provider_evidence") == [
        ("groq", "model provider groq")
    ]
    before = ledger.read_bytes()
    again()
    assert ledger.read_bytes() == before


def test_release_knows_another_plan(
    ledger: Path, home: Path, again: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A login that becomes a plan pays old usage, and its windows have its name."""
    reset = int(builders.START.timestamp()) + 9_000
    window = {"used_percent": 12.0, "window_minutes": 300, "resets_at": reset}
    builders.write(
        builders.rollout(home),
        builders.codex_meta(),
        builders.codex_turn(),
        builders.codex_line(
            "token_count",
            1,
            info={
                "total_token_usage": builders.counts(1_000, 0, 300),
                "last_token_usage": builders.counts(1_000, 0, 300),
            },
            rate_limits={"primary": window, "secondary": None, "plan_type": "mini"},
        ),
    )

    def payers() -> list[tuple]:
        with closing(open_for_reading(ledger)) as connection:
            return connection.execute(
                "SELECT s.payer, s.is_plan, q.payer FROM series s, quota q"
            ).fetchall()

    again()
    assert payers() == [("api", 0, "chatgpt mini")]
    monkeypatch.setitem(vendors.PLANS, "chatgpt mini", "chatgpt-mini")
    again()
    assert payers() == [("chatgpt-mini", 1, "chatgpt-mini")]


@pytest.mark.parametrize(
    "order",
    [
        1,
        -1,
    ],
)
def test_rule_begins_within_a_session(
    ledger: Path, home: Path, again: Callable, order: int
) -> None:
    """A series is attributed by when it begins, in whatever order it is read."""
    lines = [
        builders.claude_line("msg_01A" + "A" * 12 + "1", -86_400, request="a"),
        builders.claude_line("msg_01A" + "A" * 12 + "2", 0, request="b"),
    ]
    builders.write(builders.transcript(home), *lines[::order])
    since = date(2026, 11, 20)
    rule = Endpoint("glm", ZAI, "zai", since=since, project=("acme",))
    payer = Payer("company", match=Match(source=("*",)), since=since)
    again(endpoints=(rule,), payers=(payer,))
    assert set(builders.events(ledger, "provider", "payer")) == {("anthropic", "api")}


WORK = Account("work", "anthropic")
AT = ms("2026-11-20")


@pytest.mark.parametrize(
    ("match", "kind_payer", "payer"),
    [
        (Match(account=("work",)), "api", "company"),
        (Match(account=("w*",), project=("*/work",)), "api", "company"),
        (Match(account=("api key",)), "api", "company"),
        (Match(account=("api key",)), "cursor", "cursor"),
        (Match(account=("cursor_on_demand",)), "cursor", "company"),
        (Match(account=("cursor_*",)), "cursor", "company"),
        # Who pays a part of a login's usage is not known to be billed for it.
        (Match(account=("api key",), project=("*/work",)), "api", "api"),
        (Match(project=("*/work",)), "api", "api"),
    ],
)
def test_account_is_that_of_whom_its_usage_is(
    match: Match, kind_payer: str, payer: str
) -> None:
    """Else the bill would count for one payer, and what it bills for another."""
    rules = Rules(Config(payers=(Payer("company", match=match),)))
    assert rules.payer_of_account("work", kind_payer, AT) == payer


def test_account_of_a_rule_that_is_over() -> None:
    """A rule that holds no more says nothing of what is billed now."""
    day = date(2026, 11, 20)
    for rule, payer in (
        (Payer("company", match=Match(account=("work",)), until=day), "api"),
        (Payer("company", match=Match(account=("work",)), since=day), "company"),
    ):
        rules = Rules(Config(payers=(rule,)))
        assert rules.payer_of_account("work", "api", AT) == payer


def test_name_of_an_account_is_no_login() -> None:
    """One rule can say of both a project and an account whose they are."""
    rule = Payer("company", match=Match(project=("*/work",), account=("work",)))
    config = Config(payers=(rule,), accounts=(WORK,))
    own = labels(project="/home/me/own", account="api key")
    work = labels(project="/home/me/work", account="api key")
    assert attributed(work, config).payer == "company"
    assert attributed(own, config).payer == "api"
    only = Payer("company", match=Match(account=("work",)))
    alone = Config(payers=(only,), accounts=(WORK,))
    assert attributed(work, alone).payer == "api"
