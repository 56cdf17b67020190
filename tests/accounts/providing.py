"""Stand-in providers: real HTTP on loopback, and how they may fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Event

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

Fault = Callable[[Request, Response], Response]
"""Takes a call and its proper answer; gives the answer that comes instead."""


class Provider(HTTPServer):
    """A provider whose answers a test may spoil, all of them or one by its number."""

    def __init__(self) -> None:
        super().__init__(host="127.0.0.1", threaded=True)
        self.fault: Fault | None = None
        self.only: int | None = None
        self.calls: list[Request] = []
        self.patience = Event()

    def dispatch(self, request: Request) -> Response:
        """Answer a call, properly or with the fault."""
        answer = super().dispatch(request)
        number = len(self.calls)
        self.calls.append(request)
        if self.fault is not None and self.only in (None, number):
            return self.fault(request, answer)
        return answer

    def spoil(self, fault: Fault | None, only: int | None = None) -> None:
        """Answer from now on with a fault, or only the call of that number."""
        self.fault, self.only = fault, only
        self.calls = []

    def clear(self) -> None:
        """Be as new for the next test."""
        super().clear()
        self.spoil(None)
        self.patience.clear()

    @property
    def base(self) -> str:
        """Its URL, as `base_url` wants it."""
        return str(self.url_for("")).rstrip("/")


def status(code: int, text: str = "", **headers: str) -> Fault:
    """Answer with a status; the text is the body."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request, answer: Response(text, code, named)


def page(code: int) -> Fault:
    """Answer with a web page, as proxies and logins do."""
    html = "<!doctype html><html><body>Please log in</body></html>"
    return lambda request, answer: Response(html, code, content_type="text/html")


def json_text(text: str) -> Fault:
    """Answer with some JSON and success."""
    return lambda request, answer: Response(text, content_type="application/json")


def cut_short(request: Request, answer: Response) -> Response:
    """Send half of the answer as if it were all."""
    body = answer.get_data()
    return Response(body[: len(body) // 2], content_type="application/json")


def endless(request: Request, answer: Response) -> Response:
    """Send without an end."""

    def parts() -> Iterator[bytes]:
        while True:
            yield b"[" * 8192

    return Response(parts(), content_type="application/json")


def silence(provider: Provider) -> Fault:
    """Send nothing until the test is over."""

    def wait(request: Request, answer: Response) -> Response:
        provider.patience.wait(60)
        return answer

    return wait


def echo(request: Request, answer: Response) -> Response:
    """Send all headers back, as some do when they complain, in every place."""
    text = " ".join(request.headers.get("Authorization", "").split()[1:]) or "none"
    keys = [v for k, v in request.headers.items() if "key" in k.lower()]
    seen = (keys or [text])[0]
    return Response(
        f'{{"error": {{"message": "wrong key {seen}", "code": "{seen}"}}}}',
        400,
        {"X-Seen": seen, "Content-Type": "application/json"},
    )
