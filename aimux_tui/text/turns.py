"""What is said of a turn in words, on the screen and without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.model.turn import TurnKind, TurnState

if TYPE_CHECKING:
    from aimux_tui.model.turn import TurnSummary

_ASKS_THE_MODEL = frozenset({TurnKind.PROMPT, TurnKind.STEERING})


def missing_answer(turn: TurnSummary) -> str:
    """That nothing followed what the user asked; "" if something did, or need not."""
    if not turn.prompt_only or turn.kind not in _ASKS_THE_MODEL:
        return ""
    return "no answer yet" if turn.state is TurnState.RUNNING else "no answer in the log"
