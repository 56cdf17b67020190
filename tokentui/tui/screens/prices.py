"""The screen for prices: the book in use, and what it knows of each model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Resize
from textual.widget import Widget
from textual.widgets import DataTable, Input

from tokentui.queries.sums import Sums
from tokentui.queries.usage import UsageTable
from tokentui.snapshot import dearest
from tokentui.tui.columns import GridColumn
from tokentui.tui.keys import bound
from tokentui.tui.lines import heading, muted
from tokentui.tui.pivot import Level
from tokentui.tui.pivot_cells import cost_cell
from tokentui.tui.screens.asking import AskingScreen, Question
from tokentui.tui.screens.price import PriceDialog
from tokentui.tui.text import clean
from tokentui.tui.widgets.filter import Filter
from tokentui.tui.widgets.grid import Grid, GridRow
from tokentui.tui.widgets.lines_area import Lines
from tokentui.tui.widgets.price_pane import Model, PricePane
from tokentui.tui.widgets.tabs import Tab

MOST_MODELS = 200
"""So many are painted at every letter that is typed."""

COLUMNS = (
    GridColumn("provider", least=8, id="provider"),
    GridColumn("model", least=16, id="model"),
    GridColumn("this month", is_right=True, id="cost"),
)


@dataclass(frozen=True, slots=True)
class Book:
    """All models, those of this month's usage first, dearest before cheaper ones."""

    models: tuple[Model, ...]
    used: Mapping[Model, Sums]


def book_of(models: Sequence[Model], usage: UsageTable) -> Book:
    """Bring models and this month's usage together."""
    used: dict[Model, Sums] = {}
    for usage_row in sorted(usage.rows, key=dearest):
        provider, model = usage_row.keys
        if provider is not None and model is not None:
            used[provider, model] = usage_row.sums
    return Book((*used, *(m for m in models if m not in used)), used)


class PricesScreen(AskingScreen):
    """All models of the price book; the one under the cursor with its rates."""

    TAB = Tab("prices", "Prices", "What each model costs, and who says so")
    HELP = """
## Prices

- **Search** keeps the models whose name or provider holds what you type, several
  words too.
- **this month** is what the ledger has of a model; such models come first.
- **Open** tells every rate of a model, its source, and known changes.
- Prices of your own, in the config, go before those of the book.
- Tiers are how a request is served: **standard**, **batch**, **flex**, **fast** and
  others. **over 272k** is the rate of the whole request if its prompt is longer.
"""
    AUTO_FOCUS = "Grid"
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("filter", "filter", "Search", "Type a part of a model's name"),
        bound("back", "leave", "Back", "To the first screen"),
    ]

    _book: Book | None = None

    def content(self) -> Iterable[Widget]:
        """Return search, models and rates."""
        yield Filter("search", stays=True)
        yield Horizontal(Grid(), PricePane(self.questions), id="book")

    def question(self) -> Question | None:
        """Ask for the models once: the book changes with a new version only."""
        if self._book is not None:
            return None
        questions = self.questions
        usage = Level("model").usage(self.tz, self.moment)

        def answer() -> Book:
            used = questions.table(("provider", "model"), usage)
            return book_of(questions.models(""), used)

        return "book", answer

    def take_answer(self, answer: object) -> None:
        """Keep the models."""
        assert isinstance(answer, Book)
        self._book = answer

    def repaint(self) -> None:
        """Show the models that are wanted, or that the book is being opened."""
        title = self.query_one("#title", Lines)
        book = self._book
        if book is None:
            title.say(lambda width: [heading("Prices", width, "opening the book …")])
            return
        found = self.found(book.models)
        shown = found[:MOST_MODELS]
        note = f"{len(found):,} of {len(book.models):,} models"
        if len(shown) < len(found):
            key = self.key_of("filter")
            note = f"first {len(shown)} of {len(found):,} models, {key} searches"
        title.say(lambda width: [heading("Prices", width, note)])
        self.query_one(Grid).show(COLUMNS, [row(each, book) for each in shown])
        self._tell_of_cursor()

    def found(self, models: Sequence[Model]) -> list[Model]:
        """Return the models that hold every word that is wanted."""
        words = self.query_one(Filter).wanted.lower().split()
        return [m for m in models if all(w in " ".join(m).lower() for w in words)]

    @property
    def model(self) -> Model | None:
        """The model under the cursor."""
        at = self.query_one(Grid).row_at_cursor
        models = self._book.models if self._book else ()
        return next((model for model in models if key_of(model) == at), None)

    def _tell_of_cursor(self) -> None:
        if self.has_class("-wide") or self.has_class("-huge"):
            self.query_one(PricePane).tell_of(self.model)

    def on_resize(self, event: Resize) -> None:
        """Tell of the model under the cursor as soon as there is room."""
        self.call_after_refresh(self._tell_of_cursor)

    def on_data_table_row_highlighted(self) -> None:
        """Tell of the model under the cursor."""
        self._tell_of_cursor()

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Tell everything of a model."""
        if self.model is not None:
            self.app.push_screen(PriceDialog(self.questions, *self.model))

    def action_filter(self) -> None:
        """Type what the models' names shall hold."""
        self.query_one(Filter).call()

    def on_filter_changed(self, event: Filter.Changed) -> None:
        """Show only the models whose names hold it."""
        self.repaint()

    def on_filter_left(self) -> None:
        """Go back to the models."""
        self.query_one(Grid).focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave letters to the search while something is typed into it."""
        return not (isinstance(self.focused, Input) and action == "filter")


def key_of(model: Model) -> str:
    """Return what the row of a model is called."""
    return "\0".join(model)


def row(model: Model, book: Book) -> GridRow:
    """Return the row of a model."""
    provider, name = map(clean, model)
    sums = book.used.get(model)
    cost = Content() if sums is None else cost_cell(sums)
    return GridRow(key_of(model), [muted(provider), Content(name), cost])
