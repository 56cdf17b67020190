"""Logs in which each text says where it is from, and names that steer and attack.

What people and models say has `PROMPT` in it: it must come out nowhere. Names have
`NAME` in them: they do come out, and must do nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import builders
from builders import START_MS, THREAD, claude_line, codex_line, line, rollout, write
from cursor_user import CursorUser

PROMPT, NAME = "quartzowl", "zebrafinch"

ATTACKS = {
    "escape": f"{NAME}\x1b[2J\x1b]0;owned\x07\x9b31m",
    "formula": f"=cmd|'{NAME}'!A1",
    "sum": f"@SUM({NAME})",
    "tag": f'"><img src=x onerror={NAME}()>',
    "rich": f"[red]{NAME}[bold][@click=app.quit]",
    "markdown": f"`{NAME}`|[x](javascript:x)",
    "above": f"..\\..\\{NAME}",
    "quotes": f"{NAME}'); DROP TABLE event; --\"",
    "turned": f"\u202e{NAME}\u2066\u200b",
    "half": f"{NAME}\ud800",
    "lines": f"{NAME}\n\t2026-01-01 open Assets:{NAME}\r",
}
"""A name for each way in which names attack."""


def said(where: str) -> str:
    """Say something in a place of a log."""
    return f"{PROMPT} spoke as {where}"


def claude_logs(home: Path) -> None:
    """Write a transcript for each attack, and all that people and models say."""
    for number, (kind, name) in enumerate(ATTACKS.items()):
        labels = {
            "cwd": f"/nowhere/{name}",
            "gitBranch": name,
            "session": name,
            "version": name,
        }
        write(
            builders.transcript(home, kind),
            claude_line(
                f"msg_01{kind}A", -60 * number, model=name, request="a", **labels
            ),
            claude_line(
                f"msg_01{kind}B", -60 * number - 5, output=90_000, request="b", **labels
            ),
        )
    write(builders.transcript(home), *claude_talk())
    sub = builders.transcript(home).with_suffix("") / "subagents/agent-a1.jsonl"
    write(sub, claude_line("msg_01SUB", 7, isSidechain=True, agentId="a1", request="s"))
    meta = {"agentType": "Explore", "description": said("task"), "prompt": said("task")}
    write(sub.with_suffix(".meta.json"), line(meta))
    claude = home / ".claude"
    write(claude / "history.jsonl", line({"display": said("history")}))
    write(claude / "settings.json", line({"cleanupPeriodDays": 365}))
    about = {
        "oauthAccount": {"organizationType": "api", "emailAddress": said("address")},
        "projects": {"/nowhere/acme": {"history": [{"display": said("projects")}]}},
    }
    write(home / ".claude.json", line(about))


def claude_talk() -> Iterator[bytes]:
    """Give the records of a session in which something is said in every place."""
    yield record("user", message={"role": "user", "content": said("prompt")})
    blocks = [
        {"type": "thinking", "thinking": said("thinking"), "signature": said("sign")},
        {"type": "text", "text": said("answer")},
        tool("Bash", command=said("command"), description=said("description")),
        tool(
            "Edit", file_path="/x/a.py", old_string=said("old"), new_string=said("new")
        ),
        tool("Write", file_path=f"/x/{said('path')}", content=said("content")),
        tool("Task", prompt=said("task"), description=said("task")),
        tool("TodoWrite", todos=[{"content": said("to do"), "status": "pending"}]),
        tool(f"mcp__x__{PROMPT}", query=said("query")),
    ]
    for number, block in enumerate(blocks):
        yield claude_line("msg_01TALK", number / 10, message={"content": [block]})
    output = {"stdout": said("stdout"), "file": {"content": said("file")}}
    result = {"type": "tool_result", "tool_use_id": "t", "content": said("result")}
    yield record("user", message={"content": [result]}, toolUseResult=output)
    yield record("summary", summary=said("summary"), leafUuid="u")
    yield record("custom-title", customTitle=said("title"))
    yield record("ai-title", aiTitle=said("title"))
    yield record("last-prompt", lastPrompt=said("last prompt"))
    yield record("queue-operation", operation="enqueue", content=said("queue"))
    yield record("system", subtype="compact_boundary", content=said("compaction"))
    yield record("attachment", attachment={"type": "file", "content": said("attached")})
    backups = {said("path"): {"backupFileName": said("backup")}}
    yield record("file-history-snapshot", snapshot={"trackedFileBackups": backups})
    yield claude_line(
        "msg_01FAIL",
        8,
        model="<synthetic>",
        isApiErrorMessage=True,
        error=said("error"),
        message={"content": [{"type": "text", "text": said("failure")}]},
    )
    # Records that are skipped, of which an example is shown.
    yield claude_line("msg_01BAD", 9, output=said("count"))
    yield claude_line("msg_01BAD", 9, usage={"iterations": said("steps")})
    yield claude_line("msg_01BAD", 9, timestamp=said("time"))
    yield claude_line("msg_01BAD", 9, usage={"service_tier": {said("tier"): 1}})
    yield b'{"type":"assistant","message":{"usage":' + said("no JSON").encode() + b"\n"
    yield line(
        {"type": "assistant", "message": {"usage": {said("key"): said("value")}}}
    )
    block = {"content": [{"type": "text", "text": said("half a line")}]}
    half = claude_line("msg_01HALF", 10, request="h", message=block)
    yield half[: half.index(b"half a line") + 4]  # as a client writes at this moment


def record(kind: str, **fields: object) -> bytes:
    """Write a record of Claude Code that bears no usage."""
    about = {"type": kind, "sessionId": builders.SESSION, "timestamp": builders.clock()}
    return line(about | fields)


def tool(name: str, **given: object) -> dict[str, object]:
    """Call a tool."""
    return {"type": "tool_use", "id": "t", "name": name, "input": given}


def codex_logs(home: Path) -> None:
    """Write a rollout for each attack, and one in which all is said."""
    for number, (kind, name) in enumerate(ATTACKS.items()):
        thread = f"019f0000-0000-7000-8000-0000000001{number:02}"
        write(
            rollout(home, thread),
            builders.codex_meta(
                thread, cwd=f"/nowhere/{name}", git={"branch": name}, cli_version=name
            ),
            builders.codex_turn(name, effort=name, cwd=f"/nowhere/{name}"),
            builders.codex_total((900, 0, 90), (900, 0, 90), number + 1),
        )
        assert kind
    write(rollout(home), *codex_talk())
    codex = home / ".codex"
    write(
        codex / "history.jsonl", line({"session_id": THREAD, "text": said("history")})
    )
    named = {"id": THREAD, "thread_name": said("thread")}
    write(codex / "session_index.jsonl", line(named))
    write(codex / "auth.json", line({"OPENAI_API_KEY": f"sk-{PROMPT}"}))


def codex_talk() -> Iterator[bytes]:
    """Give the lines of a thread in which something is said in every place."""
    told = said("instructions")
    yield builders.codex_meta(instructions=told, base_instructions={"text": told})
    yield builders.codex_turn(
        user_instructions=told,
        developer_instructions=told,
        collaboration_mode={"settings": {"developer_instructions": told}},
        summary=said("summary"),
    )
    yield codex_line("user_message", message=said("prompt"), images=[said("image")])
    yield codex_line("agent_message", message=said("answer"))
    yield codex_line("agent_reasoning", text=said("thinking"))
    yield codex_line("thread_name_updated", thread_name=said("title"))
    yield codex_line("error", message=said("error"), codex_error_info=said("info"))
    words = json.dumps({"command": ["bash", "-lc", said("command")]})
    patch = f"*** Begin Patch\n*** Add File: a.py\n+{said('patch')}\n*** End Patch"
    items: tuple[dict[str, object], ...] = (
        {"type": "message", "role": "user", "content": [{"text": said("item")}]},
        {"type": "reasoning", "summary": [{"text": said("thought")}], "content": None},
        {"type": "function_call", "name": "shell", "arguments": words, "call_id": "c"},
        {"type": "function_call_output", "call_id": "c", "output": said("output")},
        {"type": "custom_tool_call", "name": "apply_patch", "input": patch},
        {"type": "custom_tool_call_output", "call_id": "c", "output": said("output")},
        {"type": "web_search_call", "action": {"query": said("query")}},
        {"type": "function_call", "name": PROMPT, "arguments": words, "call_id": "d"},
    )
    for item in items:
        kind = str(item.pop("type"))
        yield line(
            {
                "timestamp": builders.clock(1),
                "type": "response_item",
                "payload": {"type": kind, **item},
            }
        )
    yield builders.codex_total((1_000, 200, 300), (1_000, 200, 300), 2)
    past = [{"type": "message", "content": [{"text": said("past")}]}]
    yield line(
        {
            "timestamp": builders.clock(3),
            "type": "compacted",
            "payload": {"message": said("compaction"), "replacement_history": past},
        }
    )
    yield builders.codex_total((said("count"), 0, 1), (said("count"), 0, 1), 4)
    broken = f'{{"type":"event_msg","payload":{{"type":"token_count",{PROMPT}'
    yield f"{broken}\n{broken}".encode()  # the last one is not finished


def cursor_logs(user: Path) -> None:
    """Write a conversation for each attack, in which all is said."""
    cursor = CursorUser(user)
    for number, (kind, name) in enumerate(ATTACKS.items()):
        chat = f"8c0ffee0-1111-4222-8333-0000000000{number:02}"
        cursor.chat(
            chat,
            name=said("name"),
            text=said("draft"),
            subtitle=said("subtitle"),
            modelConfig={"modelName": whole(name)},
            conversationSummary=said("summary"),
            createdAt=START_MS,
        )
        cursor.bubble(
            f"b{number}",
            number,
            chat,
            text=said("answer"),
            richText=said("rich"),
            thinking={"text": said("thinking")},
            toolFormerData={
                "name": said("tool"),
                "rawArgs": said("arguments"),
                "result": said("result"),
            },
            modelInfo={"modelName": whole(name)},
        )
        if kind in ("escape", "formula", "tag"):  # each is a database of its own
            where = f"file:///nowhere/{whole(name)}"
            cursor.workspace(f"w{number}", [chat], folder=where)
    cursor.quit()


def whole(name: str) -> str:
    """Leave out halves of characters, which no database of Cursor's holds."""
    return name.encode("utf-8", "replace").decode()


def hook(agent: str, event: str, transcript: Path) -> bytes:
    """Write what an agent sends to its hook, with what is said in it."""
    given: dict[str, object] = {
        "hook_event_name": event,
        "session_id": builders.SESSION,
        "conversation_id": builders.SESSION,
        "transcript_path": str(transcript),
        "cwd": "/nowhere/acme",
        "model": "claude-opus-5-5",
        "prompt": said("prompt"),
        "tool_name": "Bash",
        "tool_input": {"command": said("command")},
        "command": said("command"),
        "permission_mode": said("mode"),
    }
    if agent != "cursor":
        del given["conversation_id"]
    return line(given)


def status_input(transcript: Path) -> bytes:
    """Write what Claude Code sends to a status line, with what is said in it."""
    return line(
        {
            "session_id": builders.SESSION,
            "transcript_path": str(transcript),
            "session_name": said("title"),
            "model": {"id": "claude-opus-5-5", "display_name": said("model")},
            "workspace": {"current_dir": "/nowhere/acme"},
            "output_style": {"name": said("style")},
            "cost": {"total_cost_usd": 1.25},
        }
    )
