"""A ledger filled by hand, rates and rules, and the claims that are made of it."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from bill_books import NOW, USD, Ledger
from builders import ms

from tokentui.claims.asked import Asked
from tokentui.claims.claim import Claim
from tokentui.claims.lines import Attached
from tokentui.claims.make import claim_of
from tokentui.fx import PerEuro
from tokentui.ledger.by_hand import keep_charge
from tokentui.ledger.connection import open_for_reading, open_for_writing
from tokentui.ledger.fx import keep_rates
from tokentui.settings import Claims, Config, Plan, Project, ProjectMatch

BERLIN = ZoneInfo("Europe/Berlin")
UTC = ZoneInfo("UTC")

SHOP = Project("shop", ProjectMatch(path=("*/shop",)), "work", cost_centre="K-7")
TOYS = Project("toys", ProjectMatch(path=("*/toys",)), "personal")
ACME = Project("acme", ProjectMatch(path=("*/acme",)), "client", "acme")
BETA = Project("beta", ProjectMatch(path=("*/beta",)), "client", "beta")
MAX = Plan("claude-max", "anthropic", Decimal(100), 12)


class ClaimBooks(Ledger):
    """A ledger of November that claims are made of."""

    def know(self, *rates: tuple[str, str, str]) -> None:
        """Keep rates: a day, a currency, and its units for one euro."""
        with closing(open_for_writing(self.path)) as connection:
            keep_rates(
                connection,
                [
                    PerEuro(code, date.fromisoformat(day), Decimal(units))
                    for day, code, units in rates
                ],
            )

    def charge(
        self, dollars: float, day: str, what: str, client: str | None = None
    ) -> None:
        """Enter a charge."""
        with closing(open_for_writing(self.path)) as connection:
            keep_charge(
                connection,
                0,
                date.fromisoformat(day),
                round(dollars * USD),
                "USD",
                what,
                "me",
                client,
                False,
                None,
            )

    def set(
        self, *projects: Project, plans: tuple[Plan, ...] = (), **claims: Any
    ) -> None:
        """Set the rules."""
        self.config = replace(
            self.config, projects=projects, plans=plans, claims=Claims(**claims)
        )

    def claim(
        self,
        since: str = "2026-11-01",
        until: str = "2026-12-01",
        *,
        zone: ZoneInfo = UTC,
        now: datetime = NOW,
        attached: Iterable[Attached] = (),
        earlier: Iterable[Claim] = (),
        config: Config | None = None,
        **asked: Any,
    ) -> Claim:
        """Make the claim of a time."""
        question = Asked(ms(f"{since}T00:00"), ms(f"{until}T00:00"), **asked)
        with closing(open_for_reading(self.path)) as connection:
            return claim_of(
                connection,
                config or self.config,
                question,
                zone,
                now,
                attached,
                earlier,
            )
