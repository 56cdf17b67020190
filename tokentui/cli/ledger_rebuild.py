"""`tokentui ledger rebuild`: the ledger made anew, and what was lost said plainly."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tokentui import amounts
from tokentui.cli.freshen import bar
from tokentui.cli.options import as_json, setting, timezone
from tokentui.cli.output import note, show, show_json, tell
from tokentui.cli.shapes import instant, money
from tokentui.errors import SOURCE_FAILED, LedgerError
from tokentui.setting import Setting
from tokentui.text import many

if TYPE_CHECKING:
    from tokentui.rebuild import Rebuilt

CALLED = {
    "account": "accounts",
    "alert": "alerts",
    "alias": "names of lines",
    "balance": "balances",
    "cap_raise": "raises of caps",
    "charge": "charges",
    "claim": "claims",
    "cost": "bills",
    "delivery": "deliveries of alerts",
    "event": "responses",
    "fee": "fees beside tokens",
    "forgotten": "what was to be forgotten",
    "fx": "exchange rates",
    "git_commit": "commits",
    "mark": "marks of outcomes",
    "meta": "settings of the ledger",
    "money_limit": "limits of accounts",
    "quota": "windows of plans",
    "rate": "rates",
    "reading": "times of which accounts were read",
    "receipt": "receipts",
    "repository": "repositories",
    "series": "labels",
    "session_total": "totals of sessions",
    "shared_session": "forks",
    "snooze": "quiet of alerts",
    "stated_event": "what accounts list",
    "told_cost": "costs that a status line heard",
    "used": "tokens that accounts count",
}
"""Tables in people's words; what is made anew is not told of."""


@click.command("rebuild")
@click.option(
    "--backup",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Fill what the ledger has lost from this backup.",
)
@as_json
@timezone
def verb(backup: Path | None, as_json: bool, timezone: str | None) -> int:
    """Make the ledger anew: from what can be read of it, a backup, and all logs.

    Use it when the ledger is damaged. The old file is kept aside and never changed.
    What only the ledger knew (deleted logs, bills, claims, charges, marks) comes from
    it as far as it can be read, then from the backup; what is lost is said.
    """
    from tokentui.claims.receipts import copy_all

    here = setting(timezone=timezone)
    done = made(here, backup)
    if backup is not None:
        try:
            copy_all(backup, here.ledger)
        except LedgerError as problem:
            note(f"tokentui: a receipt of the backup was left out: {problem}")
    for source in done.report.sources:
        for error in source.errors:
            note(f"tokentui: {source.source}: {error}")
    if as_json:
        show_json(shape(done, here))
    else:
        show_words(done, here)
    return SOURCE_FAILED if done.report.has_failed else 0


def made(here: Setting, backup: Path | None) -> Rebuilt:
    """Make the ledger anew, with a bar if the logs are long.

    Raises:
        LedgerError: It cannot be done.
    """
    from tokentui.rebuild import rebuild

    try:
        with bar() as started:
            return rebuild(
                here.ledger,
                here.config,
                backup,
                here.now,
                started=started,
                may_fork=True,
            )
    except OSError as error:
        raise LedgerError(
            f"the new ledger cannot be made beside {here.ledger}: {error.strerror};"
            " nothing was changed"
        ) from None


def show_words(done: Rebuilt, here: Setting) -> None:
    """Say what came from where, what is lost and where the old file is."""
    total = done.from_old + done.from_backup + done.from_logs
    show(f"the ledger was made anew, with {many(total, 'usage event')}:")
    show(f"  {done.from_old:,} from the old ledger")
    show(f"  {done.from_backup:,} from the backup")
    show(f"  {done.from_logs:,} from logs")
    if done.is_unreadable:
        tell("nothing could be read of the old ledger")
    if named := called(done):
        tell(f"not wholly read: {', '.join(named)}")
    for line in lost_words(done, here):
        tell(line)
    if done.aside is not None:
        tell(f"the old ledger is kept as {done.aside}")


def called(done: Rebuilt) -> list[str]:
    """Name what could not be read wholly."""
    return sorted(CALLED[name] for name in done.damaged if name in CALLED)


def lost_words(done: Rebuilt, here: Setting) -> list[str]:
    """Say what is lost, as far as the old ledger's own sums tell."""
    lines = []
    if done.lost is not None:
        least = "at least " if done.is_at_least else ""
        since, until = (
            instant(ms, here.tz) for ms in (done.lost.since_ms, done.lost.until_ms)
        )
        lines.append(
            f"lost: {least}{many(done.lost.requests, 'response')} of"
            f" {amounts.dollars(done.lost.nanos)}, between {since} and {until}"
        )
    elif done.is_unreadable:
        lines.append("what it had beyond backup and logs is lost, and cannot be told")
    elif done.is_at_least:
        lines.append("lost: no response, by those of the old sums that can be read")
    elif done.damaged:
        lines.append("lost: no response, by the old ledger's own sums")
    if done.is_unreadable or "forgotten" in done.damaged:
        lines.append(
            "if you had anything forgotten, look whether the logs brought it back:"
            " the marks of it may be lost"
        )
    if done.odd_ms:
        first = instant(done.odd_ms[0], here.tz)
        lines.append(
            f"{many(len(done.odd_ms), 'quarter-hour')}, the first at {first}, have more"
            " than the old sums say: figures there may be damaged"
        )
    return lines


def shape(done: Rebuilt, here: Setting) -> dict[str, Any]:
    """Give it as a document."""
    lost = done.lost
    return {
        "kind": "ledger-rebuild",
        "events_from_old": done.from_old,
        "events_from_backup": done.from_backup,
        "events_from_logs": done.from_logs,
        "is_unreadable": done.is_unreadable,
        "damaged": called(done),
        "lost": None
        if lost is None
        else {
            "requests": lost.requests,
            "cost_usd": money(lost.nanos),
            "since": instant(lost.since_ms, here.tz),
            "until": instant(lost.until_ms, here.tz),
        },
        "lost_is_lower_bound": done.is_at_least or done.is_unreadable,
        "odd": [instant(ms, here.tz) for ms in done.odd_ms],
        "old_ledger": None if done.aside is None else str(done.aside),
    }
