"""Environment variables that give keys; programs that we start do not see them."""

from __future__ import annotations

import os
import re

KEY_VARIABLE = "TOKENTUI_KEY_"
"""How the environment variables begin that hold keys of accounts and channels."""


def key_variable(name: str) -> str:
    """Name the variable of an account's or channel's key: `TOKENTUI_KEY_WORK`."""
    return KEY_VARIABLE + re.sub(r"[^A-Z0-9]", "_", name.upper())


def without_keys() -> dict[str, str]:
    """Give our environment as other programs see it: keys are no business of theirs."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(KEY_VARIABLE)
    }
