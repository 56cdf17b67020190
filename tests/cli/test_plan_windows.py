"""The windows of plans, as the verbs on accounts show them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import builders
from asking import NOW, Ask

from tokentui import ingest
from tokentui.config import load
from tokentui.events import Quota
from tokentui.ledger import statements
from tokentui.ledger.connection import open_for_writing
from tokentui.periods import millis
from tokentui.statements import state


def hear(ledger: Path, file: Path) -> None:
    """Let an account say that 31.5 % of five hours and 64 % of a week are used."""
    now = millis(NOW)
    quotas = (
        Quota("claude", 300, now, 31.5, builders.ms("2026-11-20T14:00Z")),
        Quota("claude opus", 10_080, now, 64.0, builders.ms("2026-11-25T09:00Z")),
    )
    with closing(open_for_writing(ledger)) as connection:
        writer = ingest.writer_for(connection, load(file))
        reading = state(now, quotas=quotas)
        statements.keep(connection, writer, "mine", "usage", reading, "claude-max", now)
        connection.execute(
            "INSERT INTO account (name, kind, provider, payer, plan, state, good_at,"
            " failures, since) VALUES"
            " ('mine', 'claude-plan', 'anthropic', 'claude-plan', 'claude-max', 'ok',"
            " ?, 0, 0)",
            (now,),
        )


def test_listed(ask: Ask, ledger: Path, config: Callable[[str], Path]) -> None:
    """`accounts list` shows the windows of an account's plan, each by its name."""
    hear(ledger, config('[accounts.mine]\nkind = "claude-plan"\nlogin = true\n'))
    shown = ask("accounts", "list").out
    assert "mine: claude-max 5 h: 31.5 % used" in shown
    assert "mine: claude-max week opus: 64 % used" in shown
    (row,) = ask("accounts", "list", "--json").document["rows"]
    assert row["quotas"] == [
        {
            "plan": "claude-max",
            "window": "5 h",
            "used_percent": 31.5,
            "resets_at": "2026-11-20T14:00:00+00:00",
            "runs_out_at": None,
            "as_of": "2026-11-20T12:00:00+00:00",
        },
        {
            "plan": "claude-max",
            "window": "week opus",
            "used_percent": 64.0,
            "resets_at": "2026-11-25T09:00:00+00:00",
            "runs_out_at": None,
            "as_of": "2026-11-20T12:00:00+00:00",
        },
    ]


def test_added_with_a_login(ask: Ask, ledger: Path) -> None:
    """With `--login` no key is asked for, and the config says so."""
    added = ask(
        "accounts", "add", "mine", "--kind", "claude-plan", "--login", "--no-test"
    )
    assert (added.code, "the tool's own login is used" in added.err) == (0, True)
    (row,) = ask("accounts", "list", "--json").document["rows"]
    assert (row["name"], row["kind"], row["state"]) == ("mine", "claude-plan", None)
