"""Claude Pro and Max: windows, extra usage, and a login that is only read."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from answers_claude_plan import PATH, SECRET, extra, healthy, limit, usage, window
from builders import ms
from polled import NOW, Polls
from pytest_httpserver import HTTPServer

from tokentui.accounts import secrets
from tokentui.poll import PollReport

QUOTAS = (
    "SELECT payer, limit_id, window_minutes, used_percent, resets_at FROM quota"
    " ORDER BY limit_id, window_minutes"
)
LIMITS = "SELECT name, used, ceiling, currency FROM money_limit ORDER BY since"
COSTS = "SELECT since, until, nanos, currency, basis, what FROM cost ORDER BY since"
NOON, SOON = ms("2026-11-25T14:00Z"), ms("2026-11-25T14:10Z")
RESET, WEEK_RESET = ms("2026-11-25T16:00Z"), ms("2026-11-30T09:00Z")


def errors(report: PollReport) -> list[str]:
    """Give what went wrong with the account."""
    return report.accounts[0].errors


def answers(provider: HTTPServer, *bodies: dict[str, Any]) -> None:
    """Let the provider answer one poll after the other."""
    for body in bodies:
        provider.expect_ordered_request(PATH).respond_with_json(body)


def test_listed_limits(polls: Polls, provider: HTTPServer) -> None:
    """The list of limits is read: session, week, a model's week, and no unknown one."""
    healthy(provider)
    assert errors(polls("claude-plan", SECRET)) == []
    assert polls.rows(QUOTAS) == [
        ("claude-plan", "claude", 300, 31.5, RESET),
        ("claude-plan", "claude", 10_080, 12, WEEK_RESET),
        ("claude-plan", "claude opus", 10_080, 64, WEEK_RESET),
    ]
    assert polls.rows(LIMITS) == []
    assert polls.rows("SELECT state, plan FROM account") == [("ok", "claude-plan")]


def test_windows_by_name(polls: Polls, provider: HTTPServer) -> None:
    """Without a list the known windows count; code names and empty ones do not."""
    body = usage(limits=None, seven_day_sonnet=window(38, None))
    answers(provider, body)
    assert errors(polls("claude-plan", SECRET)) == []
    assert polls.rows(QUOTAS) == [
        ("claude-plan", "claude", 300, 31.5, RESET + 143),
        ("claude-plan", "claude", 10_080, 12, WEEK_RESET + 143),
        ("claude-plan", "claude sonnet", 10_080, 38, None),
    ]


@pytest.mark.parametrize(
    "odd",
    [
        limit("session", None, None),
        limit("session", "much", None),
        limit("session", -1, None),
        "session",
        7,
        None,
    ],
)
def test_odd_slot(polls: Polls, provider: HTTPServer, odd: object) -> None:
    """A limit that cannot be read is left out alone."""
    answers(provider, usage(limits=[odd, limit("weekly_all", "12.5", "no time")]))
    assert errors(polls("claude-plan", SECRET)) == []
    assert polls.rows(QUOTAS) == [("claude-plan", "claude", 10_080, 12.5, None)]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"error": "overloaded"},
        {"five_hour": {"used": 4}, "extra_usage": extra()},
        {"limits": {"session": 3}},
        {"limits": [{"percent": 3}]},
        [],
    ],
)
def test_other_shape(polls: Polls, provider: HTTPServer, body: Any) -> None:
    """An answer of another shape is an error: not an empty plan, not 0 %."""
    answers(provider, usage(), body)
    polls("claude-plan", SECRET)
    before = polls.rows(QUOTAS)
    assert len(errors(polls("claude-plan", SECRET, NOW + timedelta(minutes=10)))) == 1
    assert polls.rows(QUOTAS) == before
    assert polls.rows("SELECT state FROM account") == [("stale",)]


@pytest.mark.parametrize(
    ("given", "row"),
    [
        # 2731 and 5000 cents
        ({}, ("extra usage", 27_310_000_000, 50_000_000_000, "USD")),
        (
            {"decimal_places": None},
            ("extra usage", 27_310_000_000, 50_000_000_000, "USD"),
        ),
        # yen have no minor unit: 2731 of 5000
        (
            {"decimal_places": 0, "currency": "JPY"},
            ("extra usage", 2_731_000_000_000, 5_000_000_000_000, "JPY"),
        ),
        # a fraction of a cent is exact
        ({"used_credits": 0.25}, ("extra usage", 2_500_000, 50_000_000_000, "USD")),
        ({"monthly_limit": None}, ("extra usage", 27_310_000_000, None, "USD")),
        ({"is_enabled": False}, None),
        ({"used_credits": None}, None),
        ({"currency": "dollars"}, None),
        ({"decimal_places": 400}, None),
    ],
)
def test_extra_usage(
    polls: Polls, provider: HTTPServer, given: dict[str, Any], row: Any
) -> None:
    """Extra usage is a limit in minor units; without a ceiling there is none."""
    answers(provider, usage(extra_usage=extra(**given)))
    assert errors(polls("claude-plan", SECRET)) == []
    assert polls.rows(LIMITS) == ([] if row is None else [row])
    assert polls.rows(COSTS) == []


def test_extra_usage_costs_what_it_rises_by(polls: Polls, provider: HTTPServer) -> None:
    """What the month's total rose by since the last poll was billed in between."""
    answers(
        provider,
        usage(extra_usage=extra()),
        usage(extra_usage=extra(used_credits=2731)),
        usage(extra_usage=extra(used_credits=2900.5)),
    )
    for minutes in (0, 5, 10):
        polls("claude-plan", SECRET, NOW + timedelta(minutes=minutes))
    # 2900.5 - 2731 cents
    assert polls.rows(COSTS) == [
        (SOON - 300_000, SOON, 1_695_000_000, "USD", "billed", "extra usage")
    ]


def test_extra_usage_never_lowers_estimates(polls: Polls, provider: HTTPServer) -> None:
    """Its spans stay open: it says nothing of what else somebody pays."""
    answers(provider, usage(extra_usage=extra()), usage(extra_usage=extra()))
    polls("claude-plan", SECRET)
    polls("claude-plan", SECRET, NOW + timedelta(minutes=10))
    assert polls.rows("SELECT since, until, settled_until FROM reading") == [
        (NOON, SOON, NOON)
    ]


@pytest.mark.parametrize(
    ("later", "row"),
    [
        # a new month: all of its total was spent since it began
        (
            datetime(2026, 12, 1, 2, tzinfo=UTC),
            (ms("2026-12-01T00:00Z"), ms("2026-12-01T02:00Z"), 1_250_000_000),
        ),
        # the same month: the total was corrected, which is no spend
        (datetime(2026, 11, 25, 20, tzinfo=UTC), None),
        # the clock was set back
        (datetime(2026, 11, 25, 13, tzinfo=UTC), None),
    ],
)
def test_total_that_fell(
    polls: Polls, provider: HTTPServer, later: datetime, row: Any
) -> None:
    """A total that fell is a new month's, or was corrected; it is never negative."""
    answers(
        provider,
        usage(extra_usage=extra()),
        usage(extra_usage=extra(used_credits=125)),
    )
    polls("claude-plan", SECRET)
    polls("claude-plan", SECRET, later)
    assert polls.rows("SELECT since, until, nanos FROM cost") == ([row] if row else [])


LOGIN = {
    "accessToken": SECRET,
    "refreshToken": "sk-ant-ort01-never-touched",
    "expiresAt": NOON + 60_000,
    "scopes": ["user:inference", "user:profile"],
    "subscriptionType": "max",
}


def log_in(folder: Path, **given: object) -> Path:
    """Write a login as Claude Code does."""
    file = folder / ".credentials.json"
    folder.mkdir(parents=True, exist_ok=True)
    content = {"claudeAiOauth": {**LOGIN, **given}, "mcpOAuth": {"x": {"y": 1}}}
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


def test_login_is_read_and_left_alone(
    polls: Polls, provider: HTTPServer, home: Path
) -> None:
    """The login of the config folder is sent as it is, and names the plan."""
    file = log_in(home / ".claude")
    before = file.read_bytes(), file.stat().st_mtime_ns
    healthy(provider)
    polls.account["login"] = True
    assert errors(polls("claude-plan", "")) == []
    assert {row[0] for row in polls.rows(QUOTAS)} == {"claude-max"}
    assert polls.rows("SELECT payer, plan FROM account") == [
        ("claude-plan", "claude-max")
    ]
    assert (file.read_bytes(), file.stat().st_mtime_ns) == before
    assert [each.name for each in file.parent.iterdir()] == [".credentials.json"]


def test_login_needs_leave(polls: Polls, provider: HTTPServer, home: Path) -> None:
    """Without `login = true` nobody looks into the file."""
    log_in(home / ".claude")
    (error,) = errors(polls("claude-plan", ""))
    assert "no key" in error
    assert provider.log == []


def test_first_folder_with_a_login(
    polls: Polls,
    provider: HTTPServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of several config folders the first that holds a login counts."""
    (tmp_path / "one").mkdir()
    (tmp_path / "one/.credentials.json").write_text('{"mcpOAuth": {}}')
    log_in(tmp_path / "two", subscriptionType="pro")
    log_in(tmp_path / "three", accessToken="another")
    folders = ", ".join(
        str(tmp_path / each) for each in ("none", "one", "two", "three")
    )
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", folders)
    healthy(provider)
    polls.account["login"] = True
    assert errors(polls("claude-plan", "")) == []
    assert {row[0] for row in polls.rows(QUOTAS)} == {"claude-pro"}


def test_given_token_is_nobody_elses_plan(
    polls: Polls, provider: HTTPServer, home: Path
) -> None:
    """A token given apart wins over the login, whose plan it need not be."""
    log_in(home / ".claude", accessToken="another", expiresAt=1)
    healthy(provider)
    polls.account["login"] = True
    assert errors(polls("claude-plan", SECRET)) == []
    assert {row[0] for row in polls.rows(QUOTAS)} == {"claude-plan"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"expiresAt": NOON}, "run `claude` once"),
        ({"scopes": ["user:inference"]}, "no scope user:profile"),
        ({"accessToken": None}, "another shape"),
        ({"accessToken": "two words"}, "one word"),
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
    log_in(home / ".claude", **given)
    polls.account["login"] = True
    (error,) = errors(polls("claude-plan", ""))
    assert words in error
    assert "sk-ant" not in error
    assert provider.log == []


def test_no_login(polls: Polls, provider: HTTPServer) -> None:
    """Where nobody is logged in, the folder and the remedy are named."""
    polls.account["login"] = True
    (error,) = errors(polls("claude-plan", ""))
    assert ".claude" in error
    assert "run `claude`" in error
    assert polls.rows("SELECT state FROM account") == [("no key",)]


def test_keychain(
    polls: Polls, provider: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On macOS the login is in the keychain, under Claude Code's own name."""
    asked = []

    class Ring:
        def get_password(self, service: str, user: str) -> str | None:
            asked.append((service, user))
            return json.dumps({"claudeAiOauth": LOGIN})

    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(secrets, "keyring", lambda account: Ring())
    monkeypatch.setattr("getpass.getuser", lambda: "ada")
    monkeypatch.delenv("CLAUDE_CONFIG_DIR")
    healthy(provider)
    polls.account["login"] = True
    assert errors(polls("claude-plan", "")) == []
    assert set(asked) == {("Claude Code-credentials", "ada")}
    assert {row[0] for row in polls.rows(QUOTAS)} == {"claude-max"}


def next_poll(polls: Polls) -> timedelta:
    """Say how long after the last poll the next one is."""
    ((tried_at, next_at),) = polls.rows("SELECT tried_at, next_at FROM account")
    return timedelta(milliseconds=next_at - tried_at)


def test_refused_twice_waits_a_day(polls: Polls, provider: HTTPServer) -> None:
    """A token that is refused once is tried again, then no more for a day."""
    provider.expect_request(PATH).respond_with_json({}, status=401)
    (error,) = errors(polls("claude-plan", SECRET))
    assert "run `claude` once, then `tokentui accounts test it`" in error
    assert next_poll(polls) == timedelta(minutes=20)
    polls("claude-plan", SECRET, NOW + timedelta(minutes=20))
    assert next_poll(polls) == timedelta(days=1)


def test_token_without_scope(polls: Polls, provider: HTTPServer) -> None:
    """A token that may not read usage is explained."""
    provider.expect_request(PATH).respond_with_json({}, status=403)
    (error,) = errors(polls("claude-plan", SECRET))
    assert "user:profile" in error


def test_expired_login_is_looked_at_again_soon(
    polls: Polls, provider: HTTPServer, home: Path
) -> None:
    """Looking at an expired login asks nobody, so that it goes on at the usual pace."""
    log_in(home / ".claude", expiresAt=NOON)
    polls.account["login"] = True
    for hours in range(3):
        polls("claude-plan", "", NOW + timedelta(hours=hours))
        assert next_poll(polls) == timedelta(minutes=10)
    assert provider.log == []


def test_never_more_often_than_five_minutes(polls: Polls, provider: HTTPServer) -> None:
    """Neither the config nor a person who asks makes it ask more often."""
    healthy(provider)
    polls.account["interval"] = 60
    polls("claude-plan", SECRET)
    assert next_poll(polls) == timedelta(minutes=5)
    for seconds, count in ((299, 1), (300, 2)):
        later = NOW + timedelta(seconds=seconds)
        polls("claude-plan", SECRET, later, force=False, asked=True)
        assert len(provider.log) == count


def test_other_key_is_not_sent(polls: Polls, provider: HTTPServer) -> None:
    """An API key is no login, and is refused before it is sent."""
    (error,) = errors(polls("claude-plan", "sk-ant-api03-0123456789"))
    assert "begins with sk-ant-oat" in error
    assert provider.log == []
