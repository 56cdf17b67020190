"""How far the figures can be trusted: what is missing, how fresh it is, what failed."""

from __future__ import annotations

from textual.content import Content

from tokentui.amounts import duration
from tokentui.budget.bills import not_added
from tokentui.budget.plans import not_counted
from tokentui.queries.recent import SourceState
from tokentui.snapshot import STALE_AFTER_MS, Snapshot
from tokentui.tui import account_words
from tokentui.tui.lines import flow, indented, muted
from tokentui.tui.text import clean
from tokentui.tui.widgets.area import Area

SLOW_SECONDS = 3
"""How long a reading takes before it is worth a word."""


class StatusLine(Area):
    """Trouble first, then completeness of the month, then freshness."""

    most_lines = 2

    def lines(self, width: int, height: int | None) -> list[Content]:
        """Return one or two lines, each fact whole."""
        most = self.most_lines if height is None else max(1, height)
        lines = flow(self._parts(with_details=True), width - 2, most)
        if lines and lines[-1].plain.endswith("…"):
            lines = flow(self._parts(with_details=False), width - 2, most)
        return indented(lines)

    def _parts(self, *, with_details: bool) -> list[Content]:
        seconds = self.reading.seconds
        parts = []
        if seconds >= SLOW_SECONDS:
            parts.append(muted(f"reading logs for {seconds} s"))
        if self.view is not None:
            snapshot = self.view.snapshot
            details = with_details and not self.view.hides_projects
            parts += [problem(each, details) for each in snapshot.sources]
            parts.append(account_words.trouble(self.view))
            parts += completeness(snapshot)
            parts += [freshness(each, snapshot.now_ms) for each in snapshot.sources]
            parts.append(account_words.freshness(self.view))
            parts.append(skipped(snapshot))
        return [part for part in parts if part]


class Trouble(Area):
    """Why nothing new can be read; not there while all is well."""

    def lines(self, width: int, height: int | None) -> list[Content]:
        """Return the reason, and that it is tried again."""
        text = self.reading.trouble
        if not text or width <= 2:
            return []
        said = Content.assemble(("ERROR ", ".over"), f"{clean(text)} (trying again)")
        return indented([line.rstrip() for line in said.wrap(width - 2)])


def problem(source: SourceState, with_details: bool) -> Content:
    """Say what could not be read of a source; details may tell projects."""
    count = len(source.problems)
    if not count:
        return Content("")
    logs = f"{count:,} {'log' if count == 1 else 'logs'} not read"
    said = f"{clean(source.source)}: {logs}, see tokentui doctor"
    first = f" ({clean(source.problems[0])})" if with_details else ""
    return Content.assemble(("PROBLEM ", ".over"), said, first)


def completeness(snapshot: Snapshot) -> list[Content]:
    """Count what makes the month's figures lower bounds or guesses."""
    month = snapshot.month
    counts = (
        (month.unpriced, "unpriced", ".near"),
        (month.partial, "lower bounds (≥)", ".near"),
        (snapshot.assumed, "of assumed provider or payer", ".muted"),
    )
    parts = [
        Content.styled(f"{count:,} {what}", style)
        for count, what, style in counts
        if count
    ]
    fees = [
        muted(f"fee of {clean(plan)} unknown: tokentui setup")
        for plan in snapshot.unknown_fees
    ]
    fees += [muted(clean(not_counted(plan))) for plan in snapshot.uncounted_fees]
    fees += [muted(clean(not_added(bill))) for bill in snapshot.other_money]
    if not month.requests:
        return fees
    if not parts:
        return [*fees, Content.styled("all of this month priced and complete", ".good")]
    return [Content.assemble(("this month: ", ".muted"), parts[0]), *parts[1:], *fees]


def freshness(source: SourceState, now_ms: int) -> Content:
    """Say when a source last spoke."""
    name = clean(source.source)
    if source.last_event_ms is None:
        return muted(f"{name} no usage in {source.files:,} files")
    age_ms = now_ms - source.last_event_ms
    if age_ms < -60_000:
        return muted(f"{name} dated {duration(-age_ms / 1000)} ahead")
    stale = " (stale)" if age_ms > STALE_AFTER_MS else ""
    return muted(f"{name} {duration(max(age_ms, 0) / 1000)} ago{stale}")


def skipped(snapshot: Snapshot) -> Content:
    """Count the records that could not be understood."""
    count = sum(source.skipped for source in snapshot.sources)
    return muted(f"{count:,} records skipped" if count else "")
