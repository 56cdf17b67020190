"""Every test has a home, a zone and a random seed of its own, and no network."""

from __future__ import annotations

import functools
import ipaddress
import os
import socket
import ssl
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

MEMORY = Path("/dev/shm")
ROOM = 4 << 30


def keep_files_in_memory() -> None:
    """Let tests write to memory where it has room for it, unless TMPDIR says where.

    Seven thousand folders and ledgers keep a disk busy for minutes. Some tests run what
    they write, which containers may forbid there.
    """
    if "TMPDIR" in os.environ or not MEMORY.is_dir() or not os.access(MEMORY, os.W_OK):
        return
    found = os.statvfs(MEMORY)
    if found.f_bavail * found.f_frsize > ROOM and not found.f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None  # to be looked up anew


keep_files_in_memory()

COMMON = {
    "deadline": None,
    "max_examples": 50,
    "database": None,
    "suppress_health_check": (HealthCheck.too_slow,),
}
settings.register_profile("dev", **COMMON)  # type: ignore[arg-type]
settings.register_profile("ci", **COMMON, derandomize=True, print_blob=True)  # type: ignore[arg-type]
settings.load_profile("ci" if os.environ.get("CI") else "dev")

FOLDERS = {
    "HOME": "home",
    "USERPROFILE": "home",
    "APPDATA": "home/AppData/Roaming",
    "LOCALAPPDATA": "home/AppData/Local",
    "XDG_DATA_HOME": "home/.local/share",
    "XDG_CONFIG_HOME": "home/.config",
    "XDG_STATE_HOME": "home/.local/state",
    "XDG_CACHE_HOME": "home/.cache",
    "XDG_RUNTIME_DIR": "home/.run",
    "CLAUDE_CONFIG_DIR": "home/.claude",
    "CODEX_HOME": "home/.codex",
    "CURSOR_USER_DIR": "home/Cursor/User",
    "TOKENTUI_LEDGER": "data/ledger.db",
    "TOKENTUI_CONFIG": "config/config.toml",
    "TOKENTUI_STATE": "state",
}
"""What decides where things are, and where they are in the folder of a test."""

UNSET = ("TOKENTUI_LABEL", "TOKENTUI_DEBUG", "NO_COLOR", "FORCE_COLOR", "COLUMNS")


@pytest.fixture(autouse=True)
def own_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Point every path into the test's own folder, the clock's zone to UTC."""
    for variable, place in FOLDERS.items():
        monkeypatch.setenv(variable, str(tmp_path / place))
    for variable in UNSET:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME_OF_EXAMPLES", str(tmp_path))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    with monkeypatch.context() as zone:
        zone.setenv("TZ", "UTC")
        set_zone()
        yield
    set_zone()


def set_zone() -> None:
    """Let the C library look at `TZ` again; Windows has no such call."""
    if hasattr(time, "tzset"):
        time.tzset()


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection and look-up that would leave this machine."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex
    getaddrinfo = socket.getaddrinfo

    def guarded(real: Any) -> Any:
        def call(self: socket.socket, address: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6):
                refuse_unless_here(address[0])
            return real(self, address)

        return call

    def guarded_lookup(host: Any, *rest: Any, **named: Any) -> Any:
        refuse_unless_here(host)
        return getaddrinfo(host, *rest, **named)

    monkeypatch.setattr(socket.socket, "connect", guarded(connect))
    monkeypatch.setattr(socket.socket, "connect_ex", guarded(connect_ex))
    monkeypatch.setattr(socket, "getaddrinfo", guarded_lookup)


def refuse_unless_here(host: Any) -> None:
    """Raise for a host that is not this machine; a name that is no address is not."""
    text = host.decode() if isinstance(host, bytes) else host
    if text in (None, "", "localhost"):
        return
    try:
        is_here = ipaddress.ip_address(text.partition("%")[0]).is_loopback
    except ValueError:
        is_here = False
    if not is_here:
        raise RuntimeError(f"a test wanted to reach {text}: no test uses the network")


@pytest.fixture(scope="session", autouse=True)
def certificates_once() -> Iterator[None]:
    """Read the certificates of authorities once, not for each client that is made."""
    with pytest.MonkeyPatch.context() as patch:
        once = functools.cache(ssl.create_default_context)
        patch.setattr(ssl, "create_default_context", once)
        yield


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Name the ledger of this test, which does not exist yet."""
    return tmp_path / "data/ledger.db"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Make the home of this test, for `.claude` and `.codex`."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder
