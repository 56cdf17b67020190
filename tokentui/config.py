"""The config: config.toml and what `cap set` wrote, checked, as frozen dataclasses.

One schema (`_CONFIG`) says which tables and keys there are and how each value is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from tokentui import amounts, paths, periods
from tokentui.errors import ConfigError, UsageError

SCOPES = ("source", "provider", "payer", "client", "project", "model", "label")
"""What a cap can be narrowed to, or with `not_` before it to all others."""

_LATER = "accounts projects alerts guard claims allowances routes sync".split()
"""Tables of the contract that this version does not act on, so does not accept."""

_MOST_DECIMALS = 12
_Globs = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cap:
    """A limit the user set himself; `hard` stops work, `warn` is a share of it.

    `amount` is nano-dollars (unit `usd`, `list-usd`), tokens, or percent as a Decimal
    (`quota:NAME`). An empty scope means all; globs are allowed.
    """

    name: str
    amount: int | Decimal
    per: str
    unit: str = "usd"
    starts: int = 1
    hard: bool = False
    warn: Decimal = Decimal("0.8")
    source: _Globs = ()
    provider: _Globs = ()
    payer: _Globs = ()
    client: _Globs = ()
    project: _Globs = ()
    model: _Globs = ()
    label: _Globs = ()
    not_source: _Globs = ()
    not_provider: _Globs = ()
    not_payer: _Globs = ()
    not_client: _Globs = ()
    not_project: _Globs = ()
    not_model: _Globs = ()
    not_label: _Globs = ()
    each: str | None = None
    carry: bool = False
    spread: bool = False
    origin: str = "config.toml"


@dataclass(frozen=True, slots=True)
class Match:
    """What usage a payer pays: every key that is given must match one of its globs."""

    source: _Globs = ()
    config_folder: _Globs = ()
    key: _Globs = ()
    project: _Globs = ()
    account: _Globs = ()


@dataclass(frozen=True, slots=True)
class Payer:
    """Whose money it is; `discount` is the share taken off list prices, 0 to 1."""

    name: str
    paid_by: str = "me"
    match: Match = Match()
    discount: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Who serves a base URL, from the local day `since` until before `until`."""

    name: str
    base_url: str
    provider: str
    since: date | None = None
    until: date | None = None
    project: _Globs = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """A flat plan: `fee` in `currency`, due on day `renews` of each month (1 to 31)."""

    name: str
    provider: str
    fee: Decimal
    renews: int
    currency: str = "USD"


@dataclass(frozen=True, slots=True)
class Price:
    """The user's own rates in dollars per million tokens; None is not stated."""

    model: str
    input: Decimal | None = None
    cache_read: Decimal | None = None
    cache_write: Decimal | None = None
    cache_write_1h: Decimal | None = None
    output: Decimal | None = None
    since: date | None = None


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """Whether a source is read, and from which places instead of its usual ones."""

    name: str
    enabled: bool = True
    paths: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Display:
    """How things look: the pattern of a ticket in a branch, the theme's name."""

    ticket: str = "[A-Z]+-[0-9]+"
    theme: str | None = None


@dataclass(frozen=True, slots=True)
class Privacy:
    """What every face shows of project names: `show`, `alias` or `hide`."""

    projects: str = "show"


@dataclass(frozen=True, slots=True)
class Config:
    """All that the user set; rows keep the order of the file."""

    timezone: str | None = None
    caps: tuple[Cap, ...] = ()
    prices: tuple[Price, ...] = ()
    sources: tuple[SourceSettings, ...] = ()
    payers: tuple[Payer, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    plans: tuple[Plan, ...] = ()
    display: Display = field(default=Display())
    privacy: Privacy = field(default=Privacy())
