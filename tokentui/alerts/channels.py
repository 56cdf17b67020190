"""The ways that alerts go. Each sends one message or says why it could not."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tokentui.alerts.message import Message
from tokentui.alerts.publish import discord, ntfy, slack, webhook
from tokentui.environment import without_keys
from tokentui.errors import TokentuiError
from tokentui.settings import Channel

PATIENCE_SECONDS = 30
"""How long a program may take that an alert is given to."""

SHOWN_MS = "10000"


def send(channel: Channel, message: Message) -> None:
    """Send a message on a channel.

    Raises:
        TokentuiError: It was not taken; says why, and never the channel's URL.
    """
    KINDS[channel.via](channel, message)


def by_command(channel: Channel, message: Message) -> None:
    """Give a message as JSON to a program; no shell reads it."""
    program(channel.command, message.as_json())


def on_desktop(channel: Channel, message: Message) -> None:
    """Show a message on the desktop, from a process of its own.

    What shows it needs an event loop, on macOS that of the main thread, and tens of
    megabytes.
    """
    words = [sys.executable, "-m", "tokentui.alerts.desktop"]
    program(words, message.as_json())


def in_terminal(channel: Channel, message: Message) -> None:
    """Ring the bell of the terminal that this program runs in."""
    try:
        Path("/dev/tty").write_bytes(b"\a")
    except OSError:
        raise TokentuiError("no terminal to ring the bell of") from None


def in_tmux(channel: Channel, message: Message) -> None:
    """Show a message on each client of tmux, which runs what `#(...)` in it says."""
    text = message.line.replace("#", "\N{MUSIC SHARP SIGN}").replace("%", "%%")
    clients = program(["tmux", "list-clients", "-F", "#{client_name}"]).splitlines()
    if not clients:
        raise TokentuiError("no client of tmux is there")
    for client in clients:
        program(["tmux", "display-message", "-c", client, "-d", SHOWN_MS, text])


def program(words: Sequence[str], given: bytes = b"") -> str:
    """Run a program, giving it bytes to read; give what it printed.

    Raises:
        TokentuiError: It is not there, took too long or failed.
    """
    name = Path(words[0]).name
    try:
        done = subprocess.run(
            list(words),
            input=given,
            capture_output=True,
            timeout=PATIENCE_SECONDS,
            check=False,
            env=without_keys(),
        )
    except subprocess.TimeoutExpired:
        raise TokentuiError(f"{name} took over {PATIENCE_SECONDS} s") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise TokentuiError(f"{name} cannot be run: {reason}") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise TokentuiError(": ".join([f"{name}, exit {done.returncode}", *said]))
    return done.stdout.decode(errors="replace")


KINDS: dict[str, Callable[[Channel, Message], None]] = {
    "desktop": on_desktop,
    "bell": in_terminal,
    "tmux": in_tmux,
    "ntfy": ntfy,
    "webhook": webhook,
    "slack": slack,
    "discord": discord,
    "command": by_command,
}
