"""`tokentui setup`: a few questions, the config they make, written on yes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from tokentui import amounts
from tokentui.cli.freshen import opened
from tokentui.cli.options import setting
from tokentui.cli.output import show
from tokentui.config import check_text
from tokentui.errors import ConfigError, UsageError
from tokentui.paths import make_private, write_private
from tokentui.setting import Setting
from tokentui.snapshot import Snapshot, take
from tokentui.text import clean

MOST_QUESTIONS = 5
EXAMPLE = Path(__file__).parents[1] / "guide/config.toml"


@click.command("setup")
@click.option("--example", is_flag=True, help="Print a config of all there is.")
def verb(example: bool) -> int:
    """Ask a few skippable questions and write the config on yes.

    What you wrote yourself is never changed; new lines are added after it.
    """
    if example:
        show(EXAMPLE.read_text(encoding="utf-8").rstrip())
        return 0
    here = setting()
    with opened(here, is_fresh=True) as (connection, code):
        snapshot = take(connection, here.config, here.tz, here.now)
    show("Enter skips a question.")
    tables = [*plan_tables(here, snapshot), *payer_table(here, snapshot)]
    tables += cap_table(here)
    tables = tables[:MOST_QUESTIONS]
    if not tables:
        show("Nothing to write.")
        return code
    text = "\n".join(tables)
    show()
    show(f"To add to {here.config_file}:")
    show()
    show(text)
    if click.confirm("Write it?", default=False):
        write(here, text)
        show("written")
    return code


def plan_tables(here: Setting, snapshot: Snapshot) -> list[str]:
    """Ask for the fees of the plans that the agents' files name."""
    tables = []
    stated = {plan.name for plan in here.config.plans}
    for name in [fee for fee in snapshot.unknown_fees if fee not in stated][:2]:
        provider = "anthropic" if name.startswith("claude") else "openai"
        fee = asked(f"Monthly fee of {clean(name)}, such as 100 or 100 EUR")
        if fee is None:
            continue
        number, _, currency = fee.partition(" ")
        value = amount_of(number)
        day = asked(
            "On which day of the month does it renew, such as 12; or since which"
            " date do you have it, such as 2026-11-12"
        )
        tables.append(
            f'[plans."{name}"]\nprovider = "{provider}"\nfee = {value}\n'
            f'currency = "{(currency or "USD").strip().upper()}"\n{renewal(day)}'
        )
    return tables


def renewal(answer: str | None) -> str:
    """Write when a plan renews: on a day, or on that of the date on which it began."""
    try:
        since = date.fromisoformat(answer or "")
    except ValueError:
        return f"renews = {answer or 1}\n"
    return f"renews = {since.day}\nsince = {since}\n"


def payer_table(here: Setting, snapshot: Snapshot) -> list[str]:
    """Ask who pays what nothing tells the payer of."""
    if here.config.payers or not any("assumed" in p.evidence for p in snapshot.payers):
        return []
    who = asked("Who pays for API keys: me, employer or client")
    if who is None:
        return []
    if who not in ("me", "employer", "client"):
        raise UsageError(f"{who!r} is none of me, employer, client; nothing written")
    sources = sorted({row.source for row in snapshot.sources})
    listed = ", ".join(f'"{source}"' for source in sources)
    name = {"me": "my-key", "employer": "company", "client": "client"}[who]
    return [
        f'[payers.{name}]\npaid_by = "{who}"\nmatch.source = [{listed}]\n'
        'match.account = ["api key", "unknown"]\n'
    ]


def cap_table(here: Setting) -> list[str]:
    """Ask for a monthly cap, if there is none."""
    if here.config.caps:
        return []
    cap = asked("Your monthly cap in dollars, such as 1500")
    if cap is None:
        return []
    return [f'[caps.month]\namount = {amount_of(cap)}\nper = "month"\n']


def asked(question: str) -> str | None:
    """Ask one question; nothing is skipped."""
    answer = click.prompt(question, default="", show_default=False, err=True)
    return str(answer).strip() or None


def amount_of(text: str) -> str:
    """Write an amount as TOML does."""
    return format(
        amounts.out_of_unit(amounts.nanos_from_usd(text), "usd").normalize(), "f"
    )


def write(here: Setting, text: str) -> None:
    """Add the new tables after what is there.

    Raises:
        ConfigError: The whole would not be a valid config; nothing is written.
    """
    path = here.config_file
    try:
        old = path.read_bytes()
    except FileNotFoundError:
        old = b""
    except OSError as problem:
        raise UsageError(f"{path} cannot be read: {problem.strerror}") from None
    gap = b"" if not old else b"\n" if old.endswith(b"\n") else b"\n\n"
    whole = old + gap + text.encode()
    try:
        check_text(whole)
    except ConfigError as problem:
        raise ConfigError(f"nothing written: {problem}") from None
    make_private(path.parent)
    write_private(path.resolve(), whole)  # a link stays a link
