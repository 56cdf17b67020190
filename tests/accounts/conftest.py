"""A stand-in provider: real HTTP on loopback, which accounts are polled against."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from polled import Polls
from pytest_httpserver import HTTPServer


@pytest.fixture
def provider() -> Iterator[HTTPServer]:
    """Start the provider; a call that it does not expect is answered with 500."""
    with HTTPServer(host="127.0.0.1") as server:
        yield server


@pytest.fixture
def polls(ledger: Path, provider: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> Polls:
    """Give what polls an account against the provider."""
    return Polls(ledger, provider.url_for("").rstrip("/"), monkeypatch)
