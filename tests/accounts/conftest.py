"""A stand-in provider: real HTTP on loopback, which accounts are polled against."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import keyring
import pytest
from asking import Answer, Ask, stopped
from polled import NOW, Polls
from providing import Provider
from rings import Ring

from tokentui.cli import run as run_verb


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


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Run a verb in this process at `polled.NOW`, with a key on stdin."""
    monkeypatch.setattr("tokentui.setting.datetime", stopped(NOW))

    def run(*words: str, key: str = "") -> Answer:
        capsys.readouterr()
        monkeypatch.setattr("sys.stdin", StringIO(key))
        code = run_verb(list(words))
        return Answer(code, *capsys.readouterr())

    return run


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Ring:
    """Let this machine have a keyring."""
    made = Ring()
    monkeypatch.setattr(keyring, "get_keyring", lambda: made)
    return made
