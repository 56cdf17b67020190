"""One person, five payers: every headline, payer's line and cap, checked by hand.

He has Claude Max ($100, renews on the 12th), its extra usage, an API key, a seat of the
company's with 15 % discount, and a client's key. Everything is `claude-opus-5-5`:
dollars per million tokens $4 input, $0.20 cache read, $5 five-minute write, $8 one-hour
write, $20 output. Now is Friday, 20 November 2026, 12:00 UTC. The 4.00 of the 12th
are 0.20 + 1.00 + 2.80.

| when         | payer            | tokens                            | list dollars |
|--------------|------------------|-----------------------------------|--------------|
| 20 Oct 10:00 | api              | 1M in                             | 4.00         |
| 25 Oct 10:00 | claude-max       | 1M out                            | 20.00        |
| 28 Oct 10:00 | company          | 50k out                           | 1.00         |
| 3 Nov 10:00  | api              | 200k in, 10k out                  | 0.80 + 0.20  |
| 5 Nov 10:00  | claude-max       | 1M in, 100k out                   | 4.00 + 2.00  |
| 12 Nov 09:00 | claude-max       | 1M read, 200k written, 140k out   | 4.00         |
| 12 Nov 10:00 | claude-max extra | 500k in, 50k out (same session)   | 2.00 + 1.00  |
| 16 Nov 09:00 | api              | 250k in, 100k out                 | 1.00 + 2.00  |
| 17 Nov 09:00 | company          | 1M in, 300k out                   | 4.00 + 6.00  |
| 18 Nov 09:00 | globex           | 100k written for an hour, 10k out | 0.80 + 0.20  |
| 20 Nov 09:00 | company          | 500k in, 100k out                 | 2.00 + 2.00  |
| 20 Nov 11:30 | globex           | 50k out                           | 1.00         |
| 20 Nov 11:45 | claude-max       | 2M read, 30k out                  | 0.40 + 0.60  |
| 20 Nov 11:50 | api              | 25k out                           | 0.50         |

November by payer, in dollars:
    claude-max        6 + 4 + 1       = 11.00 list, nothing to pay but the fee
    claude-max extra                     3.00
    api               1 + 3 + 0.50    =  4.50
    company           10 + 4          = 14.00 list, 85 % of it = 11.90
    globex            1 + 1           =  2.00
    to pay            3 + 4.50 + 11.90 + 2              = 21.40
    list              11 + 3 + 4.50 + 14 + 2            = 34.50
    cost              21.40 + 11                        = 32.40
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from unittest.mock import patch

import builders
import pytest
from asking import Answer, stopped
from builders import ms

import tokentui.cli
from tokentui import config as configs
from tokentui import ingest
from tokentui.events import Batch, Series, Tokens, UsageEvent
from tokentui.ledger.connection import open_for_writing

NOW = "2026-11-20T12:00"
CONFIG = """
[plans.claude-max]
provider = "anthropic"
fee = 100
renews = 12

[payers."claude-max extra"]
match.account = "claude_max extra usage"

[payers.company]
paid_by = "employer"
discount = 0.15
match.config_folder = "~/.claude-work"

[payers.globex]
paid_by = "client"
match.project = "globex-*"
"""


class Labels(NamedTuple):
    """What tells who pays."""

    account: str
    project: str
    root: str = "/home/dev/.claude"


MAX = Labels("claude_max", "/home/dev/own")
EXTRA = Labels("claude_max extra usage", "/home/dev/own")
API = Labels("api key", "/home/dev/own")
SEAT = Labels("claude_team", "/home/dev/work", "/home/dev/.claude-work")
CLIENT = Labels("api key", "/home/dev/globex-site")
k, M = 1_000, 1_000_000

MONTHS = (
    ("2026-10-20T10:00", "s1", API, Tokens(input=M)),
    ("2026-10-25T10:00", "s2", MAX, Tokens(output=M)),
    ("2026-10-28T10:00", "s3", SEAT, Tokens(output=50 * k)),
    ("2026-11-03T10:00", "s4", API, Tokens(input=200 * k, output=10 * k)),
    ("2026-11-05T10:00", "s5", MAX, Tokens(input=M, output=100 * k)),
    (
        "2026-11-12T09:00",
        "both",
        MAX,
        Tokens(cache_read=M, cache_write=200 * k, output=140 * k),
    ),
    ("2026-11-12T10:00", "both", EXTRA, Tokens(input=500 * k, output=50 * k)),
    ("2026-11-16T09:00", "s6", API, Tokens(input=250 * k, output=100 * k)),
    ("2026-11-17T09:00", "s7", SEAT, Tokens(input=M, output=300 * k)),
    ("2026-11-18T09:00", "s8", CLIENT, Tokens(cache_write_1h=100 * k, output=10 * k)),
    ("2026-11-20T09:00", "s9", SEAT, Tokens(input=500 * k, output=100 * k)),
    ("2026-11-20T11:30", "s10", CLIENT, Tokens(output=50 * k)),
    ("2026-11-20T11:45", "s11", MAX, Tokens(cache_read=2 * M, output=30 * k)),
    ("2026-11-20T11:50", "s12", API, Tokens(output=25 * k)),
)

Row = tuple[str, str, Labels, Tokens]


def batch_of(rows: tuple[Row, ...]) -> Batch:
    """Make responses, one for each row."""
    batch = Batch([], [], [])
    for at, session, labels, tokens in rows:
        series = Series(
            "claude-code",
            session,
            "claude-opus-5-5",
            tier="standard",
            agent="main",
            endpoint="anthropic",
            **labels._asdict(),
        )
        if series not in batch.series:
            batch.series.append(series)
        key = blake2b(f"{at} {session}".encode(), digest_size=16).digest()
        batch.events.append(
            UsageEvent(key, batch.series.index(series), ms(at), ms(at), tokens)
        )
    return batch


@lru_cache(maxsize=64)
def ledger_of(text: str, rows: tuple[Row, ...]) -> bytes:
    """Make the bytes of a ledger, attributed by a config, once."""
    with TemporaryDirectory() as folder:
        file = builders.write(Path(folder) / "config.toml", text.encode())
        path = builders.write(Path(folder) / "ledger.db", builders.empty_ledger())
        with closing(open_for_writing(path)) as connection:
            writer = ingest.writer_for(connection, configs.load(file))
            writer.record(batch_of(rows), [])
        return path.read_bytes()


class Person:
    """A ledger and a config, and ways to ask about them."""

    def __init__(self, ledger: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.ledger = ledger
        self.now = NOW
        self._capsys = capsys
        self._file = Path(os.environ["TOKENTUI_CONFIG"])
        self._file.parent.mkdir(parents=True, exist_ok=True)

    def set_up(self, text: str, rows: tuple[Row, ...]) -> None:
        """Write the config, and the usage as it attributes it."""
        self._file.write_text(text, encoding="utf-8")
        builders.write(self.ledger, ledger_of(text, rows)).chmod(0o600)

    def ask(self, *words: str) -> Answer:
        """Run a verb at `now`."""
        now = datetime.fromisoformat(self.now).replace(tzinfo=UTC)
        self._capsys.readouterr()
        with patch("tokentui.setting.datetime", stopped(now)):
            code = tokentui.cli.run(list(words))
        return Answer(code, *self._capsys.readouterr())

    def status(self) -> Any:
        """Give the status as scripts see it."""
        return self.ask("status", "--json", "--no-refresh").document

    def caps(self) -> dict[str, Any]:
        """Give the caps by name."""
        return {cap["name"]: cap for cap in self.status()["caps"]}

    def cap(self, amount: str, *words: str) -> Any:
        """Set a cap called `it`; give how it stands."""
        answer = self.ask("cap", "set", amount, "--name", "it", *words)
        assert answer.code == 0, answer.err
        return self.caps()["it"]


@pytest.fixture
def person(ledger: Path, capsys: pytest.CaptureFixture[str]) -> Person:
    """Give the person of the table above."""
    person = Person(ledger, capsys)
    person.set_up(CONFIG, MONTHS)
    return person


@pytest.fixture
def person_with(ledger: Path, capsys: pytest.CaptureFixture[str]) -> Callable:
    """Make the person of the table with another config."""

    def make(text: str) -> Person:
        person = Person(ledger, capsys)
        person.set_up(text, MONTHS)
        return person

    return make


@pytest.fixture
def person_at(ledger: Path, capsys: pytest.CaptureFixture[str]) -> Callable:
    """Make the person of the table as he was at a moment."""

    def make(now: str) -> Person:
        person = Person(ledger, capsys)
        person.set_up(CONFIG, tuple(row for row in MONTHS if row[0] <= now))
        person.now = now
        return person

    return make


@pytest.fixture
def flat(ledger: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Callable]:
    """Make a person with nothing but a plan, of which he uses $40 a day."""
    rows = tuple(
        (f"2026-{month}-{day:02d}T10:00", f"f{month}{day}", MAX, Tokens(output=2 * M))
        for month, last in (("10", 31), ("11", 20))
        for day in range(1, last + 1)
    )

    def make(config: str = "") -> Person:
        person = Person(ledger, capsys)
        person.set_up(config, rows)
        return person

    yield make


# Headlines


def test_today(person: Person) -> None:
    """Today: company 3.40, globex 1, api 0.50 to pay; 1 inside the plan."""
    today = person.status()["today"]
    assert (today["cost_usd"], today["plan_list_usd"]) == (5.90, 1)


def test_month(person: Person) -> None:
    """The month's cost is 32.40, of which 11 is list value inside the plan."""
    month = person.status()["month"]
    assert (month["cost_usd"], month["plan_list_usd"]) == (32.40, 11)
    assert month["requests"] == 11


def test_people_see_both_apart(person: Person) -> None:
    """People see what is to pay, and apart from it the list value inside plans."""
    lines = [line.split() for line in person.ask("status").out.splitlines()]
    assert lines[0][:4] == ["today", "$4.90", "to", "pay,"]
    assert lines[1][:5] == ["$1.00", "list", "value", "inside", "plans,"]
    assert lines[2][:4] == ["month", "$21.40", "to", "pay,"]
    assert lines[3][:5] == ["$11.00", "list", "value", "inside", "plans,"]


def test_line_is_what_is_to_pay(person: Person) -> None:
    """The line for prompts never adds money to pay and list value inside plans."""
    answer = person.ask("status", "--line", "{today} {month}")
    assert answer.out == "$4.90 $21.40\n"


def test_burn(person: Person) -> None:
    """In the last hour globex and api paid 1 + 0.50; the plan's dollar is no money."""
    assert person.status()["burn"] == {"usd_per_hour": 1.5, "window_minutes": 60}


def test_nothing_is_assumed(person: Person) -> None:
    """There is evidence for every payer and provider here."""
    assert person.status()["completeness"]["assumed"] == 0


# Payers


def test_payers(person: Person) -> None:
    """Each payer's line: to pay, list value, list value of the last hour, and why."""
    rows = person.status()["payers"]
    assert [
        (
            row["payer"],
            row["paid_usd"],
            row["list_usd"],
            row["usd_per_hour"],
            row["plan"],
            row["evidence"],
        )
        for row in rows
    ] == [
        ("company", 11.90, 14, 0, False, ["rule company"]),
        ("api", 4.50, 4.50, 0.50, False, ["account file"]),
        ("claude-max extra", 3, 3, 0, False, ["rule claude-max extra"]),
        ("globex", 2, 2, 1, False, ["rule globex"]),
        ("claude-max", 0, 11, 1, True, ["account file"]),
    ]


def test_payers_add_up(person: Person) -> None:
    """What the payers pay is what the month's headline says is to pay."""
    status = person.status()
    paid = sum(row["paid_usd"] for row in status["payers"])
    month = status["month"]
    assert paid == pytest.approx(month["cost_usd"] - month["plan_list_usd"])


@pytest.mark.parametrize(
    "line",
    [
        "payer   company: $11.90 to pay, by rule company",
        "payer   api: $4.50 to pay, by account file",
        "payer   claude-max extra: $3.00 to pay, by rule claude-max extra",
        "payer   globex: $2.00 to pay, by rule globex",
        "payer   claude-max: $11.00 list value, by account file",
    ],
)
def test_people_see_each_payer(person: Person, line: str) -> None:
    """People see each payer's share, and why he is thought to pay."""
    assert line in person.ask("status").out.splitlines()


def test_change_of_payer_within_a_session(person: Person) -> None:
    """One session has two payers from the moment at which they changed."""
    document = person.ask(
        "usage", "--by", "payer", "--session", "both", "--json", "--no-refresh"
    ).document
    assert [
        (row["payer"], row["requests"], row["cost_usd"], row["plan_list_usd"])
        for row in document["rows"]
    ] == [("claude-max", 1, 4, 4), ("claude-max extra", 1, 3, 0)]


def test_usage_by_client(person: Person) -> None:
    """The client's two dollars bear his name, all else none."""
    document = person.ask(
        "usage", "--by", "client", "--period", "month", "--json", "--no-refresh"
    ).document
    costs = {row["client"]: row["cost_usd"] for row in document["rows"]}
    assert costs == {"globex": 2, None: 30.40}


def test_payer_with_a_comma(ledger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A payer may be called as companies are."""
    person = Person(ledger, capsys)
    person.set_up('[payers."Acme, Inc."]\nmatch.source = "*"\n', MONTHS)
    (row,) = person.status()["payers"]
    assert row["evidence"] == ["rule Acme, Inc."]


# Caps by scope


@pytest.mark.parametrize(
    ("words", "spent"),
    [
        # to pay 21.40, and the fee of the 12th
        ((), 121.40),
        # and October's 4 + 0.85 and fee
        (("--per", "quarter"), 226.25),
        # no fee: Monday to now 3 + 8.50 + 3.40 + 2 + 0.50; today 3.40 + 1 + 0.50
        (("--per", "week"), 17.40),
        (("--per", "day"), 4.90),
        (("--payer", "claude-max"), 100),
        (("--payer", "claude-max extra"), 3),
        (("--payer", "claude-max*"), 103),
        (("--payer", "company"), 11.90),
        (("--payer", "api", "--payer", "globex"), 6.50),
        (("--payer", "claude-max", "--per", "week"), 0),
        (("--client", "globex"), 2),
        (("--provider", "anthropic"), 121.40),
        (("--provider", "openai"), 0),
        (("--not-provider", "anthropic"), 0),
        # what comes out of his own pocket: 3 + 4.50 and the fee
        (("--not-payer", "company", "--not-payer", "globex"), 107.50),
        (("--not-payer", "claude-max"), 21.40),
        (("--project", "globex-*"), 2),
        (("--not-project", "globex-*", "--not-payer", "claude-max"), 19.40),
        (("--model", "claude-*"), 21.40),
    ],
)
def test_scope(person: Person, words: tuple[str, ...], spent: float) -> None:
    """A cap counts what its scope's payers pay, and the fees that are theirs."""
    assert person.cap("10000", *words)["spent"] == spent


@pytest.mark.parametrize("words", [("--not-client", "globex"), ("--not-label", "ci")])
def test_fee_outside_an_exclusion(person: Person, words: tuple[str, ...]) -> None:
    """Who leaves a client out of a cap still pays the fee of his own plan."""
    assert person.cap("10000", *words)["basis"]["fees_usd"] == 100


def test_each_payer(person: Person) -> None:
    """With `--each payer` every payer has the cap to himself."""
    person.ask("cap", "set", "50", "--each", "payer", "--name", "it")
    caps = person.caps()
    assert {name: (cap["spent"], cap["state"]) for name, cap in caps.items()} == {
        "it api": (4.50, "ok"),
        "it claude-max": (100, "over"),  # its fee
        "it claude-max extra": (3, "ok"),
        "it company": (11.90, "ok"),
        "it globex": (2, "ok"),
    }


def test_list_value(person: Person) -> None:
    """List value counts everything: plan and discount are no matter, nor is the fee."""
    assert person.cap("100", "--unit", "list-usd")["spent"] == 34.50
    company = person.cap("100", "--unit", "list-usd", "--payer", "company")
    assert company["spent"] == 14
    assert (
        person.cap("100", "--unit", "list-usd", "--payer", "claude-max")["spent"] == 11
    )


def test_tokens(person: Person) -> None:
    """Tokens of all kinds count, whoever pays.

    In thousands: 210 + 1,100 + 1,340 + 550 + 350 + 1,300 + 110 + 600 + 50 + 2,030 + 25.
    """
    assert person.cap("10M", "--unit", "tokens")["spent"] == 7_665_000
    plan = person.cap("10M", "--unit", "tokens", "--payer", "claude-max")
    assert plan["spent"] == 1_100_000 + 1_340_000 + 2_030_000


def test_basis(person: Person) -> None:
    """A cap says what it is made of, no basis mixed with another."""
    assert person.cap("200")["basis"] == {
        "billed_usd": None,
        "estimate_usd": 21.40,
        "plan_usd": 11,
        "fees_usd": 100,
        "charges_usd": 0,
    }


# Fees


@pytest.mark.parametrize(
    ("now", "spent"),
    [
        # before the renewal only api's dollar of the 3rd
        ("2026-11-11T23:59:59.999", 1),
        ("2026-11-12T00:00", 101),
        ("2026-11-12T10:00", 104),
    ],
)
def test_fee_on_its_day(
    person_at: Callable[[str], Person], now: str, spent: float
) -> None:
    """The fee counts from the first moment of the renewal day on."""
    assert person_at(now).cap("1000")["spent"] == spent


@pytest.mark.parametrize(
    ("starts", "since", "spent"),
    [
        # all of the month but api's dollar of the 3rd
        ("12", "2026-11-12", 120.40),
        # from the 13th the fee has gone, and the 3 of the extra usage
        ("13", "2026-11-13", 17.40),
        # since 21 October: company 0.85 and one fee
        ("21", "2026-10-21", 122.25),
    ],
)
def test_month_that_starts_later(
    person: Person, starts: str, since: str, spent: float
) -> None:
    """A month that starts on the 12th is the plan's own."""
    cap = person.cap("1000", "--starts", starts)
    assert (cap["since"][:10], cap["spent"]) == (since, spent)


def test_forecast_knows_the_next_fee(person_at: Callable[[str], Person]) -> None:
    """The fee that is still to come within the period is in the forecast."""
    cap = person_at("2026-11-11T12:00").cap("1000")
    assert cap["spent"] == 1
    assert cap["forecast"]["low"] >= 101


def test_spread(person: Person) -> None:
    """Spread, a fee counts day by day.

    11 of the 31 days since 12 October, 8.5 of the 30 since 12 November:
    35.483871 + 28.333333 and 21.40 to pay.
    """
    cap = person.cap("1000", "--spread")
    assert cap["spent"] == pytest.approx(85.217204, abs=1e-6)


@pytest.mark.parametrize(("per", "spent"), [("week", 17.40), ("day", 4.90)])
def test_spread_is_not_for_days_and_weeks(
    person: Person, per: str, spent: float
) -> None:
    """A fee, spread or not, never counts in caps of days or weeks."""
    assert person.cap("1000", "--spread", "--per", per)["spent"] == spent


EURO = CONFIG.replace("fee = 100", 'fee = 90.50\ncurrency = "EUR"')
EURO_WORDS = "plan claude-max: fee 90.50 EUR not counted: no exchange rate"


def test_fee_in_another_currency(person_with: Callable) -> None:
    """A fee that is not in dollars is not counted as dollars: more is spent than that.

    People and scripts are told so wherever they look.
    """
    person = person_with(EURO)
    cap = person.cap("1000")
    assert (cap["spent"], cap["basis"]["fees_usd"]) == (21.40, 0)
    assert person.status()["warnings"] == [EURO_WORDS]
    for words in (("cap", "list"), ("doctor",)):
        document = person.ask(*words, "--json", "--no-refresh").document
        assert document["warnings"] == [EURO_WORDS]
    status = person.ask("status", "--no-refresh").out.splitlines()
    assert EURO_WORDS in status
    assert "cap     it: ≥$21.40 of $1,000.00 a month, 2 %, on course" in status
    assert EURO_WORDS in person.ask("doctor", "--no-refresh").out.splitlines()
    assert EURO_WORDS in explained(person, "1000")


def test_fee_in_another_currency_with_a_rate(person_with: Callable) -> None:
    """With a rate the fee counts on its day: 90.50 euros at 1.2 are 108.60."""
    person = person_with(EURO)
    person.ask("fx", "set", "USD", "1.2", "--on", "2026-11-10")
    cap = person.cap("1000")
    assert (cap["spent"], cap["basis"]["fees_usd"]) == (130.0, 108.6)
    assert person.status()["warnings"] == []
    assert person.ask("doctor", "--json", "--no-refresh").document["warnings"] == []


@pytest.mark.parametrize(
    ("words", "counts"),
    [
        ((), True),
        (("--payer", "claude-*"), True),
        (("--spread",), True),
        (("--per", "year"), True),
        # it renews on the 12th, so that October's is not of the month from the 13th on
        (("--starts", "13"), False),
        # but of what was left over then
        (("--starts", "13", "--carry"), True),
        (("--per", "week"), False),
        (("--payer", "api"), False),
        (("--project", "*"), False),
        (("--unit", "list-usd"), False),
        (("--unit", "tokens"), False),
    ],
)
def test_which_caps_miss_a_fee(
    person_with: Callable, words: tuple[str, ...], counts: bool
) -> None:
    """Only a cap that would count the fee says that it does not."""
    lines = explained(person_with(EURO), "1000", *words)
    assert (EURO_WORDS in lines) is counts
    assert any("≥" in line for line in lines) is counts


def test_fees_in_dollars_are_no_warning(person: Person) -> None:
    """There is nothing to warn of where every fee is counted."""
    assert person.status()["warnings"] == []
    assert person.ask("cap", "list", "--json").document["warnings"] == []
    assert person.ask("doctor", "--json").document["warnings"] == []


# Carry and raises


@pytest.mark.parametrize(
    ("words", "carried", "limit"),
    [
        # api spent 4 in October: 6 of 10 are left over
        (("10", "--payer", "api"), 6, 16),
        # October's 4 + 0.85 and the fee: 45.15 of 150 are left over
        (("150",), 45.15, 195.15),
        (("104.85",), 0, 104.85),
        # more than that was spent
        (("50",), 0, 50),
        (("100", "--unit", "list-usd"), 75, 175),
    ],
)
def test_carry(
    person: Person, words: tuple[str, ...], carried: float, limit: float
) -> None:
    """What October left over is added, never a debt."""
    cap = person.cap(*words, "--carry")
    assert (cap["carried"], cap["limit"]) == (carried, limit)
    assert cap["left"] == pytest.approx(limit - cap["spent"])


def test_no_carry_unless_asked(person: Person) -> None:
    """Without `--carry` a period starts anew."""
    assert person.cap("10", "--payer", "api")["limit"] == 10


def test_raise_ends(person: Person) -> None:
    """A raise counts until its end, and is shown with its reason."""
    person.cap("100")
    assert person.caps()["it"]["state"] == "over"  # 121.40
    raised = ("it", "+50", "--until", "2026-11-22", "--because", "release week")
    assert person.ask("cap", "raise", *raised).code == 0
    cap = person.caps()["it"]
    assert (cap["limit"], cap["state"]) == (150, "near")  # 121.40 is 81 %
    assert cap["raises"] == [
        {"amount": 50, "until": "2026-11-22T00:00:00+00:00", "because": "release week"}
    ]
    person.now = "2026-11-21T23:59:59.999"
    assert person.caps()["it"]["limit"] == 150
    person.now = "2026-11-22T00:00"
    assert (person.caps()["it"]["limit"], person.caps()["it"]["raises"]) == (100, [])


def test_raises_add_up(person: Person) -> None:
    """Two raises in force add; without an end they last as long as the period."""
    person.cap("100")
    person.ask("cap", "raise", "it", "20")
    person.ask("cap", "raise", "it", "+30.50")
    cap = person.caps()["it"]
    assert cap["limit"] == 150.50
    assert {each["until"] for each in cap["raises"]} == {"2026-12-01T00:00:00+00:00"}
    person.now = "2026-12-01T00:00"
    assert person.caps()["it"]["limit"] == 100


# Edges


@pytest.mark.parametrize(
    ("amount", "words", "state", "code"),
    [
        # api's 4.50 is 80 % of 5.625
        ("5.625000001", (), "ok", 0),
        ("5.625", (), "near", 0),
        ("4.500000001", (), "near", 0),
        ("4.50", (), "over", 5),
        ("1", (), "over", 5),
        # and half of 9
        ("9", ("--warn", "0.5"), "near", 0),
        ("9.000000009", ("--warn", "0.5"), "ok", 0),
        ("4.500000001", ("--warn", "1"), "ok", 0),
    ],
)
def test_edges(
    person: Person, amount: str, words: tuple[str, ...], state: str, code: int
) -> None:
    """Near begins at the share of `--warn`, over where nothing is left."""
    cap = person.cap(amount, "--payer", "api", *words)
    assert cap["state"] == state
    assert person.ask("status", "--check").code == code
    assert (cap["safe_per_day"] is None) is (state == "over")


def test_safe_per_day(person: Person) -> None:
    """What is left is divided by the 10.5 days that are left."""
    # 31.50 - 21.40 + ... : api's 4.50 leaves 21 of 25.50
    cap = person.cap("25.50", "--payer", "api")
    assert (cap["left"], cap["safe_per_day"]) == (21, 2)


def test_met_at_this_rate(person: Person) -> None:
    """At api's 50 cents an hour, a dollar that is left lasts for two hours."""
    cap = person.cap("5.50", "--payer", "api")
    assert cap["at_this_rate_met_at"] == "2026-11-20T14:00:00+00:00"


# Explanation


def explained(person: Person, *words: str) -> list[str]:
    """Give the lines that explain a cap, spaces made one."""
    person.cap(*words)
    out = person.ask("cap", "list", "it", "--explain", "--no-refresh").out
    return [" ".join(line.split()) for line in out.splitlines()]


def test_explained(person: Person) -> None:
    """Every figure that a cap is made of is shown, down to the sessions."""
    person.cap("200")
    person.ask("cap", "raise", "it", "50", "--until", "2026-11-22", "--because", "rush")
    lines = explained(person, "200", "--carry")
    assert lines[:3][-1].startswith("it $121.40 $345.15/month")
    for line in (
        "it: from 2026-11-01T00:00:00+00:00 to 2026-12-01T00:00:00+00:00",
        "limit $200.00 as set",
        "+ $95.15 left over from the period before",  # 200 - 104.85
        "+ $50.00 raised until 2026-11-22T00:00:00+00:00, rush",
        "estimates at list prices $32.40",
        "- $11.00 inside plans, not counted",
        "+ $100.00 plan fees",
    ):
        assert line in lines
    sessions = {line.rsplit(" ", 2)[0]: line.split()[-1] for line in lines[-11:]}
    assert sessions == {
        "company work s7": "$8.50",
        "claude-max own s5": "$6.00",
        "claude-max own both": "$4.00",
        "company work s9": "$3.40",
        "claude-max extra own both": "$3.00",
        "api own s6": "$3.00",
        "api own s4": "$1.00",
        "claude-max own s11": "$1.00",
        "globex globex-site s10": "$1.00",
        "globex globex-site s8": "$1.00",
        "api own s12": "$0.50",
    }


def test_explained_list_value(person: Person) -> None:
    """The figures that explain a cap on list value are list values."""
    lines = explained(person, "100", "--unit", "list-usd", "--payer", "company")
    assert lines[2].startswith("it $14.00 $100.00/month")
    assert "estimates at list prices $14.00" in lines


def test_explained_tokens(person: Person) -> None:
    """The figures that explain a cap on tokens are tokens."""
    lines = explained(person, "10M", "--unit", "tokens", "--payer", "api")
    assert not any("$" in line for line in lines[3:])


# A person with nothing but a plan


def test_plan_is_never_over(flat: Callable[[str], Person]) -> None:
    """Who has a flat plan pays nothing for its usage, and is over no money cap."""
    person = flat()
    status = person.status()
    # 20 days of November at $40
    assert (status["month"]["cost_usd"], status["month"]["plan_list_usd"]) == (800, 800)
    assert [(row["payer"], row["paid_usd"]) for row in status["payers"]] == [
        ("claude-max", 0)
    ]
    assert status["burn"]["usd_per_hour"] == 0
    for words in (("1",), ("1", "--per", "day"), ("1", "--per", "year")):
        cap = person.cap(*words)
        assert (cap["spent"], cap["state"]) == (0, "ok")
        assert person.ask("status", "--check").code == 0
    assert cap["forecast"] == {"low": 0, "mid": 0, "high": 0, "meets_cap_at": None}


def test_plan_people_see_no_money_to_pay(flat: Callable[[str], Person]) -> None:
    """The headline of who has a flat plan says that nothing is to pay."""
    lines = [line.split() for line in flat().ask("status").out.splitlines()]
    assert lines[0][:4] == ["today", "$0.00", "to", "pay,"]
    assert lines[1][:4] == ["$40.00", "list", "value", "inside"]
    assert lines[2][:4] == ["month", "$0.00", "to", "pay,"]
    assert not any("OVER" in line for line in lines)


ONLY_THE_FEE = {"low": 100, "mid": 100, "high": 100, "meets_cap_at": None}
FEE = '[plans.claude-max]\nprovider = "anthropic"\nfee = 100\nrenews = {}\n'


def test_fee_is_all_that_counts(flat: Callable[[str], Person]) -> None:
    """With its fee stated, the fee is spent, and nothing more is expected."""
    cap = flat(FEE.format(12)).cap("120")
    assert (cap["spent"], cap["left"], cap["state"]) == (100, 20, "near")
    assert cap["forecast"] == {
        "low": 100,
        "mid": 100,
        "high": 100,
        "meets_cap_at": None,
    }


def test_fee_to_come_is_expected(flat: Callable[[str], Person]) -> None:
    """A fee that is still due this month is expected, and the cap not met by it."""
    cap = flat(FEE.format(25)).cap("120")
    assert (cap["spent"], cap["state"]) == (0, "ok")
    assert cap["forecast"] == {
        "low": 100,
        "mid": 100,
        "high": 100,
        "meets_cap_at": None,
    }


def test_fee_to_come_meets_the_cap_on_its_day(flat: Callable[[str], Person]) -> None:
    """A fee that is more than the cap meets it when it is due, not now."""
    cap = flat(FEE.format(25)).cap("90")
    assert cap["state"] == "ok"
    assert cap["forecast"]["meets_cap_at"] == "2026-11-25T00:00:00+00:00"


def test_second_fee_to_come(flat: Callable[[str], Person]) -> None:
    """Of several fees to come the one that meets the cap says when.

    October's 100 and November's are 200, December's meets 250.
    """
    cap = flat(FEE.format(25)).cap("250", "--per", "quarter")
    assert (cap["spent"], cap["forecast"]["mid"]) == (100, 300)
    assert cap["forecast"]["meets_cap_at"] == "2026-12-25T00:00:00+00:00"


def test_list_value_of_a_plan_can_be_capped(flat: Callable[[str], Person]) -> None:
    """Only a cap on list value counts what is used inside a plan."""
    assert flat().cap("500", "--unit", "list-usd")["state"] == "over"


# For a time


def changed(text: str, table: str, lines: str) -> str:
    """Add lines to a table of the config."""
    return text.replace(f"[{table}]\n", f"[{table}]\n{lines}\n")


BEGUN = changed(CONFIG, "plans.claude-max", "since = 2026-11-12")
ENDED = changed(CONFIG, "plans.claude-max", "until = 2026-11-12")


@pytest.mark.parametrize(
    ("text", "words", "spent"),
    [
        # the plan's 6 of the 5th are api's: 27.40, and the fee
        (BEGUN, (), 127.40),
        # and October's 4 + 20 + 0.85, without a fee
        (BEGUN, ("--per", "quarter"), 152.25),
        (BEGUN, ("--per", "year"), 152.25),
        # always: eleven fees, 4 + 0.85 and 21.40
        (CONFIG, ("--per", "year"), 1126.25),
        # no fee in November, and the plan's 4 + 1 since the 12th are api's
        (ENDED, (), 26.40),
        (ENDED, ("--per", "quarter"), 131.25),
        (ENDED, ("--per", "year"), 1031.25),
        (ENDED, ("--payer", "claude-max", "--per", "year"), 1000),
    ],
)
def test_plan_lasts_for_a_time(
    person_with: Callable, text: str, words: tuple[str, ...], spent: float
) -> None:
    """There is no fee and no usage inside a plan before `since` and from `until` on."""
    assert person_with(text).cap("10000", *words)["spent"] == spent


def test_nothing_is_carried_of_a_fee_before(person_with: Callable) -> None:
    """October had no fee: of 150 its 4 + 20 + 0.85 left over 125.15."""
    assert person_with(BEGUN).cap("150", "--carry")["carried"] == 125.15


def test_plan_that_ended_expects_no_fee(person_with: Callable) -> None:
    """What is due on the 25th is not expected of a plan that ends before."""
    text = CONFIG.replace("renews = 12", "renews = 25")
    words = "10000", "--payer", "claude-max"
    assert person_with(text).cap(*words)["forecast"]["mid"] == 100
    ended = changed(text, "plans.claude-max", "until = 2026-11-25")
    assert person_with(ended).cap(*words)["forecast"]["mid"] == 0


def test_payers_hold_for_a_time(person_with: Callable) -> None:
    """The client paid the dollar of the 18th, the company from that day on.

    The dollar of the 20th is api's: 5.50. The seat's ten of the 17th are inside the
    team plan of its login.
    """
    text = changed(CONFIG, "payers.globex", "until = 2026-11-19")
    text = changed(text, "payers.company", "since = 2026-11-18")
    rows = person_with(text).status()["payers"]
    assert {row["payer"]: (row["paid_usd"], row["list_usd"]) for row in rows} == {
        "api": (5.50, 5.50),
        "company": (3.40, 4),
        "claude-max extra": (3, 3),
        "globex": (1, 1),
        "claude-max": (0, 11),
        "claude-team": (0, 10),
    }


@pytest.mark.parametrize(
    ("days", "unknown"),
    [("", []), ("since = 2026-11-19", []), ("until = 2026-11-01", ["claude-max"])],
)
def test_fee_of_another_time_is_unknown(
    person_with: Callable, days: str, unknown: list[str]
) -> None:
    """A plan that pays this month, as a rule says, has no fee if it ended before."""
    text = changed(CONFIG, "plans.claude-max", days)
    text += '[payers.claude-max]\nmatch.account = "claude_max"\n'
    lines = person_with(text).ask("status", "--no-refresh").out.splitlines()
    told = [line.split()[2] for line in lines if " unknown: " in line]
    assert told == unknown
