"""Decoding single lines, however broken they are."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimux_tui.providers.jsonl import BadLineError, clean, decode_object


@pytest.mark.parametrize(
    ("line", "cleaned"),
    [
        (b'{"a":1}\r\n', b'{"a":1}'),
        (b'\xef\xbb\xbf{"a":1}', b'{"a":1}'),
        (b'\x00\x00\xef\xbb\xbf{"a":1}\x00', b'{"a":1}'),
        (b" \t\r\n", b""),
        (b"", b""),
    ],
)
def test_what_surrounds_a_record_is_dropped(line: bytes, cleaned: bytes) -> None:
    assert clean(line) == cleaned


@pytest.mark.parametrize(
    ("line", "value"),
    [
        (b'{"a":"\xff"}', "\ufffd"),
        (b'{"a":"x\\ud83dy"}', "x\ufffdy"),
        (b'{"a":"\\ud83d\\ude00"}', "\U0001f600"),
        (b'{"a":NaN}', None),
        (b'{"a":[1e999]}', [None]),
        (b'{"a":123456789012345678901234567890}', 123456789012345678901234567890),
        ('{"a":"\u2028\x85"}'.encode(), "\u2028\x85"),
    ],
)
def test_odd_values_are_decoded_to_something_that_can_be_encoded(
    line: bytes, value: object
) -> None:
    decoded = decode_object(line)
    assert decoded == {"a": value}
    json.dumps(decoded, allow_nan=False).encode()


@pytest.mark.parametrize(
    "line",
    [
        b"null", b"[1]", b"42", b'"x"', b'{"a":1', b'{"a":1}{"b":2}', b'{"a":"\n"}',
        b'{"a":' + b"9" * 5000 + b"}", b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)  # fmt: skip
def test_what_is_no_object_is_told(line: bytes) -> None:
    with pytest.raises(BadLineError) as caught:
        decode_object(line)
    assert str(caught.value)


@given(st.binary(max_size=60))
def test_any_bytes_are_survived(line: bytes) -> None:
    with suppress(BadLineError):
        assert isinstance(decode_object(clean(line)), dict)
