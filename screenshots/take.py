"""Take the pictures of the dashboard: sample data, fixed clock, so always the same.

Run as `python screenshots/take.py`; needs the `test` extra and the font Fira Code
(Debian: fonts-firacode), or TOKENTUI_FONTS naming a folder with its TTF files.
Beside each picture lies a mark of the screen's text, by which a test tells whether the
picture is still true.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from zoneinfo import ZoneInfo

from tokentui.demo import CONFIG, make_ledger
from tokentui.live import Live
from tokentui.tui.app import Dashboard

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 25, 14, 5, 12, tzinfo=UTC)
FONTS = os.environ.get("TOKENTUI_FONTS", "/usr/share/fonts/truetype/firacode")
MARKS = HERE / "marks.txt"


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: what is pressed to get there, how large, in which theme."""

    name: str
    keys: tuple[str, ...] = ()
    size: tuple[int, int] = (120, 40)
    theme: str = "tokentui-dark"


PICTURES = (
    Picture("now-120x40"),
    Picture("now-light-120x40", theme="tokentui-light"),
    Picture("now-80x24", size=(80, 24)),
    Picture("usage-120x40", keys=("2",)),
    Picture("sessions-120x40", keys=("3",)),
    Picture("caps-120x40", keys=("4",)),
    Picture("prices-120x40", keys=("5",)),
)


async def drawn(picture: Picture, folder: Path) -> str:
    """Give a screen as SVG."""
    ledger = folder / f"{picture.name}.db"
    make_ledger(ledger, NOW)
    feed = Live(
        ledger, CONFIG, ZoneInfo("UTC"), lambda: NOW, state=folder, reads_logs=False
    )
    app = Dashboard(feed, demo=True, clock=lambda: NOW)
    async with app.run_test(size=picture.size) as pilot:
        app.theme = picture.theme
        for _ in range(3):
            await app.workers.wait_for_complete()
            await pilot.pause(0.1)
        for key in picture.keys:
            await pilot.press(key)
            await app.workers.wait_for_complete()
            await pilot.pause(0.1)
        return app.export_screenshot()


def mark(svg: str) -> str:
    """Name what a screen shows: its text and colours, without the SVG's random ids."""
    plain = re.sub(r"terminal-\d+", "terminal", svg)
    return blake2b(plain.encode(), digest_size=8).hexdigest()


def marks(pictures: Iterable[Picture] = PICTURES) -> dict[str, str]:
    """Draw all screens and give their marks."""
    with tempfile.TemporaryDirectory() as folder:
        return {
            each.name: mark(asyncio.run(drawn(each, Path(folder)))) for each in pictures
        }


def main() -> None:
    """Draw all screens, write them as PNG, and their marks beside them."""
    import resvg_py

    if not Path(FONTS).is_dir():
        sys.exit(f"no Fira Code in {FONTS}; set TOKENTUI_FONTS")
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        for picture in PICTURES:
            svg = asyncio.run(drawn(picture, Path(folder)))
            png = resvg_py.svg_to_bytes(
                svg_string=svg,
                font_dirs=[FONTS],
                monospace_family="Fira Code",
                font_family="Fira Code",
                zoom=2,
            )
            (HERE / f"{picture.name}.png").write_bytes(bytes(png))
            lines.append(f"{picture.name} {mark(svg)}\n")
    MARKS.write_text("".join(lines))


if __name__ == "__main__":
    main()
