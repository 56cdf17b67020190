"""`tokentui completions`: scripts that the shells accept and that complete verbs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest
from asking import Ask


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_prints_a_script(ask: Ask, shell: str) -> None:
    """A script names the program and comes on stdout alone."""
    answer = ask("completions", shell)
    assert (answer.code, answer.err) == (0, "")
    assert "tokentui" in answer.out
    assert "_TOKENTUI_COMPLETE" in answer.out


@pytest.mark.parametrize(
    ("shell", "words"),
    [
        ("bash", ("bash", "-n")),
        ("zsh", ("zsh", "-n")),
        ("fish", ("fish", "--no-execute")),
        ("powershell", ("pwsh", "-NoProfile", "-Command", "-")),
    ],
)
def test_shell_accepts_it(ask: Ask, shell: str, words: tuple[str, ...]) -> None:
    """Each shell that is here can parse its script; braces pair in all of them."""
    script = ask("completions", shell).out
    assert script.count("{") == script.count("}")
    if shutil.which(words[0]):
        run = subprocess.run(words, input=script, text=True, capture_output=True)
        assert (run.returncode, run.stderr) == (0, "")


@pytest.mark.parametrize("shell", ["tcsh", "", "BASH "])
def test_unknown_shell(ask: Ask, shell: str) -> None:
    """Another shell is exit 2, and the known ones are named."""
    answer = ask("completions", shell)
    assert (answer.code, answer.out) == (2, "")
    assert "powershell" in answer.err


def completed(shell: str, line: str, word: int) -> list[str]:
    """Ask the program, as a shell's script does, what may follow."""
    run = subprocess.run(
        [sys.executable, "-m", "tokentui"],
        env=os.environ
        | {
            "_TOKENTUI_COMPLETE": f"{shell}_complete",
            "COMP_WORDS": line,
            "COMP_CWORD": str(word),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stderr == ""
    return run.stdout.split()


def test_completes_a_verb() -> None:
    """A begun verb is completed."""
    assert completed("bash", "tokentui us", 1) == ["plain,usage"]


def test_completes_an_option() -> None:
    """A begun option of a verb is completed, as the PowerShell script reads it."""
    kind, value, *_ = completed("zsh", "tokentui usage --no-r", 2)
    assert (kind, value) == ("plain", "--no-refresh")
