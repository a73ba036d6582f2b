"""Finding who does a command: the method `cmd_…` nearest to the focus.

A node may also have `why_not_…`, with the same ending and no arguments: it says in words why the
command cannot be done now, or returns "".
"""

from __future__ import annotations

from inspect import isawaitable
from typing import TYPE_CHECKING, Any

from aimux_tui.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from aimux_tui.commands.base import Command


def helpers_of(node: object) -> Sequence[object]:
    """Objects that do some of a node's commands for it."""
    helpers: Sequence[object] = getattr(node, "helpers", ())
    return helpers


def find_handler(nodes: Iterable[object], command: Command) -> Callable[..., Any] | None:
    """The command's method of the first node that has one."""
    for node in nodes:
        method: Callable[..., Any] | None = getattr(node, command.handler, None)
        if method is not None:
            return method
    return None


def reason_against(nodes: Iterable[object], command: Command) -> str:
    """Why the command cannot be done now, in words; "" if it can."""
    name = command.handler.replace("cmd_", "why_not_", 1)
    for node in nodes:
        ask: Callable[[], str] | None = getattr(node, name, None)
        if ask is not None:
            return ask()
        if hasattr(node, command.handler):
            return ""
    return f"{command.name} means nothing here"


async def run_command(
    nodes: Sequence[object], command: Command, arguments: Sequence[str] = ()
) -> None:
    """Do a command. Raises CommandError if it cannot be done."""
    if reason := reason_against(nodes, command):
        raise CommandError(reason)
    handler = find_handler(nodes, command)
    if handler is None:
        raise CommandError(f"{command.name} means nothing here")
    result = handler(*arguments)
    if isawaitable(result):
        await result
