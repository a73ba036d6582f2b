"""What the tests of the Gemini provider share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.providers.base import LogFile
from aimux_tui.providers.gemini import PROVIDER
from tests.providers.gemini.build import Bytes

if TYPE_CHECKING:
    from aimux_tui.model.turn import Turn
    from aimux_tui.providers.gemini.scan import GeminiScan

LINES = LogFile("gemini", "/x/.gemini/tmp/zoo/chats/session-x.jsonl", "lines", "/x/.gemini")
DOCUMENT = LogFile("gemini", "/x/.gemini/tmp/zoo/chats/session-x.json", "document", "/x/.gemini")


def scanned(data: bytes, file: LogFile = LINES) -> GeminiScan:
    """The scan of a whole log."""
    scan = PROVIDER.scan(file)
    scan.feed(data, 0)
    return scan


def details(data: bytes, file: LogFile = LINES) -> list[Turn]:
    """Every turn of a log with its steps."""
    source = Bytes(data, file)
    return [PROVIDER.read_turn(source, turn) for turn in scanned(data, file).turns]


def titles(data: bytes, file: LogFile = LINES) -> list[str]:
    """The titles of the turns that count."""
    return [turn.title for turn in scanned(data, file).turns if not turn.is_discarded]
