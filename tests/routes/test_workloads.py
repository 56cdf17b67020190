"""Which kind of work a session is: each rule, their order, and what the user says."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import builders
import pytest
from ended import response
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tokentui.events import EDITED_CODE, EDITED_TEXT, PLANNED
from tokentui.ledger.connection import open_for_reading
from tokentui.queries.shapes import Place, Shape
from tokentui.queries.sums import Usage
from tokentui.routes.workloads import Workloads
from tokentui.settings import (
    WORKLOADS,
    Config,
    Project,
    ProjectMatch,
    Workload,
    WorkloadMatch,
)

HERE = Place("/src/acme", "main", None, "cli")
SHORT = Shape("claude-code", "s", (HERE,), 3, 900, 20_000, 0, 0, 0, 60_000, 1, 0)
"""Three responses, nothing edited."""

CONFIG = Config(
    projects=(
        Project("shop", ProjectMatch(path=("*/acme",))),
        Project("pay", ProjectMatch(path=("*/pay",)), high_risk=True),
        Project("release", ProjectMatch(branch=("release/*",)), high_risk=True),
        Project("health", ProjectMatch(path=("*/health",)), sensitive=True),
    ),
    workloads=(
        Workload("bulk", WorkloadMatch(label=("nightly*",), source=("codex",))),
        Workload("drafting", WorkloadMatch(project=("*/blog",))),
        Workload("simple", WorkloadMatch(entrypoint=("claude-vscode",))),
        Workload("other", WorkloadMatch(branch=("spike",))),
    ),
)


def kind(shape: Shape, **changes: object) -> str:
    """Name the kind of a shape but for some changes."""
    return Workloads(CONFIG).of(shape._replace(**changes))


def at(**labels: str | None) -> dict[str, object]:
    """Put a session in another place."""
    return {"places": (HERE._replace(**labels),)}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "simple"),
        ({"responses": 5, "output": 2_000}, "simple"),
        ({"responses": 6}, "other"),
        ({"responses": 0}, "other"),
        ({"output": 2_001}, "other"),
        ({"deeds": EDITED_CODE}, "other"),
        ({"deeds": EDITED_TEXT}, "drafting"),
        ({"deeds": EDITED_TEXT, "responses": 400, "output": 90_000}, "drafting"),
        ({"deeds": EDITED_TEXT | EDITED_CODE}, "other"),
        ({"deeds": PLANNED}, "high-risk"),
        ({"peak": 150_000}, "simple"),
        ({"peak": 150_001}, "long-context"),
        ({"tokens": 50_000_000}, "simple"),
        ({"tokens": 50_000_001}, "sustained"),
        (at(entrypoint="sdk-cli"), "bulk"),
        (at(entrypoint="sdk-py"), "bulk"),
        (at(entrypoint="codex_exec"), "bulk"),
        (at(entrypoint="sdk-ts"), "simple"),
        (at(entrypoint=None), "simple"),
        (at(project="/src/pay"), "high-risk"),
        (at(branch="release/2.0"), "high-risk"),
        (at(project="/src/health"), "sensitive"),
        (at(project=None, branch=None), "simple"),
    ],
)
def test_rules(changes: dict[str, object], expected: str) -> None:
    """Each kind is told by a session's shape alone, up to its limits."""
    assert kind(SHORT, **changes) == expected


@pytest.mark.parametrize("unknown", [{"untold": 1}, {"partial": 1}])
def test_unknown_is_not_small(unknown: dict[str, int]) -> None:
    """A session of which something is not known is not called simple."""
    assert kind(SHORT, **unknown) == "other"


def test_unknown_deeds_are_no_drafting() -> None:
    """What else a session edited is not known, so that it is not only text."""
    assert kind(SHORT, deeds=EDITED_TEXT, untold=1) == "other"


@given(
    st.builds(
        Shape,
        source=st.just("codex"),
        session=st.just("s"),
        places=st.lists(
            st.builds(
                Place,
                project=st.none() | st.sampled_from(["/src/pay", "/src/x"]),
                branch=st.none() | st.just("main"),
                label=st.none(),
                entrypoint=st.none() | st.sampled_from(["cli", "codex_exec"]),
            ),
            min_size=1,
            max_size=3,
        ).map(tuple),
        responses=st.integers(0, 7),
        output=st.integers(0, 3_000),
        peak=st.integers(0, 200_000),
        deeds=st.integers(0, 7),
        untold=st.integers(0, 2),
        partial=st.integers(0, 2),
        tokens=st.integers(0, 60_000_000),
        nanos=st.just(0),
        plan_nanos=st.just(0),
    )
)
def test_every_session_is_of_one_kind(shape: Shape) -> None:
    """There is a kind for each; small is what is known to be, and risks nothing."""
    found = kind(shape)
    assert found in WORKLOADS
    if found in ("simple", "drafting"):
        assert not shape.untold
        assert shape.peak <= 150_000
        assert not shape.deeds & (PLANNED | EDITED_CODE)
        assert all(place.project != "/src/pay" for place in shape.places)
    if shape.deeds & PLANNED:
        assert found == "high-risk"


def test_order() -> None:
    """What must not be moved goes before what can wait, and that before what is large.

    A session that is all of it is taken apart, kind by kind.
    """
    places = tuple(
        HERE._replace(entrypoint="sdk-cli", project=project)
        for project in ("/src/health", "/src/pay")
    )
    shape = SHORT._replace(
        places=places, deeds=EDITED_TEXT | PLANNED, peak=1 << 20, tokens=1 << 40
    )
    assert kind(shape) == "sensitive"
    shape = shape._replace(places=places[1:])
    assert kind(shape) == "high-risk"
    shape = shape._replace(places=(HERE._replace(entrypoint="sdk-cli"),))
    assert kind(shape) == "high-risk"
    shape = shape._replace(deeds=EDITED_TEXT)
    assert kind(shape) == "bulk"
    shape = shape._replace(places=(HERE,))
    assert kind(shape) == "long-context"
    shape = shape._replace(peak=9)
    assert kind(shape) == "sustained"
    shape = shape._replace(tokens=9)
    assert kind(shape) == "drafting"
    assert kind(shape._replace(deeds=0)) == "simple"


def test_flags_hold_anywhere_in_a_session() -> None:
    """One step into a flagged project is enough, and another rule hides no flag."""
    both = (HERE, HERE._replace(project="/src/health"))
    assert kind(SHORT, places=both) == "sensitive"
    assert kind(SHORT, **at(branch="release/1")) == "high-risk"


def test_partly_unattended_is_attended() -> None:
    """A session that somebody took up again was waited for."""
    taken_up = (HERE._replace(entrypoint="sdk-cli"), HERE)
    assert kind(SHORT, places=taken_up) == "simple"


@pytest.mark.parametrize(
    ("source", "changes", "expected"),
    [
        ("codex", at(label="nightly-docs"), "bulk"),
        ("claude-code", at(label="nightly-docs"), "simple"),
        ("codex", at(label="weekly"), "simple"),
        ("codex", at(project="/src/blog"), "drafting"),
        ("codex", at(project="/src/health", entrypoint="claude-vscode"), "simple"),
        ("codex", at(branch="spike", project="/src/blog"), "drafting"),
        ("codex", at(branch="spike"), "other"),
    ],
)
def test_the_user_overrides(
    source: str, changes: dict[str, object], expected: str
) -> None:
    """A rule of the user's goes before all shapes, the first one that matches."""
    shape = SHORT._replace(source=source, responses=3)
    assert kind(shape, **changes) == expected


def test_usage_of_a_kind(ledger: Path) -> None:
    """Sessions are judged whole, even where only a part of them is asked for."""

    def made(session: str, deeds: int, **labels: str) -> object:
        series, event = response(0, session, output=10, **labels)
        return series, replace(event, deeds=deeds)

    builders.record(
        ledger,
        [
            made("asked", 0),
            made("wrote", EDITED_TEXT),
            made("mixed", EDITED_TEXT),
            made("mixed", EDITED_CODE, model="other", agent="explore"),
        ],
    )
    asked = Usage(only={"model": ("m",)})
    with closing(open_for_reading(ledger)) as connection:
        workloads = Workloads(CONFIG)
        sorted_ = workloads.sorted(connection, asked)
        text = workloads.only(connection, asked, ["drafting"])
        small = workloads.only(connection, asked, ["drafting", "simple"])
    assert {name: [s.session for s in some] for name, some in sorted_.items()} == {
        **{name: [] for name in WORKLOADS},
        "simple": ["asked"],
        "drafting": ["wrote"],
        "other": ["mixed"],
    }
    assert text == Usage(
        only=asked.only, sessions=frozenset({("claude-code", "wrote")})
    )
    assert small.sessions is not None
    assert {name for _, name in small.sessions} == {"asked", "wrote"}
