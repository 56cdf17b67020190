"""Ask git one question about a folder: within a time, and whatever its config says.

Only plumbing is asked (`rev-list`, `for-each-ref`, `diff-tree`), which heeds no `log.*`
and `diff.*`: so neither a program that verifies signatures nor one that shows
differences is run. What a config could have run beside that is turned off.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryFile
from threading import Event, Timer
from typing import IO

from tokentui.environment import without_keys
from tokentui.errors import TokentuiError

LIMIT_SECONDS = 10.0
MOST_BYTES = 64 << 20
"""How long git may take to answer, and how much it may say."""

GUARDS = (
    "--no-pager",
    "--no-optional-locks",
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.pager=cat"),
    *("-c", "core.alternateRefsCommand=false"),
    *("-c", "log.showSignature=false"),
    *("-c", "protocol.allow=never"),
)
HEEDED = ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM")
"""Variables that say where the user's own config is; others may lead elsewhere."""

SURROUNDINGS = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    # Goes before any protocol.*.allow of the repository's own; there is none so named.
    "GIT_ALLOW_PROTOCOL": "none",
    "LC_ALL": "C",
}
GONE = "the folder is gone"
WORDS = {
    "dubious ownership": "another user owns it; git's safe.directory allows it",
    "not a git repository": "no git repository",
    "cannot change to": GONE,
}
"""What git complains of, and what is said of it."""

TOO_SLOW = "git took too long"
NO_GIT = "git is not installed"


class GitError(TokentuiError):
    """Git gave no answer; the text says why, and names no path."""


def answer(folder: str, *words: str, given: bytes = b"") -> bytes:
    """Give what git says to a question about a folder, which is not looked for above.

    Raises:
        GitError: There is no answer.
    """
    complaint: IO[bytes]
    with TemporaryFile() as question, TemporaryFile() as complaint:
        question.write(given)
        question.seek(0)
        try:
            process = subprocess.Popen(
                [program(), *GUARDS, "-C", folder, *words],
                stdin=question,
                stdout=subprocess.PIPE,
                stderr=complaint,
                env=surroundings(folder),
            )
        except (OSError, ValueError) as error:
            raise GitError(f"git cannot be run: {type(error).__name__}") from error
        said, is_late = heard(process)
        if is_late:
            raise GitError(TOO_SLOW)
        if len(said) > MOST_BYTES:
            raise GitError("git said too much")
        if process.returncode:
            raise GitError(reason(complaint, process.returncode))
    return said


def heard(process: subprocess.Popen[bytes]) -> tuple[bytes, bool]:
    """Listen until git is done, has said too much or is late; claim that it was."""
    late = Event()

    def cut() -> None:
        late.set()
        process.kill()

    timer = Timer(LIMIT_SECONDS, cut)
    timer.daemon = True
    timer.start()
    assert process.stdout is not None
    try:
        with process.stdout as voice:
            said = voice.read(MOST_BYTES + 1)
            if len(said) > MOST_BYTES:
                process.kill()
        process.wait()
    finally:
        timer.cancel()
        process.kill()
        process.wait()
    return said, late.is_set()


def reason(complaint: IO[bytes], code: int) -> str:
    """Say in short words why git failed."""
    complaint.seek(0)
    text = complaint.read(4096).decode("utf-8", "replace")
    found = (said for word, said in WORDS.items() if word in text)
    return next(found, f"git failed ({code})")


def program() -> str:
    """Find git, never in the folder that we happen to be in.

    Raises:
        GitError: There is none.
    """
    found = shutil.which("git")
    if found is None or Path(found).absolute().parent == Path.cwd():
        raise GitError(NO_GIT)
    return found


def surroundings(folder: str) -> dict[str, str]:
    """Give the environment in which git is asked about a folder."""
    kept = {
        name: value
        for name, value in without_keys().items()
        if not name.startswith("GIT_") or name in HEEDED
    }
    above = str(Path(folder).parent)
    return kept | SURROUNDINGS | {"GIT_CEILING_DIRECTORIES": above}
