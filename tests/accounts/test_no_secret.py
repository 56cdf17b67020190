"""A full course of verbs leaves and shows no secret, whatever providers answer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import providing
import pytest
from answers_openrouter import SECRET, healthy
from asking import Ask
from providing import Provider
from rings import Ring
from test_every_account import files_with

OTHER_SECRET = "sk-or-planted-9e107d9d372bb682"

RING = """
from keyring.backend import KeyringBackend

KEPT = {folder!r}

class Ring(KeyringBackend):
    priority = 5
    def get_password(self, service, username):
        try:
            return open(KEPT + "/" + username).read()
        except OSError:
            return None
    def set_password(self, service, username, password):
        open(KEPT + "/" + username, "w").write(password)
    def delete_password(self, service, username):
        import os
        os.remove(KEPT + "/" + username)
"""
"""A keyring in files outside of all that is searched."""


class Course:
    """Runs verbs one after the other, and gathers all that they say."""

    def __init__(self, folder: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
        self.said = ""
        self.folder = folder
        self._ask = ask
        self._monkeypatch = monkeypatch

    def run(self, *words: str, key: str = "", **environment: str) -> int:
        """Run one verb."""
        with self._monkeypatch.context() as world:
            for name, value in environment.items():
                world.setenv(name, value)
            answer = self._ask(*words, key=f"{key}\n")
        self.said += f"$ {' '.join(words)}\n{answer.out}{answer.err}"
        return answer.code

    def leaks(self) -> list[str]:
        """Name where a secret stands."""
        found = [
            place
            for secret in (SECRET, OTHER_SECRET)
            for place in files_with(secret, self.folder)
        ]
        return found + [
            line
            for line in self.said.splitlines()
            if SECRET in line or OTHER_SECRET in line
        ]


@pytest.fixture
def course(
    tmp_path: Path, ask: Ask, ring: Ring, monkeypatch: pytest.MonkeyPatch
) -> Course:
    """Begin in a world with a keyring."""
    return Course(tmp_path, ask, monkeypatch)


FAULTS = {
    "echo": providing.echo,
    "refused": providing.status(401, f'{{"error": "{SECRET} is wrong"}}'),
    "broken": providing.status(500, SECRET, X_Key=SECRET),
    "odd": providing.json_text(f'{{"data": "{SECRET}"}}'),
    "moved": providing.status(302, Location=f"http://127.0.0.1:9/{SECRET}"),
    "waits": providing.status(429, Retry_After=SECRET),
}
"""Providers that send the key back, in every place there is."""


def test_full_course(course: Course, provider: Provider, tmp_path: Path) -> None:
    """Added, polled, failing, listed and removed: the key is in the keyring alone."""
    healthy(provider)
    url = ("--base-url", provider.base)
    add = ("accounts", "add", "router", "--kind", "openrouter", *url)
    assert course.run(*add, key=SECRET) == 0
    for debug in ({}, {"TOKENTUI_DEBUG": "1"}):
        for name, fault in FAULTS.items():
            provider.spoil(fault)
            assert course.run("accounts", "test", "router", **debug) == 3, name
            course.run("refresh", "--accounts", **debug)
        course.run("refresh", "--accounts", "--json", **debug)
        course.run("status", **debug)
        course.run("status", "--json", **debug)
        course.run("doctor", **debug)
        course.run("doctor", "--json", **debug)
        course.run("accounts", "list", **debug)
        course.run("accounts", "list", "--json", **debug)
        wrong = (*add[:2], "other", *add[3:])
        assert course.run(*wrong, key=OTHER_SECRET, **debug) == 3
        assert course.run(*wrong, key=f"x{OTHER_SECRET}", **debug) == 2
        variable = {"TOKENTUI_KEY_ROUTER": f"{OTHER_SECRET} with spaces"}
        assert course.run("accounts", "test", "router", **variable, **debug) == 3
        course.run("accounts", "remove", "other", **debug)
    assert course.run("accounts", "remove", "router") == 0
    assert (tmp_path / "data/ledger.db").exists()
    assert "refuses the key (401)" in course.said
    assert course.leaks() == []


def test_search_finds_what_is_there(course: Course) -> None:
    """A key that was left in a file, or said, would be found."""
    (course.folder / "state").mkdir()
    (course.folder / "state/log").write_text(f"x{SECRET}x")
    course.said = f"{OTHER_SECRET}\n"
    assert course.leaks() == ["state/log", OTHER_SECRET]


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="needs /proc")
def test_a_process_of_its_own(
    provider: Provider, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The key is in no process' arguments while a provider is asked, nor in a file."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "file_ring.py").write_text(RING.format(folder=str(elsewhere)))
    seen: list[str] = []

    def look(
        request: providing.Request, answer: providing.Response
    ) -> providing.Response:
        for process in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                seen.append(process.read_bytes().replace(b"\0", b" ").decode())
            except (OSError, UnicodeDecodeError):
                continue
        return answer

    healthy(provider)
    provider.spoil(look)
    url = ("--base-url", provider.base)
    words = ("accounts", "add", "router", "--kind", "openrouter", *url)
    ring = {
        "PYTHONPATH": str(elsewhere),
        "PYTHON_KEYRING_BACKEND": "file_ring.Ring",
    }
    done = subprocess.run(
        [sys.executable, "-m", "tokentui", *words],
        input=f"{SECRET}\n",
        capture_output=True,
        text=True,
        env=os.environ | ring,
        check=True,
    )
    assert SECRET not in done.stdout + done.stderr
    assert files_with(SECRET, tmp_path) == []
    assert (tmp_path / "data/ledger.db").exists()
    assert any("tokentui accounts add router" in line for line in seen)
    assert [line for line in seen if SECRET in line] == []
