"""A form for how a session ended: verdict, reason, value and time of review."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from tokentui.amounts import nanos_from_usd
from tokentui.errors import UsageError
from tokentui.ledger.marks import ACCEPTED, REASONS, VERDICTS, Mark
from tokentui.tui.questions import Questions
from tokentui.tui.screens.cap_form import FieldLine, FormLine
from tokentui.tui.screens.dialog import Dialog
from tokentui.tui.text import clean

if TYPE_CHECKING:
    from tokentui.queries.marks import Session
    from tokentui.routes.ended import Verdict

LINES = (
    FieldLine("verdict", ", ".join(VERDICTS), VERDICTS),
    FieldLine("because", ", ".join(REASONS), REASONS),
    FieldLine("value", "dollars, if accepted"),
    FieldLine("review", "minutes you looked at it"),
)
MOST_MINUTES = 7 * 1_440


class MarkForm(Dialog[Mark]):
    """Marks a session; closes with the mark."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "app.focus_next", "Next line", show=False),
        Binding("up", "app.focus_previous", "Line before", show=False),
    ]
    KEYS = "⏎ marks · tab next · → completes · esc leaves"

    def __init__(
        self, questions: Questions, of: Session, end: Verdict | None, now_ms: int
    ) -> None:
        super().__init__(f"Mark session {clean(of[1])[:8]}")
        self._questions = questions
        self._of = of
        self._now_ms = now_ms
        self._before = (end.word or "") if end is not None else ""
        self._mark: Mark | None = None

    def content(self) -> list[Widget]:
        """Return a line for each thing to say; how it ended stands there if known."""
        texts = {"verdict": self._before}
        return [
            FormLine(line, texts.get(line.field, ""), is_fixed=False) for line in LINES
        ]

    def on_mount(self) -> None:
        """Begin with the verdict."""
        super().on_mount()
        self.query_one("#verdict", Input).focus()

    def on_input_submitted(self) -> None:
        """Read the lines and mark the session."""
        texts = {each.id or "": each.value.strip() for each in self.query(Input)}
        try:
            mark = mark_of(texts, self._of, self._now_ms)
        except UsageError as error:
            self.tell(str(error))
            return
        self._mark = mark
        self.do(lambda: self._questions.mark(mark))

    def done(self, answer: object) -> None:
        """Leave with the mark."""
        self.dismiss(self._mark)


def mark_of(texts: Mapping[str, str], of: Session, now_ms: int) -> Mark:
    """Read a mark from what was typed; an empty line says nothing.

    Raises:
        UsageError: A line cannot be read.
    """
    verdict, because = texts["verdict"], texts["because"] or None
    if verdict not in VERDICTS:
        raise UsageError(f"verdict: {', '.join(VERDICTS)} are known")
    if because is not None and because not in REASONS:
        raise UsageError(f"because: {', '.join(REASONS)} are known, or nothing")
    if because is not None and verdict == ACCEPTED:
        raise UsageError("because: it says why work was not accepted")
    value = nanos_from_usd(texts["value"]) if texts["value"] else None
    return Mark(*of, verdict, now_ms, because, value, seconds_of(texts["review"]))


def seconds_of(minutes: str) -> int | None:
    """Read minutes as seconds.

    Raises:
        UsageError: It is no number of minutes.
    """
    if not minutes:
        return None
    try:
        number = Decimal(minutes)
    except InvalidOperation:
        number = Decimal(-1)
    if not (number.is_finite() and 0 <= number <= MOST_MINUTES):
        raise UsageError(f"review: a number of minutes, at most {MOST_MINUTES:,}")
    return round(number * 60)
