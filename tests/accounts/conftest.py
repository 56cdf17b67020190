"""A stand-in provider: real HTTP on loopback, which accounts are polled against."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from polled import Polls
from providing import Provider


@pytest.fixture(scope="session")
def servers() -> Iterator[list[Provider]]:
    """Start three servers, once: to stop one takes half a second."""
    started = [Provider() for _ in range(3)]
    for server in started:
        server.start()
    yield started
    for server in started:
        server.patience.set()
        server.stop()


@pytest.fixture
def provider(servers: list[Provider]) -> Iterator[Provider]:
    """Give the provider; a call that it does not expect is answered with 500."""
    yield from lent(servers[0])


@pytest.fixture
def other_provider(servers: list[Provider]) -> Iterator[Provider]:
    """Give a second one, of another account."""
    yield from lent(servers[1])


@pytest.fixture
def stranger(servers: list[Provider]) -> Iterator[Provider]:
    """Give a server that no account was told of."""
    yield from lent(servers[2])


def lent(server: Provider) -> Iterator[Provider]:
    """Give a server as if it were new, and let go who waits for it afterwards."""
    server.clear()
    yield server
    server.patience.set()


@pytest.fixture
def polls(ledger: Path, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Polls:
    """Give what polls an account against the provider."""
    return Polls(ledger, provider.base, monkeypatch)
