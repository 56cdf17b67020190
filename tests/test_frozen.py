"""Light dataclasses do what those of `dataclasses` do, for what is asked of them."""

from __future__ import annotations

import copy
import dataclasses
import pickle

import pytest

from tokentui import frozen
from tokentui.settings import Cap, Config, Guard, RunBudget


@frozen.dataclass(frozen=True, slots=True)
class Light:
    """A class with all that fields can have."""

    name: str
    count: int = 3
    words: dict[str, int] = frozen.field(default_factory=dict)

    @property
    def twice(self) -> int:
        """Give twice the count."""
        return self.count * 2


@dataclasses.dataclass(frozen=True, slots=True)
class Real:
    """The same as a real one."""

    name: str
    count: int = 3
    words: dict[str, int] = dataclasses.field(default_factory=dict)


@pytest.mark.parametrize("make", [Light, Real])
def test_made_and_compared(make: type[Light]) -> None:
    """By place and by name, with defaults of its own; equal by class and values."""
    assert make("a", words={"b": 1}) == make(name="a", count=3, words={"b": 1})
    assert make("a") != make("b")
    assert make("a") != ("a", 3, {})
    assert make("a").words is not make("a").words
    assert repr(make("a")) == f"{make.__name__}(name='a', count=3, words={{}})"
    with pytest.raises(TypeError):
        make()  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        make("a", other=1)  # type: ignore[call-arg]


def test_not_derived_from() -> None:
    """A class that would lose the fields of its base is refused when it is made."""

    class More(Light):
        more: int = 0

    with pytest.raises(AssertionError):
        frozen.dataclass(frozen=True, slots=True)(More)


@pytest.mark.parametrize("make", [Light, Real])
def test_frozen(make: type[Light]) -> None:
    """Nothing is changed, added or deleted."""
    one = make("a")
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.name = "b"  # type: ignore[misc]
    with pytest.raises((AttributeError, TypeError)):
        one.more = 1  # type: ignore[attr-defined]
    with pytest.raises(dataclasses.FrozenInstanceError):
        del one.name  # type: ignore[misc]
    assert not hasattr(one, "__dict__")


@pytest.mark.parametrize("make", [Light, Real])
def test_what_dataclasses_offer(make: type[Light]) -> None:
    """`fields`, `replace` and `asdict` of the standard library work, and copies."""
    one = make("a", 4)
    assert dataclasses.replace(one, count=5) == frozen.replace(one, count=5)
    assert dataclasses.asdict(one) == {"name": "a", "count": 4, "words": {}}
    named = [(each.name, each.default) for each in dataclasses.fields(make)][:2]
    assert named == [("name", dataclasses.MISSING), ("count", 3)]
    assert copy.deepcopy(one) == one == pickle.loads(pickle.dumps(one))


def test_used_as_keys() -> None:
    """Equal settings have one hash."""
    one, other = Guard(run=RunBudget(tokens=3)), Guard(run=RunBudget(tokens=3))
    assert len({one, other, Guard()}) == 2
    assert Light("a").twice == 6


def test_fields_of_settings() -> None:
    """The fields are in order, with the types as written."""
    assert [each.name for each in frozen.fields(Cap)][:3] == ["name", "amount", "per"]
    assert frozen.fields(Config)[0].type == "str | None"
    assert frozen.fields(Cap)[0].default is frozen.MISSING
