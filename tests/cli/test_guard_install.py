"""`guard install` and `uninstall`: other tools' settings, changed and put back."""

from __future__ import annotations

import json
import os
import stat
import sys
import tomllib
from pathlib import Path
from typing import Any

import builders
import pytest
from asking import Ask

AGENTS = ("claude-code", "codex", "cursor")
PUT_BACK = ("guard", "uninstall", "--yes", "--agent")
PUT_IN = ("guard", "install", "--yes", "--agent")

OTHERS = {
    "claude-code": """{
    "model": "opus",   "permissions": {"allow": ["Bash", "Read"]},
    "hooks": {
        "PreToolUse": [{"matcher": "Bash",
                        "hooks": [{"type": "command", "command": "lint"}]}],
        "Stop": [{"hooks": [{"type": "command", "command": "say d\u00f6ne"}]}]
    }
}
""",
    "codex": """# my settings
model = "gpt-5.4"   # the usual one

[[hooks.UserPromptSubmit]]
[[hooks.UserPromptSubmit.hooks]]
type = "command"
command = "log-prompt"
""",
    "cursor": """{"version": 1,
"hooks": {"beforeSubmitPrompt": [{"command": "./audit.sh"}]}}""",
}


def settings(agent: str) -> Path:
    """Name the file in which an agent's hooks are set."""
    home = Path(os.environ["HOME"])
    return {
        "claude-code": home / ".claude/settings.json",
        "codex": home / ".codex/config.toml",
        "cursor": home / ".cursor/hooks.json",
    }[agent]


def read(agent: str) -> Any:
    """Read an agent's settings."""
    text = settings(agent).read_text("utf-8")
    return tomllib.loads(text) if agent == "codex" else json.loads(text)


def commands(agent: str, event: str) -> list[str]:
    """List the commands of an event."""
    entries = read(agent)["hooks"][event]
    if agent == "cursor":
        return [entry["command"] for entry in entries]
    return [hook["command"] for entry in entries for hook in entry["hooks"]]


def prompt_event(agent: str) -> str:
    """Name the event before a prompt."""
    return "beforeSubmitPrompt" if agent == "cursor" else "UserPromptSubmit"


def tool_event(agent: str) -> str:
    """Name an event before a tool."""
    return "beforeShellExecution" if agent == "cursor" else "PreToolUse"


@pytest.mark.parametrize("agent", AGENTS)
def test_round_trip(ask: Ask, home: Path, agent: str) -> None:
    """Put in beside other hooks and taken out again, the file is as it was."""
    file = builders.write(settings(agent), OTHERS[agent].encode())
    file.chmod(0o640)
    assert ask(*PUT_IN, agent).code == 0
    own = [c for c in commands(agent, tool_event(agent)) if f"--agent {agent}" in c]
    assert len(own) == 1
    assert f"guard --agent {agent}" in commands(agent, prompt_event(agent))[-1]
    backup = file.with_name(file.name + ".before-tokentui")
    assert backup.read_text("utf-8") == OTHERS[agent]
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert ask(*PUT_BACK, agent).code == 0
    assert file.read_text("utf-8") == OTHERS[agent]


@pytest.mark.parametrize("agent", AGENTS)
def test_others_stay(ask: Ask, home: Path, agent: str) -> None:
    """Other hooks stay as they are, and so does what was changed after ours came."""

    def changed(text: str) -> str:
        for old, new in (("gpt-5.4", "o3"), ('"opus"', '"haiku"'), ("audit", "check")):
            text = text.replace(old, new)
        return text

    builders.write(settings(agent), OTHERS[agent].encode())
    before = read(agent)
    ask(*PUT_IN, agent)
    others = {"claude-code": "lint", "codex": "log-prompt", "cursor": "./audit.sh"}
    event = "PreToolUse" if agent == "claude-code" else prompt_event(agent)
    assert commands(agent, event)[0] == others[agent]
    settings(agent).write_text(changed(settings(agent).read_text("utf-8")), "utf-8")
    ask(*PUT_BACK, agent)
    assert read(agent) == json.loads(changed(json.dumps(before)))


@pytest.mark.parametrize("agent", AGENTS)
def test_twice(ask: Ask, home: Path, agent: str) -> None:
    """Put in twice it is there once; taken out twice nothing is changed."""
    builders.write(settings(agent), OTHERS[agent].encode())
    ask(*PUT_IN, agent)
    once = settings(agent).read_bytes()
    assert "nothing to change" in ask(*PUT_IN, agent).out
    assert settings(agent).read_bytes() == once
    ask(*PUT_BACK, agent)
    assert "nothing to change" in ask(*PUT_BACK, agent).out
    assert settings(agent).read_text("utf-8") == OTHERS[agent]


def test_what_it_needs(ask: Ask, home: Path) -> None:
    """Who has neither a ledger nor a hard cap is told that nobody is stopped yet."""
    install = ("guard", "install", "--yes", "--agent", "claude-code")
    assert "run `tokentui refresh` once" in ask(*install).err
    builders.write(builders.transcript(home), builders.claude_line())
    ask("refresh")
    assert "it stops nobody yet: set a hard cap" in ask(*install).err
    ask("cap", "set", "20", "--per", "day", "--hard")
    assert ask(*install).err == ""


@pytest.mark.parametrize("agent", AGENTS)
def test_no_settings_yet(ask: Ask, home: Path, agent: str) -> None:
    """Where there is no file one is made, for its owner only."""
    assert ask(*PUT_IN, agent).code == 0
    assert "guard" in commands(agent, prompt_event(agent))[0]
    if sys.platform != "win32":
        assert stat.S_IMODE(settings(agent).stat().st_mode) == 0o600
    ask(*PUT_BACK, agent)
    assert "guard" not in settings(agent).read_text("utf-8")


def test_change_is_shown_and_asked_for(ask: Ask, home: Path, monkeypatch: Any) -> None:
    """The change is shown as a diff; without a yes nothing is written."""
    file = builders.write(settings("claude-code"), b'{\n  "model": "opus"\n}\n')
    monkeypatch.setattr("click.confirm", lambda *_, **__: False)
    answer = ask("guard", "install", "--agent", "claude-code")
    assert '+  "hooks": {' in answer.lines
    assert file.read_bytes() == b'{\n  "model": "opus"\n}\n'
    assert list(file.parent.iterdir()) == [file]


def test_trust_is_told(ask: Ask, home: Path) -> None:
    """Codex runs no hook that is not trusted, and does not say so: it is told."""
    assert "only after you trust it" in ask(*PUT_IN, "codex").err


@pytest.mark.parametrize(
    ("agent", "text"),
    [
        ("claude-code", b'{"a": 1, // why\n}'),
        ("claude-code", b'{"a": 1, "a": 2}'),
        ("claude-code", b"[]"),
        ("claude-code", b'{"hooks": []}'),
        ("claude-code", b'{"hooks": {"PreToolUse": {}}}'),
        ("claude-code", b"\xff\xfe"),
        ("claude-code", b"[" * 100_000),
        ("codex", b"model = "),
        ("codex", b"hooks = 7\n"),
        ("codex", b"[hooks]\nUserPromptSubmit = []\n"),
        ("cursor", b'{"hooks": {"beforeSubmitPrompt": 7}}'),
    ],
)
def test_odd_settings(ask: Ask, home: Path, agent: str, text: bytes) -> None:
    """A file that would lose something is left alone, and named."""
    file = builders.write(settings(agent), text)
    answer = ask(*PUT_IN, agent)
    assert answer.code == 2
    assert file.name in answer.err
    assert file.read_bytes() == text


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_linked_settings(ask: Ask, home: Path, tmp_path: Path) -> None:
    """Settings that are a link into a folder of dotfiles stay one."""
    real = builders.write(tmp_path / "dotfiles/settings.json", b"{}\n")
    settings("claude-code").parent.mkdir(parents=True)
    settings("claude-code").symlink_to(real)
    ask(*PUT_IN, "claude-code")
    assert settings("claude-code").is_symlink()
    assert "guard" in real.read_text("utf-8")


def test_doctor_tells(ask: Ask, logs: Path) -> None:
    """`doctor` says where the guard is and that it was never asked."""
    ask("refresh")
    ask(*PUT_IN, "claude-code")
    facts = ask("doctor", "--json").document["guard"]
    (claude,) = (each for each in facts["agents"] if each["agent"] == "claude-code")
    assert claude["installed"] is True
    assert claude["last_called"] is None
    assert facts["last_fault"] is None
    assert "last asked by claude-code never" in ask("doctor").out
