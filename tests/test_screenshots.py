"""The pictures in the README show what the screens show."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "screenshots"


@pytest.fixture(scope="module")
def take() -> object:
    """Load the program that takes the pictures."""
    spec = importlib.util.spec_from_file_location("take", FOLDER / "take.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["take"] = module
    spec.loader.exec_module(module)
    return module


def test_pictures_are_renewed(take: object) -> None:
    """Each picture's mark is that of its screen: else run screenshots/take.py."""
    kept = dict(
        line.split() for line in (FOLDER / "marks.txt").read_text().splitlines()
    )
    assert take.marks() == kept  # type: ignore[attr-defined]


def test_pictures_are_there(take: object) -> None:
    """Each mark has its picture, and none is left over."""
    names = {each.name for each in take.PICTURES}  # type: ignore[attr-defined]
    assert {file.stem for file in FOLDER.glob("*.png")} == names
