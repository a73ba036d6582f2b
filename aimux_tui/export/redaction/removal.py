"""What was taken out of an export: one entry for each place, and never the thing itself."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from enum import StrEnum

from msgspec import Struct


class Reason(StrEnum):
    """Why something is not in the export."""

    MASKED = "masked"
    """It is a secret."""
    CUT = "cut"
    """It was longer than the limit."""
    REMOVED = "removed"
    """The profile lets no such words out."""


class Removal(Struct, frozen=True, omit_defaults=True):
    """Something that was taken out."""

    session: str
    """Key of the session."""
    turn: str
    """Key of the turn; empty for what belongs to the session itself."""
    path: str
    """JSON pointer to the value, in the turn or the session as the JSONL export writes it."""
    reason: Reason
    size: int
    """Characters that are missing."""
    hash: str
    """`sha256:` of the whole value, where it was cut (secrets in it masked before); else
    `hmac-sha256:` under a key that is forgotten with the export: equal things have equal hashes,
    and nobody can find out a short one by trying."""
    kind: str = ""
    """What kind of secret."""


class Hasher:
    """Makes the hashes of one export."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def of_hidden(self, text: str) -> str:
        """Of something nobody is to find out."""
        return "hmac-sha256:" + hmac.digest(self._key, _bytes(text), "sha256").hex()


def open_hash(text: str) -> str:
    """The SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(_bytes(text)).hexdigest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
