"""Levers on what ran away: requests again and again, and sessions out of all bounds.

A loop that the user declared, by a label of the run or in the config, is no waste.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import exp, log
from statistics import quantiles

from tokentui import amounts
from tokentui.globs import any_glob
from tokentui.queries.spend import SessionSpend, session_spend
from tokentui.routes.suggestion import MEASURED, Evidence, Risk, Saving, Suggestion
from tokentui.routes.switching import Lines
from tokentui.routes.waste.finding import Finding, times_of
from tokentui.routes.waste.lines import CLAUDE_CODE, CODEX, lines_of
from tokentui.routes.waste.repeats import MANY_ROUNDS, ROUNDS, repeats, rounds
from tokentui.routes.waste.suggested import SHOWN, suggest
from tokentui.routes.waste.tiers import HEADLESS
from tokentui.routes.work import Work
from tokentui.text import many

FEWEST_SESSIONS = 20
"""Sessions below which no spread is known."""

FENCE = 1.5
"""How many times the middle half a session lies above it, in logarithms, to be out.

Sessions spread by factors, not by dollars. Of a bell curve one in 300 lies above.
"""


def no_retries(work: Work) -> Iterator[Suggestion]:
    """Suggest to look at requests that were sent again as they were."""
    found = undeclared(work, work.wasted[repeats])
    lines = lines_of(RETRIES, {each.labels.source for each in found})
    yield from suggest(
        work,
        found,
        sent_again,
        lever="retries",
        title="Requests that were sent again as they were",
        confidence=MEASURED,
        lines=lines,
        counted=(
            f"{times_of(found, 'request')} that the same thread"
            " sent again with as long a prompt, to the token: the answer was cut off or"
            " came to nothing. At least: what was sent three times or more"
        ),
    )


def sent_again(found: Sequence[Finding]) -> str:
    """Say how many requests came to nothing, and how long they were."""
    times = times_of(found, "request")
    longest = amounts.tokens(max(each.most for each in found))
    return f"{times} of up to {longest} tokens sent again"


def no_rounds(work: Work) -> Iterator[Suggestion]:
    """Suggest to stop agents that call the same tool again and again."""
    found = undeclared(work, work.wasted[rounds])
    yield from suggest(
        work,
        found,
        called_again,
        lever="loops",
        title="The same tool call again and again",
        confidence=MEASURED,
        lines=lines_of(ROUND, {each.labels.source for each in found}),
        counted=(
            f"{many(len(found), 'time')} that a thread made the same call with the same"
            f" input {ROUNDS} times or more in a row, as far as the log tells of calls."
            " Probably: all but the first two; at least: those of"
            f" {MANY_ROUNDS} or more in a row; at most: all but the first"
        ),
    )


def called_again(found: Sequence[Finding]) -> str:
    """Say how often the same was called in a row, and with how long a prompt."""
    times = max(each.times for each in found)
    longest = amounts.tokens(max(each.most for each in found))
    return f"up to {times} equal calls in a row, of {longest} tokens each"


def undeclared(work: Work, found: Sequence[Finding]) -> list[Finding]:
    """Leave out what the user runs in a loop on purpose."""
    return [
        each
        for each in found
        if not is_declared(work, each.labels.project, each.labels.label)
    ]


def budget_of_a_run(work: Work) -> Iterator[Suggestion]:
    """Suggest a budget for runs where some sessions cost far more than the others."""
    spent = [
        each
        for each in session_spend(work.connection, work.usage)
        if not is_declared(work, each.project, each.label)
    ]
    if len(spent) < FEWEST_SESSIONS:
        return
    fence = fence_of([each.nanos for each in spent])
    far = [each for each in spent if each.nanos > fence]
    if not far:
        return
    lines = lines_of(budgets(fence), {each.source for each in far})
    yield Suggestion(
        lever="runaway",
        title=f"A budget of {amounts.dollars(fence)} for a run",
        saves=beyond(work, far, fence, in_plans=False),
        saves_in_plans=beyond(work, far, fence, in_plans=True),
        confidence=MEASURED,
        evidence=tuple(
            Evidence(
                each.session,
                each.source,
                each.at_ms,
                each.nanos - fence,
                f"beyond it, of {amounts.dollars(each.nanos)}",
            )
            for each in far[:SHOWN]
        ),
        how=lines.how,
        undo=lines.undo,
        risks=(Risk("quality", "a run that the budget stops may be left half done"),),
        counted=(
            f"what {many(len(far), 'session')} of {len(spent):,} cost beyond that: they"
            " are far out of your own spread. At least: those that a script had started"
        ),
    )


def fence_of(costs: Sequence[int]) -> int:
    """Give the nano-dollars above which a session is far out of all others."""
    low, _, high = map(log, quantiles(costs, method="inclusive"))
    return round(exp(high + FENCE * (high - low)))


def beyond(
    work: Work, far: Sequence[SessionSpend], fence: int, *, in_plans: bool
) -> Saving:
    """Sum what sessions cost beyond a budget, inside plans or beside them."""
    sums = [0.0, 0.0]
    for each in far:
        share = each.plan_nanos / each.nanos
        over = (each.nanos - fence) * (share if in_plans else 1 - share)
        sums[0] += over * (each.entrypoint in HEADLESS)
        sums[1] += over
    low, all_of_it = map(work.per_month, sums)
    return Saving(low, all_of_it, all_of_it)


def is_declared(work: Work, project: str | None, label: str | None) -> bool:
    """Claim that the user runs a loop on purpose."""
    loops = work.config.routes.loops
    return label is not None or any_glob(loops, project)


RETRIES = {
    CLAUDE_CODE: Lines(
        (
            "# Claude Code: waits 50 minutes for an answer",
            "export API_TIMEOUT_MS=3000000",
        ),
        ("unset API_TIMEOUT_MS",),
    ),
}


ROUND = {
    CLAUDE_CODE: Lines(
        (
            "# Claude Code: Esc stops it, and what led there is taken back with",
            "/rewind",
            "# for scripts, a limit of turns",
            'claude -p --max-turns 30 "PROMPT"',
        ),
        ('claude -p "PROMPT"',),
    ),
    CODEX: Lines(("# Codex: Esc stops it, twice more goes back to a message",), ()),
}


def budgets(fence: int) -> dict[str, Lines]:
    """Stop a run at a budget."""
    usd = f"{fence / amounts.NANOS:.2f}"
    return {
        CLAUDE_CODE: Lines(
            (
                f"tokentui run --max {usd} -- claude",
                f'claude -p --max-budget-usd {usd} "PROMPT"',
            ),
            ("claude",),
        ),
        CODEX: Lines((f"tokentui run --max {usd} -- codex",), ("codex",)),
    }
