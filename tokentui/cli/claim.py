"""`tokentui claim`: what is to be paid back, drafted, checked, numbered and kept."""

from __future__ import annotations

import json
import re
import sqlite3
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from tokentui import periods
from tokentui.cli import deliver
from tokentui.cli.claim_words import row_of, show_claim
from tokentui.cli.freshen import freshened, opened
from tokentui.cli.options import (
    Setting,
    as_json,
    no_refresh,
    options,
    period_of,
    period_options,
    setting,
    timezone,
)
from tokentui.cli.output import Column, note, show, show_json, show_table, tell
from tokentui.cli.project import kind_of
from tokentui.cli.reading import changing, code_of
from tokentui.errors import SOURCE_FAILED, UsageError
from tokentui.periods import Period
from tokentui.text import clean, many

STOPPED = 1
"""Exit code of a claim that is not fit to be handed in."""

RATES = ("claim-date", "per-day")
AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?")

claim_options = options(
    period_options,
    click.option(
        "--for",
        "recipient",
        metavar="client:NAME",
        help="For a client: what is the client's, and nothing of others.",
    ),
    click.option("--currency", metavar="CODE", help="Currency, if not [claims]'s."),
    click.option(
        "--rate",
        type=click.Choice(RATES),
        help="One exchange rate, of the last day, or that of each day.",
    ),
    click.option(
        "--markup", metavar="SHARE", help="On top of what it cost, such as 0.1 or 10%."
    ),
    click.option("--purpose", metavar="TEXT", help="What it was for, in a sentence."),
)


@click.group("claim")
def verb() -> None:
    """Reimbursement claims: draft, check, save, export, attach receipts."""


def asked_of(given: dict[str, Any], here: Setting) -> Any:
    """Read what kind of claim is asked for; without a period the last month.

    Raises:
        UsageError: It has no beginning or no end, or makes no sense.
    """
    from tokentui.claims.asked import Asked

    period = period_of(given, here)
    if period == Period():
        period = periods.parse_period("last-month", here.tz, here.now)
    now_ms = periods.millis(here.now)
    since, until = period.since_ms, period.until_ms or now_ms
    if since is None or since >= until or since > now_ms:
        raise UsageError(
            "a claim is of a time that has begun: give --since or --period"
        )
    purpose = given.get("purpose")
    if purpose is not None and (not purpose.isprintable() or len(purpose) > 1000):
        raise UsageError("--purpose takes text that can be printed")
    return Asked(
        since,
        until,
        client_of(given.get("recipient")),
        code_of(given["currency"]) if given.get("currency") else None,
        given.get("rate"),
        markup_of(given.get("markup")),
        purpose,
        given.get("supersedes"),
    )


def client_of(text: str | None) -> str | None:
    """Read client:NAME. Raises: UsageError."""
    if text is None:
        return None
    kind, client = kind_of(text)
    if client is None:
        raise UsageError(f"--for takes client:NAME, not {kind}")
    return client


def markup_of(text: str | None) -> Decimal | None:
    """Read a share on top, as such or in percent. Raises: UsageError."""
    if text is None:
        return None
    number = text.strip().removesuffix("%")
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,4})?", number):
        raise UsageError(f"{text!r:.40} is no markup, such as 0.1 or 10%")
    return Decimal(number) / (100 if text.strip().endswith("%") else 1)


@verb.command("new")
@claim_options
@click.option("--supersedes", metavar="NUMBER", help="Stands in place of that claim.")
@as_json
@no_refresh
@timezone
def new(**given: Any) -> int:
    """Draft a claim of a period, by default the last month.

    A draft is made anew from the ledger whenever it is looked at, until it is saved.
    """
    from tokentui.claims.kept import keep_draft

    here = setting(timezone=given["timezone"])
    asked = asked_of(given, here)
    code = up_to_date(here, given)
    with changing(here) as connection:
        kept = keep_draft(connection, asked, here.now)
        print_claim(connection, here, kept, given["as_json"])
    return code


def up_to_date(here: Setting, given: dict[str, Any]) -> int:
    """Read new logs unless told not to; give the exit code so far."""
    if given["no_refresh"] and here.ledger.exists():
        return 0
    return SOURCE_FAILED if freshened(here).has_failed else 0


@verb.command("show")
@click.argument("name", required=False, metavar="[NUMBER]")
@as_json
@timezone
def show_one(name: str | None, as_json: bool, timezone: str | None) -> None:
    """Show a claim: a saved one as it was saved, a draft (by default) as it is now."""
    from tokentui.claims.kept import find

    here = setting(timezone=timezone)
    with opened(here, is_fresh=False) as (connection, _):
        print_claim(connection, here, find(connection, name), as_json)


def print_claim(
    connection: sqlite3.Connection, here: Setting, kept: Any, as_json: bool
) -> None:
    """Print a claim, and what stops it if it is a draft."""
    from tokentui.claims import document
    from tokentui.claims.kept import claim_now
    from tokentui.reports.names import redacted

    claim = claim_now(connection, here.config, kept, here.tz, here.now)
    stops, notes = judged(connection, kept, claim)
    claim = redacted(claim, here.config.privacy.projects)
    if as_json:
        show_json(
            {
                "kind": "claim",
                "id": kept.name,
                "claim": json.loads(document.written(claim)),
                "problems": stops,
                "warnings": notes,
            }
        )
        return
    show_claim(kept.name, claim)
    for text in notes:
        note(clean(text))
    if stops:
        note(f"{many(len(stops), 'thing')} to do: `tokentui claim check {kept.name}`")


def judged(
    connection: sqlite3.Connection, kept: Any, claim: Any
) -> tuple[list[str], list[str]]:
    """Say what stops a draft and what to look at; nothing of what is saved."""
    from tokentui.claims.check import problems, warnings
    from tokentui.claims.kept import saved

    if kept.number is not None:
        return [], []
    standing = saved(connection, but=kept.supersedes)
    return problems(claim, standing), warnings(claim)


@verb.command("check")
@click.argument("name", required=False, metavar="[DRAFT]")
@as_json
@timezone
def check(name: str | None, as_json: bool, timezone: str | None) -> int:
    """List what stops a draft from being handed in; exit 1 if anything does."""
    from tokentui.claims.kept import claim_now, find

    here = setting(timezone=timezone)
    with opened(here, is_fresh=False) as (connection, _):
        kept = find(connection, name)
        claim = claim_now(connection, here.config, kept, here.tz, here.now)
        stops, notes = judged(connection, kept, claim)
    if as_json:
        show_json(
            {
                "kind": "claim-check",
                "id": kept.name,
                "problems": stops,
                "warnings": notes,
            }
        )
    else:
        for text in stops:
            tell(f"stops it: {clean(text)}")
        for text in notes:
            tell(f"note: {clean(text)}")
        if not stops:
            show(f"{kept.name}: nothing stops it; `tokentui claim save` numbers it")
    return STOPPED if stops else 0


@verb.command("save")
@click.argument("name", required=False, metavar="[DRAFT]")
@click.option("--anyway", is_flag=True, help="Though something stops it.")
@as_json
@timezone
def save(name: str | None, anyway: bool, as_json: bool, timezone: str | None) -> int:
    """Number a draft and keep it as it is, for good."""
    from tokentui.claims import kept as claims

    here = setting(timezone=timezone)
    with changing(here) as connection:
        kept = claims.find(connection, name)
        if kept.number is not None:
            raise UsageError(f"{kept.number} is saved already")
        claim = claims.claim_now(connection, here.config, kept, here.tz, here.now)
        stops, notes = judged(connection, kept, claim)
        if stops and not anyway:
            for text in stops:
                note(f"stops it: {clean(text)}")
            note("`--anyway` saves it as it is, with its marks")
            return STOPPED
        made = claims.save(connection, kept, claim)
    if as_json:
        show_json(
            {
                "kind": "claim-saved",
                "id": made.number,
                "claimed": str(made.claimed),
                "currency": made.currency,
                "lines_sha256": made.lines_sha256,
                "problems": stops,
                "warnings": notes,
            }
        )
    else:
        show(f"{made.number}: {made.claimed} {made.currency}, saved for good")
    return 0


@verb.command("list")
@as_json
@timezone
def list_claims(as_json: bool, timezone: str | None) -> None:
    """List drafts and saved claims."""
    from tokentui.claims.kept import all_kept, claim_now

    here = setting(timezone=timezone)
    with opened(here, is_fresh=False) as (connection, _):
        found = [
            (kept.name, claim_now(connection, here.config, kept, here.tz, here.now))
            for kept in all_kept(connection)
        ]
    if as_json:
        rows = [
            {
                "id": name,
                "status": claim.status,
                "since": claim.first.isoformat(),
                "last": claim.last.isoformat(),
                "client": claim.client,
                "claimed": str(claim.claimed),
                "currency": claim.currency,
                "supersedes": claim.supersedes,
                "superseded_by": claim.superseded_by,
            }
            for name, claim in found
        ]
        show_json({"kind": "claims", "rows": rows})
    elif not found:
        show("no claims; `tokentui claim new` drafts one")
    else:
        show_table(
            [
                Column("claim"),
                Column("status"),
                Column("from"),
                Column("to"),
                Column("for", flexible=True),
                Column("claimed", right=True),
            ],
            [row_of(name, claim) for name, claim in found],
        )


@verb.command("attach")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--claim", "name", metavar="DRAFT", help="By default the newest draft.")
@click.option("--line", type=int, multiple=True, help="For this line; may be repeated.")
@click.option("--vendor", metavar="NAME", help="For all lines of a vendor.")
@click.option("--number", metavar="TEXT", help="The number on the document.")
@click.option("--tax", metavar="AMOUNT", help="The tax in it, in the claim's currency.")
@click.option(
    "--paid",
    metavar="AMOUNT",
    help="What the card's statement says, in the claim's currency.",
)
@as_json
@timezone
def attach(file: Path, name: str | None, **given: Any) -> None:
    """Keep a copy of the receipt FILE beside a draft, for some of its lines.

    --paid takes the place of the exchange rate.
    """
    from tokentui.claims import kept as claims
    from tokentui.claims.claim import Receipt
    from tokentui.claims.lines import Attached
    from tokentui.claims.receipts import copied

    here = setting(timezone=given["timezone"])
    number = given["number"]
    if number is not None and (not number.isprintable() or len(number) > 200):
        raise UsageError("--number takes text that can be printed")
    tax, paid = (amount_of(given[key], key) for key in ("tax", "paid"))
    with changing(here) as connection:
        kept = claims.find(connection, name)
        if kept.number is not None:
            raise UsageError(f"{kept.number} is saved; a new claim can supersede it")
        claim = claims.claim_now(connection, here.config, kept, here.tz, here.now)
        lines = lines_meant(claim, given["line"], given["vendor"])
        if len(lines) > 1 and (tax is not None or paid is not None):
            raise UsageError("--tax and --paid are of one line; give --line")
        digest, shown = copied(here.ledger, kept.id, file)
        receipt = Receipt(shown, digest, number)
        claims.keep_receipts(
            connection,
            kept.id,
            [
                Attached(f"{each.key} {each.first}", receipt, tax, paid)
                for each in lines
            ],
        )
    if given["as_json"]:
        show_json(
            {
                "kind": "claim-attached",
                "id": kept.name,
                "name": shown,
                "sha256": digest,
                "lines": [each.number for each in lines],
            }
        )
    else:
        numbers = ", ".join(str(each.number) for each in lines)
        show(f"{kept.name}: {shown} kept for line {numbers}, SHA-256 {digest[:16]}…")


def amount_of(text: str | None, name: str) -> Decimal | None:
    """Read an amount of the claim's currency. Raises: UsageError."""
    if text is None:
        return None
    if not AMOUNT.fullmatch(text.replace(",", "")):
        raise UsageError(f"--{name} takes an amount such as 119.00")
    return Decimal(text.replace(",", ""))


def lines_meant(claim: Any, numbers: tuple[int, ...], vendor: str | None) -> list[Any]:
    """Find the lines that a receipt is for: the only one, if none is named.

    Raises:
        UsageError: There is no such line, or it is not clear which is meant.
    """
    lines = list(claim.lines)
    if numbers:
        found = [line for line in lines if line.number in numbers]
        if len(found) < len(set(numbers)):
            raise UsageError(f"the claim has lines 1 to {len(lines)}")
        return found
    if vendor is not None:
        found = [line for line in lines if line.vendor.lower() == vendor.lower()]
        if not found:
            names = ", ".join(sorted({line.vendor for line in lines})) or "none"
            raise UsageError(f"no vendor {vendor!r:.60}; there are: {names}")
        return found
    if len(lines) != 1:
        raise UsageError("which line is it for? give --line or --vendor")
    return lines


@verb.command("export")
@click.argument("name", required=False, metavar="[NUMBER]")
@deliver.claim_format
@deliver.where
@deliver.paper
@timezone
def export(name: str | None, **given: Any) -> None:
    """Write a claim as a file: a saved one as it was saved, a draft as it is now."""
    from tokentui.claims.kept import claim_now, find

    here = setting(timezone=given["timezone"])
    with opened(here, is_fresh=False) as (connection, _):
        kept = find(connection, name)
        claim = claim_now(connection, here.config, kept, here.tz, here.now)
    deliver.deliver(claim, here, given)


@verb.command("drop")
@click.argument("name", metavar="DRAFT")
def drop(name: str) -> None:
    """Forget a draft; what is saved stays."""
    from tokentui.claims.kept import drop_draft, find

    with changing(setting()) as connection:
        drop_draft(connection, find(connection, name))
    show(f"{name}: dropped")
