"""ChatGPT plans in Codex: windows, credits, and a login that is only read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import builders
import pytest
from answers_codex_plan import (
    FIVE_HOURS,
    PATH,
    RESET,
    SECRET,
    WEEK,
    WEEK_RESET,
    healthy,
    usage,
    window,
)
from builders import ms
from polled import NOW, Polls
from pytest_httpserver import HTTPServer

from tokentui.accounts.codex_plan import Answer, Login, Tokens
from tokentui.poll import PollReport

QUOTAS = (
    "SELECT payer, limit_id, window_minutes, used_percent, resets_at FROM quota"
    " ORDER BY limit_id, window_minutes"
)
BALANCES = "SELECT name, nanos, currency FROM balance"
LIMITS = "SELECT name, used, ceiling, currency, resets_at FROM money_limit"
NOW_MS = ms("2026-11-25T14:00Z")


def errors(report: PollReport) -> list[str]:
    """Give what went wrong with the account."""
    return report.accounts[0].errors


def test_windows_and_credits(polls: Polls, provider: HTTPServer) -> None:
    """Both windows of the plan, and the credits left, in credits."""
    healthy(provider)
    assert errors(polls("codex-plan", SECRET)) == []
    assert polls.rows(QUOTAS) == [
        ("chatgpt-plus", "codex", 300, 17, RESET * 1000),
        ("chatgpt-plus", "codex", 10_080, 58.5, WEEK_RESET * 1000),
    ]
    assert polls.rows(BALANCES) == [("credits", 412_500_000_000, "credits")]
    assert polls.rows(LIMITS) == []
    assert polls.rows("SELECT plan FROM account") == [("chatgpt-plus",)]


def test_one_history_with_the_rollouts(
    polls: Polls, provider: HTTPServer, home: Path
) -> None:
    """What a rollout told at 10:00 and what is polled now are one window's history."""
    primary = {"used_percent": 4.0, "window_minutes": 300, "resets_at": RESET}
    limits = {"limit_id": "codex", "plan_type": "plus", "primary": primary}
    line = builders.codex_line("token_count", 0, info=None, rate_limits=limits)
    builders.write(builders.rollout(home), builders.codex_meta(), line)
    builders.refresh(polls.ledger, home)
    healthy(provider)
    polls("codex-plan", SECRET)
    assert polls.rows(
        "SELECT payer, limit_id, as_of, used_percent, resets_at FROM quota"
        " WHERE window_minutes = 300 ORDER BY as_of"
    ) == [
        ("chatgpt-plus", "codex", builders.START_MS, 4, RESET * 1000),
        ("chatgpt-plus", "codex", NOW_MS, 17, RESET * 1000),
    ]


@pytest.mark.parametrize(
    ("plan", "payer"),
    [
        ("pro", "chatgpt-pro"),
        ("team", "chatgpt-team"),
        ("education", "chatgpt-edu"),
        # what the rollouts would call it
        ("free", "chatgpt free"),
        (None, "chatgpt"),
        ("no\nplan", "chatgpt"),
    ],
)
def test_plans(
    polls: Polls, provider: HTTPServer, plan: str | None, payer: str
) -> None:
    """The answer names the plan; without one it is a login all the same."""
    provider.expect_request(PATH).respond_with_json(usage(plan_type=plan))
    assert errors(polls("codex-plan", SECRET)) == []
    assert {row[0] for row in polls.rows(QUOTAS)} == {payer}


def test_length_tells_the_window(polls: Polls, provider: HTTPServer) -> None:
    """A weekly window in the first slot is weekly; minutes are rounded up."""
    limits = {
        "primary_window": window(40, WEEK, WEEK_RESET),
        "secondary_window": window(1, 90, RESET),
    }
    provider.expect_request(PATH).respond_with_json(usage(rate_limit=limits))
    polls("codex-plan", SECRET)
    assert [row[2:4] for row in polls.rows(QUOTAS)] == [(2, 1), (10_080, 40)]


def test_limits_of_single_models(polls: Polls, provider: HTTPServer) -> None:
    """Further limits go by the name of what they meter, as in the rollouts."""
    further = [
        {
            "limit_name": "A model",
            "metered_feature": "codex_some_model",
            "rate_limit": {"primary_window": window("25", FIVE_HOURS, None)},
        },
        {"limit_name": "odd"},
        None,
    ]
    provider.expect_request(PATH).respond_with_json(
        usage(additional_rate_limits=further)
    )
    assert errors(polls("codex-plan", SECRET)) == []
    # Without a time of reset it is 60 seconds from now.
    assert polls.rows(QUOTAS)[2:] == [
        ("chatgpt-plus", "codex_some_model", 300, 25, NOW_MS + 60_000)
    ]


@pytest.mark.parametrize(
    "odd",
    [
        window(None, FIVE_HOURS, RESET),
        window("?", FIVE_HOURS, RESET),
        window(1, 0, RESET),
        window(1, 1e300, RESET),
        window(-1, FIVE_HOURS, RESET),
        [],
        7,
    ],
)
def test_odd_slot(polls: Polls, provider: HTTPServer, odd: object) -> None:
    """A slot that makes no sense spoils no other."""
    limits = {"primary_window": odd, "secondary_window": window(58, WEEK, WEEK_RESET)}
    provider.expect_request(PATH).respond_with_json(usage(rate_limit=limits))
    assert errors(polls("codex-plan", SECRET)) == []
    assert [row[2:4] for row in polls.rows(QUOTAS)] == [(10_080, 58)]


@pytest.mark.parametrize(
    ("credits_left", "rows"),
    [
        ({"balance": 0}, [("credits", 0, "credits")]),
        ({"balance": 12.25}, [("credits", 12_250_000_000, "credits")]),
        ({"balance": None}, []),
        ({"balance": "100", "unlimited": True}, []),
        (None, []),
    ],
)
def test_credits(
    polls: Polls, provider: HTTPServer, credits_left: Any, rows: list[Any]
) -> None:
    """Credits come as number or text; endless or unknown ones are no balance."""
    provider.expect_request(PATH).respond_with_json(usage(credits=credits_left))
    assert errors(polls("codex-plan", SECRET)) == []
    assert polls.rows(BALANCES) == rows


@pytest.mark.parametrize("place", ["spend_control", "rate_limit"])
def test_limit_of_a_workspace(polls: Polls, provider: HTTPServer, place: str) -> None:
    """What a workspace lets one use is a limit in credits, wherever it stands."""
    mine = {"limit": "750", "used": "21.4375", "remaining": "728.5625"}
    reset = "reset_at" if place == "spend_control" else "resets_at"
    given = {place: {"individual_limit": {**mine, reset: WEEK_RESET}}}
    provider.expect_request(PATH).respond_with_json(usage(**given))
    assert errors(polls("codex-plan", SECRET)) == []
    assert polls.rows(LIMITS) == [
        (
            "workspace",
            21_437_500_000,
            750_000_000_000,
            "credits",
            WEEK_RESET * 1000,
        )
    ]


@pytest.mark.parametrize(
    "body", [{}, {"detail": "?"}, [], {"plan_type": "plus", "rate_limit": 3}]
)
def test_other_shape(polls: Polls, provider: HTTPServer, body: Any) -> None:
    """An answer of another shape is an error, not an empty plan."""
    provider.expect_request(PATH).respond_with_json(body)
    (error,) = errors(polls("codex-plan", SECRET))
    assert "another shape" in error


def log_in(home: Path, **given: object) -> Path:
    """Write a login as Codex does."""
    file = home / ".codex/auth.json"
    tokens = {
        "id_token": "eyJ.id",
        "access_token": SECRET,
        "refresh_token": "never-touched",
        "account_id": "account-7",
    }
    content = {"OPENAI_API_KEY": None, "tokens": tokens, **given}
    return builders.write(file, json.dumps(content).encode())


def test_login_is_read_and_left_alone(
    polls: Polls, provider: HTTPServer, home: Path
) -> None:
    """The login is sent with the account that it belongs to, and is not changed."""
    file = log_in(home)
    before = file.read_bytes(), file.stat().st_mtime_ns
    headers = {"Authorization": f"Bearer {SECRET}", "ChatGPT-Account-Id": "account-7"}
    provider.expect_request(PATH, headers=headers).respond_with_json(usage())
    polls.account["login"] = True
    assert errors(polls("codex-plan", "")) == []
    assert (file.read_bytes(), file.stat().st_mtime_ns) == before


def test_given_token_goes_without_the_account(
    polls: Polls, provider: HTTPServer, home: Path
) -> None:
    """A token given apart is not sent with the account of another one."""
    log_in(home)
    provider.expect_request(PATH).respond_with_json(usage())
    polls.account["login"] = True
    assert errors(polls("codex-plan", "eyJ.another")) == []
    ((request, _),) = provider.log
    assert "ChatGPT-Account-Id" not in request.headers


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"tokens": None, "OPENAI_API_KEY": "sk-secret"}, "an API key"),
        ({"tokens": None}, "run `codex login`"),
        ({"tokens": {"access_token": 7}}, "another shape"),
        ({"tokens": {"access_token": "two words"}}, "one word"),
        (
            {"tokens": {"access_token": SECRET, "account_id": "a\nb"}},
            "one word",
        ),
    ],
)
def test_useless_login_is_not_sent(
    polls: Polls,
    provider: HTTPServer,
    home: Path,
    given: dict[str, object],
    words: str,
) -> None:
    """A login that cannot be of use is not sent, and a person is told what to do."""
    log_in(home, **given)
    polls.account["login"] = True
    (error,) = errors(polls("codex-plan", ""))
    assert words in error
    assert "sk-secret" not in error
    assert provider.log == []


def test_no_login(polls: Polls, provider: HTTPServer, home: Path) -> None:
    """Without a login, or without leave to read it, nobody is asked."""
    log_in(home)
    (error,) = errors(polls("codex-plan", ""))
    assert "no key" in error
    (home / ".codex/auth.json").unlink()
    polls.account["login"] = True
    (error,) = errors(polls("codex-plan", "", NOW))
    assert "auth.json" in error
    assert provider.log == []


def test_refused(polls: Polls, provider: HTTPServer) -> None:
    """A refused token is Codex' to renew."""
    provider.expect_request(PATH).respond_with_json({}, status=401)
    (error,) = errors(polls("codex-plan", SECRET))
    assert "run `codex` once" in error


def test_no_text_shows_a_login() -> None:
    """What holds a token does not show it."""
    tokens = Tokens(SECRET)
    assert SECRET not in repr(tokens) + repr(Login(None, tokens)) + repr(Answer("pro"))
