"""`guard`: what agents are told below, at and above a cap, and when it fails itself.

The inputs are those that Claude Code 1.0.128 to 2.1.330 sent to a hook; session and
transcript are those of the test. Of the history 2.27255 dollars count in November.
"""

from __future__ import annotations

import io
import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import builders
import pytest
from asking import Answer, Ask

INPUTS = Path(__file__).parents[1] / "guard/inputs"
PROMPT, TOOL = "UserPromptSubmit", "PreToolUse"
VERSIONS = ("1.0.128", "2.0.30", "2.1.40", "2.1.170", "2.1.330")
SPENT = "2.27255"

Guard = Callable[..., Answer]


def sent(event: str, version: str = "2.1.330", **changed: Any) -> dict[str, Any]:
    """Give what Claude Code sent, of the session of this test."""
    given = json.loads((INPUTS / f"{version}-{event}.json").read_text("utf-8"))
    home = Path(os.environ["HOME"])
    return given | {
        "session_id": builders.SESSION,
        "transcript_path": str(builders.transcript(home)),
        "cwd": "/nowhere/acme",
        **changed,
    }


@pytest.fixture
def guard(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> Guard:
    """Ask the guard with some JSON on stdin, or with any bytes."""

    def run(given: Any, *words: str) -> Answer:
        text = given if isinstance(given, bytes) else json.dumps(given).encode()
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
        return ask("guard", *words)

    return run


@pytest.fixture
def capped(ask: Ask, logs: Path, config: Callable[[str], Path]) -> Callable[..., None]:
    """Set a hard monthly cap, with more of the config behind it, and read the logs."""

    def cap(amount: str, more: str = "", lines: str = "") -> None:
        config(
            f'[caps.month]\namount = {amount}\nper = "month"\nhard = true\n{lines}\n'
            f"{more}"
        )
        ask("refresh")

    return cap


def codex_input(event: str, **more: Any) -> dict[str, Any]:
    """Make what Codex 0.169 sends, of the thread of this test."""
    home = Path(os.environ["HOME"])
    return {
        "session_id": builders.THREAD,
        "turn_id": "019f0000-0001-7000-8000-0000000000aa",
        "transcript_path": str(builders.rollout(home)),
        "cwd": "/nowhere/acme",
        "hook_event_name": event,
        "model": "gpt-5.4",
        "permission_mode": "default",
        **more,
    }


def specific(answer: Answer) -> dict[str, Any]:
    """Give what only one event's output has."""
    found: dict[str, Any] = answer.document["hookSpecificOutput"]
    return found


def faults() -> str:
    """Give the log of the guard's own failures."""
    log = Path(os.environ["TOKENTUI_STATE"]) / "guard/faults.log"
    return log.read_text("utf-8") if log.exists() else ""


@pytest.mark.parametrize("version", VERSIONS)
def test_prompt_at_the_cap(guard: Guard, capped: Any, version: str) -> None:
    """At the cap a prompt is held back: exit 2, and stderr says all that is needed."""
    capped(SPENT)
    answer = guard(sent(PROMPT, version))
    assert (answer.code, answer.out) == (2, "")
    for words in (
        "cap month: $2.27 of $2.27 a month are spent",
        "begins anew 2026-12-01",
        "This prompt was not sent.",
        "tokentui cap raise month +5",
        "tokentui guard off --for 1h",
    ):
        assert words in answer.err
    assert faults() == ""


@pytest.mark.parametrize("version", VERSIONS)
def test_tool_at_the_cap(guard: Guard, capped: Any, version: str) -> None:
    """At the cap a tool is denied and the turn ends."""
    capped(SPENT)
    given = sent(TOOL, version)
    answer = guard(given)
    assert (answer.code, answer.err) == (0, "")
    assert answer.document["continue"] is False
    assert "cap month" in answer.document["stopReason"]
    assert specific(answer)["hookEventName"] == TOOL
    assert specific(answer)["permissionDecision"] == "deny"
    assert f"{given['tool_name']} was not run" in answer.document["stopReason"]


@pytest.mark.parametrize("event", [PROMPT, TOOL])
@pytest.mark.parametrize("version", VERSIONS)
def test_below(guard: Guard, capped: Any, event: str, version: str) -> None:
    """Below the share at which it warns nothing is said."""
    capped("2.85")  # 79.7 %
    assert guard(sent(event, version)) == Answer(0, "", "")


def test_just_below(guard: Guard, capped: Any) -> None:
    """A nano-dollar below the cap nothing is stopped."""
    capped("2.272550001")
    assert guard(sent(PROMPT)).code == 0


def test_raise_is_enough(guard: Guard, capped: Any, ask: Ask) -> None:
    """The raise that is proposed lets the agent go on, however far it is over."""
    capped("0.5")
    answer = guard(sent(PROMPT))
    assert "tokentui cap raise month +7" in answer.err  # 1.77 over, and 5
    assert ask("cap", "raise", "month", "+7").code == 0
    assert guard(sent(PROMPT)).code == 0


def test_reads_its_own_session(guard: Guard, capped: Any, home: Path) -> None:
    """What the session's log has that nobody has read yet counts."""
    capped("3")
    assert guard(sent(TOOL)).out == ""
    more = builders.claude_line("msg_01Z", 7_000, output=50_000, request="z")
    builders.append(builders.transcript(home), more)  # a dollar
    assert "$3.27 of $3.00" in guard(sent(TOOL)).document["stopReason"]


def test_reads_its_sub_agents(guard: Guard, capped: Any, home: Path) -> None:
    """What its sub-agents have used counts as well."""
    capped("3")
    log = builders.transcript(home).with_suffix("") / "subagents/agent-a1.jsonl"
    side = {"isSidechain": True, "agentId": "a1"}
    builders.write(
        log,
        builders.claude_line("msg_01Z", 7_000, output=50_000, request="z", **side),
    )
    assert "$3.27 of $3.00" in guard(sent(TOOL)).document["stopReason"]


def test_reads_no_other_log(guard: Guard, capped: Any, home: Path, ask: Ask) -> None:
    """Neither another session nor a file that is no log of the agent is read."""
    capped("3")
    more = builders.claude_line(
        "msg_01Z", 7_000, output=50_000, request="z", session="s2"
    )
    other = builders.write(builders.transcript(home, "s2"), more)
    elsewhere = builders.write(home / "elsewhere.jsonl", more)
    projects = builders.transcript(home).parent
    for path in (elsewhere, projects / "../../../elsewhere.jsonl", "/dev/zero", "x"):
        assert guard(sent(TOOL, transcript_path=str(path))).out == ""
    assert guard(sent(TOOL)).out == ""
    assert guard(sent(TOOL, transcript_path=str(other))).document["continue"] is False


def test_soft_cap_stops_nothing(guard: Guard, capped: Any) -> None:
    """A cap that is not hard is only a number."""
    capped("1")
    Path(os.environ["TOKENTUI_CONFIG"]).write_text(
        '[caps.month]\namount = 1\nper = "month"\n', "utf-8"
    )
    assert guard(sent(PROMPT)) == Answer(0, "", "")


@pytest.mark.parametrize(
    ("scope", "is_stopped"),
    [
        ('source = "claude-code"', True),
        ('source = "codex"', False),
        ('not_source = "claude-code"', False),
        ('project = "/nowhere/billing"', True),
        ('project = "*other"', False),
        ('payer = "api"', True),
        ('payer = "work"', False),
        ('provider = "ANTHROPIC"', True),
        ('label = "nightly"', False),
        ('each = "source"', True),
        ('each = "client"', False),
    ],
)
def test_scopes(guard: Guard, capped: Any, scope: str, is_stopped: bool) -> None:
    """A cap stops only sessions whose usage counts in it: the last was of billing."""
    capped("0.001", lines=scope)
    assert (guard(sent(PROMPT)).code == 2) is is_stopped


def test_model_of_a_prompt(guard: Guard, capped: Any) -> None:
    """A model's cap stops tools only: whom a prompt goes to, Claude Code leaves open.

    The last response was sonnet's.
    """
    capped("0.001", lines='model = "claude-sonnet*"')
    assert guard(sent(PROMPT)).code == 0
    assert guard(sent(TOOL)).document["continue"] is False


def test_plan_pays(guard: Guard, capped: Any, logs: Path) -> None:
    """What a flat plan pays counts in no money cap; its list value in one of that."""
    text = '{"oauthAccount": {"organizationType": "claude_max"}}'
    (logs / ".claude.json").write_text(text, encoding="utf-8")
    capped("0.001")
    assert guard(sent(PROMPT)).code == 0
    capped("0.001", lines='unit = "list-usd"')
    assert guard(sent(PROMPT)).code == 2


def test_new_session(guard: Guard, capped: Any) -> None:
    """A session without a response yet is whose its project's last was."""
    new = {"session_id": "5e551011-0000-4000-8000-00000000000f"}
    new["transcript_path"] = ""
    capped("0.001", lines='payer = "api"')
    assert guard(sent(PROMPT, **new)).code == 2
    capped("0.001", lines='project = "/nowhere/acme"')
    assert guard(sent(PROMPT, **new)).code == 2
    assert guard(sent(PROMPT, **new, cwd="/nowhere/else")).code == 0


def test_warns_once(guard: Guard, capped: Any) -> None:
    """At the share `warn` the person is told, once for a session; nothing is held."""
    capped("2.8")  # 81 %
    told = guard(sent(PROMPT)).document
    assert told == {
        "systemMessage": "tokentui: cap month: $2.27 of $2.80 a month are spent, 81 %"
    }
    assert guard(sent(PROMPT)).out == guard(sent(TOOL)).out == ""
    assert "81 %" in guard(sent(TOOL, session_id="s2", transcript_path=None)).out


@pytest.mark.parametrize("event", [PROMPT, TOOL])
def test_wraps_up(guard: Guard, capped: Any, event: str) -> None:
    """At 90 % the agent is asked, once, to wrap up and to write down what remains."""
    capped("2.5")  # 91 %
    answer = guard(sent(event))
    assert specific(answer)["hookEventName"] == event
    assert "write down what remains" in specific(answer)["additionalContext"]
    assert "permissionDecision" not in specific(answer)
    assert "91 %" in answer.document["systemMessage"]
    assert guard(sent(event)).out == ""


ASK = '[guard]\nat_warn = "ask"\n'


def test_asks_before_a_prompt(guard: Guard, capped: Any) -> None:
    """With `at_warn = "ask"` a prompt is held once; sent again it goes."""
    capped("2.8", ASK)
    held = guard(sent(PROMPT))
    assert held.code == 2
    assert "Send it again to go on" in held.err
    assert guard(sent(PROMPT)).code == 0


def test_asks_before_a_tool(guard: Guard, capped: Any) -> None:
    """With `at_warn = "ask"` Claude Code asks the person before one tool."""
    capped("2.8", ASK)
    assert specific(guard(sent(TOOL)))["permissionDecision"] == "ask"
    assert "permissionDecision" not in guard(sent(TOOL)).out


def test_own_turn_is_not_asked(guard: Guard, capped: Any) -> None:
    """Claude Code's own prompt is not held to ask; at the cap it is."""
    own = {"prompt": "<task-notification>\n<task-id>a1"}
    capped("2.8", ASK)
    assert guard(sent(PROMPT, **own)).code == 0
    capped("2", ASK)
    assert guard(sent(PROMPT, **own)).code == 2


@pytest.mark.parametrize(
    ("budget", "is_stopped"),
    [
        # The session: opus in October 2.00, in November 2.00 and 0.244, sonnet 0.022.
        ("usd = 4.266", True),
        ("usd = 4.267", False),
        # 100k; 300k; 1k + 100k + 30k + 2k; 3k
        ("tokens = 536_000", True),
        ("tokens = 600_000", False),
        # Its last response was at 11:50, the one before at 10:00: it is noon.
        ("minutes = 10", True),
        ("minutes = 11", False),
        ("tool_calls = 1", False),
        ("retries = 1", False),
    ],
)
def test_budget_of_a_run(
    guard: Guard, capped: Any, budget: str, is_stopped: bool
) -> None:
    """Each budget of `[guard.run]` stops a session by itself."""
    capped("1000", f"[guard.run]\n{budget}\n")
    answer = guard(sent(PROMPT))
    assert (answer.code == 2) is is_stopped
    if is_stopped:
        assert f"budget of a run ({budget.split()[0]})" in answer.err
        assert "cap raise" not in answer.err


def test_retries(guard: Guard, capped: Any, home: Path) -> None:
    """Prompts that were sent again, equal to the token, are retries: here two."""
    for number, at in enumerate((7_000, 7_010, 7_020)):
        line = builders.claude_line(
            f"msg_01R{number}", at, input=5_000, request=f"r{number}"
        )
        builders.append(builders.transcript(home), line)
    for most, is_stopped in ((2, True), (3, False)):
        capped("1000", f"[guard.run]\nretries = {most}\n")
        assert (guard(sent(PROMPT)).code == 2) is is_stopped


@pytest.mark.parametrize("make", [sent, codex_input], ids=["claude-code", "codex"])
def test_tool_calls(guard: Guard, capped: Any, make: Any) -> None:
    """After as many tools as a run may call the next one is stopped; others' go on."""
    capped("1000", "[guard.run]\ntool_calls = 3\n")
    for _ in range(3):
        assert "deny" not in guard(make(TOOL)).out
    assert specific(guard(make(TOOL)))["permissionDecision"] == "deny"
    assert "3 of 3" in guard(make(PROMPT)).err
    assert guard(make(TOOL, session_id="s2")).out == ""


def test_tool_calls_in_the_log(guard: Guard, capped: Any, home: Path) -> None:
    """Tools that the log tells of, from before the guard was there, count as well."""
    call = {"type": "tool_use", "id": "t", "name": "Bash", "input": {}}
    line = builders.claude_line(
        "msg_01R", 7_000, request="r", message={"content": [call, call]}
    )
    builders.append(builders.transcript(home), line)
    capped("1000", "[guard.run]\ntool_calls = 2\n")
    assert specific(guard(sent(TOOL)))["permissionDecision"] == "deny"


def test_off_and_on(guard: Guard, capped: Any, ask: Ask) -> None:
    """`guard off` lets agents go on for a while, `guard on` ends it."""
    capped("1")
    said = ask("guard", "off", "--for", "30m").out
    assert "2026-11-20T12:30" in said
    assert guard(sent(PROMPT)) == Answer(0, "", "")
    assert ask("guard", "on").code == 0
    assert guard(sent(PROMPT)).code == 2


def test_off_ends_by_itself(guard: Guard, capped: Any) -> None:
    """When the time is over it brakes again: here at noon, which it is."""
    capped("1")
    folder = Path(os.environ["TOKENTUI_STATE"]) / "guard"
    folder.mkdir(parents=True)
    (folder / "off").write_text(str(builders.ms("2026-11-20T12:00")))
    assert guard(sent(PROMPT)).code == 2


@pytest.mark.parametrize("span", ["0h", "1", "32d", "-1h", "1w", "1h "])
def test_odd_spans(ask: Ask, span: str) -> None:
    """A span that is none is refused."""
    assert ask("guard", "off", "--for", span).code == 2


def test_codex(guard: Guard, capped: Any) -> None:
    """Codex: a prompt by exit 2, a tool by a bare denial, for which it has reasons.

    `continue: false` and `ask` before a tool make its hook fail, and the tool run.
    """
    capped(SPENT, ASK)
    assert guard(codex_input(PROMPT, prompt="go")).code == 2
    denied = guard(codex_input(TOOL, tool_name="shell", tool_input={}))
    assert set(denied.document) == {"hookSpecificOutput"}
    assert specific(denied)["permissionDecision"] == "deny"
    capped("2.8", ASK)
    assert set(guard(codex_input(TOOL, tool_name="shell")).document) == {
        "systemMessage"
    }


def test_codex_reads_its_rollout(guard: Guard, capped: Any, home: Path) -> None:
    """What a rollout has that nobody has read yet counts: 100,000 out for 1.50."""
    capped("3")
    more = builders.codex_total((1_000, 200, 100_300), (0, 0, 100_000), 7_000)
    builders.append(builders.rollout(home), more)
    assert guard(codex_input(PROMPT)).code == 2


def test_codex_model(guard: Guard, capped: Any) -> None:
    """Codex says which model a prompt goes to."""
    capped("0.001", lines='model = "gpt-*"')
    assert guard(codex_input(PROMPT)).code == 2
    assert guard(codex_input(PROMPT, model="o3")).code == 0


def cursor(event: str, **more: Any) -> dict[str, Any]:
    """Make what Cursor sends."""
    return {
        "conversation_id": "c-1",
        "generation_id": "g-1",
        "hook_event_name": event,
        "workspace_roots": ["/nowhere/acme"],
        "cursor_version": "2.0.77",
        **more,
    }


def test_cursor(guard: Guard, capped: Any) -> None:
    """Cursor: `continue` for a prompt, `permission` for a tool, at exit 0."""
    capped(SPENT)
    held = guard(cursor("beforeSubmitPrompt", prompt="go"))
    assert (held.code, held.document["continue"]) == (0, False)
    assert "cap month" in held.document["user_message"]
    for event in ("beforeShellExecution", "beforeMCPExecution"):
        denied = guard(cursor(event, command="ls")).document
        assert denied["permission"] == "deny"
        assert denied["user_message"] == denied["agent_message"]


def test_cursor_below(guard: Guard, capped: Any) -> None:
    """Cursor is never told to allow a tool: that would spare it a question."""
    capped("2.5")
    assert guard(cursor("beforeShellExecution", command="ls")).out == ""
    capped("2.5", ASK)
    asked = guard(cursor("beforeShellExecution", command="ls")).document
    assert asked["permission"] == "ask"


HOSTILE = [
    b"",
    b"{",
    b"[]",
    b"null",
    b"\xff\xfe\x00",
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b'{"session_id": ' + b"9" * 5_000 + b"}",
    b'{"hook_event_name": "' + b"x" * 5_000_000 + b'"}',
]


@pytest.mark.parametrize("given", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_input(guard: Guard, capped: Any, given: bytes) -> None:
    """Whatever comes, the agent goes on, without a traceback."""
    capped("0.001")
    assert guard(given) == Answer(0, "", "")


@pytest.mark.parametrize(
    "value", [7, True, None, [], {}, "\ud800", "a\0b", "x" * 9_999]
)
@pytest.mark.parametrize(
    "field",
    ["session_id", "transcript_path", "cwd", "model", "tool_name", "prompt"],
)
def test_wrong_types(guard: Guard, capped: Any, field: str, value: Any) -> None:
    """A field that makes no sense is not known; the cap still stops the agent."""
    capped("0.001")
    answer = guard(sent(TOOL, **{field: value}))
    assert (answer.code, answer.document["continue"]) == (0, False)
    assert faults() == ""


def test_other_events(guard: Guard, capped: Any) -> None:
    """An event that spends nothing is not held up."""
    capped("0.001")
    for event in ("Stop", "SessionEnd", "PostToolUse", "PreCompact", ""):
        assert guard(sent(TOOL, hook_event_name=event)) == Answer(0, "", "")


CLOSED = '[guard]\nfail = "closed"\n'


def test_no_ledger(guard: Guard, config: Callable[[str], Path], logs: Path) -> None:
    """Without a ledger the agent goes on, and the log says what to do; none is made."""
    config('[caps.month]\namount = 1\nper = "month"\nhard = true\n')
    assert guard(sent(PROMPT)) == Answer(0, "", "")
    assert "run `tokentui refresh` first" in faults()
    assert not Path(os.environ["TOKENTUI_LEDGER"]).exists()
    config(CLOSED)
    held = guard(sent(PROMPT))
    assert held.code == 2
    assert "guard failed (no ledger" in held.err


def test_damaged_ledger(guard: Guard, capped: Any, ledger: Path) -> None:
    """With a damaged ledger the agent goes on, unless the person wants it stopped."""
    capped("1")
    for aside in ledger.parent.glob("ledger.db-*"):
        aside.unlink()
    ledger.write_bytes(b"SQLite format 3\0" + b"\7" * 8_192)
    assert guard(sent(PROMPT)) == Answer(0, "", "")
    assert "ledger" in faults()
    capped("1", CLOSED)
    assert guard(sent(TOOL)).document["continue"] is False


def test_locked_ledger(
    guard: Guard,
    capped: Any,
    ledger: Path,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While another writer is at work it judges by what is known, and notes it."""
    monkeypatch.setattr("tokentui.guard.look.PATIENCE_MS", 10)
    more = builders.claude_line("msg_01Z", 7_000, output=50_000, request="z")
    capped("3")
    with closing(sqlite3.connect(ledger, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        builders.append(builders.transcript(home), more)
        assert guard(sent(PROMPT)) == Answer(0, "", "")
        assert "locked" in faults()
        capped_now = Path(os.environ["TOKENTUI_CONFIG"])
        text = capped_now.read_text("utf-8")
        capped_now.write_text(text + CLOSED, "utf-8")
        assert "guard failed" in guard(sent(PROMPT)).err
        capped_now.write_text(text.replace("= 3", "= 2"), "utf-8")
        assert "cap month" in guard(sent(PROMPT)).err


def test_broken_config(guard: Guard, config: Callable[[str], Path]) -> None:
    """A config that cannot be read lets the agent go on, and is told by the log."""
    config("[caps.month]\nper = 7\n")
    assert guard(sent(PROMPT)) == Answer(0, "", "")
    assert "caps.month: amount is missing" in faults()


def test_state_that_cannot_be_kept(guard: Guard, capped: Any) -> None:
    """Where nothing can be remembered the cap stops, and a warning is left out."""
    capped("2.8", ASK)
    folder = Path(os.environ["TOKENTUI_STATE"])
    folder.mkdir(exist_ok=True)
    (folder / "guard").write_text("")
    assert guard(sent(PROMPT)) == Answer(0, "", "")
    capped("2", ASK)
    assert guard(sent(PROMPT)).code == 2
