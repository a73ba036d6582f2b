"""The course of a conversation: records in, turns, calls, requests and the state of things out."""

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
    TURN_KINDS,
    UserKind,
    classify,
    command_of,
    one_line,
    text_of,
    title_of,
    unwrapped,
)
from aimux_tui.providers.claude.records import Block, ToolUseResult
from aimux_tui.providers.claude.state import StateMachine
from aimux_tui.providers.claude.turns import OpenTurn, TurnBook
from aimux_tui.providers.claude.vocabulary import (
    ASSISTANT_BLOCKS,
    CALL_BLOCKS,
    SPAWNING_TOOLS,
    SYNTHETIC_MODEL,
)

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


class Conversation:
    """Turns, requests, tool calls and spawned agents of one log, record by record.

    `start` and `end` are the bytes of a record's line in the file, without its newline. A line
    belongs to the turn in which it stands, unless a handler says otherwise.
    """

    __slots__ = (
        "_awaits_summary", "_identity", "_is_ours", "_is_request", "_message_turn", "_worked_at",
        "book", "calls", "compactions", "context_request", "last_model", "ledger", "links",
        "prompts", "state", "unknown",
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
        current = self.book.current
        if current is not None:
            current.state = self.state.turn_state()
            current.has_work = self._worked_at is not None
            current.ended = self._worked_at or ""

    def _begin(self, kind: TurnKind, uuid: str | None, text: str, at: str, start: int) -> OpenTurn:
        """Open a turn whose first record is at `start`."""
        title = title_of(kind, text)
        self._settle()
        last = self.book.current
        if last is not None and last.state is TurnState.RUNNING:
            was_left = self.calls.pending and kind is not TurnKind.STEERING
            last.state = TurnState.INTERRUPTED if was_left else TurnState.DONE
        if kind is not TurnKind.STEERING:
            self.calls.pending.clear()
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

    def assistant(self, line: Line, at: str, start: int, end: int) -> None:
        """A line of an API message: usually one of its content blocks."""
        current = self.book.current or self._begin_work(line.uuid, at, start)
        self._worked_at = at
        ledger = self.ledger
        message = line.message
        if (
            message is None
            or message.id is None
            or message.id != ledger.open_id
            or line.request_id != ledger.open_request_id
        ):
            self._switch(line, at, current)
        content = None
        if message is not None:
            content = message.content
            if self._is_request:
                ledger.is_stale = True
                ledger.open_message = message
                if message.usage is not None:
                    ledger.open_usage = message.usage
        turn = self._message_turn or current
        repeated = 0
        if isinstance(content, list):
            for block in content:
                if block.type not in _PLAIN_BLOCKS:
                    repeated += self._take_block(block, turn, start)
        if repeated and repeated == len(content or ()):
            self._replay(content, current, start, end)
        elif turn is not current:
            self.book.leave_out(start, end)
            turn.take(start, end)
            self.book.touch(turn)
        if self._is_ours:
            self.state.last = line
            self.state.is_stopped = False

    def _switch(self, line: Line, at: str, current: OpenTurn) -> None:
        """Another message than that of the assistant line before begins, or is gone on with."""
        self._awaits_summary = False
        self._message_turn = current
        is_side = line.is_sidechain is True and self._identity.is_main
        message = line.message
        self._is_request = message is None or message.model != SYNTHETIC_MODEL
        self._is_ours = self._is_request and not is_side
        if not self._is_request:
            self._own_words(line, is_side=is_side)
            return
        index = self.ledger.switch(line, at)
        if index < current.first_request:
            self._message_turn = turn = self.book.owner(index) or current
            self.book.touch(turn)
        if not is_side:
            self.context_request = index
            if message is not None and message.model:
                self.last_model = message.model

    def _own_words(self, line: Line, *, is_side: bool) -> None:
        """Claude Code speaks in the model's place: an error, or that there is nothing to say."""
        self.ledger.leave()
        if is_side:
            return
        if line.is_api_error_message:
            self.state.set(LogState.ERROR)
            self.state.error = _words_of(line)
        elif not self.calls.pending:
            self.state.set(LogState.FINISHED)

    def _replay(
        self, content: str | list[Block] | None, current: OpenTurn, start: int, end: int
    ) -> None:
        """A line that only repeats calls; it is shown where they were made, if at all."""
        blocks = content if isinstance(content, list) else []
        if all(self.calls.turn_of(block.id or "") is not current for block in blocks):
            self.book.leave_out(start, end)

    def _take_block(self, block: Block, turn: OpenTurn, start: int) -> bool:
        """Take in a call, or a result in the model's own message. True for a call known before."""
        kind = block.type
        if kind in CALL_BLOCKS:
            call_id = block.id or ""
            if call_id in self.calls.by_id:
                return True
            name = block.name or ""
            self.calls.open(call_id, name, turn, start)
            if name in SPAWNING_TOOLS:
                self.links.open(call_id, block.input)
                turn.agents += 1
        elif kind not in ASSISTANT_BLOCKS:
            self.unknown[f"{self._identity.version} assistant block {kind}".strip()] += 1
        elif block.tool_use_id:
            self.calls.close(block.tool_use_id, is_error=bool(block.is_error))
        return False

    def user(self, line: Line, at: str, start: int, end: int) -> None:
        """A prompt, a tool's result, or one of the many other things that users seem to say."""
        content = line.message.content if line.message is not None else None
        if isinstance(content, list):
            results = content
            if len(content) != 1 or content[0].type != "tool_result":
                results = [block for block in content if block.type == "tool_result"]
            if results:
                current = self.book.current or self._begin_work(line.uuid, at, start)
                self._worked_at = at
                self.calls.answer(line, results, current, start, end)
                if self.links.by_call:
                    self._link(results, line.tool_use_result)
                state = self.state
                if not state.is_stopped and not (line.is_sidechain and self._identity.is_main):
                    state.last = line
                return
        text = text_of(line)
        is_side = line.is_sidechain is True and self._identity.is_main
        kind = classify(line, text, is_sidechain=is_side)
        if kind is UserKind.COMPACT_SUMMARY:
            if not self._awaits_summary:
                self._segment(line.uuid, at, start, is_manual=True)
            self._awaits_summary = False
        elif kind in TURN_KINDS:
            self._turn(TURN_KINDS[kind], line.uuid, text, at, start)
        elif kind is UserKind.SIDECHAIN and self.book.current is None:
            self._begin(TurnKind.CONTINUATION, line.uuid, text, at, start)
        elif kind is UserKind.INTERRUPTION:
            self._interrupt(at)
        elif kind is UserKind.OUTPUT:
            self._output(at)

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
        self.calls.pending.clear()
        self._worked_at = at
        self.state.set(LogState.INTERRUPTED)

    def _link(self, results: list[Block], result: object) -> None:
        """Take in what a result says of the agent that its call started."""
        for block in results:
            call_id = block.tool_use_id or ""
            if call_id not in self.links.by_call:
                continue
            if isinstance(result, ToolUseResult):
                self.links.name(call_id, result.agent_id or result.teammate_id)
                self.links.run(call_id, result.run_id)
            if self.links.is_open(call_id):
                self.links.read_result(call_id, plain_text(block.content))

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
        # A steering prompt's measure would begin with the prompt that it steered.
        if duration_ms and current.kind is not TurnKind.STEERING:
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


def _words_of(line: Line) -> str:
    """What Claude Code says in the model's place."""
    content = line.message.content if line.message is not None else None
    if isinstance(content, str):
        return one_line(content, _DETAIL_LENGTH)
    words = [plain_text(block.text) for block in content or ()]
    return one_line(" ".join(words), _DETAIL_LENGTH)


def _prompt_text(prompt: Raw | None) -> str:
    if prompt is None:
        return ""
    try:
        return flattened(json.loads(bytes(prompt)))
    except ValueError:
        return ""
