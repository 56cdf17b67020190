"""The command line: the one place of exit codes."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from typing import NoReturn

from tokentui.errors import INTERRUPTED, TokentuiError


def main(args: list[str] | None = None) -> NoReturn:
    """Run the command line and leave with the exit code of the contract."""
    # A verb makes little garbage; looking for it as often as usual costs 4 ms, and 3
    # to look through all that `entry` has imported while it was turned off.
    gc.freeze()
    gc.set_threshold(10_000)
    gc.enable()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    code = run(args)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    # Freeing one by one what a large read has made takes longer than leaving it.
    os._exit(code)


def run(args: list[str] | None = None) -> int:
    """Run the command line; give its exit code."""
    try:
        from tokentui.cli.plain import answer

        code = answer(sys.argv[1:] if args is None else args)
        if code is None:
            from tokentui.cli.verbs import call

            code = call(args)
    except KeyboardInterrupt:
        from tokentui.cli.output import put

        put("", sys.stderr)  # behind the ^C that a terminal shows
        return INTERRUPTED
    except TokentuiError as problem:
        return failed(problem, problem.exit_code)
    except (BrokenPipeError, SystemExit):
        # The reader of a pipe left, which click leaves for; nothing is wrong. Python
        # would complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as problem:  # noqa: BLE001 (the edge: no traceback reaches a user)
        return failed(problem, 1)
    return code


def failed(problem: Exception, code: int) -> int:
    """Say what went wrong in one line, or in full if asked to."""
    from tokentui.cli.output import say
    from tokentui.text import clean

    if os.environ.get("TOKENTUI_DEBUG"):
        from traceback import format_exception

        say("".join(format_exception(problem)))
    known = isinstance(problem, TokentuiError)
    text = str(problem) if known else f"{type(problem).__name__}: {problem}"
    if isinstance(problem, OSError) and problem.filename and problem.strerror:
        known, text = True, f"{problem.filename}: {problem.strerror}"
    say(f"tokentui: {clean(text)}")
    if not known:
        say("tokentui: TOKENTUI_DEBUG=1 shows where it happened")
    return code
