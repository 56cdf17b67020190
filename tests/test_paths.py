"""Where files live: the override first, then the environment, then the platform."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tokentui import paths
from tokentui.errors import UsageError

POSIX = os.name == "posix"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a home of its own and no wishes in the environment."""
    for name in ("LEDGER", "CONFIG", "STATE"):
        monkeypatch.delenv(f"TOKENTUI_{name}", raising=False)
    for name in ("DATA", "CONFIG", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    return tmp_path


@pytest.mark.skipif(sys.platform != "linux", reason="folders of Linux")
def test_defaults(home: Path) -> None:
    """Without wishes the platform's folders are used."""
    assert paths.ledger_path() == home / "data/tokentui/ledger.db"
    assert paths.config_path() == home / "config/tokentui/config.toml"
    assert paths.state_dir() == home / "state/tokentui"
    assert paths.log_path() == home / "state/tokentui/tokentui.log"
    assert paths.caps_path(paths.state_dir()) == home / "state/tokentui/caps.toml"


def test_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment wins over the platform."""
    monkeypatch.setenv("TOKENTUI_LEDGER", "/a/l.db")
    monkeypatch.setenv("TOKENTUI_CONFIG", "/b/c.toml")
    monkeypatch.setenv("TOKENTUI_STATE", "/c/state")
    assert paths.ledger_path() == Path("/a/l.db")
    assert paths.config_path() == Path("/b/c.toml")
    assert paths.log_path() == Path("/c/state/tokentui.log")


def test_override(monkeypatch: pytest.MonkeyPatch) -> None:
    """The option wins over the environment."""
    monkeypatch.setenv("TOKENTUI_LEDGER", "/a/l.db")
    monkeypatch.setenv("TOKENTUI_CONFIG", "/b/c.toml")
    assert paths.ledger_path("/o/l.db") == Path("/o/l.db")
    assert paths.config_path("/o/c.toml") == Path("/o/c.toml")


def test_home_is_expanded(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`~` is the home folder, in options and in the environment."""
    monkeypatch.setenv("TOKENTUI_STATE", "~/s")
    assert paths.ledger_path("~/l.db") == home / "l.db"
    assert paths.state_dir() == home / "s"


@pytest.mark.skipif(not POSIX, reason="Windows guesses homes of others")
def test_home_of_nobody() -> None:
    """A `~` without a home is an error that says what to write."""
    with pytest.raises(UsageError, match="write the path in full"):
        paths.ledger_path("~no-such-user/l.db")


def test_empty_environment_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty variable is no wish."""
    monkeypatch.setenv("TOKENTUI_LEDGER", "")
    assert paths.ledger_path().name == "ledger.db"


def test_platformdirs_only_if_needed() -> None:
    """platformdirs is not imported when option or environment decide."""
    program = (
        "import sys; from tokentui import paths; paths.ledger_path('x');"
        "paths.config_path(); paths.log_path(); print('platformdirs' in sys.modules)"
    )
    wishes = {"TOKENTUI_CONFIG": "c", "TOKENTUI_STATE": "s"}
    shown = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **wishes},
        cwd=Path(paths.__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout == "False\n"


@pytest.mark.skipif(not POSIX, reason="modes of POSIX")
def test_make_private(tmp_path: Path) -> None:
    """What is missing is made 0700 at each level; what exists keeps its mode."""
    tmp_path.chmod(0o755)
    paths.make_private(tmp_path / "a/b")
    paths.make_private(tmp_path / "a/b")
    modes = [
        stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("", "a", "a/b")
    ]
    assert modes == [0o755, 0o700, 0o700]


def test_make_private_over_a_file(tmp_path: Path) -> None:
    """A file in the way is an error, not taken for a folder."""
    (tmp_path / "a").touch()
    with pytest.raises(FileExistsError):
        paths.make_private(tmp_path / "a")


def test_write_private(tmp_path: Path) -> None:
    """A file is replaced as a whole, private, and nothing else is left behind."""
    file = tmp_path / "state/caps.toml"
    paths.write_private(file, b"long text")
    paths.write_private(file, b"new")
    assert file.read_bytes() == b"new"
    assert list(file.parent.iterdir()) == [file]
    if POSIX:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_write_private_that_fails(tmp_path: Path) -> None:
    """When the file cannot be replaced, no half-written one is left behind."""
    (tmp_path / "caps.toml").mkdir()
    with pytest.raises(OSError, match=r"caps\.toml"):
        paths.write_private(tmp_path / "caps.toml", b"new")
    assert [each.name for each in tmp_path.iterdir()] == ["caps.toml"]
