"""A stand-in for ntfy, started for a test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ntfying import Ntfy


@pytest.fixture
def ntfy() -> Iterator[Ntfy]:
    """Start the stand-in."""
    server = Ntfy()
    server.start()
    yield server
    server.stop()
