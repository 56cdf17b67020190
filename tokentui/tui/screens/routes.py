"""The screen for routes: what would be cheaper, how sure that is, and from where on."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import BindingType
from textual.widget import Widget

from tokentui import periods
from tokentui.queries.sums import Usage
from tokentui.routes.suggestion_words import NONE_FOUND, OVERLAP
from tokentui.snapshot import Snapshot
from tokentui.tui import alternative_lines, suggestion_lines
from tokentui.tui.alternative_lines import used_words
from tokentui.tui.keys import bound
from tokentui.tui.lines import heading
from tokentui.tui.questions import Questions
from tokentui.tui.route_wish import (
    ALTERNATIVES,
    BREAK_EVEN,
    PARTS,
    SPANS,
    SUGGESTIONS,
    Asked,
    Wish,
)
from tokentui.tui.screens.computing import Answering, ComputingScreen, IsUnwanted
from tokentui.tui.screens.dialog import said
from tokentui.tui.screens.suggestion import SuggestionScreen, copy_lines
from tokentui.tui.times import local
from tokentui.tui.widgets.choices import Choices
from tokentui.tui.widgets.grid import Grid
from tokentui.tui.widgets.lines_area import Lines, Made, nothing
from tokentui.tui.widgets.route_choices import RouteChoices
from tokentui.tui.widgets.tabs import Tab
from tokentui.tui.widgets.value_chart import ValueChart

if TYPE_CHECKING:
    from tokentui.routes.advice import Advice
    from tokentui.routes.compare import Alternative
    from tokentui.routes.elsewhere import Elsewhere
    from tokentui.routes.suggestion import Suggestion

COMPUTING = "computing …"
NO_USAGE = "No usage that has a price."


class SuggestionGrid(Grid):
    """Suggestions, of which one can be looked at as a whole."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("open", "select_cursor", "Open", "A suggestion with its sessions"),
    ]


class AlternativeGrid(Grid):
    """Other routes, the one under the cursor being told of below."""


class RoutesScreen(ComputingScreen):
    """Suggestions, other routes, and the value of a run at which each is best."""

    TAB = Tab("routes", "Routes", "What would be cheaper, and how sure that is")
    HELP = """
## Routes

- **saves a month** is money at list prices, in 30 days at the pace of the span, at
  least and at most; **in plans** is list value inside flat plans: no money, unless the
  plan gets smaller. The two are never added, nor are suggestions, which overlap.
- **rests on** your logs, list prices, a benchmark, or your own runs of both models.
- **Open** a suggestion: the sessions in which it shows, each down to its responses.
- **Copy** puts the lines to switch, or to go back, on the clipboard of the terminal.
  Nothing is changed by tokentui.
- **Alternatives** price the same work elsewhere: the same tokens, those that the other
  tokenizer makes, that the other model needed for the tasks of a benchmark, and that
  your own runs need. **cheaper** is what all of them agree on.
- **Break-even** shows which route brings most by what an accepted run is worth to you:
  success times value, less cost. Success is what you marked on the screen Sessions, ten
  sessions of both models, else a benchmark's, where a difference below 8 points proves
  nothing.
- All of it is computed when you look; **Compute** does it anew.
"""
    AUTO_FOCUS = "Grid"
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("copy_lines", "copy_lines", "Copy", "The lines to switch"),
        bound("copy_undo", "copy_undo", "Undo", "Copy the lines to go back"),
        bound("refresh", "compute", "Compute", "Anew, with the logs as they are now"),
        *(
            bound(action, f"part('{part}')", part.capitalize(), about, show=False)
            for part, (action, about) in PARTS.items()
        ),
        bound("before", "step(-1)", "Period", "The one before", show=False),
        bound("after", "step(1)", "Period", "The one after", show=False),
        bound("model_before", "model(-1)", "Model", "The one before", show=False),
        bound("model_after", "model(1)", "Model", "The next one", show=False),
        bound("worth_less", "worth(-1)", "Worth", "A run is worth less", show=False),
        bound("worth_more", "worth(1)", "Worth", "A run is worth more", show=False),
        bound("back", "leave", "Back", "To the first screen"),
    ]

    def __init__(self, questions: Questions, *, demo: bool) -> None:
        super().__init__(questions, demo=demo)
        self._wish = Wish()
        self._last: Elsewhere | None = None

    def content(self) -> Iterable[Widget]:
        """Return what can be chosen, and the parts, of which one is seen."""
        yield RouteChoices()
        yield SuggestionGrid()
        yield Lines(id="overlap")
        yield AlternativeGrid()
        yield ValueChart()
        yield Lines(id="told")

    @property
    def asked(self) -> Asked:
        """What there has to be an answer to."""
        return self._wish.asked

    def answering(self, asked: Hashable, is_unwanted: IsUnwanted) -> Answering:
        """Ask for suggestions, or for the usage of a model elsewhere."""
        assert isinstance(asked, Asked)
        period = periods.last_period(asked.span, self.tz, self.moment)
        usage, questions = Usage(period.since_ms, period.until_ms), self.questions
        if asked.part == SUGGESTIONS:
            return lambda: questions.advice(usage, asked.value_nanos, is_unwanted)
        is_scored = asked.part == BREAK_EVEN
        return lambda: questions.elsewhere(
            usage, asked.model, is_unwanted, is_scored=is_scored
        )

    @property
    def advice(self) -> Advice | None:
        """The suggestions, if they are looked at and known."""
        is_asked = self._wish.part == SUGGESTIONS
        return cast("Advice", self.kept.answer) if self.kept and is_asked else None

    @property
    def elsewhere(self) -> Elsewhere | None:
        """The other routes, if they are looked at and known."""
        is_asked = self._wish.part != SUGGESTIONS
        return cast("Elsewhere", self.kept.answer) if self.kept and is_asked else None

    def repaint(self) -> None:
        """Show the part that is looked at: what is known of it, or that it computes."""
        view = self.view
        if view is None:
            return
        for part in PARTS:
            self.set_class(part == self._wish.part, f"-{part}")
        self._last = self.elsewhere or self._last
        self.query_one(RouteChoices).mark(self._wish, self.model, self.models)
        self._say_title(view.snapshot)
        if self._wish.part == SUGGESTIONS:
            self._show_suggestions()
        elif self._wish.part == ALTERNATIVES:
            self._show_alternatives()
        else:
            value = self._wish.value_nanos
            self.query_one(ValueChart).show(self.elsewhere, value)
        self._tell_of_cursor()

    def _show_suggestions(self) -> None:
        found = self.advice.suggestions if self.advice else ()
        rows = [suggestion_lines.row(str(i), each) for i, each in enumerate(found)]
        grid = self.query_one(SuggestionGrid)
        # Textual 8.2 may miss the layout that a grid of automatic height asks for.
        grid.styles.height = len(rows) + 1
        grid.show(suggestion_lines.COLUMNS, rows)
        self.query_one("#overlap", Lines).say(said(OVERLAP) if rows[1:] else nothing)

    def _show_alternatives(self) -> None:
        if self.elsewhere is None:
            routes: list[Alternative] = []
        else:
            # 40 ms, which who answered has taken already, beside the screen.
            from tokentui.routes.elsewhere import in_order

            routes = in_order(self.elsewhere.comparison)
        self.query_one(AlternativeGrid).show(*alternative_lines.shown(routes))

    @property
    def model(self) -> str | None:
        """The model that is shown; of all if `None`."""
        return self.elsewhere.model if self.elsewhere else self._wish.model

    @property
    def models(self) -> list[str | None]:
        """The models to choose from; all of them have no one rate of success."""
        if self._last is None:
            return []
        if self._wish.part == BREAK_EVEN:
            return [*self._last.scored]
        return [None, *self._last.models]

    def _say_title(self, snapshot: Snapshot) -> None:
        notes = [COMPUTING] if self.is_computing else []
        if self.kept is not None:
            at = f"as of {local(self.kept.at_ms, snapshot.tz):%H:%M}"
            answer = self.elsewhere.comparison if self.elsewhere else self.advice
            words = used_words(answer.used) if answer else []
            state = notes[0] if notes else at
            notes = [" · ".join([*words[:n], state]) for n in (2, 1, 0)]
        title = f"Routes: last {SPANS[self._wish.span]}"
        self.query_one("#title", Lines).say(
            lambda width: [heading(title, width, *notes)]
        )

    @property
    def suggestion(self) -> Suggestion | None:
        """The suggestion under the cursor."""
        at = self.query_one(SuggestionGrid).row_at_cursor
        found = self.advice.suggestions if self.advice else ()
        return next((each for i, each in enumerate(found) if str(i) == at), None)

    @property
    def alternative(self) -> Alternative | None:
        """The route under the cursor."""
        at = self.query_one(AlternativeGrid).row_at_cursor
        found = self.elsewhere.comparison.alternatives if self.elsewhere else ()
        return next((each for each in found if each.route.model == at), None)

    def _tell_of_cursor(self) -> None:
        """Tell of the row under the cursor, or why there is none."""
        made: Made = nothing
        part, value = self._wish.part, self._wish.value_nanos
        if part == SUGGESTIONS and self.suggestion is not None:
            keys = {each: self.key_of(each) for each in suggestion_lines.KEYS}
            made = suggestion_lines.panel(self.suggestion, value, keys)
        elif part == SUGGESTIONS and self.advice is not None:
            made = said(NONE_FOUND if self.advice.used.cost_nanos else NO_USAGE)
        elif part == ALTERNATIVES and self.elsewhere and self.alternative:
            made = alternative_lines.panel(self.elsewhere, self.alternative, value)
        self.query_one("#told", Lines).say(made)

    def on_data_table_row_highlighted(self) -> None:
        """Tell of the row under the cursor."""
        self._tell_of_cursor()

    def _want(self, wish: Wish) -> None:
        """Look at something else, and compute it if need be."""
        self._wish = wish
        self.ask_if_due()
        self.repaint()

    def action_part(self, part: str) -> None:
        """Show a part."""
        self._want(replace(self._wish, part=part))
        focused = {SUGGESTIONS: SuggestionGrid, ALTERNATIVES: AlternativeGrid}
        self.set_focus(self.query_one(focused[part]) if part in focused else None)
        self.refresh_bindings()

    def action_step(self, step: int) -> None:
        """Show another period."""
        self._want(self._wish.with_span(step))

    def action_worth(self, step: int) -> None:
        """Take an accepted run to be worth more or less."""
        self._want(self._wish.with_worth(step))

    def action_model(self, step: int) -> None:
        """Ask about another model; that is where other routes are shown."""
        if self._wish.part == SUGGESTIONS:
            self.action_part(ALTERNATIVES)
        else:
            self._want(self._wish.with_model(step, self.model, self.models))

    def on_choices_chosen(self, event: Choices.Chosen) -> None:
        """Do what the keys of a word do."""
        what, chosen = event.choices.id, event.id
        if what == "part":
            self.action_part(chosen)
        elif what == "span":
            self._want(replace(self._wish, span=chosen))
        elif what == "worth":
            self._want(replace(self._wish, worth=int(chosen)))
        else:
            self._want(replace(self._wish, model=chosen or None))

    def action_compute(self) -> None:
        """Compute anew what is looked at."""
        self.ask()
        self.repaint()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Copy only where there is something to copy."""
        is_copy = action in ("copy_lines", "copy_undo")
        return not is_copy or self._wish.part == SUGGESTIONS

    def action_copy_lines(self) -> None:
        """Copy the lines to switch."""
        if self.suggestion is not None:
            copy_lines(self, self.suggestion.how)

    def action_copy_undo(self) -> None:
        """Copy the lines to go back."""
        if self.suggestion is not None:
            copy_lines(self, self.suggestion.undo)

    def on_data_table_row_selected(self) -> None:
        """Open a suggestion."""
        if self._wish.part == SUGGESTIONS and self.suggestion is not None:
            self.app.push_screen(
                SuggestionScreen(
                    self.questions,
                    self.suggestion,
                    self._wish.value_nanos,
                    demo=self.is_demo,
                    tab=self.tab,
                )
            )
