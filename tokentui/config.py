"""The config: a file of it, checked, as frozen dataclasses.

The dataclasses are the schema: a field is a key, its name or type finds its reader.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from tokentui import amounts
from tokentui.config_values import READERS, printable
from tokentui.errors import ConfigError, UsageError
from tokentui.frozen import MISSING, Field, fields, replace
from tokentui.settings import (
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


def load(path: Path) -> Config:
    """Return the config of `path`; a missing file means defaults.

    Raises: ConfigError.
    """
    try:
        return _parsed(path.read_bytes())
    except FileNotFoundError:
        return Config()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from None
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None


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
    expected, read = READERS.get(key.name) or READERS.get(kind) or ("", None)
    try:
        value = read(raw) if read else _filled(_table(kind), raw, where)
    except UsageError as error:
        raise ConfigError(f"{where}: {error}") from None
    except (ValueError, ArithmeticError, LookupError, OSError, RuntimeError, re.error):
        value = None
    if value is None:
        raise _wrong(where, expected, raw)
    return value


def _table(kind: str) -> type[Any]:
    if kind == _KEYS:
        from tokentui.keys import Keys  # 2 ms, only if some are set

        return Keys
    return _TABLES[kind]


def _rows(make: type[Any], raw: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(raw, dict):
        raise _wrong(where, "tables", raw)
    rows = []
    for name, table in raw.items():
        at = _at(where, name)
        try:
            row = _filled(make, table, at, name=printable(name))
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


_KEYS = "Keys | None"
_TABLES = {
    made.__name__: made
    for made in (
        Display,
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
