"""The settings file as plain values that know their line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from aimux_tui.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

MAX_DEPTH = 8
"""Levels that are looked at; settings need four."""


class Scalar(Struct, frozen=True):
    """A plain value, and where it was written."""

    value: bool | int | float | str | None
    text: str
    """As it was written."""
    place: str
    """Such as "/home/me/.aimux/config.yaml:3"."""


class Listing(Struct, frozen=True):
    """A list."""

    items: tuple[Located, ...]
    place: str


class Table(Struct, frozen=True):
    """A mapping; pairs, because a key may be written twice. A value's place is its key's."""

    entries: tuple[tuple[str, Located], ...]
    place: str


Located = Scalar | Listing | Table


def read_document(file: Path) -> Located | None:
    """The settings file; None if there is none or it is empty. ConfigError if it is unreadable."""
    try:
        text = file.read_text("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: not UTF-8 text", hint=str(error)) from error
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from error
    return parse_document(text, str(file))


def parse_document(text: str, name: str) -> Located | None:
    """The YAML document `text`; `name` says in messages where it came from."""
    import yaml

    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"{name}:{mark.line + 1}" if mark else name
        raise ConfigError(f"{place}: not valid YAML: {error.problem}") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise ConfigError(f"{name}: not valid YAML", hint=str(error)) from error
    if node is None:
        return None
    return _locate(node, name, yaml.SafeLoader(""), 0)


def _locate(node: Any, name: str, loader: Any, depth: int) -> Located:
    """A node of the document, and what is in it, to `MAX_DEPTH` levels."""
    import yaml

    place = f"{name}:{node.start_mark.line + 1}"
    if isinstance(node, yaml.ScalarNode):
        return Scalar(_scalar(node, loader), node.value, place)
    if depth >= MAX_DEPTH:
        raise ConfigError(f"{place}: nested too deeply")
    if isinstance(node, yaml.SequenceNode):
        return Listing(tuple(_locate(item, name, loader, depth + 1) for item in node.value), place)
    entries: list[tuple[str, Located]] = []
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise ConfigError(f"{place}: a key must be a word")
        located = _locate(value, name, loader, depth + 1)
        line = f"{name}:{key.start_mark.line + 1}"
        entries.append((key.value, replace(located, place=line)))
    return Table(tuple(entries), place)


def _scalar(node: Any, loader: Any) -> bool | int | float | str | None:
    """The value of a scalar; its text if YAML makes something else of it than a plain value."""
    import yaml

    try:
        value = loader.construct_object(node)
    except (yaml.YAMLError, ValueError):
        return str(node.value)
    return value if isinstance(value, bool | int | float | str | None) else str(node.value)
