"""`tokentui accounts`, and what the other verbs say of accounts."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import contract
import providing
import pytest
import toys
from answers_openrouter import SECRET, healthy
from asking import Ask
from providing import Provider
from rings import Ring
from toys import balance

from tokentui.accounts import secrets
from tokentui.accounts.kind import Question
from tokentui.cli import output
from tokentui.events import Quota
from tokentui.statements import Limit, Reading, state

PLACE = ("tokentui", "router (openrouter)")


@pytest.fixture
def added(ask: Ask, provider: Provider, ring: Ring) -> Provider:
    """Add the account `router`, whose provider answers."""
    healthy(provider)
    answer = add(ask, provider)
    assert answer.code == 0, answer.err
    return provider


def add(ask: Ask, provider: Provider, *words: str, key: str = SECRET):  # type: ignore[no-untyped-def]
    """Add the account `router`."""
    given = ("--kind", "openrouter", "--base-url", provider.base)
    return ask("accounts", "add", "router", *given, *words, key=f"{key}\n")


def state_file() -> Path:
    """Name the file that `accounts add` writes."""
    return Path(os.environ["TOKENTUI_STATE"]) / "accounts.toml"


def config_file(text: str) -> Path:
    """Write the config."""
    file = Path(os.environ["TOKENTUI_CONFIG"])
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def test_add(ask: Ask, provider: Provider, ring: Ring) -> None:
    """The key goes from stdin to the keyring alone; the provider is asked at once."""
    healthy(provider)
    answer = add(ask, provider, "--interval", "10m")
    assert answer.code == 0
    assert ring.kept == {PLACE: SECRET}
    assert state_file().read_text().splitlines() == [
        '[accounts."router"]',
        'kind = "openrouter"',
        f'base_url = "{provider.base}"',
        "interval = 600",
    ]
    assert state_file().stat().st_mode & 0o777 == 0o600
    assert answer.lines == [
        "account router: kept",
        "account router: ok",
        "  balance credits $74.75",
        "  billed this month $2.25",
        "  limit key $25.50 of $100.00",
    ]
    assert "https://openrouter.ai/settings/keys" in answer.err
    assert "an API key can spend" in answer.err
    assert SECRET not in answer.out + answer.err


def test_add_without_asking(ask: Ask, provider: Provider, ring: Ring) -> None:
    """With --no-test nobody is asked."""
    assert add(ask, provider, "--no-test").code == 0
    assert provider.calls == []
    assert ask("accounts", "list").lines[-1].split()[2:5] == ["not", "asked", "yet"]


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("", "no key was given"),
        ("sk-ant-api03-planted", "begins with sk-or-; it was not kept"),
        ("sk-or-two words", "a key is one word"),
        ("sk-or-ключ", "a key is one word"),
        ("sk-or-" + "x" * 9_000, "a key is one word"),
    ],
)
def test_add_odd_key(
    ask: Ask, provider: Provider, ring: Ring, key: str, said: str
) -> None:
    """What is no key of this kind is not kept, not sent and not shown."""
    answer = add(ask, provider, key=key)
    assert answer.code in (2, 3)
    assert said in answer.err
    assert not key or key not in answer.err
    assert (ring.kept, provider.calls, state_file().exists()) == ({}, [], False)


def test_add_without_keyring(ask: Ask, provider: Provider) -> None:
    """Where nothing keeps secrets the variable is named, before a key is asked for."""
    answer = add(ask, provider)
    assert answer.code == 3
    assert "set the environment variable TOKENTUI_KEY_ROUTER" in answer.err
    assert not state_file().exists()


def test_add_with_variable(
    ask: Ask, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the variable set no keyring is needed, and no key asked for."""
    healthy(provider)
    monkeypatch.setenv("TOKENTUI_KEY_ROUTER", SECRET)
    answer = add(ask, provider, key="")
    assert answer.code == 0
    assert "the key is taken from TOKENTUI_KEY_ROUTER" in answer.err


def test_variable_wins(
    ask: Ask, added: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variable is used and not what the keyring has."""
    monkeypatch.setenv("TOKENTUI_KEY_ROUTER", "sk-or-of-the-variable")
    added.calls.clear()
    assert ask("accounts", "test", "router").code == 3
    used = {each.headers["Authorization"] for each in added.calls}
    assert used == {"Bearer sk-or-of-the-variable"}


def test_add_failing(ask: Ask, provider: Provider, ring: Ring) -> None:
    """An account that fails at once is kept, and what is wrong is told: exit 3."""
    provider.spoil(providing.status(401))
    answer = add(ask, provider)
    assert answer.code == 3
    assert "refuses the key (401)" in answer.err
    assert answer.lines[1] == "account router: error"
    assert ring.kept == {PLACE: SECRET}


def test_add_again(ask: Ask, added: Provider, ring: Ring) -> None:
    """Added again without a kind it keeps what it had, but for what is given."""
    answer = ask("accounts", "add", "router", "--interval", "1h", key="sk-or-v1-second")
    assert answer.code == 3  # the provider knows the first key only
    assert ring.kept == {PLACE: "sk-or-v1-second"}
    assert f'base_url = "{added.base}"' in state_file().read_text()
    assert "interval = 3600" in state_file().read_text()


def test_key_for_an_account_of_the_config(
    ask: Ask, provider: Provider, ring: Ring
) -> None:
    """An account of the config gets its key the same way, and stays there."""
    healthy(provider)
    text = f"[accounts.router]\nkind = 'openrouter'\nbase_url = '{provider.base}'\n"
    file = config_file(text)
    assert ask("accounts", "add", "router", key=SECRET).code == 0
    assert ring.kept == {PLACE: SECRET}
    assert not state_file().exists()
    answer = ask("accounts", "add", "router", "--interval", "1h", key=SECRET)
    assert answer.code == 2
    assert f"is in {file}; change it there" in answer.err
    answer = ask("accounts", "remove", "router")
    assert answer.code == 2
    assert "its key was removed, but [accounts.router] is in" in answer.err
    assert ring.kept == {}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("router",), "which kind of account is router? add --kind KIND"),
        (("router", "--kind", "openruter"), "did you mean openrouter?"),
        (("router", "--kind", "Öl"), "expected a kind of account"),
        (("", "--kind", "openrouter"), "is empty"),
        (("a\nb", "--kind", "openrouter"), "not printable"),
        (("r", "--kind", "openrouter", "--interval", "5s"), "at least 1m"),
        (("r", "--kind", "openrouter", "--base-url", "x"), "expected a URL"),
        (("r", "--kind", "openrouter", "--base-url", "http://["), "expected a URL"),
        (
            ("r", "--kind", "openrouter", "--base-url", "https://h?k=v"),
            "expected a URL",
        ),
    ],
)
def test_add_nonsense(ask: Ask, ring: Ring, words: tuple[str, ...], said: str) -> None:
    """What makes no sense is a usage error that says what would; nothing is kept."""
    answer = ask("accounts", "add", *words, key=SECRET)
    assert answer.code == 2
    assert said in answer.err
    assert (ring.kept, state_file().exists()) == ({}, False)


def test_password_in_the_url(ask: Ask, ring: Ring) -> None:
    """A URL with a password is refused, and the password not shown."""
    url = "https://me:planted-pw@proxy.example.com"
    answer = ask(
        "accounts", "add", "r", "--kind", "openrouter", "--base-url", url, key=SECRET
    )
    assert answer.code == 2
    assert "user or password does not belong here" in answer.err
    assert "planted-pw" not in answer.err


def test_names_of_one_variable(ask: Ask, added: Provider, ring: Ring) -> None:
    """Two accounts that one variable would give the same key cannot be."""
    answer = ask("accounts", "add", "ROUTER", "--kind", "openrouter", key=SECRET)
    assert answer.code == 2
    assert "share the variable TOKENTUI_KEY_ROUTER" in answer.err
    assert set(ring.kept) == {PLACE}
    config_file("[accounts.Router]\nkind = 'openrouter'\n")
    assert ask("accounts", "list").code == 2


def test_key_of_another_kind(
    ask: Ask, added: Provider, ring: Ring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key is never sent to the provider of another kind that took the name."""
    toys.toy(monkeypatch, balance)
    state_file().write_text("[accounts.router]\nkind = 'toy'\n")
    answer = ask("accounts", "test", "router")
    assert answer.code == 3
    assert "no key; run `tokentui accounts add router`" in answer.err
    assert ask("accounts", "remove", "router").lines == [
        "account router: removed, with its key"
    ]
    assert ring.kept == {}


def test_login_is_not_the_key(
    ask: Ask, ring: Ring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An account by login sends the login's token, not a key that was kept before."""
    sent: list[str] = []

    def authorize(secret: str, account: object) -> dict[str, str]:
        sent.append(secret)
        return {}

    toys.toy(
        monkeypatch, balance, login=lambda account: "toy-login", authorize=authorize
    )
    assert ask("accounts", "add", "it", "--kind", "toy", key="toy-key").code == 0
    assert ask("accounts", "add", "it", "--login").code == 0
    assert sent == ["toy-key", "toy-login"]


def test_no_login(ask: Ask, ring: Ring, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the tool is not logged in that is said, and what to do."""
    toys.toy(monkeypatch, balance)
    answer = ask("accounts", "add", "it", "--kind", "toy", "--login")
    assert answer.code == 3
    assert "no login was found on this machine; log in with the tool" in answer.err
    assert ask("accounts", "list", "--json").document["rows"][0]["state"] == "no key"


def test_remove(ask: Ask, added: Provider, ring: Ring, ledger: Path) -> None:
    """Account and key go, what it stated stays; a second time there is nothing."""
    assert ask("accounts", "remove", "router").lines == [
        "account router: removed, with its key"
    ]
    assert ring.kept == {}
    with closing(sqlite3.connect(ledger)) as connection:
        assert connection.execute("SELECT nanos FROM cost").fetchall() == [
            (2_250_000_000,)
        ]
    answer = ask("accounts", "remove", "router")
    assert answer.code == 2
    assert "no account 'router'; there are: none" in answer.err


def test_remove_tells_of_the_variable(
    ask: Ask, added: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable cannot be taken away, so it is named."""
    monkeypatch.setenv("TOKENTUI_KEY_ROUTER", SECRET)
    assert "TOKENTUI_KEY_ROUTER is still set" in ask("accounts", "remove", "router").err


def test_broken_keyring(
    ask: Ask, added: Provider, ring: Ring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A keyring that is locked is said to be, with what to do; nothing else is lost."""

    def locked(service: str, username: str) -> str:
        raise RuntimeError(f"locked {SECRET}")

    monkeypatch.setattr(ring, "get_password", locked)
    answer = ask("accounts", "test", "router")
    assert answer.code == 3
    assert "the keyring cannot be read (RuntimeError): unlock it" in answer.err
    assert SECRET not in answer.err
    (row,) = ask("accounts", "list", "--json").document["rows"]
    assert (row["state"], row["balance_usd"]) == ("stale", 74.75)


@pytest.mark.parametrize("backend", ["no.such.Ring", "keyring.backends.null.Keyring"])
def test_odd_keyring(
    ask: Ask, provider: Provider, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A keyring that is not there, or that forgets, is none."""
    import keyring.core

    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", backend)
    monkeypatch.setattr(keyring.core, "_keyring_backend", None)
    answer = add(ask, provider)
    assert answer.code == 3
    assert "TOKENTUI_KEY_ROUTER" in answer.err


def test_list_as_json(ask: Ask, added: Provider) -> None:
    """The document has the keys of the contract; what is not known is null."""
    document = ask("accounts", "list", "--json").document
    next_poll = document["rows"][0].pop("next_poll")
    # Every five minutes, give or take a tenth.
    assert "2026-11-25T14:04:30" <= next_poll[:19] <= "2026-11-25T14:05:30"
    assert document == {
        "kind": "accounts",
        "rows": [
            {
                "name": "router",
                "kind": "openrouter",
                "state": "ok",
                "as_of": "2026-11-25T14:00:00+00:00",
                "stale_since": None,
                "error": None,
                "balance_usd": 74.75,
                "billed_month_usd": 2.25,
                "balances": [
                    {
                        "name": "credits",
                        "amount": 74.75,
                        "currency": "USD",
                        "as_of": "2026-11-25T14:00:00+00:00",
                    }
                ],
                "limits": [
                    {
                        "name": "key",
                        "amount": 25.5,
                        "currency": "USD",
                        "as_of": "2026-11-25T14:00:00+00:00",
                        "limit": 100,
                        "resets_at": None,
                    }
                ],
                "quotas": [],
            }
        ],
    }


def plan(question: Question) -> list[Reading]:
    """State a window of a plan, of which 41.5 % are used, and money beside it."""
    now_ms = question.now_ms
    quota = Quota("claude", 300, now_ms, 41.5, now_ms + 7_200_000)
    limit = Limit("extra usage", 3 * 10**9, 50 * 10**9, "EUR", now_ms + 86_400_000)
    return [
        state(now_ms, quotas=(quota,), plan="claude_max"),
        state(now_ms, limits=(limit,)),
    ]


@pytest.fixture
def planned(ask: Ask, ring: Ring, monkeypatch: pytest.MonkeyPatch) -> None:
    """Add an account that tells of a plan."""
    toys.toy(monkeypatch, plan, payer="claude-pro")
    assert ask("accounts", "add", "it", "--kind", "toy", key="toy-key").code == 0


def test_quotas_and_limits(ask: Ask, planned: None) -> None:
    """`accounts list` has the quotas of the plan, `status` limits with their payer."""
    (row,) = ask("accounts", "list", "--json").document["rows"]
    assert row["quotas"] == [
        {
            "plan": "claude-max",
            "window": "5 h",
            "used_percent": 41.5,
            "resets_at": "2026-11-25T16:00:00+00:00",
            "runs_out_at": None,
            "as_of": "2026-11-25T14:00:00+00:00",
        }
    ]
    status = ask("status", "--json").document
    assert contract.faults(status, contract.STATUS) == []
    assert status["limits"] == [
        {
            "payer": "claude-pro",
            "used": 3,
            "limit": 50,
            "currency": "EUR",
            "resets_at": "2026-11-26T14:00:00+00:00",
            "as_of": "2026-11-25T14:00:00+00:00",
        }
    ]
    assert status["completeness"]["stale"] == []


def test_list_for_people(
    ask: Ask, planned: None, added: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within 80 columns nothing is cut: limits and windows have lines of their own."""
    monkeypatch.setattr(output, "terminal_width", lambda: 80)
    shown = ask("accounts", "list").lines
    assert [line.split() for line in shown[2:4]] == [
        ["it", "toy", "ok", "0", "s", "ago", "-", "-"],
        ["router", "openrouter", "ok", "0", "s", "ago", "$74.75", "$2.25"],
    ]
    assert shown[4:] == [
        "it: limit extra usage 3.00 EUR of 50.00 EUR",
        "it: claude-max 5 h: 41.5 % used, resets 2026-11-25T16:00",
        "router: limit key $25.50 of $100.00",
    ]
    assert max(map(len, shown)) <= 80


def test_stale_account(ask: Ask, added: Provider) -> None:
    """A failing account is stale in every verb, and keeps its last good figures."""
    added.spoil(providing.status(500))
    assert ask("accounts", "test", "router").code == 3
    status = ask("status", "--json").document
    assert status["completeness"]["stale"] == ["router"]
    assert status["limits"][0]["used"] == 25.5
    line = "account router: stale, read 0 s ago: spend: 127.0.0.1 answered 500;"
    assert any(each.startswith(line) for each in ask("status").lines)
    (row,) = ask("accounts", "list", "--json").document["rows"]
    assert (row["state"], row["balance_usd"]) == ("stale", 74.75)
    assert row["error"].startswith("spend: 127.0.0.1 answered 500;")
    assert ask("accounts", "list").lines[-1].startswith("router: spend: 127.0.0.1")


def test_long_unasked(ask: Ask, added: Provider, ledger: Path) -> None:
    """An account that nobody has asked for more than a day is stale as well."""
    with closing(sqlite3.connect(ledger)) as connection:
        connection.execute("UPDATE account SET good_at = good_at - 86400001")
        connection.commit()
    (row,) = ask("accounts", "list", "--json").document["rows"]
    assert (row["state"], row["stale_since"]) == (
        "stale",
        "2026-11-25T13:59:59.999+00:00",
    )
    assert ask("status", "--json").document["completeness"]["stale"] == ["router"]


def test_doctor(ask: Ask, added: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    """`doctor` says where the key comes from, how old the state is, what is wrong."""
    document = ask("doctor", "--json").document
    assert contract.faults(document, contract.DOCTOR) == []
    (facts,) = document["accounts"]
    assert (facts["account"], facts["kind"]) == ("router", "openrouter")
    assert (facts["key"], facts["state"]) == ("keyring", "ok")
    monkeypatch.setenv("TOKENTUI_KEY_ROUTER", SECRET)
    added.spoil(providing.status(401))
    ask("accounts", "test", "router")
    answer = ask("doctor")
    assert "  key: $TOKENTUI_KEY_ROUTER" in answer.lines
    assert any("refuses the key (401)" in line for line in answer.lines)
    assert SECRET not in answer.out
    monkeypatch.delenv("TOKENTUI_KEY_ROUTER")
    secrets.remove("router", "openrouter")
    assert any("key: no key; run" in line for line in ask("doctor").lines)


def test_refresh(ask: Ask, added: Provider) -> None:
    """`refresh --accounts` says of each account whether it was read."""
    assert ask("refresh", "--accounts").lines[-1] == "account router: not due yet"
    (told,) = ask("refresh", "--accounts", "--json").document["accounts"]
    assert (told["account"], told["was_due"], told["errors"]) == ("router", False, [])
    assert "account" not in ask("refresh").out.replace("accounts", "")


def test_refresh_reads_in_part(
    ask: Ask, ring: Ring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An account of which one feed fails was read in part, exit 3."""

    def broken(question: Question) -> list[Reading]:
        raise KeyError

    toys.toy(monkeypatch, balance, broken)
    ask("accounts", "add", "it", "--kind", "toy", "--no-test", key="toy-key")
    answer = ask("refresh", "--accounts")
    assert (answer.code, answer.lines[-1]) == (3, "account it: read in part")
    assert "it: feed1: KeyError at" in answer.err


def test_kinds(ask: Ask) -> None:
    """Every kind says who can get which key, and where."""
    shown = ask("accounts", "kinds").out
    assert "openrouter: OpenRouter key" in shown
    assert "https://openrouter.ai/settings/keys" in shown


def test_no_accounts(ask: Ask) -> None:
    """Without any the list says how to add one, and is an empty document."""
    assert "`tokentui accounts add NAME --kind KIND`" in ask("accounts", "list").out
    assert ask("accounts", "list", "--json").document["rows"] == []
