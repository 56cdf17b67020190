"""The caps, accounts and tagged projects that verbs keep, laid over the config.

Each table has a file of its own in the state folder, in the form of the config.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any, Generic, TypeVar

from tokentui import amounts, paths
from tokentui.config import check_text, load
from tokentui.environment import key_variable
from tokentui.errors import ConfigError
from tokentui.frozen import dataclass, fields, replace
from tokentui.settings import (
    Account,
    Cap,
    Config,
    Project,
    ProjectMatch,
)

Row = TypeVar("Row", bound=Cap | Account | Project)


@dataclass(frozen=True, slots=True)
class Stored(Generic[Row]):
    """One table of rows, and its file in a state folder."""

    table: str
    path: Callable[[Path], Path]

    def load(self, state: Path) -> tuple[Row, ...]:
        """Return the rows that verbs wrote, if they ever did. Raises: ConfigError."""
        path = self.path(state)
        config = load(path)
        rows: tuple[Row, ...] = getattr(config, self.table)
        alone: dict[str, Any] = {self.table: rows}
        if config != Config(**alone):
            raise ConfigError(
                f"{path}: only {self.table} belong here; move the rest to the config"
            )
        return tuple(replace(row, origin=path.name) for row in rows)

    def save(self, state: Path, rows: Iterable[Row]) -> None:
        """Replace the rows, wholly or not at all.

        Raises: ConfigError for rows that `load` would refuse, OSError.
        """
        tables = (table_toml(self.table, row) for row in rows)
        text = "\n".join(tables).encode("utf-8", "surrogatepass")
        check_text(text)
        paths.write_private(self.path(state), text)

    def put(self, state: Path, row: Row) -> None:
        """Keep one row, in place of one of its name.

        Raises: ConfigError for one that `load` would refuse, OSError.
        """
        rows = {each.name: each for each in (*self.load(state), row)}
        self.save(state, rows.values())


CAPS: Stored[Cap] = Stored("caps", paths.caps_path)
ACCOUNTS: Stored[Account] = Stored("accounts", paths.accounts_path)
PROJECTS: Stored[Project] = Stored("projects", paths.projects_path)


def with_stored(config: Config, state: Path) -> Config:
    """Return a config with what verbs wrote to the state folder over its own.

    What `project tag` said of one folder goes before the rules of the file.
    Raises: ConfigError.
    """
    caps = {cap.name: cap for cap in (*config.caps, *CAPS.load(state))}
    added = ACCOUNTS.load(state)
    accounts = {each.name: each for each in (*config.accounts, *added)}
    check_variables(accounts.values())
    return replace(
        config,
        caps=tuple(caps.values()),
        accounts=tuple(accounts.values()),
        projects=(*PROJECTS.load(state), *config.projects),
    )


def whole_config(file: Path, state: Path) -> Config:
    """Return the config of a file, with what verbs wrote to the state folder over it.

    Raises: ConfigError.
    """
    return with_stored(load(file), state)


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


def table_toml(table: str, row: Cap | Account | Project) -> str:
    """Write a row as a table; its first field is the name, its last the origin."""
    if isinstance(row, Cap):
        row = replace(row, amount=amounts.out_of_unit(row.amount, row.unit))
    stated = [(key, getattr(row, key.name)) for key in fields(row)[1:-1]]
    lines = [
        f"{key.name.rstrip('_')} = {toml(value)}"
        for key, value in stated
        if value != key.default
    ]
    return "\n".join([f"[{table}.{toml(row.name)}]", *lines, ""])


def toml(value: object) -> str:
    """Write a value as TOML."""
    if isinstance(value, str):
        escapes = {code: f"\\u{code:04x}" for code in (*range(32), 34, 92, 127)}
        return f'"{value.translate(escapes)}"'
    if isinstance(value, tuple):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, ProjectMatch):
        stated = ((key.name, getattr(value, key.name)) for key in fields(value))
        return f"{{{', '.join(f'{n} = {toml(v)}' for n, v in stated if v)}}}"
    return format(value, "f") if isinstance(value, Decimal) else str(value).lower()
