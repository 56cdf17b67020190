"""What screens may ask beside the snapshot, and how the answers come back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from textual.message import Message

from tokentui.queries.responses import Arithmetic, Response
from tokentui.queries.sums import Usage
from tokentui.queries.usage import UsageTable
from tokentui.settings import Cap, Config

if TYPE_CHECKING:
    from tokentui.claims.claim import Claim
    from tokentui.claims.listed import Listed
    from tokentui.ledger.marks import Mark
    from tokentui.poll import PollReport
    from tokentui.prices.explain import Explanation
    from tokentui.queries.marks import Session
    from tokentui.routes.advice import Advice
    from tokentui.routes.elsewhere import Elsewhere
    from tokentui.routes.ended import Verdict
    from tokentui.routes.report import Report


@runtime_checkable
class Questions(Protocol):
    """Answers from any thread; `tokentui.live.Live` is the real one.

    Every method may raise `TokentuiError`.
    """

    @property
    def config(self) -> Config:
        """What the user set, caps of the state folder included."""

    def table(self, by: tuple[str, ...], usage: Usage) -> UsageTable:
        """Group usage by keys."""

    def responses(self, usage: Usage, limit: int = 500) -> tuple[Response, ...]:
        """List the last responses of some usage, in order of time."""

    def arithmetic(self, key: bytes) -> Arithmetic | None:
        """Explain the cost of one response."""

    def models(self, text: str) -> list[tuple[str, str]]:
        """List provider and name of the models of the price book that hold a text."""

    def price(self, provider: str, model: str) -> Explanation | None:
        """Explain what a model costs now."""

    def advice(
        self, usage: Usage, value_nanos: int | None, is_unwanted: Callable[[], bool]
    ) -> Advice:
        """Suggest cheaper ways for the work of a closed span; takes seconds.

        `value_nanos`: what an accepted run is worth, if that is known. It may end by
        any error once `is_unwanted` says so.
        """

    def elsewhere(
        self,
        usage: Usage,
        model: str | None,
        is_unwanted: Callable[[], bool],
        *,
        is_scored: bool = False,
    ) -> Elsewhere:
        """Compare the usage of a model, or of all, with other routes; takes seconds.

        `is_scored`: if none is named, that of the dearest one of known success.
        """

    def outcomes(
        self, usage: Usage, by: Sequence[str], is_unwanted: Callable[[], bool]
    ) -> Report:
        """Ask git, and say how the work of some usage ended; may take seconds.

        It may end by any error once `is_unwanted` says so.
        """

    def ends(self, usage: Usage) -> Mapping[Session, Verdict]:
        """Say how each session of some usage ended, by what is known already."""

    def mark(self, mark: Mark) -> None:
        """Keep what a person says of a session's work."""

    def unmark(self, source: str, session: str) -> bool:
        """Take the mark off a session; claim that there was one."""

    def claims(self) -> tuple[Listed, ...]:
        """List drafts and saved claims, newest first."""

    def claim(self, name: str) -> Claim:
        """Give a claim: a saved one as it was saved, a draft as it is now."""

    def statement(self, since_ms: int, until_ms: int) -> Claim:
        """Make a statement of a time, which gets no number."""

    def set_cap(self, cap: Cap) -> None:
        """Set a cap, or change the one of that name."""

    def remove_cap(self, name: str) -> bool:
        """Remove a cap that was set here; `False` if it stands in the config."""

    def ask_accounts(self, names: tuple[str, ...], force: bool = False) -> PollReport:
        """Ask accounts now; by `force` also those that failed and rest.

        One of sample data asks nobody and reports on none.
        """


class Answered(Message):
    """A question was answered; `asked` is what the screen called it."""

    def __init__(self, asked: object, answer: object) -> None:
        self.asked = asked
        self.answer = answer
        super().__init__()


class Refused(Message):
    """A question could not be answered; `text` says why and what to do."""

    def __init__(self, asked: object, text: str) -> None:
        self.asked = asked
        self.text = text
        super().__init__()


class CapsChanged(Message):
    """A cap was set or removed: the next snapshot should come soon."""


class AccountsAsked(Message):
    """Accounts were asked: the next snapshot should come soon."""


class ProjectsMet(Message):
    """Projects are shown that may have no alias yet."""

    def __init__(self, projects: tuple[str, ...]) -> None:
        self.projects = projects
        super().__init__()
