"""Gather the events of many files into batches, each response once per batch."""

from __future__ import annotations

import msgspec

from tokentui.events import Batch, Quota, Series, SessionTotals, UsageEvent, merged
from tokentui.sources.projects import project_of
from tokentui.sources.values import name

QUARTER_MS = 900_000
"""Quota facts are kept once each quarter of an hour."""


class Labels(msgspec.Struct, frozen=True, array_like=True, kw_only=True, gc=False):
    """What a source read of a record's labels; `cwd` becomes the project."""

    session: str
    model: str
    cwd: str | None = None
    branch: str | None = None
    tier: str | None = None
    geo: str | None = None
    effort: str | None = None
    agent: str | None = None
    skill: str | None = None
    endpoint: str | None = None
    requested_model: str | None = None
    client_version: str | None = None
    entrypoint: str | None = None
    account: str | None = None
    base_url: str | None = None


class Collector:
    """Collects the events of one source until somebody takes them.

    `skipped` and `example` speak of the file that was begun last; `base` is the offset
    of the block that is being read; `taken` counts the batches handed over, since which
    positions start anew.
    """

    def __init__(self, source: str, label: str | None, machine: str | None) -> None:
        self.source = source
        self.skipped = 0
        self.example: str | None = None
        self.base = 0
        self._label = label
        self._machine = machine
        self._root = ""
        self.taken = 0
        self._empty()

    def _empty(self) -> None:
        self.events: dict[bytes, UsageEvent] = {}
        self._series: list[Series] = []
        self._positions: dict[tuple[Labels, str], int] = {}
        self._totals: list[SessionTotals] = []
        self._quotas: dict[tuple[str, str, int, int], Quota] = {}
        self._shared: set[str] = set()

    def begin(self, root: str, offset: int) -> None:
        """Start counting skipped records anew, for one file below `root`."""
        self._root = name(root) or ""
        self.skipped, self.example, self.base = 0, None, offset

    def skip(self, place: int, why: str, unit: str = "byte") -> None:
        """Count a record that could not be read, `place` bytes into the block."""
        self.skipped += 1
        self.example = f"{unit} {self.base + place}: {why}"

    def position(self, labels: Labels) -> int:
        """Give the place of these labels in the batch, keeping each set once."""
        known = self._positions.get((labels, self._root))
        if known is not None:
            return known
        position = self._positions[labels, self._root] = len(self._series)
        self._series.append(
            Series(
                source=self.source,
                session=labels.session,
                model=labels.model,
                project=project_of(labels.cwd) if labels.cwd else None,
                branch=labels.branch,
                tier=labels.tier,
                geo=labels.geo,
                effort=labels.effort,
                agent=labels.agent,
                skill=labels.skill,
                endpoint=labels.endpoint,
                requested_model=labels.requested_model,
                client_version=labels.client_version,
                entrypoint=labels.entrypoint,
                root=self._root,
                label=self._label,
                machine=self._machine,
                account=labels.account,
                base_url=labels.base_url,
            )
        )
        return position

    def add(self, event: UsageEvent) -> None:
        """Take one copy of a response; of several the best stays, whole."""
        kept = self.events.get(event.key)
        if kept is None:
            self.events[event.key] = event
        elif kept.series != event.series:
            self._note_shared(kept, event)
            self.events[event.key] = merged(kept, event)
        elif not (
            kept.tokens == event.tokens
            and kept.standing == event.standing
            and kept.at <= event.at
            and kept.own_at <= event.own_at
            and kept.tool_calls == event.tool_calls
            and event.deeds in (kept.deeds, kept.deeds and 0, None)
            and event.call_mark in (kept.call_mark, None)
            and not event.lines
        ):
            self.events[event.key] = merged(kept, event)

    def _note_shared(self, kept: UsageEvent, copy: UsageEvent) -> None:
        """Note two sessions that both claim a response: one is a fork of the other."""
        sessions = {self._series[each.series].session for each in (kept, copy)}
        if len(sessions) > 1:
            self._shared |= sessions

    def add_totals(self, totals: SessionTotals) -> None:
        """Take what an agent says that a session used in all."""
        self._totals.append(totals)

    def add_quota(self, login: str, quota: Quota) -> None:
        """Take a quota fact; of each quarter-hour the last one stays."""
        quarter = quota.as_of // QUARTER_MS
        place = (login, quota.limit_id, quota.window_minutes, quarter)
        known = self._quotas.get(place)
        if known is None or known.as_of <= quota.as_of:
            self._quotas[place] = quota

    def take(self) -> Batch:
        """Hand over what was gathered and start empty."""
        quotas = [(place[0], quota) for place, quota in self._quotas.items()]
        events = list(self.events.values())
        shared = list(self._shared)
        batch = Batch(self._series, events, self._totals, quotas, shared)
        self._empty()
        self.taken += 1
        return batch
