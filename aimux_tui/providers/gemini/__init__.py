"""Gemini CLI: chats under `~/.gemini/tmp`, as JSON documents or as an operation log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.providers.gemini import places

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from aimux_tui.model.body import BodyRef
    from aimux_tui.model.passage import Passage
    from aimux_tui.model.session import LiveState
    from aimux_tui.model.turn import Turn, TurnSummary
    from aimux_tui.providers.base import LogFile, LogScan, LogSource, TurnReader


class GeminiProvider:
    """Gemini CLI, from its first recorded chats (2025) on."""

    name = places.NAME
    title = "Gemini CLI"
    version = 2
    splits_words = True

    def roots(self, env: Mapping[str, str], home: Path) -> Sequence[Path]:
        """`${GEMINI_CLI_HOME:-~}/.gemini`."""
        return places.roots(env, home)

    def find(self, root: Path) -> Iterator[LogFile]:
        """Every chat under a home."""
        return places.find(root)

    def watched(self, root: Path) -> Sequence[Path]:
        """Where chats appear."""
        return [root / "tmp"]

    def recognise(self, path: Path, head: bytes) -> LogFile | None:
        """The chat at `path`, wherever it lies."""
        return places.recognise(path, head)

    def scan(self, file: LogFile) -> LogScan:
        """A fresh scan."""
        from aimux_tui.providers.gemini.scan import GeminiScan

        return GeminiScan(file)

    def read_turn(self, source: LogSource, turn: TurnSummary) -> Turn:
        """The turn with all its steps."""
        from aimux_tui.providers.gemini.details import read_turn

        return read_turn(source, turn)

    def turn_reader(self, source: LogSource) -> TurnReader:
        """It reads anew: later records change what earlier ones mean."""
        from aimux_tui.providers.gemini.details import read_turn
        from aimux_tui.providers.growth import ReadingAnew

        return ReadingAnew(read_turn, source)

    def passages(self, file: LogFile, data: bytes) -> Iterator[Passage]:  # noqa: ARG002
        """The texts of a record."""
        from aimux_tui.providers.gemini.passages import passages

        return passages(data)

    def read_body(self, source: LogSource, ref: BodyRef) -> str:
        """The whole of a text that was cut."""
        from aimux_tui.providers.gemini.bodies import body_text

        return body_text(source.read(ref.record), ref.pointer)

    def companions(self, file: LogFile) -> Iterator[Path]:
        """What tells the project's folder."""
        return places.companions(file)

    def titles(self, root: Path) -> Mapping[str, str]:  # noqa: ARG002 - it has no such side file
        """None: a chat holds its own title."""
        return {}

    def live_states(self, root: Path) -> Mapping[str, LiveState]:  # noqa: ARG002 - none either
        """None: a running CLI says nothing of itself."""
        return {}

    def resume_command(self, session_id: str, cwd: str) -> Sequence[str]:  # noqa: ARG002
        """To be run in the project's folder, which is all that the CLI looks at."""
        return ["gemini", "--resume", session_id]


PROVIDER = GeminiProvider()
