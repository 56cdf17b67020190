"""Why estimate and bill are apart: one function for each reason that is likely.

Each looks at one gap and says its reason, or nothing. What no reason is found for is
shown as not explained.
"""

from __future__ import annotations

from collections.abc import Callable

from tokentui.reconcile.gaps import Gap

Reason = Callable[[Gap], str | None]
CHEAPER, DEARER = ("batch", "flex"), ("priority", "fast", "ultrafast")
LEAST_OF_A_TIER, MOST_OF_A_TIER = 0.4, 2.6
"""Between half (batch, flex) and 2.5 times (priority, fast) of the standard price."""

MOST_OF_SIDE_CALLS = 0.25
"""What calls beside the work may cost, against the work; more is somebody else's."""

SAME_FACTOR = 0.01
"""How far off the usual factor a row may be to be told by it."""


def reasons_of(gap: Gap, tolerance: float) -> tuple[str, ...]:
    """List the likely reasons of a gap that is larger than a share, or not known."""
    always = [reason(gap) for reason in ALWAYS]
    if gap.billed is not None and (gap.exceeds(tolerance) or gap.estimate is None):
        always += [reason(gap) for reason in OF_GAPS]
    return tuple(text for text in always if text is not None)


def missing_day(gap: Gap) -> str | None:
    """No statement covers the day."""
    if gap.billed is None and gap.has_account:
        return "no statement covers this time"
    return None


def not_settled(gap: Gap) -> str | None:
    """The provider has not told everything yet."""
    if gap.billed is not None and not gap.is_settled:
        return "not settled yet: the provider may add to it"
    return None


def unpriced_model(gap: Gap) -> str | None:
    """Some usage has no price."""
    if any(part.unpriced for part in gap.parts):
        return "some responses have no price and are not in the estimate"
    return None


def unfinished_output(gap: Gap) -> str | None:
    """Some output counts were never completed, so more is billed."""
    if is_more(gap) and any(part.partial for part in gap.parts):
        return "some output counts were never completed: the estimate is a lower bound"
    return None


def tier_not_logged(gap: Gap) -> str | None:
    """The log does not tell the tier, and one tier could make the difference."""
    untold = sum(part.nanos or 0 for part in gap.parts if part.tier is None)
    if not untold or gap.nanos is None:
        return None
    factor = (untold + gap.nanos) / untold
    if LEAST_OF_A_TIER <= factor <= MOST_OF_A_TIER:
        return "the logs do not tell the service tier; it is taken for standard"
    return None


def tier_not_billed(gap: Gap) -> str | None:
    """The log tells a tier that the bill does not show."""
    tiers = {part.tier for part in gap.parts if part.nanos}
    billed = " ".join(charge.what or "" for charge in gap.charges).lower()
    for tier in (*CHEAPER, *DEARER):
        is_likely = is_more(gap) if tier in CHEAPER else is_less(gap)
        if tier in tiers and tier not in billed and is_likely:
            return f"tier {tier} is in the logs and not in the report"
    return None


def side_calls(gap: Gap) -> str | None:
    """The agents make calls that leave no record: a few beside those that do."""
    if gap.is_aside or not is_more(gap):
        return None
    if not any(part.origin == "response" for part in gap.beside):
        return None
    logged = sum(part.nanos or 0 for part in gap.beside)
    is_small = (gap.billed or 0) - (gap.estimate or 0) <= MOST_OF_SIDE_CALLS * logged
    if is_small if gap.requests is None else has_more_requests(gap):
        return "calls that agents do not log: titles, compactions, retries"
    return None


def used_elsewhere(gap: Gap) -> str | None:
    """The bill has work that no log here has."""
    if gap.is_aside or not is_more(gap):
        return None
    keys = {charge.key for charge in gap.charges if charge.key is not None}
    if len(keys) > 1:
        return f"{len(keys)} keys are billed; some may be used elsewhere"
    is_much = side_calls(gap) is None and gap.requests is None
    if not gap.parts or is_much or has_more_requests(gap):
        return "the key is used elsewhere: another program or machine"
    return None


def not_billed(gap: Gap) -> str | None:
    """Nothing is billed for what was used."""
    if gap.parts and gap.billed == 0 and not gap.charges:
        return "nothing is billed for it: another key, account or a plan pays"
    return None


def other_payer(gap: Gap) -> str | None:
    """It is only assumed that this payer pays."""
    if is_less(gap) and any(part.is_assumed for part in gap.parts):
        return "who pays is assumed: some of it may be another payer's or a plan's"
    return None


def steady_factor(gap: Gap) -> str | None:
    """All rows are billed at one factor, as a discount makes it."""
    factor, estimate = gap.usual_factor, gap.estimate
    if factor is None or not estimate or gap.billed is None:
        return None
    if abs(gap.billed / estimate - factor) > SAME_FACTOR * factor:
        return None
    what = "a discount; see [payers]" if factor < 1 else "a mark-up or tax"
    return f"always billed at {factor:.2f} of the estimate: {what}"


def credit(gap: Gap) -> str | None:
    """The bill has a credit in it."""
    if any(charge.nanos < 0 for charge in gap.charges):
        return "a credit is in the bill"
    return None


def not_tokens(gap: Gap) -> str | None:
    """The bill has something beside models."""
    if gap.is_aside and is_more(gap):
        return "billed for something else than tokens"
    return None


def imported(gap: Gap) -> str | None:
    """An import does not tell how long cache writes were to live."""
    if is_more(gap) and any(part.origin == "import" for part in gap.parts):
        return "imported usage, whose cache writes are priced at the default lifetime"
    return None


def is_more(gap: Gap) -> bool:
    """Claim that more is billed than is estimated."""
    return gap.billed is not None and gap.billed > (gap.estimate or 0)


def is_less(gap: Gap) -> bool:
    """Claim that less is billed than is estimated."""
    return gap.billed is not None and gap.billed < (gap.estimate or 0)


def has_more_requests(gap: Gap) -> bool:
    """Claim that the provider counted more requests than the logs have."""
    logged = requests_of(gap)
    return gap.requests is not None and logged is not None and gap.requests > logged


def requests_of(gap: Gap) -> int | None:
    """Count the logged requests of a gap; unknown if any is."""
    counts = [part.requests for part in gap.parts]
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


ALWAYS: tuple[Reason, ...] = (missing_day, not_settled, unpriced_model)
"""Said whatever the size of the gap."""

OF_GAPS: tuple[Reason, ...] = (
    steady_factor,
    unfinished_output,
    tier_not_logged,
    tier_not_billed,
    credit,
    not_tokens,
    not_billed,
    side_calls,
    used_elsewhere,
    other_payer,
    imported,
)
"""Said of gaps that are too large."""
