"""`doctor --network`: all hosts that would be asked, what for, and by which verbs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import contract
import pytest
from asking import Ask
from contract import is_flag, is_text, maybe, one_of

from tokentui.accounts import MODULES

NETWORK = {
    "kind": one_of("network"),
    "rows": [
        {"host": maybe(is_text), "for": is_text, "verbs": [is_text], "key": is_flag}
    ],
    "proxy": maybe(is_text),
}
ACCOUNT_VERBS = [
    *("refresh --accounts", "accounts add", "accounts test", "watch", "tokentui")
]
CHANNEL_VERBS = ["watch", "alerts test"]
RATES = ("www.ecb.europa.eu", "exchange rates", ["fx refresh"], False)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the proxies of the machine that the tests run on."""
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


def rows(ask: Ask) -> list[tuple[str | None, str, list[str], bool]]:
    """Ask for the hosts."""
    document = ask("doctor", "--network", "--json").document
    assert contract.faults(document, NETWORK) == []
    return [(r["host"], r["for"], r["verbs"], r["key"]) for r in document["rows"]]


def test_without_accounts(ask: Ask, logs: Path, ledger: Path) -> None:
    """Only who is asked for exchange rates is named; no log is read for it."""
    assert rows(ask) == [RATES]
    assert "www.ecb.europa.eu\n  for exchange rates, without a key" in (
        ask("doctor", "--network").out
    )
    assert not ledger.exists()


def test_accounts(ask: Ask, config: Callable[[str], Path]) -> None:
    """An account's host is its kind's, or that of the `base_url` in its place."""
    config(
        """
[accounts.work]
kind = "anthropic"
[accounts.proxied]
kind = "litellm"
base_url = "http://127.0.0.1:4000/v1"
[claims]
rates_url = "https://rates.example.com/x"
"""
    )
    assert rows(ask) == [
        ("api.anthropic.com", "account work (anthropic)", ACCOUNT_VERBS, True),
        ("127.0.0.1:4000", "account proxied (litellm)", ACCOUNT_VERBS, True),
        ("rates.example.com", *RATES[1:]),
    ]


def test_channels(
    ask: Ask, config: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Channels that send are named, without the path, which may be a secret.

    What a program of the user's asks nobody knows; the others stay on this machine.
    """
    monkeypatch.setenv("TOKENTUI_KEY_PHONE", "tk")
    config(
        """
[alerts.channels.phone]
via = "ntfy"
url = "https://ntfy.sh/secret-topic"
[alerts.channels.team]
via = "slack"
url = "https://hooks.slack.example/services/T/B/x"
[alerts.channels.mine]
via = "command"
command = ["/bin/true"]
[alerts.channels.desk]
via = "desktop"
"""
    )
    assert rows(ask)[1:] == [
        ("ntfy.sh", "alerts on channel phone (ntfy)", CHANNEL_VERBS, True),
        ("hooks.slack.example", "alerts on channel team (slack)", CHANNEL_VERBS, True),
        (None, "alerts on channel mine (command)", CHANNEL_VERBS, False),
    ]
    text = ask("doctor", "--network").out
    assert "whatever a program of yours asks\n" in text
    assert "secret-topic" not in text and "services" not in text


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://ada:secret@proxy.example:3128", "proxy.example:3128"),
        ("proxy.example:3128", "proxy.example:3128"),
    ],
)
def test_proxy(ask: Ask, monkeypatch: pytest.MonkeyPatch, url: str, host: str) -> None:
    """The proxy of this machine is named, without its password."""
    monkeypatch.setenv("HTTPS_PROXY", url)
    assert ask("doctor", "--network", "--json").document["proxy"] == host
    text = ask("doctor", "--network").out
    assert f"through the proxy {host}," in text and "secret" not in text


HOSTS = {
    "openrouter": "openrouter.ai",
    "anthropic": "api.anthropic.com",
    "openai": "api.openai.com",
    "cursor": "api2.cursor.sh",
    "cursor-team": "api.cursor.com",
    "claude-plan": "api.anthropic.com",
    "codex-plan": "chatgpt.com",
    "copilot": "api.github.com",
    "deepseek": "api.deepseek.com",
    "moonshot": "api.moonshot.ai",
    "vercel": "ai-gateway.vercel.sh",
    "xai": "management-api.x.ai",
    "fireworks": "api.fireworks.ai",
    "zai": "api.z.ai",
    "kimi": "api.kimi.com",
    "minimax": "api.minimax.io",
}
"""Whom each kind of account asks; a LiteLLM proxy is wherever the user says."""


def test_every_kind(ask: Ask, config: Callable[[str], Path]) -> None:
    """Each kind of account asks its provider's one host."""
    assert set(HOSTS) == set(MODULES) - {"litellm"}
    config(
        "\n".join(
            f'[accounts.{kind}]\nkind = "{kind}"\nuser = "u"\nteam = "t"'
            for kind in HOSTS
        )
    )
    assert [row[0] for row in rows(ask)[:-1]] == list(HOSTS.values())
