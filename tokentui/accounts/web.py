"""Ask a provider over HTTPS, with a secret that is bound to the account's hosts."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import contextmanager
from copy import copy
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from tokentui import __version__
from tokentui.errors import AccountError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

Shape = TypeVar("Shape")
Params = Iterable[tuple[str, str]]

MOST_BYTES = 64 << 20
"""What an answer may hold; the largest known export has some tens of megabytes."""

TIMEOUT_SECONDS = 30.0
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
        return self._ask("GET", path, shape, params, host, headers or {}, None)

    def post(
        self,
        path: str,
        shape: type[Shape],
        body: object,
        *,
        host: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Shape:
        """Ask with a JSON body, for those who take a question no other way.

        Raises:
            AccountError: As for `get`.
        """
        return self._ask("POST", path, shape, (), host, headers or {}, body)

    def _ask(
        self,
        method: str,
        path: str,
        shape: type[Shape],
        params: Params,
        host: str | None,
        headers: Mapping[str, str],
        body: object,
    ) -> Shape:
        call = f"{method} {path}"
        if not any(read.fullmatch(call) for read in self._reads):
            raise ValueError(f"{call} is not among what this account may read")
        url = self._url(host or self._hosts[0]) + path
        with explained(url):
            request = self._client.build_request(
                method,
                url,
                params=list(params) or None,
                json=body,
                headers={"User-Agent": USER_AGENT, **self._headers, **headers},
            )
            answer = self._client.send(request, stream=True, follow_redirects=False)
            try:
                check_status(answer)
                text = whole(answer)
            finally:
                answer.close()
        return decoded(text, shape, answer.headers.get("content-type", ""))

    def _url(self, host: str) -> str:
        if host not in self._hosts:
            raise ValueError(f"{host} is not a host of this account")
        base = (self._base_url or f"https://{host}").rstrip("/")
        if not is_private_way(base):
            raise AccountError(
                f"{base} is not https: the key would be sent in the open;"
                " plain http is for this machine only"
            )
        return base


def open_client(transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """Make the client that all accounts of a poll share; it keeps no cookies."""
    import httpx  # 60 ms, for those who poll

    return httpx.Client(transport=transport, timeout=TIMEOUT_SECONDS, cookies=None)


def pattern(read: str) -> str:
    """Write an allowed call as a regular expression; `*` is one part of a path."""
    return "[^/]+".join(map(re.escape, read.split("*")))


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
        raise AccountError(f"{host} did not answer in time") from None
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        kind = type(error).__name__
        raise AccountError(f"{host} cannot be reached ({kind})") from None


def check_status(answer: httpx.Response) -> None:
    """Refuse every answer that is not a plain success.

    Raises:
        AccountError: Says what the status means here; never quotes the body.
    """
    status = answer.status_code
    host = answer.request.url.host
    if 200 <= status < 300:
        return
    if status == 401:
        raise AccountError(
            f"{host} refuses the key (401): it is wrong, expired or revoked",
            needs_user=True,
            status=status,
        )
    if status == 403:
        raise AccountError(
            f"{host} does not let this key read that (403)",
            needs_user=True,
            status=status,
        )
    if 300 <= status < 400:
        raise AccountError(
            f"{host} sends elsewhere ({status}); a key is never sent after a redirect",
            needs_user=True,
        )
    retry = retry_after(answer.headers.get("retry-after"), datetime.now(UTC))
    if status == 429:
        raise AccountError(
            f"{host} wants fewer questions (429)", retry_seconds=retry, status=status
        )
    raise AccountError(f"{host} answered {status}", retry_seconds=retry, status=status)


def retry_after(text: str | None, now: datetime) -> float | None:
    """Read a `Retry-After` header, seconds or a date, as seconds from now."""
    if text is None:
        return None
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text.strip()):
        return float(text)
    from email.utils import parsedate_to_datetime

    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - now).total_seconds())


def whole(answer: httpx.Response) -> bytes:
    """Read all of an answer, up to what is sane."""
    text = bytearray()
    for part in answer.iter_bytes():
        text += part
        if len(text) > MOST_BYTES:
            raise AccountError(f"{answer.request.url.host} answers without an end")
    return bytes(text)


def decoded(text: bytes, shape: type[Shape], content_type: str = "") -> Shape:
    """Read JSON as a shape; numbers become exact where the shape says `Decimal`.

    Raises:
        AccountError: It is no JSON, or has another shape; says where.
    """
    try:
        return msgspec.json.decode(text, type=shape, strict=False)
    except msgspec.ValidationError as error:
        raise AccountError(
            f"the answer has another shape than known ({error});"
            " a newer tokentui may know it"
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        kind = content_type.partition(";")[0].strip() or "something"
        shown = kind if re.fullmatch(r"[\w/+.-]{1,40}", kind) else "something"
        raise AccountError(f"the answer is {shown} that is no JSON") from None


def all_pages(
    read: Callable[[str | None], tuple[list[Any], str | None]], most: int = 1000
) -> list[Any]:
    """Collect what pages hold; `read` takes a page's token, gives rows and the next.

    Raises:
        AccountError: The pages have no end, or name one that was read before.
    """
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
