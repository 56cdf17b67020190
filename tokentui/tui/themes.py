"""The two themes of the dashboard, and the order in which a key goes through them."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="tokentui-dark",
    primary="#7aa7e0",
    secondary="#8f9bb3",
    accent="#d3a86a",
    success="#8bbd82",
    warning="#e3b45c",
    error="#ec7d79",
    foreground="#d9dce3",
    background="#12151b",
    surface="#181c24",
    panel="#20252f",
    dark=True,
)

LIGHT = Theme(
    name="tokentui-light",
    primary="#2a5fae",
    secondary="#566072",
    accent="#8a5a12",
    success="#2f7339",
    warning="#8f5e00",
    error="#b3282d",
    foreground="#262a33",
    background="#fbfaf8",
    surface="#f2f0ec",
    panel="#e7e4de",
    dark=False,
)

ROUND = (
    DARK.name,
    LIGHT.name,
    "nord",
    "gruvbox",
    "catppuccin-mocha",
    "catppuccin-latte",
    "solarized-dark",
    "solarized-light",
    "ansi-dark",
    "ansi-light",
)
"""The palette has every theme; the key goes through these."""


def following(theme: str) -> str:
    """Return the theme that comes next."""
    return ROUND[(ROUND.index(theme) + 1) % len(ROUND)] if theme in ROUND else ROUND[0]
