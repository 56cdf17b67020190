"""The tables of a claim, in cells with types: every format for people shows these."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from tokentui.claims.claim import RECEIPT, UNTAGGED, Claim, Line, Part, Subtotal
from tokentui.reports import figures, words
from tokentui.reports.names import project_names
from tokentui.text import clean

TEXT, COUNT, MONEY, SHARE, RATE, DAY = "text", "count", "money", "share", "rate", "day"
"""What a column holds: `str`, `int`, `Decimal` (a share is 0 to 1) or `date`."""

ALLOCATION = "Allocation"

Cell = str | int | Decimal | date | None


class Column(NamedTuple):
    """A column: its title, what it holds, how wide it is beside others.

    `adds`: the total of the table has its sum. `unknown` stands where a cell is `None`.
    """

    title: str
    kind: str = TEXT
    width: int = 10
    adds: bool = False
    unknown: str = ""


class Table(NamedTuple):
    """Rows under a title; `total` is a row that the claim states, not a new sum."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] | None = None
    note: str | None = None


def cell_text(column: Column, cell: Cell) -> str:
    """Give a cell as people read it; names are made safe."""
    if cell is None:
        return column.unknown
    if isinstance(cell, Decimal):
        text = {SHARE: figures.share, RATE: figures.rate}.get(column.kind)
        return text(cell) if text else figures.money(cell)
    return f"{cell:,}" if isinstance(cell, int) else clean(str(cell))


def money(claim: Claim, title: str, adds: bool = True) -> Column:
    """Make a column of money in the claim's currency."""
    return Column(f"{title} {claim.currency}", MONEY, 9, adds)


def lines(claim: Claim) -> Table:
    """List what was paid, to whom, and how much of it is claimed."""
    columns = (
        Column("No.", COUNT, 4),
        Column("From", DAY, 9),
        Column("To", DAY, 9),
        Column("Vendor", TEXT, 12),
        Column("Description", TEXT, 26),
        Column("Basis", TEXT, 7),
        Column("Original", MONEY, 9),
        Column("", TEXT, 4),
        Column("Rate", RATE, 7),
        Column("Rate of", DAY, 9),
        money(claim, "Paid"),
        Column("Share", SHARE, 6),
        money(claim, "Claimed"),
        money(claim, "Tax", adds=False),
        Column("Receipt, remarks", TEXT, 17),
    )
    rows = tuple(line_cells(line) for line in claim.lines)
    total = (None, None, None, "Total", *[None] * 6, claim.whole, None, claim.eligible)
    is_taxed = any(line.tax is not None for line in claim.lines)
    note = words.TAX if is_taxed else None
    found = Table("Lines", columns, rows, (*total, None, None), note)
    return without_empty(found, "Rate", "Rate of", f"Tax {claim.currency}")


def without_empty(table: Table, *titles: str) -> Table:
    """Leave out those of some columns in which nothing stands."""
    empty = {
        number
        for number, column in enumerate(table.columns)
        if column.title in titles and all(row[number] is None for row in table.rows)
    }
    return without(table, empty)


def without(table: Table, numbers: set[int]) -> Table:
    """Leave out columns."""
    kept = [number for number in range(len(table.columns)) if number not in numbers]
    return table._replace(
        columns=tuple(table.columns[number] for number in kept),
        rows=tuple(tuple(row[number] for number in kept) for row in table.rows),
        total=table.total and tuple(table.total[number] for number in kept),
    )


def line_cells(line: Line) -> tuple[Cell, ...]:
    """Give one line's cells."""
    rate = line.rate
    remarks = [receipt.number or receipt.name for receipt in line.receipts]
    return (
        line.number,
        line.first,
        line.last,
        line.vendor,
        line.description,
        line.basis,
        line.original,
        line.original_currency,
        rate.value if rate else None,
        rate.day if rate else None,
        line.whole,
        line.share,
        line.amount,
        line.tax,
        "; ".join([*remarks, *line.marks]),
    )


def paid_on(line: Line) -> date:
    """Say when a line was paid: a fee as it fell due, a bill at its end."""
    return line.first if line.basis == RECEIPT else line.last


def parts_of(line: Line) -> tuple[Part, ...]:
    """Give the parts of a line, or all of it as one that nobody tagged."""
    return line.parts or (Part(None, UNTAGGED, line.whole, line.amount),)


def steps(claim: Claim) -> list[tuple[str, Decimal]]:
    """List what leads from the lines' amounts to what is claimed, with its sign."""
    found = [
        (f"Not paid by allowance {each.name}", each.claimed - each.eligible)
        for each in claim.allowances
    ]
    if claim.recharge is not None:
        name = f"Markup {figures.share(claim.recharge.markup)}"
        found.append((name, claim.recharge.added))
    return [(name, amount) for name, amount in found if amount]


def bridge(claim: Claim) -> Table:
    """Lead from what was paid to what is claimed, step by step."""
    rows = [("Paid to vendors", claim.whole)]
    if claim.whole != claim.eligible:
        rows.append(("Not claimed: other use", claim.eligible - claim.whole))
    rows += steps(claim)
    columns = Column("", TEXT, 30), money(claim, "Amount")
    total = words.asked(claim), claim.claimed
    return Table("How the claim comes about", columns, tuple(rows), total)


def proof(claim: Claim) -> Table:
    """Say how much of the eligible amount documents show."""
    rows = (
        ("With a receipt", claim.with_receipts),
        ("Without a receipt", claim.without_receipts),
    )
    columns = Column("", TEXT, 30), money(claim, "Amount")
    return Table("Receipts", columns, rows, ("Eligible", claim.eligible))


def whose(claim: Claim) -> Table:
    """Say whose the amounts are, by the list value of the usage."""
    split = claim.split
    amounts = (
        ("Work", split.work),
        ("Personal", split.personal),
        (claim.client or "Clients", split.client),
        ("Not tagged", split.untagged),
        ("Other", split.other),
    )
    rows = tuple(row for row in amounts if row[1])
    columns = Column("Use", TEXT, 30), money(claim, "Paid")
    note = words.split_words(claim)
    return Table("Whose use", columns, rows, ("Total", claim.whole), note)


def subtotals(
    claim: Claim, title: str, column: str, rows: Iterable[tuple[str, Subtotal]]
) -> Table:
    """Lay out subtotals, which add up to the lines."""
    return Table(
        title,
        (Column(column, TEXT, 30), money(claim, "Paid"), money(claim, "Claimed")),
        tuple((name, each.whole, each.amount) for name, each in rows),
        ("Total", claim.whole, claim.eligible),
    )


def vendors(claim: Claim) -> Table:
    """Add up the lines by vendor."""
    rows = ((each.name or "unknown", each) for each in claim.by_vendor)
    return subtotals(claim, "By vendor", "Vendor", rows)


def projects(claim: Claim) -> Table:
    """Add up the lines by project."""
    names = project_names(claim)
    rows = ((names[each.name], each) for each in claim.by_project)
    return subtotals(claim, "By project", "Project", rows)


def allocation(claim: Claim) -> Table:
    """Say what of each line is which project's."""
    names = project_names(claim)
    columns = (
        Column("Line", COUNT, 5),
        Column("Project", TEXT, 30),
        Column("Use", TEXT, 10),
        Column("Client", TEXT, 12),
        Column("Cost centre", TEXT, 12),
        money(claim, "Paid"),
        money(claim, "Claimed"),
    )
    rows = tuple(
        (
            line.number,
            names[part.project] if part.project or part.kind == UNTAGGED else None,
            part.kind,
            part.client,
            part.cost_centre,
            part.whole,
            part.amount,
        )
        for line in claim.lines
        for part in line.parts
    )
    total = (None, "Total", None, None, None, claim.whole, claim.eligible)
    return Table(ALLOCATION, columns, rows, total if rows else None)


def receipts(claim: Claim) -> Table:
    """List the documents that were attached."""
    columns = (
        Column("Line", COUNT, 5),
        Column("Number", TEXT, 16),
        Column("File", TEXT, 24),
        Column("SHA-256", TEXT, 50),
    )
    rows = tuple(
        (line.number, receipt.number, receipt.name, receipt.sha256)
        for line in claim.lines
        for receipt in line.receipts
    )
    return Table("Attached receipts", columns, rows)


def evidence(claim: Claim) -> Table:
    """List the usage at list prices, which has no total: its parts do not mix."""
    in_dollars = Column(
        f"List value {words.DOLLARS}", MONEY, 12, unknown=figures.UNKNOWN
    )
    columns = (
        Column("Vendor", TEXT, 14),
        Column("Payer", TEXT, 14),
        Column("Model", TEXT, 24),
        Column("Paid by", TEXT, 20),
        Column("Responses", COUNT, 9, unknown=figures.UNKNOWN),
        Column("Tokens", COUNT, 14),
        in_dollars,
        Column(f"List value {claim.currency}", MONEY, 12, unknown=figures.UNKNOWN),
        Column("Remarks", TEXT, 16),
    )
    rows = tuple(
        (
            each.vendor,
            each.payer,
            each.model,
            words.evidence_kind(each),
            each.requests,
            each.tokens,
            each.original,
            each.amount,
            words.evidence_remarks(each),
        )
        for each in claim.evidence
    )
    found = Table("Usage at list prices", columns, rows, note=words.ESTIMATES)
    # In dollars both columns would say the same.
    is_same = claim.currency == words.DOLLARS
    return without(found, {columns.index(in_dollars)} if is_same else set())


def change_by_vendor(claim: Claim) -> Table | None:
    """Compare the vendors' amounts with those of the period before."""
    told = claim.explanation
    if told is None:
        return None
    columns = (
        Column("Vendor", TEXT, 30),
        money(claim, "Before"),
        money(claim, "Now"),
        money(claim, "Change"),
    )
    rows = tuple(
        (each.name or "unknown", each.whole, each.amount, each.amount - each.whole)
        for each in told.vendors
    )
    before, now = told.whole_before, told.whole_now
    return Table(
        "By vendor, before and now",
        columns,
        rows,
        ("Total", before, now, now - before),
    )


def causes(claim: Claim) -> Table | None:
    """Say which models the change comes from, at list prices."""
    told = claim.explanation
    if told is None or not told.causes:
        return None
    columns = (
        Column("Model", TEXT, 24),
        Column("Vendor", TEXT, 14),
        money(claim, "Before", adds=False),
        money(claim, "Now", adds=False),
        money(claim, "By tokens", adds=False),
        money(claim, "By price, mix", adds=False),
    )
    rows = tuple(
        (each.model, each.vendor, each.before, each.now, each.by_volume, each.by_price)
        for each in told.causes
    )
    return Table("By model, at list prices", columns, rows, note=words.CAUSES)


def daily(claim: Claim) -> Table:
    """List the days, for a chart."""
    columns = (
        Column("Day", DAY, 12),
        money(claim, "Paid", adds=False),
        Column(f"List value {claim.currency}", MONEY, 12),
    )
    rows = tuple((each.day, each.whole, each.estimate) for each in claim.daily)
    return Table("Days", columns, rows)


def estimates(claim: Claim) -> Table:
    """List the models' list values shortly, for a claim that has nothing else."""
    columns = (
        Column("Model", TEXT, 20),
        Column("Payer", TEXT, 14),
        Column(f"List value {claim.currency}", MONEY, 12, unknown=figures.UNKNOWN),
    )
    rows = tuple((each.model, each.payer, each.amount) for each in claim.evidence)
    return Table("Usage at list prices, no payment", columns, rows)


def summary(claim: Claim) -> list[Table]:
    """Give the tables of a report's first page."""
    if not claim.lines:
        nothing = bridge(claim)._replace(note=words.NOTHING)
        return [nothing, estimates(claim)]
    return [bridge(claim), proof(claim), whose(claim), vendors(claim), projects(claim)]


def changes(claim: Claim) -> list[Table]:
    """Give the tables that explain the change to the period before."""
    tables = change_by_vendor(claim), causes(claim)
    return [table for table in tables if table is not None and table.rows]


def details(claim: Claim) -> list[Table]:
    """Give the tables that come after the explanation, those without rows left out."""
    tables = (lines(claim), allocation(claim), receipts(claim), evidence(claim))
    return [table for table in tables if table.rows]


def shown(table: Table, row: Sequence[Cell]) -> list[str]:
    """Give a row's cells as people read them."""
    return [
        cell_text(column, cell) for column, cell in zip(table.columns, row, strict=True)
    ]
