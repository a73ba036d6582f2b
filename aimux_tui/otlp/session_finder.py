"""Finds the session that a record names in its protobuf bytes, without decoding its attributes.

An attribute is written as its key's length, the key, and then the value. Looking for these bytes
takes a tenth of the time of decoding twenty attributes to find one of them. What a text in a record
holds may look the same, so that a batch may be indexed under a session too many, never one too few.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.otlp.keys import SESSION_KEYS, session_keys

if TYPE_CHECKING:
    from collections.abc import Callable

_VALUE = 0x12
_TEXT = 0x0A
_ENOUGH = 48
"""An id that fits into so many bytes behind its key is looked up, not read again."""
# Every key of a session ends like one of these: one look at a batch that holds none of them.
_ENDINGS = (b"on.id", b"sessionId")


def _mark(key: str) -> bytes:
    """How a key stands in a message."""
    return bytes([_TEXT, len(key)]) + key.encode() + bytes([_VALUE])


_MARKS = {key: _mark(key) for key in SESSION_KEYS}


def session_finder(body: bytes, service: str) -> Callable[[bytes], str] | None:
    """A function from a record's bytes to its session ("" if it names none).

    None: no record of the body names one.
    """
    if not any(ending in body for ending in _ENDINGS):
        return None
    keys = session_keys(service)
    marks = [_MARKS[key] for key in keys]
    known: dict[bytes, str] = {}
    is_checked = False
    decode: Callable[[bytes], str] | None = None

    def find(record: bytes) -> str:
        nonlocal is_checked, decode, marks
        if decode is not None:
            return decode(record)
        for mark in marks:
            at = record.find(mark)
            if at < 0:
                continue
            at += len(mark)
            tail = record[at : at + _ENOUGH]
            session = known.get(tail)
            if session is None:
                session = known[tail] = _text_at(record, at)
            if session:
                return session
        if not is_checked:
            is_checked = True
            present = [key for key in keys if key.encode() in body]
            marks = [_MARKS[key] for key in present]
            if any(mark not in body for mark in marks):
                # Written by somebody who pads lengths: nothing to be found by its bytes.
                decode = _by_decoding(service)
                return decode(record)
        return ""

    return find


def _by_decoding(service: str) -> Callable[[bytes], str]:
    from aimux_tui.otlp.keys import join_keys
    from aimux_tui.otlp.protobuf_values import attributes_of_item

    return lambda record: join_keys(attributes_of_item(record), service).session


def _text_at(data: bytes, at: int) -> str:
    """The text of the value whose length stands at `at`; "" if it is none."""
    try:
        _, at = _varint(data, at)
        if data[at] != _TEXT:
            return ""
        length, at = _varint(data, at + 1)
    except IndexError:
        return ""
    return data[at : at + length].decode("utf-8", errors="replace")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return value, at
        shift += 7
