"""Ids of traces, spans and assessments: made from keys, so that sending twice doubles nothing."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

SCHEMA = "1"
"""Part of every id: grows when spans change so that old and new ones do not fit together."""


def session_trace_id(session_id: str, session_key: str) -> bytes:
    """16 bytes; those of the session's own id if that is a UUID, so that it can be read back."""
    try:
        found = UUID(session_id).bytes
    except ValueError:
        found = b""
    return found if any(found) else _digest("trace", session_key)[:16]


def turn_trace_id(session_key: str, turn_key: str) -> bytes:
    """16 bytes: of a turn that is a trace of its own."""
    return _digest("trace", session_key, turn_key)[:16]


def span_id(trace_id: bytes, kind: str, *key: str) -> bytes:
    """8 bytes; `kind` and `key` distinguish the span within its trace."""
    found = _digest("span", trace_id.hex(), kind, *key)[:8]
    return found if any(found) else b"\x01" * 8


def assessment_id(trace_id: bytes, key: str, name: str) -> str:
    """As MLflow writes its own."""
    return f"a-{_digest('assessment', trace_id.hex(), key, name).hex()[:32]}"


def _digest(*parts: str) -> bytes:
    text = "\0".join(("aimux", SCHEMA, *parts))
    return sha256(text.encode("utf-8", "surrogatepass")).digest()
