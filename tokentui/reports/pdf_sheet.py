"""A PDF under the pen: pages, text that fits, rules and bars.

Lengths are millimetres from the upper left corner, letters are in points. Text is set
by `FPDF.text`, which takes a third of the time of `cell`; `table` takes nine of those.
"""

from __future__ import annotations

from datetime import datetime
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from tokentui.text import clean

if TYPE_CHECKING:
    from fpdf import FPDF
    from fpdf.fonts import TTFFont

MM = 25.4 / 72
"""Millimetres of a point."""

MARGIN, TOP, BOTTOM = 16.0, 20.0, 18.0
LINE = 1.35
"""How far lines are apart, in sizes of their letters."""

Colour = tuple[int, int, int]
INK, SOFT, LIGHT, BAND = (28, 36, 48), (92, 104, 117), (205, 212, 219), (244, 246, 248)
MAIN, PALE = (47, 111, 159), (169, 196, 216)

REGULAR, BOLD = "", "B"
FONTS = {REGULAR: "DejaVuSans.ttf", BOLD: "DejaVuSans-Bold.ttf"}
PAGES = "NNNN"
"""Stands for the number of pages, and is as wide as any."""

ELLIPSIS = "…"


class Sheet:
    """A document that is being written; `y` is the upper end of what comes next."""

    def __init__(self, paper: str, title: str, footer: str, made_at: str) -> None:
        from fpdf import FPDF  # 500 ms, for those who want a PDF

        self.pdf: FPDF = FPDF(format=paper)
        self.pdf.set_auto_page_break(False)
        self.pdf.alias_nb_pages(PAGES)
        self.pdf.set_title(title)
        self.pdf.set_lang("en")
        # The time of the claim, so that the same claim makes the same file.
        self.pdf.set_creation_date(datetime.fromisoformat(made_at))
        for style, name in FONTS.items():
            with as_file(files("tokentui.reports") / "fonts" / name) as path:
                self.pdf.add_font("DejaVu", style, path)
        self.footer = footer
        self.is_wide = False
        self._widths: dict[str, dict[str, float]] = {style: {} for style in FONTS}
        self.y = TOP
        self.use(9)

    def use(self, size: float, style: str = REGULAR, colour: Colour = INK) -> None:
        """Choose the letters of what is set next."""
        self.pdf.set_font("DejaVu", style, size)
        self.pdf.set_text_color(*colour)
        # Letters have to be told their colour only where rectangles have another.
        self.pdf.set_fill_color(*colour)
        self.letters = size, style, colour

    @property
    def size(self) -> float:
        """The size of the letters in use."""
        return self.letters[0]

    @property
    def font(self) -> TTFFont:
        """The font in use."""
        return self.pdf.current_font  # type: ignore[return-value]

    @property
    def width(self) -> float:
        """How wide this page is between its margins."""
        return self.pdf.w - 2 * MARGIN

    @property
    def room(self) -> float:
        """How much of this page is left below `y`."""
        return self.pdf.h - BOTTOM - self.y

    @property
    def line(self) -> float:
        """How high a line of the letters in use is."""
        return self.size * LINE * MM

    def page(self, *, is_wide: bool = False) -> None:
        """Begin a page, with its footer; the letters stay."""
        letters = self.letters
        self.is_wide = is_wide
        self.pdf.add_page(orientation="landscape" if is_wide else "portrait")
        self.rule(self.pdf.h - 13)
        self.use(7, colour=SOFT)
        self.y = self.pdf.h - 11.5
        self.text(MARGIN, self.cut(self.footer, self.width - 30))
        # How many pages there are is filled in at the end, which only a cell can.
        self.pdf.set_xy(self.pdf.w - MARGIN - 25, self.y)
        number = f"page {self.pdf.page_no()} of {PAGES}"
        self.pdf.cell(25, self.line, number, align="R")
        self.use(*letters)
        self.y = TOP

    def reserve(self, height: float) -> None:
        """Begin a page if not so much is left of this one."""
        if self.room < height:
            self.page(is_wide=self.is_wide)

    def text(self, x: float, text: str, *, ends: bool = False) -> None:
        """Set a line of text at `y`, so that it begins at `x`, or ends there."""
        known = self.drawable(text)
        if ends:
            x -= self.wide(known)
        self.pdf.text(x, self.y + self.size * MM, known)

    def drawable(self, text: str) -> str:
        """Give text in which what the font cannot draw stands as its code point."""
        if text.isascii() and text.isprintable():
            return text
        has = self.font.cmap
        return "".join(c if ord(c) in has else f"[U+{ord(c):04X}]" for c in clean(text))

    def wide(self, text: str) -> float:
        """Give how wide drawable text is."""
        known = self._widths[self.letters[1]]
        width = known.get(text)
        if width is None:
            of = self.font.cw
            width = known[text] = sum([of[ord(c)] for c in text]) * MM / 1000
        return width * self.size

    def cut(self, text: str, width: float) -> str:
        """Cut text to a width, with a sign where something is missing."""
        known = self.drawable(text)
        if self.wide(known) <= width:
            return known
        while known and self.wide(known + ELLIPSIS) > width:
            known = known[:-1]
        return known + ELLIPSIS

    def broken(self, text: str, width: float) -> list[str]:
        """Break text into lines of a width, between words where there are any."""
        known = self.drawable(text)
        if self.wide(known) <= width:
            return [known]
        lines, line = [], ""
        for word in known.split(" "):
            longer = f"{line} {word}" if line else word
            if self.wide(longer) <= width:
                line = longer
                continue
            if line:
                lines.append(line)
            *full, line = self.pieces(word, width)
            lines += full
        return [*lines, line]

    def pieces(self, word: str, width: float) -> list[str]:
        """Break a word that is wider than a line."""
        found, piece = [], ""
        for character in word:
            if piece and self.wide(piece + character) > width:
                found.append(piece)
                piece = ""
            piece += character
        return [*found, piece]

    def paragraph(self, text: str, x: float = MARGIN, width: float = 0) -> None:
        """Set text on as many lines as it takes, and go below it."""
        for line in self.broken(text, width or self.width):
            self.reserve(self.line)
            self.text(x, line)
            self.y += self.line

    def rule(self, y: float, x: float = MARGIN, width: float = 0) -> None:
        """Draw a thin line across the page, or a part of it."""
        self.pdf.set_draw_color(*LIGHT)
        self.pdf.set_line_width(0.2)
        self.pdf.line(x, y, x + (width or self.width), y)

    def box(
        self, x: float, y: float, width: float, height: float, is_of: Colour
    ) -> None:
        """Fill a rectangle."""
        self.pdf.set_fill_color(*is_of)
        self.pdf.rect(x, y, width, height, style="F")
        self.pdf.set_fill_color(*self.letters[2])

    def finished(self) -> bytes:
        """Give the document."""
        return bytes(self.pdf.output())
