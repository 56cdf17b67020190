"""Reports of ccusage, composed in the shapes of version 20.0.24."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def used(
    model: str, fresh: int, read: int, written: int, out: int, cost: float | None = None
) -> dict[str, Any]:
    """Make what one model used; without a cost ccusage has no price."""
    told: dict[str, Any] = {
        "modelName": model,
        "inputTokens": fresh,
        "cacheReadTokens": read,
        "cacheCreationTokens": written,
        "outputTokens": out,
        "cost": 0.0 if cost is None else cost,
    }
    return told if cost is not None else told | {"missingPricing": True}


def sums(models: list[dict[str, Any]]) -> dict[str, Any]:
    """Add up what models used, as every row has it."""
    kinds = ("inputTokens", "cacheReadTokens", "cacheCreationTokens", "outputTokens")
    by_kind = {kind: sum(each[kind] for each in models) for kind in kinds}
    return {
        **by_kind,
        "totalTokens": sum(by_kind.values()),
        "totalCost": sum(each["cost"] for each in models),
        "modelsUsed": [each["modelName"] for each in models],
        "modelBreakdowns": models,
    }


def by_agent(days: dict[str, dict[str, list[dict[str, Any]]]]) -> dict[str, Any]:
    """Make `ccusage daily --json --by-agent` of days, agents and models."""
    rows = []
    for day, agents in days.items():
        every = [model for models in agents.values() for model in models]
        rows.append(
            {
                "agent": "all",
                "period": day,
                "metadata": {"agents": list(agents)},
                "agents": [
                    {"agent": agent, **sums(models)} for agent, models in agents.items()
                ],
                **sums(every),
            }
        )
    return {"daily": rows, "totals": {}}


def unified(days: dict[str, dict[str, list[dict[str, Any]]]]) -> dict[str, Any]:
    """Make `ccusage daily --json`, which does not say which agent used a model."""
    report = by_agent(days)
    for row in report["daily"]:
        del row["agents"]
    return report


def of_claude(days: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Make `ccusage claude daily --json`."""
    return {
        "daily": [{"date": day, **sums(models)} for day, models in days.items()],
        "totals": {},
    }


def of_codex(days: dict[str, dict[str, dict[str, Any]]]) -> dict[str, Any]:
    """Make `ccusage codex daily --json`; the models are given as they stand there."""
    return {
        "daily": [
            {"date": day, "models": models, "totalTokens": 1, "costUSD": 0.5}
            for day, models in days.items()
        ],
        "totals": {},
    }


def save(path: Path, document: Any) -> Path:
    """Write a report."""
    path.write_text(json.dumps(document, indent=2), encoding="utf-8")
    return path
