"""`tokentui doctor --network`: all hosts that this setting would have us ask."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tokentui.cli.output import show, show_json, tell
from tokentui.environment import key_variable
from tokentui.setting import Setting
from tokentui.settings import Account, Channel, Claims

OF_ACCOUNTS = (
    "refresh --accounts",
    "accounts add",
    "accounts test",
    "watch",
    "tokentui",
)
OF_CHANNELS = ("watch", "alerts test")
OF_RATES = ("fx refresh",)
"""The verbs that ask; `tokentui` alone is the dashboard. No other verb asks anybody."""


class Asked(NamedTuple):
    """A host that is asked, what for and by which verbs.

    The host is `None` where a program of the user's sends, if it does. `has_key`: the
    question carries a key, a login or a token.
    """

    host: str | None
    purpose: str
    verbs: tuple[str, ...]
    has_key: bool


def show_network(here: Setting, *, as_json: bool) -> None:
    """Name the hosts, for people or as one document."""
    found = [
        *(asked for account in here.config.accounts for asked in by_account(account)),
        by_rates(here.config.claims),
        *(asked for each in here.config.alerts.channels for asked in by_channel(each)),
    ]
    proxy = proxy_host()
    if as_json:
        rows = [shape_of(each) for each in found]
        show_json({"kind": "network", "rows": rows, "proxy": proxy})
        return
    for each in found:
        tell(each.host or "whatever a program of yours asks")
        tell(f"  for {each.purpose}, with{'' if each.has_key else 'out'} a key")
        tell(f"  asked by {', '.join(each.verbs)}")
    if proxy:
        tell(f"https goes through the proxy {proxy}, as this machine's settings say")
    show("no other host is asked, and none by any other verb")


def by_account(account: Account) -> Iterator[Asked]:
    """Name the hosts of an account; `base_url` takes the place of all."""
    from tokentui.accounts.credentials import known_kind

    hosts: tuple[str, ...] = known_kind(account).hosts
    if account.base_url:
        hosts = (urlsplit(account.base_url).netloc,)
    purpose = f"account {account.name} ({account.kind_})"
    for host in hosts:
        yield Asked(host, purpose, OF_ACCOUNTS, has_key=True)


def by_rates(claims: Claims) -> Asked:
    """Name the host of exchange rates."""
    from tokentui.accounts.ecb import HOST

    host = urlsplit(claims.rates_url).netloc if claims.rates_url else HOST
    return Asked(host, "exchange rates", OF_RATES, has_key=False)


def by_channel(channel: Channel) -> Iterator[Asked]:
    """Name the host of a channel of alerts that has one, or whose program may."""
    purpose = f"alerts on channel {channel.name} ({channel.via})"
    if channel.url:
        # The address of a chat's hook is its key.
        has_key = channel.via in ("slack", "discord") or bool(
            os.environ.get(key_variable(channel.name))
        )
        yield Asked(urlsplit(channel.url).netloc, purpose, OF_CHANNELS, has_key)
    elif channel.command:
        yield Asked(None, purpose, OF_CHANNELS, has_key=False)


def proxy_host() -> str | None:
    """Name the proxy that https goes through here, without a user and password."""
    from urllib.request import getproxies  # 30 ms; what httpx asks, too

    proxies = getproxies()
    url = proxies.get("https") or proxies.get("all")
    if not url:
        return None
    return urlsplit(url if "://" in url else f"http://{url}").netloc.rpartition("@")[2]


def shape_of(asked: Asked) -> dict[str, Any]:
    """Give a host as JSON."""
    return {
        "host": asked.host,
        "for": asked.purpose,
        "verbs": list(asked.verbs),
        "key": asked.has_key,
    }
