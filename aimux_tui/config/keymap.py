"""Which keys run which commands: the defaults, with the user's own keys laid over them."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Protocol

from aimux_tui.errors import ConfigError
from aimux_tui.keys import collide
from aimux_tui.spelling import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Set


class Bindable(Protocol):
    """What keys can be bound to."""

    @property
    def id(self) -> str:
        """Such as "session.sort"."""
        ...

    @property
    def keys(self) -> tuple[str, ...]:
        """Its default keys, as `keys.parse_keys` writes them."""
        ...

    @property
    def panes(self) -> Set[str]:
        """Where it works; the same keys may mean something else elsewhere."""
        ...


def build_keymap(
    commands: Iterable[Bindable],
    user_keys: Mapping[str, tuple[str, ...]],
    origins: Mapping[str, str] | None = None,
) -> tuple[dict[str, tuple[str, ...]], list[ConfigError]]:
    """(command id → its keys, what is wrong with the user's keys).

    A key that the user gives to one command is taken from every other that it would collide with.
    `origins` are the settings' origins, for the errors.
    """
    known = {command.id: command for command in commands}
    errors: list[ConfigError] = []
    chosen: dict[str, tuple[str, ...]] = {}
    for command_id, keys in user_keys.items():
        place = (origins or {}).get(f"keys.{command_id}", "keys")
        if command_id not in known:
            hint = suggestion(command_id, known)
            errors.append(ConfigError(f"{place}: unknown command {command_id!r}", hint))
            continue
        free = []
        for key in keys:
            rival = _holder(key, known[command_id], chosen, known)
            if rival is None:
                free.append(key)
            else:
                problem = f"{place}: {key!r} is already the key of {rival}"
                errors.append(ConfigError(problem, hint=f"give {command_id} another key"))
        chosen[command_id] = tuple(free)
    keymap = dict(chosen)
    for command in known.values():
        if command.id not in chosen:
            keymap[command.id] = tuple(
                key for key in command.keys if _holder(key, command, chosen, known) is None
            )
    return {command_id: keymap[command_id] for command_id in known}, errors


def collisions(commands: Iterable[Bindable]) -> list[tuple[str, str, str]]:
    """(keys, command id, command id) for all default keys that would mean two things at once."""
    return [
        (key, one.id, other.id)
        for one, other in combinations(commands, 2)
        if one.panes & other.panes
        for key in one.keys
        if any(collide(key, rival) for rival in other.keys)
    ]


def _holder(
    key: str,
    command: Bindable,
    chosen: Mapping[str, tuple[str, ...]],
    known: Mapping[str, Bindable],
) -> str | None:
    """The command that the user gave colliding keys to, where both work."""
    for rival, keys in chosen.items():
        if rival == command.id or not known[rival].panes & command.panes:
            continue
        if any(collide(key, taken) for taken in keys):
            return rival
    return None
