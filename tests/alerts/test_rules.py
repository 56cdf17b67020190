"""What each rule tells, at which threshold, and of which period."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import builders
import pytest

from tokentui.alerts import rules
from tokentui.alerts.rules import Facts
from tokentui.budget.burn import Burn
from tokentui.budget.caps import CapFacts, CapState, cap_state
from tokentui.ledger.alerts import Alert
from tokentui.ledger.connection import open_for_reading, open_for_writing
from tokentui.periods import Period, millis
from tokentui.queries.accounts import AccountState, Stated
from tokentui.queries.happening import PayerChange, Repeated
from tokentui.queries.quotas import QuotaState
from tokentui.queries.recent import SourceState
from tokentui.queries.sessions import SessionState
from tokentui.queries.sums import EMPTY
from tokentui.settings import ALERT_RULES, Alerts, Cap, Config, Privacy, Routes
from tokentui.snapshot import Snapshot, take

NOW = builders.START + timedelta(hours=2)
NOW_MS = millis(NOW)
"""12:00 UTC of 20 November 2026."""

DOLLAR, HOUR, DAY = 10**9, 3_600_000, 86_400_000
NOVEMBER = Period(builders.ms("2026-11-01"), builders.ms("2026-12-01"))


@pytest.fixture
def nothing(ledger: Path) -> Snapshot:
    """Take a snapshot of a ledger in which nothing is."""
    open_for_writing(ledger).close()
    with closing(open_for_reading(ledger)) as connection:
        return take(connection, Config(), ZoneInfo("UTC"), NOW)


def cap(spent: str, limit: int = 1_500, **given: Any) -> CapState:
    """Make the state of a cap in dollars a month."""
    made = Cap("month", limit * DOLLAR, "month", **given)
    charged = int(Decimal(spent) * DOLLAR)
    return cap_state(made, made.name, NOVEMBER, CapFacts(charged=charged), NOW_MS)


def told(snapshot: Snapshot, config: Config | None = None, **facts: Any) -> list[Alert]:
    """Give all that is told of a snapshot."""
    return list(rules.alerts(Facts(snapshot, config or Config(), **facts)))


def wish(**given: Any) -> Config:
    """Make a config of alerts."""
    return Config(alerts=Alerts(**given))


def test_nothing(nothing: Snapshot) -> None:
    """Where nothing happens nothing is told."""
    assert told(nothing) == []


@pytest.mark.parametrize(
    ("spent", "threshold"),
    [("749.99", None), ("750", 50), ("1199.99", 50), ("1200", 80), ("1500", 100)],
)
def test_cap_thresholds(nothing: Snapshot, spent: str, threshold: int | None) -> None:
    """Of $1,500 a half is $750, 80 % are $1,200; only the highest reached is told."""
    found = told(replace(nothing, caps=(cap(spent),)))
    assert [alert.threshold for alert in found] == [threshold] * (threshold is not None)


def test_cap_text(nothing: Snapshot) -> None:
    """It says the share, what was spent of how much, and what is left."""
    (found,) = told(replace(nothing, caps=(cap("1230"),)))
    assert found.text == "cap month: 82 % used, $1,230.00 of $1,500.00, $270.00 left"
    assert not found.is_urgent
    (over,) = told(replace(nothing, caps=(cap("1600"),)))
    assert over.text == "cap month: 107 % used, $1,600.00 of $1,500.00"
    assert over.is_urgent


def test_raised_cap_begins_anew(nothing: Snapshot) -> None:
    """A cap with another limit has another period, so that it is told of again."""
    periods = {
        told(replace(nothing, caps=(cap("2000", limit),)))[0].period
        for limit in (1_500, 1_700)
    }
    assert len(periods) == 2


def test_hidden_project(nothing: Snapshot) -> None:
    """A cap of each project does not name them where projects are hidden."""
    state = replace(cap("1230", each="project"), name="month /home/me/secret")
    hidden = Config(privacy=Privacy("hide"))
    (found,) = told(replace(nothing, caps=(state,)), hidden)
    assert "secret" not in found.text
    assert found.what == "month /home/me/secret"


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-11-20T16:40", "at 16:40"),
        ("2026-11-23T16:40", "on the 23rd at 16:40"),
        ("2026-12-01T09:05", "on the 1st December at 09:05"),
    ],
)
def test_forecast(nothing: Snapshot, at: str, words: str) -> None:
    """It says when the cap is met, on which day if that is not today."""
    state = replace(cap("300"), forecast_met_at_ms=builders.ms(at))
    (found,) = told(replace(nothing, caps=(state,)))
    assert (found.rule, found.text) == (
        "forecast",
        f"cap month: as things go it is met {words}, $1,200.00 left now",
    )
    assert told(replace(nothing, caps=(state,)), wish(forecast=False)) == []


def test_forecast_of_a_met_cap(nothing: Snapshot) -> None:
    """A cap that is met is told of as that, and not forecast as well."""
    state = replace(cap("1500"), forecast_met_at_ms=NOW_MS)
    assert [each.rule for each in told(replace(nothing, caps=(state,)))] == ["cap"]


@pytest.mark.parametrize(("hourly", "count"), [(59, 0), (60, 1), (120, 2)])
def test_burn(nothing: Snapshot, hourly: int, count: int) -> None:
    """$60 an hour are $1 a minute; each wish is told of by itself."""
    burns = tuple(Burn(minutes, hourly * DOLLAR, False) for minutes in (5, 15, 60))
    config = wish(burn_per_minute=Decimal(1), burn_per_hour=Decimal(120))
    found = told(replace(nothing, burns=burns), config)
    assert [each.rule for each in found] == ["burn"] * count
    if count == 2:
        assert found[0].text == "$2.00/min over the last 5 min"
        assert found[1].text == "$120.00/h over the last 60 min"
    assert told(replace(nothing, burns=burns)) == []


def session(nanos: int | None) -> SessionState:
    """Make a running session that has used some nano-dollars."""
    about = ("5e551011-0000", "claude-code", "/x/acme", "opus", "api")
    return SessionState(*about, nanos, 0, 0, None, None, NOW_MS)


@pytest.mark.parametrize(("dollars", "times"), [(9, []), (10, [1]), (35, [3])])
def test_dear_session(nothing: Snapshot, dollars: int, times: list[int]) -> None:
    """A session is told of at each multiple of what is much."""
    snapshot = replace(nothing, sessions=(session(dollars * DOLLAR), session(None)))
    found = told(snapshot, wish(session_usd=Decimal(10)))
    assert [each.threshold for each in found] == times
    if times == [3]:
        assert found[0].text == (
            "session 5e551011 of claude-code has used $35.00, paid by api"
        )


def test_repeats(nothing: Snapshot) -> None:
    """The same call over and over is told of, but not where loops are wanted."""
    repeated = (Repeated("5e551011-0000", "codex", "/x/acme", 14),)
    (found,) = told(nothing, repeated=repeated)
    assert found.text == (
        "session 5e551011 of codex has made the same call 14 times in a quarter of an"
        " hour"
    )
    wanted = Config(routes=Routes(loops=("*/acme",)))
    assert told(nothing, wanted, repeated=repeated) == []


def quota(used: float, resets_in_ms: int, runs_out: int | None = None) -> QuotaState:
    """Make how a window of five hours stands."""
    ends = NOW_MS + resets_in_ms
    return QuotaState("claude-max", "claude", 300, used, ends, NOW_MS, runs_out)


def test_quota(nothing: Snapshot) -> None:
    """A window is told of at its thresholds, with its reset and when it runs out."""
    early = quota(82.5, 3 * HOUR, NOW_MS + HOUR)
    (found,) = told(replace(nothing, quotas=(early,)))
    assert (found.rule, found.threshold) == ("quota", 80)
    assert found.text == (
        "claude-max, 5 h: 82.5 % used, resets at 15:00, at this pace it runs out at"
        " 13:00"
    )
    later = quota(100, 3 * HOUR + 1_000)
    (used_up,) = told(replace(nothing, quotas=(later,)))
    assert (used_up.period, used_up.threshold) == (found.period, 100)
    assert told(replace(nothing, quotas=(quota(79, HOUR),))) == []


def test_reset(nothing: Snapshot) -> None:
    """That a window much used resets soon is told; of one little used it is not."""
    rules_told = [
        [each.rule for each in told(replace(nothing, quotas=(one,)))]
        for one in (
            quota(90, 30 * 60_000),
            quota(90, 31 * 60_000),
            quota(10, 60_000),
        )
    ]
    assert rules_told == [["quota", "reset"], ["quota"], []]


def account(**given: Any) -> AccountState:
    """Make how an account stands."""
    about: dict[str, Any] = dict.fromkeys(AccountState._fields)
    about |= {
        "name": "router",
        "balances": (),
        "limits": (),
        "billed": (),
        "quotas": (),
    }
    return AccountState(**(about | {"state": "ok"} | given))


def test_balance(nothing: Snapshot) -> None:
    """A balance below $5 is told of; one of $5 is not."""
    low = account(balances=(Stated("credits", 4_990_000_000, "USD", NOW_MS),))
    enough = account(balances=(Stated("credits", 5 * DOLLAR, "USD", NOW_MS),))
    (found,) = told(replace(nothing, accounts=(low, enough)))
    assert found.text == "account router: $4.99 left of credits"
    assert found.period == "2026-11-20"


def test_silent_source(nothing: Snapshot) -> None:
    """A source is silent after seven days, once for each silence."""
    silent = SourceState("codex", NOW_MS - 7 * DAY, 3, 0, ())
    heard = SourceState("cursor", NOW_MS - 7 * DAY + 1, 3, 0, ())
    (found,) = told(replace(nothing, sources=(silent, heard)))
    assert found.text == "codex has been silent for 7 days"
    assert found.period == str(NOW_MS - 7 * DAY)
    assert told(replace(nothing, sources=(silent,)), wish(silent_after=0)) == []


def test_unreadable_files(nothing: Snapshot) -> None:
    """Files that cannot be read are told of, once a day."""
    source = SourceState("codex", NOW_MS, 3, 0, ("a: no", "b: no"))
    (found,) = told(replace(nothing, sources=(source,)))
    assert found.text == "codex: 2 files cannot be read; see `doctor`"


def test_ill_account(nothing: Snapshot) -> None:
    """An account that is stale is told of once for that time, with the reason."""
    ill = account(state="stale", stale_since_ms=NOW_MS, error="HTTP 500")
    (found,) = told(replace(nothing, accounts=(ill, account(state=None))))
    assert found.text == "account router is stale: HTTP 500"
    assert found.period == "stale 2026-11-20T12:00:00+00:00"


def test_unpriced(nothing: Snapshot) -> None:
    """A model without a price is told of once a month."""
    (found,) = told(nothing, unpriced=("gpt-6-preview",))
    assert (found.what, found.period) == ("gpt-6-preview", "2026-11")
    assert told(nothing, wish(unpriced=False), unpriced=("gpt-6-preview",)) == []


def test_payer(nothing: Snapshot) -> None:
    """That the plan is used up is urgent; another change of payer is told of."""
    about = ("5e551011-0000", "cursor")
    used_up = PayerChange(*about, "cursor-pro", "cursor", True, False, NOW_MS)
    other = PayerChange(*about, "api", "company", False, False, NOW_MS)
    first, second = told(nothing, payer_changes=(used_up, other))
    assert first.text == (
        "session 5e551011 of cursor: the plan cursor-pro is used up, cursor pays from"
        " now on"
    )
    assert second.text == "session 5e551011 of cursor: company pays now, not api"
    assert (first.is_urgent, second.is_urgent) == (True, False)


def test_scheduled(nothing: Snapshot) -> None:
    """A change of price, or a model's end, is told of with its day."""
    (found,) = told(
        nothing, scheduled=(("opus", date(2026, 11, 30), "input $5 to $4"),)
    )
    assert found.text == "opus, from 30 November on: input $5 to $4"


def test_rules_are_named() -> None:
    """Each rule that can be asked for is one that something raises."""
    source = Path(rules.__file__).read_text(encoding="utf-8")
    assert {name for name in ALERT_RULES if f'Alert("{name}"' in source} == {
        *ALERT_RULES
    }


def test_no_amount_of_nothing(nothing: Snapshot) -> None:
    """A cap of which nothing was spent is not told of, whatever the thresholds."""
    state = cap_state(
        Cap("t", 10, "month", "tokens"), "t", NOVEMBER, CapFacts(EMPTY), NOW_MS
    )
    assert told(replace(nothing, caps=(state,))) == []
