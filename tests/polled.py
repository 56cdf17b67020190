"""Polls an account against a stand-in provider, into the ledger of a test."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from pytest_httpserver import HTTPServer

from tokentui.accounts.web import open_client
from tokentui.poll import PollReport, poll
from tokentui.settings import Account, Config, Payer

NOW = datetime(2026, 11, 25, 14, 0, tzinfo=UTC)
"""When the accounts are polled unless a test says otherwise."""


@dataclass
class Polls:
    """Polls one account of a kind against the provider, into a ledger."""

    ledger: Path
    base_url: str
    monkeypatch: pytest.MonkeyPatch
    payers: tuple[Payer, ...] = ()
    account: dict[str, Any] = field(default_factory=dict)

    def config(self, kind: str) -> Config:
        """Make the config of one account named `it`."""
        given = {"base_url": self.base_url, **self.account}
        return Config(accounts=(Account("it", kind, **given),), payers=self.payers)

    def __call__(
        self, kind: str, secret: str, now: datetime = NOW, **given: Any
    ) -> PollReport:
        """Poll the account once, whatever its schedule."""
        self.monkeypatch.setenv("TOKENTUI_KEY_IT", secret)
        usual = {"force": True, "chance": lambda: 0.5, "open_client": open_client}
        return poll(self.ledger, self.config(kind), now, **(usual | given))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the ledger."""
        with closing(sqlite3.connect(self.ledger)) as connection:
            return connection.execute(query).fetchall()


def asked(provider: HTTPServer, path: str) -> list[list[tuple[str, str]]]:
    """List the parameters of every call of a path, in order."""
    return [
        parse_qsl(request.query_string.decode())
        for request, _ in provider.log
        if request.path == path
    ]
