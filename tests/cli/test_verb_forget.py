"""`tokentui ledger forget`: what would go is shown, what is erased stays away."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import billing
import builders
import contract
import pytest
from asking import Ask

HEADER = "day,source,model,input,cache_read,cache_write,cache_write_1h,output\n"
BILLING, ACME = "/nowhere/billing", "/nowhere/acme"


def projects(ask: Ask) -> dict[str, float]:
    """Ask what each project has cost."""
    rows = ask("usage", "--by", "project", "--json").document["rows"]
    return {row["project"]: row["cost_usd"] for row in rows}


def test_project(ask: Ask, logs: Path, ledger: Path) -> None:
    """A project goes after its preview, which states the figure of `usage`."""
    before = projects(ask)
    assert before[BILLING] == 0.022
    answer = ask("ledger", "forget", "--project", "billing", "--yes")
    assert (answer.code, answer.err) == (0, "")
    assert "1 response from 2026-11-20T11:50:00+00:00" in answer.out
    assert "$0.022" in answer.out or "$0.02" in answer.out
    assert BILLING in answer.out
    assert answer.lines[-1] == "erased"
    assert projects(ask) == {ACME: before[ACME]}
    assert ask("ledger", "check").code == 0
    assert BILLING.encode() not in ledger.read_bytes()


def test_without_yes(
    ask: Ask, logs: Path, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who says nothing erases nothing, and is shown what would go."""
    before = projects(ask)
    kept = ledger.read_bytes()
    monkeypatch.setattr("sys.stdin", StringIO("n\n"))
    answer = ask("ledger", "forget", "--project", "billing")
    assert (answer.code, "nothing was changed" in answer.err) == (0, True)
    assert BILLING in answer.out
    document = ask("ledger", "forget", "--project", "billing", "--json").document
    assert contract.faults(document, contract.LEDGER_FORGET) == []
    assert document["erased"] is False
    assert document["usage"]["cost_usd"] == 0.022
    assert (ledger.read_bytes(), projects(ask)) == (kept, before)


def test_before(ask: Ask, logs: Path) -> None:
    """What was before a local day goes; the logs that hold it are not read again."""
    words = ("ledger", "forget", "--before", "2026-11-20", "--timezone", "Asia/Tokyo")
    document = ask(*words, "--json", "--yes").document
    assert contract.faults(document, contract.LEDGER_FORGET) == []
    assert document["erased"] is True
    assert document["usage"]["cost_usd"] == 4
    assert document["last"] == "2026-11-19T19:00:00+09:00"
    days = ask("usage", "--by", "day", "--json").document["rows"]
    assert [row["day"] for row in days] == ["2026-11-20"]
    assert ask("ledger", "check").code == 0


def test_session(ask: Ask, logs: Path) -> None:
    """A session is named by the beginning of its name, or as the last one."""
    answer = ask("ledger", "forget", "--session", "last", "--yes", "--json")
    assert answer.document["sessions"] == [builders.THREAD]
    words = ("ledger", "forget", "--session", builders.SESSION[:6])
    assert ask(*words, "--yes").code == 0
    assert ask("usage", "--by", "session", "--json").document["rows"] == []


def test_what_stays(
    ask: Ask, logs: Path, ledger: Path, config: Callable[[str], Path]
) -> None:
    """Bills stay, and a saved claim keeps its lines; both are said."""
    config('[claims]\nclaimant = "Ada"\nemployer = "Example"\npurpose = "x"\n')
    ask("refresh")
    billing.state(ledger, "2026-11-01", "2026-11-20", billing.cost("2026-11-19", 250))
    ask("claim", "new", "--period", "2026-11")
    number = ask("claim", "save", "--anyway").out.partition(":")[0]
    shown = ask("claim", "show", number).out
    answer = ask("ledger", "forget", "--before", "2026-11-20T11:00", "--yes")
    assert f"{number}: a saved claim keeps its lines" in answer.out
    assert ask("claim", "show", number).out == shown
    words = ("usage", "--basis", "billed", "--period", "2026-11", "--json")
    billed = ask(*words).document["total"]["cost_usd"]
    assert billed == 2.5


def test_old_ledgers(ask: Ask, logs: Path) -> None:
    """An old ledger that was kept aside has it still, and is named.

    So has what a rebuilding that was killed has left.
    """
    ask("refresh")
    kept = ask("ledger", "rebuild", "--json").document["old_ledger"]
    Path(f"{kept}-wal").touch()
    left = Path(kept).with_name(".rebuild-abc")
    left.mkdir()
    words = ("ledger", "forget", "--project", "billing")
    assert ask(*words, "--json").document["old_ledgers"] == [str(left), kept]
    assert f"stays: {kept}" in ask(*words, "--yes").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "give one of"),
        (("--project", "acme", "--session", "last"), "give one of"),
        (("--project", "nobody"), "no project 'nobody'"),
        (("--project", ""), "can be printed"),
        (("--session", "nobody"), "no session 'nobody'"),
        (("--before", "2026-11-21"), "that is to come"),
        (("--before", "yesteryear"), "yesteryear"),
    ],
)
def test_words_that_say_nothing(
    ask: Ask, logs: Path, words: tuple[str, ...], said: str
) -> None:
    """What cannot be understood is exit 2 and erases nothing."""
    before = projects(ask)
    answer = ask("ledger", "forget", *words, "--yes")
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert projects(ask) == before


def test_nothing_there_yet(ask: Ask, logs: Path, home: Path) -> None:
    """A time of which nothing is there is remembered all the same."""
    ask("refresh")
    answer = ask("ledger", "forget", "--before", "2026-01-01", "--yes")
    assert answer.lines == [
        "nothing of it is in the ledger; nothing of it will be read in",
        "erased",
    ]
    old = "01d00000-0000-4000-8000-000000000001"
    builders.write(
        builders.transcript(home, old),
        builders.claude_line("msg_01OLD", -340 * 86_400, session=old),
    )
    rows = ask("usage", "--by", "session", "--json").document["rows"]
    assert old not in {row["session"] for row in rows}


def test_import_of_what_was_forgotten(ask: Ask, home: Path, tmp_path: Path) -> None:
    """A file that holds a forgotten day is left out, whole days, and says why."""
    table = HEADER + "2026-03-02,codex,gpt-5.4,1,0,0,0,50\n"
    file = builders.write(tmp_path / "old.csv", table.encode())
    assert ask("import", "usage", str(file)).code == 0
    assert ask("ledger", "forget", "--before", "2026-04-01", "--yes").code == 0
    answer = ask("import", "usage", str(file))
    assert "forgotten" in answer.out + answer.err
    assert ask("usage", "--by", "day", "--json").document["rows"] == []
