"""The details of one turn of a Gemini log: its messages read again, and taken apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

from aimux_tui.model.body import Body, BodyRef, Span
from aimux_tui.model.turn import (
    Image,
    Notice,
    NoticeKind,
    Step,
    Text,
    Thinking,
    Turn,
    TurnState,
    TurnSummary,
    Unknown,
)
from aimux_tui.providers.gemini.call_steps import Answer, CallSource, call_steps, calls_of, picture
from aimux_tui.providers.gemini.entries import OPENING_ROLES, Entry, Known, Role, entry_of
from aimux_tui.providers.gemini.records import (
    Record,
    decode_raw,
    decode_record,
    is_present,
    parse_time,
)
from aimux_tui.providers.gemini.texts import (
    content_text,
    is_error,
    one_line,
    parts_of,
    thought_text,
)
from aimux_tui.providers.jsonl import BadLineError, clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from aimux_tui.providers.base import LogSource
    from aimux_tui.providers.gemini.records import Patch

_NEAR = 65_536
"""Spans that lie closer together than this are read in one go."""
_NOTICES = {
    Role.CONTEXT: NoticeKind.CONTEXT,
    Role.SNAPSHOT: NoticeKind.COMPACTION,
    Role.COMPRESSED: NoticeKind.COMPACTION,
    Role.CANCELLED: NoticeKind.INTERRUPTION,
    Role.ERROR: NoticeKind.ERROR,
    Role.NOTICE: NoticeKind.INFO,
}
_TITLES = {Role.CONTEXT: "Context for the model", Role.SNAPSHOT: "The history was compressed"}


class _Message(Struct):
    """A message with what all the records of it tell."""

    entry: Entry
    record: Record
    span: Span
    data: bytes
    calls: list[CallSource] = field(default_factory=list)


def read_turn(source: LogSource, turn: TurnSummary) -> Turn:
    """The turn with all its steps, from its spans."""
    messages = _read_messages(source, turn.spans)
    answers = _answers(messages)
    prompt: tuple[Text | Image, ...] = ()
    steps: list[Step] = []
    for message in messages:
        # A turn has one message that could begin it.
        if message.entry.role in OPENING_ROLES:
            prompt = _prompt(message)
        else:
            steps += _steps(message, answers, turn.state)
    return Turn(turn, prompt, tuple(steps))


def _read_messages(source: LogSource, spans: Sequence[Span]) -> list[_Message]:
    known = Known()
    messages: dict[str, _Message] = {}
    last: _Message | None = None
    for span, data in zip(spans, _read_spans(source, spans), strict=True):
        try:
            record = decode_record(clean(data))
        except BadLineError:
            # The file is not what it was when it was scanned.
            record = Record(id=f"@{span.offset}")
        if record.patch is not None:
            _apply_patch(messages, record.patch, span)
            continue
        name = record.id or f"@{span.offset}"
        old = messages.get(name)
        if old is not None:
            # An older record of the same message, kept for its calls.
            if not old.calls or old.calls[0].is_from_content:
                old.calls = calls_of(record, span)
            continue
        entry = entry_of(record, name, span, known, "")
        if entry.role is Role.ACKNOWLEDGEMENT and last and last.entry.role is Role.PROMPT:
            last.entry.role = Role.SNAPSHOT
        last = messages[name] = _Message(entry, record, span, data, calls_of(record, span))
    return list(messages.values())


def _read_spans(source: LogSource, spans: Sequence[Span]) -> list[bytes]:
    """The bytes of each span, in few reads."""
    found: dict[Span, bytes] = {}
    ordered = sorted(set(spans), key=lambda span: span.offset)
    start = 0
    for index in range(1, len(ordered) + 1):
        if index < len(ordered) and ordered[index].offset - ordered[index - 1].end < _NEAR:
            continue
        run = ordered[start:index]
        first = run[0].offset
        block = source.read(Span(first, max(span.end for span in run) - first))
        for span in run:
            found[span] = block[span.offset - first : span.end - first]
        start = index
    return [found[span] for span in spans]


def _apply_patch(messages: Mapping[str, _Message], patch: Patch, span: Span) -> None:
    for index, part in enumerate((patch, *(patch.updates or ()))):
        message = messages.get(part.id or "")
        if message is None:
            continue
        pointer = "/$patch" if index == 0 else f"/$patch/updates/{index - 1}"
        for place, change in enumerate(part.tool_calls or ()):
            where = f"{pointer}/toolCalls/{place}"
            for call in message.calls:
                if (call.logged.id or "") == (change.id or ""):
                    call.take(change, span, where)
                    break
            else:
                if change.name:
                    message.calls.append(CallSource.at(change, span, where))


def _answers(messages: Sequence[_Message]) -> dict[str, Answer]:
    """Tool results that stand in messages of their own: call id → result."""
    found: dict[str, Answer] = {}
    for message in messages:
        for index, part in enumerate(parts_of(message.record.content)):
            response = part.function_response
            if response is None:
                continue
            result = {
                "response": decode_raw(response.response),
                "parts": decode_raw(response.parts),
            }
            ref = BodyRef(message.span, f"/content/{index}/functionResponse")
            answer = Answer(
                [{"functionResponse": result}], is_error(response), ref, message.entry.at
            )
            found.setdefault(response.id or response.name or "", answer)
    return found


def _steps(message: _Message, answers: Mapping[str, Answer], state: TurnState) -> Iterator[Step]:
    entry, span = message.entry, message.span
    match entry.role:
        case Role.ANSWER:
            yield from _thoughts(message)
            yield from _texts(message, "/content")
            yield from _images(message)
            request = _request(message)
            for call in message.calls:
                yield from call_steps(call, entry.at, answers, state, request)
        case Role.UNKNOWN:
            text = clean(message.data).decode("utf-8", "replace")
            kind = message.record.type or "unknown"
            yield Unknown(kind, Body.of(text, BodyRef(span)), entry.at, span)
        case Role.MEDIA:
            yield from _images(message)
        case role if role in _NOTICES:
            text = content_text(message.record.content)
            title = _TITLES.get(role) or one_line(text)
            body = Body.of(text, BodyRef(span, "/content"))
            yield Notice(_NOTICES[role], title, body, entry.at, span)


def _prompt(message: _Message) -> tuple[Text | Image, ...]:
    """What the user typed, if the log tells it, rather than what it was made into."""
    shown = content_text(message.record.display_content).strip()
    return (*_texts(message, "/displayContent" if shown else "/content"), *_images(message))


def _texts(message: _Message, pointer: str) -> Iterator[Text]:
    record = message.record
    text = content_text(record.content if pointer == "/content" else record.display_content)
    if text.strip():
        body = Body.of(text, BodyRef(message.span, pointer))
        request = _request(message)
        yield Text(body, message.entry.at, message.span, record.model or "", request)


def _thoughts(message: _Message) -> Iterator[Thinking]:
    """The listed thoughts, else those among the parts of the content."""
    record, span, at = message.record, message.span, message.entry.at
    model, request = record.model or "", _request(message)
    listed = decode_raw(record.thoughts) if is_present(record.thoughts) else None
    for index, thought in enumerate(listed if isinstance(listed, list) else ()):
        text = thought_text(thought)
        if text:
            body = Body.of(text, BodyRef(span, f"/thoughts/{index}"))
            timestamp = thought.get("timestamp")
            time = parse_time(timestamp) if isinstance(timestamp, str) else None
            yield Thinking(body, at=time or at, record=span, model=model, request=request)
    if listed:
        return
    for part in parts_of(record.content):
        if part.thought and part.text and part.text.strip():
            body = Body.of(part.text)
            yield Thinking(body, at=at, record=span, model=model, request=request)


def _request(message: _Message) -> int:
    """The key of the request that a message came from."""
    request = message.entry.request
    return request.key if request is not None else 0


def _images(message: _Message) -> Iterator[Image]:
    for index, part in enumerate(parts_of(message.record.content)):
        media = part.inline_data
        if media is not None:
            ref = BodyRef(message.span, f"/content/{index}/inlineData/data")
            yield picture(media.data, media.mime_type, ref, message.entry.at)
