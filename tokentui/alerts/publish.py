"""Alerts over HTTP: ntfy, Slack, Discord, and whoever takes JSON."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from tokentui.alerts.message import Message
from tokentui.environment import key_variable
from tokentui.errors import TokentuiError
from tokentui.settings import Channel

TIMEOUT_SECONDS = 15.0
MOST_OF_DISCORD = 2_000
HIGH, USUAL = 5, 3
"""Priorities of ntfy (https://docs.ntfy.sh/publish/, read 2026-11-22)."""

SLACK_OBEYS = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def ntfy(channel: Channel, message: Message) -> None:
    """Publish to a topic, which is the last part of the URL.

    As JSON to the server: what is not ASCII cannot stand in headers.
    """
    server, _, topic = (channel.url or "").rstrip("/").rpartition("/")
    document = {
        "topic": topic,
        "title": message.title,
        "message": message.line,
        "priority": HIGH if message.is_urgent else USUAL,
        "tags": [message.rule],
    }
    post(channel, server, document)


def webhook(channel: Channel, message: Message) -> None:
    """Post the alert as it is."""
    post(channel, channel.url or "", message.document())


def slack(channel: Channel, message: Message) -> None:
    """Post to an incoming webhook of Slack; nobody is called by a name in it."""
    text = f"{message.title}: {message.line}".translate(SLACK_OBEYS)
    post(channel, channel.url or "", {"text": text})


def discord(channel: Channel, message: Message) -> None:
    """Post to a webhook of Discord; nobody is called by a name in it."""
    text = f"{message.title}: {message.line}"[:MOST_OF_DISCORD]
    nobody: Mapping[str, list[str]] = {"parse": []}
    document = {"content": text, "allowed_mentions": nobody}
    post(channel, channel.url or "", document)


def post(channel: Channel, url: str, document: Mapping[str, Any]) -> None:
    """Post JSON, with the token in the channel's environment variable if it is set.

    Raises:
        TokentuiError: It was not taken. The path of the URL may be a secret, so that
            only its host is named.
    """
    import httpx

    from tokentui.accounts.web import is_private_way, open_client

    host = urlsplit(url).hostname
    headers = {}
    token = os.environ.get(key_variable(channel.name))
    if token:
        if not is_private_way(url):
            raise TokentuiError(f"{host}: a token is sent over https only")
        headers["Authorization"] = f"Bearer {token}"
    try:
        with (
            open_client(timeout=TIMEOUT_SECONDS) as client,
            client.stream("POST", url, json=document, headers=headers) as answer,
        ):
            status = answer.status_code  # the rest may have no end
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise TokentuiError(f"{host}: {type(error).__name__}") from None
    if not 200 <= status < 300:
        raise TokentuiError(f"{host}: HTTP {status}")
