"""What was spent today and this month, against the cap if there is one."""

from __future__ import annotations

from typing import Literal

from textual.app import ComposeResult
from textual.containers import VerticalGroup
from textual.content import Content
from textual.reactive import var
from textual.widgets import Digits

from tokentui.amounts import dollars, duration
from tokentui.budget.caps import CapState
from tokentui.queries.sums import Sums
from tokentui.snapshot import Snapshot
from tokentui.tui import cap_words
from tokentui.tui.costs import cost_text
from tokentui.tui.lines import bar, flow, heading, indented, muted
from tokentui.tui.times import day, local
from tokentui.tui.view import View
from tokentui.tui.widgets.area import Area

Per = Literal["day", "month"]

BASIS = ("estimate at list prices", "estimate")
NO_CAP = "no cap set: tokentui cap set 1500 --per month"

NARROWEST_BAR = 6
DIGITS_ROWS = 3


class Spending(VerticalGroup):
    """One period's spend: heading, large figures where there is room, cap and bar."""

    view: var[View | None] = var(None)

    def __init__(self, per: Per) -> None:
        super().__init__(id=per)
        self._per = per

    def compose(self) -> ComposeResult:
        """Set heading, figures and lines below each other."""
        yield SpendingHeading(self._per).data_bind(Spending.view)
        yield Digits()
        yield SpendingLines(self._per).data_bind(Spending.view)

    def rows(self, width: int, is_large: bool) -> int:
        """Return how many rows it takes, `is_large` with the large figures."""
        lines = self.query_one(SpendingLines)
        lines.set_reactive(PeriodArea.view, self.view)  # told before it is bound
        large = DIGITS_ROWS if is_large and large_text(self.view, self._per) else 0
        return 1 + large + len(lines.lines(width, None))

    def watch_view(self, view: View | None) -> None:
        """Show the large figures."""
        for digits in self.query(Digits):
            shown = large_text(view, self._per)
            digits.set_class(not shown, "-blank")
            if digits.value != shown:
                digits.update(shown)


class PeriodArea(Area):
    """Lines about one period."""

    def __init__(self, per: Per) -> None:
        super().__init__()
        self.per = per


class SpendingHeading(PeriodArea):
    """The period by name, and what kind of figure its spend is."""

    def lines(self, width: int, height: int | None) -> list[Content]:
        """Return the one line."""
        if self.view is None:
            return []
        snapshot = self.view.snapshot
        now = local(snapshot.now_ms, snapshot.tz)
        if self.per == "day":
            return [heading(f"Today, {day(now)}", width, *BASIS)]
        first = local(snapshot.month_period.since_ms or snapshot.now_ms, snapshot.tz)
        left_ms = (snapshot.month_period.until_ms or 0) - snapshot.now_ms
        return [heading(f"{first:%B}", width, f"{duration(left_ms / 1000)} to go")]


class SpendingLines(PeriodArea):
    """The spend as text with its cap, bar, share and state, then what is left."""

    def lines(self, width: int, height: int | None) -> list[Content]:
        """Return one line of figures and as many of words as are needed."""
        if self.view is None:
            return []
        snapshot, inner = self.view.snapshot, width - 2
        state = cap_words.main_cap(snapshot, self.per)
        if state is None:
            return indented(uncapped(snapshot, self.per, inner))
        has_room = self.has_room()
        lines = gauge(snapshot, self.per, state, inner, has_room)
        if has_room:
            words = details(snapshot, self.per, state, with_forecast=True)
            return indented([*lines, *flow(words, inner, 5)])
        long = flow(details(snapshot, self.per, state), inner, 4)
        short = flow(details(snapshot, self.per, state, is_short=True), inner, 4)
        if len(short) < len(long):
            return indented([*lines, *short])
        # What else there is to say is said if it takes no line.
        words = details(snapshot, self.per, state, with_forecast=True)
        more = flow(words, inner, 5)
        return indented([*lines, *(more if len(more) == len(long) else long)])

    def has_room(self) -> bool:
        """Claim that a line more takes nothing from the other areas."""
        if not self.is_attached:
            return False
        return self.screen.has_class("-tall") or self.screen.has_class("-high")


def large_text(view: View | None, per: Per) -> str:
    """Return what the large figures show; nothing for words: they have no such form."""
    text = spent(view.snapshot, per) if view else ""
    return text if text[-1:].isdigit() else ""


def sums_of(snapshot: Snapshot, per: Per) -> Sums:
    """Return the sums of a period."""
    return snapshot.today if per == "day" else snapshot.month


def spent(snapshot: Snapshot, per: Per) -> str:
    """Return what is to be paid for a period, or the list value if plans pay all."""
    sums = sums_of(snapshot, per)
    if sums.cost_nanos is None:
        return cost_text(sums)
    return dollars(sums.payable_nanos or sums.plan_nanos, sums.is_lower_bound)


def in_plans(sums: Sums, is_short: bool = False) -> str:
    """Say what plans pay, which never adds up with what is to be paid."""
    if not sums.plan_nanos:
        return ""
    words = "list in plans" if is_short else "list value inside plans"
    if not sums.payable_nanos:
        return words
    return f"besides {dollars(sums.plan_nanos, sums.is_lower_bound)} {words}"


def of_cap(state: CapState, headline: str) -> str:
    """Return `of $60.00`, and what counts if that is not all that was spent."""
    counted = cap_words.spent(state)
    counts = "" if counted == headline else f"({counted} counts) "
    return f"{counts}of {cap_words.limit(state)}"


def uncapped(snapshot: Snapshot, per: Per, width: int) -> list[Content]:
    """Return what was spent, and how to set a cap if there is none at all."""
    if snapshot.caps:
        advice = "no cap for the day" if per == "day" else "no cap for the month"
    else:
        advice = "no cap set" if per == "day" else NO_CAP
    amount = spent(snapshot, per).rjust(widths(snapshot)[0])
    parts = [
        Content.assemble((amount, ".figure"), " spent"),
        muted(in_plans(sums_of(snapshot, per))),
        muted(advice),
    ]
    return flow([part for part in parts if part], width, 3)


def gauge(
    snapshot: Snapshot, per: Per, state: CapState, width: int, has_room: bool = False
) -> list[Content]:
    """Return figures, bar, share and state on a line, aligned with the other period.

    Where they do not fit, the bar goes, or below them if there `has_room`.
    """
    spent_width, cap_width = widths(snapshot)
    headline = spent(snapshot, per)
    style, word_style = cap_words.STYLES[state.state], cap_words.word_style(state)
    share, word = cap_words.used_share(state), cap_words.word(state)
    counted = of_cap(state, headline)
    # Beside the bar there are two figures, a share, a word and the gaps between.
    room = width - (spent_width + 1 + cap_width) - (max(5, len(share)) + 2 + 9) - 4
    if room >= NARROWEST_BAR:
        figures = Content.assemble(
            (headline.rjust(spent_width), ".figure"),
            " ",
            (counted.ljust(cap_width), ".muted"),
        )
        end = Content.assemble(share.rjust(5), "  ", (f"{word:<9}", word_style))
        return [Content("  ").join([figures, bar(state.share, room, style), end])]
    figures = Content.assemble((headline, ".figure"), " ", (counted, ".muted"))
    end = Content.assemble(share, "  ", (word, word_style))
    below = [bar(state.share, width, style)] if has_room else []
    return [*flow([figures, end], width, 2), *below]


def widths(snapshot: Snapshot) -> tuple[int, int]:
    """Return how wide spend and cap are in the wider of the two periods."""
    headlines = {per: spent(snapshot, per) for per in ("day", "month")}
    states = {per: cap_words.main_cap(snapshot, per) for per in headlines}
    caps = [of_cap(state, headlines[per]) for per, state in states.items() if state]
    return (
        max(map(len, headlines.values())),
        max((len(each) for each in caps), default=0),
    )


def details(
    snapshot: Snapshot,
    per: Per,
    state: CapState,
    *,
    with_forecast: bool = False,
    is_short: bool = False,
) -> list[Content]:
    """Return what is left, what is safe, when the cap is met, and what lies ahead."""
    met = cap_words.met(state, snapshot)
    parts = [
        Content(cap_words.left(state)),
        Content(cap_words.safe_per_day(state)),
        Content(met) if cap_words.will_be_met(state) else muted(met),
        muted(in_plans(sums_of(snapshot, per), is_short)),
    ]
    if with_forecast:
        parts += [muted(cap_words.forecast(state)), muted(cap_words.raises(state))]
    return [part for part in parts if part]
