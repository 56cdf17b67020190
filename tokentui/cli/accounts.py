"""`tokentui accounts`: provider accounts; their secrets go to the system keyring."""

from __future__ import annotations

import sys
from dataclasses import fields, replace
from typing import Any

import click

from tokentui import periods
from tokentui.cli.account_shapes import (
    details_of,
    facts_of,
    row_of,
    shape_of,
    states_of,
)
from tokentui.cli.lazy import Group
from tokentui.cli.options import as_json, setting
from tokentui.cli.output import Column, note, show, show_json, show_table, tell
from tokentui.config import (
    account_of,
)
from tokentui.errors import SOURCE_FAILED, AccountError, UsageError
from tokentui.setting import Setting
from tokentui.settings import Account
from tokentui.stored import ACCOUNTS, check_variables
from tokentui.text import clean


@click.group("accounts", cls=Group)
def verb() -> None:
    """Provider accounts: what is billed, what is left, what a plan allows."""


@verb.command("list")
@as_json
def list_accounts(as_json: bool) -> None:
    """List the accounts, how fresh they are and what they last said."""
    here = setting()
    states = states_of(here)
    if as_json:
        show_json(
            {"kind": "accounts", "rows": [shape_of(each, here) for each in states]}
        )
        return
    if not states:
        show("no accounts; `tokentui accounts kinds` lists what there is,")
        show("`tokentui accounts add NAME --kind KIND` adds one")
        return
    show_table(
        [
            Column("account", flexible=True),
            Column("kind", flexible=True),
            Column("state"),
            Column("read"),
            Column("balance", right=True),
            Column("billed this month", right=True),
        ],
        [row_of(each, periods.millis(here.now)) for each in states],
    )
    for each in states:
        for line in details_of(each, here):
            tell(f"{clean(each.name)}: {clean(line)}")


@verb.command("kinds")
def list_kinds() -> None:
    """List the kinds of account, what each needs and where to get it."""
    from tokentui.accounts import MODULES, kind_of

    for name in MODULES:
        kind = kind_of(name)
        tell(f"{name}: {kind.credential.what}")
        tell(f"  for   {kind.credential.who}")
        tell(f"  from  {kind.credential.where}")


@verb.command("add")
@click.argument("name")
@click.option("--kind", metavar="KIND", help="Kind of account; NAME, if left out.")
@click.option("--base-url", metavar="URL", help="A proxy in the provider's place.")
@click.option("--user", metavar="NAME", help="Whose it is, where the provider asks.")
@click.option("--team", metavar="ID", help="Which team's, where the provider asks.")
@click.option("--interval", metavar="TIME", help="Time between polls, such as 15m.")
@click.option(
    "--login", is_flag=True, help="Use the login of the tool itself; only read."
)
@click.option("--no-test", is_flag=True, help="Keep it without asking the provider.")
def add(name: str, kind: str | None, no_test: bool, **given: Any) -> int:
    """Add the account NAME, or change it or its key.

    The key is asked for without showing it, or read from stdin, and goes to the
    system's keyring. Where there is none, set TOKENTUI_KEY_NAME to it first.
    """
    from tokentui.accounts import secrets
    from tokentui.accounts.credentials import known_kind

    here = setting()
    account = wanted(here, name, kind, given)
    known = known_kind(account)
    if account.login:
        note(f"{known.title}: the tool's own login is used, and only read")
    elif secrets.from_environment(name):
        note(f"{known.title}: the key is taken from {secrets.variable(name)}")
    else:
        explain(known.title, known.credential)
        if secrets.keyring(name) is None:
            raise AccountError(secrets.no_keyring(name))
        secrets.keep(name, known.name, ask_secret(name, known))
    if account.origin != "config.toml":
        ACCOUNTS.put(here.state, account)
    show(f"account {name}: kept")
    note("a dashboard or `tokentui watch` that is running polls it once started anew")
    if no_test:
        return 0
    return tested(with_account(here, account), name)


def wanted(
    here: Setting, name: str, kind: str | None, given: dict[str, Any]
) -> Account:
    """Make the account that is asked for, over the one of that name if there is one."""
    from tokentui.accounts import MODULES

    old = {each.name: each for each in here.config.accounts}.get(name)
    stated = {key: value for key, value in given.items() if value not in (None, False)}
    if old is None and kind is None and name not in MODULES:
        raise UsageError(
            f"which kind of account is {name}? add --kind KIND;"
            " `tokentui accounts kinds` lists them"
        )
    if old is not None and old.origin == "config.toml":
        if stated or kind not in (None, old.kind_):
            raise UsageError(
                f"[accounts.{name}] is in {here.config_file}; change it there"
            )
        return old
    if old is not None and kind in (None, old.kind_):
        kept = {each.name: getattr(old, each.name) for each in fields(Account)[2:-1]}
        stated = kept | stated
        kind = old.kind_
    account = account_of(name, {"kind": kind or name, **stated})
    check_variables([*(a for a in here.config.accounts if a.name != name), account])
    return account


def explain(title: str, credential: Any) -> None:
    """Say what key is needed, who can get it, and where."""
    note(f"{title} needs this key: {credential.what}")
    note(f"  for     {credential.who}")
    note(f"  from    {credential.where}")
    if credential.warning:
        note(f"  mind    {credential.warning}")


def ask_secret(name: str, kind: Any) -> str:
    """Read a key without showing it, from the terminal or from stdin."""
    if sys.stdin.isatty():
        text = click.prompt(f"key of {name}", hide_input=True, err=True)
    else:
        text = sys.stdin.readline()
    text = str(text).strip()
    if not text:
        raise UsageError("no key was given")
    begins = kind.credential.begins
    if begins and not text.startswith(begins):
        raise UsageError(
            f"this is no {kind.credential.what}, which begins with"
            f" {' or '.join(begins)}; it was not kept"
        )
    return text


@verb.command("test")
@click.argument("name")
def test(name: str) -> int:
    """Ask the account NAME now and say what it answered."""
    here = setting()
    if name not in {account.name for account in here.config.accounts}:
        raise unknown(name, here)
    return tested(here, name)


def tested(here: Setting, name: str) -> int:
    """Poll one account; show what it states."""
    from tokentui.poll import poll

    report = poll(here.ledger, here.config, here.now, only=[name], force=True)
    for each in report.accounts:
        for error in each.errors:
            note(f"tokentui: {each.account}: {error}")
    for state in states_of(here):
        if state.name == name:
            show(f"account {clean(name)}: {state.state}")
            for line in facts_of(state, here):
                tell(f"  {clean(line)}")
    return SOURCE_FAILED if report.has_failed else 0


@verb.command("remove")
@click.argument("name")
def remove(name: str) -> None:
    """Remove the account NAME and its key; what it stated stays in the ledger."""
    from tokentui.accounts import secrets

    here = setting()
    kept = ACCOUNTS.load(here.state)
    others = [each for each in kept if each.name != name]
    names = {account.name for account in here.config.accounts}
    had_key = key_removed(name)
    if len(others) < len(kept):
        ACCOUNTS.save(here.state, others)
        show(f"account {name}: removed" + (", with its key" if had_key else ""))
    elif name in names:
        state = "its key was removed, but " if had_key else ""
        raise UsageError(
            f"{state}[accounts.{name}] is in {here.config_file}; remove it there"
        )
    elif had_key:
        show(f"the key of {name}: removed")
    else:
        raise unknown(name, here)
    if secrets.from_environment(name):
        note(f"{secrets.variable(name)} is still set")


def key_removed(name: str) -> bool:
    """Take the keys of an account out of the keyring, whatever kind it once was."""
    from tokentui.accounts import MODULES, secrets

    try:
        removed = [secrets.remove(name, kind) for kind in MODULES]
    except AccountError as problem:
        note(f"tokentui: {problem}")
        return False
    return any(removed)


def unknown(name: str, here: Setting) -> UsageError:
    """Say that there is no such account, and which there are."""
    names = ", ".join(each.name for each in here.config.accounts) or "none"
    return UsageError(f"no account {name!r}; there are: {names}")


def with_account(here: Setting, account: Account) -> Setting:
    """Take an account into what was read before it was added."""
    others = [a for a in here.config.accounts if a.name != account.name]
    config = replace(here.config, accounts=(*others, account))
    return here._replace(config=config)
