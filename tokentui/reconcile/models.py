"""Which model a bill is for."""

from __future__ import annotations

import re

from tokentui.queries.reconcile import Charge
from tokentui.vendors import vendor_of

LINE_ITEM = re.compile(r"([\w.:/-]+), \w")
"""A line of OpenAI's costs, as `gpt-5.6, input_tokens`."""


def billed_model(charge: Charge) -> str | None:
    """Name the model that a charge is for, if it tells."""
    if charge.model is not None:
        return charge.model
    item = LINE_ITEM.match(charge.what or "")
    return item[1] if item and vendor_of(item[1]) else None
