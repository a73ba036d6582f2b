"""Decompresses a body without ever holding more of it than is allowed."""

from __future__ import annotations

import zlib

ENCODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})
_GZIP_BITS = 16 + zlib.MAX_WBITS


class TooLargeError(ValueError):
    """More comes out than is allowed."""


class BadCompressionError(ValueError):
    """It is not what its header says; the text says why."""


def inflate(body: bytes, encoding: str, limit: int) -> bytes:
    """The body as it was before its encoding (one of ENCODINGS) was applied.

    Raises TooLargeError, BadCompressionError.
    """
    if encoding in {"", "identity"} or not body:
        if len(body) > limit:
            raise TooLargeError
        return body
    bits = _GZIP_BITS if "gzip" in encoding else _deflate_bits(body)
    parts: list[bytes] = []
    size = 0
    rest = body
    while rest:  # a gzip body may have several members
        machine = zlib.decompressobj(bits)
        try:
            part = machine.decompress(rest, limit - size + 1)
        except zlib.error as error:
            raise BadCompressionError(f"the body is no {encoding} ({error})") from None
        size += len(part)
        if size > limit:
            raise TooLargeError
        parts.append(part)
        if not machine.eof:
            raise BadCompressionError(f"the {encoding} body ends too early")
        rest = machine.unused_data.lstrip(b"\0") if bits == _GZIP_BITS else b""
    return b"".join(parts)


def _deflate_bits(body: bytes) -> int:
    """`deflate` means zlib; some send it without zlib's header."""
    has_header = len(body) > 1 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0
    return zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS
