"""What git tells is kept in the ledger, and outlives the repository."""

from __future__ import annotations

import shutil
from contextlib import closing
from hashlib import blake2b
from pathlib import Path
from unittest.mock import patch

import builders
import pytest
from repositories import NEEDS_GIT, START, Repo

from tokentui import repositories
from tokentui.events import Series, Tokens, UsageEvent
from tokentui.git.ask import NO_GIT, TOO_SLOW, GitError
from tokentui.git.look import Work, look
from tokentui.ledger.connection import open_for_reading
from tokentui.ledger.repositories import Place, places, works
from tokentui.repositories import REST_MS, ask_git

pytestmark = NEEDS_GIT

NOW = builders.START_MS + 3_600_000
A_DAY = 86_400_000


@pytest.fixture
def repo(tmp_path: Path, ledger: Path) -> Repo:
    """Make a repository with one commit, in which there was a session."""
    made = Repo(tmp_path / "acme")
    made.commit("one", 1)
    use(ledger, str(made.folder))
    return made


def use(ledger: Path, *projects: str, at: int = builders.START_MS) -> None:
    """Let there have been usage in some projects."""
    builders.record(
        ledger,
        [
            (
                Series("codex", f"s-{project}-{at}", "m", project=project),
                UsageEvent(key(project, at), 0, at, at, Tokens(output=5)),
            )
            for project in projects
        ],
    )


def key(project: str, at: int) -> bytes:
    """Name a response."""
    return blake2b(f"{project} {at}".encode(), digest_size=16).digest()


def known(ledger: Path) -> tuple[dict[str, Place], dict[str, list[Work]]]:
    """Give what the ledger knows of projects, and of their commits."""
    with closing(open_for_reading(ledger)) as connection:
        found = {place.project: place for place in places(connection)}
        return found, {project: works(connection, project) for project in found}


def test_kept(repo: Repo, ledger: Path) -> None:
    """The commits are in the ledger as git told them, with when it was asked."""
    ask_git(ledger, NOW)
    found, made = known(ledger)
    place = found[str(repo.folder)]
    told = look(str(repo.folder), place.since_ms)
    assert told is not None
    assert made == {str(repo.folder): list(told.works)}
    assert [work.made_at_ms for work in told.works] == [(START + 60) * 1000]
    assert (place.mark, place.tried_at_ms, place.problem) == (told.mark, NOW, None)
    assert place.since_ms == builders.START_MS - A_DAY


def test_asked_again(repo: Repo, ledger: Path) -> None:
    """A later answer takes the place of the earlier one; the time is the later one."""
    ask_git(ledger, NOW)
    repo.commit("one", 1, again=30, files={"one": "2"}, amend=True)
    repo.commit("two", 31)
    ask_git(ledger, NOW + 1)
    ask_git(ledger, NOW + 2)
    found, made = known(ledger)
    (commits,) = made.values()
    assert len(commits) == 2
    assert found[str(repo.folder)].tried_at_ms == NOW + 2


def test_older_usage_is_asked_for(repo: Repo, ledger: Path) -> None:
    """Where usage turns up that is older than all, older commits are told of, too."""
    repo.on("old", "main")
    repo.commit("old", -5 * 1440)
    repo.commit("new", 5)
    ask_git(ledger, NOW)
    assert len(known(ledger)[1][str(repo.folder)]) == 2
    use(ledger, str(repo.folder), at=builders.START_MS - 9 * A_DAY)
    ask_git(ledger, NOW + 1)
    assert len(known(ledger)[1][str(repo.folder)]) == 3


def test_outlives_the_repository(repo: Repo, ledger: Path) -> None:
    """What was told stays when the repository is gone, and it is said that it is."""
    ask_git(ledger, NOW)
    before = known(ledger)[1]
    shutil.rmtree(repo.folder)
    ask_git(ledger, NOW + 1)
    found, after = known(ledger)
    assert after == before
    assert found[str(repo.folder)].problem == "the folder is gone"
    with closing(open_for_reading(ledger)) as connection:
        told = connection.execute("SELECT tried_at, asked_at FROM repository")
        assert told.fetchall() == [(NOW + 1, NOW)]


def test_made_anew(repo: Repo, ledger: Path) -> None:
    """A repository that was made anew, and has no commit yet, takes nothing back."""
    ask_git(ledger, NOW)
    before = known(ledger)[1]
    shutil.rmtree(repo.folder / ".git")
    Repo(repo.folder)
    ask_git(ledger, NOW + 1)
    assert known(ledger)[1] == before


def test_problems(ledger: Path, tmp_path: Path) -> None:
    """A project that is no repository of this machine is told as such, each apart."""
    plain = tmp_path / "plain"
    plain.mkdir()
    names = (str(plain), "C:\\src\\acme", "relative", "//share/acme", "/nowhere/acme")
    use(ledger, *names)
    ask_git(ledger, NOW)
    problems = {name: place.problem for name, place in known(ledger)[0].items()}
    assert problems == {
        str(plain): "no git repository",
        "C:\\src\\acme": "no folder of this machine",
        "relative": "no folder of this machine",
        "//share/acme": None,
        "/nowhere/acme": "the folder is gone",
    }


def test_one_that_fails_leaves_the_others(
    repo: Repo, ledger: Path, tmp_path: Path
) -> None:
    """Each repository is told of, whatever the others do."""
    other = Repo(tmp_path / "other")
    other.commit("one", 1)
    use(ledger, str(other.folder), "/nowhere/acme")
    ask_git(ledger, NOW)
    made = {project: len(commits) for project, commits in known(ledger)[1].items()}
    assert made == {str(repo.folder): 1, str(other.folder): 1, "/nowhere/acme": 0}


def test_slow_one_rests(repo: Repo, ledger: Path) -> None:
    """One that takes too long is not waited for again at once, but later it is."""
    with patch.object(repositories, "look", side_effect=GitError(TOO_SLOW)) as asked:
        for at in (NOW, NOW + 1, NOW + REST_MS - 1, NOW - 1, NOW + REST_MS):
            ask_git(ledger, at)
    assert asked.call_count == 3
    ask_git(ledger, NOW + 2 * REST_MS)
    assert known(ledger)[0][str(repo.folder)].problem is None


def test_no_git(repo: Repo, ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no git, that is said once, and what was told stays."""
    ask_git(ledger, NOW)
    before = known(ledger)[1]
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(GitError, match=NO_GIT):
        ask_git(ledger, NOW + 1)
    assert known(ledger)[1] == before
