"""Feed readers with anything: what is right, turned odd in a place or two.

`python -m tests.soak.guided` does the same with atheris, which looks for new paths.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.soak.targets import TARGETS, seeds

POINTS = 700_000
"""A hundred thousand for each target."""

ODD: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 7, 8, 9, 1 << 31, 1 << 53, 1 << 63, 1 << 64, 10**30),
    *(-(1 << 63), 100_000_000, 100_000_001, 1 << 40, 0.5, -0.0, 12.0, 1e300, -1.5),
    *(float("nan"), float("inf"), "", "0", "1", "x", "\0", "\ud800", "é", "x" * 600),
    *("usage", "assistant", "progress", "cost-state", "token_count", "session_meta"),
    *("2026-11-20T10:00:00Z", "2026-11-20", "0001-01-01T00:00:00Z", "now", "-1", "1e9"),
    *([], {}, [[]], [{}], {"": {}}, [None], {"usage": {}}, {"type": "assistant"}),
)
BYTES = (
    *(b"\n", b"\r\n", b"\0", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b'"', b"\\"),
    *(b"{", b"}", b"[", b"]", b",", b":", b"\\u0075sage", b'"usage"', b'"usage":{}'),
    *(b'"type":"assistant"', b'"type": "user"', b'"modelUsage":{}', b"NaN", b"1e999"),
    *(b"-", b"0", b"9" * 30, b".5", b"[" * 3_000, b'{"a":' * 2_000, b"=", b"'", b"#"),
)


def turned_odd(text: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """Change a text in some places: as bytes, as lines, as JSON."""
    for _ in range(chance.choice((1, 1, 2, 3, 5))):
        deed = chance.choice((bytes_odd, bytes_odd, lines_odd, values_odd, values_odd))
        text = deed(text, others, chance)
    return text[: 1 << 16]


def bytes_odd(text: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """Put odd bytes somewhere, over what is there or between."""
    start = chance.randrange(len(text) + 1)
    end = min(len(text), start + chance.choice((0, 0, 1, 1, 4, 40)))
    odd = chance.choice((b"", chance.randbytes(1), chance.choice(BYTES)))
    return text[:start] + odd + text[end:]


def lines_odd(text: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """Leave lines out, repeat them, change their order, take some of others."""
    lines = text.split(b"\n")
    place = chance.randrange(len(lines))
    deed = chance.randrange(4)
    if deed == 0:
        del lines[place]
    elif deed == 1:
        lines.insert(place, chance.choice(lines))
    elif deed == 2:
        lines.insert(place, chance.choice(chance.choice(others).split(b"\n")))
    else:
        chance.shuffle(lines)
    return b"\n".join(lines)


def values_odd(text: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """Put an odd value into a line that is JSON, or a key twice."""
    lines = text.split(b"\n")
    place = chance.randrange(len(lines))
    try:
        record = json.loads(lines[place])
    except (ValueError, RecursionError):
        return text
    written = json.dumps(odd_somewhere(record, chance), separators=(",", ":"))
    lines[place] = written.encode()
    return b"\n".join(lines)


def odd_somewhere(value: Any, chance: random.Random) -> Any:
    """Change one thing in a value, at any depth."""
    if not isinstance(value, (dict, list)) or not value or chance.random() < 0.1:
        return chance.choice(ODD)
    if isinstance(value, list):
        value = list(value)
        place = chance.randrange(len(value))
        value[place] = odd_somewhere(value[place], chance)
        return value
    value = dict(value)
    key = chance.choice(list(value))
    deed = chance.random()
    if deed < 0.1:
        del value[key]
    elif deed < 0.2:
        value[chance.choice(list(value))] = value[key]
    else:
        value[key] = odd_somewhere(value[key], chance)
    return value


def course(
    folder: Path, chance: random.Random, points: int, until: float
) -> Counter[str]:
    """Feed all targets in turn; what is found is kept as a file and shown."""
    found: dict[str, list[bytes]] = {name: [] for name in TARGETS}
    for name, text in seeds():
        found[name].append(text)
        feed(TARGETS[name], text)
    done: Counter[str] = Counter()
    while done.total() < points and time.monotonic() < until:
        for name, target in TARGETS.items():
            text = turned_odd(chance.choice(found[name]), found[name], chance)
            feed(target, text)
            done[f"inputs for {name}"] += 1
    return done


def feed(target: Callable[[bytes], None], text: bytes) -> None:
    """Feed a target; say with what it failed."""
    try:
        target(text)
    except Exception as problem:
        problem.add_note(f"the input was {text!r}")
        raise
