"""`tokentui accounts`: provider accounts; their secrets go to the system keyring."""

from __future__ import annotations

import sys
from dataclasses import fields, replace
from typing import Any

import click

from tokentui import amounts, periods
from tokentui.cli.options import Setting, as_json, setting
from tokentui.cli.output import Column, note, show, show_json, show_table, tell
from tokentui.cli.shapes import instant, money, quota_shape
from tokentui.config import (
    account_of,
    check_variables,
    load_accounts_file,
    save_accounts,
)
from tokentui.errors import SOURCE_FAILED, AccountError, NoLedgerError, UsageError
from tokentui.paths import accounts_path
from tokentui.queries.accounts import AccountState, Stated, account_states
from tokentui.settings import Account


@click.group("accounts")
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
            Column("kind"),
            Column("state"),
            Column("as of"),
            Column("balance", right=True),
            Column("billed this month", right=True),
            Column("limit", flexible=True),
        ],
        [row_of(each, here) for each in states],
    )
    for each in states:
        if each.error:
            tell(f"{each.name}: {each.error}")


@verb.command("kinds")
def list_kinds() -> None:
    """List the kinds of account, what each needs and where to get it."""
    from tokentui.accounts import MODULES, kind_of

    for name in MODULES:
        kind = kind_of(name)
        tell(f"{name}: {kind.title}, with a {kind.credential.what}")
        tell(f"        for {kind.credential.who}")
        tell(f"        from {kind.credential.where}")


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
    from tokentui.poll import known_kind

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
        path = accounts_path(here.state)
        others = [each for each in load_accounts_file(path) if each.name != name]
        save_accounts(path, [*others, account])
    show(f"account {name}: kept; a dashboard or watch that runs takes it up when new")
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
    note(f"{title} needs a {credential.what}.")
    note(f"  who can get it: {credential.who}")
    note(f"  where: {credential.where}")
    if credential.warning:
        note(f"  mind: {credential.warning}")


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
            for line in facts_of(state):
                show(line)
    return SOURCE_FAILED if report.has_failed else 0


@verb.command("remove")
@click.argument("name")
def remove(name: str) -> None:
    """Remove the account NAME and its key; what it stated stays in the ledger."""
    from tokentui.accounts import secrets

    here = setting()
    path = accounts_path(here.state)
    kept = load_accounts_file(path)
    others = [each for each in kept if each.name != name]
    names = {account.name for account in here.config.accounts}
    had_key = key_removed(name)
    if len(others) < len(kept):
        save_accounts(path, others)
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
    return replace(here, config=config)


def states_of(here: Setting) -> tuple[AccountState, ...]:
    """Give how the accounts stand; without a ledger none has been asked."""
    import sqlite3
    from contextlib import closing

    from tokentui.ledger.connection import open_for_reading

    month = periods.period_window("month", here.tz, here.now)
    now_ms = periods.millis(here.now)
    span = (month.since_ms or 0, month.until_ms or 0, now_ms)
    try:
        connection = open_for_reading(here.ledger)
    except NoLedgerError:
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as empty:
            from tokentui.ledger.schema import migrate

            migrate(empty)
            return account_states(empty, here.config.accounts, *span)
    with closing(connection):
        return account_states(connection, here.config.accounts, *span)


def row_of(state: AccountState, here: Setting) -> list[str]:
    """Lay out one account as the table shows it."""
    as_of = state.good_at_ms
    return [
        state.name,
        state.kind,
        state.state or "not asked yet",
        "never"
        if as_of is None
        else periods.iso(as_of, here.tz)[:16].replace("T", " "),
        ", ".join(stated_text(each) for each in state.balances) or "-",
        ", ".join(amounts.money(n, c) for c, n in state.billed) or "-",
        ", ".join(stated_text(each) for each in state.limits) or "-",
    ]


def facts_of(state: AccountState) -> list[str]:
    """Say what an account states, a line each."""
    lines = [f"  balance {each.name}: {stated_text(each)}" for each in state.balances]
    lines += [f"  limit {each.name}: {stated_text(each)}" for each in state.limits]
    lines += [
        f"  quota {each.window}: {each.used_percent:g} %" for each in state.quotas
    ]
    lines += [
        f"  billed this month: {amounts.money(nanos, currency)}"
        for currency, nanos in state.billed
    ]
    return lines or ["  it states nothing yet"]


def stated_text(stated: Stated) -> str:
    """Write what is left, or what is used of how much."""
    text = amounts.money(stated.nanos, stated.currency)
    if stated.ceiling_nanos is None:
        return text
    return f"{text} of {amounts.money(stated.ceiling_nanos, stated.currency)}"


def shape_of(state: AccountState, here: Setting) -> dict[str, Any]:
    """Give an account as the contract states it, in dollars where it is dollars."""
    billed = dict(state.billed)
    dollars = [each.nanos for each in state.balances if each.currency == "USD"]
    return {
        "name": state.name,
        "kind": state.kind,
        "state": state.state,
        "as_of": instant(state.good_at_ms, here.tz),
        "stale_since": instant(state.stale_since_ms, here.tz),
        "next_poll": instant(state.next_poll_ms, here.tz),
        "error": state.error,
        "balance_usd": money(sum(dollars)) if dollars else None,
        "billed_month_usd": money(billed.get("USD")),
        "balances": [stated_shape(each, here) for each in state.balances],
        "limits": [
            {
                **stated_shape(each, here),
                "limit": money(each.ceiling_nanos),
                "resets_at": instant(each.resets_at_ms, here.tz),
            }
            for each in state.limits
        ],
        "quotas": [quota_shape(each, here.tz) for each in state.quotas],
    }


def stated_shape(stated: Stated, here: Setting) -> dict[str, Any]:
    """Give an amount with its currency and age."""
    return {
        "name": stated.name,
        "amount": money(stated.nanos),
        "currency": stated.currency,
        "as_of": instant(stated.as_of_ms, here.tz),
    }
