"""The screen for reports: claims and months, what each says, and files of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Resize
from textual.widget import Widget

from tokentui import periods
from tokentui.text import many
from tokentui.tui.columns import GridColumn
from tokentui.tui.keys import bound
from tokentui.tui.lines import heading, muted
from tokentui.tui.screens.asking import AskingScreen, Question
from tokentui.tui.screens.report import ReportCard, SaveDialog
from tokentui.tui.text import clean
from tokentui.tui.widgets.grid import Grid, GridRow
from tokentui.tui.widgets.lines_area import Lines
from tokentui.tui.widgets.report_pane import ReportPane
from tokentui.tui.widgets.tabs import Tab

if TYPE_CHECKING:
    from tokentui.claims.claim import Claim
    from tokentui.claims.listed import Listed

MONTHS = 12
"""Months that can be stated: this one and those before it."""

COLUMNS = (
    GridColumn("report", least=9, id="report"),
    GridColumn("period", least=10, id="period"),
    GridColumn("for", rank=1, least=6, id="for"),
    GridColumn("claimed", is_right=True, id="claimed"),
)


@dataclass(frozen=True, slots=True)
class Month:
    """A month of which a statement can be made."""

    first: date

    @property
    def name(self) -> str:
        """Name it: `2026-10`."""
        return f"{self.first:%Y-%m}"

    @property
    def end(self) -> date:
        """The first day after it."""
        return (self.first + timedelta(31)).replace(day=1)


class ReportsScreen(AskingScreen):
    """Claims and months; the one under the cursor with what it says."""

    TAB = Tab("reports", "Reports", "What to hand in, as a file in any format")
    HELP = """
## Reports

- **Claims** come first, newest above: a number is a saved one, which never changes;
  `d1` is a draft, made anew whenever it is looked at. `tokentui claim` drafts, checks
  and saves them.
- **statement** is a month without a claim: what was billed and paid, and usage at list
  prices as evidence. It is no invoice.
- **Open** shows what a report says.
- **Save** writes a new file; the ending of its name says the format. Nothing is
  written over. While names of projects are hidden, files have none.
"""
    AUTO_FOCUS = "Grid"
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("export", "save", "Save", "Write it to a file"),
        bound("back", "leave", "Back", "To the first screen"),
    ]

    _claims: tuple[Listed, ...] | None = None

    def content(self) -> Iterable[Widget]:
        """Return the reports, and what one says."""
        yield Horizontal(Grid(), ReportPane(), id="reports")

    def question(self) -> Question | None:
        """Ask which claims there are."""
        return "claims", self.questions.claims

    def take_answer(self, answer: object) -> None:
        """Keep the claims."""
        self._claims = cast("tuple[Listed, ...]", answer)

    def repaint(self) -> None:
        """Show claims and months, once it is known which claims there are."""
        claims = self._claims
        note = "reading …" if claims is None else many(len(claims), "claim")
        self.query_one("#title", Lines).say(
            lambda width: [heading("Reports", width, note)]
        )
        if claims is not None:
            rows = [*map(claim_row, claims), *map(month_row, self.months)]
            self.query_one(Grid).show(COLUMNS, rows)
        self._tell_of_cursor()

    @property
    def months(self) -> list[Month]:
        """This month and those before it."""
        first = self.moment.date().replace(day=1)
        months = [Month(first)]
        while len(months) < MONTHS:
            before = months[-1].first - timedelta(1)
            months.append(Month(before.replace(day=1)))
        return months

    @property
    def chosen(self) -> Listed | Month | None:
        """The claim or month under the cursor."""
        at = self.query_one(Grid).row_at_cursor
        known: list[Listed | Month] = [*(self._claims or ()), *self.months]
        return next((each for each in known if each.name == at), None)

    def report_of(self, chosen: Listed | Month) -> Callable[[], Claim]:
        """Return what makes a report, without names of projects if they are hidden."""
        questions, tz = self.questions, self.tz
        is_hidden = self.view is not None and self.view.hides_projects

        def report() -> Claim:
            from tokentui.reports.names import ALIAS, SHOW, redacted

            if isinstance(chosen, Month):
                days = chosen.first, chosen.end
                made = questions.statement(*(periods.day_start(d, tz) for d in days))
            else:
                made = questions.claim(chosen.name)
            return redacted(made, ALIAS if is_hidden else SHOW)

        return report

    def _tell_of_cursor(self) -> None:
        if not (self.has_class("-wide") or self.has_class("-huge")):
            return
        pane, chosen = self.query_one(ReportPane), self.chosen
        if chosen is None:
            pane.tell_of(None, "", None)
            return
        is_hidden = self.view is not None and self.view.hides_projects
        pane.tell_of((chosen, is_hidden), title_of(chosen), self.report_of(chosen))

    def on_resize(self, event: Resize) -> None:
        """Tell of the report under the cursor as soon as there is room."""
        super().on_resize(event)
        self.call_after_refresh(self._tell_of_cursor)

    def on_data_table_row_highlighted(self) -> None:
        """Tell of the report under the cursor."""
        self._tell_of_cursor()

    def on_data_table_row_selected(self) -> None:
        """Show all that a report says."""
        chosen = self.chosen
        if chosen is not None:
            card = ReportCard(title_of(chosen), self.report_of(chosen))
            self.app.push_screen(card)

    def action_save(self) -> None:
        """Ask for the name of a file, and write it."""
        chosen = self.chosen
        if chosen is None:
            return

        def tell(path: Path | None) -> None:
            if path is not None:
                self.notify(f"Written: {path}", markup=False)

        name = f"./{file_name(chosen)}.pdf"
        self.app.push_screen(SaveDialog(name, self.report_of(chosen)), tell)


def title_of(chosen: Listed | Month) -> str:
    """Name a report for people."""
    if isinstance(chosen, Month):
        return f"Statement of {chosen.first:%B %Y}"
    return f"Claim {clean(chosen.name)}"


def file_name(chosen: Listed | Month) -> str:
    """Name a report's file, without its ending."""
    kind = "statement" if isinstance(chosen, Month) else "claim"
    return f"{kind}-{chosen.name}"


def claim_row(claim: Listed) -> GridRow:
    """Return the row of a claim."""
    from tokentui.reports import figures, words  # 15 ms, where there are claims

    claimed = (
        muted("as of now")
        if claim.claimed is None
        else Content(figures.money(claim.claimed, claim.currency))
    )
    cells = [
        Content(f"{clean(claim.name)} {claim.status}"),
        Content(words.span(claim.first, claim.last)),
        Content(clean(claim.whom or "")),
        claimed,
    ]
    return GridRow(claim.name, cells)


def month_row(month: Month) -> GridRow:
    """Return the row of a month."""
    cells = [muted("statement"), Content(f"{month.first:%B %Y}"), Content(), Content()]
    return GridRow(month.name, cells)
