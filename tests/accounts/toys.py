"""Kinds of account made up for a test, which need no provider."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from tokentui import accounts
from tokentui.accounts import credentials
from tokentui.accounts.kind import Credential, Feed, Kind, Question
from tokentui.statements import Balance, Reading, state

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
    monkeypatch.setitem(accounts.MODULES, kind.name, kind.name)
    for module in (accounts, credentials):
        monkeypatch.setattr(
            module, "kind_of", lambda name: kind if name == kind.name else real(name)
        )
    return kind


def balance(question: Question) -> Iterable[Reading]:
    """State a balance of one dollar."""
    yield state(question.now_ms, balances=(Balance("credits", 10**9),))
