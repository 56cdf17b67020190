"""Anthropic: costs in cents by line item, tokens by model, pages of days."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from answers_anthropic import CODE, COSTS, SECRET, USAGE, cost, day, healthy, page, used
from builders import ms
from polled import Polls, asked
from pytest_httpserver import HTTPServer

from tokentui.poll import PollReport

BILLED = "SELECT since, nanos, currency, basis, model, what, key FROM cost"
NANOS = "SELECT since, nanos FROM cost ORDER BY since, nanos"
TUESDAY = ms("2026-11-24T00:00Z")
WEDNESDAY = ms("2026-11-25T00:00Z")


@pytest.fixture(autouse=True)
def no_report(provider: HTTPServer) -> None:
    """Let Claude Code's report be empty, which another file is about."""
    provider.expect_request(CODE).respond_with_json(page())


def polled(
    polls: Polls, provider: HTTPServer, costs: list[Any], usage: list[Any]
) -> PollReport:
    """Poll once against some pages of costs and of usage."""
    for path, pages in ((COSTS, costs), (USAGE, usage)):
        for each in pages:
            provider.expect_ordered_request(path).respond_with_json(each)
    return polls("anthropic", SECRET)


def test_cents_become_dollars(polls: Polls, provider: HTTPServer) -> None:
    """A decimal string of cents is billed exactly, with its model and line item."""
    healthy(provider)
    report = polls("anthropic", SECRET)
    assert [each.errors for each in report.accounts] == [[]]
    what = "Claude Opus 5 Usage - Output Tokens"
    assert sorted(polls.rows(BILLED)) == [
        (TUESDAY, 2_505_000_000, "USD", "billed", "claude-opus-5", what, None),
        (WEDNESDAY, 120_000_000, "USD", "billed", "claude-opus-5", what, None),
    ]


def test_tokens_are_disjoint(polls: Polls, provider: HTTPServer) -> None:
    """Each kind of token is taken as told; the number of requests is not told."""
    healthy(provider)
    polls("anthropic", SECRET)
    assert polls.rows(
        "SELECT since, input, cache_read, cache_write, cache_write_1h, output,"
        " requests, model, tier, key FROM used"
    ) == [
        (
            WEDNESDAY,
            1_200,
            78_900,
            340,
            56,
            2_100,
            None,
            "claude-opus-5",
            "standard",
            "apikey_01TEST",
        )
    ]


def test_long_context_stays_apart(polls: Polls, provider: HTTPServer) -> None:
    """Tokens of the long context window, which cost more, are told by their tier."""
    rows = [used(), used(context_window="200k-1M", service_tier="batch")]
    polled(polls, provider, [page()], [page(day("2026-11-24", *rows))])
    assert polls.rows("SELECT tier FROM used ORDER BY tier") == [
        ("batch 200k-1M",),
        ("standard",),
    ]


def test_what_is_asked(polls: Polls, provider: HTTPServer) -> None:
    """The first poll asks for 90 days of costs and 31 of usage, up to now."""
    healthy(provider)
    polls("anthropic", SECRET)
    assert asked(provider, COSTS) == [
        [
            ("starting_at", "2026-08-27T00:00:00Z"),
            ("bucket_width", "1d"),
            ("limit", "31"),
            ("group_by[]", "workspace_id"),
            ("group_by[]", "description"),
        ]
    ]
    (usage,) = asked(provider, USAGE)
    assert usage[0] == ("starting_at", "2026-10-26T00:00:00Z")
    assert [value for name, value in usage if name == "group_by[]"] == [
        "model",
        "service_tier",
        "context_window",
        "api_key_id",
    ]


def test_reads_late_days_again(polls: Polls, provider: HTTPServer) -> None:
    """The next poll asks for three days before the last; a restated day replaces."""
    polled(polls, provider, [page(day("2026-11-25", cost("12")))], [page()])
    provider.expect_ordered_request(COSTS).respond_with_json(
        page(day("2026-11-25", cost("30")))
    )
    provider.expect_ordered_request(USAGE).respond_with_json(page())
    polls("anthropic", SECRET, datetime(2026, 11, 25, 15, tzinfo=UTC))
    assert asked(provider, COSTS)[1][0] == ("starting_at", "2026-11-22T00:00:00Z")
    assert polls.rows(NANOS) == [(WEDNESDAY, 300_000_000)]


def test_pages_are_asked_alike(polls: Polls, provider: HTTPServer) -> None:
    """A further page is asked with the same words and the token, in any script."""
    report = polled(
        polls,
        provider,
        [
            page(day("2026-11-23"), following="page_Zm9v+/=="),
            page(following="page_2"),
            page(day("2026-11-24", cost("100"))),
        ],
        [page()],
    )
    assert report.accounts[0].errors == []
    first, second, third = asked(provider, COSTS)
    assert second == [*first, ("page", "page_Zm9v+/==")]
    assert third == [*first, ("page", "page_2")]
    assert polls.rows(NANOS) == [(TUESDAY, 1_000_000_000)]


def test_overlapping_pages_count_once(polls: Polls, provider: HTTPServer) -> None:
    """What two pages tell of the same is counted once, as the later one has it."""
    search = {"description": "Web Search Usage", "model": None, "token_type": None}
    polled(
        polls,
        provider,
        [
            page(day("2026-11-24", cost("100"), cost("7", **search)), following="b"),
            page(day("2026-11-24", cost("101")), day("2026-11-25", cost("5"))),
        ],
        [page()],
    )
    assert polls.rows(NANOS) == [
        (TUESDAY, 70_000_000),
        (TUESDAY, 1_010_000_000),
        (WEDNESDAY, 50_000_000),
    ]


def test_rows_alike_on_a_page_add_up(polls: Polls, provider: HTTPServer) -> None:
    """Rows that differ in what is not read, such as the geography, both count."""
    rows = [cost("100"), cost("10", inference_geo="us")]
    polled(polls, provider, [page(day("2026-11-24", *rows))], [page()])
    assert polls.rows("SELECT sum(nanos) FROM cost") == [(1_100_000_000,)]


def test_missing_page_keeps_the_last_good(polls: Polls, provider: HTTPServer) -> None:
    """An answer that has more and names no page is an error; what stood stands."""
    polled(polls, provider, [page(day("2026-11-24", cost("100")))], [page()])
    broken = {**page(day("2026-11-24", cost("1"))), "has_more": True}
    report = polled(polls, provider, [broken], [page()])
    assert report.accounts[0].errors == [
        "costs: the answer breaks off: it has more, and names no page"
    ]
    assert polls.rows(NANOS) == [(TUESDAY, 1_000_000_000)]


def test_expired_token_restarts_once(polls: Polls, provider: HTTPServer) -> None:
    """A page whose token has expired is met by reading all again from the first."""
    first = page(day("2026-11-24", cost("100")), following="old")
    again = page(day("2026-11-24", cost("100")), following="new")
    expect = provider.expect_ordered_request
    expect(COSTS).respond_with_json(first)
    expect(COSTS).respond_with_json({"type": "error"}, status=410)
    expect(COSTS).respond_with_json(again)
    expect(COSTS).respond_with_json(page(day("2026-11-25", cost("5"))))
    expect(USAGE).respond_with_json(page())
    report = polls("anthropic", SECRET)
    assert report.accounts[0].errors == []
    assert polls.rows(NANOS) == [(TUESDAY, 1_000_000_000), (WEDNESDAY, 50_000_000)]


def test_token_that_expires_again_fails(polls: Polls, provider: HTTPServer) -> None:
    """Reading is begun again once only."""
    provider.expect_request(COSTS).respond_with_json({"type": "error"}, status=410)
    provider.expect_request(USAGE).respond_with_json(page())
    report = polls("anthropic", SECRET)
    (error,) = report.accounts[0].errors
    assert error.startswith("costs: 127.0.0.1 answered 410")
    assert len(asked(provider, COSTS)) == 2


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (cost("NaN"), "an amount that is no money"),
        (cost("1e40"), "an amount that is no money"),
        (cost("twelve"), "another shape than known"),
        (cost("1", currency="\x1b[2J"), "a currency that is none"),
        ({"currency": "USD"}, "another shape than known"),
    ],
)
def test_odd_amounts_are_refused(
    polls: Polls, provider: HTTPServer, row: dict[str, Any], said: str
) -> None:
    """What is no money is an error, never zero."""
    report = polled(polls, provider, [page(day("2026-11-24", row))], [page()])
    (error,) = report.accounts[0].errors
    assert said in error
    assert polls.rows("SELECT * FROM reading WHERE feed = 'costs'") == []


@pytest.mark.parametrize("count", [-1, 10**30, 1.5, None])
def test_odd_counts_are_refused(
    polls: Polls, provider: HTTPServer, count: object
) -> None:
    """What is no count of tokens is an error, never zero."""
    row = used(output_tokens=count)
    report = polled(polls, provider, [page()], [page(day("2026-11-24", row))])
    (error,) = report.accounts[0].errors
    assert error.startswith("usage: the answer has another shape than known")


def test_day_without_length_is_refused(polls: Polls, provider: HTTPServer) -> None:
    """A day that ends as it begins cannot be a bill's."""
    empty = {**day("2026-11-24", cost("1")), "ending_at": "2026-11-24T00:00:00Z"}
    report = polled(polls, provider, [page(empty)], [page()])
    assert "ends before it begins" in report.accounts[0].errors[0]


def test_open_day_is_not_settled(polls: Polls, provider: HTTPServer) -> None:
    """Costs are settled to the end of yesterday, which an hour makes certain."""
    settled = "SELECT settled_until FROM reading WHERE feed = 'costs'"
    healthy(provider)
    polls("anthropic", SECRET, datetime(2026, 11, 25, 0, 30, tzinfo=UTC))
    assert polls.rows(settled + " ORDER BY since DESC LIMIT 1") == [(TUESDAY,)]
    polls("anthropic", SECRET, datetime(2026, 11, 25, 1, 0, tzinfo=UTC))
    assert polls.rows(settled + " ORDER BY since DESC LIMIT 1") == [(WEDNESDAY,)]


def test_other_credentials_go_as_bearer(polls: Polls, provider: HTTPServer) -> None:
    """A person's own key that is no admin key is sent as the vendor wants it."""
    bearer = {"Authorization": "Bearer sk-ant-oat01-abc"}
    provider.expect_request(COSTS, headers=bearer).respond_with_json(page())
    provider.expect_request(USAGE, headers=bearer).respond_with_json(page())
    report = polls("anthropic", "sk-ant-oat01-abc")
    assert report.accounts[0].errors == []


def test_refused_key_stops_at_once(polls: Polls, provider: HTTPServer) -> None:
    """A key that is refused is not tried again on the next call."""
    provider.expect_request(COSTS).respond_with_json({"type": "error"}, status=401)
    report = polls("anthropic", SECRET)
    (error,) = report.accounts[0].errors
    assert "refuses the key (401)" in error
    assert SECRET not in error
    assert asked(provider, USAGE) == []
