"""`aimux env AGENT` and `aimux run -- AGENT …`: telemetry of an agent, sent here."""

from __future__ import annotations

import os
import secrets
import shlex
import shutil
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from aimux_tui.cli.setup import look_around, tell_errors
from aimux_tui.errors import CommandError
from aimux_tui.wiring.recipes import agent_of, agents, recipe
from aimux_tui.wiring.settings_file import as_text, place_of, plan
from aimux_tui.wiring.shells import assignments, shell_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aimux_tui.config.schema import OtelSettings
    from aimux_tui.wiring.recipes import Recipe

_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - nothing is bound here
_PATIENCE = 0.3
"""Seconds for which the receiver may let somebody wait who asks whether it is there."""


def run(agent: str, *, shell: str | None, with_content: bool, writes: bool, is_sure: bool) -> int:
    """Print what points an agent here, or write it into the agent's settings."""
    surroundings = look_around()
    tell_errors(surroundings)
    wanted = recipe(agent, receiver_url(surroundings.settings.otel), with_content=with_content)
    if writes:
        return _write(wanted, is_sure=is_sure)
    print(_described(wanted, shell or shell_of(os.environ.get("SHELL", ""))))
    return 0


def receiver_url(otel: OtelSettings) -> str:
    """Where agents on this machine reach the receiver."""
    host = _ANY_ADDRESS.get(otel.host, otel.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{otel.port}"


def _described(wanted: Recipe, shell: str) -> str:
    """What a shell can evaluate; everything else is a comment in it."""
    parts: list[str] = []
    if wanted.variables:
        parts.append(assignments(wanted.variables, shell))
    if wanted.arguments:
        shown = " ".join(shlex.quote(argument) for argument in wanted.arguments)
        parts.append(_comment(f"for one run:\n  {wanted.name} {shown}"))
    if wanted.config is not None:
        path = place_of(wanted.config, os.environ, Path.home())
        lines = "\n".join(f"  {line}" for line in as_text(wanted.config).splitlines())
        heading = f"for good, in {path} (`aimux env {wanted.name} --write` puts it there):"
        parts.append(_comment(f"{heading}\n{lines}"))
    if wanted.note:
        parts.append(_comment(wanted.note))
    return "\n".join(parts)


def _comment(text: str) -> str:
    return "\n".join(f"# {line}".rstrip() for line in text.splitlines())


def _write(wanted: Recipe, *, is_sure: bool) -> int:
    if wanted.config is None:
        raise CommandError(f"{wanted.title} has no settings for its telemetry", hint=wanted.note)
    change = plan(wanted.config, place_of(wanted.config, os.environ, Path.home()))
    if not change.is_needed:
        print(f"{change.path} says so already")
        return 0
    print(change.diff())
    if not is_sure:
        if not sys.stdin.isatty():
            raise CommandError("nobody is there to be asked", hint="--yes writes without asking")
        if input(f"Write this to {change.path}? [y/N] ").strip().lower() not in {"y", "yes"}:
            print("nothing was changed")
            return 1
    change.write()
    print(f"{change.path} is written: {wanted.title} sends its telemetry here from its next start")
    if wanted.variables and not wanted.is_complete:
        print(assignments(wanted.variables, shell_of(os.environ.get("SHELL", ""))))
    return 0


def start(command: Sequence[str], *, with_content: bool) -> int:
    """Become the agent, its telemetry pointed here, in a trace of its own. Raises CommandError."""
    surroundings = look_around()
    tell_errors(surroundings)
    words = [word for index, word in enumerate(command) if index or word != "--"]
    if not words:
        raise CommandError("no command", hint="for example: aimux run -- claude -p 'hello'")
    program = shutil.which(words[0])
    if program is None:
        raise CommandError(f"{words[0]}: no such command")
    agent = agent_of(words[0])
    if not agent:
        known = ", ".join(agents())
        raise CommandError(f"{words[0]} is no agent that can be pointed here", f"known: {known}")
    url = receiver_url(surroundings.settings.otel)
    wanted = recipe(agent, url, with_content=with_content)
    if not wanted.is_complete:
        _check_settings(wanted)
    if not _listens(surroundings.settings.otel):
        print(
            f"aimux: nothing listens at {url}; `aimux receive` or `aimux --receive` does",
            file=sys.stderr,
        )
    trace = f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"
    env = os.environ | wanted.variables | {"TRACEPARENT": trace}
    sys.stdout.flush()
    os.execve(program, [words[0], *wanted.arguments, *words[1:]], env)  # noqa: S606 - that is it


def _check_settings(wanted: Recipe) -> None:
    """Raises CommandError where an agent's settings are needed and do not say it."""
    if wanted.config is None:
        return
    change = plan(wanted.config, place_of(wanted.config, os.environ, Path.home()))
    if change.is_needed:
        raise CommandError(
            f"{wanted.title} is pointed here by its settings, and {change.path} does not say so",
            hint=f"`aimux env {wanted.name} --write` puts it there",
        )


def _listens(otel: OtelSettings) -> bool:
    host = _ANY_ADDRESS.get(otel.host, otel.host)
    try:
        with socket.create_connection((host, otel.port), timeout=_PATIENCE):
            return True
    except OSError:
        return False
