"""Claims as a list has them: no draft is made anew for it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from tokentui.claims.claim import DRAFT
from tokentui.claims.kept import Kept, all_kept, read, superseded_by, zone_of
from tokentui.periods import local_day


@dataclass(frozen=True, slots=True)
class Listed:
    """A claim in short; `claimed` is `None` for a draft, which changes by the hour."""

    name: str
    status: str
    first: date
    last: date
    whom: str | None
    claimed: Decimal | None
    currency: str | None


def listed(connection: sqlite3.Connection, tz: ZoneInfo) -> tuple[Listed, ...]:
    """List drafts and saved claims, newest first."""
    replaced = superseded_by(connection)
    return tuple(
        of_draft(kept, tz) if kept.number is None else of_saved(kept, replaced)
        for kept in reversed(all_kept(connection))
    )


def of_draft(kept: Kept, tz: ZoneInfo) -> Listed:
    """Say what a draft is asked to be."""
    asked = kept.asked
    days = zone_of(asked, tz)
    first, last = (
        local_day(datetime.fromtimestamp(at_ms / 1000, UTC), days)
        for at_ms in (asked.since_ms, asked.until_ms - 1)
    )
    return Listed(kept.name, DRAFT, first, last, asked.client, None, asked.currency)


def of_saved(kept: Kept, replaced: dict[int, str]) -> Listed:
    """Say what a saved claim says."""
    claim = read(kept, replaced.get(kept.id))
    whom = claim.client or claim.employer
    return Listed(
        kept.name,
        claim.status,
        claim.first,
        claim.last,
        whom,
        claim.claimed,
        claim.currency,
    )
