"""One table of the signs that stand for states, each with a twin in plain ASCII.

Every state has a sign of its own, so that nothing is told by colour alone. None needs a patched
font, none is drawn two columns wide.
"""

from __future__ import annotations

import locale
import os
from collections.abc import Mapping

from msgspec import Struct

from aimux_tui.model.annotation import Label
from aimux_tui.model.session import Status
from aimux_tui.model.tools import ToolStatus
from aimux_tui.model.turn import TurnKind, TurnState


class Glyphs(Struct, frozen=True):
    """Signs of one cell each, but for `at_least`."""

    status: Mapping[Status, str]
    tool: Mapping[ToolStatus, str]
    turn: Mapping[TurnState, str]
    kind: Mapping[TurnKind, str]
    label: Mapping[Label, str]
    note: str
    closed: str
    open: str
    cursor: str
    picked: str
    """Beside what the user marked."""
    picked_cursor: str
    """The same under the cursor."""
    prompt: str
    text: str
    thinking: str
    notice: str
    compaction: str
    image: str
    unknown: str
    agent: str
    added: str
    removed: str
    bullet: str
    quote: str
    rule: str
    branch: str
    arrow: str
    at_least: str
    about: str
    no_value: str
    """Stands for what is not known: never 0."""
    times: str
    separator: str
    ellipsis: str
    bar_full: str
    bar_empty: str


UNICODE = Glyphs(
    status={Status.ACTIVE: "●", Status.WAITING: "!", Status.IDLE: "○", Status.ERROR: "✗"},
    tool={
        ToolStatus.RUNNING: "◐",
        ToolStatus.WAITING: "!",
        ToolStatus.OK: "✓",
        ToolStatus.FAILED: "✗",
        ToolStatus.REJECTED: "⊘",
        ToolStatus.CANCELLED: "⊖",
        ToolStatus.UNKNOWN: "?",
    },
    turn={
        TurnState.RUNNING: "◐",
        TurnState.DONE: " ",
        TurnState.INTERRUPTED: "⊖",
        TurnState.ERROR: "✗",
    },
    kind={
        TurnKind.PROMPT: "\N{HEAVY RIGHT-POINTING ANGLE QUOTATION MARK ORNAMENT}",
        TurnKind.STEERING: "»",
        TurnKind.COMMAND: "/",
        TurnKind.SHELL: "$",
        TurnKind.NOTIFICATION: "◇",
        TurnKind.INJECTED: "⚙",
        TurnKind.CONTINUATION: "↻",
    },
    label={Label.GOOD: "✓", Label.BAD: "✗", Label.WASTE: "~"},
    note="✎",
    closed="▸",
    open="▾",
    cursor="▌",
    picked="▐",
    picked_cursor="█",
    prompt="\N{HEAVY RIGHT-POINTING ANGLE QUOTATION MARK ORNAMENT}",
    text="•",
    thinking="✻",
    notice="◇",
    compaction="≡",
    image="▣",
    unknown="?",
    agent="↳",
    added="+",
    removed="\N{MINUS SIGN}",
    bullet="•",
    quote="│",
    rule="─",
    branch="└",
    arrow="→",
    at_least="≥",
    about="≈",
    no_value="—",
    times="\N{MULTIPLICATION SIGN}",
    separator="·",
    ellipsis="…",
    bar_full="█",
    bar_empty="░",
)

ASCII = Glyphs(
    status={Status.ACTIVE: "*", Status.WAITING: "!", Status.IDLE: "-", Status.ERROR: "x"},
    tool={
        ToolStatus.RUNNING: "~",
        ToolStatus.WAITING: "!",
        ToolStatus.OK: "+",
        ToolStatus.FAILED: "x",
        ToolStatus.REJECTED: "!",
        ToolStatus.CANCELLED: "-",
        ToolStatus.UNKNOWN: "?",
    },
    turn={
        TurnState.RUNNING: "~",
        TurnState.DONE: " ",
        TurnState.INTERRUPTED: "-",
        TurnState.ERROR: "x",
    },
    kind={
        TurnKind.PROMPT: ">",
        TurnKind.STEERING: "}",
        TurnKind.COMMAND: "/",
        TurnKind.SHELL: "$",
        TurnKind.NOTIFICATION: "!",
        TurnKind.INJECTED: "@",
        TurnKind.CONTINUATION: "&",
    },
    label={Label.GOOD: "+", Label.BAD: "x", Label.WASTE: "~"},
    note='"',
    closed=">",
    open="v",
    cursor="|",
    picked="*",
    picked_cursor="@",
    prompt=">",
    text="*",
    thinking="~",
    notice="!",
    compaction="=",
    image="#",
    unknown="?",
    agent="`",
    added="+",
    removed="-",
    bullet="*",
    quote="|",
    rule="-",
    branch="`",
    arrow=">",
    at_least=">=",
    about="~",
    no_value="-",
    times="x",
    separator="-",
    ellipsis="~",
    bar_full="#",
    bar_empty=".",
)


def terminal_glyphs() -> Glyphs:
    """The signs that this process's terminal can show, judged by its locale and its `TERM`."""
    if os.environ.get("TERM") in {"dumb", "linux"}:
        return ASCII
    encoding = locale.getpreferredencoding(do_setlocale=False).lower().replace("-", "")
    return UNICODE if encoding == "utf8" else ASCII
