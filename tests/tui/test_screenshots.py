"""Screens are what their kept text, colours and pictures in the README show."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2] / "screenshots"


def load() -> Any:
    """Load the program that takes the pictures."""
    spec = importlib.util.spec_from_file_location("take", FOLDER / "take.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["take"] = module
    spec.loader.exec_module(module)
    return module


take = load()


@pytest.mark.parametrize("picture", take.PICTURES, ids=lambda each: each.name)
async def test_screen_is_as_kept(picture: Any, tmp_path: Path) -> None:
    """Text, colours and picture are as kept: look, then run screenshots/take.py."""
    kept = (FOLDER / f"{picture.name}.txt").read_text(encoding="utf-8")
    text, svg = await take.drawn(picture, tmp_path)
    png = (FOLDER / f"{picture.name}.png").read_bytes()
    assert take.told(text, svg, png).splitlines() == kept.splitlines()


@pytest.mark.parametrize("ending", ["png", "txt"])
def test_pictures_are_there(ending: str) -> None:
    """Each screen has its picture and its text, and none is left over."""
    names = {each.name for each in take.PICTURES}
    assert {file.stem for file in FOLDER.glob(f"*.{ending}")} == names
