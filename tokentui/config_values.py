"""How each value of the config is read: what is expected, and what it becomes."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tokentui import amounts
from tokentui.errors import UsageError
from tokentui.settings import ALERT_RULES, SCOPES, THEMES

Reader = Callable[[Any], Any]
"""Gives the value, or `None` for one that is not as expected.

It may raise UsageError, which says more, or what a conversion raises.
"""

_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(raw: Any) -> str:
    """Return a text that can be shown; what is no text raises ValueError."""
    if not isinstance(raw, str):
        raise ValueError
    if not raw.strip() or len(raw) > 1000 or _UNSAFE.search(raw):
        raise UsageError(f"{repr(raw)[:60]} is empty, too long or not printable")
    return raw


def _keys(raw: Any) -> tuple[str, ...] | None:
    from tokentui.keys import read_keys  # 2 ms, only if some are set

    return read_keys(raw)


def _theme(raw: Any) -> str:
    name = printable(raw)
    if name not in THEMES.split():
        known = ", ".join(THEMES.split())
        raise UsageError(f"no theme {name!r:.60}; there are: {known}")
    return name


def _texts(raw: Any) -> tuple[str, ...] | None:
    return tuple(map(printable, raw if isinstance(raw, list) else [raw])) or None


def _date(raw: Any) -> date:
    return date.fromisoformat(str(raw) if type(raw) is date else printable(raw))


def _number(raw: Any, most: int, least: str = "0") -> Decimal | None:
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal):
        return None
    number = Decimal(raw)
    fine = number == 0 or number.adjusted() >= -12
    return number if fine and Decimal(least) <= number <= most else None


def _count(raw: Any) -> int | None:
    return raw if type(raw) is int and 0 <= raw <= 10**12 else None


def _interval(raw: Any) -> int | None:
    """Return the seconds of a time between polls."""
    if type(raw) is int:
        return raw if 60 <= raw <= 86_400 else None
    found = re.fullmatch(r"(\d{1,5})(s|m|h)", printable(raw))
    if found is None:
        return None
    return _interval(int(found[1]) * {"s": 1, "m": 60, "h": 3_600}[found[2]])


def _span(raw: Any) -> int | None:
    """Return the seconds of a time such as 90s, 30m, 2h or 7d; 0 is never."""
    if type(raw) is int and raw == 0:
        return 0
    found = re.fullmatch(r"(\d{1,5})(s|m|h|d)", printable(raw))
    if found is None:
        return None
    return int(found[1]) * {"s": 1, "m": 60, "h": 3_600, "d": 86_400}[found[2]]


def _hours(raw: Any) -> tuple[int, int] | None:
    """Return two minutes of the day of a time such as 22:00-07:00."""
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)-([01]?\d|2[0-3]):([0-5]\d)",
                         printable(raw))  # fmt: skip
    if found is None:
        return None
    since, until = (int(found[n]) * 60 + int(found[n + 1]) for n in (1, 3))
    return (since, until) if since != until else None


def _rule_names(raw: Any) -> tuple[str, ...] | None:
    names = _texts(raw)
    for name in names or ():
        if name not in ALERT_RULES:
            known = ", ".join(ALERT_RULES)
            raise UsageError(f"no rule {name:.40}; there are: {known}")
    return names


def _percents(raw: Any) -> tuple[Decimal, ...] | None:
    listed = raw if isinstance(raw, list) else [raw]
    numbers = [_number(each, 1_000, "0.1") for each in listed]
    if any(each is None for each in numbers):
        return None
    return tuple(sorted({each for each in numbers if each is not None}))


def _url(raw: Any) -> str | None:
    """Return the URL of a server and a path there, without a user and his password."""
    text = printable(raw)
    if "@" in text:
        raise UsageError("a URL with a user or password does not belong here")
    from urllib.parse import urlsplit  # 3 ms, only if there is a URL

    parts = urlsplit(text)
    is_plain = parts.scheme in ("http", "https") and not re.search(r"[\s?#\\]", text)
    return text if is_plain and parts.hostname and parts.port != 0 else None


def _hook(raw: Any) -> str:
    """Return a URL whose path may be a secret, which no error quotes."""
    with suppress(UsageError, ValueError):
        if url := _url(raw):
            return url
    raise UsageError("this is no URL such as https://host/path, without a user in it")


def _one_of(*words: str) -> tuple[str, Reader]:
    expected = f"{', '.join(words[:-1])} or {words[-1]}"
    return expected, lambda raw: raw if isinstance(raw, str) and raw in words else None


def _like(pattern: str) -> Reader:
    return lambda raw: raw if re.fullmatch(pattern, printable(raw)) else None


_DATE = ("a date like 2026-11-20", _date)
_UNITS = "usd|list-usd|tokens|quota:.+"
_TEXT = ("a text", printable)
_SHARE = ("a share from 0 to 1", lambda raw: _number(raw, 1))
_PERCENT = ("percent from 0 to 100", lambda raw: _number(raw, 100))
_MONEY = ("a number from 0 to 1,000,000", lambda raw: _number(raw, 1_000_000))
_SOME = ("a number from 0.1 to 1,000,000", lambda raw: _number(raw, 1_000_000, "0.1"))
_SOME_COUNT = ("a whole number above 0", lambda raw: _count(raw) or None)
_DAY = (
    "a day of the month, 1 to 31",
    lambda raw: raw if type(raw) is int and 1 <= raw <= 31 else None,
)
READERS: dict[str, tuple[str, Reader]] = {
    "timezone": ("a zone like Europe/Berlin", lambda raw: ZoneInfo(printable(raw)).key),
    "ticket": ("a regular expression", lambda raw: re.compile(printable(raw)).pattern),
    "amount": ("a number above 0", lambda raw: _number(raw, amounts.MOST, "1e-9")),
    "per": _one_of("day", "week", "month", "quarter", "year"),
    "unit": ("usd, list-usd, tokens or quota:NAME", _like(_UNITS)),
    "each": _one_of(*SCOPES),
    "starts": _DAY,
    "renews": _DAY,
    "warn": _SHARE,
    "discount": _SHARE,
    "share": _SHARE,
    "work_share": _SHARE,
    "plan_share": _SHARE,
    "markup": ("a share such as 0.1", lambda raw: _number(raw, 10)),
    "rate": _one_of("claim-date", "per-day"),
    "rates_url": ("a URL", _url),
    "paid_by": _one_of("me", "employer", "client"),
    "kind": _one_of("work", "personal", "client"),
    "base_url": ("a URL", _url),
    "kind_": ("a kind of account, as `accounts kinds` lists", _like("[a-z0-9-]+")),
    "interval": ("a time like 15m or 1h, at least 1m", _interval),
    "currency": ("a code like USD", _like("[A-Z]{3}")),
    "score": _PERCENT,
    "min_quality": _PERCENT,
    "cache_share": _SHARE,
    "tokens_per_second": _SOME,
    "years": _SOME,
    "projects": _one_of("show", "alias", "hide"),
    "at_warn": _one_of("tell", "ask"),
    "fail": _one_of("open", "closed"),
    "wrap_up": _SHARE,
    "usd": ("a number above 0", lambda raw: _number(raw, 1_000_000, "1e-9")),
    "tokens": _SOME_COUNT,
    "retries": _SOME_COUNT,
    "tool_calls": _SOME_COUNT,
    "minutes": _SOME_COUNT,
    "bool": ("true or false", lambda raw: raw if isinstance(raw, bool) else None),
    "KeyList": ("a key like e, ctrl+e or f2, or a list of keys", _keys),
    "ThemeName | None": ("a text", _theme),
    "str": _TEXT,
    "str | None": _TEXT,
    "Globs": ("a text or a list of texts", _texts),
    "tuple[str, ...]": ("a text or a list of texts", _texts),
    "via": _one_of(
        "desktop", "bell", "tmux", "ntfy", "webhook", "slack", "discord", "command"
    ),
    "url": ("a URL", _hook),
    "RuleNames": ("a rule or a list of rules", _rule_names),
    "Span": ("a time like 30m or 7d, or 0 for never", _span),
    "Hours | None": ("hours like 22:00-07:00", _hours),
    "Percents": ("a list of percents like [50, 80, 100]", _percents),
    "Decimal": _MONEY,
    "Decimal | None": _MONEY,
    "int": _SOME_COUNT,
    "int | None": ("a whole number", lambda raw: _count(raw)),
    "date": _DATE,
    "date | None": _DATE,
}
