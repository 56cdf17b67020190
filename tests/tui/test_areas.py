"""Each area by itself: the words and figures it makes of a snapshot."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tokentui.budget.burn import Burn
from tokentui.budget.caps import CapFacts
from tokentui.queries.quotas import QuotaState
from tokentui.queries.recent import SourceState
from tokentui.settings import Plan
from tokentui.tui.view import View
from tokentui.tui.widgets.breakdown import Breakdown
from tokentui.tui.widgets.burn_rates import BurnRates
from tokentui.tui.widgets.day_spend import DaySpend
from tokentui.tui.widgets.latest import Latest
from tokentui.tui.widgets.other_caps import OtherCaps
from tokentui.tui.widgets.quotas import Quotas
from tokentui.tui.widgets.spending import SpendingLines
from tokentui.tui.widgets.status_line import StatusLine

DAY_MS = 86_400_000


def words(line):
    """Give a line with one space where there are some."""
    return " ".join(line.split())


def test_what_is_complete_has_no_sign_of_a_bound(build, read):
    """No ≥ and no ≤ where everything is priced and whole."""
    whole = build.sums(20)
    cap = build.cap("day", "day", 60, whole)
    snapshot = build.snapshot(today=whole, month=whole, caps=(cap,))
    gauge, details = read(SpendingLines("day"), snapshot, 80)
    assert gauge.startswith("$20.00 of $60.00  ━━━")
    assert gauge.endswith("─   33 %  meets it")
    assert details == "$40.00 left · met 20:36 at this rate"


def test_a_cap_that_is_exceeded_says_so(build, read):
    """A word, and by how much; there is nothing to look ahead to."""
    sums = build.sums(103.2)
    caps = (build.cap("day", "day", 100, sums), build.cap("month", "month", 110, sums))
    snapshot = build.snapshot(today=sums, month=sums, caps=caps)
    gauge, details = read(SpendingLines("day"), snapshot, 80)
    assert gauge.endswith("━  103 %  OVER")
    assert details == "$3.20 over"
    assert read(SpendingLines("month"), snapshot, 80)[0].endswith("  94 %  NEAR")


def test_what_plans_pay_does_not_add_up_with_what_is_payable(build, read):
    """The headline is what is to be paid; list value inside plans stands apart."""
    sums = build.sums(50, plan_nanos=30 * build.dollar)
    cap = build.cap("day", "day", 60, sums)
    snapshot = build.snapshot(today=sums, month=sums, caps=(cap,))
    gauge, details = read(SpendingLines("day"), snapshot, 100)
    assert gauge.startswith("$20.00 of $60.00")
    assert details.endswith(" · besides $30.00 list value inside plans")


def test_a_day_inside_plans_is_worth_its_list_value(build, read):
    """Where plans pay all, the figure is named for what it is."""
    sums = build.sums(30, plan_nanos=30 * build.dollar)
    snapshot = build.snapshot(today=sums, month=sums, caps=())
    assert read(SpendingLines("day"), snapshot, 80) == [
        "$30.00 spent · list value inside plans · no cap set"
    ]


def test_what_counts_may_not_be_what_was_spent(build, read):
    """A plan's fee counts in a cap, and is no response of today."""
    sums = build.sums(20)
    facts = CapFacts(fees=100 * build.dollar)
    cap = build.cap("month", "month", 500, sums, facts=facts)
    snapshot = build.snapshot(today=sums, month=sums, caps=(cap,))
    gauge = read(SpendingLines("month"), snapshot, 80)[0]
    assert gauge.startswith("$20.00 ($120.00 counts) of $500.00")


def test_the_burn_rate_is_told_over_three_windows(build, read):
    """Dollars an hour, right-aligned, a lower bound marked."""
    assert read(BurnRates(), build.snapshot(), 21)[1:] == [
        "5 min      $9.60/h",
        "15 min      $7.20/h",
        "60 min     ≥$6.11/h",
    ]


def test_the_burn_rate_fits_into_one_line_where_columns_are_few(build, read):
    """At 60 columns the chart is below it."""
    assert read(BurnRates(), build.snapshot(), 60)[1:] == [
        "5 min $9.60/h · 15 min $7.20/h · 60 min ≥$6.11/h"
    ]


def test_a_burn_of_nothing_is_told(build, read):
    """An idle hour is a fact, not a gap."""
    idle = build.snapshot(burns=(Burn(60, 0, False),))
    assert read(BurnRates(), idle, 60)[1:] == ["60 min $0.00/h"]


def test_the_day_is_drawn_with_its_hours(build, read):
    """At 98 columns each quarter-hour has a column, with hours below."""
    head, high, low, hours = read(DaySpend(), build.snapshot(), 98, 4)
    assert head.startswith("── Today by quarter-hour ─")
    assert head.endswith("─ peak $4.00 at 14:00 ──")
    assert high == "█"
    assert low == "·" * 40 + "█▄" + "·" * 14 + "█"
    assert hours == "00" + "".join(f"      {hour:02}" for hour in range(2, 24, 2))


def test_few_columns_stand_for_longer_spans(build, read):
    """At 60 columns half-hours are drawn, and said so."""
    head, blocks = read(DaySpend(), build.snapshot(), 60, 2)
    assert head.startswith("── Today by half-hour ─")
    assert blocks == "·" * 20 + "▆" + "·" * 7 + "█"


def test_a_day_without_spend_says_so(build, read):
    """Dots alone could be a fault."""
    snapshot = build.snapshot(day_spend=build.day_spend())
    head, blocks, _ = read(DaySpend(), snapshot, 98, 3)
    assert head.endswith("─ nothing yet ──")
    assert blocks == "·" * 57


def test_sources_and_models_are_rows(build, read):
    """Requests, tokens in with all caches, out, cost; sums of a source's models."""
    head, titles, *rows = read(Breakdown(), build.snapshot(), 80)
    assert head.endswith("─ today ──")
    assert words(titles) == "source model requests tokens in out cost share"
    assert [words(row) for row in rows] == [
        "claude-code claude-opus-5-5 143 52.5M ≥412k ≥$31.42 91 %",
        "codex 2 models 42 7.7M 107k ≥$3.16 9 %",
        "gpt-5.5-codex 37 7.3M 98.0k $3.16 9 %",
        "gpt-6-preview 5 420k 9.0k unpriced",
    ]


def test_rows_that_do_not_fit_are_counted(build, read):
    """Nothing is missing without a sign; the dearest stay."""
    rows = tuple(
        build.row("codex", f"model-{n}", build.sums(9 - n / 10)) for n in range(20)
    )
    snapshot = build.snapshot(by_model=rows, by_source=build.by_source(rows))
    lines = read(Breakdown(), snapshot, 80, 6)
    assert "dearest 4 of 20 today" in lines[0]
    assert [line.split()[1] for line in lines[2:]] == [f"model-{n}" for n in range(4)]


def test_a_column_that_is_missing_leaves_a_sign(build, read):
    """At 60 columns requests are not told, and `…` says that something is not."""
    titles = read(Breakdown(), build.snapshot(), 60)[1]
    assert words(titles) == "source model tokens in out cost …"


def test_what_is_not_known_is_not_zero(build, read):
    """Requests that nobody counted, and a source without a name."""
    row = build.row(None, None, build.sums(1, requests=None))
    snapshot = build.snapshot(by_model=(row,), by_source=build.by_source((row,)))
    assert words(read(Breakdown(), snapshot, 80)[2]).startswith("unknown " * 3)


def test_a_day_without_usage_says_so(build, read):
    """A ledger with usage, but none today, or none for long."""
    quiet = build.snapshot(by_model=(), by_source=(), latest=())
    assert read(Breakdown(), quiet)[1] == "no usage yet today"
    assert read(Latest(), quiet)[1] == "none in the last 31 days"


def test_the_latest_responses_stand_below_their_heading(build, read):
    """Time, model, project, cache read, out and cost; a dot for what is new."""
    head, titles, *rows = read(Latest(), build.snapshot())
    assert head.startswith("── Latest responses ─")
    assert head.endswith("─ newest 2, 185 today ──")
    assert words(titles) == "time source model project input cache read out cost"
    assert [words(row) for row in rows] == [
        "14:03:23 • claude-code claude-opus-5-5 acme 1.2k 36.4k 518 $0.05",
        "14:02:12 claude-code claude-opus-5-5 tokentui 1.2k 36.4k 518 $0.05",
    ]


@pytest.mark.parametrize(
    ("changes", "end"),
    [
        ({"is_partial": True}, "≥518   ≥$0.05"),
        ({"cost_nanos": None}, "518   unpriced"),
        ({"cost_nanos": None, "is_partial": True}, "≥518   unpriced"),
        ({"cost_nanos": 0}, "518   $0.00"),
        ({"cost_nanos": 1}, "518   <$0.01"),
    ],
)
def test_a_response_tells_what_is_known_of_its_cost(build, read, changes, end):
    """A lower bound is marked, the unknown is never zero."""
    snapshot = build.snapshot(latest=(build.event(75, **changes),))
    assert read(Latest(), snapshot)[2].endswith(end)


def test_a_response_of_another_day_has_its_date(build, read):
    """A time alone would be read as today's."""
    snapshot = build.snapshot(latest=(build.event(86_400),))
    assert read(Latest(), snapshot)[2].startswith("24 Nov 14:03  ")


def test_a_response_without_a_project_or_a_record_says_so(build, read):
    """Totals of an agent stand for responses it did not write down."""
    snapshot = build.snapshot(latest=(build.event(origin="unlogged", project=None),))
    assert "claude-opus-5-5 (unlogged)   unknown" in read(Latest(), snapshot)[2]


def test_the_status_tells_completeness_and_freshness(build, read):
    """Counts of the month, then how long ago each source last spoke."""
    assert read(StatusLine(), build.snapshot(), 200) == [
        "this month: 5 unpriced · 14 lower bounds (≥)"
        " · 7 of assumed provider or payer · claude-code 12 s ago"
        " · codex 3 h ago · 2 records skipped"
    ]


def test_the_status_tells_problems_first(build, read):
    """How many logs, of which source, and where to read more."""
    broken = SourceState("codex", None, 3, 0, ("/logs/a.jsonl: not UTF-8", "b"))
    snapshot = build.snapshot(sources=(broken,), unknown_fees=("claude-max",))
    first, second = read(StatusLine(), snapshot, 160)
    assert first.startswith(
        "PROBLEM codex: 2 logs not read, see tokentui doctor (/logs/a.jsonl: not UTF-8)"
    )
    assert "fee of claude-max unknown: tokentui setup" in first + second
    assert "codex no usage in 3 files" in second


def test_the_status_tells_fees_that_are_not_counted(build, read):
    """Silence would be read as a fee that is counted."""
    kimi = Plan("kimi", "moonshot", Decimal(19), 1, "EUR")
    snapshot = build.snapshot(uncounted_fees=(kimi,))
    told = " ".join(read(StatusLine(), snapshot, 200))
    assert "plan kimi: fee 19 EUR not counted: no exchange rate" in told


def test_the_status_gives_up_details_before_facts(build, read):
    """Where room is short the path goes, and `…` says that more is missing."""
    broken = SourceState("codex", build.now_ms, 3, 0, ("p" * 250,))
    assert read(StatusLine(), build.snapshot(sources=(broken,)), 60, 1) == [
        "PROBLEM codex: 1 log not read, see tokentui doctor · …"
    ]


@pytest.mark.parametrize(
    ("age_ms", "told"),
    [
        (31 * DAY_MS, "codex 31 d ago (stale)"),
        (-7_200_000, "codex dated 2 h ahead"),
        (-500, "codex 0 s ago"),
    ],
)
def test_freshness_knows_the_old_and_the_impossible(build, read, age_ms, told):
    """Silent for a month is stale; clocks that run ahead are told."""
    source = SourceState("codex", build.now_ms - age_ms, 1, 0, ())
    lines = read(StatusLine(), build.snapshot(sources=(source,)), 200)
    assert lines[0].endswith(told)


def test_the_status_tells_an_account_that_fails(build, read):
    """Before completeness, with its name and since when; those that are well last."""
    accounts = (build.account(), build.failing())
    (line,) = read(StatusLine(), build.snapshot(accounts=accounts), 300)
    assert line.startswith("STALE account openrouter since 13:33: see Accounts · this")
    assert line.endswith(
        "codex 3 h ago · account anthropic 4 min ago · 2 records skipped"
    )


def test_the_status_counts_several_accounts(build, read):
    """How many of each state; of those that are well how old the oldest is."""
    accounts = (
        build.account(),
        build.account("b", good_at_ms=build.now_ms - 540_000),
        build.failing(),
        build.failing("d"),
        build.failing("e", state="no key"),
        build.account("f", state=None, good_at_ms=None),
    )
    (line,) = read(StatusLine(), build.snapshot(accounts=accounts), 300)
    assert line.startswith("ACCOUNTS 2 stale, 1 no key: see Accounts · ")
    assert " · 2 accounts, oldest 9 min ago · " in line


def test_the_status_hides_names_of_accounts(build):
    """But for those that are called as their kind is."""
    accounts = (build.failing("acme"), build.account("beta"))
    status = StatusLine()
    status.set_reactive(StatusLine.view, View(build.snapshot(accounts=accounts), {}))
    (line,) = [line.plain.strip() for line in status.lines(300, None)]
    assert line.startswith("STALE account 1 since 13:33")
    assert "· account 2 4 min ago" in line
    assert "acme" not in line
    assert "beta" not in line


def test_what_is_complete_is_called_so(build, read):
    """Nothing to doubt is worth saying too."""
    snapshot = build.snapshot(month=build.sums(20), assumed=0)
    lines = read(StatusLine(), snapshot, 200)
    assert lines[0].startswith("all of this month priced and complete · ")


def test_other_caps_have_a_line_each(build, read):
    """Those in trouble first; scopes and units beside money."""
    sums = build.sums(43.5, tokens=(1, 2, 3, 4, 990, 5))
    others = (
        build.cap("tokens", "month", 10_000, sums, unit="tokens"),
        build.cap("codex", "week", 50, sums, source=("codex",)),
        build.cap("acme", "month", 40, sums, project=("*/acme",)),
        build.cap("claude-max", "week", 80, sums, unit="quota:claude-max"),
    )
    snapshot = build.snapshot()
    snapshot = replace(snapshot, caps=snapshot.caps + others)
    head, *rows = read(OtherCaps(), snapshot, 120)
    assert head.startswith("── Other caps ─")
    assert [row.split()[0] for row in rows] == ["acme", "codex", "claude-max", "tokens"]
    assert "$43.50  of $40.00 a month  ━━━━━━━━━━  109 %  OVER" in rows[0]
    assert rows[0].endswith("$3.50 over")
    assert "NEAR       $6.50 left" in rows[1]
    assert "unknown  of 80 % a week" in rows[2]
    assert "1.0k tokens  of 10.0k a month" in rows[3]


def test_caps_that_do_not_fit_are_counted(build, read):
    """Nothing is missing without a sign."""
    caps = [build.cap(f"c{n}", "week", 90, build.sums(10)) for n in range(5)]
    lines = read(OtherCaps(), build.snapshot(caps=tuple(caps)), 60, 3)
    assert lines[0].endswith("─ 2 of 5 … ──")
    assert len(lines) == 3


def test_areas_that_have_nothing_to_say_are_not_there(build, read):
    """No heading without a line."""
    assert read(OtherCaps(), build.snapshot()) == []
    assert read(Quotas(), build.snapshot()) == []


def test_plan_windows_have_a_line_each(build, read):
    """The fullest first, with a word once it is nearly used up."""
    now = build.now_ms
    quotas = (
        QuotaState("claude-max", "claude", 300, 42.4, now + 3_600_000, now, None),
        QuotaState(
            "claude-max", "claude", 10080, 83, now + 3 * DAY_MS, now, now + DAY_MS
        ),
        QuotaState("codex", "codex", 300, 100, None, now, None),
    )
    rows = read(Quotas(), build.snapshot(quotas=quotas))[1:]
    assert [words(row.replace("─", " ")) for row in rows] == [
        "codex 5 h ━━━━━━━━━━━━━━━━━━━━ 100 % used FULL",
        "claude-max week ━━━━━━━━━━━━━━━━╸ 83 % used NEAR"
        " runs out Thu 14:03 resets Sat 14:03",
        "claude-max 5 h ━━━━━━━━ 42 % used resets 15:03",
    ]
