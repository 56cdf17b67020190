"""Estimates of one route, and the sums that they are while they are made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from tokentui.routes.formulas import token_multiple
from tokentui.routes.quality import Pair


class Range(NamedTuple):
    """The least of some estimates, the one that rests on most, and the largest."""

    low: float
    mid: float
    high: float

    def over(self, parts: float) -> Range:
        """Divide by a number."""
        return Range(self.low / parts, self.mid / parts, self.high / parts)

    def times(self, count: float) -> Range:
        """Multiply by a number."""
        return Range(self.low * count, self.mid * count, self.high * count)


class Estimates(NamedTuple):
    """What a slice costs on another route in nano-dollars; `None` is not known.

    `same`: the same tokens. `tokenizer`: as many as its tokenizer makes of the same
    text. `benchmark`: as many as it needed for the same tasks, `pairs` of which are
    those of a benchmark; `task`: by what a task cost there. `own`: by the user's own
    runs. `unfit` responses had a prompt that is too long for it, and are in the sums
    as if it were not; `None` where nobody states how long one may be. `input_multiple`
    is how many times the input a benchmark tells of, `break_even_multiple` how many
    would eat up the lower price. `is_evident`: for every part something beside prices
    tells how many tokens it needs.
    """

    same: int
    tokenizer: int | None
    benchmark: int | None
    task: int | None
    own: int | None
    unfit: int | None
    pairs: tuple[Pair, ...]
    input_multiple: float | None
    break_even_multiple: float | None
    is_evident: bool

    @property
    def named(self) -> tuple[tuple[str, int | None], ...]:
        """The estimates, as people and documents call them."""
        return (
            ("same tokens", self.same),
            ("tokenizer", self.tokenizer),
            ("benchmark", self.benchmark),
            ("benchmark task", self.task),
            ("own runs", self.own),
        )

    @property
    def counted(self) -> tuple[int, ...]:
        """What a verdict rests on: own runs count in place of the benchmark's."""
        runs = (self.benchmark, self.task) if self.own is None else (self.own,)
        known = (self.same, self.tokenizer, *runs)
        return tuple(each for each in known if each is not None)

    @property
    def range(self) -> Range:
        """What a verdict rests on, from the least to the most."""
        return Range(min(self.counted), self.best, max(self.counted))

    @property
    def has_reversal_risk(self) -> bool | None:
        """Claim that so many more tokens are needed that the lower price is gone."""
        if self.input_multiple is None or self.break_even_multiple is None:
            return None
        return self.input_multiple > self.break_even_multiple

    @property
    def best(self) -> int:
        """The estimate that rests on most."""
        known = (self.own, self.benchmark, self.tokenizer)
        return next((each for each in known if each is not None), self.same)


class Moved(NamedTuple):
    """What one piece costs on another route, in nano-dollars; `None` is not known.

    The first five as in `Estimates`. `base_input` is what its input did cost, `input`
    what it would on the same tokens, `benchmark_input` on those of the benchmark.
    """

    same: float
    tokenizer: float | None
    benchmark: float | None
    task: float | None
    own: float | None
    base_input: float | None
    input: float
    benchmark_input: float | None
    unfit: int | None
    pair: Pair | None
    is_evident: bool


@dataclass(slots=True)
class Tally:
    """A sum that is not known once a part of it is not."""

    nanos: float | None = 0

    def add(self, nanos: float | None) -> None:
        """Add a part."""
        self.nanos = None if nanos is None or self.nanos is None else self.nanos + nanos

    @property
    def whole(self) -> int | None:
        """The sum in whole nano-dollars."""
        return None if self.nanos is None else round(self.nanos)


@dataclass(slots=True)
class Tallies:
    """The sums of one route; those of input are of what would move to it."""

    same: Tally = field(default_factory=Tally)
    tokenizer: Tally = field(default_factory=Tally)
    benchmark: Tally = field(default_factory=Tally)
    task: Tally = field(default_factory=Tally)
    own: Tally = field(default_factory=Tally)
    base_input: Tally = field(default_factory=Tally)
    input: Tally = field(default_factory=Tally)
    benchmark_input: Tally = field(default_factory=Tally)
    unfit: int | None = 0
    pairs: dict[Pair, None] = field(default_factory=dict)
    is_evident: bool = True

    def stay(self, nanos: int) -> None:
        """Add what is on the route already."""
        for tally in (self.same, self.tokenizer, self.benchmark, self.task, self.own):
            tally.add(nanos)

    def add(self, moved: Moved) -> None:
        """Add a piece that moves to the route."""
        self.same.add(moved.same)
        self.tokenizer.add(moved.tokenizer)
        self.benchmark.add(moved.benchmark)
        self.task.add(moved.task)
        self.own.add(moved.own)
        self.base_input.add(moved.base_input)
        self.input.add(moved.input)
        self.benchmark_input.add(moved.benchmark_input)
        is_known = self.unfit is not None and moved.unfit is not None
        self.unfit = (self.unfit or 0) + (moved.unfit or 0) if is_known else None
        if moved.pair is not None:
            self.pairs[moved.pair] = None
        self.is_evident = self.is_evident and moved.is_evident

    def estimates(self) -> Estimates:
        """Finish."""
        return Estimates(
            same=self.same.whole or 0,
            tokenizer=self.tokenizer.whole,
            benchmark=self.benchmark.whole,
            task=self.task.whole,
            own=self.own.whole,
            unfit=self.unfit,
            pairs=tuple(self.pairs),
            input_multiple=quotient(self.benchmark_input, self.input),
            break_even_multiple=quotient(self.base_input, self.input),
            is_evident=self.is_evident,
        )


def quotient(one: Tally, other: Tally) -> float | None:
    """Divide two sums, if both are known and there is something to divide by."""
    if one.nanos is None or not other.nanos:
        return None
    return token_multiple(one.nanos, other.nanos)
