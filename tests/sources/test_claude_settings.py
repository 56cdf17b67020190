"""Claude Code's settings: kind of login, base URL, whether a key is set."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread
from unittest.mock import patch

import builders
import pytest

from tokentui.ledger.connection import open_for_reading
from tokentui.sources import claude_settings
from tokentui.sources.claude_settings import (
    NOTHING,
    base_url_of,
    evidence_of,
    login_of,
    plain_url,
    told,
)

SECRETS = {
    "key": "sk-ant-api03-NEVERTELLTHEKEY",
    "token": "NEVERTELLTHETOKEN",
    "password": "NEVERTELLTHEPASSWORD",
    "user": "nevertelltheuser",
    "query": "NEVERTELLTHEQUERY",
    "fragment": "NEVERTELLTHEFRAGMENT",
    "helper": "/opt/NEVERTELLTHEHELPER.sh",
    "mail": "nevertellthemail@example.com",
    "organization": "NEVERTELLTHEORGANIZATION",
    "other": "NEVERTELLANYOTHER",
}
HOST = "https://llm.acme.example"


def settings(path: Path, **content: object) -> Path:
    """Write a settings file."""
    return builders.write(path, json.dumps(content).encode())


@pytest.fixture
def root(home: Path) -> Path:
    """Make Claude Code's folder."""
    folder = home / ".claude"
    folder.mkdir()
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Make a project with a folder for settings."""
    folder = tmp_path / "acme"
    (folder / ".claude").mkdir(parents=True)
    return folder


# What is told


def test_login_beside_the_folder(root: Path) -> None:
    """The kind of login is in `.claude.json`, beside the default folder."""
    settings(root.with_name(".claude.json"), oauthAccount=account("claude_max"))
    assert login_of(str(root)) == "claude_max"


def test_login_inside_another_folder(home: Path) -> None:
    """A folder of another name has its own `.claude.json` inside, and only that."""
    work = home / ".claude-work"
    settings(home / ".claude.json", oauthAccount=account("claude_max"))
    work.mkdir()
    assert login_of(str(work)) is None
    settings(work / ".claude.json", oauthAccount=account("claude_team"))
    assert login_of(str(work)) == "claude_team"


def test_inside_is_nearer(root: Path) -> None:
    """Of two files the one inside the folder counts."""
    settings(root / ".claude.json", oauthAccount=account("claude_pro"))
    settings(root.with_name(".claude.json"), oauthAccount=account("claude_max"))
    assert login_of(str(root)) == "claude_pro"


def account(kind: object) -> dict[str, object]:
    """Make an account as the file has it."""
    return {
        "organizationType": kind,
        "emailAddress": SECRETS["mail"],
        "organizationName": SECRETS["organization"],
    }


@pytest.mark.parametrize(
    "content",
    [
        {"env": {"ANTHROPIC_API_KEY": SECRETS["key"]}},
        {"apiKeyHelper": SECRETS["helper"]},
    ],
)
def test_key_beats_login(root: Path, content: dict[str, object]) -> None:
    """A key in the settings wins over the login, as it does in the client."""
    settings(root.with_name(".claude.json"), oauthAccount=account("claude_max"))
    settings(root / "settings.json", **content)
    assert login_of(str(root)) == "api key"


def test_token_beats_login(root: Path) -> None:
    """A bearer token in the settings wins over the login as well."""
    settings(root.with_name(".claude.json"), oauthAccount=account("claude_max"))
    settings(root / "settings.json", env={"ANTHROPIC_AUTH_TOKEN": SECRETS["token"]})
    assert login_of(str(root)) == "api key"


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"env": {}},
        {"env": {"ANTHROPIC_API_KEY": ""}},
        {"env": None, "apiKeyHelper": None},
        {"apiKeyHelper": ""},
    ],
)
def test_no_key(root: Path, content: dict[str, object]) -> None:
    """An empty key is none."""
    settings(root.with_name(".claude.json"), oauthAccount=account("claude_max"))
    settings(root / "settings.json", **content)
    assert login_of(str(root)) == "claude_max"


def test_nearest_base_url(root: Path, project: Path) -> None:
    """A project's local settings come first, then its shared ones, then the user's."""
    files = (
        root / "settings.json",
        project / ".claude/settings.json",
        project / ".claude/settings.local.json",
    )
    assert base_url_of(str(root), str(project)) is None
    for number, file in enumerate(files):
        settings(file, env={"ANTHROPIC_BASE_URL": f"{HOST}/{number}"})
        assert base_url_of(str(root), str(project)) == f"{HOST}/{number}"
    assert base_url_of(str(root), None) == f"{HOST}/0"
    assert base_url_of(str(root), "not/absolute") == f"{HOST}/0"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://api.z.ai/api/anthropic", "https://api.z.ai/api/anthropic"),
        ("https://api.z.ai/api/anthropic/", "https://api.z.ai/api/anthropic"),
        (" https://API.Z.ai ", "https://api.z.ai"),
        ("http://localhost:4000/v1", "http://localhost:4000/v1"),
        ("http://[::1]:4000", "http://[::1]:4000"),
        ("https://user:password@llm.acme.example/v1", "https://llm.acme.example/v1"),
        ("https://token@llm.acme.example", "https://llm.acme.example"),
        ("https://llm.acme.example/v1?key=secret", "https://llm.acme.example/v1"),
        ("https://llm.acme.example/v1#secret", "https://llm.acme.example/v1"),
        ("file:///etc/passwd", None),
        ("javascript:alert(1)", None),
        ("https://", None),
        ("https://[broken", None),
        ("https://llm.acme.example:port", None),
        ("llm.acme.example", None),
        ("", None),
        (None, None),
        (7, None),
        (["https://llm.acme.example"], None),
    ],
)
def test_plain_url(written: object, kept: str | None) -> None:
    """Of a URL only what names the server is kept: no user, password or query."""
    assert plain_url(written) == kept


def test_long_url_is_cut() -> None:
    """A URL is no longer than any label."""
    kept = plain_url(f"{HOST}/{'a' * 100_000}")
    assert kept is not None
    assert len(kept) <= 500


# Damaged, huge and unreadable files


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"not json",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe\x00",
        b'{"oauthAccount": "claude_max"}',
        b'{"oauthAccount": {"organizationType": ["claude_max"]}}',
        b'{"oauthAccount": {"organizationType": null}}',
        b'{"oauthAccount": null, "env": []}',
        b'{"env": "ANTHROPIC_BASE_URL"}',
        b'{"env": {"ANTHROPIC_BASE_URL": {"a": 1}}}',
        b'{"env": ' + b'{"a":' * 5_000 + b"1" + b"}" * 5_001,
        b'{"oauthAccount": {"organizationType": "claude_max"}',
    ],
)
def test_damaged(root: Path, project: Path, content: bytes) -> None:
    """A file that is damaged or of another shape tells nothing, and raises nothing."""
    for file in (
        root.with_name(".claude.json"),
        root / "settings.json",
        project / ".claude/settings.json",
    ):
        builders.write(file, content)
    assert login_of(str(root)) is None
    assert base_url_of(str(root), str(project)) is None


def test_huge(root: Path) -> None:
    """A file larger than any real one is not opened."""
    file = settings(root / "settings.json", apiKeyHelper="x")
    os.truncate(file, claude_settings.LARGEST + 1)
    with patch("builtins.open", side_effect=AssertionError("it was opened")):
        assert told(file) is NOTHING


def test_missing(root: Path) -> None:
    """Files that are not there tell nothing, nor do names that no file can have."""
    assert login_of(str(root)) is None
    assert base_url_of(str(root), "/no/such/project") is None
    assert base_url_of(str(root), "/nul\0byte") is None
    assert base_url_of(str(root), "/" + "long" * 2_000) is None


def test_folder_instead_of_file(root: Path) -> None:
    """A folder where a file should be tells nothing."""
    (root / "settings.json").mkdir()
    assert told(root / "settings.json") is NOTHING


def test_unreadable(root: Path) -> None:
    """A file that may not be read tells nothing."""
    file = settings(root / "settings.json", env={"ANTHROPIC_BASE_URL": "https://a.b"})
    with patch("builtins.open", side_effect=PermissionError(13, "denied")):
        assert told(file) is NOTHING


def test_fails_in_reading(root: Path) -> None:
    """A file that fails in reading tells nothing."""
    file = settings(root / "settings.json", apiKeyHelper="x")
    with patch("builtins.open", side_effect=OSError("broken disk")):
        assert told(file) is NOTHING


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_pipe_is_not_waited_for(project: Path) -> None:
    """A pipe or device in a foreign project's folder is not read from."""
    pipe = project / ".claude/settings.json"
    os.mkfifo(pipe)
    reader = Thread(target=base_url_of, args=("/nowhere", str(project)), daemon=True)
    reader.start()
    reader.join(0.5)
    hangs = reader.is_alive()
    if hangs:
        os.close(os.open(pipe, os.O_WRONLY))
        reader.join()
    assert not hangs


# Changes


def test_changed_file_is_read_again(root: Path) -> None:
    """A file is read again when it has changed, and only then."""
    file = settings(root / "settings.json", apiKeyHelper="one")
    assert told(file).has_key is True
    with patch("builtins.open", side_effect=AssertionError("it was opened")):
        assert told(file).has_key is True
    settings(file)
    os.utime(file, ns=(1, 1))
    assert told(file).has_key is False
    file.unlink()
    assert told(file) is NOTHING


def test_evidence_follows_within_seconds(root: Path) -> None:
    """What was told some seconds ago is asked about anew."""
    settings(root.with_name(".claude.json"), oauthAccount=account("claude_pro"))
    with patch.object(claude_settings, "monotonic", lambda: 1_000.0):
        assert evidence_of(str(root), None).login == "claude_pro"
    settings(root / "settings.json", apiKeyHelper="x")
    later = 1_000.0 + claude_settings.FRESH_SECONDS
    with patch.object(claude_settings, "monotonic", lambda: later):
        assert evidence_of(str(root), None).login == "api key"


def test_change_of_login_between_refreshes(root: Path, ledger: Path) -> None:
    """What comes after a change of login has the new one, what was read keeps its."""
    file = builders.transcript(root.parent)
    settings(root.with_name(".claude.json"), oauthAccount=account("claude_max"))
    builders.write(file, builders.claude_line("msg_01" + "A" * 20 + "1", request="a"))
    builders.refresh(ledger, root.parent)
    settings(root / "settings.json", apiKeyHelper="x")
    claude_settings.evidence_at.cache_clear()
    builders.append(
        file, builders.claude_line("msg_01" + "A" * 20 + "2", 60, request="b")
    )
    builders.refresh(ledger, root.parent)
    assert builders.events(ledger, "at", "account", "payer") == [
        (builders.START_MS, "claude_max", "claude-max"),
        (builders.START_MS + 60_000, "api key", "api"),
    ]


# Secrets


@pytest.fixture
def full_of_secrets(root: Path, project: Path) -> Iterator[Path]:
    """Write a session, and settings with a secret in every place."""
    url = (
        f"https://{SECRETS['user']}:{SECRETS['password']}@llm.acme.example/v1"
        f"?key={SECRETS['query']}#{SECRETS['fragment']}"
    )
    environment = {
        "ANTHROPIC_API_KEY": SECRETS["key"],
        "ANTHROPIC_AUTH_TOKEN": SECRETS["token"],
        "ANTHROPIC_BASE_URL": url,
        "AWS_SECRET_ACCESS_KEY": SECRETS["other"],
        "ANTHROPIC_CUSTOM_HEADERS": f"Authorization: {SECRETS['other']}",
    }
    everything = {
        "env": environment,
        "apiKeyHelper": SECRETS["helper"],
        "oauthAccount": account("claude_max") | {"accountUuid": SECRETS["other"]},
        "primaryApiKey": SECRETS["key"],
        "mcpServers": {"one": {"env": {"TOKEN": SECRETS["token"]}}},
    }
    for file in (
        root.with_name(".claude.json"),
        root / ".claude.json",
        root / "settings.json",
        root / ".credentials.json",
        project / ".claude/settings.json",
        project / ".claude/settings.local.json",
    ):
        settings(file, **everything)
        os.utime(file, (1, 1))  # older than the responses it speaks for
    builders.write(
        builders.transcript(root.parent), builders.claude_line(cwd=str(project))
    )
    yield root


def program(*words: str) -> bytes:
    """Run a verb in a process of its own; give all that it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "tokentui", *words],
        capture_output=True,
        timeout=60,
        check=False,
    )
    return done.stdout + done.stderr


def secrets_in(text: bytes) -> list[str]:
    """Name the secrets that a text holds, in any case."""
    return [name for name, each in SECRETS.items() if each.lower() in text.decode(
        "latin-1").lower()]  # fmt: skip


def test_no_secret_is_kept_or_shown(full_of_secrets: Path, ledger: Path) -> None:
    """No key, token, password or address is in the ledger or in what is printed."""
    printed = program("refresh", "--json")
    printed += program(
        "usage", "--by", "payer", "--by", "provider", "--by", "session", "--json"
    )
    printed += program("status") + program("doctor")
    assert secrets_in(printed) == []
    for file in ledger.parent.iterdir():
        assert secrets_in(file.read_bytes()) == []
    with closing(open_for_reading(ledger)) as connection:
        found = connection.execute("SELECT account, base_url FROM series").fetchall()
    # What is told all the same: there is a key, and who answers.
    assert found == [("api key", "https://llm.acme.example/v1")]


def test_no_secret_of_a_broken_file(full_of_secrets: Path, ledger: Path) -> None:
    """A file that cannot be read is not quoted in any message."""
    for file in (full_of_secrets / "settings.json", full_of_secrets / ".claude.json"):
        file.write_bytes(file.read_bytes()[:-5])
    printed = program("refresh") + program("doctor")
    assert secrets_in(printed) == []
    for file in ledger.parent.iterdir():
        assert secrets_in(file.read_bytes()) == []
