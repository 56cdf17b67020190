"""What is the same of a model's names, whoever writes them."""

from __future__ import annotations

import re

from tokentui.vendors import REGION_PREFIXES

DATE = re.compile("-20[0-9]{6}$|-20[0-9]{2}-[0-9]{2}-[0-9]{2}$")
ASIDE = re.compile(r"(\[[^\]]*\])+$|:[a-z]+$")


def bare(model: str) -> str:
    """Give what two names of one model have in common.

    Dates, vendors, regions and variants in brackets are left out; dots are dashes.
    """
    name = ASIDE.sub("", model.strip().lower()).rsplit("/", 1)[-1]
    for prefix in REGION_PREFIXES:
        name = name.removeprefix(prefix)
    return DATE.sub("", name).replace(".", "-")
