"""Light named tuples do what those of `typing` do, for what is asked of them."""

from __future__ import annotations

import copy
import pickle
import typing

import msgspec
import pytest

from tokentui import tuples


class Light(tuples.NamedTuple):
    """A class with all that is used of them."""

    name: str
    count: int = 3
    words: tuple[str, ...] = ()

    @property
    def twice(self) -> int:
        """Give twice the count."""
        return self.count * 2


class Real(typing.NamedTuple):
    """The same as a real one."""

    name: str
    count: int = 3
    words: tuple[str, ...] = ()

    @property
    def twice(self) -> int:
        """Give twice the count."""
        return self.count * 2


class Under(Light):
    """A class under another."""

    __slots__ = ()

    def more(self) -> str:
        """Give what the other has not."""
        return self.name * self.count


both = pytest.mark.parametrize("make", [Light, Real])


@both
def test_made_and_read(make: type[Light]) -> None:
    """By place and by name, with defaults; it is a tuple, and shows its names."""
    one = make("a", words=("b",))
    assert one == ("a", 3, ("b",)) == make(name="a", count=3, words=("b",))
    assert (one.name, one.count, one.words, one.twice) == ("a", 3, ("b",), 6)
    assert repr(one) == f"{make.__name__}(name='a', count=3, words=('b',))"
    assert hash(one) == hash(("a", 3, ("b",)))
    match one:
        case Light(name, count) | Real(name, count):
            assert (name, count) == ("a", 3)


@both
def test_wrong_ways_are_refused(make: type[Light]) -> None:
    """What is missing, too much or changed is an error, the first time and later."""
    for _ in range(2):
        with pytest.raises(TypeError):
            make()  # type: ignore[call-arg]
        with pytest.raises(TypeError):
            make("a", other=1)  # type: ignore[call-arg]
        with pytest.raises(TypeError):
            make("a", 1, (), 2)  # type: ignore[call-arg]
    with pytest.raises(AttributeError):
        make("a").name = "b"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        make("a").more = "b"  # type: ignore[attr-defined]
    with pytest.raises(TypeError):
        make._make(["a"])
    with pytest.raises((TypeError, ValueError)):
        make("a")._replace(other=1)  # type: ignore[call-arg]


@both
def test_what_named_tuples_offer(make: type[Light]) -> None:
    """`_replace`, `_make`, `_asdict` and the lists of fields work, and copies."""
    one = make("a", 4)
    assert one._replace(count=5) == make._make(["a", 5, ()]) == make("a", 5)
    assert one._asdict() == {"name": "a", "count": 4, "words": ()}
    assert make._fields == make.__match_args__ == ("name", "count", "words")
    assert make._field_defaults == {"count": 3, "words": ()}
    assert type(copy.deepcopy(one)) is type(pickle.loads(pickle.dumps(one))) is make
    assert copy.deepcopy(one) == pickle.loads(pickle.dumps(one)) == one


def test_under_another() -> None:
    """A class under another has its fields, and methods of its own."""
    one = Under("a")
    assert one.more() == "aaa"
    assert type(one._replace(count=2)) is Under


@both
def test_decoded(make: type[Light]) -> None:
    """The decoder takes it for a named tuple, with its types and defaults."""
    text = msgspec.json.encode(make("a", 4, ("b",)))
    assert text == b'["a",4,["b"]]'
    assert msgspec.json.decode(text, type=make) == make("a", 4, ("b",))
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'["a","no number"]', type=make)
