"""Frozen, slotted dataclasses that cost a tenth to make; hooks make thirty of them.

`dataclasses` compiles six methods for each class, and its import costs 7 ms. Here only
`__init__` is compiled, for the first instance, and the rest is shared. What asks for
`__dataclass_fields__`, as `dataclasses.replace` does, gets those of a real one, which
is made then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tokentui.tuples import NamedTuple

if TYPE_CHECKING:
    from dataclasses import MISSING as MISSING
    from dataclasses import Field as Field
    from dataclasses import dataclass as dataclass
    from dataclasses import field as field
    from dataclasses import fields as fields
    from dataclasses import replace as replace
else:

    class Missing:
        """Stands for a default that there is not."""

    MISSING = Missing()

    class Field(NamedTuple):
        """One field: its name, its type as written, and its default."""

        name: str
        type: str
        default: Any = MISSING
        default_factory: Any = MISSING

    def field(*, default_factory):
        """Say what makes the default of a field."""
        return Field("", "", default_factory=default_factory)

    def dataclass(*, frozen, slots):
        """Make a class whose instances do not change, of its annotations."""
        assert frozen
        assert slots
        return made

    def made(cls):
        """Make the class anew, with slots."""
        assert not hasattr(cls, "__light_fields__")  # those of a base would be lost
        found = tuple(
            field_of(cls, name, type_) for name, type_ in cls.__annotations__.items()
        )
        names = tuple(each.name for each in found)
        body = {
            key: value
            for key, value in vars(cls).items()
            if key not in (*names, "__dict__", "__weakref__")
        }

        def first(self, /, *given, **named):
            new.__init__ = init_of(found, hasattr(cls, "__post_init__"))
            new.__init__(self, *given, **named)

        body |= SHARED
        body |= {
            "__slots__": names,
            "__match_args__": names,
            "__light_fields__": found,
            "__init__": first,
            "__dataclass_fields__": RealFields(),
        }
        new = type(cls)(cls.__name__, cls.__bases__, body)
        new.__qualname__ = cls.__qualname__
        return new

    def field_of(cls, name, type_):
        """Read one field of a class."""
        default = vars(cls).get(name, MISSING)
        if isinstance(default, Field):
            return default._replace(name=name, type=type_)
        return Field(name, type_, default)

    def init_of(found, has_more):
        """Compile how an instance is made."""
        scope = {"_set": object.__setattr__, "_MISSING": MISSING}
        words, lines = ["self"], []
        for each in found:
            name, value = each.name, each.name
            if each.default_factory is not MISSING:
                scope[f"_make_{name}"] = each.default_factory
                words.append(f"{name}=_MISSING")
                value = f"_make_{name}() if {name} is _MISSING else {name}"
            elif each.default is not MISSING:
                scope[f"_default_{name}"] = each.default
                words.append(f"{name}=_default_{name}")
            else:
                words.append(name)
            lines.append(f" _set(self, {name!r}, {value})")
        lines += [" self.__post_init__()"] if has_more else []
        text = f"def __init__({', '.join(words)}):\n" + "\n".join(lines)
        exec(text, scope)  # nosec B102 # of names in our own classes
        return scope["__init__"]

    class RealFields:
        """Gives the fields as `dataclasses` has them, to who asks the class."""

        def __get__(self, instance, owner):
            """Make them, once."""
            import dataclasses

            listed = []
            for each in owner.__light_fields__:
                given = {}
                if each.default is not MISSING:
                    given["default"] = each.default
                if each.default_factory is not MISSING:
                    given["default_factory"] = each.default_factory
                listed.append((each.name, each.type, dataclasses.field(**given)))
            real = dataclasses.make_dataclass(owner.__name__, listed, frozen=True)
            owner.__dataclass_fields__ = real.__dataclass_fields__
            return owner.__dataclass_fields__

    def values_of(self):
        """Give all values, in order."""
        return tuple(getattr(self, name) for name in self.__slots__)

    def is_equal(self, other):
        """Compare by class and values."""
        if other.__class__ is not self.__class__:
            return NotImplemented
        return values_of(self) == values_of(other)

    def hash_of(self):
        """Hash the values."""
        return hash(values_of(self))

    def text_of(self):
        """Show the values by name."""
        each = (f"{name}={getattr(self, name)!r}" for name in self.__slots__)
        return f"{self.__class__.__qualname__}({', '.join(each)})"

    def refuse(self, name, *_):
        """Refuse every change."""
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot change field {name!r}")

    def restore(self, values):
        """Take the values that a copy was made of."""
        for name, value in zip(self.__slots__, values, strict=True):
            object.__setattr__(self, name, value)

    SHARED = {
        "__eq__": is_equal,
        "__hash__": hash_of,
        "__repr__": text_of,
        "__setattr__": refuse,
        "__delattr__": refuse,
        "__getstate__": values_of,
        "__setstate__": restore,
    }

    def fields(cls):
        """List the fields of a class or instance."""
        return cls.__light_fields__

    def replace(self, /, **changes):
        """Make another of an instance, with some values changed."""
        kept = {name: getattr(self, name) for name in self.__slots__}
        return self.__class__(**(kept | changes))
