from __future__ import annotations

import pytest

from aimux_tui.pricing.names import spellings
from aimux_tui.pricing.price_file import load_price_file
from aimux_tui.pricing.table import find_model


def listed(name: str) -> str | None:
    found = find_model(load_price_file(), name)
    return f"{found[0]}/{found[1].id}" if found else None


@pytest.mark.parametrize(
    ("logged", "model"),
    [
        ("claude-opus-4-6", "anthropic/claude-opus-4-6"),
        ("claude-opus-4-6[1m]", "anthropic/claude-opus-4-6"),
        ("Claude-Opus-4-6", "anthropic/claude-opus-4-6"),
        ("claude-sonnet-4-5-20250929", "anthropic/claude-sonnet-4-5"),
        ("claude-sonnet-4-5@20250929", "anthropic/claude-sonnet-4-5"),
        ("claude-opus-5-5@20261001", "anthropic/claude-opus-5-5"),
        ("claude-fable-5-1@default", "anthropic/claude-fable-5-1"),
        ("anthropic/claude-haiku-4.5", "anthropic/claude-haiku-4-5"),
        ("openrouter/anthropic/claude-opus-4.8", "anthropic/claude-opus-4-8"),
        ("us.anthropic.claude-sonnet-4-20250514-v1:0", "anthropic/claude-sonnet-4-0"),
        ("anthropic.claude-3-5-sonnet-20241022-v2:0", "anthropic/claude-3-5-sonnet"),
        ("anthropic.claude-v2:1", "anthropic/claude-2"),
        ("us-gov.anthropic.claude-3-haiku-20240307-v1:0:48k", "anthropic/claude-3-haiku"),
        ("global.anthropic.claude-opus-4-6-v1", "anthropic/claude-opus-4-6"),
        ("bedrock/eu.anthropic.claude-opus-4-7", "anthropic/claude-opus-4-7"),
        (
            "arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-opus-4-5-20251101-v1:0",
            "anthropic/claude-opus-4-5",
        ),
        (
            "projects/p/locations/us-east5/publishers/anthropic/models/claude-opus-4-1@20250805",
            "anthropic/claude-opus-4-1",
        ),
        ("gpt-5.6", "openai/gpt-5.6-sol"),
        ("gpt-5.2-20251211", "openai/gpt-5.2"),
        ("gpt-6-sol-2026-09-09", "openai/gpt-6-sol"),
        ("gpt-5.1-2027-01-01", "openai/gpt-5.1"),
        ("openai/gpt-5.1-codex-max", "openai/gpt-5.1"),
        ("codex-mini-latest", "openai/codex-mini"),
        ("models/gemini-2.5-pro", "google/gemini-2.5-pro"),
        ("gemini-2.5-pro-preview-05-06", "google/gemini-2.5-pro"),
        ("gemini-2.5-pro-preview-tts", "google/gemini-2.5-pro-tts"),
        ("gemini-3.5-flash-0901", "google/gemini-3.5-flash"),
        ("x-ai/grok-4.5", "x-ai/grok-4.5"),
        ("kimi-k2-thinking", "moonshotai/kimi-k2-thinking"),
    ],
)
def test_a_name_from_a_log_finds_its_model(logged: str, model: str) -> None:
    assert listed(logged) == model


@pytest.mark.parametrize(
    "logged",
    [
        "claude-mythos-5",
        "claude-mythos-5-1",
        "claude-mythos-preview",
        "gpt-5.3-codex-spark",
        "codex-auto-review",
        "<synthetic>",
        "",
        "/",
        "ollama/deepseek-r1",
        "my-proxy/claude-opus-4-6",
        "claude",
        "gpt",
    ],
)
def test_what_nobody_lists_stays_unknown(logged: str) -> None:
    assert listed(logged) is None


def test_spellings_start_with_the_one_nearest_to_the_log() -> None:
    assert spellings("us.anthropic.claude-x-20251101-v1:0") == (
        "claude-x-20251101",
        "claude-x-2025-11-01",
        "claude-x",
    )
    assert spellings("claude-x") == ("claude-x",)
