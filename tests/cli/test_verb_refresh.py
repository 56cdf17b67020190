"""`tokentui refresh`: what it says it read, and what it does about bad files."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import builders
import contract
import pytest
from asking import Ask

# Set as the log's home is read by every verb, so it is enough to try these.
READING = [("refresh",), ("usage",), ("status",), ("cap", "list"), ("doctor",)]


def by_source(ask: Ask) -> dict[str, dict]:
    """Refresh; give what was read by source."""
    return {
        each["source"]: each for each in ask("refresh", "--json").document["sources"]
    }


def test_json(ask: Ask, logs: object, broken_log: object) -> None:
    """A document has the contract's keys and types, and nothing else."""
    assert contract.faults(ask("refresh", "--json").document, contract.REFRESH) == []


def test_counts(ask: Ask, logs) -> None:
    """Each byte is read once, each event is new once."""
    size = {
        "claude-code": builders.transcript(logs).stat().st_size,
        "codex": builders.rollout(logs).stat().st_size,
    }
    first, second = by_source(ask), by_source(ask)
    for source, events in (("claude-code", 4), ("codex", 1)):
        assert first[source] == {
            "source": source,
            "files": 1,
            "bytes_read": size[source],
            "events_new": events,
            "events_updated": 0,
            "records_skipped": 0,
            "errors": [],
        }
        assert (second[source]["bytes_read"], second[source]["events_new"]) == (0, 0)


def test_updated(ask: Ask, home) -> None:
    """A copy that is better than the one kept counts as an update."""
    file = builders.write(
        builders.transcript(home), builders.claude_line(output=1, stop=None)
    )
    by_source(ask)
    builders.append(file, builders.claude_line(seconds=1, output=100))
    report = by_source(ask)["claude-code"]
    assert (report["events_new"], report["events_updated"]) == (0, 1)


def test_table_tells_new_and_updated(ask: Ask, home) -> None:
    """People see the counts: one file, a new response, one whose copy is better."""
    file = builders.write(
        builders.transcript(home), builders.claude_line(output=1, stop=None)
    )
    ask("refresh")
    builders.append(
        file,
        builders.claude_line(seconds=1, output=100),
        builders.claude_line("msg_01B", 2, request="b"),
    )
    head, _, row, *_ = ask("refresh").lines
    assert head.split()[-3:] == ["new", "updated", "skipped"]
    assert row.split() == ["claude-code", "1", "0.0", "1", "1", "0"]


def test_skipped(ask: Ask, logs) -> None:
    """A record that bears usage and makes no sense is counted, the others kept."""
    builders.append(
        builders.transcript(logs),
        builders.claude_line("msg_01X", output=-5, request="x"),
        builders.claude_line("msg_01Y", 60, request="y"),
    )
    answer = ask("refresh", "--json")
    report = answer.document["sources"][0]
    assert (answer.code, report["records_skipped"], report["events_new"]) == (0, 1, 5)


def test_line_that_is_no_text(ask: Ask, logs) -> None:
    """A line with a byte that is not UTF-8 counts all the same, as do the others."""
    builders.append(
        builders.transcript(logs),
        builders.claude_line("msg_01X", model="caf\ue9e9", request="x").replace(
            "\ue9e9".encode(), b"\xe9"
        ),
        builders.claude_line("msg_01Y", 60, request="y"),
    )
    answer = ask("refresh", "--json")
    report = answer.document["sources"][0]
    assert (answer.code, report["events_new"]) == (0, 6)
    assert report["records_skipped"] == 0


def test_nothing_to_read(ask: Ask, ledger: Path) -> None:
    """Without any log a ledger is made all the same, private to its owner."""
    answer = ask("refresh")
    assert (answer.code, answer.err) == (0, "")
    assert ledger.exists()
    if os.name == "posix":
        assert stat.S_IMODE(ledger.stat().st_mode) == 0o600
        assert stat.S_IMODE(ledger.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("words", READING)
def test_bad_file(ask: Ask, logs: object, broken_log, words: tuple[str, ...]) -> None:
    """A file that cannot be read is exit 3, named on stderr, and the rest is done."""
    answer = ask(*words)
    assert answer.code == 3
    assert str(broken_log) in answer.err
    assert answer.out
    total = ask("usage", "--since", "2000-01-01", "--no-refresh", "--json")
    assert (total.code, total.document["total"]["requests"]) == (0, 5)


def test_bad_file_is_tried_again(ask: Ask, logs: object, broken_log) -> None:
    """A bad file fails every run until it is mended."""
    assert [ask("refresh").code, ask("refresh").code] == [3, 3]
    broken_log.unlink()
    assert ask("refresh").code == 0


def test_over_cap_beats_bad_file(ask: Ask, logs: object, broken_log: object) -> None:
    """`status --check` exits 5 over a cap, also when a source failed."""
    ask("cap", "set", "1")
    assert ask("status", "--check").code == 5


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such a name")
def test_name_that_is_no_text(ask: Ask, logs) -> None:
    """A file whose name is not UTF-8 is read, or fails alone; the others are read."""
    strange = os.fsencode(builders.transcript(logs).parent) + b"/\xff.jsonl"
    with open(strange, "wb") as file:  # noqa: PTH123 - the name is bytes
        file.write(builders.claude_line("msg_01X", request="x"))
    assert ask("refresh").code in (0, 3)
    total = ask("usage", "--since", "2000-01-01", "--no-refresh", "--json").document
    assert total["total"]["requests"] >= 5


def test_disabled_source(ask: Ask, logs: object, config) -> None:
    """A source that the config switches off is not read and not named."""
    config("[sources.codex]\nenabled = false\n")
    assert list(by_source(ask)) == ["claude-code", "cursor"]


def test_other_paths(ask: Ask, logs, tmp_path: Path, config) -> None:
    """Paths of the config stand in place of the usual folders."""
    (logs / ".codex").rename(tmp_path / "elsewhere")
    assert by_source(ask)["codex"]["files"] == 0
    config(f"[sources.codex]\npaths = ['{tmp_path / 'elsewhere'}']\n")
    assert by_source(ask)["codex"]["events_new"] == 1


def test_table(ask: Ask, logs: object) -> None:
    """People see one line for each source."""
    lines = [line.split() for line in ask("refresh").lines]
    assert lines[2][:2] == ["claude-code", "1"]
    assert lines[3][:2] == ["codex", "1"]
    assert "4" in lines[2]
