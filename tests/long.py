"""Whether nothing is to be left out: `TOKENTUI_LONG=1 pytest` takes its time."""

from __future__ import annotations

import os

LONG = bool(os.environ.get("TOKENTUI_LONG"))
