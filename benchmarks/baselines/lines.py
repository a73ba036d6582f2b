"""Physical limits of reading logs: `python -m benchmarks.baselines.lines MODE PATH…`.

read    take the lines, look at nothing
decode  decode each into the least that tokens and cost need, with msgspec
objects decode each whole with msgspec
json    decode each whole with the standard library
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec


class Usage(msgspec.Struct):
    """Tokens of a line."""

    input_tokens: int = 0
    cache_read_input_tokens: int = 0
    cache_creation_input_tokens: int = 0
    output_tokens: int = 0


class Message(msgspec.Struct):
    """The message of a line."""

    id: str = ""
    model: str = ""
    usage: Usage | None = None


class Line(msgspec.Struct):
    """A line, without everything that is large."""

    type: str = ""
    timestamp: str = ""
    requestId: str = ""  # noqa: N815 - the name in the log
    message: Message | None = None


def read(paths: list[str]) -> int:
    """The number of lines."""
    return sum(1 for path in paths for _ in Path(path).open("rb", buffering=1 << 20))


def decode(paths: list[str]) -> int:
    """Output tokens, each message's last line counting."""
    decoder = msgspec.json.Decoder(Line)
    last: dict[str, int] = {}
    for path in paths:
        with Path(path).open("rb", buffering=1 << 20) as lines:
            for line in lines:
                try:
                    message = decoder.decode(line).message
                except msgspec.DecodeError:
                    continue
                if message and message.usage:
                    last[message.id] = message.usage.output_tokens
    return sum(last.values())


def decode_whole(paths: list[str], loads: Callable[[bytes], object] = json.loads) -> int:
    """The number of lines that are JSON."""
    found = 0
    for path in paths:
        with Path(path).open("rb", buffering=1 << 20) as lines:
            for line in lines:
                try:
                    loads(line)
                except ValueError:
                    continue
                found += 1
    return found


def decode_objects(paths: list[str]) -> int:
    """The same with msgspec."""
    return decode_whole(paths, msgspec.json.Decoder().decode)


if __name__ == "__main__":
    modes = {"read": read, "decode": decode, "objects": decode_objects, "json": decode_whole}
    print(modes[sys.argv[1]](sys.argv[2:]))
