"""What an employer pays of the lines: a share, up to what is left of a limit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from tokentui import periods
from tokentui.claims.claim import Allowance, Claim, Line
from tokentui.claims.rounding import rounded
from tokentui.globs import any_glob
from tokentui.settings import Allowance as Rule


def paid(
    eligible: Decimal, share: Decimal, limit: Decimal, used: Decimal, currency: str
) -> Decimal:
    """Give min(share of what is eligible, what is left); no more is left than none."""
    left = max(rounded(0, currency), rounded(limit, currency) - used)
    return min(rounded(eligible * share, currency), left)


def allowances_of(
    rules: Iterable[Rule],
    lines: Sequence[Line],
    before: Iterable[Claim],
    currency: str,
    last: date,
    tz: ZoneInfo,
) -> tuple[tuple[Allowance, ...], Decimal]:
    """Apply each rule to the lines of its payers; give also what no rule limits.

    A line counts for the first rule that has its payer. `before` are the claims that
    have used some of the limits already.
    """
    earlier = tuple(before)
    rest = list(lines)
    made = []
    for rule in rules:
        mine = [line for line in rest if is_for(rule, line)]
        rest = [line for line in rest if not is_for(rule, line)]
        made.append(allowance(rule, mine, earlier, currency, last, tz))
    return tuple(made), sum((line.amount for line in rest), rounded(0, currency))


def is_for(rule: Rule, line: Line) -> bool:
    """Claim that a line's payer is among those of a rule."""
    return not rule.payers or any_glob(rule.payers, line.payer)


def allowance(
    rule: Rule,
    lines: Sequence[Line],
    before: Sequence[Claim],
    currency: str,
    last: date,
    tz: ZoneInfo,
) -> Allowance:
    """Apply one rule, in its window that holds the claim's last day."""
    first, end = window(rule, last, tz)
    eligible = sum((line.amount for line in lines), rounded(0, currency))
    used = sum(
        (
            each.claimed
            for claim in before
            if claim.currency == currency
            for each in claim.allowances
            if (each.name, each.first) == (rule.name, first)
        ),
        rounded(0, currency),
    )
    claimed = paid(eligible, rule.share, rule.limit, used, currency)
    limit = rounded(rule.limit, currency)
    return Allowance(
        rule.name,
        rule.share,
        limit,
        rule.per,
        first,
        end,
        rule.payers,
        eligible,
        used,
        claimed,
        limit - used - claimed,
    )


def window(rule: Rule, day: date, tz: ZoneInfo) -> tuple[date, date]:
    """Give the first and the last day of a rule's window that holds a day."""
    noon = datetime.fromtimestamp(periods.day_start(day, tz) / 1000 + 43_200, UTC)
    found = periods.period_window(rule.per, tz, noon, rule.starts)
    first, end = (
        periods.local_day(datetime.fromtimestamp((at or 0) / 1000, UTC), tz)
        for at in (found.since_ms, found.until_ms)
    )
    return first, end - timedelta(1)
