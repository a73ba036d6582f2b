"""The settings in force: flags over AIMUX_* variables over the user's file over defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.config.schema import Settings
from aimux_tui.config.variables import is_setting_variable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from aimux_tui.errors import ConfigError


def load_settings(
    file: Path, env: Mapping[str, str], flags: Mapping[str, object] | None = None
) -> tuple[Settings, list[ConfigError]]:
    """The settings, and what is wrong with them; what is not wrong is in force.

    `flags` are settings given on the command line: dotted name → bool, text or list of texts.
    Never raises for what a user wrote.
    """
    if not flags and _is_absent(file) and not any(map(is_setting_variable, env)):
        return Settings(), []
    # Most runs end above: what reads and checks values is imported only for those that do not.
    from aimux_tui.config.layers import Layers

    layers = Layers()
    layers.read_file(file)
    layers.read_env(env)
    layers.read_flags(flags or {})
    return layers.settings(), layers.errors


def _is_absent(file: Path) -> bool:
    """Whether there is no such file; one that cannot be looked at is not absent."""
    try:
        file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False
