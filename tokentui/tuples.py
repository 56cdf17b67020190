"""Named tuples that cost a sixth to make; hooks make fifty of them.

`typing` compiles a constructor and each annotation for every class, 0.2 ms in all. Here
the constructor is compiled when the first instance is made, and annotations never.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:
    from operator import itemgetter

    try:
        from _collections import _tuplegetter as getter
    except ImportError:

        def getter(place, text):
            """Make what reads the value at a place."""
            return property(itemgetter(place), doc=text)

    class Made(type):
        """Makes a class of its annotations, each with the default it is given."""

        def __new__(cls, name, bases, body):
            """Make the class, a plain subclass of `tuple`."""
            if not bases:
                return super().__new__(cls, name, bases, body)
            names = tuple(body["__annotations__"])
            defaults = {each: body[each] for each in names if each in body}

            def first(made, /, *given, **named):
                new.__new__ = staticmethod(constructor_of(names, defaults))
                return new.__new__(made, *given, **named)

            new = type(
                name,
                (tuple,),
                SHARED
                | body
                | {each: getter(place, each) for place, each in enumerate(names)}
                | {
                    "__slots__": (),
                    "__match_args__": names,
                    "__new__": first,
                    "_fields": names,
                    "_field_defaults": defaults,
                },
            )
            return new

    def constructor_of(names, defaults):
        """Compile how an instance is made."""
        scope = {"_new": tuple.__new__}
        scope |= {f"_default_{name}": value for name, value in defaults.items()}
        words = [f"{n}=_default_{n}" if n in defaults else n for n in names]
        text = f"lambda _made, {', '.join(words)}: _new(_made, ({', '.join(names)},))"
        return eval(text, scope)  # nosec B307 # of names in our own classes

    def make(cls, values):
        """Make an instance of as many values as there are fields."""
        made = tuple.__new__(cls, values)
        if len(made) != len(cls._fields):
            raise TypeError(f"expected {len(cls._fields)} values, got {len(made)}")
        return made

    def with_changes(self, /, **changes):
        """Make another of an instance, with some values changed."""
        made = self._make(map(changes.pop, self._fields, self))
        if changes:
            raise ValueError(f"no such fields: {list(changes)!r}")
        return made

    def by_name(self):
        """Give the values by name."""
        return dict(zip(self._fields, self, strict=True))

    def text_of(self):
        """Show the values by name."""
        each = (f"{name}={value!r}" for name, value in self._asdict().items())
        return f"{self.__class__.__name__}({', '.join(each)})"

    def values_of(self):
        """Give the values, of which a copy is made."""
        return tuple(self)

    SHARED = {
        "_make": classmethod(make),
        "_replace": with_changes,
        "_asdict": by_name,
        "__repr__": text_of,
        "__getnewargs__": values_of,
    }

    class NamedTuple(metaclass=Made):
        """What a class derives from to be a named tuple."""
