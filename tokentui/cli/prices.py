"""`tokentui prices`: the book in use, and where each of its figures comes from."""

from __future__ import annotations

from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import click

from tokentui.attribution import provider_of, rate_key
from tokentui.cli.lazy import Group
from tokentui.cli.options import as_json, setting
from tokentui.cli.output import Column, note, show, show_json, show_table
from tokentui.errors import UsageError
from tokentui.ingest import book_for
from tokentui.periods import millis, parse_instant
from tokentui.setting import Setting
from tokentui.text import clean

if TYPE_CHECKING:
    from tokentui.prices.book import Book
    from tokentui.prices.explain import Explanation, PricedTier

TITLES = ("input", "read", "write", "write 1h", "output")
KINDS = ("input", "cache_read", "cache_write", "cache_write_1h", "output")


@click.group("prices", cls=Group)
def verb() -> None:
    """Look things up in the price book."""


@verb.command("list")
@click.argument("text", default="")
@as_json
def list_models(text: str, as_json: bool) -> None:
    """List the models whose name holds TEXT."""
    book = book_for(setting().config)
    found = book.search(text)
    if as_json:
        rows = [{"provider": provider, "model": model} for provider, model in found]
        show_json({"kind": "prices", "book": book.version, "rows": rows})
        return
    show_table([Column("provider"), Column("model", flexible=True)], found)
    note(f"{len(found)} models in {book.version}")


@verb.command("show")
@click.argument("model")
@click.option(
    "--provider", metavar="NAME", help="Whose list; else by the model's name."
)
@click.option("--at", metavar="DAY", help="The price of that day; else of now.")
@as_json
def show_model(model: str, provider: str | None, at: str | None, as_json: bool) -> None:
    """Show every rate of MODEL, in dollars per million tokens, with its source."""
    here = setting()
    explanation = explained(here, model, provider, at)
    if as_json:
        show_json(document(explanation, model))
        return
    show(f"{explanation.provider} {explanation.model}")
    if explanation.context:
        show(f"context {explanation.context:,} tokens")
    if explanation.is_deprecated:
        show("deprecated")
    show()
    show_table(
        [Column("tier"), *(Column(title, right=True) for title in TITLES)],
        [row for tier in explanation.tiers for row in tier_rows(tier)],
    )
    show()
    for kind, usd in explanation.fees:
        show(f"{kind}: ${plain(usd)} each")
    for tier in explanation.tiers:
        show(f"{tier.tier}: {tier.source}, {tier.as_of}")
        if tier.url:
            show(f"  {tier.url}")
    for day, text in explanation.changes:
        show(f"from {day}: {text}")


def explained(
    here: Setting, model: str, provider: str | None, at: str | None
) -> Explanation:
    """Ask the book about a model.

    Raises:
        UsageError: It does not know the model, with what comes near.
    """
    book = book_for(here.config)
    at_ms = parse_instant(at, here.tz, here.now) if at else millis(here.now)
    seller = provider or provider_of(model, None)[0] or ""
    explanation = book.explain(rate_key(seller, model, None, None), at_ms)
    if explanation is None:
        hint = near_text(book, model)
        raise UsageError(f"{clean(model)} is not in {book.version}{hint}")
    return explanation


def near_text(book: Book, model: str) -> str:
    """Name the models of a book that come near a name, "" if none do."""
    family = {name for _, name in book.search(model.split("-")[0])}
    near = ", ".join(get_close_matches(model, sorted(family), 8, 0.5))
    return f"; near it: {near}" if near else ""


def document(explanation: Explanation, asked: str) -> dict[str, Any]:
    """Make the JSON document of a model's rates."""
    return {
        "kind": "price",
        "asked": asked,
        "provider": explanation.provider,
        "model": explanation.model,
        "context": explanation.context,
        "deprecated": explanation.is_deprecated,
        "rows": [
            {
                "tier": tier.tier,
                "over_tokens": band.over if band.over >= 0 else None,
                "usd_per_million": {kind: float(getattr(band, kind)) for kind in KINDS},
                "source": tier.source,
                "url": tier.url or None,
                "as_of": tier.as_of,
            }
            for tier in explanation.tiers
            for band in tier.bands
        ],
        "fees": {kind: float(usd) for kind, usd in explanation.fees},
        "changes": [
            {"on": str(day), "what": text} for day, text in explanation.changes
        ],
    }


def tier_rows(tier: PricedTier) -> list[list[str]]:
    """Give a tier's rates, one row for each band of prompt lengths."""
    return [
        [
            tier.tier if band.over < 0 else f"{tier.tier} >{band.over // 1000}k",
            *(plain(getattr(band, kind)) for kind in KINDS),
        ]
        for band in tier.bands
    ]


def plain(amount: Decimal) -> str:
    """Write a rate without needless zeros."""
    return f"{amount.normalize():f}"
