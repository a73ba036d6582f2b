"""Changing an agent's settings: only what must be, shown before it is done."""

from __future__ import annotations

import difflib
import os
import tempfile
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from aimux_tui.errors import CommandError

if TYPE_CHECKING:
    from aimux_tui.wiring.recipes import ConfigFile, Values


class PlannedChange(Struct, frozen=True):
    """A file as it is and as it would be."""

    path: Path
    before: str
    after: str

    @property
    def is_needed(self) -> bool:
        """Whether anything would change."""
        return self.before != self.after

    def diff(self) -> str:
        """The change as a unified diff."""
        lines = difflib.unified_diff(
            self.before.splitlines(),
            self.after.splitlines(),
            str(self.path) if self.before else os.devnull,
            str(self.path),
            lineterm="",
        )
        return "\n".join(lines)

    def write(self) -> None:
        """Do it, unless the file has changed since it was read. Raises CommandError."""
        if _text_of(self.path) != self.before:
            raise CommandError(f"{self.path} has changed meanwhile", hint="try again")
        # A link (to a repository of settings, say) stays a link.
        path = self.path.resolve()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            mode = path.stat().st_mode & 0o777 if path.exists() else 0o600
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    file.write(self.after)
                    file.flush()
                    os.fsync(handle)
                Path(name).chmod(mode)
                Path(name).replace(path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}") from error


def place_of(config: ConfigFile, env: Mapping[str, str], home: Path) -> Path:
    """Where the settings are: where the agent's own variable says, else below the home."""
    if config.variable and (named := env.get(config.variable)):
        return Path(named) / config.folder / config.path.name
    return home / config.path


def plan(config: ConfigFile, path: Path) -> PlannedChange:
    """What has to change in the file at `path`, which need not exist.

    Raises CommandError if the file cannot be read or changed without loss.
    """
    before = _text_of(path)
    merge = _merged_toml if config.format == "toml" else _merged_json
    return PlannedChange(path, before, merge(before, config.values, path))


def as_text(config: ConfigFile) -> str:
    """The values alone, as they would stand in an empty file."""
    merge = _merged_toml if config.format == "toml" else _merged_json
    return merge("", config.values, Path(config.path))


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{path} is no UTF-8 text") from error


def _merged_json(before: str, values: Values, path: Path) -> str:
    try:
        document = msgspec.json.decode(before) if before.strip() else {}
    except msgspec.DecodeError as error:
        raise CommandError(
            f"{path} is no plain JSON: {error}",
            hint="with comments in it, add the lines by hand: without --write they are shown",
        ) from error
    if not isinstance(document, dict):
        raise CommandError(f"{path} holds no JSON object")
    if not _merge(document, values, path):
        return before
    text = msgspec.json.format(msgspec.json.encode(document), indent=_indent_of(before))
    return text.decode() + "\n"


def _indent_of(text: str) -> int:
    """By how much the file is indented."""
    for line in text.splitlines()[1:]:
        if line.strip():
            return max(len(line) - len(line.lstrip(" ")), 1) if line[0] == " " else 2
    return 2


def _merged_toml(before: str, values: Values, path: Path) -> str:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(before)
        if not _merge(document, _inline_tables(values), path):
            return before
    except TOMLKitError as error:
        raise CommandError(f"{path} is no TOML: {error}") from error
    return tomlkit.dumps(document)


def _inline_tables(values: Values) -> dict[str, Any]:
    """Tables within the outermost on one line each, as Codex' own documentation has them."""
    import tomlkit

    tables: dict[str, Any] = {}
    for name, table in values.items():
        made = tomlkit.table()
        for key, value in table.items():
            made[key] = _inline(value)
        tables[name] = made
    return tables


def _inline(value: object) -> object:
    import tomlkit

    if not isinstance(value, Mapping):
        return value
    table = tomlkit.inline_table()
    for key, inner in value.items():
        table[key] = _inline(inner)
    return table


def _merge(into: MutableMapping[str, Any], values: Values, path: Path) -> bool:
    """Put values into a nested document; True if it changed."""
    changed = False
    for key, value in values.items():
        known = into.get(key)
        if isinstance(value, Mapping) and isinstance(known, MutableMapping):
            changed = _merge(known, value, path) or changed
        elif isinstance(value, Mapping) and known is not None:
            raise CommandError(f"{path}: {key} is no table, so nothing can be put into it")
        elif known != value:
            into[key] = value
            changed = True
    return changed
