"""A repository's remotes: read, never run, and without anybody's password."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tokentui.remotes import plain, remotes_of

CONFIG = """[core]
\turl = https://example.com/not-a-remote
[remote "origin"]
\turl = https://ada:hunter2@GitHub.com/Acme/shop.git
\tfetch = +refs/heads/*:refs/remotes/origin/*
[remote "mine"]
\turl = git@gitlab.example.com:ada/shop.git
[branch "main"]
\tremote = origin
"""


def repository(folder: Path, text: str | bytes = CONFIG) -> str:
    """Make a repository with a config."""
    (folder / ".git").mkdir(parents=True)
    config = text.encode() if isinstance(text, str) else text
    (folder / ".git/config").write_bytes(config)
    return str(folder)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://github.com/acme/shop.git", "github.com/acme/shop"),
        ("https://GitHub.com/Acme/shop/", "github.com/Acme/shop"),
        ("https://ada:secret@github.com/acme/shop", "github.com/acme/shop"),
        ("ssh://git@github.com:22/acme/shop.git", "github.com/acme/shop"),
        ("git@github.com:acme/shop.git", "github.com/acme/shop"),
        ("github.com:acme/shop", "github.com/acme/shop"),
        ("file:///srv/git/shop.git", "srv/git/shop"),
        ("../shop.git", "../shop"),
        (r"C:\git\shop.git", r"C:\git\shop"),
    ],
)
def test_plain(url: str, expected: str) -> None:
    """However a repository is reached, it has one name, and no user in it."""
    assert plain(url) == expected


def test_remotes_of_a_repository(tmp_path: Path) -> None:
    """All remotes are read, and nothing that only looks like one."""
    assert remotes_of(repository(tmp_path / "shop")) == (
        "github.com/Acme/shop",
        "gitlab.example.com/ada/shop",
    )


def test_submodule(tmp_path: Path) -> None:
    """A repository whose `.git` is a file names the folder that has the config."""
    repository(tmp_path / "outer")
    kept = tmp_path / "outer/.git/modules/inner"
    kept.mkdir(parents=True)
    (kept / "config").write_text('[remote "origin"]\nurl = https://a.example/b/inner\n')
    inner = tmp_path / "outer/inner"
    inner.mkdir()
    (inner / ".git").write_text("gitdir: ../.git/modules/inner\n")
    assert remotes_of(str(inner)) == ("a.example/b/inner",)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\x00\xff\xfe",
        b'[remote "origin"\nurl = https://a.example/b',
        b'[remote "origin"]\nurl =\n',
        b'[remote "origin"]\nurl = ' + b"x" * 5000,
        b'[include]\npath = /etc/passwd\n[url "https://a.example/"]\ninsteadOf = b\n',
    ],
)
def test_hostile_config(text: bytes, tmp_path: Path) -> None:
    """What is no config of git has no remotes, and no other file is read for it."""
    assert remotes_of(repository(tmp_path / "shop", text)) == ()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such pipes")
def test_a_pipe_in_its_place(tmp_path: Path) -> None:
    """A pipe in place of the config is no config, and not waited for."""
    (tmp_path / "shop/.git").mkdir(parents=True)
    os.mkfifo(tmp_path / "shop/.git/config")
    assert remotes_of(str(tmp_path / "shop")) == ()


@pytest.mark.parametrize(
    "project",
    [None, "", "shop", "/nowhere/shop", "//host/share", r"\\host\share", "\0"],
)
def test_no_repository(project: str | None) -> None:
    """A project that is no folder of this machine has no remotes."""
    assert remotes_of(project) == ()
