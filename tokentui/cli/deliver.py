"""A report goes where it was asked for: to stdout, a folder, or a new file."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tokentui.cli.options import options
from tokentui.cli.output import note, show_bytes
from tokentui.errors import UsageError
from tokentui.files import write
from tokentui.reports import A4, MODULES, PAPERS
from tokentui.setting import Setting

if TYPE_CHECKING:
    from tokentui.claims.claim import Claim

STDOUT = "-"
PRIVACY = ("show", "alias", "hide")
"""How much is told of projects, in order."""

where = options(
    click.option(
        "--out",
        metavar="FILE|DIR",
        help="A file, a folder, or - for stdout. By default text goes to stdout, what"
        " is no text to a file in the current folder.",
    ),
    click.option("--force", is_flag=True, help="Write over a file that is there."),
    click.option(
        "--redact",
        type=click.Choice(["projects"]),
        help="Leave out the names of projects, their branches and other clients.",
    ),
)
paper = click.option(
    "--paper",
    type=click.Choice(PAPERS),
    default=A4,
    show_default=True,
    help="Paper of PDF, workbooks and pages.",
)
claim_format = click.option(
    "--format", "form", type=click.Choice(list(MODULES)), required=True
)


def deliver(claim: Claim, here: Setting, given: dict[str, Any]) -> None:
    """Write a claim in the format asked for."""
    from tokentui.reports import format_of
    from tokentui.reports.format import file_name
    from tokentui.reports.names import redacted

    made = format_of(given["form"])
    claim = redacted(claim, privacy(here, given))
    body = made.written(claim, given["paper"])
    send([body], file_name(claim, made.suffix), given, is_text=made.is_text)


def privacy(here: Setting, given: dict[str, Any]) -> str:
    """Say how projects are told: by the config or --redact, whichever hides more."""
    asked = PRIVACY[1] if given["redact"] else PRIVACY[0]
    return max(asked, here.config.privacy.projects, key=PRIVACY.index)


def send(
    pieces: Iterable[bytes], name: str, given: dict[str, Any], *, is_text: bool
) -> None:
    """Write a file, named as asked for or by `name`, and say so; or print it.

    Raises:
        UsageError: A file is there already, or it cannot be written.
    """
    out = given["out"]
    if out == STDOUT or (out is None and is_text):
        show_bytes(pieces)
        return
    path = target(out, name)
    if path.exists() and not given["force"]:
        raise UsageError(
            f"{path} exists already: --force writes over it, --out names another"
        )
    note(f"written: {write(path, pieces, is_over=given['force'])}")


def target(out: str | None, name: str) -> Path:
    """Say which file is meant.

    Raises:
        UsageError: A `~` stands for no known home, or a folder is not there.
    """
    try:
        path = Path(out).expanduser() if out else Path(name)
    except RuntimeError as error:
        raise UsageError(f"{out} cannot be written: {error}") from None
    if out and out.endswith(("/", os.sep)) and not path.is_dir():
        raise UsageError(f"there is no folder {path}")
    return path / name if path.is_dir() else path
