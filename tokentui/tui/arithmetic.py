"""How the cost of one response came about, in lines that add up."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from textual.content import Content

from tokentui.amounts import NANOS
from tokentui.attribution import ASSUMED
from tokentui.queries.responses import Arithmetic, PriceLine, Response
from tokentui.tui.lines import muted
from tokentui.tui.names import key_name
from tokentui.tui.tables import Column, table
from tokentui.tui.text import clean
from tokentui.tui.times import day, local
from tokentui.tui.view import View
from tokentui.vendors import PLANS

PLAN_PAYS = "a flat plan: this is list value, which nobody pays once more"
ORIGINS = {
    "unlogged": "known only from a total",
    "account": "as the provider lists it",
    "import": "imported from a file",
}
RULE = "rule "
TIMES = "\N{MULTIPLICATION SIGN}"
FEWEST_DECIMALS, MOST_DECIMALS = 4, 9
COLUMNS = (
    Column("", least=8),
    Column("tokens", is_right=True),
    Column("", is_extra=True),
    Column("per million", is_right=True),
    Column("", is_extra=True),
    Column("dollars", is_right=True),
)


def exact(nanos: int, decimals: int) -> str:
    """Return dollars with so many decimals; nanos have nine."""
    sign, count = ("-", -nanos) if nanos < 0 else ("", nanos)
    whole, rest = divmod(count, NANOS)
    return f"{sign}${whole:,}.{rest:09d}"[: decimals - MOST_DECIMALS or None]


def decimals_of(amounts: Sequence[int]) -> int:
    """Return how many decimals are needed so that no amount is rounded."""
    for decimals in range(FEWEST_DECIMALS, MOST_DECIMALS):
        if not any(amount % 10 ** (MOST_DECIMALS - decimals) for amount in amounts):
            return decimals
    return MOST_DECIMALS


def lines_of(
    found: Arithmetic, response: Response, view: View, width: int
) -> list[Content]:
    """Return what the response was, its products and their sum, and who says so."""
    return [
        *said(response, view.snapshot.tz, width),
        Content(),
        *products(found, response.is_partial, width),
        Content(),
        *evidence(found, response, view, width),
    ]


def said(response: Response, tz: ZoneInfo, width: int) -> list[Content]:
    """Return when, by which agent and model, and how it ended."""
    at = local(response.at_ms, tz)
    ended = f"ended with {response.stop_reason}" if response.stop_reason else ""
    told = [
        f"{day(at)} {at.year} {at:%H:%M:%S}",
        clean(response.source),
        clean(response.model),
        f"agent {clean(response.agent or 'main')}",
        ended,
        partly(response),
        ORIGINS.get(response.origin, ""),
    ]
    text = Content(" · ".join(word for word in told if word))
    return [line.rstrip() for line in text.wrap(max(1, width))]


def partly(response: Response) -> str:
    """Say that counts are missing, if they are."""
    if not response.is_partial:
        return ""
    if not any(response.tokens):
        return "nobody counted its tokens"
    return "broken off: the output is a lower bound"


def products(found: Arithmetic, is_partial: bool, width: int) -> list[Content]:
    """Return a line for each kind, the rounding, the discount, and the cost."""
    known = [line.nanos for line in found.lines if line.nanos is not None]
    cost, listed = found.cost_nanos, found.list_nanos
    priced = [each for each in (cost, listed) if each is not None]
    decimals = decimals_of([*known, *priced])
    is_whole = cost is not None and not known  # the provider states no products
    rows = [product(line, decimals, is_whole) for line in found.lines]
    if cost is None or listed is None:
        rows.append(summed("cost", "unpriced"))
        return table(COLUMNS, rows, width)
    least = "≥" if is_partial else ""
    if not is_whole and listed != sum(known):
        rows.append(summed("rounding", exact(listed - sum(known), decimals)))
    if cost != listed:
        rows.append(summed("at list price", exact(listed, decimals)))
        rate = Decimal(listed - cost) * 100 / Decimal(listed) if listed else Decimal(0)
        rows.append(summed(f"discount {rate:.4g} %", exact(cost - listed, decimals)))
    rows.append(summed("cost", f"{least}{exact(cost, decimals)}"))
    lines = table(COLUMNS, rows, width)
    rule = muted("─" * max(line.cell_length for line in lines))
    return [*lines[: 1 + len(found.lines)], rule, *lines[1 + len(found.lines) :]]


def product(line: PriceLine, decimals: int, is_whole: bool) -> list[Content]:
    """Return the cells of tokens times a rate, or of a fee."""
    if is_whole:
        return summed(line.kind.replace("_", " "), "", f"{line.units:,}")
    amount = "unpriced" if line.nanos is None else exact(line.nanos, decimals)
    rate = line.usd_per_million
    return [
        Content(clean(line.kind.replace("_", " "))),
        Content(f"{line.units:,}"),
        muted("" if rate is None else TIMES),
        Content("" if rate is None else f"${plain(rate)}"),
        muted("="),
        Content(amount),
    ]


def summed(words: str, amount: str, units: str = "") -> list[Content]:
    """Return the cells of a line below the products, or of one that is none."""
    blank = Content()
    return [
        Content(clean(words)),
        Content(units),
        blank,
        blank,
        blank,
        Content.styled(amount, ".figure"),
    ]


def plain(rate: float | Decimal) -> str:
    """Return dollars per million tokens with two decimals, or as many as it has."""
    text = f"{Decimal(str(rate)).normalize():f}"
    whole, _, rest = text.partition(".")
    return f"{whole}.{rest.ljust(2, '0')}"


def evidence(
    found: Arithmetic, response: Response, view: View, width: int
) -> list[Content]:
    """Return where the rate comes from, who served, who pays, and how that is known."""
    reasoning, over = response.tokens[5], found.over
    hides = view.hides_projects
    is_long = "" if over is None else f"over {over:,} tokens: rates of long prompts"
    payer = key_name("payer", found.payer, view)
    facts = [
        ("rate", origin(found)),
        ("book", found.version or ""),
        ("prompt", is_long),
        ("output", f"{reasoning:,} tokens of it are reasoning" if reasoning else ""),
        (
            "provider",
            f"{found.provider or 'unknown'}, {by(found.provider_evidence, hides)}",
        ),
        ("payer", f"{payer}, {by(found.payer_evidence, hides)}"),
        ("", PLAN_PAYS if is_plan(found.payer, view) else ""),
    ]
    lines = []
    for name, text in facts:
        body = Content(clean(text)).wrap(max(1, width - 10)) if text else []
        for i, line in enumerate(body):
            title = f"{name if i == 0 else '':<10}"
            lines.append(Content.assemble((title, ".muted"), line.rstrip()))
    return lines


def is_plan(payer: str, view: View) -> bool:
    """Claim that a payer is a flat plan, as far as this month or its name tells."""
    plans = [each.payer for each in view.snapshot.payers if each.is_plan]
    return payer in plans or payer in PLANS.values()


def origin(found: Arithmetic) -> str:
    """Say who states the rate, and as of when."""
    if found.source is None:
        return "none: the price book does not know the model, or not who serves it"
    return f"{found.source}, as of {found.as_of}" if found.as_of else found.source


def by(evidence: str | None, hides_projects: bool) -> str:
    """Say how something is known; the name of a rule may tell a client."""
    if evidence in (None, ASSUMED):
        return "assumed: nothing in the traces tells"
    if hides_projects and evidence.startswith(RULE):
        return "known by a rule of yours"
    return f"known by {evidence}"
