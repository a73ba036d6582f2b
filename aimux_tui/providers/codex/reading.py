"""Records read closely: each with its place, and the texts in it with their places."""

from __future__ import annotations

import mimetypes
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.json import encode

from aimux_tui.model.body import Body, BodyRef, Span
from aimux_tui.model.turn import Image
from aimux_tui.providers.codex.documents import objects_in
from aimux_tui.providers.codex.outputs import read_output
from aimux_tui.providers.codex.prompts import split_request
from aimux_tui.providers.codex.records import decode_line, list_of, payload_of, text_of, untyped
from aimux_tui.providers.codex.toolcalls import arguments_of
from aimux_tui.providers.codex.turnbook import parse_time
from aimux_tui.providers.jsonl import BadLineError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aimux_tui.providers.base import LogSource

_BASE64 = ";base64,"


class Line(Struct, frozen=True):
    """A decoded line of a rollout."""

    span: Span
    value: dict[str, Any]
    at: datetime | None

    @property
    def envelope(self) -> str:
        """The type of the record; the payload's own in the oldest era."""
        return text_of(self.value, "type") or untyped(self.value)

    @property
    def payload(self) -> dict[str, Any]:
        """What the record is about."""
        return payload_of(self.value)

    @property
    def type(self) -> str:
        """The payload's type; "" for records whose envelope says it all."""
        return text_of(self.payload, "type")

    def ref(self, pointer: str) -> BodyRef:
        """A place in the payload."""
        prefix = "/payload" if self.payload is not self.value else ""
        return BodyRef(self.span, prefix + pointer)

    def body(self, text: str, pointer: str) -> Body:
        """A text of the payload, cut if it is long."""
        return Body.of(text, self.ref(pointer))

    def raw(self) -> Body:
        """The whole line, as it stands but for its layout."""
        return Body.of(as_json(self.value), BodyRef(self.span))


def read_lines(
    source: LogSource, spans: Sequence[Span], at: datetime | None = None
) -> Iterator[Line]:
    """The records in `spans`; bad lines are left out. `at`: the time of those before."""
    pieces = objects_in if source.file.is_document else _lines_in
    for span in spans:
        for place, line in pieces(source.read(span)):
            try:
                value = decode_line(line)
            except BadLineError:
                continue
            at = parse_time(text_of(value, "timestamp")) or at
            yield Line(Span(span.offset + place, len(line)), value, at)


def read_body(source: LogSource, ref: BodyRef) -> str:
    """The whole of a text that was cut; "" if the log does not hold it any more."""
    try:
        value = decode_line(source.read(ref.record))
    except BadLineError:
        return ""
    payload = payload_of(value)
    name = ref.pointer.rpartition("/")[2]
    if name in {"arguments", "input", "action"}:
        return as_json(arguments_of(payload))
    found = _at(value, ref.pointer)
    if name == "output":
        return read_output(found).text
    if not isinstance(found, str):
        return "" if found is None else as_json(found)
    if name == "message" and text_of(payload, "type") == "user_message":
        return split_request(found)[0].strip("\n")
    return found


def _lines_in(data: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    for line in data.split(b"\n"):
        if line.strip():
            yield place, line
        place += len(line) + 1


def images_in(line: Line) -> list[Image]:
    """The pictures in a message: in its content, else in the lists that events have."""
    found: list[Image] = []
    content, prefix = line.payload, ""
    if isinstance(content.get("item"), dict):
        content, prefix = content["item"], "/item"
    for index, part in enumerate(list_of(content, "content")):
        if isinstance(part, dict) and text_of(part, "type").lower().endswith("image"):
            name = next((n for n in ("image_url", "url", "path") if part.get(n)), "")
            if name:
                found.append(_image(line, text_of(part, name), f"{prefix}/content/{index}/{name}"))
    for name in ("images", "local_images"):
        for index, picture in enumerate(list_of(content, name)):
            if isinstance(picture, str):
                found.append(_image(line, picture, f"{prefix}/{name}/{index}"))
    return found


def image_in_output(line: Line, index: int) -> Image:
    """The picture in part `index` of a tool's output."""
    part = list_of(line.payload, "output")[index]
    return _image(line, text_of(part, "image_url"), f"/output/{index}/image_url")


def generated_image(line: Line) -> Image:
    """The picture that an `image_generation_call` made."""
    return Image(
        "image/png",
        _decoded_size(text_of(line.payload, "result")),
        line.ref("/result"),
        line.at,
        line.span,
    )


def as_json(value: Any) -> str:
    """A decoded value as JSON."""
    return encode(value).decode("utf-8", "replace")


def _image(line: Line, url: str, pointer: str) -> Image:
    media_type, mark, data = url.partition(_BASE64)
    if not mark:
        guessed = mimetypes.guess_type(url.partition("?")[0])[0]
        return Image(guessed or "", 0, line.ref(pointer), line.at, line.span)
    kind = media_type.removeprefix("data:")
    return Image(kind, _decoded_size(data), line.ref(pointer), line.at, line.span)


def _decoded_size(data: str) -> int:
    return len(data) * 3 // 4 - data[-2:].count("=")


def _at(value: Any, pointer: str) -> Any:
    """What stands at a JSON pointer; None if nothing does."""
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value
