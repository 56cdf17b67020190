"""`tokentui claim attach`: a receipt, kept beside a draft for some of its lines."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tokentui.cli.options import as_json, setting
from tokentui.cli.output import show, show_json
from tokentui.cli.reading import changing
from tokentui.errors import UsageError

if TYPE_CHECKING:
    from tokentui.claims.claim import Claim, Line

AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?")


@click.command("attach")
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
def attach(file: Path, name: str | None, **given: Any) -> None:
    """Keep a copy of the receipt FILE beside a draft, for some of its lines.

    --paid takes the place of the exchange rate.
    """
    from tokentui.claims import kept as claims
    from tokentui.claims.claim import Receipt
    from tokentui.claims.lines import Attached
    from tokentui.claims.receipts import copied

    here = setting()
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


def lines_meant(
    claim: Claim, numbers: tuple[int, ...], vendor: str | None
) -> list[Line]:
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
