"""Which turn a record belongs to: the state machine of tasks, prompts and steering."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.model.log import LogState
from aimux_tui.model.turn import TurnKind, TurnState
from aimux_tui.providers.codex.hashing import hash_of, text_hash
from aimux_tui.providers.codex.prompts import title_from
from aimux_tui.providers.codex.turnbook import OpenTurn

if TYPE_CHECKING:
    from aimux_tui.providers.codex.prompts import UserMessage
    from aimux_tui.providers.codex.turnbook import TurnBook


_RUNNING = TurnState.RUNNING


class TurnMachine:
    """Follows the tasks of a thread.

    A task is opened and closed by events, and the first prompt in it is its turn; a further one
    steers it and is a turn of its own. Logs without such events are cut at their prompts.
    """

    def __init__(self, book: TurnBook) -> None:
        self.book = book
        self.turn: OpenTurn | None = None
        """The turn that takes records; it may be closed, and not shown yet."""
        self.in_task = False
        self.thread_id = ""
        self.requests = 0
        self.segment = 0
        self.compactions = 0
        self.first_title = ""
        self.first_hash = 0
        self.error = ""
        self.has_prompt_events = False
        """Whether events tell what was typed. Else it is what the model was sent."""
        self._prompts = 0
        self._steering = 0
        self._unpaired = ""
        """The kind of record that told of the last compaction and whose twin may follow."""
        self._is_answered = False

    def here(self) -> OpenTurn | None:
        """The turn that a remark of the machine belongs to; None between turns."""
        turn = self.turn
        return turn if turn is not None and not turn.is_closed else None

    def work(self, *_: object) -> OpenTurn:
        """The turn that the model or a tool is working on; fit to handle a record."""
        turn = self.turn
        if turn is None or not turn.has_work:
            turn = self.billed()
        self._is_answered = False
        if not turn.is_closed:
            turn.state = _RUNNING
        return turn

    def billed(self) -> OpenTurn:
        """The turn that a request belongs to, which may have ended."""
        turn = self.turn
        if turn is None:
            turn = self._begin(f"{hash_of(self.thread_id, 'head'):016x}", "")
        if not turn.has_work:
            if turn.candidate and not turn.has_prompt:
                self._fill(turn, turn.candidate, TurnKind.PROMPT)
            turn.has_work = True
            self.book.show(turn)
        return turn

    def answered(self, *_: object) -> OpenTurn:
        """As `work`, for words of the model: where no event ends a turn, they do."""
        turn = self.work()
        turn.has_error = False
        self._is_answered = True
        if not self.in_task and not turn.is_closed:
            turn.state = TurnState.DONE
        return turn

    def start_task(self, turn_id: str) -> OpenTurn:
        """A task was opened."""
        self._unpaired = ""
        turn = self.turn
        if turn is not None and not turn.is_closed:
            if self.in_task and turn.task_id == turn_id and not turn.has_work:
                return turn
            if not self.in_task and turn.has_prompt and not turn.has_work:
                return self._adopt(turn, turn_id)
            self._close(turn, TurnState.INTERRUPTED if self.in_task else TurnState.DONE)
        self.in_task = True
        self._steering = 0
        key = turn_id or f"{hash_of(self.thread_id, 'task', len(self.book.open)):016x}"
        return self._begin(key, turn_id)

    def end_task(
        self, turn_id: str, state: TurnState, *, duration_ms: int | None, timestamp: str
    ) -> OpenTurn | None:
        """A task was closed. Its turn, if that is the one that is open."""
        turn = self.turn
        if turn is None or turn.is_closed:
            return None
        if self.in_task and turn_id and turn.task_id and turn_id != turn.task_id:
            return None
        if state is TurnState.DONE and turn.has_error:
            state = TurnState.ERROR
        if state is TurnState.ERROR:
            self.book.show(turn)
        if not self._steering:
            turn.duration_ms = duration_ms
        turn.ended = timestamp or turn.ended
        self._close(turn, state)
        self.in_task = False
        return turn

    def prompt(self, message: UserMessage, *, is_event: bool, is_picture: bool = False) -> OpenTurn:
        """Something was typed. `is_event`: an event says so, not only what the model was sent."""
        if is_event and not self.has_prompt_events:
            self.has_prompt_events = True
            self._withdraw_provisional()
        self._unpaired = ""
        text = message.text or ("[image]" if is_picture else "")
        turn = self.turn
        kind = TurnKind.PROMPT
        if turn is None or turn.is_closed or turn.has_prompt or _is_under_way(turn):
            turn, kind = self._next_turn(text)
        self._fill(turn, text, kind)
        turn.is_provisional = not is_event
        return turn

    def consider(self, message: UserMessage) -> None:
        """The model was sent what may have been typed, though events tell that, as a rule."""
        turn = self.here()
        if turn is not None and self.in_task and not turn.has_prompt and not turn.has_work:
            turn.candidate = "" if message.text.startswith("<") else message.text

    def injected(self, kind: TurnKind, title: str) -> OpenTurn | None:
        """The machine put something before the model, which may be what the turn is about."""
        turn = self.here()
        if turn is None and kind is TurnKind.SHELL:
            turn = self._begin(f"{hash_of(self.thread_id, 'shell', title):016x}", "")
            self._name(turn, title_from(title), kind)
            self._close(turn, TurnState.DONE)
        elif turn is not None and turn.kind is TurnKind.CONTINUATION and not turn.has_work:
            self._name(turn, title_from(title), kind)
        return turn if turn is not None else self.turn

    def compacted(self, record: str) -> OpenTurn | None:
        """The context was compacted, says a record of this kind; twins count once."""
        if self._unpaired and self._unpaired != record:
            self._unpaired = ""
        else:
            self._unpaired = record
            self.compactions += 1
            self.segment += 1
        turn = self.turn
        is_only_this = turn is not None and not turn.tools and self.in_task
        if turn is not None and is_only_this and turn.kind is TurnKind.CONTINUATION:
            self._name(turn, "/compact", TurnKind.COMMAND)
        return turn

    def failed(self, message: str) -> OpenTurn:
        """An error was reported."""
        turn = self.turn if self.turn is not None else self.work()
        self.book.show(turn)
        turn.has_error = True
        self.error = message
        if not self.in_task:
            turn.state = TurnState.ERROR
        return turn

    def state(self, open_tool: str) -> tuple[LogState, str]:
        """(where the log stands, what that is about)."""
        turn = self.turn
        if turn is None:
            return LogState.EMPTY, ""
        if not turn.is_closed:
            if turn.state is TurnState.ERROR:
                return LogState.ERROR, self.error
            if open_tool:
                return LogState.TOOL, open_tool
            if self.in_task or not self._is_answered:
                return LogState.RESPONDING, ""
            return LogState.FINISHED, ""
        if turn.state is TurnState.ERROR:
            return LogState.ERROR, self.error
        if turn.state is TurnState.INTERRUPTED:
            return LogState.INTERRUPTED, ""
        return LogState.FINISHED, ""

    def _begin(self, key: str, task_id: str) -> OpenTurn:
        self.turn = OpenTurn(key, task_id, self.segment, self.requests)
        self._is_answered = False
        return self.turn

    def _next_turn(self, text: str) -> tuple[OpenTurn, TurnKind]:
        turn = self.turn
        if self.in_task and turn is not None and not turn.is_closed:
            self._steering += 1
            turn.duration_ms = None
            task_id = turn.task_id
            base = task_id or turn.key
            self._close(turn, TurnState.DONE)
            return self._begin(f"{base}#{self._steering}", task_id), TurnKind.STEERING
        if turn is not None and not turn.is_closed:
            self._close(turn, TurnState.DONE)
        key = f"{hash_of(self.thread_id, self._prompts, text):016x}"
        return self._begin(key, ""), TurnKind.PROMPT

    def _fill(self, turn: OpenTurn, text: str, kind: TurnKind) -> None:
        turn.has_prompt = True
        turn.has_work = False
        turn.segment = self.segment
        self._prompts += 1
        self._name(turn, title_from(text), kind)
        if self._prompts == 1:
            self.first_title, self.first_hash = turn.title, text_hash(text)

    def _name(self, turn: OpenTurn, title: str, kind: TurnKind) -> None:
        turn.title = title
        turn.kind = kind
        self.book.show(turn)
        self.book.touch(turn)

    def _adopt(self, turn: OpenTurn, turn_id: str) -> OpenTurn:
        """A prompt that was written just before its task was opened."""
        self.in_task = True
        self._steering = 0
        turn.task_id = turn_id
        if turn_id:
            self.book.rename(turn, turn_id)
        self.book.touch(turn)
        return turn

    def _close(self, turn: OpenTurn, state: TurnState) -> None:
        turn.is_closed = True
        turn.state = state
        if turn.index < 0:
            # Nothing happened in it: as if it had never been.
            self.turn = self.book.open[-1] if self.book.open else None
        else:
            self.book.touch(turn)

    def _withdraw_provisional(self) -> None:
        """What was taken for typed, and led to nothing, was context that came before the prompt."""
        open_turns = self.book.open
        taken: list[OpenTurn] = []
        while open_turns and open_turns[-1].is_provisional and not open_turns[-1].has_work:
            taken.insert(0, open_turns[-1])
            self.book.drop_last()
        if not taken:
            return
        self._prompts -= len(taken)
        self._steering = 0
        first, *others = taken
        for other in others:
            first.absorb(other)
        first.has_prompt = first.is_provisional = first.is_closed = False
        first.state = _RUNNING
        self.turn = first


def _is_under_way(turn: OpenTurn) -> bool:
    """Whether a prompt comes too late to have begun the turn. Compacting comes before prompts."""
    return turn.has_work and turn.kind is not TurnKind.COMMAND
