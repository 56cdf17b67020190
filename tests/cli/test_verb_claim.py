"""`tokentui claim`: drafted, checked, saved for good, superseded, receipts kept."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import billing
import pytest
from asking import Ask

CLAIMS = """
[claims]
claimant = "Ada Example"
employer = "Example GmbH"
purpose = "Agents for the release"
"""
PLAN = """
[plans.claude-max]
provider = "anthropic"
fee = 100
renews = 12
"""


@pytest.fixture
def claims(ask: Ask, logs: Path, ledger: Path, config: Callable[[str], Path]) -> Ask:
    """Let Anthropic bill 2.50 for 19 November, and say who claims it."""
    config(CLAIMS)
    ask("refresh")
    billing.state(ledger, "2026-11-01", "2026-11-20", billing.cost("2026-11-19", 250))
    return ask


@pytest.fixture
def receipt(tmp_path: Path) -> Path:
    """Write a receipt."""
    file = tmp_path / "Rechnung Nov 2026.pdf"
    file.write_bytes(b"%PDF-1.7 a receipt")
    return file


def drafted(ask: Ask, *words: str) -> dict[str, Any]:
    """Draft a claim of November; give its document."""
    done = ask("claim", "new", "--period", "2026-11", "--json", *words)
    assert done.code == 0, done.err
    return done.document


def kept(ask: Ask, *words: str) -> Any:
    """Draft and save a claim of November, whatever stops it."""
    drafted(ask, *words)
    return ask("claim", "save", "--anyway", "--json").document


def test_total_is_that_of_usage(claims: Ask) -> None:
    """A draft claims what `usage --basis billed` states of the time."""
    claim = drafted(claims)["claim"]
    words = ("usage", "--basis", "billed", "--period", "2026-11", "--json")
    total = claims(*words).document["total"]["cost_usd"]
    assert (claim["claimed"], total) == ("2.50", 2.5)
    assert (claim["status"], claim["number"]) == ("draft", None)
    assert claim["claimant"]["name"] == "Ada Example"
    assert claim["first"] == "2026-11-01"
    assert claim["last"] == "2026-11-30"


def test_shown_to_people(claims: Ask) -> None:
    """A draft is shown with its lines and totals, and what is to do."""
    done = claims("claim", "new", "--period", "2026-11")
    assert "Ada Example to Example GmbH" in done.out
    assert "claimed          2.50 USD" in done.out
    assert "things to do: `tokentui claim check d1`" in done.err
    assert claims("claim", "show").out == done.out
    assert claims("claim", "show", "d1").out == done.out


def test_last_month_by_default(claims: Ask) -> None:
    """Without a period the last month is claimed."""
    claim = claims("claim", "new", "--json").document["claim"]
    assert (claim["first"], claim["last"]) == ("2026-10-01", "2026-10-31")


def test_check_lists_what_stops_it(claims: Ask) -> None:
    """Without a receipt, in an open month, it is not fit; exit 1 says so."""
    drafted(claims)
    done = claims("claim", "check", "--json")
    assert done.code == 1
    assert done.document["id"] == "d1"
    assert done.document["problems"] == [
        "line 1 (Anthropic, usage billed, 2026-11-01 to 2026-11-20): no receipt,"
        " `tokentui claim attach FILE --line 1`",
        "The period has not ended yet",
    ]
    assert done.document["warnings"] == [
        "no project is tagged, so all is claimed: `tokentui project tag`"
    ]


def test_save_refuses_what_is_stopped(claims: Ask) -> None:
    """What is stopped is not numbered, unless it is wanted anyway."""
    drafted(claims)
    done = claims("claim", "save")
    assert (done.code, done.out) == (1, "")
    assert "stops it: line 1" in done.err
    assert claims("claim", "save", "--anyway").out == (
        "2026-001: 2.50 USD, saved for good\n"
    )


def test_receipt_lets_it_be_saved(claims: Ask, receipt: Path, ledger: Path) -> None:
    """A receipt is copied beside the claim, private, and named by its SHA-256."""
    claims("claim", "new", "--since", "2026-11-01", "--until", "2026-11-20")
    digest = sha256(b"%PDF-1.7 a receipt").hexdigest()
    done = claims(
        "claim", "attach", str(receipt), "--number", "INV-7", "--tax", "0.40", "--json"
    )
    assert done.document == {
        "kind": "claim-attached",
        "id": "d1",
        "name": "Rechnung_Nov_2026.pdf",
        "sha256": digest,
        "lines": [1],
    }
    copy = ledger.parent / f"claims/1/{digest[:16]}-Rechnung_Nov_2026.pdf"
    assert copy.read_bytes() == receipt.read_bytes()
    assert stat.S_IMODE(copy.stat().st_mode) & 0o077 == 0
    assert claims("claim", "check").code == 0
    assert claims("claim", "save").code == 0
    (line,) = claims("claim", "show", "2026-001", "--json").document["claim"]["lines"]
    assert line["tax"] == "0.40"
    assert line["receipts"] == [
        {"name": "Rechnung_Nov_2026.pdf", "sha256": digest, "number": "INV-7"}
    ]


def test_card_statement(claims: Ask, receipt: Path) -> None:
    """What the card's statement says takes the place of the exchange rate."""
    claims("fx", "set", "USD", "1.25", "--on", "2026-11-20")
    assert drafted(claims, "--currency", "EUR")["claim"]["claimed"] == "2.00"
    claims("claim", "attach", str(receipt), "--paid", "2.05")
    claim = claims("claim", "show", "--json").document["claim"]
    assert claim["claimed"] == "2.05"
    assert claim["lines"][0]["rate"]["source"] == "card statement"
    # 2.05 / 2.00 - 1
    assert claim["lines"][0]["rate"]["spread"] == "0.025"


def test_saved_stays_as_it_was(claims: Ask, ledger: Path) -> None:
    """What is billed later changes drafts, and no saved claim."""
    kept(claims)
    before = claims("claim", "show", "2026-001", "--json").document
    billing.state(ledger, "2026-11-01", "2026-11-20", billing.cost("2026-11-19", 990))
    assert claims("claim", "show", "2026-001", "--json").document == before
    assert drafted(claims)["claim"]["claimed"] == "9.90"


def test_saved_is_not_changed(claims: Ask, receipt: Path) -> None:
    """A saved claim cannot be saved again, attached to or dropped."""
    kept(claims)
    for words in (
        ("save", "2026-001"),
        ("attach", str(receipt), "--claim", "2026-001"),
        ("drop", "2026-001"),
    ):
        done = claims("claim", *words)
        assert (words[0], done.code, "2026-001 is saved" in done.err) == (
            words[0],
            2,
            True,
        )


def test_changed_behind_our_back(claims: Ask, ledger: Path) -> None:
    """A saved claim that was changed in the file is not shown as if it stood."""
    kept(claims)
    with closing(sqlite3.connect(ledger)) as connection, connection:
        connection.execute(
            "UPDATE claim SET document = replace(document, '\"2.50\"', '\"9.50\"')"
        )
    done = claims("claim", "show", "2026-001")
    assert done.code == 1
    assert "is not as it was saved" in done.err


def test_twice_is_told(claims: Ask) -> None:
    """The same bill claimed again is told, and stops the second claim."""
    kept(claims)
    problems = drafted(claims)["problems"]
    assert problems[-1].endswith("2026-11-20): claimed before, in 2026-001")


def test_superseded(claims: Ask) -> None:
    """A claim in another's place is not claimed twice; the other says so from then."""
    kept(claims)
    done = drafted(claims, "--supersedes", "2026-001", "--purpose", "Corrected")
    assert not any("claimed before" in each for each in done["problems"])
    claims("claim", "save", "--anyway")
    rows = claims("claim", "list", "--json").document["rows"]
    assert [(r["id"], r["status"], r["superseded_by"]) for r in rows] == [
        ("2026-001", "superseded", "2026-002"),
        ("2026-002", "saved", None),
    ]
    assert rows[1]["supersedes"] == "2026-001"
    done = claims("claim", "new", "--supersedes", "2026-001")
    assert (done.code, "superseded by 2026-002" in done.err) == (2, True)


def test_two_in_the_place_of_one(claims: Ask) -> None:
    """Of two drafts that replace a claim only the first is saved."""
    kept(claims)
    for _ in range(2):
        drafted(claims, "--supersedes", "2026-001")
    assert claims("claim", "save", "d2", "--anyway").code == 0
    assert claims("claim", "save", "d3", "--anyway").code == 2


def test_allowance_over_claims(
    claims: Ask, ledger: Path, config: Callable[[str], Path]
) -> None:
    """What a saved claim has used of a limit is gone for the next one."""
    allowance = '[allowances.learning]\nshare = 0.5\nlimit = 2\nper = "year"\n'
    config(CLAIMS + allowance)
    assert kept(claims)["claimed"] == "1.25"
    claims("charge", "add", "10", "--what", "seat", "--on", "2026-10-05")
    claim = claims("claim", "new", "--json").document["claim"]
    # Half of 10 would be 5, but 1.25 of 2 is used.
    assert claim["claimed"] == "0.75"
    assert claim["allowances"][0]["left"] == "0.00"


def test_list(claims: Ask) -> None:
    """Drafts and saved claims are listed, oldest first; nothing is said to be none."""
    assert "no claims" in claims("claim", "list").out
    kept(claims)
    drafted(claims)
    rows = claims("claim", "list", "--json").document["rows"]
    assert [(row["id"], row["status"], row["claimed"]) for row in rows] == [
        ("2026-001", "saved", "2.50"),
        ("d2", "draft", "2.50"),
    ]
    assert "2026-001" in claims("claim", "list").out
    assert claims("claim", "drop", "d2").code == 0
    assert len(claims("claim", "list", "--json").document["rows"]) == 1


def test_without_claims_in_the_config(
    claims: Ask, config: Callable[[str], Path]
) -> None:
    """Without `[claims]` there is still a draft, and it says who is missing."""
    config("")
    done = drafted(claims)
    assert done["claim"]["claimed"] == "2.50"
    assert "nobody claims it: set `claimant` in [claims]" in done["problems"]


def test_unpriced_and_stale_stop_it(
    claims: Ask, config: Callable[[str], Path], ledger: Path
) -> None:
    """What the ledger does not know is named before the claim is handed in."""
    config(f'{CLAIMS}[accounts.it]\nkind = "anthropic"\n')
    with closing(sqlite3.connect(ledger)) as connection, connection:
        connection.execute(
            "UPDATE rollup SET cost = NULL, list = NULL, unpriced = 1"
            " WHERE (bucket, series) IN (SELECT bucket, series FROM rollup"
            "  ORDER BY bucket DESC LIMIT 1)"
        )
    problems = drafted(claims)["problems"]
    assert any(text.startswith("account it, ") for text in problems)
    assert "1 response without a price" in problems


def test_for_a_client(claims: Ask, config: Callable[[str], Path]) -> None:
    """A client's claim has his part with a markup, and no other project's name."""
    config(
        f'{CLAIMS}[projects.bill]\nmatch.path = "*/billing"\nkind = "client"\n'
        'client = "acme"\n'
    )
    claim = drafted(claims, "--for", "client:acme", "--markup", "10%")["claim"]
    # Of Anthropic's 2.266 dollars of November, 0.022 are billing's: 2.43 of 250 cents.
    (line,) = claim["lines"]
    assert (line["whole"], line["amount"]) == ("2.50", "0.02")
    assert claim["recharge"] == {
        "rule": "markup",
        "markup": "0.1",
        "cost": "0.02",
        "added": "0.00",
    }
    assert "Example GmbH" not in str(claim)


@pytest.mark.parametrize(
    "words",
    [
        ("new", "--period", "2027-01"),
        ("new", "--until", "2026-11-01"),
        ("new", "--for", "work"),
        ("new", "--for", "client:"),
        ("new", "--currency", "euro"),
        ("new", "--markup", "-1"),
        ("new", "--markup", "nan"),
        ("new", "--purpose", "a\x1b[31m"),
        ("new", "--supersedes", "2026-009"),
        ("new", "--supersedes", "d1"),
        ("show", "2026-009"),
        ("save", "../d1"),
        ("attach", "/nowhere.pdf"),
        ("attach", "."),
        ("attach", "{receipt}", "--line", "9"),
        ("attach", "{receipt}", "--vendor", "nobody"),
        ("attach", "{receipt}", "--tax", "-1"),
        ("attach", "{receipt}", "--paid", "1e9"),
        ("attach", "{receipt}", "--number", "\x1b]0;x\x07"),
    ],
)
def test_refused(claims: Ask, receipt: Path, words: tuple[str, ...]) -> None:
    """What cannot be meant is exit 2, and nothing changes."""
    drafted(claims)
    before = claims("claim", "list", "--json").out
    done = claims("claim", *(word.format(receipt=receipt) for word in words))
    assert (done.code, done.out) == (2, "")
    assert claims("claim", "list", "--json").out == before


def test_which_line(claims: Ask, receipt: Path, config: Callable[[str], Path]) -> None:
    """With several lines it has to be said which one a receipt is for."""
    config(CLAIMS + PLAN)
    drafted(claims)
    assert claims("claim", "attach", str(receipt)).code == 2
    done = claims("claim", "attach", str(receipt), "--vendor", "anthropic", "--json")
    assert done.document["lines"] == [1, 2]
    assert claims("claim", "attach", str(receipt), "--vendor", "Anthropic", "--tax",
                  "1").code == 2  # fmt: skip


def test_no_draft(claims: Ask) -> None:
    """Without a draft the verb that makes one is named."""
    done = claims("claim", "check")
    assert (done.code, "tokentui claim new" in done.err) == (2, True)


def test_aliases(claims: Ask, config: Callable[[str], Path]) -> None:
    """Where projects are not to be shown, a claim on screen numbers them."""
    config(CLAIMS + '[privacy]\nprojects = "alias"\n')
    claim = drafted(claims)["claim"]
    names = [part["project"] for part in claim["lines"][0]["parts"]]
    assert names == ["project 1", "project 2"]
    assert "/nowhere" not in claims("claim", "show").out


def test_days_stay_those_of_their_zone(claims: Ask) -> None:
    """A draft keeps the zone that its days were asked in, wherever it is looked at."""
    claim = drafted(claims, "--timezone", "America/Los_Angeles")["claim"]
    again = claims("claim", "show", "--json").document["claim"]
    for each in (claim, again):
        days = each["first"], each["last"], each["timezone"]
        assert days == ("2026-11-01", "2026-11-30", "America/Los_Angeles")
