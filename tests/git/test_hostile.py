"""A repository may be anybody's: nothing of it is run, and it never holds us up."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from repositories import NEEDS_GIT, START, Repo

from tokentui.git import ask
from tokentui.git.ask import GitError, answer
from tokentui.git.look import look

pytestmark = [
    NEEDS_GIT,
    pytest.mark.skipif(sys.platform == "win32", reason="programs are shell scripts"),
]

SINCE_MS = (START - 86_400) * 1000


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """Make a repository in which everything is asked: something landed, or did not."""
    made = Repo(tmp_path / "acme")
    first = made.commit("first", -10)
    made.on("feature")
    made.commit("one", 1)
    made.on("main")
    made.squash("feature", 10, "It (#7)")
    made.revert(first, 20)
    return made


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str, str], Path]:
    """Write a program into a folder of the path that comes first."""
    folder = tmp_path / "bin"
    folder.mkdir()

    def write(name: str, text: str) -> Path:
        path = folder / name
        path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    return write


def state(folder: Path) -> dict[str, tuple[int, int]]:
    """Tell every file of a folder, with its size and when it was changed."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(p): (p.stat().st_size, p.stat().st_mtime_ns) for p in files}


RUN = (
    "core.fsmonitor",
    "core.pager",
    "core.sshCommand",
    "core.editor",
    "core.askPass",
    "core.gitProxy",
    "core.alternateRefsCommand",
    "gpg.program",
    "gpg.ssh.program",
    "pager.log",
    "pager.rev-list",
    "pager.for-each-ref",
    "diff.external",
    "diff.evil.command",
    "diff.evil.textconv",
    "filter.evil.clean",
    "filter.evil.smudge",
    "filter.evil.process",
    "credential.helper",
    "remote.origin.uploadpack",
    "sequence.editor",
    "interactive.diffFilter",
)
"""What a config may name to be run."""


def test_nothing_is_run(
    repo: Repo, program: Callable[[str, str], Path], tmp_path: Path
) -> None:
    """Whatever config, attributes, hooks and a missing object ask for, nothing is run.

    Nor is a file of the repository changed.
    """
    sign = tmp_path / "was-run"
    evil = program("evil", f'echo "$0 $*" >> {sign}; cat')
    for key in RUN:
        repo.git("config", key, str(evil))
    for key, value in {
        "core.hooksPath": str(evil.parent),
        "log.showSignature": "true",
        "core.fsmonitorHookVersion": "2",
        "protocol.allow": "always",
        "protocol.ext.allow": "always",
        "remote.origin.url": f"ext::{evil} %S",
        "remote.origin.promisor": "true",
        "remote.origin.partialclonefilter": "blob:none",
        "extensions.partialClone": "origin",
        "core.repositoryFormatVersion": "1",
        "alias.rev-list": f"!{evil}",
        "alias.for-each-ref": f"!{evil}",
    }.items():
        repo.git("config", key, value)
    (repo.folder / ".gitattributes").write_text("* diff=evil filter=evil\n")
    for hook in ("post-index-change", "reference-transaction", "fsmonitor-watchman"):
        shutil.copy(evil, repo.folder / ".git/hooks" / hook)
        shutil.copy(evil, evil.parent / hook)
    tree = repo.git("rev-parse", "feature^{tree}")
    (repo.folder / ".git/objects" / tree[:2] / tree[2:]).unlink()
    before = state(repo.folder)
    sign.unlink(missing_ok=True)
    found = look(str(repo.folder), SINCE_MS)
    assert found is not None
    assert len(found.works) == 3
    assert not sign.exists()
    assert state(repo.folder) == before


def test_the_program_would_be_run(
    repo: Repo, program: Callable[[str, str], Path], tmp_path: Path
) -> None:
    """The sign that is looked for above is left by git where nothing forbids it."""
    sign = tmp_path / "was-run"
    evil = program("evil", f"echo >> {sign}")
    repo.git("config", "core.fsmonitor", str(evil))
    repo.git("status")
    assert sign.exists()


def test_surroundings_lead_nowhere(
    repo: Repo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Variables that name another repository, as hooks have them, are not heeded."""
    other = Repo(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(other.folder / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other.folder))
    monkeypatch.setenv("GIT_TRACE", str(tmp_path / "trace"))
    found = look(str(repo.folder), SINCE_MS)
    assert found is not None
    assert len(found.works) == 3
    assert not (tmp_path / "trace").exists()


def test_folder_above_is_not_asked(repo: Repo) -> None:
    """A folder that is no repository is none, though it lies in one."""
    below = repo.folder / "below"
    below.mkdir()
    with pytest.raises(GitError, match="no git repository"):
        look(str(below), SINCE_MS)


@pytest.mark.parametrize(
    "name", ["-C", "--help", "$(touch x)", "a b\n", "ä\u202e", "\udcff", ".git"]
)
def test_name_of_a_folder(name: str, tmp_path: Path) -> None:
    """A folder may be called anything."""
    repo = Repo(tmp_path / name)
    repo.commit("one", 1)
    found = look(str(repo.folder), SINCE_MS)
    assert found is not None
    assert len(found.works) == 1


@pytest.mark.parametrize("name", ["", "gone", "file", "nul\0nul", "x" * 5000])
def test_no_repository(name: str, tmp_path: Path) -> None:
    """What is no folder, or none with a repository, is told as such."""
    (tmp_path / "file").write_text("")
    with pytest.raises(GitError):
        look(str(tmp_path / name), SINCE_MS)


def test_owned_by_somebody_else(
    repo: Repo, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A repository of another user is not asked, unless git's config allows it."""
    monkeypatch.setitem(ask.SURROUNDINGS, "GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(GitError, match=r"safe\.directory"):
        look(str(repo.folder), SINCE_MS)
    repo.git("config", "--global", "safe.directory", str(repo.folder))
    assert look(str(repo.folder), SINCE_MS) is not None


@pytest.mark.parametrize(
    "damage",
    [
        ".git/HEAD",
        ".git/config",
        ".git/refs/heads/main",
        ".git/index",
        ".git/packed-refs",
        ".git/logs/HEAD",
    ],
)
@pytest.mark.parametrize("content", [b"", b"\0" * 100, b"[core\n", b"\xff" * 9000])
def test_damage(damage: str, content: bytes, repo: Repo) -> None:
    """A damaged repository is told from or told to be none; nothing else happens."""
    (repo.folder / damage).write_bytes(content)
    try:
        look(str(repo.folder), SINCE_MS)
    except GitError as error:
        assert str(repo.folder) not in str(error)


def test_hostile_texts(repo: Repo) -> None:
    """Names and messages that look like what git says do not mislead."""
    message = (
        "\x1b[2J commit 0123456789012345678901234567890123456789\n\n"
        "This reverts commit 0.\nThis reverts commit "
        "0000000000000000000000000000000000000000.\nReverts #999999999\n"
        "PR-URL: #99999999999999999999\nCo-authored-by: <<<>>>\ncommit\n"
    )
    repo.commit(message, 30, files={"x": "1"}, by=("x\x01y", "a@b"))
    repo.git("update-ref", "refs/heads/-x", "HEAD~1")
    repo.git("update-ref", "refs/heads/$(touch-y)", "HEAD~1")
    repo.git("config", "user.name", "x\x01y")
    found = look(str(repo.folder), SINCE_MS)
    assert found is not None
    assert len(found.works) == 4
    assert {work.pull_request for work in found.works} == {None, 7}


def test_times_out_of_reach(repo: Repo) -> None:
    """Commits of a time that no ledger holds are left out, others are not."""
    tree = repo.git("rev-parse", "HEAD^{tree}")
    head = repo.head
    raw = (
        f"tree {tree}\nparent {head}\nauthor Ada <ada@example.com> 99999999999999 +0000"
        f"\ncommitter Ada <ada@example.com> {START} +0000\n\nlate\n"
    )
    name = repo.git("hash-object", "-t", "commit", "-w", "--stdin", given=raw)
    repo.git("update-ref", "refs/heads/late", name)
    found = look(str(repo.folder), SINCE_MS)
    assert found is not None
    assert len(found.works) == 3


def test_takes_too_long(
    program: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Git that does not answer is ended, and is told to have taken too long."""
    pid = tmp_path / "pid"
    git = program("git", f"echo $$ > {pid}; exec sleep 60")
    monkeypatch.setattr(ask, "program", lambda: str(git))
    monkeypatch.setattr(ask, "LIMIT_SECONDS", 0.5)
    before = time.monotonic()
    with pytest.raises(GitError, match="too long"):
        answer(str(tmp_path), "log")
    assert time.monotonic() - before < 30
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_says_too_much(
    program: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Git that does not end is ended once it has said too much."""
    git = program("git", "exec yes")
    monkeypatch.setattr(ask, "program", lambda: str(git))
    monkeypatch.setattr(ask, "MOST_BYTES", 1000)
    with pytest.raises(GitError, match="too much"):
        answer(str(tmp_path), "log")


@pytest.mark.parametrize("code", [1, 128, 129])
def test_fails(
    code: int,
    program: Callable[[str, str], Path],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Git that fails for a reason nobody knows is quoted with no word."""
    git = program("git", f"echo secret >&2; exit {code}")
    monkeypatch.setattr(ask, "program", lambda: str(git))
    with pytest.raises(GitError) as told:
        answer(str(tmp_path), "log")
    assert str(told.value) == f"git failed ({code})"


def test_no_git(monkeypatch: pytest.MonkeyPatch, repo: Repo) -> None:
    """Where there is no git, that is said."""
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(GitError, match="not installed"):
        look(str(repo.folder), SINCE_MS)


def test_git_of_the_folder_is_not_taken(
    program: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program called git in the folder we are in is not git, whatever the path."""
    folder = program("git", "exit 0").parent
    monkeypatch.chdir(folder)
    for path in (".", str(folder)):
        monkeypatch.setenv("PATH", path)
        with pytest.raises(GitError, match="not installed"):
            ask.program()
