"""Cursor: requests as usage, cash and plan draw apart, the plan's limit and quota."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from hashlib import blake2b
from json import dumps
from pathlib import Path
from typing import Any

import pytest
from answers_cursor import (
    CHAT,
    DAY_BEFORE,
    INCLUDED,
    ON_DEMAND,
    PERIOD,
    ROWS,
    SECRET,
    SERVICE,
    SESSION,
    TOKEN,
    healthy,
    lists,
    login_until,
    row,
    signs_in,
    tells_plan,
)
from builders import ms, rollup_faults
from cursor_user import CursorUser
from polled import NOW, Polls
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

COSTS = "SELECT since, nanos, basis, model, key FROM cost ORDER BY since, nanos"
EVENTS = (
    "SELECT s.model, s.payer, s.is_plan, e.cost FROM event e"
    " JOIN series s ON s.id = e.series ORDER BY e.at, e.id"
)
OF_ON_DEMAND = (2_000, 40_000, 5_000, 1_000, 125_000_000)
DAY = ms("2026-11-25T00:00Z")
YESTERDAY = ms("2026-11-24T00:00Z")


def errors(report: Any) -> list[str]:
    """List what went wrong in a poll."""
    return [error for each in report.accounts for error in each.errors]


def test_requests_are_usage(polls: Polls, provider: HTTPServer, ledger: Path) -> None:
    """Each request is an event of its conversation, at the list price stated."""
    healthy(provider)
    assert errors(polls("cursor", SECRET)) == []
    assert polls.rows(
        "SELECT e.at, s.session, s.model, e.input, e.cache_read, e.cache_write,"
        " e.output, e.cost FROM event e"
        " JOIN series s ON s.id = e.series ORDER BY e.at DESC"
    ) == [
        (DAY + 48_600_250, CHAT, "claude-5-opus-high", *OF_ON_DEMAND),
        (DAY + 43_200_000, CHAT, "auto", 100, 3_000, 0, 200, 7_500_000),
        (DAY - 1, "unknown", "composer-3", 10, 30, 0, 20, 20_000_000),
    ]
    assert polls.rows(
        "SELECT DISTINCT s.source, s.origin, e.requests, e.partial FROM event e"
        " JOIN series s ON s.id = e.series"
    ) == [("cursor", "account", 1, 0)]
    assert rollup_faults(ledger) == []


def test_name_of_a_request(polls: Polls, provider: HTTPServer) -> None:
    """A request is named by time, model and counts, the same in every version."""
    healthy(provider)
    polls("cursor", SECRET)
    stated = b"cursor\x001795608000000\x00auto\x00100 3000 0 200\x000"
    key = blake2b(stated, digest_size=16).digest()
    assert DAY + 43_200_000 == 1_795_608_000_000
    assert polls.rows("SELECT key FROM event WHERE input = 100") == [(key,)]


def test_cash_plan_and_list_value_are_three(polls: Polls, provider: HTTPServer) -> None:
    """What is billed, what the plan covers and list values are never one figure."""
    healthy(provider)
    polls("cursor", SECRET)
    assert polls.rows(COSTS) == [
        (YESTERDAY, 20_000_000, "plan", "composer-3", None),
        (DAY, 7_500_000, "plan", "auto", None),
        (DAY, 137_000_000, "billed", "claude-5-opus-high", None),
    ]
    assert polls.rows(EVENTS) == [
        ("composer-3", "cursor-pro-plus", 1, 20_000_000),
        ("auto", "cursor-pro-plus", 1, 7_500_000),
        ("claude-5-opus-high", "cursor", 0, 125_000_000),
    ]
    assert polls.rows(
        "SELECT DISTINCT provider, provider_evidence, payer_evidence FROM series"
    ) == [("cursor", "base URL", "provider")]


KINDS = {
    "USAGE_BASED": ("cursor", 0, 70_000_000, [(70_000_000, "billed")]),
    "INCLUDED_IN_PRO": ("cursor-pro", 1, 70_000_000, [(70_000_000, "plan")]),
    "INCLUDED_IN_ULTRA": ("cursor-ultra", 1, 70_000_000, [(70_000_000, "plan")]),
    "INCLUDED_IN_A_NEW_PLAN": ("cursor-plan", 1, 70_000_000, [(70_000_000, "plan")]),
    "FREE_CREDIT": ("cursor-free", 1, 70_000_000, []),
    "ERRORED_NOT_CHARGED": ("cursor-free", 1, 0, []),
    "ABORTED_NOT_CHARGED": ("cursor-free", 1, 0, []),
    "A_NEW_KIND": ("api", 0, 70_000_000, [(70_000_000, "estimate")]),
}


@pytest.mark.parametrize("kind", KINDS)
def test_kind(polls: Polls, provider: HTTPServer, kind: str) -> None:
    """The kind says who pays, and what a charge is; one not known is never cash."""
    payer, is_plan, worth, costs = KINDS[kind]
    signs_in(provider)
    tells_plan(provider)
    at = "2026-11-25T10:00Z"
    lists(provider, [row(at, kind, "m", (1, 2, 3, 4), 7, chargedCents=7)])
    assert errors(polls("cursor", SECRET)) == []
    assert polls.rows(EVENTS) == [("m", payer, is_plan, worth)]
    assert polls.rows("SELECT nanos, basis FROM cost") == costs


def test_own_key_is_billed_elsewhere(polls: Polls, provider: HTTPServer) -> None:
    """With the user's own key tokens are kept, of the vendor, and no cash is stated."""
    signs_in(provider)
    tells_plan(provider)
    at, model = "2026-11-25T10:00Z", "claude-opus-5-5"
    counts = (1_000_000, 100, 0, 0)
    lists(provider, [row(at, "USER_API_KEY", model, counts, 0, chargedCents=0)])
    polls("cursor", SECRET)
    assert polls.rows(COSTS) == []
    assert polls.rows(
        "SELECT s.provider, s.payer, s.payer_evidence, e.input, e.cost > 0 FROM event e"
        " JOIN series s ON s.id = e.series"
    ) == [("anthropic", "api", "provider", 1_000_000, 1)]


def test_no_counts_are_unknown(polls: Polls, provider: HTTPServer) -> None:
    """A request without counts has no price; one that failed as well is none."""
    signs_in(provider)
    tells_plan(provider)
    at = "2026-11-25T10:00Z"
    rows = [
        row(at, "INCLUDED_IN_BUSINESS", "m", None, chargedCents=8),
        row(at, "ABORTED_NOT_CHARGED", "m", None),
    ]
    lists(provider, rows)
    polls("cursor", SECRET)
    assert polls.rows("SELECT requests, unpriced, partial, cost FROM rollup") == [
        (1, 1, 1, None)
    ]
    assert polls.rows(COSTS) == [(DAY, 80_000_000, "plan", "m", None)]


def test_charge_that_is_not_stated(polls: Polls, provider: HTTPServer) -> None:
    """Without a charge it is the list price less the discount, and the fee."""
    signs_in(provider)
    tells_plan(provider)
    usage = row("2026-11-25T10:00Z", "USAGE_BASED", "m", (1, 2, 3, 4), "40.2")
    usage["tokenUsage"]["discountPercentOff"] = 10
    usage["cursorTokenFee"] = "1.18"
    lists(provider, [usage])
    polls("cursor", SECRET)
    # 40.2 * 0.9 + 1.18 = 37.36 cents
    assert polls.rows("SELECT nanos FROM cost") == [(373_600_000,)]


def test_limits_and_quota(polls: Polls, provider: HTTPServer) -> None:
    """The plan's amount and share and on-demand money are told, to the cycle's end."""
    healthy(provider)
    polls("cursor", SECRET)
    ends = ms("2026-12-08T09:00Z")
    assert polls.rows(
        "SELECT name, used, ceiling, resets_at FROM money_limit ORDER BY name"
    ) == [
        ("included", 12_000_000_000, 20_000_000_000, ends),
        ("on-demand", 17_500_000_000, 50_000_000_000, ends),
    ]
    assert polls.rows(
        "SELECT payer, window_minutes, used_percent, resets_at FROM quota"
    ) == [("cursor-pro-plus", 43_200, 54.25, ends)]


def test_on_demand_without_limit(polls: Polls, provider: HTTPServer) -> None:
    """No limit is none; a team seat without a plan of its own states no quota."""
    signs_in(provider)
    lists(provider, [])
    cycle = {key: PERIOD[key] for key in ("billingCycleStart", "billingCycleEnd")}
    extra = {"individualUsed": 1, "pooledUsed": "2.5", "pooledLimit": 1000}
    tells_plan(provider, {**cycle, "spendLimitUsage": extra})
    assert errors(polls("cursor", SECRET)) == []
    assert polls.rows("SELECT name, used, ceiling FROM money_limit ORDER BY name") == [
        ("on-demand", 10_000_000, None),
        ("team on-demand", 25_000_000, 10_000_000_000),
    ]
    assert polls.rows("SELECT * FROM quota") == []


def many(count: int) -> list[dict[str, Any]]:
    """Write requests that are alike but for their input, newest first."""
    at, kind = "2026-11-25T10:00Z", "INCLUDED_IN_PRO"
    return [row(at, kind, "m", (n, 1, 0, 0), 1) for n in range(count, 0, -1)]


def test_all_pages_are_read(polls: Polls, provider: HTTPServer) -> None:
    """More requests than a page holds are read to the last."""
    signs_in(provider)
    tells_plan(provider)
    lists(provider, many(2_345))
    assert errors(polls("cursor", SECRET)) == []
    assert polls.rows("SELECT count(*), sum(input) FROM event") == [
        (2_345, 2_345 * 2_346 // 2)
    ]


def answers(
    provider: HTTPServer, pages: Sequence[tuple[int, list[dict[str, Any]]]]
) -> None:
    """Answer each page with the total that it states."""

    def answer(request: Request) -> Response:
        asked = request.get_json()
        total, rows = pages[asked["page"] - 1]
        body = {"totalUsageEventsCount": total, "usageEventsDisplay": rows}
        return Response(dumps(body), content_type="application/json")

    provider.expect_request(
        f"{SERVICE}/GetFilteredUsageEvents", headers=SESSION
    ).respond_with_handler(answer)


def test_rows_move_over_a_border(polls: Polls, provider: HTTPServer) -> None:
    """What new requests push over a page's end comes twice and counts once."""
    signs_in(provider)
    tells_plan(provider)
    rows = many(1_200)
    late = many(2)
    first, later = rows[:1000], [*late, *rows][1000:]
    answers(provider, [(1_200, first), (1_202, later)])
    assert errors(polls("cursor", SECRET)) == []
    assert polls.rows("SELECT count(*) FROM event") == [(1_200,)]


def test_equal_requests_are_two(polls: Polls, provider: HTTPServer) -> None:
    """Requests that are equal in all are as many as there are, on a border as well."""
    signs_in(provider)
    tells_plan(provider)
    rows = many(1_000)
    rows[998:] = [rows[998]] * 4
    lists(provider, rows)
    assert errors(polls("cursor", SECRET)) == []
    assert polls.rows("SELECT count(*) FROM event") == [(1_002,)]


def test_fewer_rows_than_there_are(polls: Polls, provider: HTTPServer) -> None:
    """A list that ends too early is a failure, and the last one stands."""
    signs_in(provider)
    tells_plan(provider)
    lists(provider, ROWS)
    polls("cursor", SECRET)
    provider.clear()
    signs_in(provider)
    tells_plan(provider)
    answers(provider, [(3, ROWS[:1]), (3, [])])
    (error,) = errors(polls("cursor", SECRET))
    assert "only 1 of 3 requests" in error
    assert polls.rows("SELECT count(*) FROM event") == [(3,)]


def test_priced_anew(polls: Polls, provider: HTTPServer, ledger: Path) -> None:
    """What is stated anew replaces what was: kind, charge, and rows that are gone."""
    healthy(provider)
    polls("cursor", SECRET)
    provider.clear()
    signs_in(provider)
    tells_plan(provider)
    billed = {**INCLUDED, "kind": "USAGE_EVENT_KIND_USAGE_BASED", "chargedCents": 1}
    lists(provider, [billed, DAY_BEFORE])
    polls("cursor", SECRET, datetime(2026, 11, 25, 15, tzinfo=UTC))
    assert polls.rows(EVENTS) == [
        ("composer-3", "cursor-pro-plus", 1, 20_000_000),
        ("auto", "cursor", 0, 7_500_000),
    ]
    assert polls.rows(COSTS) == [
        (YESTERDAY, 20_000_000, "plan", "composer-3", None),
        (DAY, 10_000_000, "billed", "auto", None),
    ]
    assert rollup_faults(ledger) == []


def test_last_two_days_are_read_again(polls: Polls, provider: HTTPServer) -> None:
    """A poll asks for 90 days at first, then for the last days as a whole."""
    asked = []

    def note(request: Request) -> Response:
        asked.append(request.get_json())
        return Response("{}", content_type="application/json")

    signs_in(provider)
    tells_plan(provider)
    path = f"{SERVICE}/GetFilteredUsageEvents"
    provider.expect_request(path).respond_with_handler(note)
    polls.account["team"] = "9890"
    polls("cursor", SECRET)
    polls("cursor", SECRET)
    now = str(ms("2026-11-25T14:00Z"))
    page = {"page": 1, "pageSize": 1000, "endDate": now, "teamId": 9890}
    assert asked == [
        page | {"startDate": str(ms("2026-08-27T00:00Z"))},
        page | {"startDate": str(ms("2026-11-23T00:00Z"))},
    ]


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1e400"])
def test_no_money(polls: Polls, provider: HTTPServer, amount: str) -> None:
    """An amount that is none is a failure, and no figure."""
    signs_in(provider)
    tells_plan(provider)
    lists(provider, [{**ON_DEMAND, "chargedCents": amount}])
    assert len(errors(polls("cursor", SECRET))) == 1
    assert polls.rows("SELECT count(*) FROM event") == [(0,)]


def test_numbers_as_text(polls: Polls, provider: HTTPServer) -> None:
    """Numbers that come as text are read like numbers, in money exactly."""
    signs_in(provider)
    tells_plan(provider)
    usage = {"inputTokens": "100", "outputTokens": "5", "totalCents": "12.000000001"}
    plain = {"timestamp": str(DAY), "model": "m", "tokenUsage": usage}
    answers(provider, [("1", [plain])])  # type: ignore[list-item]
    assert errors(polls("cursor", SECRET)) == []
    assert polls.rows("SELECT input, output, cost FROM event") == [
        (100, 5, 120_000_000)
    ]


def test_another_shape(polls: Polls, provider: HTTPServer) -> None:
    """An answer without a list is a failure, unless it is empty; no zero is made up."""
    signs_in(provider)
    tells_plan(provider)
    path = f"{SERVICE}/GetFilteredUsageEvents"
    provider.expect_request(path).respond_with_json({"events": []})
    (error,) = errors(polls("cursor", SECRET))
    assert "another shape" in error
    assert polls.rows("SELECT * FROM reading WHERE feed = 'requests'") == []


def test_cycle_that_never_ends(polls: Polls, provider: HTTPServer) -> None:
    """A billing cycle that ends when no ledger can say is refused; requests count."""
    signs_in(provider)
    tells_plan(provider, {**PERIOD, "billingCycleEnd": 10**30})
    lists(provider, ROWS)
    (report,) = polls("cursor", SECRET).accounts
    assert "fault in tokentui" not in str(report.errors)
    assert "billingCycleEnd" in str(report.errors)
    assert polls.rows("SELECT count(*) FROM event") == [(len(ROWS),)]


@pytest.mark.parametrize("token", ["\u00e9", "a b", "a\r\nb", "x" * 9_000])
def test_session_that_is_none(polls: Polls, provider: HTTPServer, token: str) -> None:
    """A session that cannot be sent is refused, and shown nowhere."""
    provider.expect_request("/auth/exchange_user_api_key").respond_with_json(
        {"accessToken": token}
    )
    (report,) = polls("cursor", SECRET).accounts
    assert "the session that Cursor gave is none" in report.errors[0]
    assert token not in report.errors[0]


def test_key_is_not_known(polls: Polls, provider: HTTPServer) -> None:
    """A key that Cursor does not know says so, whatever the status of the answer."""
    provider.expect_request("/auth/exchange_user_api_key").respond_with_json(
        {"code": "error", "message": "Invalid User API Key"}
    )
    (error,) = errors(polls("cursor", SECRET))
    assert "does not know this key" in error
    assert SECRET not in error


def test_session_is_kept_nowhere(
    polls: Polls, provider: HTTPServer, ledger: Path, tmp_path: Path
) -> None:
    """Neither the key nor the session that it opens is written anywhere."""
    healthy(provider)
    polls("cursor", SECRET)
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert kept
    assert not any(text.encode() in each for text in (SECRET, TOKEN) for each in kept)


def sign_in_to_cursor(token: str) -> None:
    """Let Cursor run on this machine, signed in."""
    cursor = CursorUser(Path(os.environ["CURSOR_USER_DIR"]))
    cursor.connection.execute(
        "INSERT INTO ItemTable VALUES ('cursorAuth/accessToken', ?)", (token,)
    )
    cursor.quit()


def test_login_of_this_machine(polls: Polls, provider: HTTPServer) -> None:
    """With `login` Cursor's own session asks, as it is; nothing is exchanged."""
    token = login_until(int(NOW.timestamp()) + 61)
    sign_in_to_cursor(f'"{token}"')
    session = {"Authorization": f"Bearer {token}"}
    expect = provider.expect_request
    expect(f"{SERVICE}/GetCurrentPeriodUsage", headers=session).respond_with_json(
        PERIOD
    )
    expect(f"{SERVICE}/GetPlanInfo", headers=session).respond_with_json({})
    expect(f"{SERVICE}/GetFilteredUsageEvents", headers=session).respond_with_json({})
    polls.account["login"] = True
    assert errors(polls("cursor", "")) == []
    assert polls.rows("SELECT payer FROM quota") == [("cursor",)]


@pytest.mark.parametrize("token", [login_until(int(NOW.timestamp()) + 59), "odd"])
def test_login_has_lapsed(polls: Polls, provider: HTTPServer, token: str) -> None:
    """A login that is over is not sent and not renewed: Cursor renews it itself."""
    sign_in_to_cursor(token)
    polls.account["login"] = True
    (error,) = errors(polls("cursor", ""))
    assert "open Cursor once" in error
    assert provider.log == []


def test_no_login_on_this_machine(polls: Polls, provider: HTTPServer) -> None:
    """Without Cursor on this machine the account says what to do."""
    polls.account["login"] = True
    (error,) = errors(polls("cursor", ""))
    assert "sign in to Cursor" in error
    assert polls.rows("SELECT state FROM account") == [("no key",)]


def test_requests_of_the_ledger_stay_priced(
    polls: Polls, provider: HTTPServer, ledger: Path
) -> None:
    """A price that is stated stays when the price book is asked about all anew."""
    healthy(provider)
    polls("cursor", SECRET)
    before = polls.rows(EVENTS)
    from tokentui import ingest

    ingest.reprice(ledger, polls.config("cursor"))
    assert polls.rows(EVENTS) == before
    with closing(sqlite3.connect(ledger)) as connection:
        assert connection.execute("SELECT DISTINCT rate FROM event").fetchall() == [
            (-1,)
        ]
