"""Leaving the dashboard: at once, even while the logs are being read."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time

import pytest

from tokentui.tui.aside import aside

SLOW = """
import threading, time
from tokentui.tui.app import Dashboard

begun = threading.Event()

class Feed:
    def poll(self):
        begun.set()
        time.sleep(60)
    def close(self):
        pass

async def leave(pilot):
    while not begun.is_set():
        await pilot.pause(0.01)
    await pilot.press("q")

Dashboard(Feed()).run(headless=True, auto_pilot=leave)
print("left", flush=True)
"""


def test_q_ends_the_process_while_logs_are_read():
    """The interpreter does not wait for the thread that reads."""
    begin = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", SLOW],
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("left\n")
    assert time.monotonic() - begin < 45


async def test_what_is_done_aside_is_handed_back():
    """From another thread."""
    assert await aside(threading.get_ident) != threading.get_ident()


async def test_what_goes_wrong_aside_is_raised_here():
    """As if it had been called."""

    def fail():
        raise ValueError("odd")

    with pytest.raises(ValueError, match="odd"):
        await aside(fail)


async def test_nobody_waits_for_what_was_given_up():
    """The answer that comes later goes nowhere."""
    go_on, ended = threading.Event(), threading.Event()

    def slow():
        go_on.wait(10)
        ended.set()

    waiting = asyncio.create_task(aside(slow))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    go_on.set()
    assert await asyncio.to_thread(ended.wait, 10)
    await asyncio.sleep(0.01)


def test_an_answer_after_the_end_goes_nowhere():
    """The loop may have ended meanwhile."""
    go_on, thread_of = threading.Event(), []

    def slow():
        thread_of.append(threading.current_thread())
        go_on.wait(10)

    async def give_up():
        waiting = asyncio.create_task(aside(slow))
        while not thread_of:
            await asyncio.sleep(0.01)
        waiting.cancel()

    asyncio.run(give_up())
    go_on.set()
    thread_of[0].join(10)
    assert not thread_of[0].is_alive()
