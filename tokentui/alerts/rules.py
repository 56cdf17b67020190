"""The rules: from what is known at a moment to the alerts that it gives. Pure.

A rule gives only its highest threshold: who hears of 100 % needs no 50 % beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fnmatch import fnmatchcase

from tokentui import amounts
from tokentui.budget.caps import OVER, UNKNOWN, CapState
from tokentui.ledger.alerts import Alert
from tokentui.periods import iso, local_day
from tokentui.queries.happening import PayerChange, Repeated
from tokentui.settings import Config
from tokentui.snapshot import Snapshot

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
SAME_RESET_MS = HOUR_MS
"""Providers state a reset to the second, give or take."""

ONCE = 0.0
"""The threshold of what has none."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules go by. `scheduled`: model, day and words of changes to come."""

    snapshot: Snapshot
    config: Config
    repeated: tuple[Repeated, ...] = ()
    payer_changes: tuple[PayerChange, ...] = ()
    unpriced: tuple[str, ...] = ()
    scheduled: tuple[tuple[str, date, str], ...] = ()

    def clock(self, ms: int) -> str:
        """Say when, as people do: `at 16:40`, `on the 23rd at 16:40`."""
        tz = self.snapshot.tz
        at = datetime.fromtimestamp(ms / 1000, UTC).astimezone(tz)
        now = datetime.fromtimestamp(self.snapshot.now_ms / 1000, UTC).astimezone(tz)
        if at.date() == now.date():
            return f"at {at:%H:%M}"
        month = "" if (at.year, at.month) == (now.year, now.month) else f" {at:%B}"
        return f"on the {ordinal(at.day)}{month} at {at:%H:%M}"

    @property
    def day(self) -> str:
        """The local day."""
        now = datetime.fromtimestamp(self.snapshot.now_ms / 1000, UTC)
        return local_day(now, self.snapshot.tz).isoformat()


def alerts(facts: Facts) -> Iterator[Alert]:
    """Give all that is to be told at this moment, what was told before included."""
    for rule in RULES:
        yield from rule(facts)


def caps(facts: Facts) -> Iterator[Alert]:
    """Tell of each cap which threshold it has reached."""
    for cap in facts.snapshot.caps:
        reached = highest(facts.config.alerts.caps, cap.share * 100)
        if cap.state == UNKNOWN or reached is None:
            continue
        more = "≥" if cap.is_lower_bound and not cap.is_money else ""
        spent = f"{more}{amount(cap, cap.spent)} of {amount(cap, cap.limit)}"
        left = f", {amount(cap, cap.left)} left" if cap.left > 0 else ""
        text = (
            f"cap {shown(cap, facts)}: {amounts.share(cap.share)} used, {spent}{left}"
        )
        yield Alert("cap", cap.name, span_of(cap), reached, text, cap.state == OVER)


def forecasts(facts: Facts) -> Iterator[Alert]:
    """Tell when the forecast meets a cap that is not met yet."""
    for cap in facts.snapshot.caps if facts.config.alerts.forecast else ():
        met_at_ms = cap.forecast_met_at_ms
        if met_at_ms is None or cap.state in (OVER, UNKNOWN):
            continue
        text = (
            f"cap {shown(cap, facts)}: as things go it is met"
            f" {facts.clock(met_at_ms)}, {amount(cap, cap.left)} left now"
        )
        yield Alert("forecast", cap.name, span_of(cap), ONCE, text)


def burn(facts: Facts) -> Iterator[Alert]:
    """Tell how fast money goes, over the shortest window a minute, the longest an hour.

    Once an hour.
    """
    wish, rates = facts.config.alerts, facts.snapshot.burns
    for most, rate, minutes, unit in (
        (wish.burn_per_minute, rates[0], 1, "min"),
        (wish.burn_per_hour, rates[-1], 60, "h"),
    ):
        nanos = rate.nanos_per_hour * minutes // 60
        if most is None or not rate.is_known or nanos < most * amounts.NANOS:
            continue
        speed = amounts.dollars(nanos, rate.is_lower_bound)
        text = f"{speed}/{unit} over the last {rate.window_minutes} min"
        hour = str(facts.snapshot.now_ms // HOUR_MS)
        yield Alert("burn", unit, hour, float(most), text, True)


def dear_sessions(facts: Facts) -> Iterator[Alert]:
    """Tell of running sessions that have cost much, and at each multiple of that."""
    most = facts.config.alerts.session_usd
    for session in facts.snapshot.sessions if most else ():
        times = int(Decimal(session.nanos or 0) / amounts.NANOS / (most or 1))
        if times:
            text = (
                f"session {named(session.session)} of {session.source} has used"
                f" {amounts.dollars(session.nanos)}, paid by {session.payer}"
            )
            yield Alert("session", session.session, "", float(times), text, True)


def repeats(facts: Facts) -> Iterator[Alert]:
    """Tell of sessions that make the same call over and over, unless they are to."""
    loops = facts.config.routes.loops
    for each in facts.repeated:
        if any(fnmatchcase(each.project or "", glob) for glob in loops):
            continue
        text = (
            f"session {named(each.session)} of {each.source} has made the same call"
            f" {each.times} times in a quarter of an hour"
        )
        yield Alert("repeats", each.session, facts.day, ONCE, text, True)


def quotas(facts: Facts) -> Iterator[Alert]:
    """Tell of each plan's window which threshold it has reached."""
    for quota in facts.snapshot.quotas:
        reached = highest(facts.config.alerts.quotas, Decimal(str(quota.used_percent)))
        if reached is None:
            continue
        text = f"{quota.payer}, {quota.window}: {quota.used_percent:g} % used"
        if quota.resets_at_ms is not None:
            text += f", resets {facts.clock(quota.resets_at_ms)}"
        if quota.runs_out_at_ms is not None and quota.used_percent < 100:
            text += f", at this pace it runs out {facts.clock(quota.runs_out_at_ms)}"
        what = f"{quota.payer} {quota.window}"
        period = window_of(quota.resets_at_ms, facts, quota.window_minutes)
        yield Alert("quota", what, period, reached, text, quota.used_percent >= 100)


def resets(facts: Facts) -> Iterator[Alert]:
    """Tell that a window much used is about to begin anew."""
    alerts, now_ms = facts.config.alerts, facts.snapshot.now_ms
    for quota in facts.snapshot.quotas:
        at_ms = quota.resets_at_ms
        used = Decimal(str(quota.used_percent))
        if at_ms is None or highest(alerts.quotas, used) is None:
            continue
        left_ms = at_ms - now_ms
        if left_ms <= min(alerts.reset_near * 1000, quota.window_minutes * 30_000):
            text = (
                f"{quota.payer}, {quota.window}: resets in"
                f" {amounts.duration(left_ms / 1000)}, {quota.used_percent:g} % used"
            )
            what = f"{quota.payer} {quota.window}"
            period = window_of(at_ms, facts, quota.window_minutes)
            yield Alert("reset", what, period, ONCE, text)


def balances(facts: Facts) -> Iterator[Alert]:
    """Tell once a day that little is left of an account's balance."""
    least = facts.config.alerts.balance
    for account in facts.snapshot.accounts if least else ():
        for stated in account.balances:
            if stated.nanos >= (least or 0) * amounts.NANOS:
                continue
            left = amounts.money(stated.nanos, stated.currency)
            text = f"account {account.name}: {left} left of {stated.name}"
            what = f"{account.name} {stated.name}"
            yield Alert("balance", what, facts.day, ONCE, text)


def sources(facts: Facts) -> Iterator[Alert]:
    """Tell of sources that fell silent, and once a day of files that cannot be read."""
    silent_ms = facts.config.alerts.silent_after * 1000
    for source in facts.snapshot.sources:
        last = source.last_event_ms
        silence = facts.snapshot.now_ms - last if last is not None else 0
        if silent_ms and last is not None and silence >= silent_ms:
            text = f"{source.source} has been silent for {silence // DAY_MS} days"
            yield Alert("source", source.source, str(last), ONCE, text)
        if source.problems:
            count = len(source.problems)
            text = f"{source.source}: {count} files cannot be read; see `doctor`"
            yield Alert("source", f"{source.source} files", facts.day, ONCE, text)


def accounts(facts: Facts) -> Iterator[Alert]:
    """Tell of accounts that cannot be asked, once for each time they fall ill."""
    for account in facts.snapshot.accounts:
        if account.state in (None, "ok"):
            continue
        since = iso(account.stale_since_ms or 0, facts.snapshot.tz)
        reason = f": {account.error}" if account.error else ""
        text = f"account {account.name} is {account.state}{reason}"
        yield Alert("account", account.name, f"{account.state} {since}", ONCE, text)


def unpriced(facts: Facts) -> Iterator[Alert]:
    """Tell once a month of models without a price: what they cost is in no sum."""
    for model in facts.unpriced if facts.config.alerts.unpriced else ():
        text = f"no price is known of {model}: what it costs is in no sum"
        yield Alert("unpriced", model, facts.day[:7], ONCE, text)


def payers(facts: Facts) -> Iterator[Alert]:
    """Tell that somebody else pays for a running session."""
    for change in facts.payer_changes if facts.config.alerts.payer_change else ():
        session = f"session {named(change.session)} of {change.source}"
        if change.was_plan and not change.is_plan:
            text = (
                f"{session}: the plan {change.before} is used up,"
                f" {change.after} pays from now on"
            )
        else:
            text = f"{session}: {change.after} pays now, not {change.before}"
        period = f"{change.before} {change.after}"
        is_urgent = change.was_plan and not change.is_plan
        yield Alert("payer", change.session, period, ONCE, text, is_urgent)


def scheduled(facts: Facts) -> Iterator[Alert]:
    """Tell of changes that the price book has scheduled for models in use."""
    for model, day, what in facts.scheduled:
        text = f"{model}, from {day:%d %B} on: {what}"
        yield Alert("scheduled", f"{model} {what}", day.isoformat(), ONCE, text)


RULES: tuple[Callable[[Facts], Iterator[Alert]], ...] = (
    caps,
    forecasts,
    burn,
    dear_sessions,
    repeats,
    quotas,
    resets,
    balances,
    sources,
    accounts,
    unpriced,
    payers,
    scheduled,
)


def highest(thresholds: Iterable[Decimal], percent: Decimal) -> float | None:
    """Give the highest threshold that is reached, if one is."""
    reached = [each for each in thresholds if percent >= each]
    return float(max(reached)) if reached else None


def span_of(cap: CapState) -> str:
    """Name a cap's period; a cap that is raised or changed begins anew."""
    return f"{cap.period.since_ms} {cap.limit}"


def window_of(resets_at_ms: int | None, facts: Facts, minutes: int) -> str:
    """Name a plan's window by its end, to the hour."""
    if resets_at_ms is None:
        return f"about {facts.snapshot.now_ms // (minutes * 60_000)}"
    return str((resets_at_ms + SAME_RESET_MS // 2) // SAME_RESET_MS)


def shown(cap: CapState, facts: Facts) -> str:
    """Name a cap, without a project's name where those are not to be shown."""
    is_open = facts.config.privacy.projects == "show" or cap.cap.each != "project"
    return cap.name if is_open else cap.cap.name


def amount(cap: CapState, value: int) -> str:
    """Give an amount of a cap in its unit."""
    if cap.is_money:
        is_more = cap.is_lower_bound and value == cap.spent
        return amounts.dollars(value, is_more)
    return f"{value} %" if cap.is_quota else f"{amounts.tokens(value)} tokens"


def named(session: str) -> str:
    """Shorten a session's id to what people tell it by."""
    return session[:8]


def ordinal(day: int) -> str:
    """Count a day of the month: `1st`, `22nd`, `13th`."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(day % 10 if day // 10 != 1 else 0, "th")
    return f"{day}{ending}"
