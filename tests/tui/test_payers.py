"""Payers of the month: money to pay and list value apart, and the evidence."""

from __future__ import annotations

from dataclasses import replace

from tokentui.tui.view import View
from tokentui.tui.widgets.breakdown import Breakdown
from tokentui.tui.widgets.day_spend import DaySpend
from tokentui.tui.widgets.latest import Latest
from tokentui.tui.widgets.payers import Payers


def words(line):
    """Give a line with one space where there are some."""
    return " ".join(line.split())


def rows(read, snapshot, width=120):
    """Read the lines below the heading."""
    return [words(line) for line in read(Payers(), snapshot, width)[1:]]


def test_payers_have_a_line_each(build, read):
    """Who, how much and whether it is to be paid, how fast, and the evidence."""
    snapshot = build.snapshot(payers=(build.payer(), build.plan()))
    assert read(Payers(), snapshot)[0].startswith("── Payers, November ─")
    assert rows(read, snapshot) == [
        "api $700.00 to pay $7.20/h login",
        "claude-max $112.40 list value, plan $7.20/h log",
    ]


def test_one_payer_who_pays_for_all_says_nothing_new(build, read):
    """The month says it already; a plan alone does not."""
    assert read(Payers(), build.snapshot()) == []
    assert read(Payers(), build.snapshot(payers=(build.payer(),))) == []
    assert rows(read, build.snapshot(payers=(build.plan(),)))


def test_what_is_assumed_is_called_so(build, read):
    """Wholly or in part."""
    payers = (
        build.payer("api", evidence=("assumed",)),
        build.payer("acme", evidence=("assumed", "rule acme")),
    )
    assert rows(read, build.snapshot(payers=payers)) == [
        "api assumed $700.00 to pay $7.20/h",
        "acme partly assumed $700.00 to pay $7.20/h rule acme",
    ]


def test_what_is_not_known_is_not_zero(build, read):
    """Without a price, and where some has none."""
    payers = (
        build.payer("api", sums=build.sums(None, unpriced=3), list_nanos_per_hour=0),
        build.payer("acme", sums=build.sums(5, unpriced=1)),
    )
    assert rows(read, build.snapshot(payers=payers)) == [
        "api unpriced $0.00/h login",
        "acme ≥$5.00 to pay $7.20/h login",
    ]


def test_a_discount_tells_list_rates_from_what_is_paid(build, read):
    """The rate is at list prices, and says so where that differs."""
    paid = build.sums(80, list_nanos=100 * build.dollar)
    payers = (build.payer("acme", sums=paid), build.payer())
    assert rows(read, build.snapshot(payers=payers))[0] == (
        "acme $80.00 to pay $7.20/h list login"
    )


def test_a_plan_and_a_key_of_one_name_do_not_add_up(build, read):
    """List value and money stay two figures."""
    sums = build.sums(50, plan_nanos=30 * build.dollar)
    snapshot = build.snapshot(payers=(build.plan(sums=sums),))
    assert rows(read, snapshot) == [
        "claude-max $30.00 list value, plan; $20.00 to pay $7.20/h log"
    ]


def test_privacy_hides_payers_that_rules_name(build):
    """A rule may be called like a client; what vendors are called may be shown."""
    payers = (build.payer("acme", evidence=("rule acme-corp",)), build.plan())
    area = Payers()
    area.set_reactive(Payers.view, View(build.snapshot(payers=payers), {}))
    lines = [words(line.plain) for line in area.lines(120, None)]
    assert lines[1:] == [
        "payer 1 $700.00 to pay $7.20/h rule",
        "claude-max $112.40 list value, plan $7.20/h log",
    ]


def test_models_inside_plans_are_told_at_list_value(build, read):
    """Below each other, but never as one figure."""
    plan = build.sums(6, plan_nanos=6 * build.dollar)
    both = build.sums(5, plan_nanos=3 * build.dollar)
    models = (
        build.row("codex", "a", plan),
        build.row("codex", "b", build.sums(4)),
        build.row("codex", "c", both),
    )
    today = build.sums(15, plan_nanos=9 * build.dollar)
    snapshot = build.snapshot(
        by_model=models, by_source=build.by_source(models), today=today
    )
    lines = read(Breakdown(), snapshot, 120)
    assert "$6.00 + $9.00 list " in lines[2]
    assert " $6.00 list " in lines[3]
    assert " $4.00      " in lines[4]
    assert "$2.00 + $3.00 list " in lines[5]
    assert lines[3].index("$6.00") == lines[4].index("$4.00")


def test_chart_and_responses_say_that_plans_are_in_them(build, read):
    """Neither adds up with what is to be paid."""
    snapshot = build.snapshot(payers=(build.plan(),))
    listed = replace(snapshot, today=build.sums(15, plan_nanos=9 * build.dollar))
    chart, latest = read(DaySpend(), listed, 98)[0], read(Latest(), listed)[0]
    assert chart.endswith("─ peak $4.00 at 14:00, list value inside plans included ──")
    assert latest.endswith("; inside plans at list value ──")
    assert "plans" in read(DaySpend(), listed, 58)[0]
