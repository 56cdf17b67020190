"""Every kind of account, against providers that fail in every way.

A kind is tested once it has `answers_<module>.py`: its `SECRET`, the keys of its
`ACCOUNT`, and functions `healthy...` that let a provider answer one poll at `NOW`, each
for one sort of credential.
"""

from __future__ import annotations

import inspect
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
import providing
import pytest
from long import LONG
from polled import NOW, Polls
from providing import Fault, Provider

from tokentui.accounts import MODULES, kind_of, web
from tokentui.ledger import statements
from tokentui.periods import millis
from tokentui.poll import AccountReport, poll
from tokentui.settings import Account, Config

LATER = NOW + timedelta(hours=2)


class Way:
    """One kind of account with one sort of credential, and its answers."""

    def __init__(self, kind: str, name: str) -> None:
        self.kind = kind
        self.answers = import_module(f"answers_{MODULES[kind]}")
        self.secret: str = self.answers.SECRET
        self.healthy: Callable[[Provider], None] = getattr(self.answers, name)


def ways(module: str) -> list[str]:
    """Name the sorts of credential that a kind's answers are for."""
    answers = import_module(f"answers_{module}")
    return [name for name in vars(answers) if name.startswith("healthy")]


KINDS = [kind for kind, module in MODULES.items() if find_spec(f"answers_{module}")]
WAYS = [(kind, way) for kind in KINDS for way in ways(MODULES[kind])]


@pytest.fixture(params=WAYS, ids=lambda pair: "-".join(pair))
def way(request: pytest.FixtureRequest) -> Way:
    """Take one kind after the other."""
    return Way(*request.param)


class Two:
    """Two accounts of one kind, at a provider each; the first is the one that fails."""

    def __init__(
        self, way: Way, ledger: Path, provider: Provider, other: Provider
    ) -> None:
        self.way, self.ledger = way, ledger
        self.provider, self.other = provider, other
        self.open_client: Callable[..., Any] = web.open_client
        accounts = tuple(
            Account(name, way.kind, base_url=server.base, **way.answers.ACCOUNT)
            for name, server in (("it", provider), ("other", other))
        )
        self.config = Config(accounts=accounts)
        for server in (provider, other):
            way.healthy(server)

    def poll(self, now: Any = NOW, **given: Any) -> list[AccountReport]:
        """Ask both, the failing one first."""
        usual = {"chance": lambda: 0.5, "open_client": self.open_client}
        given = {"force": True} | usual | given
        return list(poll(self.ledger, self.config, now, **given).accounts)

    def facts(self, account: str) -> set[tuple[Any, ...]]:
        """List what the ledger keeps of an account and how often, not when seen."""
        columns = {
            "cost": "since, nanos, currency, basis, model, what, key",
            "used": "since, input, cache_read, cache_write, cache_write_1h, output,"
            " reasoning, requests, model, tier, key",
            "balance": "name, nanos, currency",
            "money_limit": "name, used, ceiling, currency, resets_at",
            "stated_event": "event, at",
        }
        with closing(sqlite3.connect(self.ledger)) as connection:
            events = connection.execute("SELECT count(*) FROM event").fetchone()
            return {("event", *events)} | {
                (table, *row)
                for table, names in columns.items()
                for row in connection.execute(
                    f"SELECT {names}, count(*) FROM {table} WHERE account = ?"
                    f" GROUP BY {names}",
                    (account,),
                )
            }

    def state(self, account: str) -> tuple[Any, ...]:
        """Give state, error and when it was last good (UTC ms)."""
        with closing(sqlite3.connect(self.ledger)) as connection:
            row: tuple[Any, ...] = connection.execute(
                "SELECT state, error, good_at FROM account WHERE name = ?", (account,)
            ).fetchone()
            return row


@pytest.fixture
def two(
    way: Way,
    ledger: Path,
    provider: Provider,
    other_provider: Provider,
    monkeypatch: pytest.MonkeyPatch,
) -> Two:
    """Make the two accounts."""
    for name in ("IT", "OTHER"):
        monkeypatch.setenv(f"TOKENTUI_KEY_{name}", way.secret)
    return Two(way, ledger, provider, other_provider)


def files_with(secret: str, folder: Path) -> list[str]:
    """Name the files below a folder in which a secret stands."""
    return [
        str(file.relative_to(folder))
        for file in folder.rglob("*")
        if file.is_file() and secret.encode() in file.read_bytes()
    ]


FAULTS: dict[str, Fault] = {
    "throttled": providing.status(429, Retry_After="7200"),
    "throttled until": providing.status(
        429, Retry_After="Wed, 25 Nov 2026 18:00:00 GMT"
    ),
    "refused": providing.status(401, '{"error": "invalid key"}'),
    "not let": providing.status(403, '{"error": "missing scope"}'),
    "gone": providing.status(404, "not found"),
    "broken": providing.status(500, "oops"),
    "gateway": providing.page(502),
    "web page": providing.page(200),
    "cut short": providing.cut_short,
    "empty": providing.json_text(""),
    "object": providing.json_text("{}"),
    "list": providing.json_text("[]"),
    "null": providing.json_text("null"),
    "text": providing.json_text('"fine"'),
    "deep": providing.json_text("[" * 5_000 + "]" * 5_000),
    "endless": providing.endless,
    "echo": providing.echo,
    "to itself": lambda request, answer: providing.status(302, Location=request.url)(
        request, answer
    ),
}
WORDS = (
    r"asked again later|\?$|\? |give another|log in|newer tokentui|which key can"
    r"|accounts add|run `"
)
"""What a person may do about it stands in every error."""


FEW_DAYS = 8


@pytest.fixture(autouse=True)
def few_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a first poll ask for a week only, since some make a call for each day."""
    for kind in () if LONG else KINDS:
        known = kind_of(kind)
        feeds = [
            replace(feed, first_days=min(feed.first_days, FEW_DAYS))
            for feed in known.feeds
        ]
        module = f"tokentui.accounts.{MODULES[kind]}"
        monkeypatch.setattr(f"{module}.KIND", replace(known, feeds=tuple(feeds)))


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take a smaller answer for an endless one."""
    monkeypatch.setattr(web, "MOST_BYTES", 1 << 18)


def check_failure(two: Two, before: set[tuple[Any, ...]], tmp_path: Path) -> None:
    """Claim that the first account has failed as it should, at `LATER`."""
    failed, well = two.poll(LATER)
    assert failed.errors != [] and well.errors == []
    assert two.facts("it") == before
    assert two.state("other") == ("ok", None, millis(LATER))
    state, error, good_at = two.state("it")
    assert (state, good_at) == ("stale", millis(NOW))
    for text in failed.errors:
        assert re.search(WORDS, text), text
        assert two.way.secret not in text
    assert error == "; ".join(failed.errors)[:500]
    assert files_with(two.way.secret, tmp_path) == []


@pytest.mark.parametrize("name", FAULTS)
def test_failing_provider(two: Two, name: str, tmp_path: Path) -> None:
    """Stale with a text that helps; its facts stand, the other account is read."""
    assert [each.errors for each in two.poll()] == [[], []]
    before = two.facts("it")
    two.provider.spoil(FAULTS[name])
    check_failure(two, before, tmp_path)


def impatient_with(server: Provider) -> httpx.Client:
    """Open a client that gives one server little time to answer."""
    client = web.open_client()

    def hurry(request: httpx.Request) -> None:
        if request.url.port == server.port:
            request.extensions["timeout"]["read"] = 0.05

    client.event_hooks["request"].append(hurry)
    return client


def test_silent_provider(two: Two, tmp_path: Path) -> None:
    """A provider that does not answer in time holds up nobody else."""
    two.poll()
    before = two.facts("it")
    two.provider.spoil(providing.silence(two.provider))
    two.open_client = partial(impatient_with, two.provider)
    check_failure(two, before, tmp_path)
    assert "in time" in two.state("it")[1]


def test_provider_that_is_away(two: Two, tmp_path: Path) -> None:
    """Where nobody listens the text says so."""
    two.poll()
    before = two.facts("it")
    it, other = two.config.accounts
    away = Account("it", it.kind_, base_url="http://127.0.0.1:9", **rest(two))
    two.config = Config(accounts=(away, other))
    check_failure(two, before, tmp_path)
    assert "cannot be reached" in two.state("it")[1]


def rest(two: Two) -> dict[str, Any]:
    """Give the keys that an account of this kind has beside kind and base URL."""
    return dict(two.way.answers.ACCOUNT)


def test_redirect_to_a_stranger(two: Two, stranger: Provider, tmp_path: Path) -> None:
    """A redirect to another host is not followed: it hears nothing at all."""
    two.poll()
    before = two.facts("it")
    two.provider.spoil(providing.status(307, Location=stranger.url_for("/take")))
    check_failure(two, before, tmp_path)
    assert stranger.calls == []


@pytest.mark.parametrize("body", ["{}", "[]", "null", ""])
def test_one_odd_answer(two: Two, body: str) -> None:
    """One odd answer among good ones takes nothing away that was known."""
    two.poll()
    before = two.facts("it")
    for number in range(len(two.provider.calls)):
        two.provider.spoil(providing.json_text(body), only=number)
        two.poll(LATER + number * timedelta(minutes=5))
        assert before - two.facts("it") == set()


def test_never_read(two: Two) -> None:
    """What fails from the first time on is an error, and states nothing."""
    two.provider.spoil(FAULTS["broken"])
    two.poll()
    assert two.state("it")[0] == "error"
    assert two.facts("it") - two.facts("other") == set()
    assert {row[0] for row in two.facts("it")} == {"event"}


def test_same_again(two: Two) -> None:
    """The same answers, asked three times, are the same facts once."""
    two.poll()
    before = two.facts("it")
    for minutes in (5, 10):
        reports = two.poll(NOW + timedelta(minutes=minutes))
        assert [each.errors for each in reports] == [[], []]
        assert two.facts("it") == before


def test_calls(way: Way, provider: Provider, ledger: Path, polls: Polls) -> None:
    """Only calls that the kind lists are made; a secret is in no URL and no body."""
    way.healthy(provider)
    polls.account = way.answers.ACCOUNT
    report = polls(way.kind, way.secret)
    assert [each.errors for each in report.accounts] == [[]]
    allowed = [re.compile(web.pattern(read)) for read in kind_of(way.kind).reads]
    for request in provider.calls:
        call = f"{request.method} {request.path}"
        assert any(each.fullmatch(call) for each in allowed), call
        assert way.secret not in request.url
        assert way.secret.encode() not in request.get_data()
    assert files_with(way.secret, ledger.parent) == []


@pytest.mark.parametrize("kind", KINDS)
def test_all_reads_are_made(
    kind: str, provider: Provider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every call that a kind lists is made with one sort of credential or another."""
    made = set()
    for number, name in enumerate(ways(MODULES[kind])):
        way = Way(kind, name)
        provider.clear()
        way.healthy(provider)
        polls = Polls(tmp_path / f"{number}.db", provider.base, monkeypatch)
        polls.account = way.answers.ACCOUNT
        polls(kind, way.secret)
        made |= {f"{each.method} {each.path}" for each in provider.calls}
    unused = [
        read
        for read in kind_of(kind).reads
        if not any(re.fullmatch(web.pattern(read), call) for call in made)
    ]
    assert unused == []


def test_open_way(two: Two) -> None:
    """Without https nothing is sent to another machine, not even a look-up."""
    it, other = two.config.accounts
    for base in ("http://192.0.2.7", "http://proxy.example.com/v1"):
        odd = Account("it", it.kind_, base_url=base, **rest(two))
        two.config = Config(accounts=(odd, other))
        failed, well = two.poll()
        assert "https" in failed.errors[0] and well.errors == []


class CrashError(BaseException):
    """The process is killed."""


def test_killed_between_two_facts(
    two: Two, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after any of its readings, a poll loses nothing: the next one makes good.

    What each feed had kept by then and what it keeps later is what is kept at once.
    """
    soon = NOW + timedelta(minutes=5)
    readings = two.poll()[0].readings
    two.poll(soon)
    whole = two.facts("it")
    real = statements.keep
    for survived in range(readings):
        two.ledger = tmp_path / f"killed{survived}.db"
        left = iter(range(survived))

        def keep(*given: Any, left: Iterator[int] = left) -> bool:
            if next(left, None) is None:
                raise CrashError
            return real(*given)

        with monkeypatch.context() as killing:
            killing.setattr(statements, "keep", keep)
            with pytest.raises(CrashError):
                two.poll()
        two.poll(soon)
        assert two.facts("it") == whole


def test_answers_are_documented() -> None:
    """Every `healthy...` says what it answers."""
    for kind, name in WAYS:
        assert inspect.getdoc(Way(kind, name).healthy)
