"""How work ended and what that cost, counted: pure arithmetic over sessions.

Those of which the end is not known are in no rate and in no mean.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from tokentui.ledger.marks import ABANDONED, ACCEPTED, REJECTED
from tokentui.queries import sums
from tokentui.queries.marks import Session
from tokentui.queries.outcomes import Ended
from tokentui.queries.sums import Sums
from tokentui.queries.tasks import NO_WASTE, Waste
from tokentui.routes.ended import MARKED, verdict
from tokentui.routes.worth import Worths, value_of


class Time(NamedTuple):
    """Time that some sessions took, of those of which that is known.

    `nanos`: what it costs at the user's hourly rate, `None` if that is not known of all
    of them. No session has taken no known time: `tasks` is 0 then.
    """

    tasks: int
    seconds: float
    nanos: int | None


class Tally(NamedTuple):
    """Some sessions and how they ended.

    `accepted` are those by mark and by git, `marked` the former. `sums` is of all,
    `decided` of those whose end is known, `given_up` of the abandoned ones, `undecided`
    of those that may still be accepted. `useful` are the tokens of the accepted ones
    that were not wasted, `value_nanos` what those `valued` are worth of which that is
    known. `review` took the user, and he waited for the main threads' turns at most as
    long as these took.
    """

    tasks: int
    accepted: int
    marked: int
    rejected: int
    abandoned: int
    open: int
    sums: Sums
    decided: Sums
    given_up: Sums
    undecided: Sums
    useful: int
    valued: int
    value_nanos: int | None
    review: Time
    waiting: Time

    @property
    def known(self) -> int:
        """How many ended in a way that is known."""
        return self.accepted + self.rejected + self.abandoned

    @property
    def unknown(self) -> int:
        """How many neither ended nor may still end in a way that will be known."""
        return self.tasks - self.known - self.open

    @property
    def rate(self) -> float | None:
        """The share of those whose end is known that were accepted."""
        return self.accepted / self.known if self.known else None

    def per_accepted(self, amount: float | None) -> float | None:
        """Give what an accepted session took, those that failed included."""
        return amount / self.accepted if self.accepted and amount is not None else None

    @property
    def token_yield(self) -> float | None:
        """The share of the tokens, where the end is known, that brought something."""
        tokens = sum(self.decided.tokens[:5])
        return self.useful / tokens if tokens else None


def tally(
    sessions: Iterable[Ended], worth: Worths, waste: Mapping[Session, Waste]
) -> Tally:
    """Count some sessions and how they ended; `waste` is of the accepted ones."""
    rows = [(each, verdict(each)) for each in sessions]
    words = [said.word for _, said in rows]
    accepted = [each for each, said in rows if said.word == ACCEPTED]
    values = [value_of(each, worth) for each in accepted]
    known = [value for value in values if value is not None]
    return Tally(
        tasks=len(rows),
        accepted=len(accepted),
        marked=sum(verdict(each).evidence == MARKED for each in accepted),
        rejected=words.count(REJECTED),
        abandoned=words.count(ABANDONED),
        open=sum(said.is_open for _, said in rows),
        sums=summed(each for each, _ in rows),
        decided=summed(each for each, said in rows if said.word is not None),
        given_up=summed(each for each, said in rows if said.word == ABANDONED),
        undecided=summed(each for each, said in rows if said.is_open),
        useful=sum(useful_tokens(each, waste) for each in accepted),
        valued=len(known),
        value_nanos=sum(known) if known else None,
        review=time_of((each for each, _ in rows), review_seconds, worth),
        waiting=time_of((each for each, _ in rows), waited_seconds, worth),
    )


def useful_tokens(ended: Ended, waste: Mapping[Session, Waste]) -> int:
    """Give the tokens of a session that were not wasted."""
    wasted = sum(waste.get(ended.task.key, NO_WASTE))
    return max(0, ended.task.tokens - wasted)


def summed(sessions: Iterable[Ended]) -> Sums:
    """Add up what some sessions used; what has a price in none has none in all."""
    return sums.summed([each.task.sums for each in sessions])


def review_seconds(ended: Ended) -> float | None:
    """Give how long a session's work was looked at, if its mark says so."""
    return None if ended.mark is None else ended.mark.review_seconds


def waited_seconds(ended: Ended) -> float | None:
    """Give how long the turns of a session took, if its log tells."""
    waited = ended.task.waited_ms
    return None if waited is None else waited / 1000


def time_of(
    sessions: Iterable[Ended],
    seconds: Callable[[Ended], float | None],
    worth: Worths,
) -> Time:
    """Add up the time of some sessions, and what it costs."""
    found = [
        (spent, worth(each).hour)
        for each in sessions
        if (spent := seconds(each)) is not None
    ]
    whole = sum(spent for spent, _ in found)
    if not found or any(hour is None for _, hour in found):
        return Time(len(found), whole, None)
    nanos = sum(spent * (hour or 0) / 3600 for spent, hour in found)
    return Time(len(found), whole, round(nanos))


Key = tuple[str | None, ...]


def grouped(
    sessions: Iterable[Ended],
    key: Callable[[Ended], Key],
    worth: Worths,
    waste: Mapping[Session, Waste],
) -> dict[Key, Tally]:
    """Count sessions by a key; the dearest group comes first."""
    groups: dict[Key, list[Ended]] = defaultdict(list)
    for each in sessions:
        groups[key(each)].append(each)
    found = {name: tally(some, worth, waste) for name, some in groups.items()}
    dearest = sorted(found, key=lambda name: -(found[name].sums.cost_nanos or 0))
    return {name: found[name] for name in dearest}


def acceptance(sessions: Iterable[Ended]) -> dict[str, tuple[int, int]]:
    """Give for each model how many of its sessions were accepted, of how many known.

    Of these ends only those count that the user marked: what git tells is not told of
    all failures alike, so that models could not be compared by it.
    """
    found: dict[str, tuple[int, int]] = {}
    for each in sessions:
        if each.mark is not None:
            accepted, known = found.get(each.task.route.model, (0, 0))
            is_accepted = each.mark.verdict == ACCEPTED
            found[each.task.route.model] = accepted + is_accepted, known + 1
    return found
