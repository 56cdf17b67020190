"""`tokentui reconcile`: estimate beside billed, and what explains the gaps."""

from __future__ import annotations

import re
import sqlite3
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tokentui import amounts, periods
from tokentui.cli.asked import period_of
from tokentui.cli.freshen import opened
from tokentui.cli.options import as_json, no_refresh, options, period_options, setting
from tokentui.cli.output import Column, note, show, show_json, show_table, tell
from tokentui.cli.shapes import instant, money
from tokentui.errors import UsageError
from tokentui.periods import Period
from tokentui.queries.reconcile import DAY_MS, Interval
from tokentui.setting import Setting
from tokentui.text import clean, many

if TYPE_CHECKING:
    from tokentui.queries.billed import Payee
    from tokentui.reconcile.compare import Comparison, Explained, Verdict
    from tokentui.reconcile.gaps import Gap

DEFAULT_LAST = "30d"
GAP_TOO_LARGE = 1
NOT_EXPLAINED = "not explained"


@click.command("reconcile")
@click.option("--payer", metavar="GLOB", multiple=True, help="Only this payer.")
@click.option("--provider", metavar="GLOB", multiple=True, help="Only this provider.")
@click.option(
    "--tolerance",
    metavar="PERCENT",
    default="5%",
    show_default=True,
    help="Gaps up to this part of what is billed are fine.",
)
@click.option(
    "--against",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Compare the ledger with a report of `ccusage daily --json` instead.",
)
@click.option(
    "--source", metavar="NAME", help="Whose report it is, if it does not say."
)
@click.option("--timezone", metavar="ZONE", help="Whose days the report has.")
@options(period_options, as_json, no_refresh)
def verb(
    payer: tuple[str, ...],
    provider: tuple[str, ...],
    tolerance: str,
    against: Path | None,
    source: str | None,
    timezone: str | None,
    **given: Any,
) -> int:
    """Show estimate and bill side by side, by payer, day and model.

    The last 30 days, unless a period is given. Days are UTC, as those of providers are,
    and whole; a gap is what is billed less the estimate. Beside each gap that is too
    large stand its likely reasons. Exit 1: over all settled days, a payer's bill at a
    provider is further from the estimate than --tolerance.

    With --against every row of the report that differs from the ledger is explained, by
    tokens and by price, as far as arithmetic can tell.
    """
    if against is not None:
        if payer or provider or period_given(given):
            raise UsageError("--against compares all that its file has, and no less")
        from tokentui.cli.reconcile_against import show_against

        return show_against(against, source, timezone, given)
    if source or timezone:
        raise UsageError("--source and --timezone are for --against; days are UTC here")
    from tokentui.queries.reconcile import other_currencies
    from tokentui.reconcile.compare import compare

    share = share_of(tolerance)
    here = setting(timezone="UTC")
    with opened(here, not given["no_refresh"]) as (connection, code):
        period = period_of(given, here)
        if period == Period():
            period = periods.last_period(DEFAULT_LAST, here.tz, here.now)
        span = whole_days(connection, period, here)
        comparison = compare(connection, span, share, payer, provider)
        left = other_currencies(connection)
    warnings = [
        f"{many(count, 'bill')} in {clean(currency)} cannot be compared with dollars"
        for currency, count in left
    ]
    if given["as_json"]:
        show_json(document(comparison, span, share, warnings, here))
    else:
        show_comparison(comparison, share)
        for warning in warnings:
            note(warning)
    return GAP_TOO_LARGE if any(v.is_over for v in comparison.verdicts) else code


def period_given(given: dict[str, Any]) -> bool:
    """Claim that a period was asked for."""
    return any(given.get(name) for name in ("since", "until", "last", "period"))


def share_of(text: str) -> float:
    """Read a tolerance in percent as a share.

    Raises:
        UsageError: It is none.
    """
    match = re.fullmatch(r"([0-9]{1,4}(?:\.[0-9]{1,6})?)\s*%?", text.strip())
    if match is None:
        raise UsageError(f"--tolerance {text!r} is no percentage; write 5%")
    return float(match[1]) / 100


def whole_days(
    connection: sqlite3.Connection, period: Period, here: Setting
) -> Interval:
    """Give the UTC days of a period; one that is open begins with what there is."""
    since, until = period.since_ms, period.until_ms
    if since is None:
        row = connection.execute("SELECT min(at) FROM event").fetchone()
        since = row[0] if row[0] is not None else periods.millis(here.now)
    if until is None:
        until = periods.millis(here.now)
    return since // DAY_MS * DAY_MS, -(-until // DAY_MS) * DAY_MS


def document(
    comparison: Comparison,
    span: Interval,
    share: float,
    warnings: list[str],
    here: Setting,
) -> dict[str, Any]:
    """Make the JSON document."""
    judged = [v for v in comparison.verdicts if v.rows]
    estimate = sum(v.estimate for v in judged) if judged else None
    billed = sum(v.billed for v in judged) if judged else None
    return {
        "kind": "reconcile",
        "since": instant(span[0], here.tz),
        "until": instant(span[1], here.tz),
        "timezone": "UTC",
        "tolerance": share,
        "rows": [row_shape(each, here) for each in comparison.rows],
        "payees": [verdict_shape(each) for each in comparison.verdicts],
        "total": {
            "estimate_usd": money(estimate),
            "billed_usd": money(billed),
            "gap_usd": money(difference(estimate, billed)),
            "not_compared_usd": money(sum(v.left_out for v in comparison.verdicts)),
        },
        "warnings": warnings,
    }


def row_shape(row: Explained, here: Setting) -> dict[str, Any]:
    """Give a row as JSON has it."""
    gap = row.gap
    return {
        "payer": gap.payee.payer,
        "provider": gap.payee.provider,
        "day": gap.day.isoformat(),
        "model": gap.model,
        "estimate_usd": money(gap.estimate),
        "billed_usd": money(gap.billed),
        "gap_usd": money(gap.nanos),
        "reasons": list(row.reasons),
        "since": instant(gap.since_ms, here.tz),
        "until": instant(gap.until_ms, here.tz),
        "settled": gap.is_settled,
    }


def verdict_shape(verdict: Verdict) -> dict[str, Any]:
    """Give a verdict as JSON has it; sums of no rows are unknown."""
    has_rows = verdict.rows > 0
    estimate = verdict.estimate if has_rows else None
    billed = verdict.billed if has_rows else None
    return {
        "payer": verdict.payee.payer,
        "provider": verdict.payee.provider,
        "estimate_usd": money(estimate),
        "billed_usd": money(billed),
        "gap_usd": money(difference(estimate, billed)),
        "not_compared_usd": money(verdict.left_out),
        "over": verdict.is_over,
    }


def difference(estimate: int | None, billed: int | None) -> int | None:
    """Give the gap of two sums."""
    return None if estimate is None or billed is None else billed - estimate


def show_comparison(comparison: Comparison, share: float) -> None:
    """Print payees one by one: rows, what explains them, and the verdict."""
    if not comparison.rows:
        show("nothing was used or billed beside flat plans")
    verdicts = {verdict.payee: verdict for verdict in comparison.verdicts}
    for payee, rows in groupby(comparison.rows, lambda row: row.gap.payee):
        some, verdict = list(rows), verdicts[payee]
        if not any(row.gap.has_account for row in some):
            show(f"{payee_name(payee)}: no account states what is billed")
            show(f"  {amounts.dollars(verdict.left_out)} estimated")
            show()
            continue
        show(payee_name(payee))
        show_rows(some, share)
        for text in verdict_lines(verdict, share):
            tell(text)
        show()


def show_rows(rows: list[Explained], share: float) -> None:
    """Print the rows of a payee, and below them the reasons that their numbers mean."""
    numbers: dict[str, int] = {}
    cells = []
    for row in rows:
        gap, reasons = row.gap, row.reasons
        if not reasons and gap.exceeds(share):
            reasons = (NOT_EXPLAINED,)
        for reason in reasons:
            numbers.setdefault(reason, len(numbers) + 1)
        cells.append(
            [
                day_text(gap),
                gap.model or ("other" if gap.is_aside else "all models"),
                cost_text(gap),
                "?" if gap.billed is None else amounts.dollars(gap.billed),
                gap_text(gap.nanos),
                " ".join(str(numbers[reason]) for reason in reasons),
            ]
        )
    show_table(
        [
            Column("day"),
            Column("model", flexible=True),
            *(Column(title, right=True) for title in ("estimate", "billed", "gap")),
            Column("why"),
        ],
        cells,
    )
    for reason, number in numbers.items():
        tell(f"{number:>2}  {reason}")


def day_text(gap: Gap) -> str:
    """Name the day of a row, or the first and how many there are."""
    return gap.day.isoformat() if gap.days == 1 else f"{gap.day} +{gap.days - 1}"


def cost_text(gap: Gap) -> str:
    """Give an estimate; what is not priced is no zero."""
    if gap.estimate is None:
        return "unpriced"
    is_least = any(part.unpriced or part.partial for part in gap.parts)
    return amounts.dollars(gap.estimate, lower_bound=is_least)


def gap_text(nanos: int | None) -> str:
    """Give a gap with its sign."""
    if nanos is None:
        return "?"
    text = amounts.dollars(nanos)
    return f"+{text}" if nanos > 0 else text


def payee_name(payee: Payee) -> str:
    """Name who pays whom."""
    return f"{clean(payee.payer)} → {clean(payee.provider or 'everyone')}"


def verdict_lines(verdict: Verdict, share: float) -> list[str]:
    """Say whether a payee's sums agree."""
    lines = []
    if verdict.rows:
        gap = verdict.billed - verdict.estimate
        of = (
            f" ({abs(gap) / abs(verdict.billed) * 100:.1f} %)" if verdict.billed else ""
        )
        lines.append(
            f"settled: estimate {amounts.dollars(verdict.estimate)},"
            f" billed {amounts.dollars(verdict.billed)}, gap {gap_text(gap)}{of}"
        )
        word = "TOO LARGE: more than" if verdict.is_over else "fine: within"
        lines.append(f"{word} {share * 100:.4g} %")
    if verdict.left_out:
        left = amounts.dollars(verdict.left_out)
        lines.append(f"not compared: {left} estimated for times not billed or settled")
    return lines
