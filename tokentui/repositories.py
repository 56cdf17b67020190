"""Ask git about the projects in which there was usage, and keep what it tells."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from tokentui.git.ask import GONE, NO_GIT, TOO_SLOW, GitError
from tokentui.git.look import Told, Work, look
from tokentui.ledger.connection import explaining, open_for_reading, open_for_writing
from tokentui.ledger.repositories import (
    Place,
    keep_problem,
    keep_told,
    places,
    works,
)

AT_ONCE = 4
REST_MS = 15 * 60_000
"""How long a repository is left alone that took git too long."""

Found = Told | GitError | None


def ask_git(ledger: Path, now_ms: int) -> None:
    """Ask about the projects of the ledger, and keep the answers.

    A repository that is gone or cannot be asked keeps what was told of it before.
    Several are asked at once; `now_ms` is UTC.

    Raises:
        LedgerError: It cannot be used.
        GitError: There is no git.
    """
    from concurrent.futures import ThreadPoolExecutor

    with explaining(ledger), closing(open_for_reading(ledger)) as connection:
        asked = [
            (place, works(connection, place.project))
            for place in places(connection)
            if is_due(place, now_ms)
        ]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        found = list(threads.map(lambda each: told_of(*each), asked))
    with explaining(ledger), closing(open_for_writing(ledger)) as connection:
        for (place, _), told in zip(asked, found, strict=True):
            if isinstance(told, GitError):
                keep_problem(connection, place, str(told), now_ms)
            else:
                keep_told(connection, place, told, now_ms)
    if any(str(told) == NO_GIT for told in found):
        raise GitError(NO_GIT)


def is_due(place: Place, now_ms: int) -> bool:
    """Claim that a project may be asked about: it is on this machine, and not slow."""
    if place.project.startswith(("\\\\", "//")):
        return False  # a share, which may keep one waiting
    is_slow = place.problem == TOO_SLOW and place.tried_at_ms is not None
    return not (is_slow and 0 <= now_ms - (place.tried_at_ms or 0) < REST_MS)


def told_of(place: Place, kept: list[Work]) -> Found:
    """Ask about one project; an error is what there is to tell of it."""
    folder = Path(place.project)
    if not folder.is_absolute():
        return GitError("no folder of this machine")
    try:
        if not folder.is_dir():
            return GitError(GONE)
        return look(place.project, place.since_ms, kept, place.mark)
    except GitError as error:
        return error
    except OSError as error:
        return GitError(f"the folder cannot be looked at: {error.strerror}")
