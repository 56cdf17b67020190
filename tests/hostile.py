"""Names that steer a terminal, hide text, or are wider than they look."""

from __future__ import annotations

ESCAPE = "\x1b[2J\x1b]0;owned\x07\x1b[31mred"
MARKUP = "[red]evil[/red][/][@click=app.quit]x[/]"
TURNED = "\u202egpj.exe\u2066"
WIDE = "日本語のとても長いプロジェクト名前です"
PILED = "e" + "\u0301" * 40 + "nd"
UNSEEN = "a\u200b\u00adb\ufeff\ufe0fc"
FLAG = "\U0001f1e9\U0001f1ea\U0001f44d\U0001f3fd"
HOSTILE = [ESCAPE, MARKUP, TURNED, WIDE, PILED, UNSEEN, FLAG, "x" * 5000, "\ud800", ""]
