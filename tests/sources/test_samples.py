"""Sample trees, read whole: events worked out by hand, sums that the API returned."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from builders import KINDS, events, refresh, rollup_faults, totals, toy_prices

from tokentui import ingest
from tokentui.config import Config, SourceSettings
from tokentui.events import STOP_REASONS

HERE = Path(__file__).parent
CASES = sorted(path.name for path in (HERE / "cases").iterdir())
SOURCES = {"claude-code": "claude_code", "codex": "codex"}
SESSIONS = {
    "claude-code": "3f0c6a52-8a11-4f6e-9d2b-00000000000",
    "codex": "-7000-8000-0000000000a",
}
ORDERS = {"oldest first": False, "newest first": True}
LABELS = (
    "agent",
    "tier",
    "geo",
    "effort",
    "branch",
    "project",
    "endpoint",
    "client_version",
    "entrypoint",
)
COLUMNS = (
    "e.id",
    "at",
    "session",
    "model",
    *KINDS,
    "requests",
    "partial",
    "origin",
    "stop_reason",
    "tool_calls",
    "deeds",
    "started_before",
    *LABELS,
)


def copy_in_order(tree: Path, to: Path, is_reversed: bool) -> Path:
    """Copy a tree, its files changed one second after the other."""
    shutil.copytree(tree, to)
    files = sorted(
        (path for path in to.rglob("*") if path.is_file()), reverse=is_reversed
    )
    for number, path in enumerate(files):
        os.utime(path, (1_795_000_000 + number,) * 2)
    return to


def found_events(ledger: Path, source: str) -> list[dict[str, Any]]:
    """Describe the events of a ledger as the golden files do."""
    fees: dict[int, dict[str, int]] = {}
    for number, kind, units in events(ledger, "e.id", *FEE):
        if kind is not None:
            fees.setdefault(number, {})[kind] = units
    described = []
    for row in events(ledger, *COLUMNS):
        named = dict(zip(COLUMNS, row, strict=True))
        stop, before = named["stop_reason"], named.pop("started_before")
        at = named["at"]
        named |= {
            "at": written(at),
            "session": number_of(named["session"], source),
            "tokens": [named.pop(kind) for kind in KINDS],
            "stop_reason": None if stop is None else STOP_REASONS[stop],
            "started_at": None if before is None else written(at - before),
            "fees": fees.get(named.pop("e.id"), {}),
        }
        described.append(named)
    return sorted(described, key=lambda each: (each["at"], each["model"]))


FEE = (
    "(SELECT kind FROM fee f WHERE f.event = e.id)",
    "(SELECT units FROM fee f WHERE f.event = e.id)",
)


def written(at: int) -> str:
    """Write UTC milliseconds as the golden files do."""
    text = datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def number_of(session: str, source: str) -> int:
    """Shorten the id of a session of the samples to its last digit."""
    assert session[:-1].endswith(SESSIONS[source]), session
    return int(session[-1])


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("source", SOURCES)
def test_sample(source: str, order: str, tmp_path: Path, ledger: Path) -> None:
    """The hand-made tree gives the events worked out by hand, in any order of files."""
    folder = HERE / SOURCES[source]
    root = copy_in_order(folder / "sample", tmp_path / "root", ORDERS[order])
    report = read_root(ledger, source, root)
    expected = json.loads((folder / "sample.events.json").read_text())
    defaults = {"origin": "response", "fees": {}}
    found = found_events(ledger, source)
    assert len(found) == len(expected)
    for event, wanted in zip(found, expected, strict=True):
        wanted = defaults | wanted
        assert {key: event[key] for key in wanted} == wanted
    assert rollup_faults(ledger) == []
    by_source = {each.source: each for each in report.sources}
    assert (by_source[source].records_skipped, by_source[source].errors) == (1, [])


def read_root(ledger: Path, source: str, root: Path) -> ingest.RefreshReport:
    """Read one agent's folder, wherever it lies, and no other."""
    off = [SourceSettings(each, enabled=False) for each in SOURCES if each != source]
    config = Config(sources=(SourceSettings(source, paths=(root,)), *off))
    with toy_prices():
        return ingest.refresh(ledger, config)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("case", CASES)
def test_case(case: str, order: str, tmp_path: Path, ledger: Path) -> None:
    """What a real client logged sums to what the API had returned to it."""
    home = copy_in_order(HERE / "cases" / case / "home", tmp_path / "h", ORDERS[order])
    report = refresh(ledger, home)
    assert not report.has_failed
    expected = json.loads((HERE / "cases" / case / "expected.json").read_text())
    kinds = ("requests", *KINDS[:-1])
    wanted = {
        model: tuple(row[kind] for kind in kinds)
        for model, row in expected["logged"].items()
    }
    found = {model: row[: len(kinds)] for model, row in totals(ledger).items()}
    assert found == wanted
    assert rollup_faults(ledger) == []
