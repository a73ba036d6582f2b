"""The providers aimux knows. A further one is a row here."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, cast

from aimux_tui.errors import ConfigError

if TYPE_CHECKING:
    from aimux_tui.providers.base import Provider

_MODULES = {
    "claude": "aimux_tui.providers.claude",
    "codex": "aimux_tui.providers.codex",
    "gemini": "aimux_tui.providers.gemini",
}
"""Provider name → module whose `PROVIDER` is the provider."""


def provider_names() -> tuple[str, ...]:
    """Every provider's name, without importing any."""
    return tuple(_MODULES)


@cache
def load_provider(name: str) -> Provider:
    """The provider called `name`; ConfigError if there is none."""
    if name not in _MODULES:
        raise ConfigError(
            f"unknown provider {name!r}", hint=f"aimux knows {', '.join(provider_names())}"
        )
    return cast("Provider", import_module(_MODULES[name]).PROVIDER)


def load_providers() -> tuple[Provider, ...]:
    """Every provider."""
    return tuple(load_provider(name) for name in _MODULES)
