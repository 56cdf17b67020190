"""What the price book knows of a model, in lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from tokentui.tui.arithmetic import plain
from tokentui.tui.lines import heading, indented, muted, wrapped
from tokentui.tui.tables import Column, table
from tokentui.tui.text import clean

if TYPE_CHECKING:
    from tokentui.prices.explain import Explanation, PricedTier

COLUMNS = (
    Column("tier"),
    Column("prompt"),
    Column("input", is_right=True),
    Column("read", is_right=True),
    Column("write", is_right=True),
    Column("write 1h", is_right=True, rank=1),
    Column("output", is_right=True),
)
UNPRICED = "No price is known at any tier: such usage is shown as unpriced."
UNIT = "Dollars per million tokens; read and write are of the cache."


def price_lines(found: Explanation | None, width: int) -> list[Content]:
    """Return rates, fees, changes to come and sources; lines fit into the width."""
    if found is None:
        return wrapped(Content(UNPRICED), width)
    rows = [row for tier in found.tiers for row in tier_rows(tier)]
    facts = []
    if found.context:
        facts.append(muted(f"context {found.context:,} tokens"))
    if found.is_deprecated:
        facts.append(Content.styled("deprecated", ".near"))
    return [
        *(line for fact in facts for line in wrapped(fact, width)),
        *wrapped(muted(UNIT), width),
        Content(),
        *table(COLUMNS, rows, width, 2),
        *part("Fees", fees(found), width),
        *part("Known changes", changes(found), width),
        *part("Where the rates come from", sources(found), width),
    ]


def tier_rows(tier: PricedTier) -> list[list[Content]]:
    """Return a tier's rates: a row for each length of prompts."""
    return [
        [
            Content(tier.tier if band.over < 0 else ""),
            muted("any" if len(tier.bands) == 1 else length(band.over)),
            Content.styled(plain(band.input), ".figure"),
            Content(plain(band.cache_read)),
            Content(plain(band.cache_write)),
            Content(plain(band.cache_write_1h)),
            Content.styled(plain(band.output), ".figure"),
        ]
        for band in tier.bands
    ]


def length(over: int) -> str:
    """Return the prompts that a band is for."""
    return "short" if over < 0 else f"over {over // 1000:,}k"


def fees(found: Explanation) -> list[str]:
    """Say what is billed beside tokens."""
    return [
        f"{clean(kind).replace('_', ' ')} ${plain(usd)} each"
        for kind, usd in found.fees
    ]


def changes(found: Explanation) -> list[str]:
    """Say what will change, and when."""
    return [f"from {day.isoformat()}: {clean(text)}" for day, text in found.changes]


def sources(found: Explanation) -> list[str]:
    """Say where each tier's rates come from; tiers of one source together."""
    tiers: dict[tuple[str, str], list[str]] = {}
    for tier in found.tiers:
        as_of = f", {tier.as_of}" if tier.as_of else ""
        tiers.setdefault((tier.source, tier.url), []).append(f"{tier.tier}{as_of}")
    told = []
    for (source, url), names in tiers.items():
        told.append(f"{clean(source)} ({'; '.join(names)})")
        told += [clean(url)] if url else []
    return told


def part(title: str, texts: list[str], width: int) -> list[Content]:
    """Return a heading and texts below it, or nothing."""
    if not texts:
        return []
    lines = [line for text in texts for line in wrapped(Content(text), width - 1)]
    return [Content(), heading(title, width), *indented(lines)]
