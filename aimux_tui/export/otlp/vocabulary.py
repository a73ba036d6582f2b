"""Names that agents and models have in OpenTelemetry's conventions."""

from __future__ import annotations

import re

_SERVICES = {"claude": "claude-code", "codex": "codex_cli_rs", "gemini": "gemini-cli"}
_PROVIDERS = (
    (re.compile(r"claude"), "anthropic"),
    (re.compile(r"gpt|codex|chatgpt|o\d(?!\w)"), "openai"),
    (re.compile(r"gemini"), "gcp.gemini"),
    (re.compile(r"deepseek"), "deepseek"),
    (re.compile(r"grok"), "x_ai"),
    (re.compile(r"mistral|codestral|devstral"), "mistral_ai"),
    (re.compile(r"kimi|moonshot"), "moonshot_ai"),
)
"""By how a model's name begins, behind the name of a proxy."""


def service_name(provider: str) -> str:
    """The service that an agent's own telemetry reports."""
    return _SERVICES.get(provider, provider)


def model_provider(model: str) -> str:
    """Who made a model, as conventions name them; empty if its name does not tell."""
    name = model.casefold().rpartition("/")[2]
    return next((provider for form, provider in _PROVIDERS if form.match(name)), "")
