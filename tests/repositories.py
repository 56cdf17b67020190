"""Git repositories made by hand, with times, authors and branches that a test names."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

NEEDS_GIT = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")

ME, THEY = ("Ada", "ada@example.com"), ("Bob", "bob@example.com")
FORGE = ("GitHub", "noreply@github.com")
START = 1_795_168_800
"""Seconds since 1970 of 2026-11-20 10:00 UTC, as in the other logs of the tests."""


class Repo:
    """A repository with one branch, `main`, whose user is Ada."""

    def __init__(self, folder: Path, branch: str = "main") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.git("init", "-q", "-b", branch)
        self.git("config", "user.name", ME[0])
        self.git("config", "user.email", ME[1])
        self.git("config", "commit.gpgsign", "false")

    def git(self, *words: str, given: str = "", **variables: str) -> str:
        """Run git in the repository; give what it says."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
        done = subprocess.run(
            ["git", "-C", str(self.folder), *words],
            capture_output=True,
            check=True,
            env=kept | variables,
            input=given,
            text=True,
        )
        return done.stdout.strip()

    def commit(
        self,
        message: str,
        minutes: float = 0,
        *,
        by: tuple[str, str] = ME,
        committer: tuple[str, str] | None = None,
        again: float | None = None,
        files: Mapping[str, str] | None = None,
        amend: bool = False,
        empty: bool = False,
    ) -> str:
        """Commit files, by default one named after the message; give the hash.

        `minutes` after the start it was made, `again` minutes after it was rewritten.
        """
        if not empty:
            content = {message.split("\n")[0].replace(" ", "-"): message}
            for name, text in (content if files is None else files).items():
                path = self.folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            self.git("add", "-A")
        words = ["--amend"] * amend + ["--allow-empty", "-q", "-F", "-"]
        made = committed(committer or by, minutes if again is None else again)
        made |= {
            "GIT_AUTHOR_NAME": by[0],
            "GIT_AUTHOR_EMAIL": by[1],
            "GIT_AUTHOR_DATE": date(minutes),
        }
        if amend:
            words += ["--date", date(minutes)]
        self.git("commit", *words, given=message, **made)
        return self.head

    @property
    def head(self) -> str:
        """The hash of what is checked out."""
        return self.git("rev-parse", "HEAD")

    def on(self, branch: str, start: str | None = None) -> None:
        """Check a branch out, made if there is none."""
        if self.git("branch", "--list", branch):
            self.git("checkout", "-q", branch)
        else:
            self.git("checkout", "-q", "-b", branch, *([start] if start else []))

    def merge(
        self,
        branch: str,
        minutes: float,
        message: str = "Merge",
        by: tuple[str, str] = ME,
    ) -> str:
        """Merge a branch into the one that is checked out, with a commit of its own."""
        words = ["merge", "-q", "--no-ff", "-m", message, branch]
        self.git(*words, **committed(by, minutes), **authored(by, minutes))
        return self.head

    def squash(
        self,
        branch: str,
        minutes: float,
        message: str,
        by: tuple[str, str] = ME,
        committer: tuple[str, str] = FORGE,
    ) -> str:
        """Merge a branch as one commit, as the web page of a forge does."""
        self.git("merge", "-q", "--squash", branch)
        return self.commit(message, minutes, by=by, committer=committer, files={})

    def rebase(self, branch: str, onto: str, minutes: float) -> None:
        """Set the commits of a branch onto another one."""
        self.git("rebase", "-q", onto, branch, **committed(ME, minutes))

    def pick(self, commit: str, minutes: float) -> str:
        """Make a commit once more on the branch that is checked out."""
        self.git("cherry-pick", commit, **committed(ME, minutes))
        return self.head

    def revert(self, commit: str, minutes: float, *options: str) -> str:
        """Take a commit back."""
        made = committed(ME, minutes) | authored(ME, minutes)
        self.git("revert", "--no-edit", *options, commit, **made)
        return self.head


def date(minutes: float) -> str:
    """Write a time as git takes it."""
    return f"{START + round(minutes * 60)} +0000"


def committed(by: tuple[str, str], minutes: float) -> dict[str, str]:
    """Say who commits, and when."""
    return {
        "GIT_COMMITTER_NAME": by[0],
        "GIT_COMMITTER_EMAIL": by[1],
        "GIT_COMMITTER_DATE": date(minutes),
    }


def authored(by: tuple[str, str], minutes: float) -> dict[str, str]:
    """Say who is the author, and when."""
    return {
        "GIT_AUTHOR_NAME": by[0],
        "GIT_AUTHOR_EMAIL": by[1],
        "GIT_AUTHOR_DATE": date(minutes),
    }
