"""Reading the `:` line: which command is meant, with which arguments."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.commands.base import Argument, ArgumentKind, Command
from aimux_tui.commands.builtin import COMMANDS
from aimux_tui.commands.registry import commands_by_id
from aimux_tui.errors import CommandError
from aimux_tui.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_SHOWN = 6
"""Names that an error lists."""


class Invocation(Struct, frozen=True):
    """A command with its arguments, checked."""

    command: Command
    arguments: tuple[str, ...] = ()


def parse(line: str) -> Invocation:
    """What a line means, with or without its colon. CommandError if it means nothing.

    A command may be shortened as long as it stays the only one; a number goes to that turn.
    """
    text = line.strip().removeprefix(":").strip()
    if not text:
        raise CommandError("no command", hint=":help lists them")
    if text.isascii() and text.isdigit():
        command = commands_by_id()["turn.goto"]
        return Invocation(command, check_arguments(command, [text]))
    word, _, rest = text.partition(" ")
    command = find_command(word)
    return Invocation(command, check_arguments(command, split_arguments(command, rest.strip())))


def find_command(word: str) -> Command:
    """The command with this name or id, or the only one that begins so."""
    word = word.lower()
    for command in COMMANDS:
        if word in {command.name, command.id}:
            return command
    found = [command for command in COMMANDS if command.name.startswith(word)]
    found = found or [command for command in COMMANDS if command.id.startswith(word)]
    if len(found) == 1:
        return found[0]
    if found:
        raise CommandError(f":{word} is not clear", hint=f"it could be {_listed(found)}")
    close = nearest(word, [command.name for command in COMMANDS])
    raise CommandError(
        f"no command :{word}", hint=f"did you mean :{close}?" if close else ":help lists them"
    )


def split_arguments(command: Command, rest: str) -> list[str]:
    """The words behind a command, as a shell would read them."""
    if not rest:
        return []
    if command.arguments and command.arguments[0].kind is ArgumentKind.TEXT:
        return [rest]
    try:
        return shlex.split(rest)
    except ValueError as error:
        raise CommandError(f":{command.name}: {str(error).lower()}", hint=command.usage) from error


def check_arguments(command: Command, given: Sequence[str]) -> tuple[str, ...]:
    """The arguments, shortened choices written out. CommandError if they do not fit."""
    most = len(command.arguments)
    if len(given) > most:
        takes = "no argument" if not most else "one argument" if most == 1 else f"{most} arguments"
        raise CommandError(f":{command.name} takes {takes}", hint=command.usage)
    missing = [
        argument.name for argument in command.arguments[len(given) :] if argument.is_required
    ]
    if missing:
        raise CommandError(f":{command.name} needs {' and '.join(missing)}", hint=command.usage)
    return tuple(map(_check_argument, command.arguments, given))


def _check_argument(argument: Argument, given: str) -> str:
    """One argument."""
    match argument.kind:
        case ArgumentKind.NUMBER:
            if not (given.isascii() and given.isdigit() and given.strip("0")):
                raise CommandError(f"{given!r} is not a number", hint="a whole number from 1 on")
            return str(int(given[:18]))
        case ArgumentKind.CHOICE:
            return _check_choice(argument, given)
        case _:
            return given


def _check_choice(argument: Argument, given: str) -> str:
    """The one choice that begins so."""
    found = [choice for choice in argument.choices if choice.startswith(given.lower())]
    if given.lower() in found or len(found) == 1:
        return given.lower() if given.lower() in found else found[0]
    close = nearest(given, argument.choices)
    hint = f"did you mean {close}?" if close else f"one of {', '.join(argument.choices)}"
    raise CommandError(f"{given!r} is not one of the choices", hint=hint)


def _listed(commands: Sequence[Command]) -> str:
    """Some names for an error."""
    names = [f":{command.name}" for command in commands[:MOST_SHOWN]]
    return ", ".join(names) + (", …" if len(commands) > MOST_SHOWN else "")
