"""Levers on how long prompts are: price lines, and what is read over and over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tokentui import amounts
from tokentui.routes.levers.cache import COST_OF_IT, SHORTEN, SHORTENED
from tokentui.routes.suggestion import MEASURED, PRICE, Suggestion
from tokentui.routes.switching import CODEX_CONFIG, Lines, exported
from tokentui.routes.waste.compaction import LEFT
from tokentui.routes.waste.crossings import crossings
from tokentui.routes.waste.finding import Finding, times_of
from tokentui.routes.waste.lines import CLAUDE_CODE, CODEX, lines_for
from tokentui.routes.waste.rereading import LONG, rereading
from tokentui.routes.waste.suggested import suggest
from tokentui.routes.work import Work


def below_the_line(work: Work) -> Iterator[Suggestion]:
    """Suggest to compact before prompts are so long that a model costs more."""
    by_line: dict[tuple[str, int], list[Finding]] = {}
    for each in work.wasted[crossings]:
        name = work.names(each.labels.provider, each.labels.model)
        by_line.setdefault((name, each.size), []).append(each)
    for (_, line), found in by_line.items():
        model, shown = found[0].labels.model, amounts.tokens(line)
        lines = lines_for(found, compacted_at(line))
        yield from suggest(
            work,
            found,
            above_the_line,
            lever="long-context",
            title=f"{model}: compact before prompts exceed {shown} tokens",
            confidence=MEASURED,
            lines=lines,
            risks=(SHORTENED,),
            counted=(
                f"{times_of(found, 'request')} above {line:,}"
                " tokens, where all of a request costs more, against the same ones cut"
                " to that, less a compaction before each stretch of them. At least:"
                " those up to a tenth above; probably: up to a quarter; at most: all"
            ),
        )


def above_the_line(found: Sequence[Finding]) -> str:
    """Say how many requests were above a line, and how far."""
    times = times_of(found, "request")
    longest = amounts.tokens(max(each.most for each in found))
    return f"{times} of up to {longest} tokens"


def compact_earlier(work: Work) -> Iterator[Suggestion]:
    """Suggest to compact, or clear, sessions that read a long prompt over and over."""
    found = work.wasted[rereading]
    least, usual, most = LEFT
    shown = amounts.tokens(LONG)
    compacted, short = lines_for(found, compacted_at(LONG)), lines_for(found, SHORTEN)
    yield from suggest(
        work,
        found,
        read_again,
        lever="re-reading",
        title=f"Compact sessions at {shown} tokens, or begin a new one for a new task",
        confidence=PRICE,
        lines=Lines((*compacted.how, "# or by hand", *short.how), compacted.undo),
        risks=(SHORTENED,),
        counted=(
            f"{times_of(found, 'response')} to more than"
            f" {LONG:,} tokens, as if each session had been compacted whenever its"
            f" prompt was so long, to {usual:,} tokens above its first prompt (the ends"
            f" of the range: {least:,} and {most:,}), where that is less than half,"
            f" {COST_OF_IT}"
        ),
    )


def read_again(found: Sequence[Finding]) -> str:
    """Say how many responses read a long prompt, and how long it was."""
    times = times_of(found, "response")
    longest = amounts.tokens(max(each.most for each in found))
    return f"{times} to more than {amounts.tokens(LONG)} tokens, up to {longest}"


def compacted_at(tokens: int) -> dict[str, Lines]:
    """Let an agent compact by itself before prompts get longer than this."""
    line = f"model_auto_compact_token_limit = {tokens}"
    return {
        CLAUDE_CODE: exported({"CLAUDE_CODE_AUTO_COMPACT_WINDOW": str(tokens)}),
        CODEX: Lines((CODEX_CONFIG, line), (f"{CODEX_CONFIG}, take out", line)),
    }
