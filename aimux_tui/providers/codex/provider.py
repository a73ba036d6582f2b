"""Codex CLI as a provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.providers.codex import places
from aimux_tui.providers.codex.identity import NAME

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from aimux_tui.model.body import BodyRef
    from aimux_tui.model.passage import Passage
    from aimux_tui.model.session import LiveState
    from aimux_tui.model.turn import Turn, TurnSummary
    from aimux_tui.providers.base import LogFile, LogScan, LogSource, TurnReader


class CodexProvider:
    """Fulfils `Provider`."""

    name = NAME
    title = "Codex CLI"
    version = 2
    splits_words = False

    def roots(self, env: Mapping[str, str], home: Path) -> Sequence[Path]:
        """Codex's homes."""
        return places.roots(env, home)

    def find(self, root: Path) -> Iterator[LogFile]:
        """Every rollout under a home."""
        return places.find(root)

    def watched(self, root: Path) -> Sequence[Path]:
        """The folders in which rollouts appear."""
        return places.watched(root)

    def recognise(self, path: Path, head: bytes) -> LogFile | None:
        """The rollout at `path`, if it is one."""
        return places.recognise(path, head)

    def scan(self, file: LogFile) -> LogScan:
        """A fresh scan."""
        if file.is_document:
            from aimux_tui.providers.codex.documentscan import DocumentScan

            return DocumentScan(file)
        from aimux_tui.providers.codex.scan import CodexScan

        return CodexScan(file)

    def read_turn(self, source: LogSource, turn: TurnSummary) -> Turn:
        """The turn with all its steps."""
        return self.turn_reader(source).read(turn)

    def turn_reader(self, source: LogSource) -> TurnReader:
        """It keeps what it has read of a turn."""
        from aimux_tui.providers.codex.steps import StepBuilder
        from aimux_tui.providers.growth import GrowingTurn

        return GrowingTurn(lambda turn: StepBuilder(source, turn))

    def passages(self, file: LogFile, data: bytes) -> Iterator[Passage]:
        """The texts of a record."""
        from aimux_tui.providers.codex.passages import passages

        return passages(data, is_document=file.is_document)

    def read_body(self, source: LogSource, ref: BodyRef) -> str:
        """The whole of a text that was cut."""
        from aimux_tui.providers.codex.reading import read_body

        return read_body(source, ref)

    def companions(self, file: LogFile) -> Iterator[Path]:
        """The file with the names of threads."""
        return places.companions(file)

    def titles(self, root: Path) -> Mapping[str, str]:
        """Thread id → given name."""
        return places.titles(root)

    def live_states(self, root: Path) -> Mapping[str, LiveState]:  # noqa: ARG002
        """Codex leaves no file that tells of a running agent."""
        return {}

    def resume_command(self, session_id: str, cwd: str) -> Sequence[str]:  # noqa: ARG002
        """The command that takes a thread up again."""
        return ["codex", "resume", session_id]
