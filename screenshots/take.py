"""Take the pictures of the dashboard: sample data, fixed clock, so always the same.

Run as `python screenshots/take.py`; needs the `test` extra and the font Fira Code
(Debian: fonts-firacode), or TOKENTUI_FONTS naming a folder with its TTF files.
Beside each picture lies what its screen showed, as text, with a mark of its colours and
one of the picture: by these a test tells whether the screen has changed since.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from zoneinfo import ZoneInfo

from tokentui.demo import CONFIG, make_ledger
from tokentui.live import Live
from tokentui.tui.app import Dashboard
from tokentui.tui.widgets import route_hint

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 25, 14, 5, 12, tzinfo=UTC)
FONTS = os.environ.get("TOKENTUI_FONTS", "/usr/share/fonts/truetype/firacode")


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
    Picture("accounts-120x40", keys=("4", "down", "down")),
    Picture("caps-120x40", keys=("5",)),
    Picture("prices-120x40", keys=("6",)),
    Picture("routes-120x40", keys=("7", "down")),
    Picture("routes-80x24", keys=("7", "down"), size=(80, 24)),
    Picture("break-even-120x40", keys=("7", "b", *["right"] * 4)),
    Picture("break-even-light-80x24", ("7", "b"), (80, 24), "tokentui-light"),
    Picture("outcomes-120x40", keys=("8",)),
)


route_hint.FIRST_SECONDS = 0.01  # a picture has nothing else to show first


async def drawn(picture: Picture, folder: Path) -> tuple[str, str]:
    """Give a screen as text and as SVG."""
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
        strips = app.screen._compositor.render_strips()
        text = "\n".join(strip.text.rstrip() for strip in strips)
        return text, app.export_screenshot()


def told(text: str, svg: str, png: bytes) -> str:
    """Say what a screen shows, in which colours, and which picture shows it."""
    colours = re.sub(r"terminal-\d+", "terminal", svg).encode()  # without random ids
    return f"{text}\n\ncolours {mark(colours)}\npicture {mark(png)}\n"


def mark(content: bytes) -> str:
    """Name some content."""
    return blake2b(content, digest_size=8).hexdigest()


def main() -> None:
    """Draw all screens, write them as PNG, and what they show beside them."""
    import resvg_py

    if not Path(FONTS).is_dir():
        sys.exit(f"no Fira Code in {FONTS}; set TOKENTUI_FONTS")
    with tempfile.TemporaryDirectory() as folder:
        for picture in PICTURES:
            text, svg = asyncio.run(drawn(picture, Path(folder)))
            png = resvg_py.svg_to_bytes(
                svg_string=svg,
                font_dirs=[FONTS],
                monospace_family="Fira Code",
                font_family="Fira Code",
                zoom=2,
            )
            file = HERE / f"{picture.name}.png"
            file.write_bytes(bytes(png))
            file.with_suffix(".txt").write_text(
                told(text, svg, bytes(png)), encoding="utf-8", newline="\n"
            )


if __name__ == "__main__":
    main()
