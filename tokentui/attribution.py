"""Who served a response and who pays for it, each with the evidence."""

from __future__ import annotations

from typing import NamedTuple

from tokentui.prices.rates import RateKey

ASSUMED = "assumed"
"""The evidence of what nothing in the traces tells."""

FAMILIES = (
    ("claude", "anthropic"),
    ("gpt-", "openai"),
    ("o1", "openai"),
    ("o3", "openai"),
    ("o4", "openai"),
    ("codex-", "openai"),
    ("gemini", "google"),
    ("glm-", "zai"),
    ("deepseek", "deepseek"),
    ("kimi", "moonshot"),
    ("minimax", "minimax"),
    ("qwen", "alibaba"),
    ("grok", "xai"),
    ("composer", "cursor"),
    ("mistral", "mistral"),
    ("devstral", "mistral"),
    ("muse-", "meta"),
)
"""How model names begin, and whose they are."""

SERVERS = {"anthropic": "anthropic", "vertex": "vertex", "bedrock": "aws"}
"""Shape of a message id, and the provider behind it."""


class Attribution(NamedTuple):
    """Provider and payer of a series; `None` is unknown, evidence says why."""

    provider: str | None
    provider_evidence: str
    payer: str
    payer_evidence: str


def attribute(model: str, endpoint: str | None) -> Attribution:
    """Say who served a model, from what the trace tells of its endpoint."""
    provider, evidence = provider_of(model, endpoint)
    return Attribution(provider, evidence, "api", ASSUMED)


def provider_of(model: str, endpoint: str | None) -> tuple[str | None, str]:
    """Name the provider whose price list applies, and the evidence for it."""
    vendor = vendor_of(model)
    if vendor == "anthropic" and endpoint in SERVERS:
        return SERVERS[endpoint], "message id"
    if vendor is not None and endpoint == vendor:
        return vendor, "model provider"
    if vendor == "anthropic" or endpoint is None or vendor is None:
        return vendor, ASSUMED if vendor else "unknown model"
    return vendor, ASSUMED


def vendor_of(model: str) -> str | None:
    """Name the vendor of a model by how its name begins, prefixes left out."""
    bare = model.lower().rsplit("/", 1)[-1]
    for prefix in ("us.", "eu.", "apac.", "global."):
        bare = bare.removeprefix(prefix)
    bare = bare.removeprefix("anthropic.")
    for beginning, vendor in FAMILIES:
        if bare.startswith(beginning):
            return vendor
    return None


def rate_key(
    provider: str | None, model: str, tier: str | None, geo: str | None
) -> RateKey | None:
    """Name the rate that applies to a series; `None` where nobody is known to bill it.

    Anthropic's service tier `priority` costs the standard price.
    """
    if provider is None:
        return None
    tier = tier or "standard"
    if tier == "priority" and provider in ("anthropic", "vertex", "aws"):
        tier = "standard"
    return RateKey(provider, model, tier, geo or "")
