"""`tokentui reconcile --against`: each difference from ccusage has its reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import builders
import contract
import pytest
import reports
from asking import DAY, Ask
from contract import is_count, is_flag, is_number, is_text, maybe, one_of

TOKENS = dict.fromkeys(("input", "cache_read", "cache_write", "output"), is_count)
AGAINST = {
    "kind": one_of("reconcile-against"),
    "file": is_text,
    "timezone": is_text,
    "rows": [
        {
            "day": is_text,
            "source": is_text,
            "model": is_text,
            "tokens": TOKENS,
            "file_tokens": TOKENS,
            "usd": maybe(is_number),
            "file_usd": maybe(is_number),
            "agrees": is_flag,
            "explained": is_flag,
            "reasons": [is_text],
        }
    ],
    "warnings": [is_text],
}
OPUS, SONNET, GPT = "claude-opus-5-5", "claude-sonnet-5-5", "gpt-5.4"
THE_19TH = reports.used(OPUS, 250_000, 0, 0, 50_000, 2.0)
THE_20TH = reports.used(OPUS, 1_000, 100_000, 30_000, 2_000, 0.244)
SONNETS = reports.used(SONNET, 1_000, 0, 0, 2_000, 0.022)
GPTS = reports.used(GPT, 800, 200, 0, 300, 0.00655)
"""What the history of the tests holds, as ccusage would state it."""

Told = Callable[..., dict[str, Any]]


@pytest.fixture
def told(ask: Ask, tmp_path: Path) -> Told:
    """Compare with a report of 19 and 20 November; give the rows by day and model."""

    def compare(
        first: list[dict[str, Any]],
        second: list[dict[str, Any]],
        codex: list[dict[str, Any]] | None = None,
    ) -> dict[str, Any]:
        agents = {"claude": second, "codex": [GPTS] if codex is None else codex}
        report = reports.by_agent(
            {"2026-11-19": {"claude": first}, "2026-11-20": agents}
        )
        path = reports.save(tmp_path / "report.json", report)
        answer = ask("reconcile", "--against", str(path), "--json")
        assert answer.code == 0, answer.err
        assert contract.faults(answer.document, AGAINST) == []
        return {f"{r['day'][-2:]} {r['model']}": r for r in answer.document["rows"]}

    return compare


def test_all_agree(told: Told, logs: Path) -> None:
    """Rows that agree say so and have no reason; other days are not compared."""
    rows = told([THE_19TH], [THE_20TH, SONNETS])
    assert list(rows) == [f"19 {OPUS}", f"20 {OPUS}", f"20 {SONNET}", f"20 {GPT}"]
    assert all(row["agrees"] and row["reasons"] == [] for row in rows.values())


def test_unlogged(told: Told, home: Path, logs: Path) -> None:
    """What is known only from totals is what they lack, to the token."""
    builders.append(
        builders.transcript(home),
        builders.cost_state({SONNET: (1_040, 0, 0, 0, 2_007, 0)}),
    )
    row = told([THE_19TH], [THE_20TH, SONNETS])[f"20 {SONNET}"]
    assert row["tokens"]["input"] - row["file_tokens"]["input"] == 40
    assert row["reasons"][0].startswith("known only from totals")
    assert row["explained"] is True


def test_without_request_id(told: Told, home: Path, logs: Path) -> None:
    """A response without a request id that they count twice is told by its tokens."""
    builders.write(
        builders.transcript(home, "5e551011-0000-4000-8000-000000000002"),
        builders.claude_line(
            "msg_01NOID000000000000001",
            -DAY,
            input=70,
            output=9,
            model="claude-haiku-5-5",
            request=builders.ABSENT,
        ),
    )
    twice = reports.used("claude-haiku-5-5", 140, 0, 0, 18, 0.0)
    row = told([THE_19TH, twice], [THE_20TH, SONNETS])["19 claude-haiku-5-5"]
    assert row["reasons"][0] == "every response without a request id counted 2 times"


def test_copied_run(told: Told, home: Path, logs: Path) -> None:
    """Responses in a row of another day that they count again are found.

    The 20th has the 19th's only response again.
    """
    again = reports.used(OPUS, 251_000, 100_000, 30_000, 52_000, 2.244)
    row = told([THE_19TH], [again, SONNETS])[f"20 {OPUS}"]
    assert row["reasons"][0].startswith("1 response of session 5e551011 counted again")


def test_response_they_lack(told: Told, home: Path, logs: Path) -> None:
    """A response that their report does not have is found in its session."""
    builders.append(
        builders.transcript(home),
        builders.claude_line("msg_01Z", -DAY + 60, input=77, output=11, request="z"),
    )
    row = told([THE_19TH], [THE_20TH, SONNETS])[f"19 {OPUS}"]
    assert row["reasons"][0] == "the file lacks 1 response of session 5e551011"


def test_other_name(told: Told, logs: Path) -> None:
    """A model that they call otherwise is known by its tokens, on both rows."""
    renamed = GPTS | {"modelName": "gpt-5"}
    rows = told([THE_19TH], [THE_20TH, SONNETS], [renamed])
    assert rows["20 gpt-5"]["reasons"] == [f"{GPT} counted as this model"]
    assert rows[f"20 {GPT}"]["reasons"] == ["they count it as gpt-5"]


def test_unfinished_output(told: Told, logs: Path) -> None:
    """Less output and nothing else is called likely an unfinished copy."""
    less = THE_20TH | {"outputTokens": 4}
    (reason,) = told([THE_19TH], [less, SONNETS])[f"20 {OPUS}"]["reasons"]
    assert reason == "likely: output of an unfinished copy of a response"


def test_not_explained(told: Told, logs: Path) -> None:
    """A difference that nothing known makes up is not explained, and says so."""
    row = told([THE_19TH | {"inputTokens": 249_993}], [THE_20TH, SONNETS])[f"19 {OPUS}"]
    assert (row["explained"], row["agrees"]) == (False, False)
    assert row["reasons"] == []


def test_text(ask: Ask, logs: Path, tmp_path: Path) -> None:
    """The table fits 80 columns, shows what differs and says what is not explained."""
    report = reports.of_claude(
        {
            "2026-11-19": [THE_19TH | {"inputTokens": 249_993}],
            "2026-11-20": [THE_20TH, reports.used(SONNET, 1_000, 0, 0, 2_000)],
        }
    )
    path = reports.save(tmp_path / "report.json", report)
    answer = ask("reconcile", "--against", str(path))
    assert f"2026-11-19  {OPUS}" in answer.out
    assert f"2026-11-20  {OPUS}" not in answer.out
    assert "not explained" in answer.out
    assert answer.lines[-3:] == [
        "1 of 3 rows agree in tokens and price",
        "1 more agree in tokens; the file has no price for them",
        "1 not explained in full",
    ]
    assert max(map(len, answer.lines)) <= 80
    assert "compared: claude-code only" in answer.err


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        # 10,000 of the cache writes are for an hour: $8 against $5 per million.
        ({"cost": 0.214}, "cache writes of an hour priced as those of five minutes"),
        ({"cost": 0.2440000001}, None),
        ({"missingPricing": True, "cost": 0.0}, "they have no price for it"),
    ],
)
def test_prices(
    told: Told, logs: Path, change: dict[str, Any], reason: str | None
) -> None:
    """A price that comes out when something is left out has that for its reason."""
    row = told([THE_19TH], [THE_20TH | change, SONNETS])[f"20 {OPUS}"]
    assert row["reasons"] == ([] if reason is None else [reason])
    assert row["agrees"] is (reason is None)


def test_price_that_follows_from_tokens(told: Told, logs: Path) -> None:
    """A price that is right for other tokens is told apart from a wrong price.

    Seven tokens of input less are $0.000028 less.
    """
    less = THE_19TH | {"inputTokens": 249_993, "cost": 1.999972}
    row = told([less], [THE_20TH, SONNETS])[f"19 {OPUS}"]
    assert row["reasons"] == ["the price follows from their tokens"]


def test_long_context_and_searches(told: Told, home: Path, logs: Path) -> None:
    """A long prompt's double price and a search's cent are found where they lack.

    gpt-5.4 costs $5 for a million of input in a prompt of more than 272,000 tokens, and
    $22.50 for output; else $2.50 and $15. A search costs one cent.
    """
    builders.write(
        builders.rollout(home, "019f0000-0000-7000-8000-000000000002"),
        builders.codex_meta("019f0000-0000-7000-8000-000000000002", seconds=100),
        builders.codex_turn(seconds=101, model="gpt-5.5"),
        builders.codex_total((300_000, 0, 1_000), (300_000, 0, 1_000), 110),
    )
    builders.append(
        builders.transcript(home),
        builders.claude_line(
            "msg_01S",
            -DAY + 60,
            input=0,
            output=1_000,
            model="claude-haiku-5-5",
            request="s",
            usage={"server_tool_use": {"web_search_requests": 3}},
        ),
    )
    plain = told([THE_19TH], [THE_20TH, SONNETS])
    haiku = plain["19 claude-haiku-5-5"]["usd"]
    gpt = plain["20 gpt-5.5"]["usd"]
    # gpt-5.5 in a long prompt: twice $5 for input, 1.5 times $30 for output.
    assert gpt == 3.045
    rows = told(
        [THE_19TH, reports.used("claude-haiku-5-5", 0, 0, 0, 1_000, haiku - 0.03)],
        [THE_20TH, SONNETS],
        [GPTS, reports.used("gpt-5.5", 300_000, 0, 0, 1_000, 1.53)],
    )
    assert rows["19 claude-haiku-5-5"]["reasons"] == [
        "no fees beside tokens, such as searches"
    ]
    assert rows["20 gpt-5.5"]["reasons"] == ["no long-context price"]


def test_other_zone(ask: Ask, home: Path, tmp_path: Path) -> None:
    """Days of another zone are recognised, and called neither copies nor gaps.

    10:50 UTC is 23:50 of the day before at UTC-11, and no earlier day before that.
    """
    builders.write(
        builders.transcript(home),
        *(
            builders.claude_line(
                f"msg_01ZONE000000000000{n}",
                n * DAY - 2 * DAY + 3_000,
                input=n + 1,
                output=9,
            )
            for n in range(3)
        ),
    )
    days = {
        f"2026-11-{17 + n}": [reports.used(OPUS, n + 1, 0, 0, 9, 0.0002)]
        for n in range(3)
    }
    path = reports.save(tmp_path / "report.json", reports.of_claude(days))
    answer = ask("reconcile", "--against", str(path), "--json")
    assert "UTC-11" in answer.document["warnings"][0]
    (reason,) = {row["reasons"][0] for row in answer.document["rows"]}
    assert reason == "the days of the file seem to be those of UTC-11"
    words = ("--against", str(path), "--timezone", "Pacific/Pago_Pago", "--json")
    rows = ask("reconcile", *words).document["rows"]
    assert [row["tokens"] == row["file_tokens"] for row in rows] == [True] * 3


@pytest.mark.parametrize(
    "words",
    [
        ("--last", "7d"),
        ("--payer", "me"),
        ("--provider", "openai"),
    ],
)
def test_no_part_of_a_file(ask: Ask, tmp_path: Path, words: tuple[str, str]) -> None:
    """A file is compared whole: what narrows a period or payer is refused."""
    path = reports.save(
        tmp_path / "report.json", reports.of_claude({"2026-11-19": [THE_19TH]})
    )
    assert ask("reconcile", "--against", str(path), *words).code == 2
    assert ask("reconcile", "--timezone", "Europe/Berlin").code == 2


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", "day,source\n", '{"monthly": [{"month": "2026-10"}]}']
)
def test_no_report(ask: Ask, logs: Path, tmp_path: Path, content: str) -> None:
    """What is no report by day is an error that says what is."""
    path = tmp_path / "report.json"
    path.write_text(content, encoding="utf-8")
    answer = ask("reconcile", "--against", str(path))
    assert (answer.code, answer.out) == (1, "")
    month = {"monthly": [{"month": "2026-10"} | reports.sums([THE_19TH])]}
    reports.save(path, month)
    answer = ask("reconcile", "--against", str(path))
    assert "only reports by day" in answer.err
