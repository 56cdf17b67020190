"""`tokentui watch` as a program: one at a time, its log, and how it is installed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import builders
import pytest
from asking import Ask

from tokentui.cli.watch_log import MOST_BYTES, writer

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")


@pytest.fixture
def watching(home: Path, ledger: Path) -> Iterator[subprocess.Popen[str]]:
    """Start it in a home in which one response lies, and wait until that is read."""
    builders.write(builders.transcript(home), builders.claude_line())
    process = subprocess.Popen(
        [sys.executable, "-m", "tokentui", "watch", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert '"events_new": 1' in process.stdout.readline()
    yield process
    if process.poll() is None:
        process.kill()
    process.communicate()


@posix
def test_one_at_a_time(watching: subprocess.Popen[str], program: Ask) -> None:
    """A second one ends with exit 1 and says which runs; after a crash another can."""
    second = program("watch")
    assert second.code == 1
    assert f"already running: {watching.pid} since 20" in second.err
    status = program("watch", "status", "--json").document
    assert (status["running"], status["pid"]) == (True, watching.pid)
    watching.kill()
    watching.wait()
    status = program("watch", "status", "--json").document
    assert (status["running"], status["pid"], status["since"]) == (False, None, None)


@posix
def test_reload_and_end(
    watching: subprocess.Popen[str], config: Callable[[str], Path], home: Path
) -> None:
    """SIGHUP has it read the config anew, which is told; SIGTERM is exit 0."""
    watching.send_signal(signal.SIGHUP)
    assert watching.stderr is not None
    assert watching.stderr.readline() == "read the config anew\n"
    builders.append(
        builders.transcript(home), builders.claude_line("msg_02", request="b")
    )
    assert watching.stdout is not None
    assert '"events_new": 1' in watching.stdout.readline()
    watching.send_signal(signal.SIGTERM)
    assert watching.wait() == 0
    log = Path(os.environ["TOKENTUI_STATE"]) / "tokentui.log"
    assert log.read_text().endswith(" read the config anew\n")
    assert log.stat().st_mode & 0o777 == 0o600


def test_log_does_not_grow(tmp_path: Path) -> None:
    """The log and what is kept of it stay below three times half a megabyte."""
    write = writer(tmp_path / "state/it.log")
    for number in range(MOST_BYTES // 40):
        write(f"{number} " + "x" * 100 + "\x1b[31m")
    files = list((tmp_path / "state").iterdir())
    assert len(files) == 3
    assert sum(file.stat().st_size for file in files) <= 3 * MOST_BYTES
    assert "\x1b" not in (tmp_path / "state/it.log").read_text()


def test_log_that_cannot_be_written(tmp_path: Path) -> None:
    """Where no log can be written the daemon goes on without."""
    (tmp_path / "file").touch()
    writer(tmp_path / "file/it.log")("a word")


@pytest.fixture
def control(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a `systemctl` on the path that writes down what it is told."""
    told = tmp_path / "told"
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "systemctl"
    program.write_text(f'#!/bin/sh\necho "$@" >> "{told}"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return told


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no systemd")
def test_install(ask: Ask, home: Path, control: Path) -> None:
    """It shows what it writes and runs; only on yes it does so; it can be undone."""
    unit = home / ".config/systemd/user/tokentui-watch.service"
    shown = ask("watch", "install")
    assert f"writes {unit}" in shown.out and "ExecStart=" in shown.out
    assert "runs systemctl --user enable --now tokentui-watch.service" in shown.out
    assert shown.code != 0
    assert not unit.exists() and not control.exists()

    assert ask("watch", "install", "--yes").code == 0
    assert f'"{sys.executable}" "-m" "tokentui" "watch"' in unit.read_text()
    assert control.read_text().splitlines() == [
        "--user daemon-reload",
        "--user enable --now tokentui-watch.service",
    ]
    assert ask("watch", "status", "--json").document["service"] == str(unit)

    assert ask("watch", "uninstall", "--yes").code == 0
    assert not unit.exists()
    assert control.read_text().splitlines()[-1] == (
        "--user disable --now tokentui-watch.service"
    )
    assert "not installed" in ask("watch", "uninstall", "--yes").out


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no systemd")
def test_install_that_fails(ask: Ask, home: Path, control: Path) -> None:
    """Where the system refuses, that is said with what it said."""
    script = control.parent / "bin/systemctl"
    script.write_text("#!/bin/sh\necho no bus here >&2; exit 1\n")
    answer = ask("watch", "install", "--yes")
    assert answer.code == 1
    assert "systemctl --user daemon-reload: no bus here" in answer.err
