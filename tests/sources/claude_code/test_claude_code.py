"""Claude Code's rules of counting, one by one; each line is as a client wrote it."""

from __future__ import annotations

import json
import os
from itertools import permutations
from pathlib import Path

import pytest
from builders import (
    ABSENT,
    SESSION,
    START_MS,
    append,
    claude_line,
    claude_prompt,
    clock,
    cost_state,
    events,
    line,
    refresh,
    rollup_faults,
    small_pieces,
    totals,
    transcript,
    write,
)

FORK = "5e551011-0000-4000-8000-00000000000f"
OPUS = "claude-opus-5-5"
HAIKU = "claude-haiku-5-5"
ONE, TWO, THREE = (f"msg_01AAAAAAAAAAAAAAAAAAAA0{n}" for n in (1, 2, 3))


def tokens(ledger: Path) -> list[tuple[int, ...]]:
    """List input, cache read, both cache writes and output of all events, by time."""
    kinds = ("input", "cache_read", "cache_write", "cache_write_1h", "output")
    return [row[1:] for row in events(ledger, "at", *kinds)]


def in_order(home: Path, *files: tuple[Path, tuple[bytes, ...]]) -> None:
    """Write files, each changed a second after the one before."""
    for number, (path, lines) in enumerate(files):
        write(path, *lines)
        os.utime(path, (1_795_000_000 + number,) * 2)


# Which files, which lines


@pytest.mark.parametrize(
    "place",
    [
        f"-nowhere-acme/{SESSION}.jsonl",
        "-nowhere-acme/agent-a1.jsonl",
        f"-nowhere-acme/{SESSION}/subagents/agent-a1.jsonl",
        f"-nowhere-acme/{SESSION}/subagents/workflows/wf_1/agent-a1.jsonl",
    ],
)
def test_places(place: str, home: Path, ledger: Path) -> None:
    """Sessions, sub-agents and workflow agents count wherever clients keep them."""
    write(home / ".claude/projects" / place, claude_line())
    refresh(ledger, home)
    assert totals(ledger) == {OPUS: (1, 10, 0, 0, 0, 100, 0, 0)}


@pytest.mark.parametrize(
    "name", ["audit.jsonl", "journal.jsonl", "x.json", "x.jsonl.bak"]
)
def test_other_files(name: str, home: Path, ledger: Path) -> None:
    """Files that repeat usage in part, or are no transcripts, are not read."""
    write(transcript(home).with_name(name), claude_line())
    report = refresh(ledger, home)
    assert (report.sources[0].files, totals(ledger)) == (0, {})


def test_tool_results_repeat_usage(home: Path, ledger: Path) -> None:
    """The usage inside a tool's result is the sub-agent's, which has its own lines."""
    told = {"usage": {"input_tokens": 9, "output_tokens": 9}, "totalTokens": 18}
    user = {"type": "user", "timestamp": clock(), "toolUseResult": told}
    write(transcript(home), line(user), claude_line())
    report = refresh(ledger, home)
    assert tokens(ledger) == [(10, 0, 0, 0, 100)]
    assert report.sources[0].records_skipped == 0


def test_usage_in_text_is_text(home: Path, ledger: Path) -> None:
    """A log line quoted in a prompt is not usage."""
    quoted = {"type": "user", "message": {"content": claude_line(TWO).decode()}}
    write(transcript(home), line(quoted), claude_line())
    refresh(ledger, home)
    assert tokens(ledger) == [(10, 0, 0, 0, 100)]


@pytest.mark.parametrize(
    "bad",
    [
        claude_line(
            TWO, model="<synthetic>", input=0, output=0, isApiErrorMessage=True
        ),
        claude_line(TWO, model="<synthetic>", input=5, output=5),
        claude_line(TWO, input=0, output=0, stop="stop_sequence"),
    ],
)
def test_no_calls(bad: bytes, home: Path, ledger: Path) -> None:
    """Text that the client made up, errors and all-zero usage are no requests."""
    write(transcript(home), bad, claude_line())
    report = refresh(ledger, home)
    assert totals(ledger) == {OPUS: (1, 10, 0, 0, 0, 100, 0, 0)}
    assert report.sources[0].records_skipped == 0


def test_spaces_in_json(home: Path, ledger: Path) -> None:
    """A line written with spaces counts like one without."""
    spaced = json.dumps(
        json.loads(claude_line()), indent=None, separators=(" , ", " : ")
    )
    write(transcript(home), spaced.encode() + b"\r\n")
    refresh(ledger, home)
    assert tokens(ledger) == [(10, 0, 0, 0, 100)]


def test_session_without_id(home: Path, ledger: Path) -> None:
    """A record that names no session belongs to its file."""
    write(transcript(home, "named-by-file"), claude_line(session=ABSENT))
    refresh(ledger, home)
    assert events(ledger, "session") == [("named-by-file",)]


# Copies of one response


def test_block_lines_are_one_response(home: Path, ledger: Path) -> None:
    """Lines of one response count once, by the copy with a stop reason."""
    write(
        transcript(home),
        claude_line(seconds=0, output=3, stop=None, uuid="a"),
        claude_line(seconds=1, output=3, stop=None, uuid="b"),
        claude_line(seconds=2, output=250, stop="tool_use", uuid="c"),
    )
    refresh(ledger, home)
    assert events(ledger, "at", "lag", "output", "partial") == [
        (START_MS, 2000, 250, 0)
    ]
    assert totals(ledger)[OPUS][0] == 1


BEST_FIRST = [
    claude_line(seconds=9, output=1, stop=None, request=ABSENT, model="main"),
    claude_line(
        seconds=8, output=5, stop="end_turn", isSidechain=True, model="stopped"
    ),
    claude_line(seconds=7, output=900, stop=None, isSidechain=True, model="output"),
]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_best_copy(order: tuple[int, ...], home: Path, ledger: Path) -> None:
    """Main thread beats stop reason beats output, in any order, at the first time."""
    write(transcript(home), *(BEST_FIRST[i] for i in order))
    refresh(ledger, home)
    found = events(ledger, "model", "output", "at", "partial")
    assert found == [("main", 1, START_MS + 7000, 0)]


def test_copy_counts_whole(home: Path, ledger: Path) -> None:
    """Fields of two copies are never mixed: a fallback leaves two models' snapshots."""
    write(
        transcript(home),
        claude_line(output=40, input=900, stop=None, model="first"),
        claude_line(output=50, input=20, stop=None, model="fallback"),
    )
    refresh(ledger, home)
    assert events(ledger, "model", "input", "output") == [("fallback", 20, 50)]


@pytest.mark.parametrize(
    ("lines", "partial"),
    [
        ([claude_line(output=8, stop=None)], 1),
        ([claude_line(output=9, stop=None)], 0),
        ([claude_line(output=1, stop="end_turn")], 0),
        ([claude_line(output=5, stop=None), claude_line(output=2, stop="end_turn")], 0),
        (
            [
                claude_line(output=5, stop=None),
                claude_line(output=5, stop="end_turn", isSidechain=True),
            ],
            0,
        ),
        ([claude_line(output=2, stop=None, isAbortedMidStream=True)], 1),
    ],
)
def test_partial(lines: list[bytes], partial: int, home: Path, ledger: Path) -> None:
    """Output is a lower bound if no copy has a stop reason and it is 8 or less."""
    write(transcript(home), *lines)
    refresh(ledger, home)
    assert events(ledger, "partial") == [(partial,)]


@pytest.mark.parametrize("order", list(permutations(range(2))))
@pytest.mark.parametrize("request_id", ["req_1", ABSENT])
def test_resume_copies(
    request_id: object, order: tuple[int, ...], home: Path, ledger: Path
) -> None:
    """A resumed session's copies, with request id or not, count once and long ago."""
    old = (transcript(home), (claude_line(),))
    copy = claude_line(seconds=600, session=FORK, request=request_id, uuid="new")
    new = (transcript(home, FORK), (copy, claude_line(TWO, 601, session=FORK)))
    in_order(home, *((old, new)[i] for i in order))
    refresh(ledger, home)
    assert events(ledger, "at", "session") == [
        (START_MS, SESSION),
        (START_MS + 601_000, FORK),
    ]
    assert totals(ledger)[OPUS] == (2, 20, 0, 0, 0, 200, 0, 0)


@pytest.mark.parametrize("order", list(permutations(range(2))))
def test_fork_copies_that_say_so(
    order: tuple[int, ...], home: Path, ledger: Path
) -> None:
    """A copy that names who paid counts for that session, even if it is alone."""
    old = (transcript(home), (claude_line(),))
    copies = (
        claude_line(session=FORK, requestSessionId=SESSION),
        claude_line(TWO, 1, session=FORK, requestSessionId=SESSION),
        claude_line(THREE, 2, session=FORK, requestSessionId=FORK),
    )
    in_order(home, *((old, (transcript(home, FORK), copies))[i] for i in order))
    refresh(ledger, home)
    sessions = [row[1] for row in events(ledger, "at", "session")]
    assert sessions == [SESSION, SESSION, FORK]


def test_side_question_replays_an_id(home: Path, ledger: Path) -> None:
    """One message id is one response, also under another request id."""
    write(transcript(home), claude_line(), claude_line(seconds=60, request="req_2"))
    refresh(ledger, home)
    assert totals(ledger)[OPUS][0] == 1


@pytest.mark.parametrize("order", list(permutations(range(2))))
def test_ghost_copies(order: tuple[int, ...], home: Path, ledger: Path) -> None:
    """A zeroed copy that kept its cache split neither hides nor adds."""
    old = (transcript(home), (claude_line(read=500, split=(0, 180), written=180),))
    ghost = claude_line(
        session=FORK, input=0, output=0, split=(0, 180), requestSessionId=SESSION
    )
    in_order(home, *((old, (transcript(home, FORK), (ghost,)))[i] for i in order))
    refresh(ledger, home)
    assert tokens(ledger) == [(10, 500, 0, 180, 100)]


def test_a_ghost_alone_is_nothing(home: Path, ledger: Path) -> None:
    """A zeroed copy whose original is gone adds no cache write of its own."""
    write(transcript(home), claude_line(input=0, output=0, split=(0, 180)))
    refresh(ledger, home)
    assert totals(ledger) == {}


# Ids that say nothing


def gateway(seconds: float, uuid: str, session: str = SESSION, **counts: int) -> bytes:
    """Write a line of a gateway whose message id is always the same."""
    return claude_line(
        "ocgo", seconds, uuid=uuid, session=session, request=ABSENT, model="m", **counts
    )


def test_constant_id(home: Path, ledger: Path) -> None:
    """Responses under one constant id differ by their prompt; their lines are one."""
    write(
        transcript(home),
        gateway(0, "a", input=100, output=8),
        gateway(1, "b", input=100, output=70),
        gateway(2, "c", input=200, output=30),
        gateway(3, "d", input=200, output=30, read=50),
    )
    refresh(ledger, home)
    assert tokens(ledger) == [
        (100, 0, 0, 0, 70),
        (200, 0, 0, 0, 30),
        (200, 50, 0, 0, 30),
    ]


@pytest.mark.parametrize(
    ("message_id", "responses"),
    [
        ("ocgo", 2),
        ("0123456789abcde", 2),
        ("an-id-without-digits", 2),
        ("0123456789abcdef", 1),
        ("9e107d9d-372b-4b6b-8f2f-1f8b5a7d7a11", 1),
        (None, 2),
        (7, 2),
    ],
)
def test_which_ids_are_trusted(
    message_id: object, responses: int, home: Path, ledger: Path
) -> None:
    """Sixteen characters with a digit name a response; other ids need the prompt."""
    write(
        transcript(home),
        claude_line(message_id, input=1, uuid="a"),
        claude_line(message_id, 1, input=2, uuid="b"),
    )
    refresh(ledger, home)
    assert totals(ledger)[OPUS][0] == responses


ORIGINAL = [gateway(0, "a", input=100, output=8), gateway(1, "b", input=100, output=70)]
COPIED = [
    gateway(0, "a", FORK, input=100, output=8),
    gateway(1, "b", FORK, input=100, output=70),
]
OWN = gateway(9, "z", FORK, input=900, output=9)
BOTH_ONCE = [(100, 0, 0, 0, 70), (900, 0, 0, 0, 9)]


@pytest.mark.parametrize("order", list(permutations(range(2))))
def test_constant_id_in_a_fork(
    order: tuple[int, ...], home: Path, ledger: Path
) -> None:
    """A line with its uuid in another session is a copy, whichever is read first."""
    files = (
        (transcript(home), tuple(ORIGINAL)),
        (transcript(home, FORK), (*COPIED, OWN)),
    )
    in_order(home, *(files[i] for i in order))
    refresh(ledger, home)
    assert tokens(ledger) == BOTH_ONCE


def test_constant_id_in_a_fork_piece_by_piece(home: Path, ledger: Path) -> None:
    """The copy is known line by line, also if the fork was read before its original."""
    for path, text in (
        (transcript(home, FORK), COPIED[0]),
        (transcript(home), ORIGINAL[0]),
        (transcript(home, FORK), COPIED[1]),
        (transcript(home), ORIGINAL[1]),
        (transcript(home, FORK), OWN),
    ):
        append(path, text)
        refresh(ledger, home)
    assert tokens(ledger) == BOTH_ONCE
    assert rollup_faults(ledger) == []


def test_constant_id_in_a_fork_that_lacks_a_line(home: Path, ledger: Path) -> None:
    """A fork without the first line of a response, read first, is still a copy."""
    write(transcript(home, FORK), COPIED[1], OWN)
    refresh(ledger, home)
    append(transcript(home), ORIGINAL[0])
    refresh(ledger, home)
    append(transcript(home), ORIGINAL[1])
    refresh(ledger, home)
    assert tokens(ledger) == BOTH_ONCE


@pytest.mark.parametrize(
    ("order", "at_once"),
    [
        pytest.param(order, at_once)
        for order in permutations(range(3))
        for at_once in (1, 100)
    ],
)
def test_constant_id_in_forks_that_lack_lines(
    order: tuple[int, ...], at_once: int, home: Path, ledger: Path
) -> None:
    """Two forks with a line each are joined by the original, which has both."""
    second = "5e551011-0000-4000-8000-00000000000e"
    files = (
        (transcript(home), tuple(ORIGINAL)),
        (transcript(home, FORK), (COPIED[1],)),
        (
            transcript(home, second),
            (gateway(0, "a", second, input=100, output=8),),
        ),
    )
    in_order(home, *(files[i] for i in order))
    with small_pieces(1 << 22, at_once):
        refresh(ledger, home)
    assert tokens(ledger) == BOTH_ONCE[:1]
    assert rollup_faults(ledger) == []


def test_constant_id_with_request_id_in_a_fork(home: Path, ledger: Path) -> None:
    """Each line of a response is known by its uuid, also one that repeats the last."""
    lines = [
        claude_line("ocgo", n, uuid=uuid, input=100) for n, uuid in enumerate("ab")
    ]
    copy = claude_line("ocgo", 1, uuid="b", input=100, session=FORK)
    write(transcript(home), *lines)
    refresh(ledger, home)
    write(transcript(home, FORK), copy)
    refresh(ledger, home)
    assert tokens(ledger) == [(100, 0, 0, 0, 100)]


def test_iterations_of_a_constant_id_in_a_fork(home: Path, ledger: Path) -> None:
    """What was sampled inside a copied response is a copy, too."""
    steps = {
        "iterations": [{"type": "compaction", "input_tokens": 7, "output_tokens": 1}]
    }
    for session in (SESSION, FORK):
        one = claude_line(
            "ocgo", uuid="a", session=session, usage=steps, request=ABSENT
        )
        write(transcript(home, session), one)
    refresh(ledger, home)
    assert sorted(tokens(ledger)) == [(7, 0, 0, 0, 1), (10, 0, 0, 0, 100)]


# Sub-agents known from their parent's progress


def progress(message_id: str = ONE, seconds: float = 0, **outer: object) -> bytes:
    """Write a progress record that embeds a sub-agent's response."""
    inner = json.loads(claude_line(message_id, seconds, output=4, stop=None))
    for shared in ("sessionId", "cwd", "gitBranch", "version", "isSidechain"):
        del inner[shared]
    return line(
        {
            "type": "progress",
            "sessionId": SESSION,
            "timestamp": clock(seconds + 1),
            "cwd": "/nowhere/acme",
            "data": {"type": "agent_progress", "agentId": "a1", "message": inner},
            **outer,
        }
    )


def test_progress_alone(home: Path, ledger: Path) -> None:
    """A sub-agent whose file is gone counts by its parent's progress records."""
    write(transcript(home), progress(), progress(seconds=1), progress(TWO, 2))
    refresh(ledger, home)
    found = events(ledger, "at", "session", "agent", "requests", "output")
    assert found == [
        (START_MS, SESSION, "subagent", 1, 4),
        (START_MS + 2000, SESSION, "subagent", 1, 4),
    ]


@pytest.mark.parametrize("order", list(permutations(range(2))))
def test_progress_and_file(order: tuple[int, ...], home: Path, ledger: Path) -> None:
    """Beside the sub-agent's own file the progress records add nothing."""
    own = claude_line(output=4, stop=None, isSidechain=True, agentId="a1")
    file = transcript(home, f"{SESSION}/subagents/agent-a1")
    write(file.with_suffix(".meta.json"), b'{"agentType": "Explore"}')
    files = ((transcript(home), (progress(),)), (file, (own,)))
    in_order(home, *(files[i] for i in order))
    refresh(ledger, home)
    assert events(ledger, "agent", "output") == [("Explore", 4)]


@pytest.mark.parametrize(
    "kind", ["bash_progress", "hook_progress", "query_update", None]
)
def test_other_progress(kind: str | None, home: Path, ledger: Path) -> None:
    """Progress of anything but an agent bears no usage."""
    inner = json.loads(claude_line())
    write(transcript(home), progress(data={"type": kind, "message": inner}))
    refresh(ledger, home)
    assert totals(ledger) == {}


@pytest.mark.parametrize(
    ("beside", "fields", "agent"),
    [
        (b'{"agentType":"Explore"}', {"isSidechain": True, "agentId": "a1"}, "Explore"),
        (b"{torn", {"isSidechain": True}, "subagent"),
        (b"[]", {"isSidechain": True}, "subagent"),
        (b'{"agentType":7}', {"agentId": "a1"}, "subagent"),
        (b'{"agentType":"Explore"}', {"attributionAgent": "reviewer"}, "reviewer"),
        (b'{"agentType":"Explore"}', {}, "main"),
    ],
)
def test_agent(
    beside: bytes, fields: dict[str, object], agent: str, home: Path, ledger: Path
) -> None:
    """The agent is named by the record, else by the file beside it, else not at all."""
    write(transcript(home).with_suffix(".meta.json"), beside)
    write(transcript(home), claude_line(**fields))
    refresh(ledger, home)
    assert events(ledger, "agent") == [(agent,)]


# Token kinds


@pytest.mark.parametrize(
    ("written", "split", "expected"),
    [
        (90, None, (90, 0)),
        (90, (60, 30), (60, 30)),
        (90, (0, 0), (90, 0)),
        (0, (60, 30), (60, 30)),
        (None, (60, 30), (60, 30)),
        (90, (None, 30), (60, 30)),
        (90, (60, None), (90, 0)),
        (90, (0, 90), (0, 90)),
        (30, (60, 30), (60, 30)),
        (None, None, (0, 0)),
    ],
)
def test_cache_writes(
    written: int | None,
    split: tuple[int | None, int | None] | None,
    expected: tuple[int, int],
    home: Path,
    ledger: Path,
) -> None:
    """The larger of flat and split is the total; the split tells the hour in it."""
    write(transcript(home), claude_line(written=written, split=split))
    refresh(ledger, home)
    assert events(ledger, "cache_write", "cache_write_1h") == [expected]


def test_reasoning_is_part_of_output(home: Path, ledger: Path) -> None:
    """Thinking is stated beside the output that includes it, never above it."""
    for number, thinking in enumerate((30, 999)):
        details = {"output_tokens_details": {"thinking_tokens": thinking}}
        message_id = f"msg_01AAAAAAAAAAAAAAAAAAAA0{number}"
        append(transcript(home), claude_line(message_id, number, usage=details))
    refresh(ledger, home)
    assert events(ledger, "output", "reasoning") == [(100, 100), (100, 30)]


@pytest.mark.parametrize(
    ("used", "expected"),
    [
        ({"web_search_requests": 3, "web_fetch_requests": 2}, [("web_search", 3)]),
        ({"web_search_requests": 0, "web_fetch_requests": 2}, []),
        ({"web_search_requests": None}, []),
        ({"web_search_requests": -3}, []),
        ({"web_search_requests": "3"}, []),
        ({}, []),
        (None, []),
    ],
)
def test_searches(
    used: object, expected: list[tuple[str, int]], home: Path, ledger: Path
) -> None:
    """Web searches are billed by the piece, fetches are free."""
    write(transcript(home), claude_line(usage={"server_tool_use": used}))
    refresh(ledger, home)
    fee = "(SELECT kind FROM fee WHERE event = e.id)"
    units = "(SELECT units FROM fee WHERE event = e.id)"
    assert events(ledger, fee, units) == (expected or [(None, None)])
    searches = expected[0][1] if expected else 0
    assert events(ledger, "cost") == [(110 * 1000 + searches * 10**8,)]


@pytest.mark.parametrize(
    ("usage", "tier", "geo"),
    [
        ({}, "standard", None),
        ({"service_tier": "priority"}, "priority", None),
        ({"service_tier": "batch"}, "batch", None),
        ({"service_tier": None}, None, None),
        ({"speed": "standard"}, "standard", None),
        ({"speed": "fast"}, "fast", None),
        ({"inference_geo": "us"}, "standard", "us"),
        ({"inference_geo": "not_available"}, "standard", None),
        ({"inference_geo": "global", "speed": "fast"}, "fast", None),
        ({"inference_geo": ""}, "standard", None),
    ],
)
def test_tier_and_geo(
    usage: dict[str, object],
    tier: str | None,
    geo: str | None,
    home: Path,
    ledger: Path,
) -> None:
    """Fast mode is a tier of its own; inference in the US is told apart."""
    write(transcript(home), claude_line(usage=usage))
    refresh(ledger, home)
    assert events(ledger, "tier", "geo") == [(tier, geo)]


@pytest.mark.parametrize(
    ("message_id", "endpoint"),
    [
        ("msg_01AAAAAAAAAAAAAAAAAAAA01", "anthropic"),
        ("msg_vrtx_01AAAAAAAAAAAAAAAAA", "vertex"),
        ("msg_bdrk_01AAAAAAAAAAAAAAAAA", "bedrock"),
        ("chatcmpl-0123456789", "other"),
    ],
)
def test_endpoint(
    message_id: str, endpoint: str | None, home: Path, ledger: Path
) -> None:
    """The shape of the message id is evidence of who answered."""
    write(transcript(home), claude_line(message_id))
    refresh(ledger, home)
    assert events(ledger, "endpoint") == [(endpoint,)]


def test_labels(home: Path, ledger: Path) -> None:
    """Branch, effort, skill, version, entry point and the model asked for are kept."""
    write(
        transcript(home),
        claude_line(
            effort="high",
            attributionSkill="review",
            entrypoint="cli",
            requestedModel="claude-opus-latest",
            model=OPUS,
        ),
    )
    refresh(ledger, home)
    kept = ("project", "branch", "effort", "skill", "client_version", "entrypoint")
    assert events(ledger, *kept, "requested_model", "model", "agent") == [
        (
            "/nowhere/acme",
            "main",
            "high",
            "review",
            "2.1.330",
            "cli",
            "claude-opus-latest",
            OPUS,
            "main",
        )
    ]


def test_sidechain_lines_count_for_the_parent(home: Path, ledger: Path) -> None:
    """A sub-agent inside the session's own file is a sub-agent of that session."""
    write(transcript(home), claude_line(), claude_line(TWO, 1, isSidechain=True))
    refresh(ledger, home)
    found = events(ledger, "at", "session", "agent")
    assert [row[1:] for row in found] == [(SESSION, "main"), (SESSION, "subagent")]


@pytest.mark.parametrize(
    "settings",
    [
        b"",
        b"{torn",
        b"[]",
        b'{"env":[]}',
        b'{"env":{"ANTHROPIC_BASE_URL":7},"oauthAccount":"x"}',
        b'{"env":{"ANTHROPIC_BASE_URL":"https://[bad"}}',
        b'{"env":' + b"[" * 100_000,
        b'{"env":{"NAME":"\xff"}}',
    ],
    ids=range(8),
)
@pytest.mark.parametrize("place", [".claude/settings.json", ".claude.json"])
def test_odd_settings(place: str, settings: bytes, home: Path, ledger: Path) -> None:
    """Settings that cannot be read tell nothing, and cost no response."""
    write(home / place, settings)
    write(transcript(home), claude_line())
    report = refresh(ledger, home)
    assert (tokens(ledger), report.has_failed) == ([(10, 0, 0, 0, 100)], False)


# Sampling inside a response


STEPS = [
    {"type": "message", "input_tokens": 10, "output_tokens": 100},
    {"type": "fallback_message", "input_tokens": 10, "output_tokens": 3},
    {"type": "compaction", "input_tokens": 700, "output_tokens": 30},
    {
        "type": "advisor_message",
        "model": "claude-fable-5",
        "input_tokens": 50,
        "output_tokens": 5,
        "cache_creation": {"ephemeral_1h_input_tokens": 40},
    },
    {"type": "compaction", "input_tokens": 0, "output_tokens": 0},
]


def test_iterations(home: Path, ledger: Path) -> None:
    """Compaction and advisor add tokens to their own model, and no request."""
    usage = {"iterations": STEPS}
    write(
        transcript(home),
        claude_line(usage=usage, uuid="a"),
        claude_line(seconds=1, usage=usage, uuid="b"),
    )
    refresh(ledger, home)
    assert sorted(
        events(ledger, "model", "requests", "input", "cache_write_1h", "output")
    ) == [
        ("claude-fable-5", 0, 50, 40, 5),
        (OPUS, 0, 700, 0, 30),
        (OPUS, 1, 10, 0, 100),
    ]


def test_iterations_bear_no_fees_and_are_complete(home: Path, ledger: Path) -> None:
    """Searches belong to the response; a step's own output count is final."""
    usage = {"iterations": STEPS, "server_tool_use": {"web_search_requests": 2}}
    write(transcript(home), claude_line(usage=usage, output=3, stop=None))
    refresh(ledger, home)
    fee = "(SELECT units FROM fee WHERE event = e.id)"
    assert sorted(
        events(ledger, "requests", "input", "partial", f"coalesce({fee}, 0)")
    ) == [
        (0, 50, 0, 0),
        (0, 700, 0, 0),
        (1, 10, 1, 2),
    ]


# What only totals tell of


def unlogged(ledger: Path) -> list[tuple[object, ...]]:
    """List what is known from totals only."""
    columns = ("origin", "session", "model", "at", "requests", "input", "output")
    return [row[1:] for row in events(ledger, *columns) if row[0] == "unlogged"]


def test_unlogged(home: Path, ledger: Path) -> None:
    """What a session's totals exceed its responses by is kept, at the time before."""
    write(
        transcript(home),
        claude_line(read=5, written=9, split=(6, 3)),
        claude_prompt(3),
        line({"type": "mode", "sessionId": SESSION}),
        cost_state({OPUS: (15, 5, 10, 4, 160, 0), HAIKU: (7, 0, 0, 0, 8, 0)}),
    )
    refresh(ledger, home)
    at = START_MS + 3000
    assert sorted(unlogged(ledger)) == [
        (SESSION, HAIKU, at, None, 7, 8),
        (SESSION, OPUS, at, None, 5, 60),
    ]
    sums = totals(ledger, "model", "origin")
    assert sums[OPUS, "unlogged"] == (None, 5, 0, 0, 1, 60, 0, 0)
    assert rollup_faults(ledger) == []


def test_totals_are_never_added(home: Path, ledger: Path) -> None:
    """Totals that the responses add up to, or exceed, add nothing."""
    write(transcript(home), claude_line(), cost_state({OPUS: (10, 0, 0, 0, 60, 0)}))
    refresh(ledger, home)
    assert unlogged(ledger) == []


def test_last_totals_count(home: Path, ledger: Path) -> None:
    """Totals grow with the session; the last ones replace the difference before."""
    write(transcript(home), claude_line(), cost_state({OPUS: (12, 0, 0, 0, 100, 0)}))
    refresh(ledger, home)
    assert [row[-2:] for row in unlogged(ledger)] == [(2, 0)]
    append(
        transcript(home),
        claude_line(TWO, 60),
        cost_state({OPUS: (23, 0, 0, 0, 207, 0)}),
    )
    refresh(ledger, home)
    at = START_MS + 60_000
    assert unlogged(ledger) == [(SESSION, OPUS, at, None, 3, 7)]
    assert rollup_faults(ledger) == []


def test_totals_that_are_met_later(home: Path, ledger: Path) -> None:
    """A sub-agent's file that is found later takes its part out of the difference."""
    write(transcript(home), claude_line(), cost_state({OPUS: (17, 0, 0, 0, 130, 0)}))
    refresh(ledger, home)
    assert [row[-2:] for row in unlogged(ledger)] == [(7, 30)]
    late = claude_line(TWO, -5, input=7, output=30, isSidechain=True)
    write(transcript(home, f"{SESSION}/subagents/agent-a1"), late)
    refresh(ledger, home)
    assert unlogged(ledger) == []
    assert rollup_faults(ledger) == []


def test_totals_before_a_resume(home: Path, ledger: Path) -> None:
    """Responses after the totals were written are not in them."""
    write(
        transcript(home),
        claude_line(),
        cost_state({OPUS: (14, 0, 0, 0, 100, 0)}),
        claude_line(TWO, 3600, input=3, output=300),
    )
    write(
        transcript(home, f"{SESSION}/subagents/agent-a1"),
        claude_line(THREE, 3601, input=3, isSidechain=True),
    )
    refresh(ledger, home)
    assert unlogged(ledger) == [(SESSION, OPUS, START_MS, None, 4, 0)]


def test_totals_by_the_model_asked_for(home: Path, ledger: Path) -> None:
    """Totals name the model that was asked for, whoever answered."""
    write(
        transcript(home),
        claude_line(model="claude-sonnet-5-5", requestedModel=OPUS),
        cost_state({OPUS: (10, 0, 0, 0, 101, 0)}),
    )
    refresh(ledger, home)
    assert [row[-2:] for row in unlogged(ledger)] == [(0, 1)]


@pytest.mark.parametrize(
    ("logged", "total"),
    [
        ("claude-haiku-4-5-20251001", "claude-haiku-4-5"),
        ("claude-opus-5-5", "claude-opus-5-5[1m]"),
        ("claude-opus-5-5", "claude-opus-5-5-20261001"),
        ("claude-opus-4-5-20251101", "claude-opus-4-5-20251101[1m]"),
    ],
)
def test_totals_by_other_names(
    logged: str, total: str, home: Path, ledger: Path
) -> None:
    """A date or a context mark in a name does not make another model."""
    told = cost_state({total: (11, 0, 0, 0, 100, 0)})
    write(transcript(home), claude_line(model=logged), told)
    refresh(ledger, home)
    assert unlogged(ledger) == [(SESSION, logged, START_MS, None, 1, 0)]


@pytest.mark.parametrize(("more", "input_missing"), [(0, 5), (50, 105)])
def test_totals_under_two_names_of_one_model(
    more: int, input_missing: int, home: Path, ledger: Path
) -> None:
    """A session that switched to the long context has one model under two names."""
    told = {
        OPUS: (12 + more, 0, 0, 0, 110, 0),
        f"{OPUS}[1m]": (13 + more, 0, 0, 0, 120, 0),
    }
    write(transcript(home), claude_line(), claude_line(TWO, 1), cost_state(told))
    refresh(ledger, home)
    assert sum(row[-2] for row in unlogged(ledger)) == input_missing
    assert sum(row[-1] for row in unlogged(ledger)) == 30


def test_searches_in_totals(home: Path, ledger: Path) -> None:
    """Searches that no response tells of are kept as a fee."""
    used = {"server_tool_use": {"web_search_requests": 1}}
    told = cost_state({OPUS: (10, 0, 0, 0, 100, 3)})
    write(transcript(home), claude_line(usage=used), told)
    refresh(ledger, home)
    fee = "(SELECT units FROM fee WHERE event = e.id)"
    assert events(ledger, "origin", fee) == [("response", 1), ("unlogged", 2)]


def test_totals_of_a_fork(home: Path, ledger: Path) -> None:
    """A fork's totals begin with its parent's, so they are left out."""
    write(transcript(home), claude_line(), cost_state({OPUS: (12, 0, 0, 0, 100, 0)}))
    write(
        transcript(home, FORK),
        claude_line(session=FORK, requestSessionId=SESSION),
        claude_line(TWO, 5, session=FORK),
        cost_state({OPUS: (22, 0, 0, 0, 200, 0)}, FORK),
    )
    refresh(ledger, home)
    assert [(row[0], *row[-2:]) for row in unlogged(ledger)] == [(SESSION, 2, 0)]


def test_totals_of_a_fork_of_ghosts(home: Path, ledger: Path) -> None:
    """A fork is known by a zeroed copy, too: a compaction may leave no other."""
    write(transcript(home), claude_line())
    ghost = claude_line(session=FORK, input=0, output=0, requestSessionId=SESSION)
    write(
        transcript(home, FORK),
        ghost,
        claude_line(TWO, 5, session=FORK),
        cost_state({OPUS: (20, 0, 0, 0, 200, 0)}, FORK),
    )
    refresh(ledger, home)
    assert unlogged(ledger) == []


@pytest.mark.parametrize("order", list(permutations(range(2))))
def test_totals_of_a_fork_that_does_not_say_so(
    order: tuple[int, ...], home: Path, ledger: Path
) -> None:
    """Clients wrote totals before they marked copies: such a fork adds nothing, too."""
    mine = (claude_line(), cost_state({OPUS: (10, 0, 0, 0, 100, 0)}))
    forked = (
        claude_line(session=FORK),
        claude_line(TWO, 5, session=FORK),
        cost_state({OPUS: (20, 0, 0, 0, 200, 0)}, FORK),
    )
    files = ((transcript(home), mine), (transcript(home, FORK), forked))
    in_order(home, *(files[i] for i in order))
    refresh(ledger, home)
    assert unlogged(ledger) == []


@pytest.mark.parametrize(
    "order",
    [
        (0, 1),
        (1, 0),
    ],
)
def test_totals_in_an_old_copy_of_a_file(
    order: tuple[int, ...], home: Path, ledger: Path
) -> None:
    """Of a session's totals in two copies of its file the latest count, by time."""
    early = (claude_line(), cost_state({OPUS: (10, 0, 0, 0, 101, 0)}))
    late = (*early, claude_line(TWO, 60), cost_state({OPUS: (25, 0, 0, 0, 201, 0)}))
    files = (
        (transcript(home, project="backup"), early),
        (transcript(home, project="live"), late),
    )
    in_order(home, *(files[i] for i in order))
    refresh(ledger, home)
    assert [row[-2:] for row in unlogged(ledger)] == [(5, 1)]


def test_totals_in_pieces(home: Path, ledger: Path) -> None:
    """The time before the totals is known also if they are read alone."""
    write(transcript(home), claude_line(), claude_prompt(4))
    refresh(ledger, home)
    append(transcript(home), cost_state({OPUS: (11, 0, 0, 0, 100, 0)}))
    refresh(ledger, home)
    assert unlogged(ledger) == [(SESSION, OPUS, START_MS + 4000, None, 1, 0)]


# Reading while it grows


def test_growing_files(home: Path, ledger: Path) -> None:
    """Files that grow line by line, and in mid-line, count like a cold read."""
    whole = b"".join(
        claude_line(f"msg_01AAAAAAAAAAAAAAAAAAAA{n:02}", n) for n in range(9)
    )
    step = len(whole) // 20
    for start in range(0, len(whole), step):
        append(transcript(home), whole[start : start + step])
        refresh(ledger, home)
    assert totals(ledger)[OPUS] == (9, 90, 0, 0, 0, 900, 0, 0)


@pytest.mark.parametrize(
    "block",
    [
        1 << 22,
        64,
    ],
)
def test_record_without_time(block: int, home: Path, ledger: Path) -> None:
    """A record without a time has that of the record before it, however it is read."""
    write(
        transcript(home),
        claude_line(),
        claude_prompt(7),
        claude_line(TWO, timestamp=None),
    )
    with small_pieces(block):
        refresh(ledger, home)
    assert [row[0] for row in events(ledger, "at")] == [START_MS, START_MS + 7000]
