"""What became of commits, in real repositories: landed, squashed, reverted, or not."""

from __future__ import annotations

from pathlib import Path

import pytest
from repositories import FORGE, ME, NEEDS_GIT, START, THEY, Repo

from tokentui.git.ask import GitError
from tokentui.git.look import Told, Work, look

pytestmark = NEEDS_GIT

SINCE_MS = (START - 86_400) * 1000
AGENT = ("Claude", "noreply@anthropic.com")
HOUR = 60
SIGNED = "Co-Authored-By: Claude <noreply@anthropic.com>"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """Make a repository with a first commit of a day ago."""
    made = Repo(tmp_path / "acme")
    made.commit("first", -10)
    return made


def told(repo: Repo) -> Told:
    """Look at a repository."""
    found = look(str(repo.folder), SINCE_MS)
    assert found is not None
    return found


def became(repo: Repo) -> dict[int, tuple[int | None, int | None]]:
    """Say when each commit, by the minute of its making, landed and was reverted."""

    def minute(ms: int | None) -> int | None:
        return None if ms is None else (ms // 1000 - START) // 60

    return {
        minute(work.made_at_ms) or 0: (
            minute(work.landed_at_ms),
            minute(work.reverted_at_ms),
        )
        for work in told(repo).works
    }


def work_of(repo: Repo, minutes: float) -> Work:
    """Give the work that was made at a time."""
    (found,) = [
        work
        for work in told(repo).works
        if work.made_at_ms == (START + minutes * 60) * 1000
    ]
    return found


def test_on_the_branch_itself(repo: Repo) -> None:
    """A commit on the default branch lands when it is committed."""
    name = repo.commit("fix", 5)
    assert told(repo).branch == "main"
    assert became(repo) == {-10: (-10, None), 5: (5, None)}
    assert work_of(repo, 5).hash == work_of(repo, 5).landed_as == name


def test_merged(repo: Repo) -> None:
    """What is merged lands with the merge, which is no work; the rest has not."""
    repo.on("feature")
    repo.commit("one", 1)
    repo.commit("two", 2)
    repo.on("main")
    merge = repo.merge("feature", HOUR, "Merge pull request #12 from ada/feature\n\nIt")
    repo.on("feature")
    repo.commit("three", 3)
    assert became(repo) == {
        -10: (-10, None),
        1: (HOUR, None),
        2: (HOUR, None),
        3: (None, None),
    }
    assert work_of(repo, 1).landed_as == merge
    assert [work_of(repo, at).pull_request for at in (1, 2, 3)] == [12, 12, None]


def test_merged_by_way_of_another_branch(repo: Repo) -> None:
    """What a merge brings that was merged elsewhere lands with the last merge."""
    repo.on("topic")
    repo.commit("one", 1)
    repo.on("next", "main")
    repo.merge("topic", 10)
    repo.on("main")
    repo.merge("next", 20)
    assert became(repo)[1] == (20, None)


def test_squashed(repo: Repo) -> None:
    """Commits that a forge made one of have landed, though their branch is gone.

    The first is only known as what the second was built upon: its file was changed.
    The one that the forge made is nobody's work on this machine.
    """
    repo.on("feature")
    repo.commit("one", 1, files={"a.py": "1"})
    repo.commit("two", 2, files={"a.py": "2", "b.py": "2"})
    repo.on("main")
    repo.commit("meanwhile", 30)
    squash = repo.squash("feature", HOUR, "Do it all (#7)")
    repo.git("branch", "-q", "-D", "feature")
    assert became(repo) == {
        -10: (-10, None),
        1: (HOUR, None),
        2: (HOUR, None),
        30: (30, None),
    }
    assert work_of(repo, 1).landed_as == squash
    assert work_of(repo, 1).pull_request == 7


def test_squashed_beside_other_changes(repo: Repo) -> None:
    """One that left something else in the file is known by its title and number."""
    repo.on("feature")
    repo.commit("Teach it to count", 1, files={"a.py": "1"})
    repo.on("main")
    repo.commit("Teach it to count (#8)", HOUR, files={"a.py": "12"}, committer=FORGE)
    assert became(repo)[1] == (HOUR, None)


def test_another_commit_of_the_same_files_is_no_squash(repo: Repo) -> None:
    """A later commit that left something else in the files is other work."""
    repo.on("feature")
    repo.commit("one", 1, files={"a.py": "1", "b.py": "1", "c.py": "1"})
    repo.on("main")
    repo.commit("other", HOUR, files={"a.py": "1", "b.py": "2", "c.py": "2"})
    assert became(repo)[1] == (None, None)


def test_an_earlier_commit_is_no_squash(repo: Repo) -> None:
    """What the default branch had before it was made again elsewhere has not landed."""
    repo.commit("mine", 1, files={"a.py": "1"})
    repo.on("feature", "HEAD~1")
    repo.commit("copied", 5, files={"a.py": "1"})
    assert became(repo)[5] == (None, None)


def test_rebased(repo: Repo) -> None:
    """A commit that was rebased is one piece of work, in its latest form."""
    repo.on("feature")
    repo.commit("one", 1)
    repo.on("main")
    repo.commit("meanwhile", 2)
    repo.rebase("feature", "main", 30)
    assert became(repo)[1] == (None, None)
    repo.on("main")
    repo.git("merge", "-q", "--ff-only", "feature")
    assert became(repo) == {-10: (-10, None), 1: (30, None), 2: (2, None)}
    assert work_of(repo, 1).hash == repo.head


def test_amended(repo: Repo) -> None:
    """A commit that was amended is one piece of work, made when it was first made."""
    repo.commit("one", 1, files={"a": "1"})
    repo.commit("one", 1, again=20, files={"a": "2"}, amend=True)
    assert became(repo) == {-10: (-10, None), 1: (20, None)}


def test_thrown_away(repo: Repo) -> None:
    """Of a commit that no branch holds any more it is known that it has not landed."""
    repo.commit("one", 1)
    repo.git("reset", "-q", "--hard", "HEAD~1")
    assert became(repo) == {-10: (-10, None), 1: (None, None)}


def test_reverted(repo: Repo) -> None:
    """What was taken back is reverted when that landed; what came beside it is not."""
    first = repo.commit("one", 1)
    repo.commit("two", 2)
    repo.on("undo")
    repo.revert(first, 10)
    assert became(repo)[1] == (1, None)
    repo.on("main")
    repo.merge("undo", 20)
    assert became(repo)[1] == (1, 20)
    assert became(repo)[2] == (2, None)


def test_revert_that_is_reverted(repo: Repo) -> None:
    """Taking back what takes back puts the first there again, however often."""
    first = repo.commit("one", 1)
    undo = repo.revert(first, 10)
    redo = repo.revert(undo, 20)
    assert became(repo)[1] == (1, None)
    repo.revert(redo, 30)
    assert became(repo)[1] == (1, 10)


def test_reverted_and_made_again(repo: Repo) -> None:
    """Work that was taken back and picked once more stands."""
    first = repo.commit("one", 1)
    repo.revert(first, 10)
    repo.pick(first, 20)
    assert became(repo)[1] == (20, None)


def test_reverted_merge(repo: Repo) -> None:
    """Taking a merge back takes all back that it brought."""
    repo.on("feature")
    repo.commit("one", 1)
    repo.commit("two", 2)
    repo.on("main")
    merge = repo.merge("feature", 10)
    repo.revert(merge, 30, "-m", "1")
    assert became(repo)[1] == became(repo)[2] == (10, 30)


def test_reverted_squash(repo: Repo) -> None:
    """Taking back what a forge made of commits takes these back."""
    repo.on("feature")
    repo.commit("one", 1)
    repo.on("main")
    squash = repo.squash("feature", 10, "It (#7)")
    repo.revert(squash, 30)
    assert became(repo)[1] == (10, 30)


def test_reverted_by_number(repo: Repo) -> None:
    """A forge takes a pull request back by its number; a later one has another."""
    repo.on("feature")
    repo.commit("one", 1)
    repo.on("main")
    repo.squash("feature", 10, "It (#7)")
    undo = 'Revert "It" (#9)\n\nReverts ada/acme#7'
    repo.commit(undo, 30, files={"one": ""}, committer=FORGE)
    assert became(repo)[1] == (10, 30)
    redo = 'Revert "Revert" (#10)\n\nReverts ada/acme#9'
    repo.commit(redo, 40, files={"one": "it"}, committer=FORGE)
    assert became(repo)[1] == (10, None)


def test_reverted_by_somebody_else(repo: Repo) -> None:
    """It does not matter who takes something back."""
    name = repo.commit("one", 1)
    undo = f"Undo\n\nThis reverts commit {name}."
    repo.commit(undo, 10, by=THEY, files={"one": ""})
    assert became(repo)[1] == (1, 10)


def test_only_own_commits(repo: Repo) -> None:
    """Of several authors' commits those count that the user made, by name or address.

    And what an agent authored and the user, or it, committed, but not what it did for
    somebody else.
    """
    repo.commit("theirs", 1, by=THEY)
    repo.commit("by address", 2, by=("A. Lovelace", "ADA@example.com"))
    repo.commit("by name", 3, by=("Ada", "ada@work.example"))
    repo.commit("by agent", 4, by=AGENT)
    repo.commit("for me", 5, by=AGENT, committer=ME)
    repo.commit("for them", 6, by=AGENT, committer=THEY)
    assert set(became(repo)) == {-10, 2, 3, 4, 5}


def test_single_author(repo: Repo) -> None:
    """Where one person alone makes commits, they are the user's, whatever the name."""
    repo.git("config", "user.email", "new@example.com")
    repo.git("config", "user.name", "New")
    repo.commit("two", 2)
    assert set(became(repo)) == {-10, 2}


def test_nobody_knows_whose(repo: Repo) -> None:
    """Of several authors' commits none are known to be the user's if he has no name."""
    repo.commit("theirs", 1, by=THEY)
    repo.git("config", "--unset", "user.name")
    repo.git("config", "--unset", "user.email")
    with pytest.raises(GitError, match=r"user\.email"):
        told(repo)


@pytest.mark.parametrize(
    ("text", "agent"),
    [
        (SIGNED, "claude-code"),
        ("Co-authored-by: Cursor <cursoragent@cursor.com>", "cursor"),
        (f"Co-authored-by: Bob <bob@example.com>\n{SIGNED}", "claude-code"),
        ("Co-authored-by: Bob <bob@example.com>", None),
        ("It is not Co-authored-by: Claude <noreply@anthropic.com>, is it?", None),
    ],
)
def test_signed(text: str, agent: str | None, repo: Repo) -> None:
    """An agent that signs a commit is told."""
    repo.commit(f"one\n\n{text}", 1, files={"a": "1"})
    assert work_of(repo, 1).signed == agent


def test_pull_request_of_a_trailer(repo: Repo) -> None:
    """A trailer tells the pull request, too."""
    text = "one\n\nPR-URL: https://example.com/acme/pull/4711"
    repo.commit(text, 1, files={"a": "1"})
    assert work_of(repo, 1).pull_request == 4711


def test_worktrees_share(repo: Repo, tmp_path: Path) -> None:
    """What is committed in another worktree, on no branch at all, is seen."""
    repo.git("worktree", "add", "-q", "--detach", str(tmp_path / "beside"))
    beside = Repo.__new__(Repo)
    beside.folder = tmp_path / "beside"
    name = beside.commit("there", 4)
    assert work_of(repo, 4).hash == name
    assert became(repo)[4] == (None, None)


def test_forgotten(repo: Repo) -> None:
    """What git lists no more stays as told, but for what the branch holds now."""
    repo.on("feature")
    repo.commit("one", 1, files={"a": "1"})
    repo.on("main")
    squash = repo.squash("feature", 10, "It (#7)")
    repo.on("other")
    repo.commit("never", 3)
    repo.on("main")
    kept = {work.made_at_ms: work for work in told(repo).works}
    for branch in ("feature", "other"):
        repo.git("branch", "-q", "-D", branch)
    repo.git("reflog", "expire", "--expire=now", "--all")
    repo.git("gc", "-q", "--prune=now")
    assert set(became(repo)) == {-10}
    again = look(str(repo.folder), SINCE_MS, kept.values())
    assert again is not None
    assert {work.made_at_ms: work for work in again.works} == kept
    repo.revert(squash, 30)
    undone = look(str(repo.folder), SINCE_MS, kept.values())
    assert undone is not None
    one = next(work for work in undone.works if work.landed_as == squash)
    assert one.reverted_at_ms == (START + 30 * 60) * 1000
    repo.git("reset", "-q", "--hard", "HEAD~2")
    lost = look(str(repo.folder), SINCE_MS, kept.values())
    assert lost is not None
    assert {work.landed_at_ms for work in lost.works} == {(START - 600) * 1000, None}


def test_nothing_new(repo: Repo) -> None:
    """A repository in which nothing has changed is not looked at as a whole again."""
    mark = told(repo).mark
    assert look(str(repo.folder), SINCE_MS, (), mark) is None
    repo.commit("two", 2)
    again = look(str(repo.folder), SINCE_MS, (), mark)
    assert again is not None
    assert again.mark != mark
    assert look(str(repo.folder), SINCE_MS - 1000, (), again.mark) is not None
    repo.git("config", "user.name", "New")
    assert look(str(repo.folder), SINCE_MS, (), again.mark) is not None


def test_nothing_committed(tmp_path: Path) -> None:
    """A repository without a commit has no work, which is known."""
    repo = Repo(tmp_path / "new")
    assert told(repo).works == ()


def test_only_since_then(repo: Repo) -> None:
    """Older commits are not told of."""
    repo.commit("two", 2)
    found = look(str(repo.folder), START * 1000)
    assert found is not None
    assert [work.made_at_ms for work in found.works] == [(START + 120) * 1000]


# The default branch


def clone(repo: Repo, folder: Path) -> Repo:
    """Clone a repository."""
    repo.git("clone", "-q", str(repo.folder), str(folder))
    made = Repo.__new__(Repo)
    made.folder = folder
    made.git("config", "user.name", ME[0])
    made.git("config", "user.email", ME[1])
    return made


def test_branch_of_origin(repo: Repo, tmp_path: Path) -> None:
    """The default branch is the one of origin, here and there: what is not pushed, too.

    A local `main` beside it is another branch.
    """
    repo.git("branch", "-q", "-m", "main", "trunk")
    here = clone(repo, tmp_path / "clone")
    here.commit("not pushed", 1)
    here.on("main")
    here.commit("elsewhere", 2)
    repo.commit("there", 3)
    here.git("fetch", "-q")
    assert told(here).branch == "trunk"
    assert became(here) == {
        -10: (-10, None),
        1: (1, None),
        2: (None, None),
        3: (3, None),
    }


@pytest.mark.parametrize(
    ("branches", "found"),
    [
        (("master", "topic"), "master"),
        (("main", "master"), "main"),
        (("topic",), "topic"),
    ],
)
def test_usual_branch(branches: tuple[str, ...], found: str, tmp_path: Path) -> None:
    """Without origin it is `main`, else `master`, else what is checked out."""
    repo = Repo(tmp_path / "acme", branches[0])
    repo.commit("one", 1)
    for branch in branches[1:]:
        repo.on(branch)
    assert told(repo).branch == found


def test_no_branch(tmp_path: Path) -> None:
    """Where no branch is checked out nor a usual one, it is the commit there."""
    repo = Repo(tmp_path / "acme", "topic")
    repo.commit("one", 1)
    repo.git("checkout", "-q", "--detach")
    repo.commit("two", 2)
    assert told(repo).branch is None
    assert became(repo) == {1: (1, None), 2: (2, None)}
