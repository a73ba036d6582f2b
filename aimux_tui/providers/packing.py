"""Logs that were compressed with zstd: by Codex, by aimux's archive, by their user."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from aimux_tui.providers.base import LogFormat

PACKED = ".zst"
MAGIC = b"\x28\xb5\x2f\xfd"
_ENDING = re.compile(r"\.jsonl?(?:\.zst)?$")
_FORMATS: dict[str, LogFormat] = {
    ".jsonl": "lines",
    ".json": "document",
    ".jsonl.zst": "zstd-lines",
    ".json.zst": "zstd-document",
}


def format_of(name: str) -> LogFormat | None:
    """How the log in a file of this name is kept; None if it is no log's name."""
    found = _ENDING.search(name)
    return _FORMATS[found[0]] if found else None


def stem_of(name: str) -> str:
    """The name of a log file without its endings."""
    return _ENDING.sub("", name)


def is_twin(name: str, present: Collection[str]) -> bool:
    """Whether the file is a compressed copy of another one that is present."""
    return name.endswith(PACKED) and name.removesuffix(PACKED) in present


def unpacked_head(name: str, head: bytes) -> bytes:
    """The first bytes of a log, decompressed where its name says so; b"" if that fails."""
    if not name.endswith(PACKED):
        return head
    if not head.startswith(MAGIC):
        return b""
    import zstandard

    try:
        return zstandard.ZstdDecompressor().decompressobj().decompress(head)
    except zstandard.ZstdError:
        return b""
