"""What `tokentui refresh` does: read what is new and say what was read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tokentui.cli.freshen import freshened
from tokentui.cli.output import Column, note, show, show_json, show_table
from tokentui.errors import SOURCE_FAILED
from tokentui.setting import Setting

if TYPE_CHECKING:
    from tokentui.poll import AccountReport, PollReport


def answer(here: Setting, accounts: bool = False, as_json: bool = False) -> int:
    """Read what is new, print what was read, and give the exit code."""
    report = freshened(here)
    polled = polled_now(here) if accounts else None
    if as_json:
        show_json(
            {
                "kind": "refresh",
                "sources": [
                    {
                        "source": each.source,
                        "files": each.files,
                        "bytes_read": each.bytes_read,
                        "events_new": each.events_new,
                        "events_updated": each.events_updated,
                        "records_skipped": each.records_skipped,
                        "errors": each.errors,
                    }
                    for each in report.sources
                ],
                "seconds": round(report.seconds, 3),
            }
            | ({"accounts": shapes(polled)} if polled else {})
        )
    else:
        show_table(
            [
                Column("source"),
                Column("files", right=True),
                Column("MB read", right=True),
                Column("new", right=True),
                Column("updated", right=True),
                Column("skipped", right=True),
            ],
            [
                [
                    each.source,
                    str(each.files),
                    f"{each.bytes_read / 1e6:.1f}",
                    str(each.events_new),
                    str(each.events_updated),
                    str(each.records_skipped),
                ]
                for each in report.sources
            ],
        )
        for each in polled.accounts if polled else ():
            show(f"account {each.account}: {outcome(each)}")
    has_failed = report.has_failed or (polled is not None and polled.has_failed)
    return SOURCE_FAILED if has_failed else 0


def shapes(polled: PollReport) -> list[dict[str, Any]]:
    """Give what a poll did as JSON has it, account by account."""
    from dataclasses import asdict  # 1 ms, only if accounts were asked

    return [asdict(each) for each in polled.accounts]


def outcome(report: AccountReport) -> str:
    """Say how the poll of an account went."""
    if not report.was_due:
        return "not due yet"
    if report.errors:
        return "read in part" if report.readings else "failed"
    return "read"


def polled_now(here: Setting) -> PollReport:
    """Ask the accounts that may be asked; what failed is told on stderr."""
    from tokentui.poll import poll

    report = poll(here.ledger, here.config, here.now, asked=True)
    for each in report.accounts:
        for error in each.errors:
            note(f"tokentui: {each.account}: {error}")
    return report
