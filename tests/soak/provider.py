"""Two providers on loopback whose accounts spend all the time, and what they spent."""

from __future__ import annotations

import json
import random
import sqlite3
import sys
import time
from contextlib import closing
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

DAY_MS = 86_400_000
DAYS = 9
"""Before today, of which the second provider tells as well."""

POLL = """
from tokentui.poll import poll
from tokentui.setting import setting_now
here = setting_now()
report = poll(here.ledger, here.config, here.now, force=True)
assert not report.has_failed, report
"""
"""Asks all accounts, due or not."""


PROGRAM = (sys.executable, "-c", POLL)
SECRETS = {
    "TOKENTUI_KEY_COUNTER": "sk-or-v1-made-up",
    "TOKENTUI_KEY_DAYS": "sk-admin-made-up",
}


class SpendingProvider:
    """Spends on two accounts: `counter` tells its sum, `days` tells days in pages."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._today = self._begun = now_ms() // DAY_MS
        self._spent = [
            (day, chance.randrange(1, 10**10))
            for day in range(self._today - DAYS, self._today + 1)
        ]
        self._server = Server(("127.0.0.1", 0), handler(self))
        Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def config(self) -> str:
        """Name both accounts, as a config does."""
        base = f"http://127.0.0.1:{self._server.server_port}"
        return (
            f'[accounts.counter]\nkind = "openrouter"\nbase_url = "{base}"\n'
            f'[accounts.days]\nkind = "openai"\nbase_url = "{base}"\n'
        )

    def spend(self) -> None:
        """Spend some amounts now, on both accounts."""
        self._today = now_ms() // DAY_MS
        for _ in range(self._chance.randint(1, 9)):
            self._spent.append((self._today, self._chance.randrange(1, 10**10)))

    def answer(self, path: str, params: dict[str, list[str]]) -> object:
        """Answer a call, as both providers do."""
        if path == "/api/v1/key":
            told = {"usage": self._since(0), "usage_daily": self._since(self._today)}
            return {"data": told}
        if path == "/api/v1/credits":
            return {"data": {"total_credits": 9, "total_usage": 1}}
        if path == "/v1/organization/costs":
            return self._page(params)
        if path == "/v1/organization/usage/completions":
            return {"data": [], "has_more": False, "next_page": None}
        return None

    def _since(self, day: int) -> Decimal:
        return dollars(sum(amount for when, amount in self._spent if when >= day))

    def _page(self, params: dict[str, list[str]]) -> object:
        """Tell of three days."""
        since = int(params["start_time"][0]) * 1000 // DAY_MS
        days = list(range(max(since, self._begun - DAYS), self._today + 1))
        first = int(params.get("page", ["0"])[0])
        following = first + 3 if first + 3 < len(days) else None
        return {
            "data": [self._day(day) for day in days[first : first + 3]],
            "has_more": following is not None,
            "next_page": None if following is None else str(following),
        }

    def _day(self, day: int) -> object:
        spent = sum(amount for when, amount in self._spent if when == day)
        cost = {"amount": {"value": dollars(spent), "currency": "usd"}}
        return {
            "start_time": day * DAY_MS // 1000,
            "end_time": (day + 1) * DAY_MS // 1000,
            "results": [cost],
        }

    def faults(self, ledger: Path) -> list[str]:
        """List what a ledger has of both accounts that is not what was spent."""
        query = "SELECT since / 86400000, sum(nanos) FROM cost WHERE account = ?"
        with closing(sqlite3.connect(ledger)) as connection:
            (counted,) = connection.execute(
                "SELECT sum(nanos) FROM cost WHERE account = 'counter'"
            ).fetchone()
            days = dict(connection.execute(f"{query} GROUP BY 1", ("days",)))
        found = []
        truth = sum(amount for when, amount in self._spent if when >= self._begun)
        if counted != truth:
            found.append(f"counter: {counted}, spent {truth}")
        for day in {when for when, _ in self._spent}:
            spent = sum(amount for when, amount in self._spent if when == day)
            if days.get(day) != spent:
                found.append(f"day {day}: {days.get(day)}, spent {spent}")
        return found


class Server(ThreadingHTTPServer):
    """Answers calls; those who ask may be killed meanwhile."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        pass


def handler(provider: SpendingProvider) -> type[BaseHTTPRequestHandler]:
    """Make what answers the calls of a provider."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            answer = provider.answer(asked.path, parse_qs(asked.query))
            text = json.dumps(answer, default=float).encode()
            self.send_response(200 if answer is not None else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def dollars(nanos: int) -> Decimal:
    """Write nano-dollars as dollars."""
    return Decimal(nanos).scaleb(-9)


def now_ms() -> int:
    """Give the time, in UTC milliseconds."""
    return time.time_ns() // 1_000_000
