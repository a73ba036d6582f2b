"""What a command is: a row of one table that keys, the `:` line, the palette and help share."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Group(StrEnum):
    """The heading under which help lists a command."""

    MOVE = "Move"
    TURNS = "Turns"
    LABELS = "Labels"
    SESSIONS = "Sessions"
    DETAIL = "Detail"
    COPY = "Copy"
    EXPORT = "Export"
    SHOW = "Show"
    APP = "aimux"


class Pane(StrEnum):
    """A part of the screen that can have the focus."""

    SESSIONS = "sessions"
    TRACE = "trace"
    DETAIL = "detail"


EVERYWHERE = frozenset(Pane)
LISTS = frozenset({Pane.SESSIONS, Pane.TRACE})
OPENED = frozenset({Pane.TRACE, Pane.DETAIL})
"""Where one is within a session."""


class ArgumentKind(StrEnum):
    """What an argument stands for: how it is checked and completed."""

    TEXT = "text"
    """The rest of the line as it is, quotes and all."""
    CHOICE = "choice"
    NUMBER = "number"
    """1 or more."""
    THEME = "theme"
    TARGET = "target"
    """A session's id, or the path of a log file."""
    FILE = "file"
    """A path, which need not exist, or one of the choices."""


class Argument(Struct, frozen=True):
    """An argument on the `:` line."""

    name: str
    """In capitals, as usage lines show it."""
    kind: ArgumentKind
    choices: tuple[str, ...] = ()
    is_required: bool = True

    @property
    def usage(self) -> str:
        """As a usage line shows it."""
        names = [] if self.choices and self.kind is ArgumentKind.CHOICE else [self.name]
        shown = "|".join((*self.choices, *names))
        return shown if self.is_required else f"[{shown}]"


class Command(Struct, frozen=True):
    """Something the user can do. The method `handler` of a widget, screen or app does it."""

    id: str
    """`noun.verb`, stable: what users bind keys to."""
    help: str
    """One sentence in the imperative, without a full stop."""
    group: Group
    name: str
    """On the `:` line."""
    keys: tuple[str, ...] = ()
    """Default keys as `aimux_tui.keys` writes them; "y c" is pressed one after the other."""
    arguments: tuple[Argument, ...] = ()
    panes: frozenset[Pane] = EVERYWHERE
    """Where its keys work."""
    label: str = ""
    """One or two words for the footer and the which-key line."""
    in_footer: bool = False

    @property
    def handler(self) -> str:
        """The name of the method that does it; it takes the arguments as strings."""
        return "cmd_" + self.id.replace(".", "_").replace("-", "_")

    @property
    def usage(self) -> str:
        """As it is typed on the `:` line."""
        return " ".join([f":{self.name}", *(argument.usage for argument in self.arguments)])
