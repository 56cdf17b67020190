"""`tokentui import`: every version of Cursor's export, each request counted once."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import builders
import contract
import pytest
from asking import Ask
from builders import START_MS, events, ms, rollup_faults
from cursor_user import CHAT, CursorUser

from tokentui import ingest
from tokentui.accounts.cursor_lists import Row, TokenUsage, request_of
from tokentui.accounts.cursor_requests import events_of
from tokentui.config import Config
from tokentui.ledger import statements
from tokentui.ledger.connection import open_for_writing
from tokentui.statements import Reading

COUNTS = "Input (w/ Cache Write),Input (w/o Cache Write),Cache Read,Output Tokens"
TAIL = f"{COUNTS},Total Tokens"
V1 = f"Date,Model,{TAIL},Cost,Cost to you"
V1_API = f"Date,Model,{TAIL},API Cost,Cost to you"
V2 = f"Date,Kind,Model,Max Mode,{TAIL},Cost"
V2_TEAM = f"Date,User,Kind,Model,Max Mode,{TAIL},Cost"
V2_REQUESTS = f"Date,User,Kind,Model,Max Mode,{TAIL},Requests"
AGENTS = "Cloud Agent ID,Automation ID"
V3 = f"Date,{AGENTS},Kind,Model,Max Mode,{TAIL},Cost"
V3_TEAM = f"Date,User,{AGENTS},Kind,Model,Max Mode,{TAIL},Cost"

AT = "2026-03-02T10:15:40.002Z"
CELLS = {
    "Date": AT,
    "User": "ann@example.com",
    "Kind": "On-Demand",
    "Model": "claude-5-opus-high",
    "Max Mode": "No",
    "Cloud Agent ID": "",
    "Automation ID": "",
    "Input (w/ Cache Write)": "5000",
    "Input (w/o Cache Write)": "2000",
    "Cache Read": "40000",
    "Output Tokens": "1000",
    "Total Tokens": "48000",
    "Cost": "$1.25",
    "API Cost": "$1.25",
    "Cost to you": "$1.25",
    "Requests": "1.4",
}
ROW = ("at", "model", "input", "cache_read", "cache_write", "output")
COUNTED = (ms(AT), "claude-5-opus-high", 2_000, 40_000, 5_000, 1_000)


def export(header: str, *rows: dict[str, str]) -> str:
    """Write an export; a row has the usual cells but for those that are named."""
    names = header.split(",")
    lines = [header]
    for row in rows:
        cells = CELLS | row
        lines.append(",".join(f'"{cells[name]}"' for name in names))
    return "\r\n".join(lines) + "\r\n"


@pytest.fixture
def take(ask: Ask, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Import a file of such a text; give what was said of it."""

    def take_in(text: str | bytes, *words: str) -> dict[str, Any]:
        file = tmp_path / "export.csv"
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        answer = ask("import", "cursor", str(file), "--json", *words)
        assert answer.code == 0, answer.err
        assert contract.faults(answer.document, contract.IMPORT) == []
        return answer.document

    return take_in


@pytest.mark.parametrize(
    ("header", "cost"),
    [
        (V1, 1_250_000_000),
        (V1_API, 1_250_000_000),
        (V2, 1_250_000_000),
        (V2_TEAM, 1_250_000_000),
        (V2_REQUESTS, None),
        (V3, 1_250_000_000),
        (V3_TEAM, 1_250_000_000),
    ],
)
def test_header(take: Callable, ledger: Path, header: str, cost: int | None) -> None:
    """Every known header is read by name; the four counts are disjoint."""
    document = take(export(header, {}))
    assert (document["rows"], document["events_new"]) == (1, 1)
    assert events(ledger, *ROW, "cost") == [(*COUNTED, cost)]
    assert events(ledger, "source", "origin", "payer", "partial") == [
        ("cursor", "import", "cursor", 0)
    ]
    assert rollup_faults(ledger) == []


def test_columns_in_another_order(take: Callable, ledger: Path) -> None:
    """Columns are known by name alone, whatever their order and case."""
    names = V3_TEAM.split(",")
    take(export(",".join(reversed(names)), {}).replace("Cache Read", "cache read"))
    assert events(ledger, *ROW) == [COUNTED]


@pytest.mark.parametrize(
    ("kind", "payer", "is_plan"),
    [
        ("Included", "cursor-plan", 1),
        ("On-Demand", "cursor", 0),
        ("User API Key", "api", 0),
        ("Free", "cursor-free", 1),
        ("A New Kind", "api", 0),
    ],
)
def test_kind(
    take: Callable, ledger: Path, kind: str, payer: str, is_plan: int
) -> None:
    """The kind of a request says who pays."""
    take(export(V2, {"Kind": kind}))
    assert events(ledger, "payer", "is_plan") == [(payer, is_plan)]


def test_plan_that_is_named(take: Callable, ledger: Path) -> None:
    """What is included is paid by the plan that the user names."""
    take(export(V2, {"Kind": "Included"}), "--plan", "pro+")
    assert events(ledger, "payer", "is_plan") == [("cursor-pro-plus", 1)]


@pytest.mark.parametrize(
    ("cost", "nanos"),
    [
        ("0.19", 190_000_000),
        ("$0.12", 120_000_000),
        ("1,234.56", 1_234_560_000_000),
        ("$1,234", 1_234_000_000_000),
        ("Free", 0),
        ("Included", None),
        ("-", None),
        ("NaN", None),
        ("Infinity", None),
        ("", None),
        ("-3", None),
        ("1e9", None),
    ],
)
def test_cost(take: Callable, ledger: Path, cost: str, nanos: int | None) -> None:
    """A cost is dollars; a word that states none leaves the request unpriced."""
    take(export(V2, {"Cost": cost, "Model": "auto", "Kind": "Included"}))
    assert events(ledger, "cost") == [(nanos,)]


@pytest.mark.parametrize(
    "kind", ["Errored, No Charge", "Errored, Not Charged", "Aborted, Not Charged"]
)
def test_failed_request(take: Callable, ledger: Path, kind: str) -> None:
    """A request that failed costs nothing, and without tokens is none."""
    nothing = dict.fromkeys((*COUNTS.split(","), "Total Tokens"), "")
    zeros = dict.fromkeys(nothing, "0")
    document = take(
        export(
            V2,
            {"Kind": kind, "Cost": "4.11"},
            {"Kind": kind, "Cost": "Free", **nothing},
            {"Kind": kind, "Cost": "-", **zeros},
        )
    )
    assert (document["rows"], document["events_new"]) == (3, 1)
    assert events(ledger, "output", "cost") == [(1_000, 0)]


def test_counts_that_are_not_stated(take: Callable, ledger: Path) -> None:
    """Without counts a request is unpriced, or free if the export says so."""
    nothing = dict.fromkeys((*COUNTS.split(","), "Total Tokens"), "")
    later = {"Date": "2026-03-02T10:15:41.000Z"}
    take(
        export(V3, {"Cost": "Included", **nothing}, {"Cost": "Free"} | nothing | later)
    )
    assert events(ledger, "at", "requests", "partial", "cost") == [
        (ms(AT), 1, 1, None),
        (ms(later["Date"]), 1, 1, 0),
    ]


def test_days_without_a_time(take: Callable, ledger: Path) -> None:
    """The oldest exports have UTC days only; what cost nothing a plan paid."""
    take(export(V1, {"Date": "2025-02-01", "Cost to you": "$0.00"}))
    assert events(ledger, "at", "payer", "cost") == [
        (ms("2025-02-01"), "cursor-plan", 1_250_000_000)
    ]


def test_again(take: Callable, ledger: Path) -> None:
    """A file that is taken in again adds nothing, nor does a longer one repeat it."""
    later = {"Date": "2026-03-02T10:16:00.000Z"}
    take(export(V2, {}))
    again = take(export(V2, {}))
    assert (again["events_new"], again["events_known"]) == (0, 1)
    longer = take(export(V3, later, {}))
    assert (longer["events_new"], longer["events_known"]) == (1, 1)
    assert len(events(ledger, "at")) == 2
    assert rollup_faults(ledger) == []


def test_shorter_file_takes_nothing_away(take: Callable, ledger: Path) -> None:
    """What another file lists stands, as that of another login does."""
    others = [{"Date": f"2026-03-02T10:15:4{n}.000Z"} for n in range(3)]
    take(export(V2, *others))
    take(export(V2, others[0], others[2]))
    assert len(events(ledger, "at")) == 3


def test_equal_rows(take: Callable, ledger: Path) -> None:
    """Rows that are equal in all are as many as there are."""
    assert take(export(V2, {}, {}))["events_new"] == 2
    assert take(export(V2, {}, {}))["events_new"] == 0


def state(ledger: Path) -> None:
    """Let an account list the request of the export, as its own words have it."""
    row = Row(
        timestamp=ms(AT),
        model="claude-5-opus-high",
        kind="USAGE_EVENT_KIND_INCLUDED_IN_PRO",
        conversationId=CHAT,
        tokenUsage=TokenUsage(
            inputTokens=2_000,
            outputTokens=1_000,
            cacheWriteTokens=5_000,
            cacheReadTokens=40_000,
        ),
    )
    listed = events_of([request_of(row)], "account")
    day = ms("2026-03-02")
    reading = Reading(day, day + 86_400_000, day, events=listed)
    with closing(open_for_writing(ledger)) as connection, builders.toy_prices():
        writer = ingest.writer_for(connection, Config())
        statements.keep(connection, writer, "it", "requests", reading, "cursor", day)


ACCOUNTS_OWN = [("account", CHAT, "cursor-pro", 1_000)]
KEPT = ("origin", "session", "payer", "output")


def test_import_before_account(take: Callable, ledger: Path) -> None:
    """A request that the account lists, too, is the account's from then on."""
    take(export(V2, {}))
    state(ledger)
    assert events(ledger, *KEPT) == ACCOUNTS_OWN
    assert take(export(V2, {}))["events_known"] == 1
    assert events(ledger, *KEPT) == ACCOUNTS_OWN
    assert rollup_faults(ledger) == []


def test_account_before_import(take: Callable, ledger: Path) -> None:
    """A request that the account has listed is not counted again."""
    state(ledger)
    document = take(export(V2, {}))
    assert (document["events_new"], document["events_known"]) == (0, 1)
    assert events(ledger, *KEPT) == ACCOUNTS_OWN


@pytest.fixture
def cursor() -> Iterator[CursorUser]:
    """Let Cursor run, with a turn that it does not count."""
    made = CursorUser(Path(os.environ["CURSOR_USER_DIR"]))
    made.bubble("a", 3)
    yield made
    made.quit()


@pytest.mark.parametrize("is_local_first", [True, False])
def test_beside_local_records(
    ask: Ask, take: Callable, cursor: CursorUser, ledger: Path, is_local_first: bool
) -> None:
    """Turns within the time of an export are counted by it alone."""
    text = export(
        V2,
        {"Date": "2026-11-20T10:00:05.000Z"},
        {"Date": "2026-11-20T10:00:01.000Z"},
    )
    if is_local_first:
        assert ask("refresh").code == 0
    take(text)
    assert ask("refresh").code == 0
    assert events(ledger, "at", "origin") == [
        (START_MS + 1_000, "import"),
        (START_MS + 5_000, "import"),
    ]
    cursor.bubble("b", 600, usageUuid="later")
    assert ask("refresh").code == 0
    assert events(ledger, "at", "origin")[2] == (START_MS + 600_000, "response")


def test_team_of_several(
    ask: Ask, take: Callable, ledger: Path, tmp_path: Path
) -> None:
    """Of a team's export only the usage of the user that is named is taken in."""
    ben = {"User": "ben@example.com", "Output Tokens": "7"}
    text = export(V3_TEAM, {}, ben)
    file = tmp_path / "team.csv"
    file.write_text(text)
    answer = ask("import", "cursor", str(file))
    assert answer.code == 2
    assert "--user" in answer.err
    assert ask("import", "cursor", str(file), "--user", "cy@example.com").code == 2
    assert not ledger.exists()
    take(text, "--user", "Ben@example.com")
    assert events(ledger, "output") == [(7,)]


def test_mark_of_the_encoding(take: Callable, ledger: Path) -> None:
    """A file that begins with a byte order mark is read like one without."""
    take(b"\xef\xbb\xbf" + export(V2, {}).encode())
    assert events(ledger, *ROW) == [COUNTED]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"Date": "yesterday"}, "date"),
        ({"Date": "9999-01-01T00:00:00Z"}, "date"),
        ({"Cache Read": "-5"}, "count"),
        ({"Cache Read": "1.5"}, "count"),
        ({"Cache Read": "9" * 5_000}, "count"),
        ({"Cost": "9" * 30}, "cost"),
    ],
)
def test_bad_row(
    ask: Ask, take: Callable, ledger: Path, row: dict[str, str], why: str
) -> None:
    """A row that cannot be understood is left out and named; the others count."""
    document = take(export(V2, row, {}))
    assert (document["events_new"], document["rows_skipped"]) == (1, 1)
    (fault,) = document["faults"]
    assert fault["line"] == 2
    assert why in fault["why"]


def test_cut_off(take: Callable, ledger: Path) -> None:
    """A file that breaks off within a row counts the rows before it."""
    text = export(V2, {}, {"Date": "2026-03-02T11:00:00Z"})
    document = take(text[: text.rindex("5000") - 1])
    assert (document["events_new"], document["rows_skipped"]) == (1, 1)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no column date"),
        (b"<!DOCTYPE html>\n<html></html>", "no usage export"),
        (b"PK\x03\x04\xff\xfe\x00\x80", "no text"),
        ("Date,Model\n".encode("utf-16"), "no text"),
        (b"Date;Model;Cost\n2026-03-02;auto;1\n", "no usage export"),
        (b"date,model,tokens,cost\n", "input (w/o cache write)"),
        (V2.encode() + b'\n"' + b"x" * 200_000, "no CSV"),
    ],
)
def test_wrong_file(
    ask: Ask, tmp_path: Path, ledger: Path, content: bytes, why: str
) -> None:
    """A file that is none of Cursor's is refused, says why, and leaves nothing."""
    file = tmp_path / "wrong.csv"
    file.write_bytes(content)
    answer = ask("import", "cursor", str(file))
    assert (answer.code, answer.out) == (2, "")
    assert why in answer.err
    assert str(file) in answer.err
    assert not ledger.exists()


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_no_file(ask: Ask, tmp_path: Path, name: str) -> None:
    """A file that is not there, or is a folder, is named."""
    answer = ask("import", "cursor", str(tmp_path / name))
    assert answer.code == 2
    assert "cannot be read" in answer.err


def test_only_a_header(take: Callable) -> None:
    """An export of a time without usage is no fault."""
    assert take(V3 + "\n")["rows"] == 0


def test_for_people(ask: Ask, tmp_path: Path) -> None:
    """People are told how many were new, and which rows were left out."""
    file = tmp_path / "export.csv"
    file.write_text(export(V2, {}, {"Date": "soon"}), encoding="utf-8")
    answer = ask("import", "cursor", str(file))
    assert answer.out.endswith("2 rows, 1 new request, 0 known before\n")
    assert "line 3" in answer.err


def test_usage_by_source(ask: Ask, take: Callable) -> None:
    """What was taken in is usage like any other."""
    take(export(V2, {}))
    (row,) = ask("usage", "--by", "source", "--by", "origin", "--json").document["rows"]
    assert (row["source"], row["origin"], row["requests"]) == ("cursor", "import", 1)
    assert (row["cost_usd"], row["tokens"]["cache_write"]) == (1.25, 5_000)


def test_no_text_of_cells_is_kept(take: Callable, ledger: Path) -> None:
    """Of a row only numbers and names are kept: no user, no automation."""
    take(export(V3_TEAM, {"Automation ID": "nobody-needs-this"}))
    kept = ledger.read_bytes()
    assert b"nobody-needs-this" not in kept
    assert b"ann@example.com" not in kept
    with closing(sqlite3.connect(ledger)) as connection:
        assert connection.execute("SELECT count(*) FROM cost").fetchone() == (0,)
