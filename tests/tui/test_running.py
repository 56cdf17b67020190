"""Running sessions: their line, their countdown, and the cap each alone would meet."""

from __future__ import annotations

import pytest

from tokentui.tui.widgets.alone import alone_meets
from tokentui.tui.widgets.running import Running

HOUR_MS = 3_600_000
SECOND_MS = 1000


def words(line):
    """Give a line with one space where there are some."""
    return " ".join(line.split())


def rows(read, snapshot, width=120, height=None):
    """Read the lines below the heading."""
    return [words(line) for line in read(Running(), snapshot, width, height)[1:]]


def test_a_session_has_a_line(build, read):
    """Agent, project, model, rate, context, cache hits, when cold, the cap it meets."""
    cap = build.cap("day", "day", 60, build.sums(50))
    snapshot = build.snapshot(sessions=(build.session(),), caps=(cap,))
    assert rows(read, snapshot) == [
        "claude-code acme claude-opus-5-5 $4.00/h ctx 120k 98 % cached"
        " cold in 2:10 meets cap 16:33"
    ]


def test_columns_go_by_rank_where_room_is_short(build, read):
    """What is left out is told in the heading."""
    cap = build.cap("day", "day", 60, build.sums(50))
    snapshot = build.snapshot(sessions=(build.session(),), caps=(cap,))
    head, row = read(Running(), snapshot, 80)
    assert head.endswith("─ … ──")
    assert words(row) == (
        "claude-code acme claude-opus-5-5 $4.00/h cold in 2:10 meets cap 16:33"
    )
    assert words(read(Running(), snapshot, 60)[1]) == (
        "claude-opus-5-5 $4.00/h cold in 2:10 meets cap 16:33"
    )
    assert words(read(Running(), snapshot, 40)[1]) == "claude-opus-5-5 $4.00/h"


def test_nothing_runs_nothing_is_said(build, read):
    """No heading without a line."""
    assert read(Running(), build.snapshot()) == []


def test_sessions_that_do_not_fit_are_counted(build, read):
    """The dearest stay, and the heading counts the others."""
    sessions = tuple(build.session(session=f"{n}", model=f"m{n}") for n in range(5))
    snapshot = build.snapshot(sessions=sessions, caps=())
    head, *lines = read(Running(), snapshot, 80, 3)
    assert head.endswith("─ +3 more ──")
    assert [line.split()[2] for line in lines] == ["m0", "m1"]


def test_what_a_plan_pays_is_list_value(build, read):
    """And the other rates stand above it."""
    sessions = (build.session(payer="claude-max"), build.session())
    payers = (build.payer(), build.plan())
    snapshot = build.snapshot(sessions=sessions, payers=payers, caps=())
    listed, paid = read(Running(), snapshot, 120)[1:]
    assert "$4.00/h list  ctx 120k  98 %" in listed
    assert "$4.00/h       ctx 120k  98 %" in paid


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"cold_at_ms": None}, "$4.00/h ctx 120k 98 % cached"),
        ({"cache_hit": None, "cold_at_ms": None}, "$4.00/h ctx 120k"),
        (
            {"nanos": None, "nanos_per_hour": 0, "cold_at_ms": None},
            "unpriced ctx 120k 98 % cached",
        ),
    ],
)
def test_what_is_not_known_is_not_made_up(build, read, changes, told):
    """No countdown, no share and no price out of thin air."""
    snapshot = build.snapshot(sessions=(build.session(**changes),), caps=())
    assert rows(read, snapshot) == [f"claude-code acme claude-opus-5-5 {told}"]


@pytest.mark.parametrize(
    ("left_ms", "told"),
    [
        (7_200_000, "cold in 2 h"),
        (3_599_001, "cold in 60:00"),
        (1, "cold in 0:01"),
        (0, "cold"),
        (-5_000, "cold"),
    ],
)
def test_the_cache_lapses(build, read, left_ms, told):
    """Never less than is left, and no time that has gone by."""
    session = build.session(cold_at_ms=build.now_ms + left_ms)
    snapshot = build.snapshot(sessions=(session,), caps=())
    assert rows(read, snapshot)[0].endswith(f"98 % cached {told}")


def test_what_a_cold_cache_costs(build, read):
    """A wide line says what the next prompt costs then and what it costs before."""
    session = build.session(warm_nanos=30_000_000, cold_nanos=750_000_000)
    snapshot = build.snapshot(sessions=(session,), caps=())
    words = "cold in 2:10, then $0.75 instead of $0.03"
    assert rows(read, snapshot, 124)[0].endswith(words)
    assert rows(read, snapshot, 123)[0].endswith("cold in 2:10")


async def test_the_countdown_goes_by_the_clock(build, feed_of, run):
    """Without a new snapshot too."""
    snapshot = build.snapshot(sessions=(build.session(),))
    async with run(feed_of(snapshot), (120, 40)) as shown:
        assert "cold in 2:10" in shown.text
        await shown.tick(1)
        assert "cold in 2:09" in shown.text
        await shown.tick(129)
        assert "cold in" not in shown.text
        assert shown.line("98 % cached").split()[9] == "cold"


def test_a_session_alone_meets_the_nearest_cap(build):
    """By hand: $10.00 at $4.00 an hour last two and a half hours, till 16:33:27."""
    near = build.cap("day", "day", 60, build.sums(50))
    far = build.cap("month", "month", 1500, build.sums(812))
    found = alone_meets(build.session(), (far, near), build.now_ms, is_plan=False)
    assert found == (near, build.now_ms + round(2.5 * HOUR_MS))


@pytest.mark.parametrize(
    ("rate", "is_met"),
    [
        # 9 h 56 min 33 s are left of the day: 35,793 s, that is $9.9425 at $1 an hour.
        (1.0058, True),
        (1.0057, False),
        (0, False),
    ],
)
def test_only_within_its_period(build, rate, is_met):
    """A cap that begins anew before that is not met."""
    cap = build.cap("day", "day", 60, build.sums(50))
    session = build.session(nanos_per_hour=round(rate * build.dollar))
    found = alone_meets(session, (cap,), build.now_ms, is_plan=False)
    assert (found is not None) == is_met


@pytest.mark.parametrize(
    ("scope", "counts"),
    [
        ({"source": ("claude-*",)}, True),
        ({"source": ("codex",)}, False),
        ({"not_source": ("codex",)}, True),
        ({"not_model": ("CLAUDE-*",)}, False),
        ({"project": ("acme",)}, True),
        ({"project": ("*/src/*",)}, True),
        ({"not_project": ("acme",)}, False),
        ({"payer": ("api",)}, True),
        ({"client": ("acme",)}, False),
        ({"not_label": ("x",)}, False),
        ({"unit": "tokens"}, False),
        ({"unit": "quota:x"}, False),
        ({"unit": "list-usd"}, True),
    ],
)
def test_only_caps_that_it_counts_against(build, scope, counts):
    """A cap that may not be the session's is not told of."""
    cap = build.cap("c", "day", 60, build.sums(50), **scope)
    found = alone_meets(build.session(), (cap,), build.now_ms, is_plan=False)
    assert (found is not None) == counts


def test_inside_a_plan_only_list_value_counts(build):
    """A flat fee meets no cap in money to pay."""
    caps = (
        build.cap("paid", "day", 60, build.sums(50)),
        build.cap("listed", "day", 70, build.sums(50), unit="list-usd"),
    )
    found = alone_meets(build.session(), caps, build.now_ms, is_plan=True)
    assert found == (caps[1], build.now_ms + 5 * HOUR_MS)


def test_a_cap_that_is_met_is_not_met_again(build):
    """The next one is the nearest."""
    caps = (
        build.cap("over", "day", 40, build.sums(50)),
        build.cap("next", "day", 58, build.sums(50)),
    )
    found = alone_meets(build.session(), caps, build.now_ms, is_plan=False)
    assert found == (caps[1], build.now_ms + 2 * HOUR_MS)


def test_a_lower_bound_is_met_by_then(build, read):
    """More may count than is known."""
    cap = build.cap("day", "day", 60, build.sums(50, partial=1))
    snapshot = build.snapshot(sessions=(build.session(),), caps=(cap,))
    assert rows(read, snapshot, 130)[0].endswith("alone meets the cap by 16:33")


async def test_privacy_hides_the_project_of_a_session(build, run):
    """It has the alias that it has elsewhere, or none."""
    sessions = (build.session(project="/s/secret"), build.session(project="/s/hush"))
    event = build.event(60, project="/s/secret")
    snapshot = build.snapshot(sessions=sessions, latest=(event,))
    async with run(snapshot, (120, 40)) as shown:
        assert "secret" in shown.text
        await shown.press("*")
        assert "secret" not in shown.text
        assert "hush" not in shown.text
