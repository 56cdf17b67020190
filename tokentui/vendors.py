"""Whose a model is, who is behind a host, and which logins a plan pays."""

from __future__ import annotations

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
"""What the shape of a Claude message id tells, and the provider behind it."""

HOSTS = {
    "api.anthropic.com": "anthropic",
    "api.openai.com": "openai",
    "api.z.ai": "zai",
    "api.deepseek.com": "deepseek",
    "api.moonshot.ai": "moonshot",
    "api.kimi.com": "moonshot",
    "api.minimax.io": "minimax",
    "openrouter.ai": "openrouter",
    "ai-gateway.vercel.sh": "vercel",
    "dashscope-intl.aliyuncs.com": "alibaba",
    "api.x.ai": "xai",
    "api.mistral.ai": "mistral",
    "api2.cursor.sh": "cursor",
}
"""Who is behind a base URL (vendors' own set-up pages, read 2026-11-22)."""

CURSOR_SERVER = "https://api2.cursor.sh"
"""Where Cursor's requests go, whichever vendor's model answers."""

PLANS = {
    "claude_max": "claude-max",
    "claude_pro": "claude-pro",
    "claude_team": "claude-team",
    "chatgpt": "chatgpt",
    "chatgpt go": "chatgpt-go",
    "chatgpt plus": "chatgpt-plus",
    "chatgpt pro": "chatgpt-pro",
    "chatgpt prolite": "chatgpt-prolite",
    "chatgpt team": "chatgpt-team",
    "chatgpt business": "chatgpt-business",
    "chatgpt edu": "chatgpt-edu",
    "cursor_free": "cursor-free",
    "cursor_pro": "cursor-pro",
    "cursor_pro_plus": "cursor-pro-plus",
    "cursor_ultra": "cursor-ultra",
    "cursor_team": "cursor-team",
    "cursor_business": "cursor-business",
    "cursor_enterprise": "cursor-enterprise",
    "cursor_plan": "cursor-plan",
}
"""Logins that a flat plan pays, as agents' files name them, and the payer's name."""

PLAN_PROVIDERS = {"claude": "anthropic", "chatgpt": "openai", "cursor": "cursor"}
"""Who serves what a plan pays, by how the payer's name begins."""

METERED = {"api key": "api", "cursor_on_demand": "cursor"}
"""Logins that are billed by use, and the payer's name."""

MODEL_PROVIDERS = {
    "openrouter": "openrouter",
    "azure": "azure",
    "vercel": "vercel",
    "moonshot": "moonshot",
    "deepseek": "deepseek",
    "mistral": "mistral",
    "xai": "xai",
}
"""Names that people give to model providers in Codex' config, and who they are."""

TITLES = {
    "anthropic": "Anthropic",
    "openai": "OpenAI",
    "aws": "Amazon Web Services",
    "vertex": "Google Cloud",
    "google": "Google",
    "azure": "Microsoft Azure",
    "github": "GitHub",
    "copilot": "GitHub",
    "cursor": "Cursor",
    "openrouter": "OpenRouter",
    "vercel": "Vercel",
    "litellm": "LiteLLM",
    "fireworks": "Fireworks AI",
    "deepseek": "DeepSeek",
    "moonshot": "Moonshot AI",
    "minimax": "MiniMax",
    "zai": "Z.ai",
    "xai": "xAI",
    "mistral": "Mistral AI",
    "alibaba": "Alibaba Cloud",
    "meta": "Meta",
}
"""Providers as they write themselves; whose name is on an invoice may be longer."""

REGION_PREFIXES = ("us.", "eu.", "apac.", "global.", "anthropic.")


def tables() -> str:
    """Write down all tables of this module, to notice that a release knows more."""
    named = {name: it for name, it in globals().items() if name.isupper()}
    return repr({name: it for name, it in named.items() if name != "TITLES"})


def title_of(provider: str | None) -> str:
    """Name a provider for people."""
    return TITLES.get(provider or "", provider or "unknown")


def vendor_of(model: str) -> str | None:
    """Name the vendor of a model by how its name begins, prefixes left out."""
    bare = model.lower().rsplit("/", 1)[-1]
    for prefix in REGION_PREFIXES:
        bare = bare.removeprefix(prefix)
    for beginning, vendor in FAMILIES:
        if bare.startswith(beginning):
            return vendor
    return None
