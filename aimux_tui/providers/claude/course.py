"""How turns begin and end in the course of a log, and what is kept on the way."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from aimux_tui.model.log import LogState
from aimux_tui.model.turn import PROMPT_KINDS, TurnKind, TurnState
from aimux_tui.providers.claude.calls import Calls
from aimux_tui.providers.claude.ledger import Ledger, digest
from aimux_tui.providers.claude.links import Links
from aimux_tui.providers.claude.outcomes import flattened, plain_text
from aimux_tui.providers.claude.prompts import (
    LOCAL_COMMANDS,
    command_of,
    title_of,
    unwrapped,
)
from aimux_tui.providers.claude.state import StateMachine
from aimux_tui.providers.claude.turns import OpenTurn, TurnBook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from msgspec import Raw

    from aimux_tui.model.turn import TurnSummary
    from aimux_tui.providers.claude.identity import Identity
    from aimux_tui.providers.claude.records import Line

_PLAIN_BLOCKS = frozenset({"text", "thinking", "redacted_thinking"})
_DETAIL_LENGTH = 200
_CONTINUED = "(work before the first prompt)"
_COMPACTED = "(conversation compacted)"


class Course:
    """The turns of one log so far, and what is known of their requests, calls and agents.

    `start` and `end` are the bytes of a record's line in the file, without its newline. A line
    belongs to the turn in which it stands, unless a handler says otherwise.
    """

    __slots__ = (
        "_awaits_summary", "_identity", "_is_ours", "_is_request", "_message_turn", "_steered",
        "_worked_at", "book", "calls", "compactions", "context_request", "last_model", "ledger",
        "links", "prompts", "state", "unknown",
    )  # fmt: skip

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self.book = TurnBook()
        self.ledger = Ledger()
        self.calls = Calls(self.book)
        self.links = Links()
        self.state = StateMachine(self.calls.pending)
        self.prompts = 0
        self.compactions = 0
        self.unknown: Counter[str] = Counter()
        self.context_request = -1
        """The newest request of the main conversation."""
        self.last_model = ""
        self._message_turn: OpenTurn | None = None
        """The turn of the API message that is being written."""
        self._is_request = False
        """Whether an API was asked for that message."""
        self._is_ours = False
        """Whether it was, and for the main conversation."""
        self._steered: list[OpenTurn] = []
        """Turns that a steering prompt ended while calls of theirs ran, which run on."""
        self._worked_at: str | None = None
        """The time of the current turn's newest work; None if it has only its prompt."""
        self._awaits_summary = False
        """A compaction's boundary has come, its summary has not."""

    def turns(self) -> Sequence[TurnSummary]:
        """The turns as values."""
        self._settle()
        return self.book.snapshot(self.ledger)

    def _settle(self) -> None:
        """Write down what is known of the current turn's end."""
        self._settle_steered()
        current = self.book.current
        if current is not None:
            current.state = self.state.turn_state()
            current.has_work = self._worked_at is not None
            current.ended = self._worked_at or ""

    def _settle_steered(self) -> None:
        """A steered turn is over when its calls are."""
        if not self._steered:
            return
        running = self._running()
        for turn in self._steered:
            if turn not in running:
                turn.state = TurnState.DONE
                self.book.touch(turn)
        self._steered = [turn for turn in self._steered if turn in running]

    def _running(self) -> list[OpenTurn]:
        """The turns of the calls that wait for their results."""
        turns = (self.calls.turn_of(call_id) for call_id in self.calls.pending)
        return [turn for turn in turns if turn is not None]

    def _give_up(self) -> None:
        """The calls that have no result will get none."""
        self._settle_steered()
        for turn in self._steered:
            turn.state = TurnState.INTERRUPTED
            self.book.touch(turn)
        self._steered.clear()
        self.calls.pending.clear()

    def _begin(self, kind: TurnKind, uuid: str | None, text: str, at: str, start: int) -> OpenTurn:
        """Open a turn whose first record is at `start`."""
        title = title_of(kind, text)
        self._settle()
        last = self.book.current
        if last is not None and last.state is TurnState.RUNNING:
            is_steered = kind is TurnKind.STEERING and last in self._running()
            if is_steered:
                self._steered.append(last)
            else:
                was_left = self.calls.pending and kind is not TurnKind.STEERING
                last.state = TurnState.INTERRUPTED if was_left else TurnState.DONE
        if kind is not TurnKind.STEERING:
            self._give_up()
        ordinal = len(self.book.turns)
        key = uuid or f"{digest(f'{self._identity.session_id} {ordinal} {text}'):016x}"
        turn = self.book.begin(kind, key, title, start)
        turn.started = at
        turn.first_request = len(self.ledger)
        turn.segment = self.compactions
        self._worked_at = None
        if text not in {_CONTINUED, _COMPACTED}:
            self._identity.note_prompt(text, title, kind)
        self.prompts += kind in PROMPT_KINDS
        return turn

    def _begin_work(self, uuid: str | None, at: str, start: int) -> OpenTurn:
        """A turn for work before the first prompt."""
        return self._begin(TurnKind.CONTINUATION, uuid, _CONTINUED, at, start)

    def _turn(self, kind: TurnKind, uuid: str | None, text: str, at: str, start: int) -> None:
        was = self.state.now()
        self._begin(kind, uuid, text, at, start)
        name, arguments = command_of(text) if kind is TurnKind.COMMAND else ("", "")
        if kind is TurnKind.NOTIFICATION:
            self.links.read_notification(text)
        if name == "/rename" and arguments:
            self._identity.custom_title = arguments
        if kind is TurnKind.SHELL or name in LOCAL_COMMANDS:
            self.state.set(was)
            self.state.stay()
        elif kind is TurnKind.STEERING and self.calls.pending:
            self.state.set(LogState.TOOL)
        else:
            self.state.set(LogState.RESPONDING)

    def _output(self, at: str) -> None:
        """A command or the user's shell has answered; the model was not asked."""
        current = self.book.current
        if current is None:
            return
        self._worked_at = at
        if current.kind is TurnKind.COMMAND and self.state.now() is LogState.RESPONDING:
            self.state.set(LogState.FINISHED)

    def _interrupt(self, at: str) -> None:
        self._give_up()
        self._worked_at = at
        self.state.set(LogState.INTERRUPTED)

    def compact(self, line: Line, at: str, start: int) -> None:
        """The boundary of a compaction: a new segment begins."""
        is_manual = b'"manual"' in bytes(line.compact_metadata)
        self._segment(line.uuid, at, start, is_manual=is_manual)
        self._awaits_summary = True

    def _segment(self, uuid: str | None, at: str, start: int, *, is_manual: bool) -> None:
        self.compactions += 1
        was = self.state.now()
        self._begin(TurnKind.CONTINUATION, uuid, _COMPACTED, at, start)
        self.state.set(LogState.FINISHED if is_manual else was)

    def turn_ended(self, duration_ms: float | None, at: str) -> None:
        """Claude Code has measured a turn, or run the hooks that follow one."""
        current = self.book.current
        if current is None:
            return
        self._worked_at = at
        # The measure begins with the prompt that came before these.
        begun_before = {TurnKind.STEERING, TurnKind.NOTIFICATION}
        if duration_ms and current.kind not in begun_before:
            current.duration_ms += duration_ms
        if self.state.now() is LogState.RESPONDING:
            self.state.set(LogState.FINISHED)

    def queued(self, line: Line, at: str, start: int) -> None:
        """A prompt that was typed while the agent worked is given to it."""
        prompt = line.attachment.prompt if line.attachment is not None else None
        text = unwrapped(_prompt_text(prompt))
        self._turn(TurnKind.STEERING, line.uuid, text, at, start)

    def local_command(self, line: Line, at: str, start: int) -> None:
        """A command of the terminal, in the newer form: a system record."""
        text = plain_text(line.content)
        if text.lstrip().startswith("<command-"):
            self._turn(TurnKind.COMMAND, line.uuid, text, at, start)
            self.state.stay()
        else:
            self._output(at)


def _prompt_text(prompt: Raw | None) -> str:
    if prompt is None:
        return ""
    try:
        return flattened(json.loads(bytes(prompt)))
    except ValueError:
        return ""
