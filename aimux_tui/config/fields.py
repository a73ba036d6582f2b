"""The schema as a flat table: every setting by its dotted name."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, get_origin, get_type_hints

from aimux_tui.config.schema import Settings


@dataclass(frozen=True, slots=True)
class SettingField:
    """One setting."""

    name: str
    """Dotted."""
    type: Any
    """As the schema declares it, resolved."""
    default: object

    @property
    def is_mapping(self) -> bool:
        """Whether its entries are settings of their own."""
        return get_origin(self.type) is Mapping

    @property
    def is_list(self) -> bool:
        """Whether it is a list of texts."""
        return get_origin(self.type) is tuple

    @property
    def variable(self) -> str:
        """The environment variable that sets it; empty for a mapping."""
        return "" if self.is_mapping else "AIMUX_" + self.name.replace(".", "_").upper()


@cache
def setting_fields() -> Mapping[str, SettingField]:
    """Every setting by its dotted name, in the order of the schema."""
    return {field.name: field for field in _walk(Settings, "")}


def _walk(section: type, prefix: str) -> list[SettingField]:
    """The settings of one section and those below it."""
    hints = get_type_hints(section)
    found: list[SettingField] = []
    for field in dataclasses.fields(section):
        if not field.metadata.get("is_setting", True):
            continue
        name, kind = prefix + field.name, hints[field.name]
        if dataclasses.is_dataclass(kind) and isinstance(kind, type):
            found.extend(_walk(kind, f"{name}."))
        else:
            found.append(SettingField(name, kind, default_of(field)))
    return found


def default_of(field: dataclasses.Field[Any]) -> object:
    """The default of a dataclass field; MISSING if it has none."""
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


@cache
def section_names() -> frozenset[str]:
    """The dotted names of everything that holds settings, "" for the whole."""
    parts = [name.split(".") for name in setting_fields()]
    return frozenset(".".join(path[:depth]) for path in parts for depth in range(len(path)))
