"""The card of one response: how its cost came about."""

from __future__ import annotations

from textual.content import Content

from tokentui.queries.responses import Arithmetic, Response
from tokentui.tui.arithmetic import lines_of
from tokentui.tui.questions import Questions
from tokentui.tui.screens.card import AnswerCard, framed
from tokentui.tui.view import View
from tokentui.tui.widgets.lines_area import Made


class ResponseDialog(AnswerCard):
    """Tokens times rates, fees, discount, and who says so."""

    def __init__(self, questions: Questions, response: Response, view: View) -> None:
        super().__init__("Response", lambda: questions.arithmetic(response.key))
        self._response = response
        self._view = view

    def made(self, answer: object) -> Made:
        """Return the arithmetic; a response may be gone from the ledger."""
        if not isinstance(answer, Arithmetic):
            return framed(lambda _: [Content("not in the ledger any more")])
        return framed(lambda width: lines_of(answer, self._response, self._view, width))
