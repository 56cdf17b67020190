"""Slow work beside the event loop, in a thread that does not outlive the dashboard."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import TypeVar

Given = TypeVar("Given")


async def aside(function: Callable[[], Given]) -> Given:
    """Return what a function returns, or raise what it raises; the loop goes on.

    Python waits at its end for the threads of an executor, however long they take, so
    that whoever quits would wait for the logs to be read. A daemon thread just ends:
    the ledger rolls an unfinished transaction back.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Given] = loop.create_future()

    def tell(given: Given | None, error: BaseException | None) -> None:
        if answer.done():
            return  # nobody waits any more
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(given)  # type: ignore[arg-type]  # given if no error is

    def run() -> None:
        given, error = None, None
        try:
            given = function()
        except BaseException as raised:  # noqa: BLE001 - handed on to who waits
            error = raised
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(tell, given, error)

    Thread(target=run, name="tokentui-aside", daemon=True).start()
    return await answer
