"""Who served a response and who pays for it, each with the evidence.

The user's rules come first, then what the agent's own files and the record itself tell,
else it is assumed and shown as such. A model that answers to another vendor's name
behind an endpoint is never priced as that vendor's.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol
from urllib.parse import urlsplit

from tokentui.globs import any_glob
from tokentui.periods import utc_day_ms
from tokentui.prices.rates import RateKey
from tokentui.settings import Config, Endpoint, Match, Payer, Plan
from tokentui.tagging import Tags
from tokentui.tuples import NamedTuple
from tokentui.vendors import (
    HOSTS,
    METERED,
    MODEL_PROVIDERS,
    PLAN_PROVIDERS,
    PLANS,
    SERVERS,
    vendor_of,
)

ASSUMED = "assumed"
"""The evidence of what nothing in the traces tells."""

EVIDENCE = {"codex": "log", "cursor": "provider"}
"""What names the kind of login, by source; elsewhere it is a file of the agent."""

API = "api"
"""Who pays where nothing tells: somebody's API key."""


class Labels(Protocol):
    """The labels of a series that tell who served and who pays."""

    @property
    def source(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def project(self) -> str | None: ...
    @property
    def branch(self) -> str | None: ...
    @property
    def endpoint(self) -> str | None: ...
    @property
    def base_url(self) -> str | None: ...
    @property
    def account(self) -> str | None: ...
    @property
    def root(self) -> str | None: ...


class Attribution(NamedTuple):
    """What is found out about a series; `None` is unknown, evidence says why.

    `is_plan`: paid by a flat plan, so that its cost is a list value. `discount_ppm`:
    millionths that the payer gets off list prices.
    """

    provider: str | None
    provider_evidence: str
    payer: str
    payer_evidence: str
    client: str | None
    is_plan: bool
    discount_ppm: int


class Rules:
    """The user's rules on endpoints, payers and projects, ready to be asked."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._plans = {plan.name: plan for plan in config.plans}
        self._accounts = {account.name for account in config.accounts}
        self._tags = Tags(config.projects)

    def attribute(self, labels: Labels, at_ms: int) -> Attribution:
        """Say who served and who pays for a series that begins at a time."""
        provider, served_by = self._provider(labels, at_ms)
        payer, evidence, discount_ppm = self._payer(labels, provider, at_ms)
        client = self._client(labels, payer)
        is_plan = payer in PLANS.values() or (
            payer in self._plans and holds_at(self._plans[payer], at_ms)
        )
        return Attribution(
            provider, served_by, payer, evidence, client, is_plan, discount_ppm
        )

    def _provider(self, labels: Labels, at_ms: int) -> tuple[str | None, str]:
        for rule in self._config.endpoints:
            if endpoint_holds(rule, labels, at_ms):
                return rule.provider, f"rule {rule.name}"
        return provider_of(labels.model, labels.endpoint, labels.base_url)

    def _payer(
        self, labels: Labels, provider: str | None, at_ms: int
    ) -> tuple[str, str, int]:
        for rule in self._config.payers:
            if holds_at(rule, at_ms) and payer_holds(rule, labels, self._accounts):
                return rule.name, f"rule {rule.name}", int(rule.discount * 1_000_000)
        plan = PLANS.get(labels.account or "")
        if plan is not None and provider == PLAN_PROVIDERS[plan.partition("-")[0]]:
            if labels.source != "claude-code":
                return plan, EVIDENCE.get(labels.source, "account file"), 0
            # The file tells the login of today: not whether it was another before.
            if plan not in self._plans or holds_at(self._plans[plan], at_ms):
                return plan, "account file", 0
        metered = METERED.get(labels.account or "")
        if metered is not None:
            return metered, EVIDENCE.get(labels.source, "account file"), 0
        return API, ASSUMED, 0

    def payer_of_account(self, name: str, usual: str, at_ms: int) -> str:
        """Say whose account it is: a payer's rule that names it, else the usual one.

        Who pays all usage of the login that it bills is billed, too.
        """
        logins = [login for login, payer in METERED.items() if payer == usual]
        rules = [rule for rule in self._config.payers if holds_at(rule, at_ms)]
        for rule in rules:
            if any_glob(rule.match.account, name):
                return rule.name
        for rule in rules:
            is_of_logins = rule.match == Match(account=rule.match.account)
            if is_of_logins and any(any_glob(rule.match.account, it) for it in logins):
                return rule.name
        return usual

    def _client(self, labels: Labels, payer: str) -> str | None:
        tag = self._tags.rule(labels.project, labels.branch)
        if tag is not None and tag.client is not None:
            return tag.client
        by_name = {rule.name: rule for rule in self._config.payers}
        rule = by_name.get(payer)
        return payer if rule is not None and rule.paid_by == "client" else None


def holds_at(rule: Endpoint | Payer | Plan, at_ms: int) -> bool:
    """Claim that a rule holds: from the UTC day `since` until before `until`."""
    return (rule.since is None or at_ms >= utc_day_ms(rule.since)) and (
        rule.until is None or at_ms < utc_day_ms(rule.until)
    )


def endpoint_holds(rule: Endpoint, labels: Labels, at_ms: int) -> bool:
    """Claim that a rule tells who served: by base URL, or by project and time."""
    if not holds_at(rule, at_ms):
        return False
    if labels.base_url is not None:
        if not is_below(labels.base_url, rule.base_url):
            return False
    elif not rule.project:
        return False
    return not rule.project or any_glob(rule.project, labels.project)


def is_below(url: str, base: str) -> bool:
    """Claim that a URL names the same server as a base, and a path below its path."""
    one, other = urlsplit(url), urlsplit(base)
    path, start = one.path.rstrip("/"), other.path.rstrip("/")
    return (one.hostname, one.port) == (other.hostname, other.port) and (
        path == start or path.startswith(start + "/")
    )


def payer_holds(rule: Payer, labels: Labels, accounts: Collection[str] = ()) -> bool:
    """Claim that every part of a payer's rule matches a series.

    What names one of the user's `accounts` tells whose that is, and of no login.
    """
    match = rule.match
    logins = tuple(glob for glob in match.account if glob not in accounts)
    root = (labels.root or "").replace("\\", "/")
    asked = (
        (match.source, (labels.source,)),
        # Traces lie in the agent's folder, or in one of its own below that.
        (match.config_folder, (labels.root, root.rpartition("/")[0] or None)),
        (match.project, (labels.project,)),
        (logins, (labels.account or "unknown",)),
    )
    # A key is not in any log, so a rule that asks for one matches none of them.
    return (
        not match.key
        and any(globs for globs, _ in asked)
        and all(
            any(any_glob(globs, value) for value in values)
            for globs, values in asked
            if globs
        )
    )


def provider_of(
    model: str, endpoint: str | None, base_url: str | None = None
) -> tuple[str | None, str]:
    """Name the provider whose price list applies, and the evidence for it.

    `endpoint` is the shape of the message id or the name of the model provider.
    """
    vendor = vendor_of(model)
    is_claude = vendor == "anthropic"
    if base_url is not None:
        host = urlsplit(base_url).hostname or ""
        known = HOSTS.get(host)
        if known in (None, "anthropic") and is_claude and endpoint in SERVERS:
            return SERVERS[endpoint], "message id"  # a gateway passes ids on
        if known is None or (is_claude and known == vendor and endpoint == "other"):
            return None, f"unknown endpoint {host}"
        return known, "base URL"
    if is_claude and endpoint in SERVERS:
        return SERVERS[endpoint], "message id"
    if is_claude and endpoint == "other":
        return None, "message id is not Anthropic's"
    if vendor is None:
        return None, "unknown model"
    if endpoint is None or is_claude or endpoint == "other":
        return vendor, ASSUMED
    if endpoint.startswith(vendor):
        return vendor, "model provider"
    return MODEL_PROVIDERS.get(endpoint), f"model provider {endpoint}"


def rate_key(
    provider: str | None, model: str, tier: str | None, geo: str | None
) -> RateKey:
    """Name the rate that applies to a series.

    Without a provider only a price of the user's own can apply. Anthropic's service
    tier `priority` costs the standard price.
    """
    tier = tier or "standard"
    if tier == "priority" and provider in SERVERS.values():
        tier = "standard"
    return RateKey(provider or "", model, tier, geo or "")
