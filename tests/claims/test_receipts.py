"""A receipt's copy lies in its claim's folder, whatever the receipt is called."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokentui.claims import receipts
from tokentui.claims.receipts import copied, folder_of, path_of, safe_name
from tokentui.errors import UsageError


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("max.pdf", "max.pdf"),
        ("Rechnung für Mai (2).PDF", "Rechnung_fur_Mai_2_.PDF"),
        ("../../etc/passwd", "passwd"),
        (r"..\..\boot.ini", "boot.ini"),
        (".bashrc", "bashrc"),
        ("-rf", "rf"),
        ("=cmd|' /C calc'!A1", "C_calc_A1"),
        ("\x1b[31mred\n.pdf", "31mred_.pdf"),
        ("発票", "receipt"),
        ("", "receipt"),
        ("a" * 300 + ".pdf", "a" * 71 + ".pdf"),
    ],
)
def test_safe_name(name: str, expected: str) -> None:
    """A name keeps what any system takes, and nothing that leads elsewhere."""
    assert safe_name(name) == expected


@given(st.text())
def test_any_name_stays_in_its_folder(name: str) -> None:
    """Whatever a receipt is called, its copy lies right in the claim's folder."""
    ledger = Path("/data/ledger.db")
    path = path_of(ledger, 3, "ab" * 32, name)
    assert path.parent == folder_of(ledger, 3)
    assert len(path.name) <= 100
    assert path.name.isascii()
    assert path.name.isprintable()


def test_copied(tmp_path: Path) -> None:
    """A copy has the receipt's bytes and is named by their hash; again is no matter."""
    file = tmp_path / "max.pdf"
    file.write_bytes(b"paid")
    ledger = tmp_path / "data/ledger.db"
    digest = sha256(b"paid").hexdigest()
    for _ in range(2):
        assert copied(ledger, 3, file) == (digest, "max.pdf")
    (copy,) = folder_of(ledger, 3).iterdir()
    assert (copy.name, copy.read_bytes()) == (f"{digest[:16]}-max.pdf", b"paid")


def test_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no file, empty or far too large is refused, and nothing is kept."""
    monkeypatch.setattr(receipts, "MOST_BYTES", 10)
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "large").write_bytes(b"x" * 11)
    for name in ("empty", "large", "missing", "."):
        with pytest.raises(UsageError):
            copied(tmp_path / "data/ledger.db", 1, tmp_path / name)
    assert not (tmp_path / "data").exists()
