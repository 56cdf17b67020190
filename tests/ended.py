"""Sessions that ended, made by hand: responses, commits, marks, and what is said."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from hashlib import blake2b
from itertools import count
from pathlib import Path
from typing import Any

import builders

from tokentui.events import Series, Tokens, UsageEvent
from tokentui.git.look import Told, Work
from tokentui.ledger.connection import open_for_reading, open_for_writing
from tokentui.ledger.marks import Mark
from tokentui.ledger.repositories import Place, keep_told
from tokentui.queries.outcomes import Ended, ended
from tokentui.queries.sums import Sums, Usage
from tokentui.queries.tasks import Route, Task

START = builders.START_MS
MINUTE, DAY = 60_000, 86_400_000
PROJECT = "/src/acme"
USD = 10**9
NUMBERS = count()
ALL = Usage()


def at(minutes: float) -> int:
    """Say when it is so many minutes after the start, in UTC milliseconds."""
    return START + round(minutes * MINUTE)


def response(
    minutes: float,
    session: str = "one",
    *,
    source: str = "claude-code",
    output: int = 1_000_000,
    deeds: int | None = None,
    began: float | None = None,
    requests: int | None = 1,
    tokens: Tokens | None = None,
    **labels: Any,
) -> tuple[Series, UsageEvent]:
    """Make a response that costs a dollar by the toy book.

    `began`: how many minutes after the start its turn began.
    """
    key = blake2b(f"{next(NUMBERS)}".encode(), digest_size=16).digest()
    given = {"agent": "main", "project": PROJECT, "model": "m"} | labels
    return Series(source, session, **given), UsageEvent(
        key,
        0,
        at(minutes),
        at(minutes),
        tokens or Tokens(output=output),
        requests=requests,
        deeds=deeds,
        started_at=None if began is None else at(began),
    )


def work(minutes: float, **changes: Any) -> Work:
    """Make a commit of a time in minutes, that lands and is reverted at others."""
    landed, reverted = changes.pop("landed", None), changes.pop("reverted", None)
    made = Work(
        blake2b(f"{next(NUMBERS)}".encode(), digest_size=12).digest(),
        "c" * 40,
        at(minutes),
        None,
        None if landed is None else "d" * 40,
        None if landed is None else at(landed),
        None if reverted is None else at(reverted),
        None,
    )
    return made._replace(**changes)


def tell(
    ledger: Path,
    works: Iterable[Work],
    project: str = PROJECT,
    asked: float = 60 * 24 * 365,
) -> None:
    """Let git have told of a project's commits, so many minutes after the start."""
    with closing(open_for_writing(ledger)) as connection:
        place = Place(project, START - 400 * DAY, None, None, None)
        told = Told("main", b"", tuple(works))
        keep_told(connection, place, told, at(asked))


def ends(ledger: Path, usage: Usage = ALL) -> dict[str, Ended]:
    """Give what is known of sessions, by their name."""
    with closing(open_for_reading(ledger)) as connection:
        return {each.task.session: each for each in ended(connection, usage)}


def session(
    dollars: float | None = 1,
    *,
    mark: str | None = None,
    works: Iterable[Work] = (),
    asked: float | None = None,
    in_plan: float = 0,
    said: dict[str, Any] | None = None,
    tokens: int = 1_000,
    requests: int = 10,
    unpriced: int = 0,
    may_be_in_others: bool = False,
    **task: Any,
) -> Ended:
    """Make a session of so many dollars, some of them list value inside a plan.

    It begins at the start and ends an hour later; `asked` says when git told, in days
    after its end.
    """
    nanos = None if dollars is None else round(dollars * USD)
    sums = Sums(
        requests,
        (tokens, 0, 0, 0, 0, 0),
        nanos,
        unpriced,
        0,
        round(in_plan * USD),
        nanos,
    )
    given: dict[str, Any] = {
        "source": "claude-code",
        "session": f"s-{next(NUMBERS)}",
        "project": PROJECT,
        "branch": "main",
        "route": Route("anthropic", "claude-opus-5-5", "standard", None),
        "sums": sums,
        "first_ms": START,
        "last_ms": at(60),
        "peak": 1_000,
        "edited": None,
        "waited_ms": None,
    }
    made = Task(**(given | task))
    return Ended(
        made,
        mark and Mark(made.source, made.session, mark, at(90), **(said or {})),
        tuple(works),
        None if asked is None else made.last_ms + round(asked * DAY),
        may_be_in_others,
    )
