"""Provider accounts: one file each, which the registry names.

An account file has a `KIND`; adding one touches nothing else but the line here.
"""

from __future__ import annotations

from importlib import import_module

from tokentui.accounts.kind import Kind

MODULES = {
    "openrouter": "openrouter",
    "cursor": "cursor",
    "cursor-team": "cursor_team",
}
"""The kinds of account, best first, each with its module here."""


def kind_of(name: str) -> Kind:
    """Give a kind of account by its name, which must be known."""
    kind = import_module(f"tokentui.accounts.{MODULES[name]}").KIND
    assert isinstance(kind, Kind)
    return kind
