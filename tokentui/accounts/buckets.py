"""Answers in time buckets that come in pages, as those of Anthropic and OpenAI do.

A page names the next by a token that only its maker understands. A page may be short
or empty and still have a next, and pages may overlap.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from typing import Generic, Protocol, TypeVar

from msgspec import Struct

from tokentui.accounts.kind import Question
from tokentui.accounts.web import Params, all_pages
from tokentui.errors import AccountError


class Row(Protocol):
    """What a bucket says of one set of dimensions, which `dims` gives."""

    @property
    def dims(self) -> Hashable: ...


RowT = TypeVar("RowT", bound=Row)
Bucket = tuple[int, int, Sequence[RowT]]
"""Start and end, UTC milliseconds, and what is said of the time between."""


class Page(Struct, Generic[RowT], kw_only=True):
    """One page; a provider's own has the buckets."""

    has_more: bool
    next_page: str | None = None

    def buckets(self) -> list[Bucket[RowT]]:
        """Give what is said of each stretch of time."""
        raise NotImplementedError


def rows(
    question: Question, path: str, shape: type[Page[RowT]], params: Params
) -> list[tuple[int, int, RowT]]:
    """Read all pages; give each row that begins in the time asked for, with its span.

    Raises:
        AccountError: A page is missing or odd.
    """

    def read(token: str | None) -> tuple[list[Page[RowT]], str | None]:
        more = [] if token is None else [("page", token)]
        page = question.web.get(path, shape, [*params, *more])
        if page.has_more and not page.next_page:
            raise AccountError("the answer breaks off: it has more, and names no page")
        return [page], page.next_page if page.has_more else None

    found: dict[Hashable, list[tuple[int, int, RowT]]] = {}
    for page in all_pages(read):
        found.update(by_dims(page))
    return [row for same in found.values() for row in same if question.covers(row[0])]


def by_dims(page: Page[RowT]) -> dict[Hashable, list[tuple[int, int, RowT]]]:
    """Put rows that a page says of the same together.

    They are added up: they differ in a dimension that we do not know. On the next page
    they are the same rows again, and take the place of these.
    """
    found: dict[Hashable, list[tuple[int, int, RowT]]] = defaultdict(list)
    for since, until, said in page.buckets():
        if until <= since:
            raise AccountError("the answer holds a time that ends before it begins")
        for row in said:
            found[since, row.dims].append((since, until, row))
    return found
