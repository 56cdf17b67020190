"""`tokentui doctor`: what was looked for where, what was found, what is broken."""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
from typing import Any

import click

from tokentui import __version__
from tokentui.attribution import holds_at
from tokentui.budget.plans import not_counted, worth
from tokentui.cli.account_shapes import states_of, unasked
from tokentui.cli.freshen import opened
from tokentui.cli.options import as_json, no_refresh, setting
from tokentui.cli.output import show, show_json, tell
from tokentui.cli.shapes import instant
from tokentui.errors import LedgerError, NoLedgerError, TokentuiError
from tokentui.ingest import enabled
from tokentui.lock import Lock
from tokentui.paths import is_open_to_all, lock_path
from tokentui.periods import millis
from tokentui.queries.accounts import AccountState
from tokentui.queries.alerts import troubles
from tokentui.queries.billed import doubts
from tokentui.queries.dollars import DOLLARS, Dollars
from tokentui.queries.recent import last_event_ms
from tokentui.setting import Setting
from tokentui.settings import Endpoint, Payer, Plan
from tokentui.sources import SOURCES
from tokentui.text import clean

EXAMPLES = 5
LOOK_BACK_MS = 28 * 86_400_000


@click.command("doctor")
@click.option("--network", is_flag=True, help="Only name the hosts that are asked.")
@as_json
@no_refresh
def verb(network: bool, as_json: bool, no_refresh: bool) -> int:
    """Show what was looked for where, what was found, and what is broken."""
    here, problem = setting(), None
    if network:
        from tokentui.cli.doctor_network import show_network

        show_network(here, as_json=as_json)
        return 0
    try:
        with opened(here, not no_refresh) as (connection, code):
            facts = examine(connection, here)
    except NoLedgerError:
        facts, code = examine(None, here), 0
    except LedgerError as error:
        # What else is known is of use all the more.
        facts, code, problem = examine(None, here), error.exit_code, error
        facts["ledger"] |= {"exists": True, "problem": str(error)}
    if as_json:
        show_json({"kind": "doctor"} | facts)
    else:
        show_facts(facts)
    if problem is not None:
        raise problem
    return code


def examine(connection: sqlite3.Connection | None, here: Setting) -> dict[str, Any]:
    """Gather the facts that both forms of output state."""
    return {
        "version": __version__,
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "platform": sys.platform,
        "timezone": str(here.tz),
        "config": {"path": str(here.config_file), "exists": here.config_file.exists()},
        "ledger": ledger_facts(connection, here),
        "sources": [
            source_facts(connection, name, paths, here)
            for name, paths in enabled(here.config).items()
        ],
        "rules": [
            rule_facts(table, rule, here)
            for table in ("plans", "payers", "endpoints")
            for rule in getattr(here.config, table)
        ],
        "accounts": [
            account_facts(each, here)
            for each in (unasked(here) if connection is None else states_of(here))
        ],
        "guard": guard_facts(here),
        "watch": Lock(lock_path(here.state)).holder(),
        "channels": channel_facts(connection, here),
        "unpriced": unpriced_models(connection),
        "warnings": [
            not_counted(plan)
            for plan in here.config.plans
            if not has_rate(connection, plan, here)
        ]
        + doubtful_bills(connection, here)
        + open_places(here),
    }


def has_rate(connection: sqlite3.Connection | None, plan: Plan, here: Setting) -> bool:
    """Claim that a plan's fee of today can be counted in dollars."""
    if connection is None:
        return plan.currency == DOLLARS
    return worth(plan, Dollars(connection), here.now.date()) is not None


def ledger_facts(
    connection: sqlite3.Connection | None, here: Setting
) -> dict[str, Any]:
    """Say where the ledger is and what is in it."""
    facts: dict[str, Any] = {
        "path": str(here.ledger),
        "exists": connection is not None,
        "problem": None,
    }
    if connection is not None:
        events, first, last = connection.execute(
            "SELECT count(*), min(at), max(at) FROM event"
        ).fetchone()
        facts |= {
            "bytes": here.ledger.stat().st_size,
            "events": events,
            "first_event": instant(first, here.tz),
            "last_event": instant(last, here.tz),
        }
    return facts


def source_facts(
    connection: sqlite3.Connection | None,
    name: str,
    paths: tuple[str, ...],
    here: Setting,
) -> dict[str, Any]:
    """Say where a source was looked for and what came of it."""
    facts: dict[str, Any] = {
        "source": name,
        "places": [
            # `Path.is_dir` raises where one may not look.
            {"path": str(place), "exists": os.path.isdir(place)}  # noqa: PTH112
            for place in SOURCES[name].places(paths)
        ],
    }
    if connection is None:
        return facts
    files, skipped = connection.execute(
        "SELECT count(*), coalesce(sum(skipped), 0) FROM cursor WHERE source = ?",
        (name,),
    ).fetchone()
    last = last_event_ms(connection, name)
    examples = connection.execute(
        "SELECT path, skipped, example FROM cursor WHERE source = ? AND skipped > 0"
        " ORDER BY skipped DESC LIMIT ?",
        (name, EXAMPLES),
    ).fetchall()
    errors = connection.execute(
        "SELECT error FROM cursor WHERE source = ? AND error IS NOT NULL LIMIT ?",
        (name, EXAMPLES),
    ).fetchall()
    return facts | {
        "files": files,
        "last_event": instant(last, here.tz),
        "records_skipped": skipped,
        "examples": [
            {"path": path, "skipped": count, "where": example}
            for path, count, example in examples
        ],
        "errors": [error for (error,) in errors],
    }


def rule_facts(
    table: str, rule: Plan | Payer | Endpoint, here: Setting
) -> dict[str, Any]:
    """Say for which time a rule of the config holds, and whether it does now."""
    return {
        "rule": f"{table}.{rule.name}",
        "since": None if rule.since is None else str(rule.since),
        "until": None if rule.until is None else str(rule.until),
        "holds": holds_at(rule, millis(here.now)),
    }


def account_facts(state: AccountState, here: Setting) -> dict[str, Any]:
    """Say how an account stands, and where its key comes from or why it has none."""
    from tokentui.accounts.credentials import known_kind, secret_of

    accounts = {each.name: each for each in here.config.accounts}
    key, problem = None, None
    try:
        account = accounts[state.name]
        key = secret_of(known_kind(account), account).origin
    except TokentuiError as error:
        problem = str(error)
    return {
        "account": state.name,
        "kind": state.kind,
        "key": key,
        "key_problem": problem,
        "state": state.state,
        "as_of": instant(state.good_at_ms, here.tz),
        "stale_since": instant(state.stale_since_ms, here.tz),
        "next_poll": instant(state.next_poll_ms, here.tz),
        "error": state.error,
    }


def guard_facts(here: Setting) -> dict[str, Any]:
    """Say which agents have the guard, when each last asked, and how it failed."""
    from tokentui.guard import state
    from tokentui.guard.asked import AGENTS
    from tokentui.guard.places import is_installed, place_of

    calls, fault = state.last_calls(here.state), state.last_fault(here.state)
    off_until = state.off_until_ms(here.state)
    is_off = off_until is not None and off_until > millis(here.now)
    return {
        "agents": [
            {
                "agent": agent,
                "path": str(place_of(agent).file),
                "installed": is_installed(agent),
                "last_called": instant(calls.get(agent), here.tz),
            }
            for agent in AGENTS
        ],
        "off_until": instant(off_until if is_off else None, here.tz),
        "last_fault": None
        if fault is None
        else {"at": instant(fault.at_ms, here.tz), "error": fault.text},
    }


def channel_facts(
    connection: sqlite3.Connection | None, here: Setting
) -> list[dict[str, Any]]:
    """Say of each channel of alerts what waits for it and what is wrong with it."""
    failing = {} if connection is None else {t.channel: t for t in troubles(connection)}
    return [
        {
            "channel": each.name,
            "via": each.via,
            "waiting": failing[each.name].waiting if each.name in failing else 0,
            "error": failing[each.name].error if each.name in failing else None,
        }
        for each in here.config.alerts.channels
    ]


def unpriced_models(connection: sqlite3.Connection | None) -> list[dict[str, Any]]:
    """List the models that some usage could not be priced for."""
    if connection is None:
        return []
    rows = connection.execute(
        "SELECT s.model, s.provider, s.tier, sum(r.unpriced) FROM rollup r"
        " JOIN series s ON s.id = r.series WHERE r.unpriced > 0"
        " GROUP BY 1, 2, 3 ORDER BY 4 DESC"
    )
    return [
        {"model": model, "provider": provider, "tier": tier, "requests": count}
        for model, provider, tier, count in rows
    ]


def doubtful_bills(connection: sqlite3.Connection | None, here: Setting) -> list[str]:
    """Say which bills may be of usage that counts for another payer."""
    if connection is None:
        return []
    since = millis(here.now) - LOOK_BACK_MS
    return [
        f"account {each.account} bills {each.payer}, but {each.other} uses"
        f" {each.provider}, too: if the bill is {each.other}'s, both are counted until"
        f" [payers.{each.other}] has match.account = [{each.account!r}]"
        for each in doubts(connection, since)
    ]


def open_places(here: Setting) -> list[str]:
    """Say what others on this machine may read or change, by its mode."""
    places = [here.ledger, here.state]
    if any(channel.url for channel in here.config.alerts.channels):
        places.append(here.config_file)  # who has such a URL can send there
    return [
        f"all users of this machine may read or change {place}: chmod o-rwx {place}"
        for place in places
        if is_open_to_all(place)
    ]


def show_facts(facts: dict[str, Any]) -> None:
    """Print the facts for people."""
    show(f"tokentui {facts['version']}")
    show(f"Python {facts['python']}, SQLite {facts['sqlite']}, {facts['platform']}")
    show(f"time zone of days: {facts['timezone']}")
    config = facts["config"]
    show(f"config: {config['path']}{'' if config['exists'] else ' (none, defaults)'}")
    ledger = facts["ledger"]
    show(f"ledger: {clean(ledger['path'])}{'' if ledger['exists'] else ' (none yet)'}")
    if ledger["problem"]:
        show("  cannot be read")
    elif ledger["exists"]:
        show(f"  {ledger['events']:,} events, {ledger['bytes'] / 1e6:.1f} MB")
        if ledger["events"]:
            show(f"  from {ledger['first_event']} to {ledger['last_event']}")
    for source in facts["sources"]:
        show_source(source)
    for rule in facts["rules"]:
        days = [f"{end} {rule[end]}" for end in ("since", "until") if rule[end]]
        if days:
            state = "holds" if rule["holds"] else "does not hold now"
            show(f"[{clean(rule['rule'])}] {state}: {', '.join(days)}")
    for account in facts["accounts"]:
        show_account(account)
    show_guard(facts["guard"])
    if facts["watch"]:
        show(f"watch: running, {facts['watch']}")
    for channel in facts["channels"]:
        fault = channel["error"]
        state = f"{channel['waiting']} waiting, {fault}" if fault else "well"
        tell(f"channel {clean(channel['channel'])} ({channel['via']}): {clean(state)}")
    for row in facts["unpriced"]:
        seller = row["provider"] or "unknown provider"
        tier = f", tier {row['tier']}" if row["tier"] not in (None, "standard") else ""
        show(
            f"unpriced: {clean(row['model'])} ({seller}{clean(tier)}),"
            f" {row['requests']:,} responses; [prices] sets one:"
            " `tokentui setup --example`"
        )
    for warning in facts["warnings"]:
        show(clean(warning))


def show_guard(guard: dict[str, Any]) -> None:
    """Print which agents have the guard, and whether they ask it."""
    for each in guard["agents"]:
        if each["installed"] or each["last_called"]:
            state = "in" if each["installed"] else "not in"
            tell(f"guard {state} {clean(each['path'])}")
            tell(f"  last asked by {each['agent']} {each['last_called'] or 'never'}")
    if guard["off_until"]:
        tell(f"guard is off until {guard['off_until']}")
    if guard["last_fault"]:
        fault = guard["last_fault"]
        tell(f"guard failed {fault['at']}: {clean(fault['error'])}")


def show_account(account: dict[str, Any]) -> None:
    """Print how one account stands."""
    tell(f"account {clean(account['account'])} ({account['kind']})")
    tell(f"  key: {clean(account['key'] or account['key_problem'])}")
    tell(f"  {account['state'] or 'not asked yet'}, read {account['as_of'] or 'never'}")
    if account["next_poll"]:
        tell(f"  asked again from {account['next_poll']} on")
    if account["error"] and account["error"] != account["key_problem"]:
        tell(f"  {clean(account['error'])}")


def show_source(source: dict[str, Any]) -> None:
    """Print what is known of one source."""
    show(source["source"])
    for place in source["places"]:
        show(
            f"  {'found   ' if place['exists'] else 'missing '} {clean(place['path'])}"
        )
    if "files" not in source:
        return
    show(f"  {source['files']:,} files, last event {source['last_event'] or 'none'}")
    if source["records_skipped"]:
        show(f"  {source['records_skipped']:,} records skipped")
    for example in source["examples"]:
        show(f"    {clean(example['path'])}")
        show(f"      {example['skipped']:,} skipped, such as {clean(example['where'])}")
    for error in source["errors"]:
        show(f"  cannot read {clean(error)}")
