"""`tokentui project`: tagged by hand or by rules, and the untagged shown as such."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import builders
import pytest
from asking import Ask


@pytest.fixture
def projects(home: Path) -> Path:
    """Write usage in two projects and in none: $2.00, $1.00 and $0.40."""
    shop, toys = home / "code/shop", home / "code/toys"
    for folder in (shop, toys):
        (folder / ".git").mkdir(parents=True)
    builders.write(
        builders.transcript(home),
        builders.claude_line(
            "msg_01A", input=0, output=100_000, request="a", cwd=str(shop)
        ),
        builders.claude_line(
            "msg_01B",
            input=0,
            output=50_000,
            request="b",
            cwd=str(toys),
            gitBranch="FUN-1",
        ),
        builders.claude_line(
            "msg_01C", input=0, output=20_000, request="c", cwd="/gone/old"
        ),
    )
    return home / "code"


def listed(ask: Ask) -> dict[str, tuple[object, ...]]:
    """Give the tag, client, origin and cost of each project by its last part."""
    rows = ask("project", "list", "--json").document["rows"]
    return {
        row["project"].rpartition("/")[2]: (
            row["tag"],
            row["client"],
            row["told_by"],
            row["cost_usd"],
        )
        for row in rows
    }


def test_untagged_is_shown(ask: Ask, projects: Path) -> None:
    """Without a rule every project is untagged, with what it used."""
    assert listed(ask) == {
        "shop": ("untagged", None, None, 2),
        "toys": ("untagged", None, None, 1),
        "old": ("untagged", None, None, 0.4),
    }
    assert "3 projects untagged" in ask("project", "list").err


def test_rules_of_the_config(
    ask: Ask, projects: Path, config: Callable[[str], Path]
) -> None:
    """Path, branch and remote tell whose a project is."""
    text = '[remote "origin"]\nurl = https://github.com/acme/shop\n'
    (projects / "shop/.git/config").write_text(text)
    config(
        '[projects.acme]\nmatch.remote = "github.com/acme/*"\nkind = "client"\n'
        'client = "acme"\ncost_centre = "K-7"\n'
        '[projects.fun]\nmatch.branch = "FUN-*"\nkind = "personal"\n'
    )
    assert listed(ask) == {
        "shop": ("client", "acme", "[projects.acme]", 2),
        "toys": ("personal", None, "[projects.fun]", 1),
        "old": ("untagged", None, None, 0.4),
    }
    (row,) = ask("usage", "--by", "client", "--client", "acme", "--json").document[
        "rows"
    ]
    assert (row["client"], row["cost_usd"]) == ("acme", 2)


def test_tag_goes_before_rules(
    ask: Ask, projects: Path, config: Callable[[str], Path]
) -> None:
    """What is said of one folder beats a rule, and can be taken back."""
    config('[projects.all]\nmatch.path = "*"\nkind = "personal"\n')
    done = ask("project", "tag", str(projects / "shop"), "client:acme")
    assert (done.code, done.out) == (0, f"{projects / 'shop'}: client:acme\n")
    assert listed(ask)["shop"] == ("client", "acme", "project tag", 2)
    assert listed(ask)["toys"] == ("personal", None, "[projects.all]", 1)
    assert ask("project", "untag", "shop").code == 0
    assert listed(ask)["shop"][0] == "personal"


def test_folder_around_projects(ask: Ask, projects: Path) -> None:
    """A folder's tag holds for what lies below it, but for what is tagged itself."""
    ask("project", "tag", str(projects), "work")
    ask("project", "tag", str(projects / "toys"), "personal")
    kinds = {name: row[0] for name, row in listed(ask).items()}
    assert kinds == {"shop": "work", "toys": "personal", "old": "untagged"}


def test_tagged_again(ask: Ask, projects: Path) -> None:
    """The last word on a folder counts, and stands alone."""
    for kind in ("work", "personal", "client:acme"):
        assert ask("project", "tag", str(projects / "shop"), kind).code == 0
    assert listed(ask)["shop"][:2] == ("client", "acme")
    kept = (Path(os.environ["TOKENTUI_STATE"]) / "projects.toml").read_text()
    assert kept.count("[projects.") == 1


def test_folder_inside_a_repository(
    ask: Ask, projects: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`.` below a repository means its project, as the ledger knows it."""
    (projects / "shop/src").mkdir()
    monkeypatch.chdir(projects / "shop/src")
    assert ask("project", "tag", ".", "work").code == 0
    assert listed(ask)["shop"][0] == "work"


def test_project_that_is_gone(ask: Ask, projects: Path) -> None:
    """A project whose folder was deleted is tagged by the name that the ledger has."""
    ask("refresh")
    assert ask("project", "tag", "old", "work").code == 0
    assert listed(ask)["old"][0] == "work"


def test_glob_in_a_name(ask: Ask, projects: Path) -> None:
    """A folder's name is taken as it is, also if it looks like a pattern."""
    (projects / "sh[aeiou]p").mkdir()
    assert ask("project", "tag", str(projects / "sh[aeiou]p"), "work").code == 0
    assert listed(ask)["shop"][0] == "untagged"


@pytest.mark.parametrize(
    "words",
    [
        ("tag", "/nowhere/at/all", "work"),
        ("tag", ".", "fun"),
        ("tag", ".", "client:"),
        ("tag", ".", "client:\x1b[31m"),
        ("untag", "."),
    ],
)
def test_refused(ask: Ask, projects: Path, words: tuple[str, ...]) -> None:
    """What cannot be meant is exit 2, and nothing is kept."""
    assert ask("project", *words).code == 2
    assert not (Path(os.environ["TOKENTUI_STATE"]) / "projects.toml").exists()


def test_period(ask: Ask, projects: Path) -> None:
    """A period without usage lists no project."""
    assert "no usage" in ask("project", "list", "--period", "2020-01").out
