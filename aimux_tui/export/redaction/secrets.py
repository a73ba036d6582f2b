"""Secrets in text: keys and tokens by their shape, others by what they are assigned to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator


class Secret(Struct, frozen=True):
    """Where in a text a secret stands."""

    start: int
    end: int
    kind: str
    """For people: "GitHub token"."""


_GITHUB = re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36,255}\b")


def find_secrets(text: str) -> Iterator[Secret]:
    """Every secret in a text, in order, none overlapping another."""
    for match in _GITHUB.finditer(text):
        yield Secret(match.start(), match.end(), "GitHub token")


def is_secret_name(name: str) -> bool:
    """Whether a value of this name is likely to be a secret."""
    return "password" in name.lower()


def is_secret_value(text: str) -> bool:
    """Whether a text can be a secret at all, given that its name says so."""
    return len(text) >= 6
