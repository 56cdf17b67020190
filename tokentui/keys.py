"""The keys of the dashboard: every action, its usual keys, and where it is at hand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tokentui.errors import UsageError
from tokentui.frozen import dataclass, fields

KeyList = tuple[str, ...]
"""Keys as they are written in the config: `e`, `/`, `ctrl+e`, `f2`, `pageup`."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of each action; `screens` are those of the first, the second, …

    Raises: UsageError if two actions of a screen have the same key.
    """

    screens: KeyList = tuple("123456789")
    quit: KeyList = ("q",)
    help: KeyList = ("?",)
    palette: KeyList = ("ctrl+p",)
    refresh: KeyList = ("r",)
    privacy: KeyList = ("*",)
    theme: KeyList = ("t",)
    dismiss: KeyList = ("x",)
    up: KeyList = ("up",)
    down: KeyList = ("down",)
    page_up: KeyList = ("pageup",)
    page_down: KeyList = ("pagedown",)
    top: KeyList = ("home",)
    bottom: KeyList = ("end",)
    open: KeyList = ("enter",)
    back: KeyList = ("escape",)
    before: KeyList = ("[",)
    after: KeyList = ("]",)
    sort_left: KeyList = ("<",)
    sort_right: KeyList = (">",)
    turn: KeyList = (",",)
    filter: KeyList = ("/",)
    export: KeyList = ("e",)
    copy: KeyList = ("k",)
    by_day: KeyList = ("d",)
    by_week: KeyList = ("w",)
    by_month: KeyList = ("m",)
    by_project: KeyList = ("p",)
    by_session: KeyList = ("s",)
    by_model: KeyList = ("o",)
    by_source: KeyList = ("c",)
    by_branch: KeyList = ("b",)
    by_tier: KeyList = ("i",)
    by_payer: KeyList = ("y",)
    add: KeyList = ("a",)
    remove: KeyList = ("x", "delete")
    ask: KeyList = ("a",)
    ask_all: KeyList = ("A",)
    suggestions: KeyList = ("s",)
    alternatives: KeyList = ("a",)
    break_even: KeyList = ("b",)
    model_after: KeyList = ("m",)
    model_before: KeyList = ("M",)
    worth_more: KeyList = ("right",)
    worth_less: KeyList = ("left",)
    copy_lines: KeyList = ("c", "y")
    copy_undo: KeyList = ("u",)
    mark: KeyList = ("m",)
    mark_accepted: KeyList = ("a",)
    mark_rejected: KeyList = ("x",)
    mark_abandoned: KeyList = ("b",)
    unmark: KeyList = ("u",)
    group_after: KeyList = ("g",)
    group_before: KeyList = ("G",)
    yes: KeyList = ("y",)
    no: KeyList = ("n",)

    def __post_init__(self) -> None:
        for where, actions in AT_HAND.items():
            taken: dict[str, str] = {}
            for action, key in self._keys_of(actions):
                other = taken.setdefault(key, action)
                if other != action:
                    raise UsageError(f"{key} is both {other} and {action} {where}")

    def _keys_of(self, actions: str) -> Iterator[tuple[str, str]]:
        for action in actions.split():
            keys = self.screen_keys if action == "screens" else getattr(self, action)
            yield from ((action, key) for key in keys)

    @property
    def screen_keys(self) -> KeyList:
        """The keys of all screens; those that are not given stay as they are."""
        return (*self.screens, *"123456789"[len(self.screens) :])


MOVES = "up down page_up page_down top bottom"
EVERYWHERE = "screens quit help palette refresh privacy theme"
_ROWS = f"{EVERYWHERE} {MOVES} open back"
_GROUPS = f"{_ROWS} before after sort_left sort_right turn filter export copy"
_BY = " ".join(key.name for key in fields(Keys) if key.name.startswith("by_"))
AT_HAND = {
    "on the first screen": f"{EVERYWHERE} {MOVES} dismiss",
    "on the screen Usage": f"{_GROUPS} {_BY}",
    "on the screen Sessions": f"{_GROUPS} mark mark_accepted mark_rejected"
    " mark_abandoned unmark",
    "on the screen of a session": f"{_ROWS} before after export copy",
    "on the screen Accounts": f"{_ROWS} ask ask_all",
    "on the screen Caps": f"{_ROWS} add remove",
    "on the screen Prices": f"{_ROWS} filter",
    "on the screen Routes": f"{_ROWS} before after suggestions alternatives break_even"
    " model_after model_before worth_more worth_less copy_lines copy_undo",
    "on the screen Outcomes": f"{EVERYWHERE} {MOVES} back before after group_after"
    " group_before",
    "on the screen of a suggestion": f"{_ROWS} copy_lines copy_undo",
    "on the screen Reports": f"{_ROWS} export",
    "in a question": "yes no",
}
"""Which actions a key may not be shared by, since all are at hand at once."""

NAMED = (
    "enter escape space backspace delete insert home end pageup pagedown"
    " up down left right f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12"
)
KEPT = ("ctrl+c", "ctrl+q", "tab", "shift+tab")
"""They lead out of the dashboard, or from one part of a screen to the next."""

USUAL = Keys()

_WITH = re.compile(r"((?:ctrl\+|alt\+|shift\+)*)(.+)")


def read_keys(raw: object) -> KeyList | None:
    """Read the keys of an action, one or several; `None` if it is neither.

    Raises: UsageError for a key that there is not, or that keeps its meaning.
    """
    keys = raw if isinstance(raw, list) else [raw]
    if not keys or not all(isinstance(key, str) for key in keys):
        return None
    return tuple(dict.fromkeys(map(_key, keys)))


def _key(text: str) -> str:
    if len(text) == 1 and text.isprintable() and not text.isspace():
        return text
    key = text.lower()
    if key in KEPT:
        raise UsageError(f"{key} keeps its meaning")
    found = _WITH.fullmatch(key)
    name = found[2] if found else key
    if name in NAMED.split():
        return key
    # Of letters, terminals tell only these two apart from the letter itself.
    if re.fullmatch(r"(ctrl|alt)\+[a-z]", key):
        return key
    raise UsageError(f"no key {text!r:.60}; {_hint(key, name)}")


def _hint(key: str, name: str) -> str:
    if key == f"shift+{name}" and len(name) == 1:
        return f"did you mean {name.upper()}?"
    from difflib import get_close_matches  # 5 ms, for the message only

    near = get_close_matches(name, NAMED.split(), 1, 0.5)
    if near:
        return f"did you mean {near[0]}?"
    return "write a character, ctrl+e, alt+e, f2, enter, pageup and the like"
