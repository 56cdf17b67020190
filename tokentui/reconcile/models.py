"""When two names mean one model: as a log has it, and as a bill does."""

from __future__ import annotations

import re

from tokentui.queries.reconcile import Charge
from tokentui.vendors import REGION_PREFIXES, vendor_of

DATE = re.compile("-20[0-9]{6}$|-20[0-9]{2}-[0-9]{2}-[0-9]{2}$")
ASIDE = re.compile(r"(\[[^\]]*\])+$|:[a-z]+$")
LINE_ITEM = re.compile(r"([\w.:/-]+), \w")
"""A line of OpenAI's costs, as `gpt-5.6, input_tokens`."""


def bare(model: str) -> str:
    """Give what is the same of a model's names, whoever writes them.

    Dates, vendors, regions and variants in brackets are left out; dots are dashes.
    """
    name = ASIDE.sub("", model.strip().lower()).rsplit("/", 1)[-1]
    for prefix in REGION_PREFIXES:
        name = name.removeprefix(prefix)
    return DATE.sub("", name).replace(".", "-")


def billed_model(charge: Charge) -> str | None:
    """Name the model that a charge is for, if it tells."""
    if charge.model is not None:
        return charge.model
    item = LINE_ITEM.match(charge.what or "")
    return item[1] if item and vendor_of(item[1]) else None
