"""Claims in the ledger: drafts to be made anew, and saved ones that never change."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from zoneinfo import ZoneInfo

from tokentui.claims import document
from tokentui.claims.asked import Asked
from tokentui.claims.claim import SAVED, SUPERSEDED, Claim, Receipt
from tokentui.claims.document import lines_sha256
from tokentui.claims.lines import Attached
from tokentui.claims.make import claim_of
from tokentui.errors import LedgerError, UsageError
from tokentui.ledger.by_hand import transaction
from tokentui.periods import millis, zone
from tokentui.settings import Config

COLUMNS = "id, made_at, asked, number, supersedes, document, sha256"


@dataclass(frozen=True, slots=True)
class Kept:
    """A claim in the ledger; `document` is that of a saved one, `None` of a draft."""

    id: int
    made_at_ms: int
    asked: Asked
    number: str | None
    supersedes: int | None
    document: bytes | str | None
    sha256: str | None

    @property
    def name(self) -> str:
        """Name it as people do: by its number, a draft as `d3`."""
        return self.number or f"d{self.id}"


def all_kept(connection: sqlite3.Connection) -> list[Kept]:
    """List drafts and saved claims, oldest first."""
    import msgspec

    rows = connection.execute(f"SELECT {COLUMNS} FROM claim ORDER BY id").fetchall()
    return [
        Kept(number, made_at, msgspec.json.decode(asked, type=Asked), *rest)
        for number, made_at, asked, *rest in rows
    ]


def find(connection: sqlite3.Connection, name: str | None) -> Kept:
    """Find a claim by its number or a draft's name; without one the newest draft.

    Raises:
        UsageError: There is none.
    """
    kept = all_kept(connection)
    if name is None:
        drafts = [each for each in kept if each.number is None]
        if not drafts:
            raise UsageError("no draft; `tokentui claim new` makes one")
        return drafts[-1]
    for each in kept:
        if name == each.name:
            return each
    known = ", ".join(each.name for each in kept[-10:]) or "none"
    raise UsageError(f"no claim {name!r:.40}; there are: {known}")


def keep_draft(connection: sqlite3.Connection, asked: Asked, now: datetime) -> Kept:
    """Keep what is asked for, to be made anew until it is saved.

    Raises:
        UsageError: It is to stand in place of a claim that does not stand.
    """
    import msgspec

    replaced = None
    if asked.supersedes is not None:
        replaced = find(connection, asked.supersedes)
        if replaced.number is None:
            raise UsageError(
                f"{replaced.name} is a draft; only saved ones are replaced"
            )
        refuse_replaced(connection, replaced)
    cursor = connection.execute(
        "INSERT INTO claim (made_at, asked, supersedes) VALUES (?, ?, ?)",
        (millis(now), msgspec.json.encode(asked), replaced and replaced.id),
    )
    return find(connection, f"d{cursor.lastrowid}")


def refuse_replaced(connection: sqlite3.Connection, kept: Kept) -> None:
    """Refuse to replace a claim that another one stands in place of.

    Raises:
        UsageError: So it is.
    """
    other = superseded_by(connection).get(kept.id)
    if other is not None:
        raise UsageError(f"{kept.name} is superseded by {other} already")


def drop_draft(connection: sqlite3.Connection, kept: Kept) -> None:
    """Forget a draft. Raises: UsageError for a saved claim, which stays."""
    if kept.number is not None:
        raise UsageError(f"{kept.name} is saved; a new claim can supersede it")
    with transaction(connection):
        connection.execute("DELETE FROM receipt WHERE claim = ?", (kept.id,))
        connection.execute("DELETE FROM claim WHERE id = ?", (kept.id,))


def superseded_by(connection: sqlite3.Connection) -> dict[int, str]:
    """Say by which number each saved claim was superseded, if it was."""
    return dict(
        connection.execute(
            "SELECT supersedes, number FROM claim"
            " WHERE supersedes IS NOT NULL AND number IS NOT NULL"
        ).fetchall()
    )


def saved(connection: sqlite3.Connection, but: int | None = None) -> list[Claim]:
    """Read the saved claims that still stand, but for one."""
    replaced = superseded_by(connection)
    return [
        read(each, replaced.get(each.id))
        for each in all_kept(connection)
        if each.number is not None and each.id not in replaced and each.id != but
    ]


def read(kept: Kept, replaced_by: str | None = None) -> Claim:
    """Read a saved claim as it was saved.

    Raises:
        LedgerError: It is not as it was.
    """
    text = kept.document or b""
    # Whoever changes it by hand turns it into text on the way.
    text = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    claim = document.read(text)
    is_same = sha256(text).hexdigest() == kept.sha256
    if not is_same or lines_sha256(claim.lines) != claim.lines_sha256:
        raise LedgerError(f"claim {kept.name} is not as it was saved; see your backups")
    if replaced_by is None:
        return claim
    return replace(claim, status=SUPERSEDED, superseded_by=replaced_by)


def claim_now(
    connection: sqlite3.Connection,
    config: Config,
    kept: Kept,
    tz: ZoneInfo,
    now: datetime,
) -> Claim:
    """Give a saved claim as it was saved, a draft as it is now."""
    if kept.number is not None:
        return read(kept, superseded_by(connection).get(kept.id))
    earlier = saved(connection, but=kept.supersedes)
    receipts = attached_to(connection, kept.id)
    days = zone_of(kept.asked, tz)
    return claim_of(connection, config, kept.asked, days, now, receipts, earlier)


def zone_of(asked: Asked, usual: ZoneInfo) -> ZoneInfo:
    """Give the zone whose days a claim was asked for, if this machine has it."""
    try:
        return zone(asked.timezone) if asked.timezone else usual
    except UsageError:
        return usual


def statement(
    connection: sqlite3.Connection,
    config: Config,
    asked: Asked,
    tz: ZoneInfo,
    now: datetime,
) -> Claim:
    """Make a statement, which gets no number."""
    asked = replace(asked, is_statement=True)
    return claim_of(connection, config, asked, tz, now, (), saved(connection))


def save(connection: sqlite3.Connection, kept: Kept, claim: Claim) -> Claim:
    """Number a draft and keep it as it is, for good.

    Raises:
        UsageError: It is saved already, or what it replaces was replaced meanwhile.
    """
    with transaction(connection):
        again = find(connection, kept.name)
        if again.number is not None:
            raise UsageError(f"{kept.name} is saved already, as {again.number}")
        for each in all_kept(connection):
            if each.id == kept.supersedes:
                refuse_replaced(connection, each)
        made = replace(claim, status=SAVED, number=next_number(connection, claim))
        text = document.written(made)
        connection.execute(
            "UPDATE claim SET number = ?, document = ?, sha256 = ?"
            " WHERE id = ? AND number IS NULL",
            (made.number, text, sha256(text).hexdigest(), kept.id),
        )
    return made


def next_number(connection: sqlite3.Connection, claim: Claim) -> str:
    """Give the number after the last one of the year in which a claim is made."""
    year = claim.made_at[:4]
    taken = [
        int(number[5:])
        for (number,) in connection.execute("SELECT number FROM claim")
        if number and re.fullmatch(rf"{year}-[0-9]+", number)
    ]
    return f"{year}-{max(taken, default=0) + 1:03d}"


def attached_to(connection: sqlite3.Connection, claim: int) -> list[Attached]:
    """List the receipts of a draft's lines."""
    rows = connection.execute(
        "SELECT line, name, sha256, number, tax, paid FROM receipt WHERE claim = ?"
        " ORDER BY line, name, sha256",
        (claim,),
    )
    return [
        Attached(line, Receipt(name, digest, number), decimal(tax), decimal(paid))
        for line, name, digest, number, tax, paid in rows
    ]


def decimal(text: str | None) -> Decimal | None:
    """Read an amount that may not be known."""
    return None if text is None else Decimal(text)


def keep_receipts(
    connection: sqlite3.Connection, claim: int, attached: Iterable[Attached]
) -> None:
    """Keep receipts of a draft's lines; one attached again replaces itself."""
    with transaction(connection):
        connection.executemany(
            "REPLACE INTO receipt (claim, line, sha256, name, number, tax, paid)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    claim,
                    each.line,
                    each.receipt.sha256,
                    each.receipt.name,
                    each.receipt.number,
                    None if each.tax is None else str(each.tax),
                    None if each.paid is None else str(each.paid),
                )
                for each in attached
            ],
        )
