"""Feed readers with anything: what is right, turned odd in a place or two.

Where atheris is installed (`pip install -e '.[fuzz]'`) a long run lets it look for what
reaches new code. An input that was too much once is kept in `seeds`, and comes first.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections import Counter
from hashlib import blake2b
from importlib.util import find_spec
from itertools import cycle
from math import inf
from pathlib import Path
from typing import Any

from tests.soak.targets import TARGETS, seeds

POINTS = 100_000
"""Inputs for each target."""

SEEDS = Path(__file__).with_name("seeds")
LONGEST = 1 << 15
SEARCH = """
import random, sys
sys.path[1:1] = ["tests", "tests/accounts"]
import atheris
with atheris.instrument_imports(include=["tokentui"]):
    from tests.soak import targets
from tests.soak.fuzz import LONGEST, turned_odd
name, *options = sys.argv[1:]
good = [text for whose, text in targets.seeds() if whose == name]

def change(text, most, seed):
    if seed % 3 == 0:
        return atheris.Mutate(text, most)
    return turned_odd(bytes(text), good, random.Random(seed))[:most]

atheris.Setup([name, *options], targets.TARGETS[name], custom_mutator=change)
atheris.Fuzz()
"""

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
    return text[:LONGEST]


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
    """Feed so many inputs to each target, or all in turn until a time."""
    good: dict[str, list[bytes]] = {name: [] for name in TARGETS}
    for name, text in seeds():
        good[name].append(text)
        feed(name, text)
    done: Counter[str] = Counter()
    if until == inf and find_spec("atheris") is not None:
        for name, texts in good.items():
            search(name, texts, folder, points, chance)
            done[f"inputs for {name}"] = points
        return done
    for name in cycle(TARGETS):
        if time.monotonic() > until or done[f"inputs for {name}"] >= points:
            return done
        feed(name, turned_odd(chance.choice(good[name]), good[name], chance))
        done[f"inputs for {name}"] += 1
    raise AssertionError("there are targets")


def feed(name: str, text: bytes) -> None:
    """Feed a target; keep with what it failed."""
    try:
        TARGETS[name](text)
    except Exception:
        keep(name, text)
        raise


def search(
    name: str, good: list[bytes], folder: Path, points: int, chance: random.Random
) -> None:
    """Let atheris look for an input that a target does not bear."""
    corpus = folder / name
    corpus.mkdir()
    for number, text in enumerate(good):
        (corpus / str(number)).write_bytes(text)
    found = folder / f"{name}-found-"
    options = (
        f"-runs={points}",
        f"-seed={chance.randrange(1, 1 << 31)}",
        f"-max_len={LONGEST}",
        f"-artifact_prefix={found}",
        "-timeout=60",
        "-verbosity=0",
    )
    done = subprocess.run(
        [sys.executable, "-c", SEARCH, name, str(corpus), *options],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        check=False,
    )
    for file in folder.glob(f"{found.name}*"):
        keep(name, file.read_bytes())
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-3_000:]


def keep(name: str, text: bytes) -> None:
    """Keep an input, so that it is tried ever after."""
    file = SEEDS / name / blake2b(text, digest_size=8).hexdigest()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text)
