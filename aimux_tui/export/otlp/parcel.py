"""A session's spans as they are to be sent, in a file: what could not be sent lies there safe."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Self, TypeVar

import msgspec
import zstandard
from msgspec import Struct

from aimux_tui.export.otlp.encode import resource_bytes, span_bytes, span_hash
from aimux_tui.export.otlp.spans import Span, TraceFacts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from aimux_tui.export.otlp.spans import Attributes

VERSION = 1
_FRAME = struct.Struct("<cI")
_IDS = struct.Struct("<16s8s16s")
_LARGEST = 1 << 30
T = TypeVar("T", bound=Struct)
_HEAD, _SPAN, _FACTS, _END = b"H", b"S", b"T", b"E"


class ParcelError(Exception):
    """The file is no parcel, or damaged."""


class ParcelHead(Struct, frozen=True):
    """What a parcel holds and where it is to go. Credentials are in none."""

    place: str
    """`OtlpTarget.place`."""
    session_key: str
    resource: bytes
    """A `Resource` message."""
    is_whole: bool
    """Whether all turns of the session are in it."""
    version: int = VERSION


class PackedSpan(Struct, frozen=True, gc=False):
    """A span ready to be sent."""

    trace_id: bytes
    span_id: bytes
    hash: bytes
    data: bytes


class ParcelWriter:
    """Writes a parcel; it counts only when `close` was reached without an error."""

    def __init__(
        self, path: Path, place: str, session_key: str, resource: Attributes, *, is_whole: bool
    ) -> None:
        """Raises OSError."""
        self._path = path
        self._partial = path.with_name(f".{path.name}.part")
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = self._partial.open("wb")
        self._partial.chmod(0o600)
        self._out = zstandard.ZstdCompressor(level=1).stream_writer(self._file, closefd=False)
        head = ParcelHead(place, session_key, resource_bytes(resource), is_whole)
        self._put(_HEAD, msgspec.msgpack.encode(head))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._put(_END, b"")
        self._out.flush(zstandard.FLUSH_FRAME)
        self._file.close()
        if kind is None:
            self._partial.replace(self._path)
        else:
            self._partial.unlink(missing_ok=True)

    def add(self, item: Span | TraceFacts) -> None:
        """Append a span, or the facts of the trace whose spans were added last."""
        if isinstance(item, TraceFacts):
            self._put(_FACTS, msgspec.msgpack.encode(item))
            return
        data = span_bytes(item)
        self._put(_SPAN, _IDS.pack(item.trace_id, item.span_id, span_hash(data)), data)

    def _put(self, kind: bytes, *parts: bytes) -> None:
        self._out.write(_FRAME.pack(kind, sum(map(len, parts))))
        for part in parts:
            self._out.write(part)


def read_head(path: Path) -> ParcelHead:
    """What a parcel is about. Raises ParcelError, OSError."""
    for kind, data in _frames(path):
        if kind == _HEAD:
            head = _decoded(data, ParcelHead)
            if head.version == VERSION:
                return head
        break
    raise ParcelError("of another version of aimux")


def read_parcel(path: Path) -> Iterator[PackedSpan | TraceFacts]:
    """Its spans, and behind those of each trace its facts. Raises ParcelError, OSError."""
    kind = b""
    for kind, data in _frames(path):
        if kind == _SPAN:
            trace_id, span_id, hashed = _IDS.unpack_from(data)
            yield PackedSpan(trace_id, span_id, hashed, data[_IDS.size :])
        elif kind == _FACTS:
            yield _decoded(data, TraceFacts)
    if kind != _END:
        raise ParcelError("it ends too early")


def _frames(path: Path) -> Iterator[tuple[bytes, bytes]]:
    try:
        with path.open("rb") as file, zstandard.ZstdDecompressor().stream_reader(file) as source:
            while head := source.read(_FRAME.size):
                kind, length = _FRAME.unpack(head)
                data = source.read(length) if length <= _LARGEST else b""
                if len(data) < length:
                    raise ParcelError("it ends too early")
                yield kind, data
    except (zstandard.ZstdError, struct.error) as error:
        raise ParcelError(str(error)) from error


def _decoded(data: bytes, kind: type[T]) -> T:
    try:
        return msgspec.msgpack.decode(data, type=kind)
    except msgspec.MsgspecError as error:
        raise ParcelError(str(error)) from error
