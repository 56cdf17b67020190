"""The config: config.toml and what `cap set` wrote, checked, as frozen dataclasses.

The dataclasses are the schema: a field is a key, its name or type finds its reader.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from tokentui import amounts, paths
from tokentui.environment import key_variable
from tokentui.errors import ConfigError, UsageError
from tokentui.frozen import MISSING, Field, fields, replace
from tokentui.keys import Keys, read_keys
from tokentui.settings import (
    ALERT_RULES,
    SCOPES,
    THEMES,
    WORKLOADS,
    Account,
    Alerts,
    Allowance,
    Cap,
    Channel,
    Claims,
    Config,
    Display,
    Endpoint,
    Eval,
    Guard,
    Machine,
    Match,
    Payer,
    Plan,
    Price,
    Privacy,
    Project,
    ProjectMatch,
    Routes,
    RunBudget,
    SourceSettings,
    Workload,
    WorkloadMatch,
)

_LATER = "sync"
"""Tables of the contract that this version does not act on and so does not accept."""

_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def load(path: Path, state: Path | None = None) -> Config:
    """Return the config of `path`, with what the state folder keeps over its own.

    Those are the caps, accounts and tagged projects that verbs wrote. A missing file
    means defaults.
    Raises: ConfigError.
    """
    config = _read(path)
    return with_stored(config, state) if state else config


def with_stored(config: Config, state: Path) -> Config:
    """Return a config with what verbs wrote to the state folder over its own.

    What `project tag` said of one folder goes before the rules of the file.
    Raises: ConfigError.
    """
    stored = load_caps_file(paths.caps_path(state))
    caps = {cap.name: cap for cap in (*config.caps, *stored)}
    added = load_accounts_file(paths.accounts_path(state))
    accounts = {each.name: each for each in (*config.accounts, *added)}
    check_variables(accounts.values())
    return replace(
        config,
        caps=tuple(caps.values()),
        accounts=tuple(accounts.values()),
        projects=(*load_projects_file(paths.projects_path(state)), *config.projects),
    )


def check_variables(accounts: Iterable[Account]) -> None:
    """Refuse accounts that one environment variable would give the same key.

    Raises: ConfigError.
    """
    named: dict[str, str] = {}
    for account in accounts:
        variable = key_variable(account.name)
        other = named.setdefault(variable, account.name)
        if other != account.name:
            raise ConfigError(
                f"accounts {other} and {account.name} would share the variable"
                f" {variable}; rename one"
            )


def load_caps_file(path: Path) -> tuple[Cap, ...]:
    """Return the caps that `cap set` wrote, if it ever did. Raises: ConfigError."""
    config = _read(path)
    if config != Config(caps=config.caps):
        raise ConfigError(f"{path}: only caps belong here; move the rest to the config")
    return tuple(replace(cap, origin="caps.toml") for cap in config.caps)


def save_caps(path: Path, caps: Iterable[Cap]) -> None:
    """Replace the caps of `path`, wholly or not at all.

    Raises: ConfigError for caps that `load_caps_file` would refuse, OSError.
    """
    text = "\n".join(map(_cap_toml, caps)).encode("utf-8", "surrogatepass")
    _parsed(text)
    paths.write_private(path, text)


def load_accounts_file(path: Path) -> tuple[Account, ...]:
    """Return the accounts that `accounts add` wrote, if any. Raises: ConfigError."""
    config = _read(path)
    if config != Config(accounts=config.accounts):
        raise ConfigError(f"{path}: only accounts belong here")
    return tuple(replace(each, origin="accounts.toml") for each in config.accounts)


def save_accounts(path: Path, accounts: Iterable[Account]) -> None:
    """Replace the accounts of `path`, wholly or not at all.

    Raises: ConfigError for accounts that `load_accounts_file` would refuse, OSError.
    """
    tables = (_table_toml("accounts", account) for account in accounts)
    text = "\n".join(tables).encode("utf-8", "surrogatepass")
    _parsed(text)
    paths.write_private(path, text)


def load_projects_file(path: Path) -> tuple[Project, ...]:
    """Return the projects that `project tag` wrote, if any. Raises: ConfigError."""
    config = _read(path)
    if config != Config(projects=config.projects):
        raise ConfigError(f"{path}: only projects belong here")
    return tuple(replace(each, origin="projects.toml") for each in config.projects)


def save_projects(path: Path, projects: Iterable[Project]) -> None:
    """Replace the projects of `path`, wholly or not at all.

    Raises: ConfigError for projects that `load_projects_file` would refuse, OSError.
    """
    text = "\n".join(_table_toml("projects", project) for project in projects)
    _parsed(text.encode("utf-8", "surrogatepass"))
    paths.write_private(path, text.encode("utf-8", "surrogatepass"))


def account_of(name: str, given: Mapping[str, Any]) -> Account:
    """Make an account of what was given for it, as `[accounts.NAME]` would be read.

    Raises: ConfigError.
    """
    stated = {key: value for key, value in given.items() if value not in (None, False)}
    (account,) = _rows(Account, {name: stated}, "accounts")
    assert isinstance(account, Account)
    return replace(account, origin="accounts.toml")


def check_text(text: bytes) -> None:
    """Refuse what `load` would refuse, given as the text of a file.

    Raises: ConfigError.
    """
    _parsed(text)


def _cap_toml(cap: Cap) -> str:
    return _table_toml(
        "caps", replace(cap, amount=amounts.out_of_unit(cap.amount, cap.unit))
    )


def _table_toml(table: str, row: Cap | Account | Project) -> str:
    """Write a row as a table; its first field is the name, its last the origin."""
    stated = [(key, getattr(row, key.name)) for key in fields(row)[1:-1]]
    lines = [
        f"{key.name.rstrip('_')} = {_toml(value)}"
        for key, value in stated
        if value != key.default
    ]
    return "\n".join([f"[{table}.{_toml(row.name)}]", *lines, ""])


def _toml(value: object) -> str:
    if isinstance(value, str):
        escapes = {code: f"\\u{code:04x}" for code in (*range(32), 34, 92, 127)}
        return f'"{value.translate(escapes)}"'
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, ProjectMatch):
        stated = ((key.name, getattr(value, key.name)) for key in fields(value))
        return f"{{{', '.join(f'{n} = {_toml(v)}' for n, v in stated if v)}}}"
    return format(value, "f") if isinstance(value, Decimal) else str(value).lower()


def _read(path: Path) -> Config:
    try:
        return _parsed(path.read_bytes())
    except FileNotFoundError:
        return Config()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from None
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None


def _parsed(text: bytes) -> Config:
    import tomllib  # 11 ms, only if there is a file

    try:
        raw = tomllib.loads(text.decode("utf-8-sig"), parse_float=Decimal)
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"not UTF-8 text (at line {line})") from None
    except tomllib.TOMLDecodeError as error:
        end = f"at line {len(text.splitlines())}, the end"
        shown = str(error).replace("at end of document", end)
        raise ConfigError(f"not TOML: {shown}") from None
    except (ValueError, ArithmeticError, RecursionError):
        raise ConfigError("a number is too long or a list too deep") from None
    return cast("Config", _filled(Config, raw, ""))


def _filled(make: type[Any], raw: Any, where: str, **given: str) -> Any:
    """Return the dataclass `make` of a table, which errors call `where`."""
    if not isinstance(raw, dict):
        raise _wrong(where, "a table", raw)
    keys = {key.name.rstrip("_"): key for key in fields(make)}
    keys = {name: keys[name] for name in keys if name not in ("name", "origin")}
    for name in raw:
        if name not in keys:
            raise ConfigError(f"{_at(where, name)}: {_unknown(name, keys)}")
    for name, key in keys.items():
        if key.default is MISSING and name not in raw:
            raise ConfigError(f"{where}: {name} is missing")
    values = {keys[n].name: _value(keys[n], raw[n], _at(where, n)) for n in raw}
    return make(**given, **values)


def _value(key: Field[Any], raw: Any, where: str) -> Any:
    kind = str(key.type)
    if kind in _ROWS:
        return _rows(_ROWS[kind], raw, where)
    expected, read = _READERS.get(key.name) or _READERS.get(kind) or ("", None)
    try:
        value = read(raw) if read else _filled(_TABLES[kind], raw, where)
    except UsageError as error:
        raise ConfigError(f"{where}: {error}") from None
    except (ValueError, ArithmeticError, LookupError, OSError, RuntimeError, re.error):
        value = None
    if value is None:
        raise _wrong(where, expected, raw)
    return value


def _rows(make: type[Any], raw: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(raw, dict):
        raise _wrong(where, "tables", raw)
    rows = []
    for name, table in raw.items():
        at = _at(where, name)
        try:
            row = _filled(make, table, at, name=_text(name))
            rows.append(_FINISHED[make](row) if make in _FINISHED else row)
        except UsageError as error:
            raise ConfigError(f"{at}: {error}") from None
    return tuple(rows)


def _in_unit(cap: Cap) -> Cap:
    return replace(cap, amount=amounts.in_unit(Decimal(cap.amount), cap.unit))


def _scored(one: Eval) -> Eval:
    """Return an eval with its score, which is stated once."""
    if (one.score is None) == (one.passed is None):
        raise UsageError("give either score, or passed and tasks")
    if one.tasks == 0 or (one.passed is not None and one.tasks is None):
        raise UsageError("passed goes with tasks, of which there is at least one")
    if one.passed is None or one.tasks is None:
        return one
    if one.passed > one.tasks:
        raise UsageError(f"passed {one.passed} of {one.tasks} tasks")
    return replace(one, score=Decimal(100 * one.passed) / one.tasks)


def _matching(one: Workload) -> Workload:
    """Return a rule on a workload that there is, for sessions that it names."""
    if one.name not in WORKLOADS:
        raise UsageError(f"no such workload; there are: {', '.join(WORKLOADS)}")
    if one.match == WorkloadMatch():
        raise UsageError("match names no sessions")
    return one


def _reached(channel: Channel) -> Channel:
    """Return a channel that has what its kind needs, and no more."""
    needs = "command" if channel.via == "command" else "url"
    if channel.via in ("desktop", "bell", "tmux"):
        needs = ""
    for key in ("url", "command"):
        if bool(getattr(channel, key)) != (key == needs):
            verb = "needs" if key == needs else "takes no"
            raise UsageError(f'via = "{channel.via}" {verb} {key}')
    return channel


def _at(where: str, name: str) -> str:
    shown = name if re.fullmatch("[A-Za-z0-9_-]{1,60}", name) else repr(name)[:60]
    return f"{where}.{shown}" if where else shown


def _wrong(where: str, expected: str, raw: Any) -> ConfigError:
    text = repr(raw) if isinstance(raw, str) else str(raw).lower()
    shape = "a table" if isinstance(raw, dict) else "a list"
    found = shape if isinstance(raw, dict | list) else text[:60]
    return ConfigError(f"{where}: expected {expected}, found {found}")


def _unknown(name: str, known: Iterable[str]) -> str:
    if name in _LATER.split() and "caps" in known:
        return "not known to this version of tokentui"
    from difflib import get_close_matches  # 5 ms, for the message only

    near = get_close_matches(name, known, 1, 0.5)
    hint = f"did you mean {near[0]}?" if near else f"known here: {', '.join(known)}"
    return f"unknown key; {hint}"


def _text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise ValueError
    if not raw.strip() or len(raw) > 1000 or _UNSAFE.search(raw):
        raise UsageError(f"{repr(raw)[:60]} is empty, too long or not printable")
    return raw


def _theme(raw: Any) -> str:
    name = _text(raw)
    if name not in THEMES.split():
        known = ", ".join(THEMES.split())
        raise UsageError(f"no theme {name!r:.60}; there are: {known}")
    return name


def _texts(raw: Any) -> tuple[str, ...] | None:
    return tuple(map(_text, raw if isinstance(raw, list) else [raw])) or None


def _date(raw: Any) -> date:
    return date.fromisoformat(str(raw) if type(raw) is date else _text(raw))


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
    found = re.fullmatch(r"(\d{1,5})(s|m|h)", _text(raw))
    if found is None:
        return None
    return _interval(int(found[1]) * {"s": 1, "m": 60, "h": 3_600}[found[2]])


def _span(raw: Any) -> int | None:
    """Return the seconds of a time such as 90s, 30m, 2h or 7d; 0 is never."""
    if type(raw) is int and raw == 0:
        return 0
    found = re.fullmatch(r"(\d{1,5})(s|m|h|d)", _text(raw))
    if found is None:
        return None
    return int(found[1]) * {"s": 1, "m": 60, "h": 3_600, "d": 86_400}[found[2]]


def _hours(raw: Any) -> tuple[int, int] | None:
    """Return two minutes of the day of a time such as 22:00-07:00."""
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)-([01]?\d|2[0-3]):([0-5]\d)",
                         _text(raw))  # fmt: skip
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
    text = _text(raw)
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


def _one_of(*words: str) -> tuple[str, Callable[[Any], Any]]:
    expected = f"{', '.join(words[:-1])} or {words[-1]}"
    return expected, lambda raw: raw if isinstance(raw, str) and raw in words else None


def _like(pattern: str) -> Callable[[Any], Any]:
    return lambda raw: raw if re.fullmatch(pattern, _text(raw)) else None


_TABLES = {
    made.__name__: made
    for made in (
        Display,
        Keys,
        Match,
        Privacy,
        ProjectMatch,
        Routes,
        Claims,
        Alerts,
        Guard,
        RunBudget,
        WorkloadMatch,
    )
} | {"Machine | None": Machine}
_ROWS = {
    f"tuple[{made.__name__}, ...]": made
    for made in (
        Cap,
        Price,
        SourceSettings,
        Payer,
        Endpoint,
        Plan,
        Project,
        Account,
        Eval,
        Allowance,
        Workload,
        Channel,
    )
}
_FINISHED: dict[type[Any], Callable[[Any], Any]] = {
    Cap: _in_unit,
    Eval: _scored,
    Workload: _matching,
    Channel: _reached,
}
"""What makes of a row as it was read what the program takes it for."""

_DATE = ("a date like 2026-11-20", _date)
_UNITS = "usd|list-usd|tokens|quota:.+"
_TEXT = ("a text", _text)
_SHARE = ("a share from 0 to 1", lambda raw: _number(raw, 1))
_PERCENT = ("percent from 0 to 100", lambda raw: _number(raw, 100))
_MONEY = ("a number from 0 to 1,000,000", lambda raw: _number(raw, 1_000_000))
_SOME = ("a number from 0.1 to 1,000,000", lambda raw: _number(raw, 1_000_000, "0.1"))
_SOME_COUNT = ("a whole number above 0", lambda raw: _count(raw) or None)
_DAY = (
    "a day of the month, 1 to 31",
    lambda raw: raw if type(raw) is int and 1 <= raw <= 31 else None,
)
_READERS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "timezone": ("a zone like Europe/Berlin", lambda raw: ZoneInfo(_text(raw)).key),
    "ticket": ("a regular expression", lambda raw: re.compile(_text(raw)).pattern),
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
    "KeyList": ("a key like e, ctrl+e or f2, or a list of keys", read_keys),
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
