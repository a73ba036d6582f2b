"""Which environment variables are settings of aimux."""

from __future__ import annotations

from aimux_tui.paths import CACHE_VARIABLE, HOME_VARIABLE, STATE_VARIABLE

PREFIX = "AIMUX_"
_FOLDERS = frozenset({CACHE_VARIABLE, HOME_VARIABLE, STATE_VARIABLE})


def is_setting_variable(name: str) -> bool:
    """Whether a variable looks like a setting (it may still be mistyped)."""
    return name.startswith(PREFIX) and name not in _FOLDERS
