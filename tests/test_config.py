"""The config: what is read, what is refused and how, and the caps that are written."""

import dataclasses
import os
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tokentui import config, periods
from tokentui.amounts import MONEY_UNITS, MOST
from tokentui.config import load
from tokentui.errors import ConfigError
from tokentui.settings import (
    SCOPES,
    Cap,
    Config,
    Display,
    Endpoint,
    Machine,
    Match,
    Payer,
    Plan,
    Price,
    Privacy,
    Routes,
    SourceSettings,
    Workload,
    WorkloadMatch,
)
from tokentui.stored import CAPS, whole_config

EXAMPLE = """
timezone = "Europe/Berlin"

[caps.month]
amount = 1500
per = "month"
starts = 12
hard = true
warn = 0.9
provider = ["anthropic", "open*"]
not_project = "private/*"
each = "source"

[caps."five hours"]
amount = 62.5
per = "day"
unit = "quota:five-hour"

[caps.words]
amount = 20_000_000
per = "week"
unit = "tokens"

[payers.work]
paid_by = "employer"
match = { source = "claude-code", config_folder = ["~/.claude-work"] }
discount = 0.15

[endpoints.proxy]
base_url = "https://llm.example.org/v1"
provider = "zai"
since = 2026-11-01
until = "2026-12-01"

[plans.max]
provider = "anthropic"
fee = 180.50
currency = "EUR"
renews = 12

[prices."my-model"]
input = 0.000001
output = 3
from = 2026-10-01

[sources.codex]
enabled = false

[sources.claude-code]
paths = "/srv/claude"

[routes]
deny_vendors = "deepseek"
regions = ["us", "eu"]
open_weights_only = true
min_quality = 50.5
unavailable = ["gpt-6-*"]

[routes.machine]
model = "glm-5.3-flash"
price = 9000
watts = 800
tokens_per_second = 400
price_per_kwh = 0.3

[workloads.bulk]
match = { label = ["nightly*"], source = "codex" }

[display]
theme = "nord"
ticket = "#[0-9]+"

[privacy]
projects = "alias"
"""

NANOS = 10**9


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where a config may be written."""
    return tmp_path / "config.toml"


def refusal(file: Path, text: str) -> str:
    """Return what is said of a config, which begins with the name of the file."""
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(file)
    assert str(caught.value).startswith(f"{file}: ")
    return str(caught.value).removeprefix(f"{file}: ")


def test_example(file: Path) -> None:
    """Every table of this version is read into its dataclass."""
    file.write_text(EXAMPLE, encoding="utf-8")
    assert load(file) == Config(
        timezone="Europe/Berlin",
        caps=(
            Cap(
                name="month",
                amount=1500 * NANOS,
                per="month",
                starts=12,
                hard=True,
                warn=Decimal("0.9"),
                provider=("anthropic", "open*"),
                not_project=("private/*",),
                each="source",
            ),
            Cap("five hours", Decimal("62.5"), "day", "quota:five-hour"),
            Cap("words", 20_000_000, "week", "tokens"),
        ),
        payers=(
            Payer(
                name="work",
                paid_by="employer",
                match=Match(source=("claude-code",), config_folder=("~/.claude-work",)),
                discount=Decimal("0.15"),
            ),
        ),
        endpoints=(
            Endpoint(
                name="proxy",
                base_url="https://llm.example.org/v1",
                provider="zai",
                since=date(2026, 11, 1),
                until=date(2026, 12, 1),
            ),
        ),
        plans=(Plan("max", "anthropic", Decimal("180.50"), 12, "EUR"),),
        prices=(
            Price(
                name="my-model",
                input=Decimal("0.000001"),
                output=Decimal(3),
                from_=date(2026, 10, 1),
            ),
        ),
        sources=(
            SourceSettings("codex", enabled=False),
            SourceSettings("claude-code", paths=("/srv/claude",)),
        ),
        display=Display(ticket="#[0-9]+", theme="nord"),
        privacy=Privacy("alias"),
        routes=Routes(
            deny_vendors=("deepseek",),
            regions=("us", "eu"),
            open_weights_only=True,
            min_quality=Decimal("50.5"),
            unavailable=("gpt-6-*",),
            machine=Machine(
                model="glm-5.3-flash",
                price=Decimal(9000),
                watts=Decimal(800),
                tokens_per_second=Decimal(400),
                price_per_kwh=Decimal("0.3"),
                years=Decimal(3),
            ),
        ),
        workloads=(
            Workload("bulk", WorkloadMatch(source=("codex",), label=("nightly*",))),
        ),
    )


def test_defaults(file: Path) -> None:
    """No file, no folder and an empty file mean defaults."""
    assert whole_config(file, file.parent / "no-state") == Config()
    file.write_bytes(b"")
    assert load(file) == Config()
    assert Cap("a", 1, "day").warn == Decimal("0.8")
    assert Config().display.ticket == "[A-Z]+-[0-9]+"
    assert Config().privacy.projects == "show"


def test_notepad(file: Path) -> None:
    """A file with a byte order mark and Windows line ends is read."""
    file.write_bytes(b'\xef\xbb\xbftimezone = "UTC"\r\n[display]\r\n')
    assert load(file) == Config(timezone="UTC")


def test_paths_of_a_source(file: Path) -> None:
    """The paths of a source are kept as written, `~` and globs too."""
    file.write_text('[sources.codex]\npaths = ["~/x*", "/y"]', encoding="utf-8")
    assert load(file).sources[0].paths == ("~/x*", "/y")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("timezon = 1", "timezon: unknown key; did you mean timezone?"),
        ("[cap.a]", "cap: unknown key; did you mean caps?"),
        ("[caps.a]\namout = 1", "caps.a.amout: unknown key; did you mean amount?"),
        (
            "[payers.x.match]\nsorce = 'a'",
            "payers.x.match.sorce: unknown key; did you mean source?",
        ),
        (
            "[routes.machine]\nwats = 1",
            "routes.machine.wats: unknown key; did you mean watts?",
        ),
        (
            "[privacy]\nzzz = 1",
            "privacy.zzz: unknown key; known here: projects",
        ),
        ("[caps.a]\nname = 'b'", "caps.a.name: unknown key; known here: amount, per"),
        ("[caps.a]\norigin = 'b'", "caps.a.origin: unknown key; known here: amount"),
        ("[sync]", "sync: not known to this version of tokentui"),
        ("[sync.a]\nkind = 'x'", "sync: not known to this version"),
        ("[alerts]\ncap = [50]", "alerts.cap: unknown key; did you mean caps?"),
        ("[alerts]\ncaps = [0]", "alerts.caps: expected a list of percents like"),
        ("[alerts]\nquiet = '22-7'", "alerts.quiet: expected hours like 22:00-07:00"),
        ("[alerts]\nquiet = '22:00-22:00'", "alerts.quiet: expected hours like"),
        ("[alerts]\nreset_near = 30", "alerts.reset_near: expected a time like 30m"),
        (
            "[alerts.channels.a]\nvia = 'mail'",
            "alerts.channels.a.via: expected desktop, bell",
        ),
        (
            "[alerts.channels.a]\nvia = 'ntfy'",
            'alerts.channels.a: via = "ntfy" needs url',
        ),
        (
            "[alerts.channels.a]\nvia = 'bell'\nurl = 'https://x.y/z'",
            'alerts.channels.a: via = "bell" takes no url',
        ),
        (
            "[alerts.channels.a]\nvia = 'tmux'\nrules = ['caps']",
            "alerts.channels.a.rules: no rule caps; there are: cap, forecast",
        ),
        ("'a\\u0007' = 1", r"'a\\u0007': unknown key"),
        ('"\\u0007" = 1', r"'\x07': unknown key"),
    ],
)
def test_unknown_key(file: Path, text: str, said: str) -> None:
    """A key that is not known is named in full, with the nearest that is."""
    assert refusal(file, text).startswith(said)


CAP = "[caps.a]\nper = 'day'\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("timezone = 5", "timezone: expected a zone like Europe/Berlin, found 5"),
        (
            "timezone = 'Mars'",
            "timezone: expected a zone like Europe/Berlin, found 'Mars'",
        ),
        ("timezone = '/etc/passwd'", "timezone: expected a zone like Europe/Berlin"),
        ("timezone = 'Europe'", "timezone: expected a zone like Europe/Berlin"),
        ("caps = 5", "caps: expected tables, found 5"),
        ("caps = []", "caps: expected tables, found a list"),
        ("[caps]\namount = 5", "caps.amount: expected a table, found 5"),
        ("display = true", "display: expected a table, found true"),
        (
            CAP + "amount = 'lots'",
            "caps.a.amount: expected a number above 0, found 'lots'",
        ),
        (CAP + "amount = true", "caps.a.amount: expected a number above 0, found true"),
        (CAP + "amount = -5", "caps.a.amount: expected a number above 0, found -5"),
        (CAP + "amount = 0", "caps.a.amount: expected a number above 0, found 0"),
        (CAP + "amount = nan", "caps.a.amount: expected a number above 0, found nan"),
        (CAP + "amount = inf", "caps.a.amount: expected a number above 0, found infin"),
        (CAP + "amount = 1e400", "caps.a.amount: expected a number above 0, found 1e+"),
        (CAP + "amount = 1e-400", "caps.a.amount: expected a number above 0, found 1e"),
        (CAP + "amount = 1e10", "caps.a: 1E+10 is too large; 9 billion dollars is"),
        (CAP + "amount = 1.0000000001", "caps.a: 1.0000000001 is finer than a nano"),
        (
            CAP + "amount = 1.5\nunit = 'tokens'",
            "caps.a: amount 1.5 is no whole number of tokens",
        ),
        (
            CAP + "amount = 101\nunit = 'quota:week'",
            "caps.a: amount 101 is not 0 to 100 percent of a quota",
        ),
        (
            CAP + "amount = 1\nunit = 'eur'",
            "caps.a.unit: expected usd, list-usd, tokens or quota:NAME, found 'eur'",
        ),
        ("[caps.a]\namount = 1", "caps.a: per is missing"),
        (
            "[caps.a]\nper = 'hour'",
            "caps.a: amount is missing",
        ),
        (
            "[caps.a]\namount = 1\nper = 'hour'",
            "caps.a.per: expected day, week, month, quarter or year, found 'hour'",
        ),
        (
            CAP + "amount = 1\nstarts = 32",
            "caps.a.starts: expected a day of the month, 1 to 31, found 32",
        ),
        (CAP + "amount = 1\nstarts = true", "caps.a.starts: expected a day of the m"),
        (CAP + "amount = 1\nstarts = 1.0", "caps.a.starts: expected a day of the mo"),
        (
            CAP + "amount = 1\nhard = 1",
            "caps.a.hard: expected true or false, found 1",
        ),
        (
            CAP + "amount = 1\nwarn = 80",
            "caps.a.warn: expected a share from 0 to 1, found 80",
        ),
        (
            CAP + "amount = 1\nmodel = []",
            "caps.a.model: expected a text or a list of texts, found a list",
        ),
        (CAP + "amount = 1\nmodel = ['a', 5]", "caps.a.model: expected a text or a"),
        (
            CAP + "amount = 1\nmodel = {a = 1}",
            "caps.a.model: expected a text or a list of texts, found a table",
        ),
        (
            CAP + "amount = 1\nmodel = ''",
            "caps.a.model: '' is empty, too long or not printable",
        ),
        (
            "[caps.'']\namount = 1\nper = 'day'",
            "caps.'': '' is empty, too long or not printable",
        ),
        (
            '[caps."a\\u001b[2J"]\namount = 1\nper = "day"',
            r"caps.'a\x1b[2J': 'a\x1b[2J' is empty, too long or not printable",
        ),
        (
            '[caps."a\\u202e"]\namount = 1\nper = "day"',
            r"caps.'a\u202e': 'a\u202e' is empty, too long or not printable",
        ),
        ("[sources." + "a" * 1001 + "]", "sources.'aaaaaaa"),
        ("[sources.a]\nenabled = 'no'", "sources.a.enabled: expected true or false"),
        ("[sources.a]\npaths = 1", "sources.a.paths: expected a text or a list of tex"),
        ("[payers.a]\npaid_by = 'dad'", "payers.a.paid_by: expected me, employer or c"),
        ("[payers.a]\ndiscount = 15", "payers.a.discount: expected a share from 0"),
        ("[payers.a]\nmatch = 'x'", "payers.a.match: expected a table, found 'x'"),
        ("[endpoints.a]\nbase_url = 'x'", "endpoints.a: provider is missing"),
        (
            "[endpoints.a]\nprovider = 'x'\nbase_url = 'ftp://x'",
            "endpoints.a.base_url: expected a URL, found 'ftp://x'",
        ),
        (
            "[endpoints.a]\nprovider='x'\nbase_url='http://x'\nsince=2026-11-01T00:00:00",
            "endpoints.a.since: expected a date like 2026-11-20, found 2026-11-01 00",
        ),
        ("[plans.a]\nprovider = 'x'\nfee = 5", "plans.a: renews is missing"),
        (
            "[plans.a]\nprovider = 'x'\nfee = -5\nrenews = 1",
            "plans.a.fee: expected a number from 0 to 1,000,000, found -5",
        ),
        (
            "[plans.a]\nprovider = 'x'\nfee = 5\nrenews = 1\ncurrency = 'euro'",
            "plans.a.currency: expected a code like USD, found 'euro'",
        ),
        ("[prices.a]\ninput = 1e7", "prices.a.input: expected a number from 0 to 1,"),
        ("[prices.a]\ninput = nan", "prices.a.input: expected a number from 0 to 1,"),
        ("[prices.a]\nfrom = 'May'", "prices.a.from: expected a date like 2026-11-20,"),
        ("[prices.a]\nfrom = 20261120", "prices.a.from: expected a date like 2026-11"),
        ("[display]\nticket = '['", "display.ticket: expected a regular expression,"),
        ("[display]\ntheme = 1", "display.theme: expected a text, found 1"),
        (
            "[routes]\nregions = []",
            "routes.regions: expected a text or a list of texts",
        ),
        (
            "[routes]\nmin_quality = 101",
            "routes.min_quality: expected percent from 0 t",
        ),
        ("[routes]\nmachine = 1", "routes.machine: expected a table, found 1"),
        ("[workloads.bulk]", "workloads.bulk: match is missing"),
        ("[workloads.bulk]\nmatch = {}", "workloads.bulk: match names no sessions"),
        (
            "[workloads.bluk]\nmatch.label = 'x'",
            "workloads.bluk: no such workload; there are: sensitive, high-risk, bulk,",
        ),
        ("[routes.machine]\nmodel = 'x'", "routes.machine: price is missing"),
        (
            "[routes.machine]\nyears = 0\nmodel = 'x'\nprice = 1\nwatts = 1\n"
            "tokens_per_second = 1\nprice_per_kwh = 1",
            "routes.machine.years: expected a number from 0.1 to 1,000,000, found 0",
        ),
        ("[privacy]\nprojects = 'no'", "privacy.projects: expected show, alias or hi"),
        ("[privacy]\nprojects = ['hide']", "privacy.projects: expected show, alias o"),
    ],
)
def test_wrong_value(file: Path, text: str, said: str) -> None:
    """A value that cannot be used is named, with what was expected and found."""
    told = refusal(file, text)
    assert told.startswith(said)
    assert len(told) < 250
    assert told.isprintable()


def test_unknown_theme(file: Path) -> None:
    """A theme that there is not is refused with all that there are."""
    told = refusal(file, "[display]\ntheme = 'nrod'")
    assert told.startswith("display.theme: no theme 'nrod'; there are: tokentui-dark, ")
    assert {"nord", "ansi-dark", "tokyo-night"} <= set(told.split(", ")[1:])


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"a = 1\nb = = 2\n", r"not TOML: .+ \(at line 2, column 5\)"),
        (b"a = 1\na = 2\n", r"not TOML: .+ \(at line 2, column 6\)"),
        (b"a = 1\nb = [\n", r"not TOML: .+ \(at line 2, the end\)"),
        (b"a = 1\nb = '\xff'", r"not UTF-8 text \(at line 2\)"),
        (b"a = " + b"9" * 5000, "a number is too long or a list too deep"),
        (b"a = 1e" + b"9" * 30, "a number is too long or a list too deep"),
    ],
    ids=["value", "twice", "open", "bytes", "digits", "exponent"],
)
def test_not_toml(file: Path, raw: bytes, said: str) -> None:
    """A file that is no TOML is named with the line where it goes wrong."""
    file.write_bytes(raw)
    with pytest.raises(ConfigError, match=f": {said}$") as caught:
        load(file)
    assert str(caught.value).startswith(f"{file}: ")


@pytest.mark.parametrize(
    "lines",
    [
        "via = 'slack'\nurl = 'htps://hooks.example/T0-SECRET'",
        "via = 'slack'\nurl = 'hooks.example/T0-SECRET'",
        "via = 'slack'\nurl = 'https://ada:SECRET@hooks.example/T0'",
        "via = 'slack'\nurl = ['https://hooks.example/T0-SECRET']",
        "via = 'slack'\nurl = 'https://hooks.example:SECRET/T0'",
        "via = 'slack'\nurl = \"https://hooks.example/SECRET\\n\"",
        "via = 'bell'\nurl = 'https://hooks.example/T0-SECRET'",
        "via = 'ntfy'\ntoken = 'SECRET'",
    ],
)
def test_no_error_quotes_a_secret(file: Path, lines: str) -> None:
    """A webhook's URL opens the channel to whom has it; a log would keep the error."""
    said = refusal(file, f"[alerts.channels.team]\n{lines}")
    assert said.startswith("alerts.channels.team")
    assert "SECRET" not in said


def test_too_deep(file: Path) -> None:
    """A list without bottom is an error like any other."""
    refusal(file, "a = " + "[" * 100_000)


def test_folder_for_a_file(tmp_path: Path) -> None:
    """A file that cannot be read is an error that says why."""
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path)


def test_every_field_has_a_reader() -> None:
    """Each key of each table is read by its name or its type."""
    known = {*config.READERS, *config._ROWS, *config._TABLES, config._KEYS}
    tables = [Config, *config._ROWS.values(), *map(config._table, config._TABLES)]
    tables.append(config._table(config._KEYS))
    for table in tables:
        for key in dataclasses.fields(table):
            named = key.name in known or key.type in known
            assert named or key.name in ("name", "origin")


def test_same_periods_as_windows() -> None:
    """A cap may have each period that has a window, and no other."""
    expected, _ = config.READERS["per"]
    assert expected.replace(" or ", ", ").split(", ") == list(periods.PERIOD_KINDS)


class TestCapsFile:
    """The caps that `cap set` writes, over those of the config."""

    def test_merge(self, file: Path) -> None:
        """A cap of the same name replaces the whole one of the config, in its place."""
        state = file.parent / "state"
        file.write_text(
            "[caps.a]\namount = 1\nper = 'day'\nhard = true\n"
            "[caps.b]\namount = 2\nper = 'day'\n",
            encoding="utf-8",
        )
        CAPS.save(state, [Cap("c", 3, "year"), Cap("a", 9, "week")])
        assert whole_config(file, state).caps == (
            Cap("a", 9, "week", origin="caps.toml"),
            Cap("b", 2 * NANOS, "day", origin="config.toml"),
            Cap("c", 3, "year", origin="caps.toml"),
        )

    def test_text(self, tmp_path: Path) -> None:
        """What is written is for people too: dollars, and nothing that is default."""
        path = tmp_path / "caps.toml"
        tricky = Cap(
            name='my "best" \\ cap',
            amount=1500_500_000_000,
            per="month",
            starts=12,
            hard=True,
            warn=Decimal("0.95"),
            provider=("anthropic", "open*"),
            not_model=("Ünïcode",),
        )
        CAPS.save(tmp_path, [tricky, Cap("week", Decimal("62.5"), "week", "quota:w")])
        assert path.read_text(encoding="utf-8") == (
            '[caps."my \\u0022best\\u0022 \\u005c cap"]\n'
            "amount = 1500.500000000\n"
            'per = "month"\n'
            "starts = 12\n"
            "hard = true\n"
            "warn = 0.95\n"
            'provider = ["anthropic", "open*"]\n'
            'not_model = ["Ünïcode"]\n'
            "\n"
            '[caps."week"]\n'
            "amount = 62.5\n"
            'per = "week"\n'
            'unit = "quota:w"\n'
        )

    def test_only_caps(self, tmp_path: Path) -> None:
        """Anything else in the file of caps is refused, not lost at the next write."""
        path = tmp_path / "caps.toml"
        path.write_text("[privacy]\nprojects = 'hide'", encoding="utf-8")
        with pytest.raises(ConfigError, match="only caps belong here"):
            CAPS.load(tmp_path)

    @pytest.mark.parametrize(
        "cap",
        [
            Cap("", 1, "day"),
            Cap("a\nb", 1, "day"),
            Cap("a\udcff", 1, "day"),
            Cap("a", -1, "day"),
            Cap("a", 0, "day"),
            Cap("a", MOST + 1, "day"),
            Cap("a", 1, "hour"),
            Cap("a", Decimal("nan"), "day", "quota:w"),
            Cap("a", 1, "day", "gold"),
            Cap("a", 1, "day", warn=Decimal("1e-999")),
            Cap("a", 1, "day", model=("",)),
            Cap("b", 1, "day"),
        ],
        ids=repr,
    )
    def test_refused(self, cap: Cap, tmp_path: Path) -> None:
        """Caps that could not be read back are not written; the file stays."""
        path = tmp_path / "caps.toml"
        CAPS.save(tmp_path, [Cap("b", 1, "day")])
        before = path.read_bytes()
        with pytest.raises(ConfigError):
            CAPS.save(tmp_path, [Cap("b", 1, "day"), cap])
        assert path.read_bytes() == before
        assert list(tmp_path.iterdir()) == [path]

    def test_none(self, tmp_path: Path) -> None:
        """No caps are written as an empty file."""
        CAPS.save(tmp_path, [])
        assert CAPS.load(tmp_path) == ()


TEXTS = st.text("aZ09 ._-*?/\\\"'#[]{}=,Üß語🙂\u200d", min_size=1, max_size=12)
TEXTS = TEXTS.filter(str.strip)
GLOBS = st.lists(TEXTS, max_size=3).map(tuple)


AMOUNTS = st.one_of(
    st.tuples(st.integers(1, MOST), st.sampled_from([*MONEY_UNITS, "tokens"])),
    st.tuples(st.decimals("0.001", 100, places=3), st.just("quota:five-hour")),
)


@st.composite
def caps(draw: st.DrawFn) -> Cap:
    """Return any cap that a person may set."""
    amount, unit = draw(AMOUNTS)
    names = st.sampled_from([f"{no}{scope}" for scope in SCOPES for no in ("", "not_")])
    scopes: dict[str, Any] = draw(st.dictionaries(names, GLOBS))
    return Cap(
        name=draw(TEXTS),
        amount=amount,
        per=draw(st.sampled_from(periods.PERIOD_KINDS)),
        unit=unit,
        starts=draw(st.integers(1, 31)),
        hard=draw(st.booleans()),
        warn=draw(st.decimals(0, 1, places=4)),
        each=draw(st.none() | st.sampled_from(SCOPES)),
        carry=draw(st.booleans()),
        spread=draw(st.booleans()),
        origin="caps.toml",
        **scopes,
    )


@settings(max_examples=40, deadline=None)  # each waits for the disk
@given(st.lists(caps(), max_size=4, unique_by=lambda cap: cap.name))
def test_save_then_load(written: list[Cap]) -> None:
    """What is written is read back the same, in the same order."""
    with TemporaryDirectory() as folder:
        CAPS.save(Path(folder), written)
        assert CAPS.load(Path(folder)) == tuple(written)


def test_tomllib_only_if_needed(tmp_path: Path) -> None:
    """Without a file tomllib is not imported."""
    program = (
        "import sys, pathlib; from tokentui import stored;"
        "stored.whole_config(pathlib.Path('none'), pathlib.Path('none'));"
        "print({'tomllib', 'difflib', 'tempfile'} & set(sys.modules))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(Path(config.__file__).parents[1])},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout == "set()\n"
