"""Install the daemon with the system's own means: shown first, done on yes, undone."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from tokentui.cli.output import note, show
from tokentui.environment import without_keys
from tokentui.errors import TokentuiError
from tokentui.paths import write_private
from tokentui.service import Service, command_line, service

PATIENCE_SECONDS = 30


def service_here() -> Service:
    """Make the service of this system, user and Python."""
    config_home = os.environ.get("XDG_CONFIG_HOME")
    words = [sys.executable, "-m", "tokentui", "watch"]
    if sys.platform == "win32":
        windowless = Path(sys.executable).with_name("pythonw.exe")
        words[0] = str(windowless) if windowless.exists() else words[0]
    return service(
        sys.platform,
        Path.home(),
        Path(config_home) if config_home else Path.home() / ".config",
        words,
        os.environ,
        os.getuid() if hasattr(os, "getuid") else 0,
    )


def install_here(*, is_sure: bool) -> int:
    """Show what is written and run, and do it on yes."""
    made = service_here()
    if made.file is not None:
        show(f"writes {made.file}:\n\n{made.text}")
    if any(name.startswith("TOKENTUI_KEY_") for name in os.environ):
        note("keys in TOKENTUI_KEY_... are not passed on; the keyring's are found")
    if not agreed(made.start, is_sure=is_sure):
        return 1
    if made.file is not None:
        write_private(made.file, made.text.encode())
    for words in made.start:
        run(words)
    show("installed; `tokentui watch status` says how it does")
    return 0


def uninstall_here(*, is_sure: bool) -> int:
    """Show what is run and removed, and do it on yes."""
    made = service_here()
    if made.file is not None and not made.file.exists():
        show(f"not installed: no {made.file}")
        return 0
    if made.file is not None:
        show(f"removes {made.file}")
    if not agreed(made.stop, is_sure=is_sure):
        return 1
    for words in made.stop:
        try:
            run(words)
        except TokentuiError as problem:  # it may have been stopped already
            note(str(problem))
    if made.file is not None:
        made.file.unlink(missing_ok=True)
    show("uninstalled; ledger, log and config stay")
    return 0


def agreed(commands: Sequence[Sequence[str]], *, is_sure: bool) -> bool:
    """Show commands; claim that they may be run."""
    for words in commands:
        show(f"runs {command_line(words)}")
    return is_sure or click.confirm("go on?", default=False)


def run(words: Sequence[str]) -> None:
    """Run a command of the system.

    Raises:
        TokentuiError: It is not there or it failed; says what it said.
    """
    try:
        done = subprocess.run(
            list(words),
            capture_output=True,
            timeout=PATIENCE_SECONDS,
            check=False,
            env=without_keys(),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        reason = getattr(error, "strerror", None) or "it took too long"
        raise TokentuiError(f"{words[0]} cannot be run: {reason}") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip() or f"exit {done.returncode}"
        raise TokentuiError(f"{command_line(words)}: {said}")
