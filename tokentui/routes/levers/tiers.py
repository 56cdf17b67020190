"""Levers on when and how fast the same model answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tokentui import amounts
from tokentui.attribution import rate_key
from tokentui.prices.remembered import Rates
from tokentui.routes.suggestion import MEASURED, PRICE, Risk, Suggestion
from tokentui.routes.switching import CODEX_CONFIG, Lines
from tokentui.routes.waste.finding import Finding
from tokentui.routes.waste.lines import CLAUDE_CODE, CODEX, lines_for
from tokentui.routes.waste.suggested import suggest
from tokentui.routes.waste.tiers import at_peak, fast, patient
from tokentui.routes.work import DAY_MS, Work
from tokentui.text import many


def fast_off(work: Work) -> Iterator[Suggestion]:
    """Suggest to turn fast mode off."""
    found = work.wasted[fast]
    lines = lines_for(found, FAST_OFF)
    yield from suggest(
        work,
        found,
        responses,
        lever="fast-mode",
        title="Fast mode off",
        confidence=MEASURED,
        lines=lines,
        risks=(Risk("latency", "answers take longer"),),
        counted=(
            f"what {many(len(found), 'response')} cost more than at the usual speed. At"
            " least: in runs that a script had started, where nobody waited. Plans of"
            " Claude do not cover fast mode: there it is extra usage"
        ),
    )


FAST_OFF = {
    CLAUDE_CODE: Lines(
        ("/fast off", "# for good, in ~/.claude/settings.json", '"fastMode": false'),
        ("/fast on",),
    ),
    CODEX: Lines(
        ("/fast off", f"{CODEX_CONFIG}, take out", 'service_tier = "fast"'),
        ("/fast on",),
    ),
}


def off_peak(work: Work) -> Iterator[Suggestion]:
    """Suggest other hours where a provider's prices depend on the hour."""
    found = work.wasted[at_peak]
    if not found:
        return
    hours = peak_hours(work, found)
    models = ", ".join(sorted({each.labels.model for each in found}))
    yield from suggest(
        work,
        found,
        responses,
        lever="off-peak",
        title=f"{models} outside the peak hours",
        confidence=PRICE,
        lines=Lines(
            (
                "# what can wait, once the peak is over",
                f"echo 'COMMAND' | TZ=UTC at {hours[-1].partition('-')[2]}",
            ),
            ("# runs that wait, and to take one out", "atq", "atrm NUMBER"),
        ),
        risks=(Risk("latency", "what is put off is done later"),),
        counted=(
            f"{many(len(found), 'response')} in dear hours ({', '.join(hours)} UTC), at"
            " the price that follows. At least: in runs that a script had started"
        ),
    )


def peak_hours(work: Work, found: Sequence[Finding]) -> list[str]:
    """List the hours of dear prices in which something was found: `01:00-04:00`."""
    rates, spans = Rates(work.book), set()
    for each in found:
        labels = each.labels
        key = rate_key(labels.provider, labels.model, labels.tier, labels.geo)
        rate = rates.rate(key, each.at_ms)
        if rate is not None:
            spans.add((rate.valid_from % DAY_MS, rate.valid_until % DAY_MS))
    return [f"{clock(since)}-{clock(until)}" for since, until in sorted(spans)]


def clock(ms: int) -> str:
    """Write a time of the day."""
    minutes = ms // 60_000
    return f"{minutes // 60:02}:{minutes % 60:02}"


def slower_tier(work: Work) -> Iterator[Suggestion]:
    """Suggest flex, or a batch, for what nobody waited for."""
    found = work.wasted[patient]
    lines = lines_for(found, SLOWER)
    yield from suggest(
        work,
        found,
        responses,
        lever="flex-batch",
        title="Flex or batch for runs that nobody waits for",
        confidence=PRICE,
        lines=lines,
        risks=(
            Risk("latency", "answers take minutes, those of a batch up to a day"),
            *(UNADVERTISED for _ in {CODEX} & {each.labels.source for each in found}),
        ),
        counted=(
            f"{many(len(found), 'response')} in runs that a script had started, paid by"
            " the token: Codex at the flex tier, elsewhere only runs of a single"
            " response, which can be one of a batch"
        ),
    )


UNADVERTISED = Risk(
    "availability",
    "Codex leaves flex out, and says so, where a model does not advertise it:"
    " `tokentui usage --by tier` tells afterwards",
    "https://github.com/openai/codex/issues/37813",
    "2026-11-22",
)

SLOWER = {
    CODEX: Lines(
        ("# Codex: for one run", 'codex exec -c \'service_tier="flex"\' "PROMPT"'),
        ('codex exec "PROMPT"',),
    ),
    CLAUDE_CODE: Lines(
        (
            "# Claude: many prompts of one answer each, at half price",
            "curl https://api.anthropic.com/v1/messages/batches"
            ' -H "x-api-key: $ANTHROPIC_API_KEY" -H "anthropic-version: 2023-06-01"'
            ' -H "content-type: application/json" -d @requests.json',
        ),
        ('claude -p "PROMPT"',),
    ),
}


def responses(found: Sequence[Finding]) -> str:
    """Say how many responses it was, and what they cost."""
    cost = amounts.dollars(sum(each.size for each in found))
    return f"{many(len(found), 'response')} that cost {cost}"
