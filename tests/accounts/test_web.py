"""What asks providers: bound to hosts and calls, and nothing of the secret shown."""

from __future__ import annotations

import gzip
import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from typing import Any, Literal

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct
from providing import Provider, status
from werkzeug import Request, Response

from tokentui.accounts import web
from tokentui.accounts.web import (
    Web,
    all_pages,
    decoded,
    is_private_way,
    open_client,
    pattern,
    retry_after,
)
from tokentui.errors import AccountError

SECRET = "sk-planted-5f4dcc3b5aa765d6"
NOW = datetime(2026, 11, 25, 14, 0, tzinfo=UTC)


class Amount(Struct):
    amount: Decimal


class Sort(Struct):
    sort: Literal["a", "b"]


def asking(base: str | None, *, client: httpx.Client | None = None) -> Web:
    """Make what asks two hosts two things, with the secret."""
    return Web(
        client or open_client(timeout=5),
        ("toys.example.com", "other.example.com"),
        ("GET /spend", "GET /users/*/days", "POST /ask"),
        {"Authorization": f"Bearer {SECRET}"},
        base,
    )


def refusal(call: Any) -> AccountError:
    """Give the error of a call, which shows no secret."""
    with pytest.raises(AccountError) as caught:
        call()
    assert SECRET not in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (None, None),
        ("", None),
        ("0", 0.0),
        ("120", 120.0),
        (" 1.5 ", 1.5),
        ("-5", None),
        ("1e9", None),
        ("nan", None),
        ("soon", None),
        ("Wed, 25 Nov 2026 14:02:00 GMT", 120.0),
        ("Wed, 25 Nov 2026 15:02:00 +0100", 120.0),
        ("Wed, 25 Nov 2026 13:00:00 GMT", 0.0),
        ("Wed, 25 Nov 99999999999999 13:00:00 GMT", None),
        ("Wed, 25 Nov 2026 13:00:00 +99999999", None),
    ],
)
def test_retry_after(text: str | None, seconds: float | None) -> None:
    """Seconds and dates are read; what is neither tells nothing; the past is now."""
    assert retry_after(text, NOW) == seconds


@given(st.text())
def test_any_retry_after(text: str) -> None:
    """Whatever the header says, there is no failure and no time before now."""
    seconds = retry_after(text, NOW)
    assert seconds is None or seconds >= 0


@given(st.integers(0, 10**7))
def test_date_is_as_seconds(seconds: int) -> None:
    """A date so many seconds away is so many seconds."""
    when = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    assert retry_after(when, NOW) == seconds


def test_date_counts_from_the_server() -> None:
    """A clock of ours that is years off does not change how long it is."""
    headers = {
        "Retry-After": "Mon, 01 Jan 2035 00:05:00 GMT",
        "Date": "Mon, 01 Jan 2035 00:00:00 GMT",
    }
    answer = httpx.Response(429, headers=headers)
    client = open_client(httpx.MockTransport(lambda request: answer))
    problem = refusal(lambda: asking(None, client=client).get("/spend", Amount))
    assert (problem.retry_seconds, problem.status) == (300.0, 429)


def test_throttled_with_403(provider: Provider) -> None:
    """A 403 that names a time is throttling, not a matter of rights."""
    provider.spoil(status(403, Retry_After="60"))
    problem = refusal(lambda: asking(provider.base).get("/spend", Amount))
    assert (problem.retry_seconds, problem.needs_user) == (60.0, False)
    provider.spoil(status(403))
    problem = refusal(lambda: asking(provider.base).get("/spend", Amount))
    assert (problem.retry_seconds, problem.needs_user) == (None, True)


@pytest.mark.parametrize(
    ("call", "may"),
    [
        ("GET /spend", True),
        ("GET /users/me/days", True),
        ("GET /users/a.b-c_d@e.org/days", True),
        ("GET /users/a%20b/days", True),
        ("GET /users/.../days", True),
        ("POST /spend", False),
        ("DELETE /spend", False),
        ("GET /spend/", False),
        ("GET /spend?x=1", False),
        ("GET /spend\n", False),
        ("GET /users//days", False),
        ("GET /users/a/b/days", False),
        ("GET /users/./days", False),
        ("GET /users/../days", False),
        ("GET /users/a?b/days", False),
        ("GET /users/a#b/days", False),
        ("GET /users/a\\b/days", False),
        ("GET /users/a%2Fb/days", False),
        ("GET /users/%2e%2e/days", False),
        ("GET /users/a\nb/days", False),
        ("GET /users/a b/days", False),
    ],
)
def test_calls(call: str, may: bool) -> None:
    """Only the calls listed may be made; `*` is one part of a path and no more."""
    reads = ("GET /spend", "GET /users/*/days", "POST /ask")
    assert any(re.fullmatch(pattern(each), call) for each in reads) == may


def test_no_other_call_is_sent(provider: Provider) -> None:
    """What is not listed is refused before anything is sent."""
    asks = asking(provider.base)
    refusal(lambda: asks.get("/else", Amount))
    refusal(lambda: asks.get("/users/../days", Amount))
    refusal(lambda: asks.post("/spend", Amount, {}))
    with pytest.raises(ValueError, match="not a host of this"):
        asks.get("/spend", Amount, host="evil.example.com")
    assert provider.calls == []


def test_hosts() -> None:
    """Without a base URL the calls go to the kind's hosts, by https."""
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(str(request.url))
        return httpx.Response(200, json={"amount": "1.10"})

    client = open_client(httpx.MockTransport(answer))
    asks = asking(None, client=client)
    assert asks.get("/spend", Amount).amount == Decimal("1.10")
    asks.get("/spend", Amount, [("a[]", "1"), ("a[]", "2")], host="other.example.com")
    assert seen == [
        "https://toys.example.com/spend",
        "https://other.example.com/spend?a%5B%5D=1&a%5B%5D=2",
    ]


@pytest.mark.parametrize(
    ("url", "is_private"),
    [
        ("https://proxy.example.com", True),
        ("http://localhost:4000", True),
        ("http://127.0.0.1:4000", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:4000", True),
        ("http://localhost.example.com", False),
        ("http://127.0.0.1.example.com", False),
        ("http://192.168.1.4", False),
        ("http://0.0.0.0", False),
        ("http://proxy", False),
        ("ftp://localhost.example.com", False),
    ],
)
def test_private_way(url: str, is_private: bool) -> None:
    """Without https only this machine itself is asked."""
    assert is_private_way(url) == is_private


def test_no_proxy_for_plain_http(
    provider: Provider, stranger: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy of the environment never sees what goes to this machine in the open."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, stranger.base)
    monkeypatch.delenv("NO_PROXY", raising=False)
    provider.expect_request("/spend").respond_with_json({"amount": 2})
    assert asking(provider.base).get("/spend", Amount).amount == 2
    assert stranger.calls == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("SSL_CERT_FILE", "/nowhere/at/all.pem"), ("ALL_PROXY", "nonsense://x")],
)
def test_odd_network_settings(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Variables that make no sense are named, and nothing fails in another way."""
    monkeypatch.setenv(name, value)
    assert name in str(refusal(open_client))


def test_no_cookies(provider: Provider) -> None:
    """A cookie of one answer is not sent with the next, of whichever account."""

    def answer(request: Request) -> Response:
        return Response('{"amount": 1}', headers={"Set-Cookie": "who=first; Path=/"})

    provider.expect_request("/spend").respond_with_handler(answer)
    with open_client(timeout=5) as client:
        for _ in range(2):
            asking(provider.base, client=client).get("/spend", Amount)
    assert [each.headers.get("Cookie") for each in provider.calls] == [None, None]


def test_no_redirect_to_itself(provider: Provider) -> None:
    """A redirect ends the call, wherever to."""
    provider.spoil(status(302, Location="/spend"))
    problem = refusal(lambda: asking(provider.base).get("/spend", Amount))
    assert (problem.status, problem.needs_user) == (302, True)
    assert len(provider.calls) == 1


def test_packed_answers(provider: Provider) -> None:
    """Answers may be packed with gzip, which alone is asked for; no others are read."""
    assert open_client().headers["Accept-Encoding"] == "gzip"
    packed = gzip.compress(b'{"amount": 3}')
    provider.expect_oneshot_request("/spend").respond_with_data(
        packed, headers={"Content-Encoding": "gzip"}
    )
    assert asking(provider.base).get("/spend", Amount).amount == 3
    provider.expect_oneshot_request("/spend").respond_with_data(
        packed, headers={"Content-Encoding": "zstd"}
    )
    refusal(lambda: asking(provider.base).get("/spend", Amount))


def test_packed_without_an_end(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What unpacks to more than an answer holds is not kept in memory."""
    monkeypatch.setattr(web, "MOST_BYTES", 1 << 20)
    packed = gzip.compress(b" " * (8 << 20))
    provider.expect_request("/spend").respond_with_data(
        packed, headers={"Content-Encoding": "gzip"}
    )
    problem = refusal(lambda: asking(provider.base).get("/spend", Amount))
    assert "without an end" in str(problem)


def test_drop_by_drop(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that comes drop by drop is given up, though it never stands still."""
    clock = iter(range(0, 100_000, 50))
    monkeypatch.setattr(web.time, "monotonic", lambda: float(next(clock)))
    provider.expect_request("/spend").respond_with_handler(
        lambda request: Response(iter([b"[" * 9000] * 40))
    )
    problem = refusal(lambda: asking(provider.base).get("/spend", Amount))
    assert "too slow" in str(problem)


@pytest.mark.parametrize("shape", [Amount, Sort])
def test_nothing_is_quoted(provider: Provider, shape: type[Any]) -> None:
    """A server that sends the secret back, in any place, does not get it shown."""
    for body in (
        f'{{"amount": "{SECRET}"}}',
        f'{{"sort": "{SECRET}"}}',
        f'{{"{SECRET}": 1}}',
        f'"{SECRET}"',
        SECRET,
    ):
        for content_type in ("application/json", SECRET, f"text/{SECRET}"):
            provider.expect_oneshot_request("/spend").respond_with_data(
                body, headers={"X-Echo": SECRET}, content_type=content_type
            )
            refusal(lambda: asking(provider.base).get("/spend", shape))


@given(st.binary(max_size=200))
def test_any_bytes(body: bytes) -> None:
    """Whatever comes is an amount or an error of ours."""
    with suppress(AccountError):
        assert isinstance(decoded(body, Amount), Amount)


def test_amounts_stay_exact() -> None:
    """Numbers are read digit by digit, whether written as numbers or as text."""
    for body in (b'{"amount": 0.1234567890123456789}', b'{"amount": "0.12"}'):
        assert str(decoded(body, Amount).amount) in ("0.1234567890123456789", "0.12")


def test_all_pages() -> None:
    """Pages are read in order up to the one that names no next."""
    pages = {None: ([1, 2], "a"), "a": ([], "b"), "b": ([3], None)}
    assert all_pages(lambda token: pages[token]) == [1, 2, 3]


@pytest.mark.parametrize(
    "pages",
    [
        {None: ([1], "a"), "a": ([2], "a")},
        {None: ([1], "a"), "a": ([2], "b"), "b": ([3], "a")},
    ],
)
def test_pages_in_a_circle(pages: dict[str | None, Any]) -> None:
    """Pages that name one that was read are an error, not a sum."""
    assert "circle" in str(refusal(lambda: all_pages(lambda token: pages[token])))


def test_pages_without_an_end() -> None:
    """Pages that go on and on are given up."""
    numbers = iter(range(10**6))
    problem = refusal(lambda: all_pages(lambda token: ([1], str(next(numbers))), 50))
    assert "no end" in str(problem)
    assert next(numbers) == 50
