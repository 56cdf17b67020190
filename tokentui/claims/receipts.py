"""Receipts beside a claim: a copy under a name of ours, known by its SHA-256."""

from __future__ import annotations

import re
import unicodedata
from hashlib import sha256
from pathlib import Path

from tokentui.errors import LedgerError, UsageError
from tokentui.paths import write_private

FOLDER = "claims"
"""Where receipts lie, beside the ledger or a copy of it."""

MOST_BYTES = 32 << 20
LONGEST = 80


def folder_of(ledger: Path, claim: int) -> Path:
    """Name the folder of a claim's receipts, beside the ledger."""
    return ledger.parent / FOLDER / str(claim)


def path_of(ledger: Path, claim: int, digest: str, name: str) -> Path:
    """Name the copy of a receipt, whatever its name says."""
    return folder_of(ledger, claim) / f"{digest[:16]}-{safe_name(name)}"


def copy_all(ledger: Path, target: Path) -> int:
    """Copy the receipts of all claims beside a copy of the ledger; give how many.

    Those that lie there already stay as they are.

    Raises:
        LedgerError: One cannot be copied, or another file has its name.
    """
    copied_now = 0
    here, there = ledger.parent / FOLDER, target.parent / FOLDER
    for file in sorted(here.glob("*/*")):
        beside = there / file.relative_to(here)
        try:
            if file.name.startswith(".") or not file.is_file():
                continue
            if not beside.exists():
                write_private(beside, file.read_bytes())
                copied_now += 1
            elif beside.read_bytes() != file.read_bytes():
                raise LedgerError(f"{beside} is another file than {file}")
        except OSError as error:
            raise LedgerError(f"{file} cannot be copied: {error.strerror}") from None
    return copied_now


def safe_name(name: str) -> str:
    """Give a file name that stays in its folder and that every system takes."""
    last = re.split(r"[/\\]", name)[-1]
    plain = unicodedata.normalize("NFKD", last).encode("ascii", "ignore").decode()
    kept = re.sub(r"[^A-Za-z0-9._-]+", "_", plain).strip("._-")
    stem, dot, ending = kept.rpartition(".")
    if dot and len(ending) <= 8:
        return f"{stem[: LONGEST - 9]}.{ending}"
    return kept[:LONGEST] or "receipt"


def copied(ledger: Path, claim: int, file: Path) -> tuple[str, str]:
    """Copy a file beside a claim; give its SHA-256 and the name it is shown by.

    Raises:
        UsageError: It is no file that can be read, or too large for a receipt.
    """
    try:
        if not file.is_file():
            raise UsageError(f"{file} is no file")
        with file.open("rb") as opened:
            text = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None
    if not text or len(text) > MOST_BYTES:
        raise UsageError(f"{file} is empty or has more than 32 MB; no receipt has")
    digest, name = sha256(text).hexdigest(), safe_name(file.name)
    write_private(path_of(ledger, claim, digest, name), text)
    return digest, name
