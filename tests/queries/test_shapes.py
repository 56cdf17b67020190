"""What sessions look like from outside, summed from single responses."""

from __future__ import annotations

from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import builders
from ended import START, USD, response
from msgspec.structs import replace

from tokentui.events import (
    EDITED_CODE,
    EDITED_TEXT,
    MAIN_THREAD,
    ORIGINAL,
    PLANNED,
    Series,
    Tokens,
    UsageEvent,
)
from tokentui.ledger.connection import open_for_reading
from tokentui.queries.shapes import Place, Shape, shapes
from tokentui.queries.sums import Usage
from tokentui.settings import Config, Match, Payer, Plan

HOUR = 3_600_000


def did(
    made: tuple[Series, UsageEvent], deeds: int | None, **changes: Any
) -> tuple[Series, UsageEvent]:
    """Say what a response did."""
    labels, event = made
    return labels, replace(event, deeds=deeds, **changes)


def found(
    ledger: Path, *made: tuple[Series, UsageEvent], usage: Usage | None = None
) -> list[Shape]:
    """Give the shapes of some responses, by session."""
    builders.record(ledger, made)
    with closing(open_for_reading(ledger)) as connection:
        return sorted(shapes(connection, usage or Usage()))


def test_one_session(ledger: Path) -> None:
    """A session is its main thread and its sub-agents, by whatever models."""
    prompt = Tokens(input=10, cache_read=70_000, cache_write=5, cache_write_1h=4)
    (shape,) = found(
        ledger,
        did(response(0, tokens=Tokens(input=1, output=300)), 0),
        did(response(1, tokens=prompt, agent="explore", model="x"), EDITED_TEXT),
        did(response(2, tokens=Tokens(output=50), branch="fix"), EDITED_CODE | PLANNED),
    )
    assert shape == Shape(
        source="claude-code",
        session="one",
        places=shape.places,
        responses=3,
        output=350,
        peak=70_019,
        deeds=EDITED_CODE | EDITED_TEXT | PLANNED,
        untold=0,
        partial=0,
        tokens=301 + 70_019 + 50,
        nanos=(301 + 70_019 + 50) * USD // 10**6,
        plan_nanos=0,
    )
    assert set(shape.places) == {
        Place("/src/acme", None, None, None),
        Place("/src/acme", "fix", None, None),
    }


def test_what_is_no_response(ledger: Path) -> None:
    """Totals and steps inside a response have tokens, but no prompt and no deeds."""
    total = Tokens(input=900_000, output=9_000)
    (shape,) = found(
        ledger,
        did(response(0, tokens=Tokens(input=7, output=3)), 0),
        did(response(1, tokens=total, requests=None, origin="unlogged"), None),
        did(response(2, tokens=total, requests=0), None),
        did(response(3, tokens=total, requests=5), None),
    )
    assert (shape.responses, shape.output, shape.peak) == (1, 3, 7)
    assert (shape.untold, shape.tokens) == (0, 10 + 3 * 909_000)


def test_what_is_not_known(ledger: Path) -> None:
    """Responses whose deeds or output are not known are counted."""
    (shape,) = found(
        ledger,
        did(response(0), None),
        did(response(1), 0),
        did(
            response(2, tokens=Tokens(output=3)),
            None,
            standing=MAIN_THREAD | ORIGINAL,
        ),
    )
    assert (shape.responses, shape.untold, shape.partial) == (3, 2, 1)


def test_sessions_apart(ledger: Path) -> None:
    """Sessions of two agents may have one name; imports are of no session."""
    shapes_found = found(
        ledger,
        response(0),
        response(0, source="codex"),
        response(0, "two"),
        response(0, "", origin="account"),
        response(0, "three", origin="import"),
    )
    assert [(each.source, each.session) for each in shapes_found] == [
        ("claude-code", "one"),
        ("claude-code", "two"),
        ("codex", "one"),
    ]


def test_span(ledger: Path) -> None:
    """What lies outside of the span is no part of the shape."""
    span = Usage(START, START + HOUR)
    (shape,) = found(
        ledger,
        did(response(-1), EDITED_CODE),
        did(response(0, tokens=Tokens(output=5)), 0),
        did(response(60), PLANNED),
        usage=span,
    )
    assert (shape.responses, shape.output, shape.deeds) == (1, 5, 0)


def test_money(ledger: Path) -> None:
    """What somebody pays and what a plan pays are apart; unpriced is in neither."""
    config = Config(
        payers=(Payer("max", match=Match(project=("*/planned",))),),
        plans=(Plan("max", "anthropic", Decimal(100), 1),),
    )
    made = [
        response(0),
        response(1, project="/src/planned"),
        response(2, project="/src/planned"),
        response(3, model="unpriced"),
    ]
    builders.record(ledger, made, config)
    with closing(open_for_reading(ledger)) as connection:
        (shape,) = shapes(connection, Usage())
    assert (shape.nanos, shape.plan_nanos) == (USD, 2 * USD)
    assert shape.responses == 4


def test_only_some_sessions(ledger: Path) -> None:
    """Usage can be narrowed to sessions, exactly, whatever stands in their names."""
    odd = 'a "b" [c]* \\'
    some = Usage(sessions=frozenset({("claude-code", odd), ("codex", "one")}))
    made = [response(0, odd), response(0), response(0, "two")]
    made += [response(0, source="codex"), response(0, odd, source="codex")]
    shapes_found = found(ledger, *made, usage=some)
    assert [(each.source, each.session) for each in shapes_found] == [
        ("claude-code", odd),
        ("codex", "one"),
    ]
    assert not some.asks_only(("project",))
    assert found(ledger, usage=Usage(sessions=frozenset())) == []
