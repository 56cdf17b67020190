"""What waits for a channel is sent, tried again, given up in the end, and kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from zoneinfo import ZoneInfo

import builders
import pytest

from tokentui.alerts import courier
from tokentui.alerts.courier import Courier
from tokentui.alerts.message import Message
from tokentui.errors import TokentuiError
from tokentui.ledger.alerts import Alert, keep, put_out
from tokentui.ledger.connection import open_for_reading, open_for_writing
from tokentui.periods import millis
from tokentui.queries.alerts import Delivery, deliveries, troubles
from tokentui.settings import Channel

PHONE = Channel("phone", "command", command=("true",))
PAPER = Channel("paper", "command", command=("true",))
PATIENCE = 30
"""Seconds until a test gives up; hardly any is ever waited."""


class Clock:
    """A clock that only the test moves."""

    def __init__(self) -> None:
        self.now = builders.START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        """Let time go by."""
        self.now += timedelta(**span)


class Post:
    """A courier, what it sent, and what it is answered."""

    def __init__(self, ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ledger = ledger
        self.clock = Clock()
        self.sent: list[str] = []
        self.told: list[str] = []
        self.problem: Exception | None = None
        monkeypatch.setattr(courier, "send", self._send)
        self.courier = self.start_anew()

    def start_anew(self) -> Courier:
        """Make a courier as a program does that has just been started."""
        self.courier = Courier(
            self.ledger, PHONE, ZoneInfo("UTC"), self.clock, self.told.append
        )
        return self.courier

    def _send(self, channel: Channel, message: Message) -> None:
        if self.problem is not None:
            raise self.problem
        self.sent.append(message.text)

    def raise_alert(self, text: str) -> int:
        """Raise an alert for both channels."""
        now_ms = millis(self.clock())
        with closing(open_for_writing(self.ledger)) as connection:
            number = keep(connection, Alert("cap", text, "", 0.0, text), now_ms)
            assert number is not None
            put_out(connection, number, ["phone", "paper"], now_ms)
        return number

    def state(self, number: int) -> Delivery:
        """Say how an alert's delivery on the phone stands."""
        with closing(open_for_reading(self.ledger)) as connection:
            return deliveries(connection, number)[1]


@pytest.fixture
def post(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> Post:
    """Give the courier of the phone."""
    return Post(ledger, monkeypatch)


def test_sends_once(post: Post) -> None:
    """What waits is sent in order, once, also by one that starts anew."""
    post.raise_alert("first")
    post.clock.forward(seconds=1)
    post.raise_alert("second")
    post.courier.round()
    post.start_anew().round()
    assert post.sent == ["first", "second"]
    assert post.state(1) == Delivery("phone", "sent", 1, None, None)


def test_waits_for_its_time(post: Post) -> None:
    """What is put off until quiet hours end is not sent before."""
    with closing(open_for_writing(post.ledger)) as connection:
        number = keep(connection, Alert("cap", "", "", 0.0, "late"), 0)
        assert number is not None
        put_out(connection, number, ["phone"], millis(post.clock()) + 60_000)
    post.courier.round()
    assert post.sent == []
    post.clock.forward(minutes=1)
    post.courier.round()
    assert post.sent == ["late"]


@pytest.mark.parametrize("problem", [TokentuiError("HTTP 500"), ValueError("odd")])
def test_tries_again(post: Post, problem: Exception) -> None:
    """A channel that fails is tried after 15 s, then after 30 s more, and told of."""
    number = post.raise_alert("first")
    post.problem = problem
    tries = []
    for seconds in (0, 14, 1, 29, 1):
        post.clock.forward(seconds=seconds)
        post.courier.round()
        tries.append(post.state(number).tries)
    assert tries == [1, 1, 2, 2, 3]
    assert len(post.told) == 1
    post.problem = None
    post.clock.forward(minutes=1)
    post.courier.round()
    assert post.sent == ["first"]
    assert post.told[1] == "channel phone: all is well again"


def test_failure_is_shown(post: Post) -> None:
    """What is wrong is to be seen until something is sent again."""
    post.raise_alert("first")
    post.problem = TokentuiError("HTTP 500")
    post.courier.round()
    with closing(open_for_reading(post.ledger)) as connection:
        assert [tuple(each) for each in troubles(connection)] == [
            ("phone", 1, "HTTP 500")
        ]
    post.problem = None
    post.clock.forward(minutes=1)
    post.courier.round()
    with closing(open_for_reading(post.ledger)) as connection:
        assert troubles(connection) == ()


def test_gives_up(post: Post) -> None:
    """After a day nobody wants to hear of it, and it is listed as given up."""
    number = post.raise_alert("first")
    post.problem = TokentuiError("HTTP 500")
    for _ in range(40):
        post.courier.round()
        post.clock.forward(hours=1)
    state = post.state(number)
    assert (state.state, state.error) == ("given up", "HTTP 500")
    assert state.tries < 40
    post.problem = None
    post.courier.round()
    assert post.sent == []


def test_clock_that_went_wrong(post: Post) -> None:
    """What was put off by a clock years ahead is sent when the clock is right again."""
    post.clock.forward(days=1_000)
    post.raise_alert("first")
    post.problem = TokentuiError("HTTP 500")
    post.courier.round()
    post.problem = None
    post.clock.now = builders.START
    post.courier.round()
    assert post.sent == ["first"]


def test_hanging_channel(
    ledger: Path, monkeypatch: pytest.MonkeyPatch, post: Post
) -> None:
    """A channel that hangs keeps neither another one nor the end of the program."""
    hanging, done = Event(), Event()

    def send(channel: Channel, message: Message) -> None:
        if channel is PHONE:
            hanging.wait(PATIENCE)
        else:
            done.set()

    monkeypatch.setattr(courier, "send", send)
    post.raise_alert("first")
    told: list[str] = []
    make: Callable[[Channel], Courier] = lambda channel: Courier(  # noqa: E731
        ledger, channel, ZoneInfo("UTC"), post.clock, told.append
    )
    both = [make(PHONE), make(PAPER)]
    for each in both:
        each.start()
    assert done.wait(PATIENCE)
    for each in both:
        each.end()
    hanging.set()
    for thread in threading.enumerate():
        if thread.name in ("phone", "paper"):
            thread.join(PATIENCE)
