"""When a route is called cheaper."""

from __future__ import annotations

import pytest

from tokentui.routes.estimates import Estimates
from tokentui.routes.verdict import verdict

OPEN = {
    "tokenizer": None,
    "benchmark": None,
    "task": None,
    "own": None,
    "unfit": 0,
    "pairs": (),
    "input_multiple": None,
    "break_even_multiple": None,
    "is_evident": True,
}


@pytest.mark.parametrize(
    ("found", "judged"),
    [
        ({"same": 90, "tokenizer": 80, "benchmark": 95, "task": 99}, "cheaper"),
        ({"same": 90, "tokenizer": 80, "benchmark": 101}, "not clearly cheaper"),
        ({"same": 90, "tokenizer": 101, "benchmark": 95}, "not clearly cheaper"),
        ({"same": 101, "benchmark": 50, "task": 50}, "not clearly cheaper"),
        ({"same": 90, "benchmark": 95, "task": 101}, "not clearly cheaper"),
        ({"same": 101, "tokenizer": 102, "benchmark": 103}, "dearer"),
        ({"same": 101, "is_evident": False}, "dearer"),
        ({"same": 90, "is_evident": False}, "not clearly cheaper"),
        ({"same": 90, "tokenizer": 80, "is_evident": False}, "not clearly cheaper"),
        ({"same": 90, "benchmark": 110, "task": 110, "own": 95}, "cheaper"),
        ({"same": 90, "benchmark": 95, "own": 110}, "not clearly cheaper"),
        ({"same": 100}, "not clearly cheaper"),
    ],
)
def test_signs(found: dict, judged: str) -> None:
    """Cheaper is what every estimate calls so, and something beside prices as well."""
    assert verdict(100, Estimates(**(OPEN | found)))[0] == judged


def test_unpriced() -> None:
    """Without a price on either side there is no verdict."""
    assert verdict(100, None)[0] == "unpriced"
    assert verdict(None, Estimates(same=5, **OPEN))[0] == "unpriced"
