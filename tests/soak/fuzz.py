"""Give parsers what nobody would write: they make sense of it, or refuse it in words.

Where atheris is installed (`pip install -e '.[fuzz]'`) it looks for inputs that reach
new code, 100,000 for each parser; else they are changed at random. An input that was
too much once lies in `seeds` and is tried first ever after.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from importlib.util import find_spec
from itertools import cycle
from pathlib import Path

from tests.soak.parsers import PARSERS, seeds

POINTS = 100_000
SEEDS = Path(__file__).with_name("seeds")
LONGEST = 4_096

SEARCH = """
import sys
import atheris
with atheris.instrument_imports(include=["tokentui"]):
    from tests.soak.parsers import PARSERS
atheris.Setup(sys.argv[1:], PARSERS[sys.argv[1]])
atheris.Fuzz()
"""


def course(
    folder: Path, chance: random.Random, points: int, until: float
) -> Counter[str]:
    """Try what was too much once, then so many inputs for each parser."""
    done: Counter[str] = Counter()
    for name, parser in PARSERS.items():
        for seed in kept_seeds(name):
            parser(seed)
            done["kept seeds"] += 1
    if find_spec("atheris") is not None and points < 1 << 40:
        for name in PARSERS:
            search(name, folder, points, chance)
            done[name] += points
        return done
    for name in cycle(PARSERS):
        if time.monotonic() > until or done[name] >= points:
            return done
        text = changed(chance, [*seeds(name), *kept_seeds(name)])
        try:
            PARSERS[name](text)
        except BaseException:
            keep(name, text)
            raise
        done[name] += 1
    return done


def search(name: str, folder: Path, points: int, chance: random.Random) -> None:
    """Let atheris look for an input that a parser does not bear."""
    corpus = folder / name
    corpus.mkdir()
    for number, seed in enumerate([*seeds(name), *kept_seeds(name)]):
        (corpus / str(number)).write_bytes(seed)
    found = folder / f"{name}-found-"
    options = (
        f"-runs={points}",
        f"-seed={chance.randrange(1, 1 << 31)}",
        f"-max_len={LONGEST}",
        f"-artifact_prefix={found}",
        "-timeout=20",
        "-verbosity=0",
    )
    done = subprocess.run(
        [sys.executable, "-c", SEARCH, name, str(corpus), *options],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        check=False,
    )
    for text in folder.glob(f"{found.name}*"):
        keep(name, text.read_bytes())
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-3_000:]


def kept_seeds(name: str) -> list[bytes]:
    """Give the inputs that were too much for a parser once."""
    return [file.read_bytes() for file in sorted((SEEDS / name).glob("*"))]


def keep(name: str, text: bytes) -> None:
    """Keep an input, so that it is tried ever after."""
    from tokentui.hashes import blake2b

    file = SEEDS / name / blake2b(text, digest_size=8).hexdigest()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text)


def changed(chance: random.Random, inputs: list[bytes]) -> bytes:
    """Change an input in some places, or put parts of two together."""
    text = bytearray(chance.choice(inputs)[:LONGEST])
    if chance.random() < 0.2:
        other = chance.choice(inputs)
        text = text[: chance.randrange(len(text) + 1)]
        text += other[chance.randrange(len(other) + 1) :][:LONGEST]
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(text) + 1)
        match chance.randrange(5):
            case 0:
                text[place:place] = chance.choice(PIECES)
            case 1:
                del text[place : place + chance.randint(1, 20)]
            case 2 if text:
                text[place % len(text)] = chance.randrange(256)
            case 3:
                text[place:place] = text[place : place + chance.randint(1, 40)]
            case _:
                text[place : place + chance.randint(1, 8)] = chance.choice(PIECES)
    return bytes(text)


PIECES = (
    *(b"-1", b"0.5", b"1e999", b"99999999999999999999", b"null", b"true", b"[]", b"{}"),
    *(
        b'"',
        b"\\",
        b"\\u0000",
        b"\\ud800",
        b"\n",
        b"\r\n",
        b"\0",
        b"\xff",
        b"\xef\xbb\xbf",
    ),
    *(b"[" * 3_000, b'{"a":' * 1_500, b",", b":", b"=", b"#", b"NaN", b"-0", b"1_0"),
)
