"""Whose a project is: the first rule that matches in all of its keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from tokentui.settings import Project, ProjectMatch
from tokentui.tagging import Tags

SHOP = Project("shop", ProjectMatch(path=("*/shop",)), "client", "acme")
FIXES = Project("fixes", ProjectMatch(path=("*/shop",), branch=("FIX-*",)), "work")
HOME = Project("home", ProjectMatch(path=("/home/*",)), "personal")


@pytest.mark.parametrize(
    ("project", "branch", "expected"),
    [
        ("/home/ada/shop", "FIX-7", "fixes"),
        ("/home/ada/shop", "main", "shop"),
        ("/home/ada/shop", None, "shop"),
        ("/home/ada/toys", "FIX-7", "home"),
        ("/srv/toys", "main", None),
        (None, "main", None),
    ],
)
def test_first_rule_that_matches(
    project: str | None, branch: str | None, expected: str | None
) -> None:
    """Rules are asked in their order, and each key of a rule has to match."""
    rule = Tags((FIXES, SHOP, HOME)).rule(project, branch)
    assert (rule and rule.name) == expected


def test_rule_by_remote(tmp_path: Path) -> None:
    """A rule on a remote matches the repositories that have it, by host or without."""
    (tmp_path / "a/.git").mkdir(parents=True)
    text = '[remote "origin"]\nurl = git@github.com:acme/a.git\n'
    (tmp_path / "a/.git/config").write_text(text)
    for glob in ("github.com/acme/*", "acme/*"):
        rule = Project("acme", ProjectMatch(remote=(glob,)), "client", "acme")
        tags = Tags((rule,))
        assert tags.rule(str(tmp_path / "a"), None) == rule
        assert tags.rule(str(tmp_path / "b"), None) is None


def test_rule_that_tells_nothing() -> None:
    """A rule without any key matches no usage, rather than all."""
    assert Tags((Project("all"),)).rule("/home/ada/shop", "main") is None
