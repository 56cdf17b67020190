"""Screens whose answers take seconds: asked for when seen, kept, given up early."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Event
from typing import NamedTuple

from textual.worker import Worker, WorkerState

from tokentui.tui.questions import Questions, Refused
from tokentui.tui.screens.asking import AskingScreen, Question, figures_of

ANEW_AFTER_MS = 300_000
"""How long an answer is good enough while the ledger grows."""

MOST_KEPT = 12
"""Answers; going back and forth among some choices asks nothing twice."""

IsUnwanted = Callable[[], bool]
Answering = Callable[[], object]


class Kept(NamedTuple):
    """An answer, when it was asked for and what the ledger held then."""

    answer: object
    at_ms: int
    figures: object


class ComputingScreen(AskingScreen):
    """A screen that computes what is looked at, once, and tells the thread to stop.

    It computes anew when told, or when it is looked at while the ledger has grown and
    the answer is some minutes old; a new snapshot alone is no reason.
    """

    def __init__(self, questions: Questions, *, demo: bool) -> None:
        super().__init__(questions, demo=demo)
        self._kept: dict[Hashable, Kept] = {}
        self._under_way: Hashable | None = None
        self._failed: Hashable | None = None
        self._unwanted = Event()

    @property
    def asked(self) -> Hashable:
        """What there has to be an answer to, apart from when."""
        raise NotImplementedError

    def answering(self, asked: Hashable, is_unwanted: IsUnwanted) -> Answering:
        """Return what answers it, in another thread, until that is unwanted."""
        raise NotImplementedError

    @property
    def kept(self) -> Kept | None:
        """The answer to what is looked at, be it some minutes old."""
        return self._kept.get(self.asked)

    @property
    def is_computing(self) -> bool:
        """Claim that what is looked at is being computed."""
        return self._under_way == self.asked

    def question(self) -> Question | None:
        """Ask for what is looked at."""
        asked = self.asked
        return asked, self.answering(asked, self._unwanted.is_set)

    def ask_if_due(self) -> None:
        """Ask for what is looked at, unless there is an answer that is good enough."""
        if self.view is None or not self.is_current or self.is_computing:
            return
        kept, snapshot = self.kept, self.view.snapshot
        if kept is None:
            is_due = self._failed != self.asked
        else:
            is_old = not 0 <= snapshot.now_ms - kept.at_ms < ANEW_AFTER_MS
            is_due = is_old and kept.figures != figures_of(snapshot)
        if is_due:
            self.ask()

    def ask(self) -> None:
        """Compute at once, and no longer what was asked before."""
        self._unwanted.set()
        self._unwanted = Event()
        self._under_way, self._failed = self.asked, None
        # Else what is seen until then would wait for the thread to give way.
        self.call_after_refresh(self._start, self._under_way)

    def _start(self, asked: Hashable) -> None:
        if asked == self.asked == self._under_way:
            super().ask()

    def take_answer(self, answer: object) -> None:
        """Keep the answer."""
        asked = self._under_way
        if asked is None:
            return
        self._under_way = None
        self._kept.pop(asked, None)
        self._kept[asked] = Kept(answer, self._asked_at_ms, self._asked_of)
        for oldest in list(self._kept)[:-MOST_KEPT]:
            del self._kept[oldest]

    def on_refused(self, message: Refused) -> None:
        """Say why there is no answer, and ask no more until told."""
        super().on_refused(message)
        self._give_up()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell what no one foresaw."""
        super().on_worker_state_changed(event)
        if event.state == WorkerState.ERROR:
            self._give_up()

    def _give_up(self) -> None:
        self._failed, self._under_way = self._under_way, None
        self.repaint_if_seen()

    def on_unmount(self) -> None:
        """Let no thread compute for a screen that is gone."""
        self._unwanted.set()
