"""What the user set, as frozen dataclasses; `config` reads and checks them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from tokentui.frozen import dataclass

if TYPE_CHECKING:
    from tokentui.keys import Keys

SCOPES = ("source", "provider", "payer", "client", "project", "model", "label")
"""What a cap can be narrowed to, or with `not_` before it to all others."""

Globs = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cap:
    """A limit the user set himself; `warn` is the share of it that is near.

    `amount` is nano-dollars (unit `usd`, `list-usd`), tokens, or percent as a Decimal
    (`quota:NAME`). An empty scope means all; scopes are globs.
    """

    name: str
    amount: int | Decimal
    per: str
    unit: str = "usd"
    starts: int = 1
    hard: bool = False
    warn: Decimal = Decimal("0.8")
    source: tuple[str, ...] = ()
    provider: tuple[str, ...] = ()
    payer: tuple[str, ...] = ()
    client: tuple[str, ...] = ()
    project: tuple[str, ...] = ()
    model: tuple[str, ...] = ()
    label: tuple[str, ...] = ()
    not_source: tuple[str, ...] = ()
    not_provider: tuple[str, ...] = ()
    not_payer: tuple[str, ...] = ()
    not_client: tuple[str, ...] = ()
    not_project: tuple[str, ...] = ()
    not_model: tuple[str, ...] = ()
    not_label: tuple[str, ...] = ()
    each: str | None = None
    carry: bool = False
    spread: bool = False
    origin: str = "config.toml"


@dataclass(frozen=True, slots=True)
class Match:
    """What usage a payer pays: each key given must match one of its globs."""

    source: tuple[str, ...] = ()
    config_folder: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    project: tuple[str, ...] = ()
    account: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Payer:
    """Whose money it is; `discount` is the share taken off list prices.

    The rule holds from the day `since` until before the day `until`.
    """

    name: str
    paid_by: str = "me"
    match: Match = Match()
    discount: Decimal = Decimal(0)
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Who serves a base URL, from the day `since` until before the day `until`."""

    name: str
    base_url: str
    provider: str
    since: date | None = None
    until: date | None = None
    project: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProjectMatch:
    """Which usage is a project's: each key given must match one of its globs.

    `remote` is a git remote of the repository, as `github.com/acme/shop`.
    """

    path: tuple[str, ...] = ()
    remote: tuple[str, ...] = ()
    branch: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Project:
    """Tagged work: own work, personal, or a client's; the first that matches holds.

    `value`: dollars that an accepted session is worth there; `hourly_rate`: dollars
    that an hour of the user's costs. `high_risk` (a mistake is dear) and `sensitive`
    (the data must not go anywhere) hold for what any rule matches.
    """

    name: str
    match: ProjectMatch = ProjectMatch()
    kind: str = "work"
    client: str | None = None
    cost_centre: str | None = None
    value: Decimal | None = None
    hourly_rate: Decimal | None = None
    high_risk: bool = False
    sensitive: bool = False
    origin: str = "config.toml"


WORKLOADS = (
    "sensitive",
    "high-risk",
    "bulk",
    "long-context",
    "sustained",
    "drafting",
    "simple",
    "other",
)
"""Kinds of work, in the order in which a session is asked if it is one."""


@dataclass(frozen=True, slots=True)
class WorkloadMatch:
    """Which sessions are meant: each key given must match one of its globs."""

    source: tuple[str, ...] = ()
    project: tuple[str, ...] = ()
    branch: tuple[str, ...] = ()
    label: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Workload:
    """Sessions that are of a kind whatever their shape; `name` is one of WORKLOADS."""

    name: str
    match: WorkloadMatch


@dataclass(frozen=True, slots=True)
class Plan:
    """A flat plan: `fee` in `currency`, due on day `renews` of each month.

    It lasts from the day `since` until before the day `until`.
    """

    name: str
    provider: str
    fee: Decimal
    renews: int
    currency: str = "USD"
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Claims:
    """What every claim says, and how it is reckoned.

    `payers` are those whose money is claimed; none means all that `me` pays. Without
    `work_share` and `plan_share` the share is by projects. A line of less than
    `receipts_from` needs no receipt. `markup` is a share on top of what a client pays;
    `rates_url` takes the place of the ECB's server.
    """

    claimant: str | None = None
    email: str | None = None
    employee_number: str | None = None
    employer: str | None = None
    cost_centre: str | None = None
    purpose: str | None = None
    currency: str = "USD"
    rate: str = "claim-date"
    payers: Globs = ()
    work_share: Decimal | None = None
    plan_share: Decimal | None = None
    receipts_from: Decimal = Decimal(0)
    markup: Decimal = Decimal(0)
    rates_url: str | None = None


@dataclass(frozen=True, slots=True)
class Allowance:
    """What an employer pays back: a share of what `payers` paid, up to a limit.

    The limit is in the currency of claims, for each period of `per`, which begins on
    day `starts`.
    """

    name: str
    share: Decimal
    limit: Decimal
    per: str = "year"
    payers: Globs = ()
    starts: int = 1


@dataclass(frozen=True, slots=True)
class Account:
    """A provider account to poll; its secret is in the keyring, never here.

    `base_url` takes the place of the provider's own; `interval`: seconds between polls,
    if not the kind's own; `user` and `team` name whose account it is where the provider
    asks; `login` allows to use another tool's login on this machine, read only.
    """

    name: str
    kind_: str
    base_url: str | None = None
    interval: int | None = None
    user: str | None = None
    team: str | None = None
    login: bool = False
    origin: str = "config.toml"


@dataclass(frozen=True, slots=True)
class Price:
    """The user's rates of a model, dollars per million tokens; None is not stated."""

    name: str
    input: Decimal | None = None
    cache_read: Decimal | None = None
    cache_write: Decimal | None = None
    cache_write_1h: Decimal | None = None
    output: Decimal | None = None
    from_: date | None = None


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """Whether a source is read, and from which paths (as written) if not its own."""

    name: str
    enabled: bool = True
    paths: tuple[str, ...] = ()


THEMES = (
    "tokentui-dark tokentui-light ansi-dark ansi-light textual-dark textual-light"
    " atom-one-dark atom-one-light catppuccin-frappe catppuccin-latte"
    " catppuccin-macchiato catppuccin-mocha dracula flexoki gruvbox monokai nord"
    " rose-pine rose-pine-dawn rose-pine-moon solarized-dark solarized-light"
    " tokyo-night"
)
"""The dashboard's own, those of the terminal's palette, and what else Textual has."""

ThemeName = str


@dataclass(frozen=True, slots=True)
class Display:
    """How things look: the regular expression of tickets in branches, the theme, keys.

    No `theme` means the dashboard's own dark one, no `keys` the usual ones.
    """

    ticket: str = "[A-Z]+-[0-9]+"
    theme: ThemeName | None = None
    keys: Keys | None = None


@dataclass(frozen=True, slots=True)
class Privacy:
    """How every face shows projects: `show`, `alias` or `hide`."""

    projects: str = "show"


ALERT_RULES = (
    "cap",
    "forecast",
    "burn",
    "session",
    "repeats",
    "quota",
    "reset",
    "balance",
    "source",
    "account",
    "unpriced",
    "payer",
    "scheduled",
)
"""The names of the rules of alerts, which channels and `snooze` ask for."""

RuleNames = tuple[str, ...]
Percents = tuple[Decimal, ...]
Span = int
"""Seconds, written as `30m` or `7d`."""
Hours = tuple[int, int]
"""From one minute of the local day until before another, written as `22:00-07:00`."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A way that alerts go, of some rules or of all.

    `via` names its kind; `url` is for those that publish, `command` the arguments of a
    program that reads the alert as JSON.
    """

    name: str
    via: str
    url: str | None = None
    command: tuple[str, ...] = ()
    rules: RuleNames = ()


@dataclass(frozen=True, slots=True)
class Alerts:
    """Of what `watch` tells, and where; what is `None`, empty or false is not told of.

    Percents of `caps` and `quotas`; dollars of burn and `session_usd`, `balance` in the
    account's currency. `repeats`: how often a session may make the same call in a
    quarter of an hour; `reset_near`, `scheduled`: how long before the event.
    """

    caps: Percents = (Decimal(50), Decimal(80), Decimal(100))
    forecast: bool = True
    burn_per_minute: Decimal | None = None
    burn_per_hour: Decimal | None = None
    session_usd: Decimal | None = None
    repeats: int | None = 12
    quotas: Percents = (Decimal(80), Decimal(100))
    reset_near: Span = 1_800
    balance: Decimal | None = Decimal(5)
    silent_after: Span = 7 * 86_400
    unpriced: bool = True
    payer_change: bool = True
    scheduled: Span = 14 * 86_400
    quiet: Hours | None = None
    channels: tuple[Channel, ...] = ()


@dataclass(frozen=True, slots=True)
class RunBudget:
    """What one run, or one session, may use at most; `None` is no limit.

    `usd` is list value; `retries` counts requests that had to be made again, `minutes`
    the time that it is at work.
    """

    usd: Decimal | None = None
    tokens: int | None = None
    retries: int | None = None
    tool_calls: int | None = None
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Guard:
    """How agents are braked at hard caps, and at the budget of a run.

    `at_warn`: whether the person is told or asked at the share `warn`; from `wrap_up`
    on the agent is asked to wrap up. `fail`: whether a fault of ours lets the agent go
    on (`open`) or stops it (`closed`).
    """

    at_warn: str = "tell"
    wrap_up: Decimal = Decimal("0.9")
    fail: str = "open"
    run: RunBudget = RunBudget()


@dataclass(frozen=True, slots=True)
class Machine:
    """Own hardware: dollars it costs once, the years it lasts, and what it needs.

    It runs `model`, and writes so many tokens a second for all who ask at once, on so
    many watts, at dollars a kilowatt-hour.
    """

    model: str
    price: Decimal
    watts: Decimal
    tokens_per_second: Decimal
    price_per_kwh: Decimal
    years: Decimal = Decimal(3)


@dataclass(frozen=True, slots=True)
class Routes:
    """Which routes may be suggested.

    `deny_vendors` are globs of who makes or sells a model, `unavailable` globs of
    models; `regions` are those where prompts may be processed, none meaning any;
    `min_quality` is percent solved of a benchmark. `loops` are globs of projects whose
    runs go round on purpose.
    """

    deny_vendors: Globs = ()
    regions: Globs = ()
    open_weights_only: bool = False
    min_quality: Decimal | None = None
    unavailable: Globs = ()
    loops: Globs = ()
    machine: Machine | None = None


@dataclass(frozen=True, slots=True)
class Eval:
    """What the user measured of a model himself, on tasks of his own.

    `score` is percent solved, or made of so many `passed` of `tasks`; `input` counts
    what is read from the cache, which is a share of `cache_share`, and like `output`
    is tokens of one task. Runs of one `harness` are compared with each other only. No
    `effort` means that it holds at any.
    """

    name: str
    model: str
    harness: str
    input: int
    cache_share: Decimal
    output: int
    date: date
    score: Decimal | None = None
    passed: int | None = None
    tasks: int | None = None
    effort: str | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """All that the user set; rows are in the order of the file."""

    timezone: str | None = None
    caps: tuple[Cap, ...] = ()
    prices: tuple[Price, ...] = ()
    sources: tuple[SourceSettings, ...] = ()
    display: Display = Display()
    privacy: Privacy = Privacy()
    payers: tuple[Payer, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    plans: tuple[Plan, ...] = ()
    projects: tuple[Project, ...] = ()
    accounts: tuple[Account, ...] = ()
    routes: Routes = Routes()
    guard: Guard = Guard()
    evals: tuple[Eval, ...] = ()
    claims: Claims = Claims()
    alerts: Alerts = Alerts()
    allowances: tuple[Allowance, ...] = ()
    workloads: tuple[Workload, ...] = ()
