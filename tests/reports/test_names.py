"""Projects are named shortly, and not at all where they are to stay private."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
import sample_claims

from tokentui.claims.claim import Claim
from tokentui.reports import MODULES, format_of
from tokentui.reports.names import project_names, redacted


def with_others() -> Claim:
    """Give the sample with another client's part and path in it."""
    claim = sample_claims.claim()
    api, plan = claim.lines
    part = replace(plan.parts[0], project="/home/ada/zeta", client="Zeta Corp")
    return replace(claim, lines=(api, replace(plan, parts=(part,))))


def test_last_part_of_the_path() -> None:
    """A project is called by its folder, two of the same name by all of it."""
    names = project_names(sample_claims.claim())
    assert names == {
        None: "unassigned",
        "/home/ada/shop": "shop",
        "/home/ada/toys": "toys",
    }
    claim = with_others()
    part = replace(claim.lines[0].parts[0], project="/work/shop")
    line = replace(claim.lines[0], parts=(part,))
    names = project_names(replace(claim, lines=(line,)))
    assert (names["/work/shop"], names["/home/ada/shop"]) == (
        "/work/shop",
        "/home/ada/shop",
    )


@pytest.mark.parametrize("how", ["alias", "hide"])
def test_figures_stay(how: str) -> None:
    """Without names, lines, parts and subtotals add up to what they did."""
    claim, private = with_others(), redacted(with_others(), how)
    for line, other in zip(claim.lines, private.lines, strict=True):
        for figure in ("whole", "amount"):
            before = sum(getattr(part, figure) for part in line.parts)
            assert sum(getattr(part, figure) for part in other.parts) == before
    assert sum(each.amount for each in private.by_project) == Decimal("224.73")
    assert private.lines_sha256 == claim.lines_sha256


def test_aliases_go_by_amount() -> None:
    """Each project has a number of its own, the same in every line."""
    private = redacted(sample_claims.claim(), "alias")
    parts = [[part.project for part in line.parts] for line in private.lines]
    assert parts == [["project 1", "project 2", None], ["project 1"]]
    names = [each.name for each in private.by_project]
    assert names == ["project 1", "project 2", None]


def test_hidden_projects_are_one() -> None:
    """Hidden, not even the number of projects is told; whose they are stays."""
    claim = sample_claims.claim()
    private = redacted(claim, "hide")
    assert [each.name for each in private.by_project] == ["projects", None]
    assert private.by_project[0].whole == Decimal("252.93")
    kinds = [part.kind for part in private.lines[0].parts]
    assert kinds == ["work", "personal", "untagged"]


@pytest.mark.parametrize("name", [n for n in MODULES if n not in ("pdf", "xlsx")])
@pytest.mark.parametrize("how", ["alias", "hide"])
def test_no_format_tells(name: str, how: str) -> None:
    """No format has the name of a project or of another client left in it."""
    text = format_of(name).written(redacted(with_others(), how), "a4").decode()
    for private in ("/home/ada", "toys", "zeta", "Zeta Corp"):
        assert private not in text
    assert "left out here" in text or with_others().lines_sha256 not in text


def test_own_client_is_named() -> None:
    """A client reads his own name, and a number in place of another's."""
    claim = replace(with_others(), client="Zeta Corp")
    assert redacted(claim, "alias").lines[1].parts[0].client == "Zeta Corp"
    other = redacted(replace(claim, client="acme"), "alias")
    assert other.lines[1].parts[0].client == "client 1"
