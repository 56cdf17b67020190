"""Kinds of account made up for a test, which need no provider."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from tokentui import accounts
from tokentui.accounts.kind import Credential, Feed, Kind, Question
from tokentui.statements import Reading

SECRET = "toy-0f1e2d3c4b5a6978"
Read = Callable[[Question], Iterable[Reading]]


def toy(monkeypatch: pytest.MonkeyPatch, *feeds: Read | Feed, **given: Any) -> Kind:
    """Make the kind `toy` of some feeds known, for the rest of a test."""
    made = tuple(
        each if isinstance(each, Feed) else Feed(f"feed{number}", each)
        for number, each in enumerate(feeds)
    )
    kind = Kind(
        **{
            "name": "toy",
            "title": "Toy",
            "provider": "toys",
            "hosts": ("toys.example.com",),
            "reads": ("GET /spend", "GET /days/*"),
            "credential": Credential("toy key", "everyone", "https://toys.example.com"),
            "feeds": made,
            "interval_seconds": 900,
            **given,
        }
    )
    real = accounts.kind_of
    known = {**accounts.MODULES, kind.name: kind.name}
    monkeypatch.setattr(accounts, "MODULES", known)
    monkeypatch.setattr(
        accounts, "kind_of", lambda name: kind if name == kind.name else real(name)
    )
    return kind
