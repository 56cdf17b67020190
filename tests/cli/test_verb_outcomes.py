"""`tokentui outcomes`: of logs, a real repository and marks, as it is told."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import builders
import contract
import pytest
from asking import Ask
from repositories import NEEDS_GIT, Repo

pytestmark = NEEDS_GIT

A_DAY = 86_400
LASTED, LEFT, YOUNG, ASIDE = "aaaa1111", "bbbb2222", "cccc3333", "dddd4444"


@pytest.fixture
def acme(home: Path, tmp_path: Path) -> Repo:
    """Write sessions of $2, $1, $4 and $8 of Opus 5.5, and what three committed.

    | session | when | committed |
    |---|---|---|
    | aaaa | 40 days ago | merged an hour later |
    | bbbb | 35 days ago | on a branch only |
    | cccc | now | on the branch itself |
    | dddd | an hour ago | in no repository |
    """
    repo = Repo(tmp_path / "acme")
    aside = tmp_path / "aside"
    aside.mkdir()
    for name, days, dollars, folder in (
        (LASTED, -40, 2, repo.folder),
        (LEFT, -35, 1, repo.folder),
        (YOUNG, 0, 4, repo.folder),
        (ASIDE, 1 / 24, 8, aside),
    ):
        builders.write(
            builders.transcript(home, name),
            builders.claude_line(
                f"msg_01{name}",
                days * A_DAY,
                input=0,
                output=dollars * 50_000,
                session=name,
                request=name,
                cwd=str(folder),
            ),
        )
    repo.commit("begin", -50 * 1440)
    repo.on("feature")
    repo.commit("work", -40 * 1440 + 10)
    repo.on("main")
    repo.merge("feature", -40 * 1440 + 60)
    repo.on("left")
    repo.commit("left", -35 * 1440 + 10)
    repo.on("main")
    repo.commit("young", 5)
    return repo


def test_table(ask: Ask, acme: Repo) -> None:
    """Groups, ends, stages and spread; $7 of three known sessions make $3.50 each.

    Of their 350k tokens 300k were of accepted sessions.
    """
    answer = ask("outcomes")
    assert (answer.code, answer.err) == (0, "")
    assert answer.lines == [
        "4 sessions: $15.00, estimated at list prices",
        "",
        "project  model            sessions  accepted   cost  per accepted"
        "  tokens each  requests each  yield",
        "───────  ───────────────  ────────  ────────  ─────  ────────────"
        "  ───────────  ─────────────  ─────",
        "aside    claude-opus-5-5         1         ?  $8.00             ?"
        "            ?              ?      ?",
        "acme     claude-opus-5-5         3    2 of 3  $7.00         $3.50"
        "         175k              2   86 %",
        "",
        "2 accepted (0 marked, 2 by git), 0 rejected, 1 abandoned, of 1 the end is not"
        " known",
        "abandoned: $1.00, estimated at list prices",
        "",
        "came to be             sessions   cost  not told  too young",
        "─────────────────────  ────────  ─────  ────────  ─────────",
        "edited files                  3  $7.00         -          -",
        "committed                     3  $7.00         1          -",
        "on the default branch         2  $6.00         1          -",
        "there for 30 days             1  $2.00         1          1",
        "",
        "list value of a session: one in ten up to $1.00, half up to $2.00, nine in ten"
        " up to $8.00",
        "",
        "list value  sessions  accepted  share  together",
        "──────────  ────────  ────────  ─────  ────────",
        "  $1 to $2         1    0 of 1    0 %     $1.00",
        "  $2 to $5         2    2 of 2  100 %     $6.00",
        " $5 to $10         1         ?      ?     $8.00",
        "",
        "no budget to propose: too few sessions of which the end is known, or dear ones"
        " are accepted about as often as others",
        "aside: no git repository",
    ]


def test_json(ask: Ask, acme: Repo) -> None:
    """The same as a document, in the shape of the contract."""
    found = ask("outcomes", "--json").document
    assert contract.faults(found, contract.outcomes()) == []
    rows = {row["project"]: row for row in found["rows"]}
    done = rows[str(acme.folder)]
    assert (done["model"], done["tasks"], done["accepted"]) == ("claude-opus-5-5", 3, 2)
    assert (done["accepted_by_mark"], done["accepted_by_git"]) == (0, 2)
    assert (done["cost_usd"], done["cost_per_accepted_usd"]) == (7, 3.5)
    assert done["token_yield"] == pytest.approx(6 / 7, abs=1e-4)
    assert done["abandoned_cost"] == {"cost_usd": 1, "plan_list_usd": 0}
    aside = next(row for project, row in rows.items() if project != str(acme.folder))
    unknown = ("accepted", "acceptance", "cost_per_accepted_usd", "token_yield")
    assert [aside[key] for key in unknown] == [None] * 4
    assert (aside["unknown"], aside["cost_usd"]) == (1, 8)
    assert [stage["tasks"] for stage in found["funnel"]] == [3, 3, 2, 1]
    problems = [each["problem"] for each in found["repositories"]]
    assert sorted(problems, key=str) == [None, "no git repository"]
    assert found["total"]["tasks"] == 4
    assert (found["budget"], found["warnings"]) == (None, [])


@pytest.mark.parametrize(
    "key", ["model", "route", "effort", "context", "project", "workload"]
)
def test_by(key: str, ask: Ask, acme: Repo) -> None:
    """By any key, all sessions are there, and what was not asked for is null."""
    found = ask("outcomes", "--by", key, "--json").document
    assert contract.faults(found, contract.outcomes(key)) == []
    assert sum(row["tasks"] for row in found["rows"]) == 4
    assert sum(row["cost_usd"] for row in found["rows"]) == 15
    others = {"project", "model"} - {key}
    assert {row[other] for row in found["rows"] for other in others} == {None}


def test_by_workload(ask: Ask, acme: Repo) -> None:
    """Each session is of the kind that `routes` sorts it into: these ask nothing small.

    Their one response is short, but of 50,000 tokens and more.
    """
    found = ask("outcomes", "--by", "workload", "--json").document
    assert {row["workload"]: row["tasks"] for row in found["rows"]} == {"other": 4}


def test_period_and_filters(ask: Ask, acme: Repo) -> None:
    """It covers the last 90 days, or what is asked for."""
    assert ask("outcomes", "--last", "1d", "--json").document["total"]["tasks"] == 2
    assert (
        ask("outcomes", "--project", "acme", "--json").document["total"]["tasks"] == 3
    )
    assert ask("outcomes", "--session", "bbbb").lines[0].startswith("1 session:")
    assert ask("outcomes", "--model", "gpt*").lines == ["no sessions in that time"]
    document = ask("outcomes", "--json").document
    assert document["since"].startswith("2026-08-23")


def test_mark_goes_before_git(ask: Ask, acme: Repo) -> None:
    """A marked session is what the mark says; it is said who says so."""
    ask("outcomes", "mark", "dddd", "accepted", "--value", "60")
    ask("outcomes", "mark", "aaaa", "rejected", "--because", "broke")
    total = ask("outcomes", "--json").document["total"]
    assert (total["accepted_by_mark"], total["accepted_by_git"]) == (1, 1)
    assert (total["rejected"], total["abandoned"], total["unknown"]) == (1, 1, 0)
    assert total["cost_per_accepted_usd"] == 7.5
    assert (total["value_usd"], total["valued_tasks"]) == (60, 1)


def test_review_and_value_of_the_config(
    ask: Ask, acme: Repo, config: Callable[[str], Path]
) -> None:
    """Minutes cost what an hour costs in that project; accepted work has its value."""
    config('[projects.acme]\nmatch.path = ["*/acme"]\nvalue = 40\nhourly_rate = 120\n')
    ask("outcomes", "mark", "aaaa", "accepted", "--review-minutes", "6")
    total = ask("outcomes", "--json").document["total"]
    assert total["review"] == {"tasks": 1, "minutes": 6, "cost_usd": 12}
    assert total["waiting"] == {"tasks": 0, "minutes": None, "cost_usd": None}
    assert (total["value_usd"], total["valued_tasks"]) == (80, 2)
    lines = ask("outcomes").lines
    assert "review 6 min in 1 session, $12.00 of your time" in lines
    assert "2 accepted sessions worth $80.00" in lines


def test_plans_stay_apart(ask: Ask, acme: Repo, config: Callable[[str], Path]) -> None:
    """What a flat plan covers is in no figure with what is to be paid."""
    config(
        '[payers.flat]\nmatch.project = ["*/acme"]\n'
        '[plans.flat]\nprovider = "anthropic"\nfee = 100\nrenews = 1\n'
    )
    found = ask("outcomes", "--by", "model", "--json").document
    (row,) = found["rows"]
    assert (row["cost_usd"], row["plan_list_usd"]) == (8, 7)
    assert (row["cost_per_accepted_usd"], row["plan_list_per_accepted_usd"]) == (0, 3.5)
    lines = ask("outcomes", "--by", "model").lines
    assert lines[0] == (
        "4 sessions: $8.00 to pay, estimated; $7.00 of list value inside flat plans"
    )
    assert "$15.00" not in "\n".join(lines)


def test_no_refresh(ask: Ask, acme: Repo) -> None:
    """Neither logs are read nor git is asked; what was told before stands."""
    ask("refresh")
    before = ask("outcomes", "--no-refresh", "--json").document
    assert (before["total"]["unknown"], before["repositories"]) == (4, [])
    ask("outcomes")
    shutil.rmtree(acme.folder)
    stands = ask("outcomes", "--no-refresh", "--json").document
    assert stands["total"]["accepted"] == 2
    gone = ask("outcomes", "--json").document
    assert gone["total"] == stands["total"]
    assert (
        "acme: the folder is gone; what it told before stands" in ask("outcomes").lines
    )


def test_without_git(ask: Ask, acme: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no git, marks alone tell, and that is said."""
    ask("outcomes", "mark", "aaaa", "accepted")
    monkeypatch.setenv("PATH", "/nowhere")
    answer = ask("outcomes", "--json")
    assert answer.code == 0
    assert answer.document["total"]["accepted"] == 1
    assert answer.document["total"]["unknown"] == 3
    (warning,) = answer.document["warnings"]
    assert warning.startswith("git is not installed")
    assert "git is not installed" in ask("outcomes").err


def test_nothing_is_written_into_the_repository(ask: Ask, acme: Repo) -> None:
    """The repository is as it was, to the byte."""

    def content() -> dict[str, bytes]:
        files = (path for path in acme.folder.rglob("*") if path.is_file())
        return {str(path): path.read_bytes() for path in files}

    before = content()
    ask("outcomes")
    assert content() == before


# Marks


def test_mark(ask: Ask, acme: Repo) -> None:
    """A mark is told in full, for people and as a document; the last one stands."""
    words = (
        "rejected",
        "--because",
        "wrong",
        "--value",
        "60",
        "--review-minutes",
        "2.5",
    )
    answer = ask("outcomes", "mark", "cccc", *words)
    assert answer.lines == [
        "session cccc3333 (claude-code): rejected, wrong, worth $60.00, reviewed in"
        " 2 min"
    ]
    found = ask("outcomes", "mark", "last", "accepted", "--json").document
    assert contract.faults(found, contract.MARK) == []
    assert found == {
        "kind": "mark",
        "session": "dddd4444",
        "source": "claude-code",
        "verdict": "accepted",
        "because": None,
        "value_usd": None,
        "review_minutes": None,
        "made_at": "2026-11-20T12:00:00+00:00",
    }
    again = ask("outcomes", "mark", "cccc", "accepted", "--json").document
    assert (again["verdict"], again["because"]) == ("accepted", None)
    assert (again["value_usd"], again["review_minutes"]) == (60, 2.5)


def test_mark_is_removed(ask: Ask, acme: Repo) -> None:
    """A mark can be taken off, once."""
    ask("outcomes", "mark", "cccc", "accepted", "--value", "60")
    answer = ask("outcomes", "mark", "cccc", "--remove")
    assert answer.lines == ["session cccc3333 (claude-code): not marked any more"]
    again = ask("outcomes", "mark", "cccc", "--remove")
    assert (again.code, again.err.strip()) == (
        2,
        "tokentui: session cccc3333 has no mark",
    )
    found = ask("outcomes", "mark", "cccc", "accepted", "--json").document
    assert found["value_usd"] is None
    gone = ask("outcomes", "mark", "cccc", "--remove", "--json").document
    assert contract.faults(gone, contract.MARK) == []
    assert gone["verdict"] is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("mark", "cccc"), "say accepted, rejected or abandoned"),
        (("mark", "cccc", "good"), "'good' is not one of"),
        (("mark", "cccc", "rejected", "--because", "bad"), "'bad' is not one of"),
        (("mark", "cccc", "accepted", "--because", "wrong"), "was not accepted"),
        (("mark", "cccc", "accepted", "--remove"), "--remove stands alone"),
        (("mark", "cccc", "--remove", "--review-minutes", "0"), "stands alone"),
        (("mark", "cccc", "accepted", "--value", "-5"), "negative"),
        (("mark", "cccc", "accepted", "--value", "x"), "no amount of dollars"),
        (("mark", "cccc", "accepted", "--review-minutes", "-1"), "not in the range"),
        (("mark", "cccc", "accepted", "--review-minutes", "nan"), "no number"),
        (("mark", "zzzz", "accepted"), "no session 'zzzz'"),
        (("mark", "", "accepted"), "no session"),
        (("--by", "colour"), "'colour' is not one of"),
        (("--last", "1d", "mark", "cccc", "accepted"), "options stand behind `mark`"),
    ],
)
def test_refused(words: tuple[str, ...], said: str, ask: Ask, acme: Repo) -> None:
    """What cannot be meant is exit 2, says why, and marks nothing."""
    answer = ask("outcomes", *words)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert ask("outcomes", "--json").document["total"]["accepted_by_mark"] == 0


def test_no_ledger(ask: Ask, home: Path) -> None:
    """Without a ledger and logs there is nothing to mark or to tell: exit 4."""
    words = ("mark", "last", "accepted", "--no-refresh")
    assert ask("outcomes", *words).code == 4
    assert ask("outcomes", "--no-refresh").code == 4
    assert not Path(os.environ["TOKENTUI_LEDGER"]).exists()


def test_open_work_is_told(ask: Ask, acme: Repo) -> None:
    """What may still be accepted is in no mean; what the mean is without it is told.

    The session of today has its commit on a branch: of the other two, for $3, one was
    accepted. If the $4 brought nothing, one would have cost $7.
    """
    acme.git("branch", "-q", "later")
    acme.git("reset", "-q", "--hard", "HEAD~1")
    found = ask("outcomes", "--project", "acme", "--json").document["total"]
    assert (found["open"], found["open_cost"]["cost_usd"]) == (1, 4)
    assert found["cost_per_accepted_usd"] == 3
    said = (
        "open: $4.00, estimated at list prices; if none of that is accepted, an"
        " accepted session has cost $7.00"
    )
    assert said in ask("outcomes", "--project", "acme").lines


def test_edits_of_the_log(ask: Ask, acme: Repo, home: Path) -> None:
    """A session that edited and committed nothing is open, and after 30 days abandoned.

    One that edited nothing made nothing that git could tell of.
    """
    for name, days, tool in (
        ("e1", -34, "Edit"),
        ("e2", -3, "Write"),
        ("e3", -34, "Read"),
    ):
        builders.write(
            builders.transcript(home, name),
            builders.claude_line(
                f"msg_01{name}",
                days * A_DAY + 40_000,
                input=0,
                output=50_000,
                session=name,
                request=name,
                cwd=str(acme.folder),
                message={
                    "content": [
                        {
                            "type": "tool_use",
                            "id": "toolu_1",
                            "name": tool,
                            "input": {"file_path": "/src/a.py"},
                        }
                    ]
                },
            ),
        )
    found = ask("outcomes", "--session", "e?", "--json").document
    total = found["total"]
    assert (total["abandoned"], total["open"], total["unknown"]) == (1, 1, 1)
    stages = {each["stage"]: each["tasks"] for each in found["funnel"]}
    assert stages == {"edited": 2, "committed": 0, "merged": 0, "lasting": 0}
    acme.commit("by hand, hours later", -34 * 1440 + 40_000 / 60 + 200)
    total = ask("outcomes", "--session", "e?", "--json").document["total"]
    assert (total["abandoned"], total["open"], total["unknown"]) == (0, 1, 2)
