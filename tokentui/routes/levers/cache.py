"""Levers on the prompt cache: breaks that it did not outlive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tokentui import amounts
from tokentui.routes.suggestion import MEASURED, PRICE, Risk, Suggestion
from tokentui.routes.switching import Lines, exported
from tokentui.routes.waste.compaction import LEFT, SUMMARY
from tokentui.routes.waste.finding import Finding, times_of
from tokentui.routes.waste.lapses import cold_resumes, short_pauses
from tokentui.routes.waste.lines import CLAUDE_CODE, CODEX, lines_for
from tokentui.routes.waste.suggested import suggest
from tokentui.routes.work import Work
from tokentui.text import many

COST_OF_IT = f"less the price of that with a summary of {SUMMARY:,} tokens"
SHORTENED = Risk("quality", "a summary loses details that may be needed again")


def hour_of_cache(work: Work) -> Iterator[Suggestion]:
    """Suggest a cache of an hour where short breaks let a shorter one lapse."""
    found = work.wasted[short_pauses]
    lines = lines_for(found, {CLAUDE_CODE: exported({"ENABLE_PROMPT_CACHING_1H": "1"})})
    yield from suggest(
        work,
        found,
        paid_again,
        lever="cache-lapses",
        title="A prompt cache of an hour, for breaks of more than five minutes",
        confidence=MEASURED,
        lines=lines,
        counted=(
            f"{times_of(found, 'break')} of up to an hour,"
            " after which prompts were paid for again. At least: with the dearer writes"
            " of an hour everywhere; probably: only in sessions where that pays; at"
            " most: without the breaks"
        ),
    )


def compact_before_leaving(work: Work) -> Iterator[Suggestion]:
    """Suggest to shorten sessions that are taken up again when the cache is gone."""
    found = work.wasted[cold_resumes]
    _, usual, most = LEFT
    lines = lines_for(found, SHORTEN)
    yield from suggest(
        work,
        found,
        paid_again,
        lever="cold-resumes",
        title="Compact a session before a long break, or begin a new one after it",
        confidence=PRICE,
        lines=lines,
        risks=(SHORTENED,),
        counted=(
            f"{many(len(found), 'break')} that no cache outlives, after which a prompt"
            f" was paid for again. At least and probably: had it been compacted before,"
            f" to {most:,} and {usual:,} tokens above the first prompt, {COST_OF_IT};"
            " at most: had a new session begun"
        ),
    )


SHORTEN = {
    CLAUDE_CODE: Lines(
        ("/compact", "# or, where the next task is another one", "/clear"),
        ("# what was cleared", "/resume"),
    ),
    CODEX: Lines(
        ("/compact", "# or, where the next task is another one", "/new"),
        ("# what was left", "/resume"),
    ),
}


def paid_again(found: Sequence[Finding]) -> str:
    """Say how much of prompts was paid for again, and after which break."""
    size = amounts.tokens(sum(each.size for each in found))
    times = times_of(found, "break")
    longest = amounts.duration(max(each.most for each in found) / 1000)
    return f"{size} tokens paid again after {times} of up to {longest}"
