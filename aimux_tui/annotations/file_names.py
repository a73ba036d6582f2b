"""The name of a session's evaluation file."""

from __future__ import annotations

import re
from hashlib import sha256

SUFFIX = ".jsonl"
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_UNSAFE = re.compile(r"[^A-Za-z0-9-]+")
_LONGEST = 80


def file_name(session_key: str) -> str:
    """`<uuid>.jsonl` for a session whose id is a UUID, as the earlier tool named it too.

    Other ids (sub-agents, names of files) may hold anything and differ in case alone: a hash of
    the whole key then keeps any two of them apart on every file system.
    """
    provider, _, session_id = session_key.partition(":")
    if _UUID.fullmatch(session_id):
        return session_id + SUFFIX
    readable = _UNSAFE.sub("_", f"{provider}-{session_id}")[:_LONGEST]
    digest = sha256(session_key.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{readable}-{digest}{SUFFIX}"
