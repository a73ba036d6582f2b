"""What the `:` line could become: commands, choices, themes, sessions, paths."""

from __future__ import annotations

import os
import shlex
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from aimux_tui.commands.base import Argument, ArgumentKind
from aimux_tui.commands.builtin import COMMANDS
from aimux_tui.commands.parse import find_command
from aimux_tui.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

MOST = 50
"""Completions that are offered at once."""
MOST_READ = 5_000
"""Entries of a folder that are looked at."""


class Completion(Struct, frozen=True):
    """One way to go on."""

    line: str
    """The whole line with it, without the colon."""
    text: str
    """What is shown."""
    help: str = ""


class CompletionSource(Protocol):
    """What only the running app knows."""

    def themes(self) -> Sequence[str]:
        """Names of the themes."""
        ...

    def sessions(self) -> Iterable[tuple[str, str]]:
        """(id, title) of the sessions, in the order of the list."""
        ...

    @property
    def folder(self) -> Path:
        """What relative paths start from."""
        ...

    @property
    def home(self) -> Path:
        """What `~` stands for."""
        ...


def complete(line: str, source: CompletionSource) -> list[Completion]:
    """Ways to go on with a line, best first. Reads a folder when a path is typed."""
    text = line.lstrip().removeprefix(":").lstrip()
    word, space, rest = text.partition(" ")
    if not space:
        return _command_names(word)
    try:
        command = find_command(word)
    except CommandError:
        return []
    if not command.arguments:
        return []
    head, rest, index = f"{word} ", rest.lstrip(), 0
    while index + 1 < len(command.arguments) and " " in rest:
        before, _, rest = rest.partition(" ")
        head, rest, index = f"{head}{before} ", rest.lstrip(), index + 1
    typed = _unquote(rest)
    offered = _argument_values(command.arguments[index], typed, source)
    return [
        Completion(head + _quote(value), value, help_) for value, help_ in islice(offered, MOST)
    ]


def _command_names(word: str) -> list[Completion]:
    """Commands that begin with a word; those that hold it elsewhere come after."""
    word = word.lower()
    found = [command for command in COMMANDS if word in command.name]
    found.sort(key=lambda command: not command.name.startswith(word))
    return [
        Completion(
            command.name + (" " if command.arguments else ""), command.usage[1:], command.help
        )
        for command in found
    ]


def _argument_values(
    argument: Argument, typed: str, source: CompletionSource
) -> Iterator[tuple[str, str]]:
    """(value, help) of everything that an argument could be."""
    match argument.kind:
        case ArgumentKind.CHOICE:
            yield from ((choice, "") for choice in _starting(argument.choices, typed))
        case ArgumentKind.THEME:
            yield from ((theme, "") for theme in _starting(source.themes(), typed))
        case ArgumentKind.TARGET:
            if not typed.startswith((".", "/", "~")):
                yield from _session_ids(typed, source)
            if typed:
                yield from ((path, "") for path in _paths(typed, source))
        case ArgumentKind.FILE:
            yield from ((choice, "") for choice in _starting(argument.choices, typed))
            if typed:
                yield from ((path, "") for path in _paths(typed, source))


def _starting(values: Iterable[str], typed: str) -> Iterator[str]:
    """The values that begin with what was typed."""
    return (value for value in values if value.lower().startswith(typed.lower()))


def _session_ids(typed: str, source: CompletionSource) -> Iterator[tuple[str, str]]:
    """Sessions by the start of their id or by a word of their title."""
    lowered = typed.lower()
    for session_id, title in source.sessions():
        if session_id.lower().startswith(lowered) or lowered in title.lower():
            yield session_id, title


def _paths(typed: str, source: CompletionSource) -> list[str]:
    """Files and folders that begin with what was typed, folders with a slash at the end."""
    above, _, start = typed.rpartition("/")
    if typed == "~":
        return ["~/"]
    shown = typed[: len(typed) - len(start)]
    folder = source.home / above[2:] if above == "~" or above.startswith("~/") else None
    folder = folder or source.folder / (above or ("/" if typed.startswith("/") else ""))
    found: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in islice(entries, MOST_READ):
                is_wanted = entry.name.startswith(start)
                if is_wanted and (start or not entry.name.startswith(".")):
                    found.append(shown + entry.name + ("/" if entry.is_dir() else ""))
    except (OSError, ValueError):  # ValueError: a null character
        return []
    return sorted(found)


def _quote(value: str) -> str:
    """A value as it must be typed so that it stays one word."""
    try:
        is_plain = shlex.split(value) == [value]
    except ValueError:
        is_plain = False
    return value if is_plain else shlex.quote(value)


def _unquote(typed: str) -> str:
    """What was typed of a word, of which the closing quote may be missing."""
    for closing in ("", "'", '"'):
        try:
            return " ".join(shlex.split(typed + closing)) if typed else ""
        except ValueError:
            continue
    return typed
