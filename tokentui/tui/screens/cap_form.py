"""A form for one cap: a line for each of its settings, errors below them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.suggester import SuggestFromList
from textual.widget import Widget
from textual.widgets import Input, Static

from tokentui.budget.typed import UNITS
from tokentui.errors import UsageError
from tokentui.periods import PERIOD_KINDS
from tokentui.settings import SCOPES, Cap
from tokentui.tui.cap_entry import CapEntry, cap_of, entry_of
from tokentui.tui.questions import Questions
from tokentui.tui.screens.dialog import Dialog
from tokentui.tui.text import clean


@dataclass(frozen=True, slots=True)
class FieldLine:
    """A line of the form: which text it holds, what may stand there, and what helps."""

    field: str
    hint: str
    words: tuple[str, ...] = ()


LINES = (
    FieldLine("name", "by itself after period and scope"),
    FieldLine("amount", "1500, or 20M tokens"),
    FieldLine("unit", "usd, list-usd, tokens, quota:NAME", (*UNITS, "quota:")),
    FieldLine("per", "day, week, month, quarter, year", PERIOD_KINDS),
    FieldLine("starts", "day of the month, 1 to 31"),
    FieldLine(
        "only",
        "source=codex not-model=gpt-*",
        tuple(f"{no}{scope}=" for no in ("", "not-") for scope in SCOPES),
    ),
    FieldLine("warn", "share from which it is NEAR"),
)


class CapForm(Dialog[Cap]):
    """Sets a new cap, or changes one; closes with the cap that was set."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "app.focus_next", "Next line", show=False),
        Binding("up", "app.focus_previous", "Line before", show=False),
    ]
    KEYS = "⏎ sets · tab next · → completes · esc leaves"

    def __init__(self, questions: Questions, before: Cap | None = None) -> None:
        super().__init__("Add a cap" if before is None else "Change a cap")
        self._questions = questions
        self._before = before
        self._cap: Cap | None = None

    def content(self) -> list[Widget]:
        """Return a line for each setting; the name of a cap that is there stays."""
        entry = CapEntry() if self._before is None else entry_of(self._before)
        return [
            FormLine(line, getattr(entry, line.field), is_fixed=self._is_fixed(line))
            for line in LINES
        ]

    def _is_fixed(self, line: FieldLine) -> bool:
        return line.field == "name" and self._before is not None

    def on_mount(self) -> None:
        """Begin with the amount."""
        super().on_mount()
        self.query_one("#amount", Input).focus()

    def on_input_submitted(self) -> None:
        """Read the lines and set the cap."""
        texts = {each.id or "": each.value for each in self.query(Input)}
        try:
            cap = cap_of(CapEntry(**texts), self._before)
            self._check_name(cap)
        except UsageError as error:
            self.tell(str(error))
            return
        self._cap = cap
        self.do(lambda: self._questions.set_cap(cap))

    def _check_name(self, cap: Cap) -> None:
        names = {each.name for each in self._questions.config.caps}
        if self._before is None and cap.name in names:
            raise UsageError(
                f"name: there is a cap {cap.name} already; change it, or name this one"
            )

    def done(self, answer: object) -> None:
        """Leave with the cap."""
        self.dismiss(self._cap)


class FormLine(Horizontal):
    """Title, input and hint side by side."""

    def __init__(self, line: FieldLine, text: str, *, is_fixed: bool) -> None:
        super().__init__()
        self._line = line
        self._text = text
        self._is_fixed = is_fixed

    def compose(self) -> ComposeResult:
        """Set the parts."""
        words = self._line.words
        yield Static(self._line.field, classes="field", markup=False)
        yield Input(
            clean(self._text) if self._is_fixed else self._text,
            id=self._line.field,
            compact=True,
            disabled=self._is_fixed,
            suggester=SuggestFromList(words) if words else None,
            max_length=1000,
            placeholder=self._line.hint,
        )
        if self._text:
            hint = "stays as it is" if self._is_fixed else self._line.hint
            yield Static(hint, classes="hint", markup=False)
