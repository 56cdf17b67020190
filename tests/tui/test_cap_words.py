"""A cap's state in words: signs of bounds, units, and when it is met."""

from __future__ import annotations

import pytest

from tokentui.budget.caps import CapFacts
from tokentui.budget.forecast import Forecast
from tokentui.tui import cap_words

MINUTE_DOLLARS = 60.0
"""A dollar a minute, as dollars an hour."""


@pytest.mark.parametrize(
    ("dollars", "left", "share"),
    [
        (0, "$100.00 left", "0 %"),
        (0.001, "$100.00 left", "<1 %"),
        (99.999, "<$0.01 left", ">99 %"),
        (100, "nothing left", "100 %"),
        (250.5, "$150.50 over", "250 %"),
    ],
)
def test_what_is_left_and_the_share(build, dollars, left, share):
    """Neither reads as all or nothing where it is not quite."""
    state = build.cap("c", "month", 100, build.sums(dollars))
    assert cap_words.left(state) == left
    assert cap_words.used_share(state) == share


@pytest.mark.parametrize("doubt", [{"partial": 1}, {"unpriced": 1}])
def test_lower_bounds_have_signs_on_all_that_follows_from_them(build, doubt):
    """At least so much spent, at most so much left."""
    state = build.cap("c", "month", 100, build.sums(40, **doubt))
    assert cap_words.spent(state) == "≥$40.00"
    assert cap_words.left(state) == "≤$60.00 left"
    assert cap_words.used_share(state) == "≥40 %"
    assert cap_words.safe_per_day(state).startswith("safe per day ≤$11.")
    over = build.cap("c", "month", 10, build.sums(40, **doubt))
    assert cap_words.left(over) == "≥$30.00 over"


def test_tokens_without_a_price_are_known_all_the_same(build):
    """Only a broken record makes a cap on tokens a lower bound."""
    tokens = (100, 0, 0, 0, 50, 20)
    unpriced = build.sums(None, tokens=tokens, unpriced=1)
    state = build.cap("c", "month", 1000, unpriced, unit="tokens")
    assert cap_words.spent(state) == "150 tokens"
    assert cap_words.limit(state) == "1.0k"
    partial = build.sums(None, tokens=tokens, partial=1)
    state = build.cap("c", "month", 1000, partial, unit="tokens")
    assert cap_words.spent(state) == "≥150 tokens"


def test_list_value_is_called_so(build):
    """It is not money to pay."""
    state = build.cap("c", "month", 100, build.sums(40), unit="list-usd")
    assert cap_words.spent(state) == "$40.00 list"
    assert cap_words.left(state) == "$60.00 list left"


def test_a_quota_is_told_in_percent(build):
    """Nothing is made up if no provider said anything."""
    facts = CapFacts(percent=42.0)
    state = build.cap("c", "week", 80, build.sums(1), unit="quota:x", facts=facts)
    assert cap_words.spent(state) == "42 %"
    assert cap_words.left(state) == "38 % left"
    unknown = build.cap("c", "week", 80, build.sums(1), unit="quota:x")
    assert cap_words.spent(unknown) == "unknown"
    assert cap_words.left(unknown) == cap_words.used_share(unknown) == ""


@pytest.mark.parametrize(
    ("left", "per", "words"),
    [
        (10, "day", "met 14:13 at this rate"),
        (24 * 60, "month", "met Thu 26 Nov 14:03 at this rate"),
        (30 * 24 * 60, "year", "met Fri 25 Dec 14:03 at this rate"),
        (30 * 24 * 60, "day", "not met today at this rate"),
        (30 * 24 * 60, "week", "not met this week at this rate"),
        (0, "day", ""),
    ],
)
def test_when_a_cap_is_met(build, left, per, words):
    """The local clock, with the date if it is not today's."""
    state = build.cap("c", per, 50 + left, build.sums(50), pace=MINUTE_DOLLARS)
    assert cap_words.met(state, build.snapshot()) == words


def test_safe_per_day_is_for_longer_caps_than_a_day(build):
    """For the day it would only repeat what is left."""
    sums = build.sums(40)
    assert cap_words.safe_per_day(build.cap("c", "day", 100, sums)) == ""
    assert cap_words.safe_per_day(build.cap("c", "month", 30, sums)) == ""
    week = build.cap("c", "week", 100, sums)  # 4 d 9 h 56 min 33 s are left
    assert cap_words.safe_per_day(week) == "safe per day $13.59"


@pytest.mark.parametrize(
    "scope",
    [{"source": ("codex",)}, {"not_model": ("*",)}, {"unit": "tokens"}, {"starts": 12}],
)
def test_the_main_cap_is_that_on_everything_in_dollars(build, scope):
    """A scope, another unit or another first day make it one among others."""
    sums = build.sums(1)
    narrow = build.cap("narrow", "month", 100, sums, **scope)
    wide = build.cap("wide", "month", 100, sums)
    assert cap_words.main_cap(build.snapshot(caps=(narrow,)), "month") is None
    assert cap_words.main_cap(build.snapshot(caps=(narrow, wide)), "month") is wide


def test_a_cap_that_will_be_met_is_not_on_course(build):
    """The rate or the forecast tells; what is near or over stays called that."""
    sums, far = build.sums(10), 30 * 24.0
    ahead = Forecast(20 * build.dollar, 1, 90 * build.dollar, 5.0, False)
    with_forecast = CapFacts(forecast=ahead)
    states = {
        "on course": build.cap("c", "day", 100, sums, pace=0),
        "meets it": build.cap("c", "day", 100, sums, pace=far),
        "NEAR": build.cap("c", "day", 12, sums, pace=far),
        "OVER": build.cap("c", "day", 9, sums, pace=far, facts=with_forecast),
    }
    assert {word: cap_words.word(state) for word, state in states.items()} == {
        word: word for word in states
    }
    foreseen = build.cap("c", "day", 100, sums, pace=0, facts=with_forecast)
    assert cap_words.word(foreseen) == "meets it"
    assert cap_words.met(foreseen, build.snapshot()) == "met 19:03 as forecast"


def test_the_word_warns_before_the_bar_does(build):
    """The bar's colour tells the share, the word's what is to come."""
    state = build.cap("c", "day", 100, build.sums(10), pace=720.0)
    assert cap_words.STYLES[state.state] == ".good"
    assert cap_words.word_style(state) == ".near"
