"""The receiver's state in a few characters of the header, and its troubles in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from textual.content import Content

from aimux_tui.receiver.status import ReceiverState, ReceiverStatus
from aimux_tui.text.units import format_count

if TYPE_CHECKING:
    from collections.abc import Callable

    from aimux_tui.tui.format.look import Look
    from aimux_tui.tui.telemetry.ports import ReceiverPort


class ReceiverChip(Struct, frozen=True):
    """What the header tells of the receiver: equal as long as it looks the same."""

    state: ReceiverState
    port: int
    rate: str = ""
    """Records a second, "" for none."""
    has_trouble: bool = False
    """It listens, but what comes cannot be kept."""


def chip_of(status: ReceiverStatus) -> ReceiverChip | None:
    """The chip of a status; None: there is nothing to tell."""
    if status.state is ReceiverState.OFF:
        return None
    rate = ""
    if status.rate:
        rate = f"{format_count(round(status.rate))}/s" if status.rate >= 1 else "<1/s"
    has_trouble = status.state is ReceiverState.LISTENING and bool(status.problem)
    return ReceiverChip(status.state, status.port, rate, has_trouble)


def format_chip(chip: ReceiverChip, look: Look, *, is_wordy: bool) -> Content:
    """The port is left out where words are dear."""
    palette = look.palette
    name = f"OTLP :{chip.port}" if is_wordy else "OTLP"
    match chip.state:
        case ReceiverState.FAILED:
            return Content.styled(f"{name} failed", palette.failed)
        case ReceiverState.ELSEWHERE:
            # Another aimux receives: what comes is seen all the same.
            return Content.styled(f"{name} elsewhere", palette.muted)
        case ReceiverState.STARTING:
            return Content.styled(look.plain(f"{name} …"), palette.faint)
    if chip.has_trouble:
        return Content.styled(f"{name} not kept", palette.failed)
    style = palette.ok if chip.rate else palette.muted
    return Content.styled(f"{name} {chip.rate}".rstrip(), style)


class ReceiverWatch:
    """Looks at the receiver now and then, and tells each of its troubles once."""

    def __init__(self, receiver: ReceiverPort, tell: Callable[[str], None]) -> None:
        self._receiver = receiver
        self._tell = tell
        self._told: set[str] = set()
        self._seen: ReceiverStatus | None = None
        self.chip: ReceiverChip | None = None

    def look(self) -> bool:
        """Whether the chip is another one than before."""
        status = self._receiver.status
        if status is self._seen:
            return False
        self._seen = status
        if status.problem:
            hint = f"\n{status.hint}" if status.hint else ""
            self._tell_once(f"Telemetry is not received: {status.problem}{hint}")
        elif status.state is ReceiverState.LISTENING:
            self._told.clear()  # should it fail again, that is news
        if status.notice:
            self._tell_once(status.notice)
        chip = chip_of(status)
        is_other, self.chip = chip != self.chip, chip
        return is_other

    def _tell_once(self, message: str) -> None:
        if message not in self._told:
            self._told.add(message)
            self._tell(message)
