"""The screen for outcomes: what accepted work has cost, and how far work came."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import ClassVar, NamedTuple

from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget

from tokentui import periods
from tokentui.periods import Period
from tokentui.queries.sums import Usage
from tokentui.routes.outcome_words import cost_words
from tokentui.routes.report import Report
from tokentui.text import many
from tokentui.tui import outcome_lines
from tokentui.tui.keys import bound
from tokentui.tui.lines import heading
from tokentui.tui.questions import Questions
from tokentui.tui.route_wish import within
from tokentui.tui.screens.computing import Answering, ComputingScreen, IsUnwanted
from tokentui.tui.screens.dialog import said
from tokentui.tui.times import local
from tokentui.tui.widgets.choices import Choice, Choices
from tokentui.tui.widgets.grid import Grid
from tokentui.tui.widgets.lines_area import Lines, Made, nothing
from tokentui.tui.widgets.tabs import Tab

SPANS = {"30d": "30 d", "90d": "90 d", "365d": "a year", "all": "all time"}
GROUPS: dict[str, tuple[str, ...]] = {
    "project, model": ("project", "model"),
    "project": ("project",),
    "model": ("model",),
    "route": ("route",),
    "effort": ("effort",),
    "context": ("context",),
    "workload": ("workload",),
}
COMPUTING = "asking git and the ledger …"
NO_SESSIONS = "no sessions in that time"


class Asked(NamedTuple):
    """What is asked: about which time, by what."""

    span: str
    group: str


class OutcomeGrid(Grid, inherit_bindings=False):
    """Groups of sessions, with what an accepted one took."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("up", "cursor_up", "Row above", show=False),
        bound("down", "cursor_down", "Row below", show=False),
        bound("page_up", "screen.page(-1)", "Page up", "What is below", show=False),
        bound("page_down", "screen.page(1)", "Page down", "What is below", show=False),
        bound("top", "scroll_top", "To the top", show=False),
        bound("bottom", "scroll_bottom", "To the end", show=False),
    ]


class OutcomesScreen(ComputingScreen):
    """Groups of sessions, how all of them ended, and what they cost apart."""

    TAB = Tab("outcomes", "Outcomes", "What accepted work has cost")
    HELP = """
## Outcomes

- **accepted**: you marked the session so, else a commit of its is on the default branch
  and not reverted; **3 of 4** of those whose end is known.
- **per accepted**: what the sessions whose end is known cost, those that failed
  included, over the accepted ones; **each** likewise. **list** is list value inside
  flat plans, which nobody pays once more.
- **yield**: the tokens of accepted sessions, less those of retries and of caches that
  had to be written anew, over the tokens of all whose end is known.
- **abandoned**: marked so, or with edits or commits of which after 30 days nothing is
  on the default branch. **not told**: neither log nor git tells; **too young**: it
  cannot be told yet.
- A commit is a session's if it was made in its repository while it went on or at most
  half an hour after a response.
- **Ask** asks git anew, on this machine; nothing is fetched. Sessions are marked on the
  screen Sessions.
"""
    AUTO_FOCUS = "Grid"
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("refresh", "compute", "Ask", "Git and the ledger, anew"),
        bound("group_after", "group(1)", "Group", "By the next key"),
        bound("group_before", "group(-1)", "Group", "By the key before", show=False),
        bound("before", "step(-1)", "Period", "The one before", show=False),
        bound("after", "step(1)", "Period", "The one after", show=False),
        bound("back", "leave", "Back", "To the first screen"),
    ]

    def __init__(self, questions: Questions, *, demo: bool) -> None:
        super().__init__(questions, demo=demo)
        self._wish = Asked("90d", "project, model")

    def content(self) -> Iterable[Widget]:
        """Return what can be chosen, the groups, and all that is told of them."""
        spans = [Choice(span, word) for span, word in SPANS.items()]
        groups = [Choice(group, group) for group in GROUPS]
        yield Choices("span", spans, self._steps("before", "after"), id="span")
        hint = self._steps("group_before", "group_after")
        yield Choices("by", groups, hint, id="group")
        yield OutcomeGrid()
        yield VerticalScroll(Lines(id="told"), id="told-body")

    def _steps(self, back: str, on: str) -> str:
        return f"{self.key_of(back)} {self.key_of(on)} steps"

    @property
    def asked(self) -> Asked:
        """What there has to be an answer to."""
        return self._wish

    def answering(self, asked: Hashable, is_unwanted: IsUnwanted) -> Answering:
        """Ask how the work of a span ended."""
        assert isinstance(asked, Asked)
        period = Period()
        if asked.span != "all":
            period = periods.last_period(asked.span, self.tz, self.moment)
        usage, by = Usage(period.since_ms, period.until_ms), GROUPS[asked.group]
        return lambda: self.questions.outcomes(usage, by, is_unwanted)

    @property
    def report(self) -> Report | None:
        """What is known of how work ended."""
        answer = self.kept.answer if self.kept else None
        return answer if isinstance(answer, Report) else None

    def take_answer(self, answer: object) -> None:
        """Keep the answer, and have its projects named."""
        super().take_answer(answer)
        if isinstance(answer, Report):
            self.meet({*answer.asked, *answer.projects})

    def repaint(self) -> None:
        """Show what is known, or that it is asked for."""
        view = self.view
        if view is None:
            return
        self.query_one("#span", Choices).chosen = self._wish.span
        self.query_one("#group", Choices).chosen = self._wish.group
        self._say_title()
        found, by = self.report, GROUPS[self._wish.group]
        rows = outcome_lines.rows(found, by, view) if found else []
        has_plans = found is not None and bool(found.total.sums.plan_nanos)
        grid = self.query_one(Grid)
        # Textual 8.2 may miss the layout that a grid of automatic height asks for.
        grid.styles.height = len(rows) + 1
        grid.show(outcome_lines.columns(by, has_plans), rows)
        made: Made = nothing
        if found is not None:
            is_empty = not found.total.tasks
            made = said(NO_SESSIONS) if is_empty else outcome_lines.told(found, view)
        self.query_one("#told", Lines).say(made)

    def _say_title(self) -> None:
        notes = [COMPUTING] if self.is_computing else []
        found, view = self.report, self.view
        if found is not None and self.kept is not None and view is not None:
            at = f"as of {local(self.kept.at_ms, view.snapshot.tz):%H:%M}"
            state = notes[0] if notes else at
            words = [many(found.total.tasks, "session"), cost_words(found.total.sums)]
            notes = [" · ".join([*words[:n], state]) for n in (2, 1, 0)]
        word = SPANS[self._wish.span]
        last = word if self._wish.span == "all" else f"last {word}"
        self.query_one("#title", Lines).say(
            lambda width: [heading(f"Outcomes: {last}", width, *notes)]
        )

    def _want(self, wish: Asked) -> None:
        """Look at something else, and ask for it if need be."""
        self._wish = wish
        self.ask_if_due()
        self.repaint()

    def action_step(self, step: int) -> None:
        """Show another period."""
        spans = list(SPANS)
        place = within(spans, spans.index(self._wish.span) + step)
        self._want(self._wish._replace(span=spans[place]))

    def action_group(self, step: int) -> None:
        """Group by another key."""
        groups = list(GROUPS)
        place = (groups.index(self._wish.group) + step) % len(groups)
        self._want(self._wish._replace(group=groups[place]))

    def on_choices_chosen(self, event: Choices.Chosen) -> None:
        """Do what the keys of a word do."""
        if event.choices.id == "span":
            self._want(self._wish._replace(span=event.id))
        else:
            self._want(self._wish._replace(group=event.id))

    def action_page(self, step: int) -> None:
        """Scroll what is told below the groups."""
        body = self.query_one("#told-body", VerticalScroll)
        scroll = body.action_page_down if step > 0 else body.action_page_up
        scroll()

    def action_compute(self) -> None:
        """Ask anew."""
        self.ask()
        self.repaint()
