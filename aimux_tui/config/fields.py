"""The schema as a flat table: every setting by its dotted name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, get_origin

from msgspec import Struct
from msgspec.structs import FieldInfo, fields

from aimux_tui.config.schema import Settings


class SettingField(Struct, frozen=True):
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


def _walk(section: type[Struct], prefix: str) -> list[SettingField]:
    """The settings of one section and those below it."""
    found: list[SettingField] = []
    for field in fields(section):
        name, kind = prefix + field.name, field.type
        if name == "origins":
            continue  # where the settings came from is none itself
        if isinstance(kind, type) and issubclass(kind, Struct):
            found.extend(_walk(kind, f"{name}."))
        else:
            found.append(SettingField(name, kind, default_of(field)))
    return found


def default_of(field: FieldInfo) -> object:
    """The default of a Struct's field; NODEFAULT if it has none."""
    if callable(field.default_factory):
        return field.default_factory()
    return field.default


@cache
def section_names() -> frozenset[str]:
    """The dotted names of everything that holds settings, "" for the whole."""
    parts = [name.split(".") for name in setting_fields()]
    return frozenset(".".join(path[:depth]) for path in parts for depth in range(len(path)))
