"""`tokentui run`: real agents, real processes, stopped when the budget is met.

The agents are small scripts. One response of theirs costs a dollar at list price:
50,000 output tokens of `claude-opus-5-5`.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import builders
import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals are those of Unix")

AGENT = """
import os, signal, subprocess, sys, time
from datetime import datetime, timezone

log, notes, plan = sys.argv[1], sys.argv[2], sys.argv[3:]

def note(text):
    with open(notes, "a") as file:
        file.write(text + "\\n")

def told(number, frame):
    note(signal.Signals(number).name)
    if "deaf" not in plan and ("hard" not in plan or number == signal.SIGTERM):
        sys.exit(7)

for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, told)
if "child" in plan or "stubborn-child" in plan:
    code = "import signal, time\\n"
    if "stubborn-child" in plan:
        code += "signal.signal(signal.SIGINT, signal.SIG_IGN)\\n"
    code += "print(flush=True)\\ntime.sleep(60)"
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    child.stdout.readline()
    note(f"child {child.pid}")
note(f"pid {os.getpid()}")
note(f"label {os.environ.get('TOKENTUI_LABEL')}")
template = open(log + ".template").read()
number = 0
for word in plan:
    if word == "spend":
        number += 1
        now = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
        with open(log, "a") as file:
            file.write(template.replace("@NOW@", now).replace("@N@", str(number)))
    elif word == "sleep":
        time.sleep(60)
    elif word == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
    elif word.startswith("exit"):
        sys.exit(int(word[4:]))
"""

QUICK = """
import sys
import tokentui.job
import tokentui.run
from tokentui.cli import main
tokentui.job.GRACE_SECONDS = 0.4
tokentui.run.LOOK_SECONDS = 0.05
main(sys.argv[1:])
"""
"""The program with less patience."""

SESSION = "0000a9e7-0000-4000-8000-000000000001"


@dataclass
class Desk:
    """A project, an agent in it, and what both leave."""

    project: Path
    home: Path
    printed: Path

    @property
    def notes(self) -> Path:
        """Name the file that agents write notes into."""
        return self.printed / "notes"

    def agent(self, *plan: str, session: str = SESSION) -> list[str]:
        """Give the command of an agent that does one thing after another."""
        log = self.log(session)
        template = line(session, self.project, "@NOW@", "msg_01RunRunRunRunRun@N@")
        builders.write(log.with_name(f"{log.name}.template"), template)
        script = builders.write(self.project.parent / "agent.py", AGENT.encode())
        return [sys.executable, str(script), str(log), str(self.notes), *plan]

    def log(self, session: str = SESSION) -> Path:
        """Name the log of a session."""
        return builders.transcript(self.home, session, "-work")

    def start(self, *words: str, quick: bool = True) -> subprocess.Popen[bytes]:
        """Start tokentui in the project.

        What it prints goes to files: an agent that outlives it would hold a pipe open.
        """
        program = ["-c", QUICK] if quick else ["-m", "tokentui"]
        names = self.printed / "out", self.printed / "err"
        with names[0].open("wb") as out, names[1].open("wb") as err:
            return subprocess.Popen(
                [sys.executable, *program, *words],
                cwd=self.project,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )

    def run(self, *words: str, quick: bool = True) -> tuple[int, str, str]:
        """Run tokentui to its end; give exit code, stdout and stderr."""
        with self.start(*words, quick=quick) as process:
            process.wait(50)
        out, err = ((self.printed / name).read_text() for name in ("out", "err"))
        return process.returncode, out, err

    def said(self) -> list[str]:
        """Give the agent's notes."""
        return self.notes.read_text().split("\n")[:-1] if self.notes.exists() else []

    def told(self) -> list[str]:
        """Give the signals that the agent got."""
        return [each for each in self.said() if each.startswith("SIG")]

    def wait_for(self, word: str) -> str:
        """Wait until the agent has noted something; give what follows the word."""
        for _ in range(400):
            for each in self.said():
                if each.startswith(word):
                    return each.removeprefix(word).strip()
            time.sleep(0.02)
        raise AssertionError(f"the agent never said {word}")


def line(session: str, project: Path, at: str, message: str) -> bytes:
    """Make a log line of a response of one dollar."""
    return builders.claude_line(
        message,
        session=session,
        cwd=str(project),
        timestamp=at,
        input=0,
        output=50_000,
        request=message,
        uuid=message,
    )


def minutes_ago(minutes: float) -> str:
    """Give a time in the past as logs have it."""
    return (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat()


@pytest.fixture
def desk(home: Path, tmp_path: Path) -> Iterator[Desk]:
    """Make a project; let none of its agents outlive the test."""
    project = tmp_path / "work"
    (project / ".git").mkdir(parents=True)
    printed = tmp_path / "printed"
    printed.mkdir()
    made = Desk(project, home, printed)
    yield made
    for each in made.said():
        if each.startswith(("pid ", "child ")):
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(each.split()[1]), signal.SIGKILL)


def is_alive(pid: int) -> bool:
    """Claim that a process runs; one that waits to be buried does not."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        if Path("/proc/self").exists():
            return False
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        return True
    return text.rpartition(")")[2].split()[0] not in "ZX"


def ends(pid: int, seconds: float = 3) -> bool:
    """Wait for the end of a process; claim that it came."""
    for _ in range(round(seconds / 0.02)):
        if not is_alive(pid):
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def usage(desk: Desk) -> Callable[..., dict[Any, Any]]:
    """Ask for usage by a key: cost in dollars of each value."""

    def ask(key: str) -> dict[Any, Any]:
        code, out, err = desk.run("usage", "--by", key, "--json")
        assert code == 0, err
        return {row[key]: row["cost_usd"] for row in json.loads(out)["rows"]}

    return ask


# The budget


def test_stopped_by_its_budget(desk: Desk, usage: Callable) -> None:
    """An agent that has spent its budget is asked to end, and its usage is labelled."""
    agent = desk.agent("spend", "sleep")
    words = ("run", "--max", "0.5", "--label", "nightly", "--", *agent)
    code, out, err = desk.run(*words, quick=False)
    assert (code, out) == (5, "")
    assert desk.told() == ["SIGINT"]
    assert "the budget is met" in err
    assert "spent $1.00 of $0.50 of list value in 1 responses, 1 sessions" in err
    assert SESSION in err
    assert "label nightly" in desk.said()
    assert usage("label") == {"nightly": 1}


def capped(desk: Desk, name: str) -> list[str]:
    """Set a hard cap of $2 a day; name an agent so that its command tells whose it is.

    It spends a dollar at a time.
    """
    config = Path(os.environ["TOKENTUI_CONFIG"])
    builders.write(config, b'[caps.night]\namount = 2\nper = "day"\nhard = true\n')
    python, *rest = desk.agent("spend", "spend", "sleep")
    command = desk.project.parent / name
    command.symlink_to(python)
    return [str(command), *rest]


def test_stopped_by_a_hard_cap(desk: Desk) -> None:
    """A hard cap stops it without any budget, and says how to go on."""
    code, _, err = desk.run("run", "--", *capped(desk, "agent"))
    assert (code, desk.told()) == (5, ["SIGINT"])
    assert "a hard cap is met" in err
    assert "the budget" not in err
    assert "cap night: $2.00 of $2.00 a day are spent" in err
    assert "tokentui cap raise night +5" in err


def test_not_started_at_a_hard_cap(desk: Desk) -> None:
    """A loop that starts an agent again and again ends: it is not started, exit 5.

    Its guard would hold back the prompt, and the agent end with 0. While the guard is
    off it is started.
    """
    command = capped(desk, "claude")
    assert desk.run("run", "--", *command)[0] == 5
    before = desk.said()
    code, _, err = desk.run("run", "--", *command)
    assert (code, desk.said()) == (5, before)
    assert "It was not started. To go on: tokentui cap raise night +5" in err
    assert desk.run("guard", "off", "--for", "1h")[0] == 0
    quick = [*command[:4], "exit3"]
    assert desk.run("run", "--", *quick)[0] == 3


def test_warned_first(desk: Desk) -> None:
    """From a share of the budget on it is told, once."""
    agent = desk.agent("spend", "exit0")
    code, _, err = desk.run("run", "--max", "1.25", "--", *agent)
    assert code == 0
    assert err.count("80% of the budget is spent") == 1
    code, _, err = desk.run("run", "--max", "10", "--warn", "90", "--", *agent)
    assert "of the budget is spent" not in err


def test_deaf_to_the_first_signal(desk: Desk) -> None:
    """An agent that does not heed the first signal gets the second."""
    agent = desk.agent("hard", "spend", "sleep")
    code, _, _ = desk.run("run", "--max", "0.5", "--", *agent)
    assert code == 5
    assert desk.told() == ["SIGINT", "SIGTERM"]


def test_deaf_to_every_signal(desk: Desk) -> None:
    """An agent that heeds no signal is killed."""
    agent = desk.agent("deaf", "spend", "sleep")
    code, _, _ = desk.run("run", "--max", "0.5", "--", *agent)
    assert code == 5
    assert desk.told() == ["SIGINT", "SIGTERM"]
    assert ends(int(desk.wait_for("pid")))


def test_stopped_agent(desk: Desk) -> None:
    """An agent that Ctrl-Z has stopped gets to hear that it has to end."""
    agent = desk.agent("spend", "stop")
    code, _, _ = desk.run("run", "--max", "0.5", "--", *agent)
    assert code == 5
    assert desk.told() == ["SIGINT"]


def test_its_children_too(desk: Desk) -> None:
    """What the agent started is stopped with it."""
    agent = desk.agent("child", "spend", "sleep")
    code, _, _ = desk.run("run", "--max", "0.5", "--", *agent)
    assert code == 5
    assert ends(int(desk.wait_for("child")))


def test_its_stubborn_children_too(desk: Desk) -> None:
    """What the agent started is stopped, also if it is deaf to the first signal.

    So are all jobs that a shell script puts into the background.
    """
    agent = desk.agent("stubborn-child", "spend", "sleep")
    code, _, _ = desk.run("run", "--max", "0.5", "--", *agent)
    assert code == 5
    assert ends(int(desk.wait_for("child")), 2)


def test_budget_met_as_it_ends(desk: Desk) -> None:
    """An agent that ended by itself was not stopped, whatever it spent."""
    agent = desk.agent("spend", "spend", "exit0")
    code, _, err = desk.run("run", "--max", "0.5", "--", *agent)
    assert code == 0
    assert "spent $2.00 of $0.50" in err


def test_no_budget(desk: Desk, usage: Callable) -> None:
    """Without a budget an agent is never stopped; it is labelled all the same."""
    agent = desk.agent(*["spend"] * 5, "exit0")
    code, _, err = desk.run("run", "--label", "free", "--", *agent)
    assert code == 0
    assert desk.told() == []
    assert "spent $5.00 of list value in 5 responses" in err
    assert usage("label") == {"free": 5}


@pytest.mark.parametrize("amount", ["0", "-1", "much", "nan"])
def test_bad_budget(desk: Desk, amount: str) -> None:
    """A budget that is none is refused, and nothing is run."""
    code, out, err = desk.run("run", f"--max={amount}", "--", *desk.agent("exit0"))
    assert (code, out) == (2, "")
    assert err.startswith("tokentui: ")
    assert desk.said() == []


# What counts


def test_other_sessions_do_not_count(desk: Desk, usage: Callable) -> None:
    """Sessions of other projects, running ones and older usage are not the run's.

    So are neither counted nor labelled: a dollar each elsewhere, now and in a session
    that had a response five minutes ago, and what the session itself spent an hour ago.
    """
    elsewhere, running = "0000a9e7-elsewhere", "0000a9e7-running"
    other = desk.project.parent / "other"
    (other / ".git").mkdir(parents=True)
    before = [
        (elsewhere, other, 0),
        (running, desk.project, 5),
        (running, desk.project, -1),
        (SESSION, desk.project, 60),
    ]
    for number, (session, project, minutes) in enumerate(before):
        at, message = minutes_ago(minutes), f"msg_01BeforeBeforeBefo{number}"
        builders.append(desk.log(session), line(session, project, at, message))
    agent = desk.agent("spend", "exit0")
    code, _, err = desk.run("run", "--max", "1.5", "--label", "mine", "--", *agent)
    assert code == 0
    assert "spent $1.00 of $1.50 of list value in 1 responses, 1 sessions" in err
    assert usage("session") == {elsewhere: 1, running: 2, SESSION: 2}
    labels = usage("label")
    assert labels["mine"] == 2  # the whole of its session
    assert labels[None] == 3


def test_folders_below_count(desk: Desk) -> None:
    """An agent that works in a folder of the project works in the project."""
    below = desk.project / "src"
    below.mkdir()
    agent = desk.agent("exit0")
    builders.append(
        desk.log(), line(SESSION, below, minutes_ago(-1), "msg_01BelowBelowBelow1")
    )
    _, _, err = desk.run("run", "--", *agent)
    assert "spent $1.00" in err


def test_two_sessions(desk: Desk) -> None:
    """A run may have several sessions: all count, all are named."""
    other = "0000a9e7-other"
    builders.append(
        desk.log(other),
        line(other, desk.project, minutes_ago(-1), "msg_01OtherOtherOther1"),
    )
    _, _, err = desk.run("run", "--", *desk.agent("spend", "exit0"))
    assert "spent $2.00 of list value in 2 responses, 2 sessions" in err
    assert other in err


def test_unpriced_is_said(desk: Desk) -> None:
    """Responses without a price are not in the sum, and it says so."""
    agent = desk.agent("spend", "exit0")
    file = desk.log().with_name(f"{desk.log().name}.template")
    file.write_bytes(file.read_bytes().replace(b"claude-opus-5-5", b"brand-new-1"))
    _, _, err = desk.run("run", "--max", "5", "--", *agent)
    assert "1 responses are unpriced" in err


# Exit codes and errors


@pytest.mark.parametrize("code", [0, 1, 3, 42])
def test_exit_code(desk: Desk, code: int) -> None:
    """The agent's own exit code is passed on."""
    assert desk.run("run", "--max", "5", "--", *desk.agent(f"exit{code}"))[0] == code


def test_killed_agent(desk: Desk) -> None:
    """An agent that a signal killed gives the code that a shell gives."""
    command = [sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"]
    assert desk.run("run", "--", *command)[0] == 128 + 9


def test_its_output_is_its_own(desk: Desk) -> None:
    """What the agent prints is passed on; tokentui speaks on stderr only."""
    command = [sys.executable, "-c", "import sys; print('hello', *sys.argv[1:])"]
    code, out, err = desk.run("run", "--", *command, "--json", "-x")
    assert (code, out) == (0, "hello --json -x\n")
    assert all(each.startswith("tokentui: ") for each in err.splitlines())


@pytest.mark.parametrize("command", ["no-such-agent", "/no/such/agent", "/"])
def test_no_such_command(desk: Desk, command: str) -> None:
    """A command that cannot be run is exit 2 with its name, and no traceback."""
    code, out, err = desk.run("run", "--max", "5", "--", command, "-p", "hi")
    assert (code, out) == (2, "")
    (said,) = err.splitlines()
    assert said.startswith(f"tokentui: cannot run {command}: ")


def test_no_command(desk: Desk) -> None:
    """Without a command it says how to give one."""
    code, out, err = desk.run("run", "--max", "5")
    assert (code, out) == (2, "")
    assert "tokentui run --max 5 -- claude" in err


# Signals to tokentui itself


def signalled(desk: Desk, number: int) -> tuple[int, int]:
    """Send tokentui a signal while an agent works; give its code, the agent's pid."""
    agent = desk.agent("sleep")
    with desk.start("run", "--max", "5", "--", *agent) as process:
        pid = int(desk.wait_for("pid"))
        desk.wait_for("label")
        process.send_signal(number)
        process.wait(20)
    return process.returncode, pid


def test_interrupted(desk: Desk) -> None:
    """Who interrupts tokentui interrupts the agent."""
    code, pid = signalled(desk, signal.SIGINT)
    assert code == 130
    assert ends(pid)
    assert desk.told() == ["SIGINT"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_terminated(desk: Desk, number: int) -> None:
    """Who ends tokentui ends the agent, which is not left to spend without a budget."""
    _, pid = signalled(desk, number)
    assert ends(pid, 1)
