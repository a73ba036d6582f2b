"""Stable 64-bit hashes: the same text or request gives the same number in every log."""

from __future__ import annotations

from hashlib import blake2b


def hash_of(owner: str, *parts: object) -> int:
    """A hash of a name and what it owns, never 0."""
    text = f"{owner}\x1f{parts}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8).digest()) or 1


def text_hash(text: str) -> int:
    """A hash of a prompt's words, whatever the white space around them; 0 if there are none."""
    text = text.strip()
    return hash_of(text) if text else 0
