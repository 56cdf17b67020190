"""One line from a template, for prompts and status lines: asks only what is named."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tokentui import amounts, periods
from tokentui.budget.burn import WINDOWS, burn_now, pace_text
from tokentui.cold import cold_words
from tokentui.periods import millis
from tokentui.queries.quotas import QuotaState, quota_states
from tokentui.queries.sum_words import cost_text, payable_text
from tokentui.queries.sums import Usage, total
from tokentui.settings import Config
from tokentui.sources.claude_status import Told
from tokentui.text import clean

if TYPE_CHECKING:
    from tokentui.budget.caps import CapState
    from tokentui.queries.sessions import SessionState


class Line:
    """The fields of a line, each asked for when a template has it.

    `told` is what an agent says of its session, whose log may be read later;
    `is_behind`: more was spent than has been read. With `payer` only that plan's
    windows are shown, `""` for none.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        config: Config,
        tz: ZoneInfo,
        now: datetime,
        *,
        told: Told | None = None,
        payer: str | None = None,
        is_behind: Callable[[], bool] = lambda: False,
    ) -> None:
        self._connection = connection
        self._config = config
        self._tz = tz
        self._now = now
        self._now_ms = millis(now)
        self._told = told or Told()
        self._payer = payer
        self._look_behind = is_behind

    def filled(self, template: str) -> str:
        """Fill a template's fields; one that is not known stays as it is written."""
        return re.sub(
            r"\{(\w+)\}", lambda found: self.field(found[0], found[1]), template
        )

    def field(self, found: str, name: str) -> str:
        """Give the text of a field, or what stands there."""
        make = FIELDS.get(name)
        return found if make is None else make(self)

    @cached_property
    def _is_behind(self) -> bool:
        return self._look_behind()

    @cached_property
    def quotas(self) -> tuple[QuotaState, ...]:
        """The windows of plans that are running."""
        found = quota_states(self._connection, self._now_ms)
        payer = self._payer
        return tuple(each for each in found if payer is None or each.payer == payer)

    @cached_property
    def nearest(self) -> CapState | None:
        """The cap of which the largest share is spent."""
        from tokentui.budget.count import Counter  # 15 ms, for who has a cap's field

        every = quota_states(self._connection, self._now_ms)
        counter = Counter(self._connection, self._config, self._tz, self._now, every)
        return max(counter.brief_states(), key=lambda each: each.share, default=None)

    def spent(self, per: str) -> str:
        """Give what is to be paid of the day or month."""
        period = periods.period_window(per, self._tz, self._now)
        sums = total(self._connection, Usage(period.since_ms, period.until_ms))
        return payable_text(sums, self._is_behind)

    def burn(self) -> str:
        """Give what is to be paid an hour."""
        return pace_text(burn_now(self._connection, self._now_ms, WINDOWS[-1]))

    def session(self) -> str:
        """Give what the session has cost: as the agent says, else as its log does."""
        if self._told.cost_nanos is not None:
            return amounts.dollars(self._told.cost_nanos)
        if self._told.session is None:
            return "?"
        usage = Usage(exactly={"session": self._told.session})
        return cost_text(total(self._connection, usage), self._is_behind)

    def context(self) -> str:
        """Give how full the session's context is, else how long its last prompt was."""
        if self._told.context_percent is not None:
            return f"{self._told.context_percent:.0f} %"
        state = self._state
        return "?" if state is None else amounts.tokens(state.prompt_tokens)

    def cold(self) -> str:
        """Give when the session's cache lapses, and what its prompt costs then."""
        state, told = self._state, self._told
        if state is None:
            return cold_words(told.cold_at_ms, self._now_ms)
        warm, lapsed = state.warm_nanos, state.cold_nanos
        if told.cold_tokens is not None and told.cold_tokens != state.prompt_tokens:
            warm = lapsed = None  # of another prompt than the last that was read
        at = told.cold_at_ms if told.cold_at_ms is not None else state.cold_at_ms
        return cold_words(at, self._now_ms, warm, lapsed)

    @cached_property
    def _state(self) -> SessionState | None:
        from tokentui.queries.sessions import running_sessions

        session = self._told.session
        if session is None:
            return None
        found = running_sessions(self._connection, self._now_ms, session)
        return found[0] if found else None

    def of_cap(self, word: Callable[[CapState], str], without: str = "") -> str:
        """Give a word on the nearest cap."""
        return without if self.nearest is None else word(self.nearest)


FIELDS: dict[str, Callable[[Line], str]] = {
    "today": lambda line: line.spent("day"),
    "month": lambda line: line.spent("month"),
    "burn": Line.burn,
    "cap": lambda line: line.of_cap(lambda cap: cap.amount(cap.limit), "no cap"),
    "left": lambda line: line.of_cap(lambda cap: cap.amount(cap.left)),
    "share": lambda line: line.of_cap(lambda cap: amounts.share(cap.share)),
    "state": lambda line: line.of_cap(lambda cap: cap.word),
    "quotas": lambda line: quotas_text(line.quotas),
    "session": Line.session,
    "context": Line.context,
    "cold": Line.cold,
}
"""What a template may name, in braces."""


def quotas_text(quotas: tuple[QuotaState, ...]) -> str:
    """Give how much of plans' windows is used; of several plans, each by its name."""
    several = len({each.payer for each in quotas}) > 1
    return ", ".join(
        clean(f"{each.payer} {each.window}" if several else each.window)
        + f" {each.used_percent:.0f} %"
        for each in quotas
    )
