"""Whose the money is: lines split by list value, and what of them is claimed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from tokentui.claims.claim import (
    CLIENT,
    OTHER,
    PERSONAL,
    UNTAGGED,
    WORK,
    Line,
    Part,
    Split,
)
from tokentui.claims.rounding import rounded, shared
from tokentui.claims.usage import Whose
from tokentui.settings import Config

BY_PROJECTS, BY_SHARE, NONE = "projects", "share", "none"
KINDS = (WORK, CLIENT, UNTAGGED, PERSONAL, OTHER)
"""In the order in which parts are listed."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What is claimed of what: by projects, a share agreed on, or all."""

    name: str
    share: Decimal | None = None
    client: str | None = None

    def claims(self, kind: str) -> bool:
        """Claim that parts of a kind are claimed, at least in part."""
        if self.name == BY_PROJECTS:
            return kind == (CLIENT if self.client else WORK)
        return True


def rules_of(config: Config, client: str | None) -> tuple[Rule, Rule]:
    """Give the rule for what is billed and charged, and the one for plan fees.

    Where no project is tagged there is nothing to split by, so that all is claimed.
    """
    if client is not None:
        return (Rule(BY_PROJECTS, client=client),) * 2
    usual = Rule(BY_PROJECTS if config.projects else NONE)
    work, plan = (
        usual if share is None else Rule(BY_SHARE, share)
        for share in (config.claims.work_share, config.claims.plan_share)
    )
    return work, plan


def parts_of(
    whole: Decimal, weighted: Mapping[Whose, int], rule: Rule, currency: str
) -> tuple[Part, ...]:
    """Split a line's whole by weights; what no usage explains is untagged.

    Only parts that are claimed are named by their project, and no personal ones.
    """
    groups: dict[Whose, int] = {}
    for each, weight in weighted.items():
        is_named = rule.claims(each.kind) and each.kind not in (PERSONAL, OTHER)
        group = each if is_named else Whose(each.kind)
        groups[group] = groups.get(group, 0) + weight
    if not groups:
        groups = {Whose(UNTAGGED): 1}
    order = sorted(
        groups, key=lambda each: (KINDS.index(each.kind), -groups[each], str(each))
    )
    wholes = shared(whole, [groups[each] for each in order], currency)
    return tuple(
        Part(each.project, each.kind, amount, amount, each.client, each.cost_centre)
        for each, amount in zip(order, wholes, strict=True)
    )


def claimed_of(
    whole: Decimal, parts: tuple[Part, ...], rule: Rule, currency: str
) -> tuple[Decimal, Decimal, tuple[Part, ...]]:
    """Give what is claimed of a line, its share, and the parts with their amounts."""
    zero = rounded(0, currency)
    if rule.share is not None:
        amount = rounded(whole * rule.share, currency)
        amounts = shared(amount, [abs(part.whole) for part in parts], currency)
        share = rule.share
    else:
        amounts = [part.whole if rule.claims(part.kind) else zero for part in parts]
        amount = sum(amounts, zero)
        share = Decimal(1) if amount == whole else round(amount / whole, 4)
    made = tuple(
        Part(
            part.project,
            part.kind,
            part.whole,
            amount_of_part,
            part.client,
            part.cost_centre,
        )
        for part, amount_of_part in zip(parts, amounts, strict=True)
    )
    return amount, share, made


def split_of(lines: Iterable[Line], rules: tuple[Rule, Rule], currency: str) -> Split:
    """Sum the parts of all lines by whose they are."""
    sums = dict.fromkeys(KINDS, rounded(0, currency))
    for line in lines:
        for part in line.parts:
            sums[part.kind] += part.whole
    work, plan = rules
    return Split(
        work.name,
        work.share,
        plan.name,
        plan.share,
        sums[WORK],
        sums[PERSONAL],
        sums[CLIENT],
        sums[UNTAGGED],
        sums[OTHER],
    )
