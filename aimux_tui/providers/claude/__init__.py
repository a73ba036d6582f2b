"""Claude Code: transcripts of sessions and of their sub-agents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.providers.claude import places

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from aimux_tui.model.body import BodyRef
    from aimux_tui.model.passage import Passage
    from aimux_tui.model.session import LiveState
    from aimux_tui.model.turn import Turn, TurnSummary
    from aimux_tui.providers.base import LogFile, LogScan, LogSource, Provider, TurnReader


class ClaudeProvider:
    """See Provider."""

    name = places.NAME
    title = "Claude Code"
    version = 2
    splits_words = False

    def roots(self, env: Mapping[str, str], home: Path) -> Sequence[Path]:
        """`$CLAUDE_CONFIG_DIR`, else `~/.claude` and `~/.config/claude`."""
        return places.roots(env, home)

    def find(self, root: Path) -> Iterator[LogFile]:
        """Transcripts below `projects/`, with sub-agents of every layout."""
        return places.find(root)

    def watched(self, root: Path) -> Sequence[Path]:
        """`projects/` and `sessions/`."""
        return places.watched(root)

    def recognise(self, path: Path, head: bytes) -> LogFile | None:
        """A `.jsonl` file with Claude Code's records."""
        return places.recognise(path, head)

    def scan(self, file: LogFile) -> LogScan:
        """A fresh scan; a nested sub-agent's `.meta.json` is read with it."""
        from aimux_tui.providers.claude.scan import ClaudeScan

        return ClaudeScan(file)

    def read_turn(self, source: LogSource, turn: TurnSummary) -> Turn:
        """The turn with its steps in the order of the log."""
        return self.turn_reader(source).read(turn)

    def turn_reader(self, source: LogSource) -> TurnReader:
        """It keeps what it has read of a turn."""
        from aimux_tui.providers.claude.details import TurnBuilder
        from aimux_tui.providers.growth import GrowingTurn

        return GrowingTurn(lambda turn: TurnBuilder(source, turn))

    def passages(self, file: LogFile, data: bytes) -> Iterator[Passage]:  # noqa: ARG002
        """The texts of a record."""
        from aimux_tui.providers.claude.passages import passages

        return passages(data)

    def read_body(self, source: LogSource, ref: BodyRef) -> str:
        """A text, or an output that was spilled into the session's `tool-results/`."""
        from aimux_tui.providers.claude.bodies import read_body

        return read_body(source, ref)

    def companions(self, file: LogFile) -> Iterator[Path]:
        """A sub-agent's `.meta.json`, the outputs that a session spilled, a project's titles."""
        return places.companions(file)

    def titles(self, root: Path) -> Mapping[str, str]:
        """Summaries in the `sessions-index.json` of projects."""
        from aimux_tui.providers.claude.live import side_titles

        return side_titles(root)

    def live_states(self, root: Path) -> Mapping[str, LiveState]:
        """What the files in `sessions/` say."""
        from aimux_tui.providers.claude.live import live_states

        return live_states(root)

    def resume_command(self, session_id: str, cwd: str) -> Sequence[str]:  # noqa: ARG002
        """`claude --resume`; it works in the session's own directory."""
        return ("claude", "--resume", session_id)


PROVIDER: Provider = ClaudeProvider()
