"""Codex CLI: its rollouts, of every era."""

from __future__ import annotations

from aimux_tui.providers.codex.provider import CodexProvider

PROVIDER = CodexProvider()
