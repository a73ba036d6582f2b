"""Settings collected from the user's file, the environment and the command line."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any, get_args

from msgspec.structs import fields, replace

from aimux_tui.config.convert import convert, convert_keys
from aimux_tui.config.document import Listing, Located, Scalar, Table, read_document
from aimux_tui.config.fields import SettingField, section_names, setting_fields
from aimux_tui.config.schema import Settings
from aimux_tui.config.variables import PREFIX, is_setting_variable
from aimux_tui.errors import ConfigError
from aimux_tui.spelling import nearest, suggestion

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FLAG_ORIGIN = "command line"


class Layers:
    """Values collected from one layer after the other; later ones replace earlier ones."""

    def __init__(self) -> None:
        self.errors: list[ConfigError] = []
        self._values: dict[str, Any] = {}
        self._origins: dict[str, str] = {}

    def read_file(self, file: Path) -> None:
        """Take the user's file, if there is one."""
        try:
            document = read_document(file)
        except ConfigError as error:
            self.errors.append(error)
            return
        if document is not None:
            self._read_section("", document)

    def read_env(self, env: Mapping[str, str]) -> None:
        """Take the AIMUX_* variables. Those that are like none of ours belong to somebody else."""
        fields = {field.variable: field for field in setting_fields().values() if field.variable}
        endings = [variable.removeprefix(PREFIX) for variable in fields]
        for variable, text in env.items():
            if not is_setting_variable(variable):
                continue
            if field := fields.get(variable):
                self._set(field, _from_text(field, text, variable))
            elif close := nearest(variable.removeprefix(PREFIX), endings):
                hint = f"did you mean {PREFIX}{close}?"
                self.errors.append(ConfigError(f"{variable}: unknown variable", hint))

    def read_flags(self, flags: Mapping[str, object]) -> None:
        """Take what was given on the command line."""
        fields = setting_fields()
        for name, value in flags.items():
            if name not in fields:
                self._unknown(FLAG_ORIGIN, name, "")
            elif isinstance(value, list | tuple):
                items = tuple(Scalar(str(item), str(item), FLAG_ORIGIN) for item in value)
                self._set(fields[name], Listing(items, FLAG_ORIGIN))
            else:
                self._set(fields[name], Scalar(str(value), str(value), FLAG_ORIGIN))

    def settings(self) -> Settings:
        """Everything that was taken, with defaults for the rest."""
        built = self._build(Settings, "")
        assert isinstance(built, Settings)
        return replace(built, origins=self._origins)

    def _read_section(self, section: str, given: Located) -> None:
        """Take the settings below `section` ("" is the whole file)."""
        if isinstance(given, Scalar) and given.value is None:
            return
        if not isinstance(given, Table):
            where = section or "the file"
            self.errors.append(ConfigError(f"{given.place}: {where}: expected keys and values"))
            return
        seen: set[str] = set()
        for key, value in given.entries:
            name = f"{section}.{key}" if section else key
            if key in seen:
                self.errors.append(ConfigError(f"{value.place}: {name}: set twice"))
            seen.add(key)
            if name in setting_fields():
                self._set(setting_fields()[name], value)
            elif name in section_names():
                self._read_section(name, value)
            else:
                self._unknown(value.place, name, section)

    def _set(self, field: SettingField, given: Located) -> None:
        """Take one setting."""
        if isinstance(given, Scalar) and given.value is None:
            return
        if field.is_mapping:
            self._set_entries(field, given)
            return
        try:
            self._values[field.name] = convert(field.type, field.name, given)
        except ConfigError as error:
            self.errors.append(error)
        else:
            self._origins[field.name] = given.place

    def _set_entries(self, field: SettingField, given: Located) -> None:
        """Take the entries of a setting that is a mapping."""
        if not isinstance(given, Table):
            problem = f"{given.place}: {field.name}: expected names and values"
            self.errors.append(ConfigError(problem))
            return
        entries = self._values.setdefault(field.name, {})
        for key, value in given.entries:
            name = f"{field.name}.{key}"
            try:
                if field.name == "keys":
                    entries[key] = convert_keys(name, value)
                else:
                    entries[key] = convert(get_args(field.type)[1], name, value)
            except ConfigError as error:
                self.errors.append(error)
            else:
                self._origins[name] = value.place

    def _unknown(self, place: str, name: str, section: str) -> None:
        """Report a key that means nothing, with the nearest one that does."""
        known = sorted({*setting_fields(), *section_names()} - {""})
        beside = [other for other in known if other.rpartition(".")[0] == section]
        word = name.removeprefix(f"{section}.")
        close = nearest(word, beside) or nearest(word, known)
        hint = f"did you mean {close}?" if close else suggestion(name, beside)
        self.errors.append(ConfigError(f"{place}: unknown key {name!r}", hint))

    def _build(self, section: type, prefix: str) -> object:
        """The Struct of a section."""
        values: dict[str, object] = {}
        for field in fields(section):
            name = prefix + field.name
            if name in section_names():
                values[field.name] = self._build(field.type, f"{name}.")
            elif name in self._values:
                values[field.name] = self._values[name]
        return section(**values)


def _from_text(field: SettingField, text: str, variable: str) -> Located:
    """The value of a variable; several paths are separated as in PATH."""
    if field.is_list:
        parts = (part for part in text.split(os.pathsep) if part)
        return Listing(tuple(Scalar(part, part, variable) for part in parts), variable)
    if field.type is float:
        with suppress(ValueError):
            return Scalar(float(text), text, variable)
    return Scalar(text, text, variable)
