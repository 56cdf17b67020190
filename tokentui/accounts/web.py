"""Ask a provider over HTTPS, with a secret that is bound to the account's hosts."""

from __future__ import annotations

import ipaddress
import re
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import contextmanager
from copy import copy
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from tokentui import __version__
from tokentui.errors import AccountError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

Shape = TypeVar("Shape")
Params = Iterable[tuple[str, str]]

MOST_BYTES = 64 << 20
"""What an answer may hold; the largest known export has some tens of megabytes."""

GONE = 410
TIMEOUT_SECONDS = 30.0
MOST_SECONDS = 120.0
"""How long a server may be silent, and how long a whole answer may take."""

PART = r"(?!\.{1,2}(?:/|$))(?:[A-Za-z0-9._~@:+=,-]|%(?!2[EeFf]|5[Cc])[0-9A-Fa-f]{2})+"
"""One part of a path: nothing that ends it, and nothing that climbs out of it."""

USER_AGENT = f"tokentui/{__version__} (https://github.com/tokentui/tokentui)"


class Web:
    """Makes the calls of one account: only those it may, only to its own hosts.

    `base_url` takes the place of every host. A call follows no redirect.
    """

    def __init__(
        self,
        client: httpx.Client,
        hosts: tuple[str, ...],
        reads: tuple[str, ...],
        headers: Mapping[str, str],
        base_url: str | None = None,
    ) -> None:
        self._client = client
        self._hosts = hosts
        self._reads = [re.compile(pattern(read)) for read in reads]
        self._headers = headers
        self._base_url = base_url

    def signed(self, headers: Mapping[str, str]) -> Web:
        """Make the same calls with the headers of a session in place of the secret."""
        made = copy(self)
        made._headers = {**self._headers, **headers}
        return made

    def get(
        self,
        path: str,
        shape: type[Shape],
        params: Params = (),
        *,
        host: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Shape:
        """Read what a path holds, as a shape.

        Raises:
            AccountError: No answer of that shape came; says why and what to do.
        """
        text, kind = self._ask("GET", path, params, host, headers or {}, None)
        return decoded(text, shape, kind)

    def read(self, path: str) -> bytes:
        """Read what a path holds, as it is.

        Raises:
            AccountError: No answer came; says why and what to do.
        """
        return self._ask("GET", path, (), None, {}, None)[0]

    def post(self, path: str, shape: type[Shape], body: object) -> Shape:
        """Ask with a JSON body, for those who take a question no other way.

        Raises:
            AccountError: As for `get`.
        """
        text, kind = self._ask("POST", path, (), None, {}, body)
        return decoded(text, shape, kind)

    def _ask(
        self,
        method: str,
        path: str,
        params: Params,
        host: str | None,
        headers: Mapping[str, str],
        body: object,
    ) -> tuple[bytes, str]:
        """Give an answer's text, and what kind of text the server says it is."""
        call = f"{method} {path}"
        if not any(read.fullmatch(call) for read in self._reads):
            raise AccountError(
                "a call that is not among those allowed: is `user` or `team` right?",
                needs_user=True,
            )
        url = self._url(host or self._hosts[0]) + path
        with explained(url):
            request = self._client.build_request(
                method,
                url,
                params=list(params) or None,
                json=body,
                headers={**self._headers, **headers},
            )
            answer = self._client.send(request, stream=True, follow_redirects=False)
            try:
                check_status(answer)
                text = whole(answer)
            finally:
                answer.close()
        return text, answer.headers.get("content-type", "")

    def _url(self, host: str) -> str:
        if host not in self._hosts:
            raise ValueError(f"{host} is not a host of this account")
        base = (self._base_url or f"https://{host}").rstrip("/")
        if not is_private_way(base):
            raise AccountError(
                f"{urlsplit(base).hostname} is not asked: without https the key would"
                " be sent in the open; plain http is for this machine only",
                needs_user=True,
            )
        return base


def open_client(
    transport: httpx.BaseTransport | None = None, timeout: float = TIMEOUT_SECONDS
) -> httpx.Client:
    """Make the client that all accounts of a poll share.

    It keeps no cookies, which would mix up accounts of one host, follows no redirect,
    and sends plain http, which is for this machine, through no proxy.

    Raises:
        AccountError: The settings of this machine's network make no sense.
    """
    from http.cookiejar import CookieJar, DefaultCookiePolicy

    import httpx  # 60 ms, for those who poll

    try:
        return httpx.Client(
            transport=transport,
            timeout=timeout,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            # Others unpack a few bytes into gigabytes before anyone can look.
            headers={"Accept-Encoding": "gzip", "User-Agent": USER_AGENT},
            mounts={"http://": None},
        )
    except (OSError, ValueError, ImportError) as error:
        raise AccountError(
            f"the network cannot be used ({type(error).__name__}): look at the"
            " variables HTTPS_PROXY, ALL_PROXY and SSL_CERT_FILE"
        ) from None


def pattern(read: str) -> str:
    """Write an allowed call as a regular expression; `*` is one part of a path."""
    return PART.join(map(re.escape, read.split("*")))


def is_private_way(url: str) -> bool:
    """Claim that what is sent to a URL stays between this machine and the host."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        return True
    host = parts.hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@contextmanager
def explained(url: str) -> Iterator[None]:
    """Say of the network's errors inside what a person can do about them."""
    import httpx

    host = urlsplit(url).hostname
    try:
        yield
    except httpx.TimeoutException:
        raise UnreachableError(
            f"{host} did not answer in time; it is asked again later"
        ) from None
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            text = f"{host} shows a certificate that is not trusted; nothing was sent"
            raise UnreachableError(f"{text}: is a proxy in between?") from None
        kind = type(error).__name__
        raise UnreachableError(
            f"{host} cannot be reached ({kind}); is this machine online?"
        ) from None


ADVICE = {
    401: "refuses the key (401): it is wrong, expired or revoked; give another one",
    403: "does not let this key read that (403); `tokentui accounts kinds` says which"
    " key can",
    404: "does not know this question (404): is `base_url` right?",
    429: "wants fewer questions (429); it is asked again later",
}
"""What a status means here and what to do about it."""


def check_status(answer: httpx.Response) -> None:
    """Refuse every answer that is not a plain success.

    Raises:
        AccountError: Says what the status means here; never quotes the body.
    """
    status = answer.status_code
    if 200 <= status < 300:
        return
    retry_seconds = asked_to_wait(answer)
    # GitHub and others throttle with 403, told by the time they name.
    meaning = 429 if status == 403 and retry_seconds is not None else status
    text = ADVICE.get(meaning, f"answered {status}; it is asked again later")
    if 300 <= status < 400:
        text = (
            f"sends elsewhere ({status}), where a key is never sent after it:"
            " is `base_url` right?"
        )
    raise AccountError(
        f"{answer.request.url.host} {text}",
        needs_user=300 <= status < 400 or meaning in (401, 403),
        retry_seconds=retry_seconds,
        status=status,
    )


def asked_to_wait(answer: httpx.Response) -> float | None:
    """Give for how many seconds an answer wants no further question, if it says so.

    A date counts from the server's own, whatever this machine's clock says.
    """
    sent = http_date(answer.headers.get("date", "")) or datetime.now(UTC)
    return retry_after(answer.headers.get("retry-after"), sent)


def retry_after(text: str | None, now: datetime) -> float | None:
    """Read a `Retry-After` header, seconds or a date, as seconds from now."""
    text = (text or "").strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text):
        return float(text)
    when = http_date(text)
    return None if when is None else max(0.0, (when - now).total_seconds())


def http_date(text: str) -> datetime | None:
    """Read a date as mail and HTTP write it; `None` if it is none."""
    from email.utils import parsedate_to_datetime

    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def whole(answer: httpx.Response) -> bytes:
    """Read all of an answer, up to what is sane."""
    host = answer.request.url.host
    if answer.headers.get("content-encoding", "identity") not in ("identity", "gzip"):
        raise AccountError(f"{host} packs its answer as it was not asked to")
    text = bytearray()
    until = time.monotonic() + MOST_SECONDS
    for part in answer.iter_bytes():
        text += part
        if len(text) > MOST_BYTES:
            raise AccountError(f"{host} answers without an end; is `base_url` right?")
        if time.monotonic() > until:
            raise AccountError(f"{host} is too slow; it is asked again later")
    return bytes(text)


def decoded(text: bytes, shape: type[Shape], content_type: str = "") -> Shape:
    """Read JSON as a shape; numbers become exact where the shape says `Decimal`.

    Raises:
        AccountError: It is no JSON, or has another shape; says where, quotes nothing.
    """
    try:
        return msgspec.json.decode(text, type=shape, strict=False)
    except msgspec.ValidationError as error:
        raise AccountError(
            f"the answer has another shape than known ({unquoted(str(error))});"
            " a newer tokentui may know it"
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        kind = "a web page" if "html" in content_type.lower() else "cut short or odd"
        raise AccountError(
            f"the answer is no JSON but {kind}: is a proxy or a login in between?"
        ) from None


def unquoted(problem: str) -> str:
    """Leave out of msgspec's words all but where it is, if they quote the answer."""
    if "'" not in problem:
        return problem
    place = re.search(r"at `(\$[^`]*)`$", problem)
    return f"at {place[1]}" if place else "somewhere"


def all_pages(
    read: Callable[[str | None], tuple[list[Any], str | None]], most: int = 1000
) -> list[Any]:
    """Collect what pages hold; `read` takes a page's token, gives rows and the next.

    Tokens may expire on the way (410); then all is read again, once.

    Raises:
        AccountError: The pages have no end, or name one that was read before.
    """
    try:
        return walk(read, most)
    except AccountError as problem:
        if problem.status != GONE:
            raise
    return walk(read, most)


def walk(
    read: Callable[[str | None], tuple[list[Any], str | None]], most: int
) -> list[Any]:
    """Read page after page, from the first to the last."""
    rows: list[Any] = []
    token: str | None = None
    seen: set[str | None] = {None}
    for _ in range(most):
        page, token = read(token)
        rows += page
        if token is None:
            return rows
        if token in seen:
            raise AccountError("the answer's pages go round in a circle")
        seen.add(token)
    raise AccountError("the answer's pages have no end")
