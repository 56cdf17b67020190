"""LiteLLM: a key's budget, and estimates by day and model from pages within days."""

from __future__ import annotations

import pytest
from answers_litellm import ACTIVITY, INFO, SECRET, day, healthy, info, metrics, page
from builders import ms
from polled import NOW, Polls, asked
from pytest_httpserver import HTTPServer

from tokentui.errors import ConfigError

COSTS = "SELECT since, nanos, basis, model FROM cost ORDER BY since, nanos"
LIMITS = "SELECT name, used, ceiling, resets_at FROM money_limit ORDER BY since"
MONDAY = ms("2026-11-23T00:00Z")
TUESDAY = ms("2026-11-24T00:00Z")


def test_spend_is_an_estimate(polls: Polls, provider: HTTPServer) -> None:
    """What the proxy reckons by its own price list is never billed."""
    healthy(provider)
    report = polls("litellm", SECRET)
    assert [each.errors for each in report.accounts] == [[]]
    assert polls.rows(COSTS) == [(TUESDAY, 1_750_000_000, "estimate", "gpt-6")]


def test_prompt_includes_the_cache(polls: Polls, provider: HTTPServer) -> None:
    """Of the prompt, what the cache read and wrote is apart; failed calls are none."""
    healthy(provider)
    polls("litellm", SECRET)
    assert polls.rows(
        "SELECT input, cache_read, cache_write, output, requests, model FROM used"
    ) == [(2_000, 7_000, 1_000, 450, 8, "gpt-6")]


def test_budget_is_a_limit(polls: Polls, provider: HTTPServer) -> None:
    """The key's budget is a limit with what its window has used and when it ends."""
    healthy(provider)
    polls("litellm", SECRET)
    assert polls.rows(LIMITS) == [
        ("key", 12_500_000_000, 50_000_000_000, ms("2026-12-01T00:00Z"))
    ]


def test_budget_can_end(polls: Polls, provider: HTTPServer) -> None:
    """A key without a budget states none; one that loses it is told of without."""
    provider.expect_oneshot_request(INFO).respond_with_json(info(spend=1))
    provider.expect_oneshot_request(INFO).respond_with_json(info(spend=2, max_budget=9))
    provider.expect_oneshot_request(INFO).respond_with_json(info(spend=3))
    provider.expect_request(ACTIVITY).respond_with_json(page())
    polls("litellm", SECRET, NOW.replace(hour=8))
    assert polls.rows(LIMITS) == []
    polls("litellm", SECRET, NOW.replace(hour=9))
    polls("litellm", SECRET, NOW.replace(hour=10))
    assert polls.rows(LIMITS) == [
        ("key", 2_000_000_000, 9_000_000_000, None),
        ("key", 3_000_000_000, None, None),
    ]


def test_page_may_end_within_a_day(polls: Polls, provider: HTTPServer) -> None:
    """A day that goes on on the next page is added up, model by model."""
    pages = [
        page(day("2026-11-24", {"gpt-6": metrics(1)}), of=3),
        page(
            day("2026-11-24", {"gpt-6": metrics(0.5), "glm-5": metrics(0.25)}),
            number=2,
            of=3,
        ),
        page(day("2026-11-23", {"glm-5": metrics(2)}), number=3, of=3),
    ]
    provider.expect_request(INFO).respond_with_json(info())
    for number, answer in enumerate(pages, 1):
        provider.expect_request(
            ACTIVITY,
            query_string={
                "start_date": "2026-08-27",
                "end_date": "2026-11-25",
                "page": str(number),
                "page_size": "1000",
            },
        ).respond_with_json(answer)
    report = polls("litellm", SECRET)
    assert report.accounts[0].errors == []
    assert len(asked(provider, ACTIVITY)) == 3
    assert polls.rows(COSTS) == [
        (MONDAY, 2_000_000_000, "estimate", "glm-5"),
        (TUESDAY, 250_000_000, "estimate", "glm-5"),
        (TUESDAY, 1_500_000_000, "estimate", "gpt-6"),
    ]
    assert polls.rows("SELECT input, requests FROM used WHERE model = 'gpt-6'") == [
        (4_000, 16)
    ]


def test_tools_have_no_model(polls: Polls, provider: HTTPServer) -> None:
    """What a day has spent beyond its models is not lost, and no dust of floats."""
    models = {"a": metrics(0.1), "b": metrics(0.2)}
    provider.expect_request(INFO).respond_with_json(info())
    provider.expect_request(ACTIVITY).respond_with_json(
        page(day("2026-11-24", models, tools=0.75), day("2026-11-23", models))
    )
    polls("litellm", SECRET)
    assert polls.rows(COSTS) == [
        (MONDAY, 100_000_000, "estimate", "a"),
        (MONDAY, 200_000_000, "estimate", "b"),
        (TUESDAY, 100_000_000, "estimate", "a"),
        (TUESDAY, 200_000_000, "estimate", "b"),
        (TUESDAY, 750_000_000, "estimate", None),
    ]
    assert polls.rows("SELECT count(*) FROM used WHERE model IS NULL") == [(0,)]


@pytest.mark.parametrize("status", [401, 403, 404])
def test_key_that_knows_of_itself_only(
    polls: Polls, provider: HTTPServer, status: int
) -> None:
    """A key that may not read activity still tells its budget, without a failure."""
    provider.expect_request(INFO).respond_with_json(info(spend=1, max_budget=2))
    provider.expect_request(ACTIVITY).respond_with_json({"error": {}}, status=status)
    report = polls("litellm", SECRET)
    assert report.accounts[0].errors == []
    assert polls.rows("SELECT used FROM money_limit") == [(1_000_000_000,)]


def test_odd_activity_is_no_zero(polls: Polls, provider: HTTPServer) -> None:
    """Activity of another shape is an error and replaces nothing."""
    provider.expect_request(INFO).respond_with_json(info())
    provider.expect_request(ACTIVITY).respond_with_json({"results": []})
    report = polls("litellm", SECRET)
    assert "another shape than known" in report.accounts[0].errors[0]
    assert polls.rows("SELECT * FROM reading") == []


def test_address_is_needed(polls: Polls) -> None:
    """A proxy has no usual address, so that the key goes nowhere by mistake."""
    polls.account = {"base_url": None}
    with pytest.raises(ConfigError, match=r"accounts\.it: base_url is missing"):
        polls("litellm", SECRET)
