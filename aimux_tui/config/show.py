"""The settings in force, as rows for people and programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import asdict

from aimux_tui.config.fields import setting_fields

if TYPE_CHECKING:
    from aimux_tui.config.schema import Settings

DEFAULT_ORIGIN = "default"
_CREDENTIALS = "export.headers"
"""Their names are shown, their values are not."""
_HIDDEN = "(hidden)"


class EffectiveSetting(Struct, frozen=True):
    """One setting with its value, and where that was set."""

    key: str
    value: bool | str | list[str] | dict[str, float] | dict[str, object]
    """Plain: what JSON can hold."""
    origin: str
    """A file and line, a variable, "command line" or "default"."""

    @property
    def text(self) -> str:
        """The value as it is written in the settings file."""
        return _text(self.value)


def effective(settings: Settings) -> list[EffectiveSetting]:
    """Every setting in the order of the schema; entries of mappings have rows of their own."""
    rows: list[EffectiveSetting] = []
    for name, field in setting_fields().items():
        value: object = settings
        for part in name.split("."):
            value = getattr(value, part)
        entries = value.items() if field.is_mapping and isinstance(value, dict) else ()
        found = [(f"{name}.{key}", entry) for key, entry in entries] or [(name, value)]
        if name == _CREDENTIALS and entries:
            found = [(key, _HIDDEN) for key, _ in found]
        rows.extend(
            EffectiveSetting(key, _plain(entry), settings.origins.get(key, DEFAULT_ORIGIN))
            for key, entry in found
        )
    return rows


def _plain(value: object) -> bool | str | list[str] | dict[str, float] | dict[str, object]:
    """A setting's value as JSON can hold it."""
    if isinstance(value, bool):
        return value
    if isinstance(value, tuple):
        return [str(item) for item in value]
    if isinstance(value, Struct):
        given = asdict(value)
        return {key: item for key, item in given.items() if item is not None}
    if isinstance(value, dict):
        return dict(value)
    return str(value)


def _text(value: object) -> str:
    """A plain value as YAML writes it on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(_text(item) for item in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_text(item)}" for key, item in value.items()) + "}"
    return f"{value:g}" if isinstance(value, float) else str(value)
