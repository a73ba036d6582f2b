"""What programs read: JSON on the standard output."""

from __future__ import annotations

import sys
from typing import Any

import msgspec


def as_json(value: Any) -> str:
    """A value as JSON on one line."""
    return msgspec.json.encode(value).decode()


def print_json(value: Any, *, is_pretty: bool = False) -> None:
    """Print a value as JSON, indented if people may read it too."""
    text = msgspec.json.format(as_json(value)) if is_pretty else as_json(value)
    sys.stdout.write(text + "\n")
