"""Where snapshots come from: polled by one thread at a time, closed once."""

from __future__ import annotations

from threading import Lock
from typing import Protocol

from tokentui.snapshot import Snapshot


class Feed(Protocol):
    """A source of snapshots; `tokentui.live.Live` is the real one."""

    def poll(self) -> Snapshot | None:
        """Give a snapshot, or `None` if nothing has changed.

        Raises:
            TokentuiError: Nothing can be read now; the next call tries again.
        """

    def close(self) -> None:
        """Let go of everything."""


class Tap:
    """A feed whose closing neither waits for a poll nor cuts one short."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._in_use = Lock()
        self._is_closing = False
        self._is_closed = False

    def poll(self) -> Snapshot | None:
        """Give what the feed gives; nothing once it is closed."""
        try:
            with self._in_use:
                return None if self._is_closing else self._feed.poll()
        finally:
            if self._is_closing:
                self.close()

    def close(self) -> None:
        """Close the feed, or have the poll that uses it do so when it ends."""
        self._is_closing = True
        if self._in_use.acquire(blocking=False):
            try:
                if not self._is_closed:
                    self._is_closed = True
                    self._feed.close()
            finally:
                self._in_use.release()
