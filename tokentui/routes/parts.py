"""Parts of the work that one line of a config would set otherwise, as one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple, Protocol, TypeVar

from tokentui.queries.shares import Share
from tokentui.queries.slices import Piece
from tokentui.routes.repricing import Repricing
from tokentui.routes.suggestion import Evidence
from tokentui.text import many

SHOWN = 5
"""How many sessions are evidence enough."""


class Labels(Protocol):
    """What pieces and shares of sessions are told apart by alike."""

    @property
    def source(self) -> str: ...
    @property
    def provider(self) -> str | None: ...
    @property
    def model(self) -> str: ...
    @property
    def effort(self) -> str | None: ...
    @property
    def is_side(self) -> bool: ...
    @property
    def is_plan(self) -> bool: ...


K = TypeVar("K", bound=Hashable)


class Part(NamedTuple):
    """Some of the work: what can be priced anew, and the sessions that it is in."""

    repricing: Repricing
    shares: Sequence[Share]

    @property
    def nanos(self) -> int:
        """What it cost, by list price inside flat plans."""
        return sum(piece.nanos for piece in self.repricing.pieces)

    @property
    def model(self) -> str:
        """The model, as it was logged, that cost most of it."""
        return self._dearest.model

    @property
    def source(self) -> str:
        """The agent whose work cost most of it."""
        return self._dearest.source

    @property
    def _dearest(self) -> Piece:
        return max(self.repricing.pieces, key=lambda piece: piece.nanos)

    @property
    def responses(self) -> int:
        """How many responses it is, of those that have a price."""
        return sum(piece.responses for piece in self.repricing.pieces)

    @property
    def size(self) -> str:
        """How much work it is, in words."""
        return f"{many(self.responses, 'response')} in {many(self.runs, 'run')}"

    @property
    def runs(self) -> int:
        """In how many sessions it is."""
        return len({(share.source, share.session) for share in self.shares})

    def evidence(self, what: str) -> tuple[Evidence, ...]:
        """Name the sessions that cost most, with how many responses were `what`."""
        return evidence(self.shares, what)

    def inside_plans(self, is_plan: bool) -> Repricing:
        """Give what flat plans paid of it, or what somebody pays beside them."""
        pieces = self.repricing.pieces
        return self.repricing.only([p for p in pieces if bool(p.is_plan) is is_plan])


def parts(
    whole: Repricing, shares: Sequence[Share], key: Callable[[Labels], K | None]
) -> dict[K, Part]:
    """Divide work by a key, the dearest part first; what has none is left out."""
    pieces = by_key(whole.pieces, key)
    where = by_key(shares, key)
    found = {k: Part(whole.only(some), where.get(k, [])) for k, some in pieces.items()}
    return dict(sorted(found.items(), key=lambda item: -item[1].nanos))


R = TypeVar("R", bound=Labels)


def by_key(rows: Sequence[R], key: Callable[[Labels], K | None]) -> dict[K, list[R]]:
    """Sort rows into lists, in their order."""
    found: dict[K, list[R]] = defaultdict(list)
    for row in rows:
        k = key(row)
        if k is not None:
            found[k].append(row)
    return found


def evidence(shares: Sequence[Share], what: str) -> tuple[Evidence, ...]:
    """Name the sessions that cost most, with how many responses were `what`."""
    sums: dict[tuple[str, str], list[int]] = {}
    for share in shares:
        known = sums.setdefault((share.session, share.source), [0, 0, 0])
        known[0] = max(known[0], share.at_ms)
        known[1] += share.nanos
        known[2] += share.responses
    dearest = sorted(sums.items(), key=lambda item: -item[1][1])[:SHOWN]
    return tuple(
        Evidence(*name, at_ms, nanos, f"{many(responses, 'response')} {what}")
        for name, (at_ms, nanos, responses) in dearest
    )
