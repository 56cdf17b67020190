"""Keys as Textual binds them, and as they are written on the screens."""

from __future__ import annotations

from dataclasses import fields
from typing import Protocol, cast

from textual.binding import Binding
from textual.dom import DOMNode

from tokentui.keys import USUAL, KeyList, Keys

SCREEN = "screens."
"""Before the number of a screen in the id of its binding."""


class Keyed(Protocol):
    """An app whose keys the user may have changed."""

    keys: Keys


def bound(
    id: str,  # noqa: A002 - as in Textual
    action: str,
    description: str,
    tooltip: str = "",
    *,
    show: bool = True,
) -> Binding:
    """Return the binding of an action to its usual keys, which a keymap may change."""
    keys = textual_keys(getattr(USUAL, id))
    return Binding(keys, action, description, show, tooltip=tooltip, id=id)


def screen_bound(number: int, action: str, description: str, tooltip: str) -> Binding:
    """Return the binding to the key of a screen, the first being 1."""
    id_ = f"{SCREEN}{number}"
    key = textual_keys(USUAL.screens[number - 1 : number])
    return Binding(key, action, description, show=False, tooltip=tooltip, id=id_)


def keymap(keys: Keys) -> dict[str, str]:
    """Return the keys that are not the usual ones, by the id of their binding."""
    names = [key.name for key in fields(Keys) if key.name != "screens"]
    changed = {
        name: getattr(keys, name)
        for name in names
        if getattr(keys, name) != getattr(USUAL, name)
    }
    for number, key in enumerate(keys.screen_keys, 1):
        if (key,) != USUAL.screens[number - 1 : number]:
            changed[f"{SCREEN}{number}"] = (key,)
    return {id_: textual_keys(found) for id_, found in changed.items()}


def textual_keys(keys: KeyList) -> str:
    """Return keys as Textual takes them: a comma stands between two of them."""
    return ",".join("comma" if key == "," else key for key in keys)


def key_of(node: DOMNode, action: str) -> str:
    """Return the first key of an action as it is written on the screen."""
    return shown(node, getattr(cast("Keyed", node.app).keys, action)[0])


def screen_key(node: DOMNode, number: int) -> str:
    """Return the key of a screen, the first being 1, as it is written."""
    return shown(node, cast("Keyed", node.app).keys.screen_keys[number - 1])


def shown(node: DOMNode, key: str) -> str:
    """Return a key as Textual writes it everywhere."""
    return node.app.get_key_display(Binding(textual_keys((key,)), ""))
