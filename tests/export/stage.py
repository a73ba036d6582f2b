"""A home with one session of each agent, a sub-agent and labels, ready to be exported."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aimux_tui.annotations.book import EvaluationBook
from aimux_tui.annotations.changes import SessionChange, TurnChange
from aimux_tui.config.schema import RedactionProfile
from aimux_tui.export.material import SessionMaterial
from aimux_tui.export.progress import ExportTracker
from aimux_tui.export.run import ExportResult, export_to_file, export_to_stream
from aimux_tui.export.scope import Scope, Selection
from aimux_tui.model.annotation import Label, Verdict
from aimux_tui.pricing.arithmetic import PriceTable
from aimux_tui.sources.discovery import find_homes
from aimux_tui.store.index import Index
from aimux_tui.store.library import Library
from tests.cli.homes import AGENT_ID, CLAUDE_ID, CODEX_ID, GEMINI_ID, make_home

CLAUDE, CODEX, GEMINI = f"claude:{CLAUDE_ID}", f"codex:{CODEX_ID}", f"gemini:{GEMINI_ID}"
AGENT = f"{CLAUDE}/{AGENT_ID}"
ALL = frozenset({CLAUDE, CODEX, GEMINI, AGENT})
FULL, BOUNDED, REDACTED = RedactionProfile


class Stage:
    """Sessions in a folder, and what a test does with them."""

    def __init__(self, folder: Path, *, logs: dict[str, Path] | None = None) -> None:
        """Over a home that is made here, or holds `logs` already."""
        self.folder = folder
        self.logs = make_home(folder) if logs is None else logs
        self.book = EvaluationBook(folder / ".aimux" / "evaluations", author="me")
        self.library = self.read()

    def read(self) -> Library:
        """The sessions as they are now."""
        names = ["claude", "codex", "gemini"]
        homes = find_homes(names, dict.fromkeys(names, ()), env={}, home=self.folder)
        library = Library(homes, Index(None), PriceTable({}))
        library.load_fully()
        self.library = library
        return library

    def add_lines(self, agent: str, *records: dict[str, Any]) -> None:
        """Let a log grow."""
        with self.logs[agent].open("a") as stream:
            stream.writelines(json.dumps(record) + "\n" for record in records)
        self.read()

    def turn_keys(self, session: str) -> list[str]:
        """Keys of a session's turns."""
        trace = self.library.open(session)
        trace.refresh()
        return [turn.key for turn in trace.turns]

    def label(self, session: str, number: int, label: Label | None, note: str = "") -> None:
        """Judge a turn."""
        key = self.turn_keys(session)[number - 1]
        change = TurnChange(
            session_key=session, turn_key=key, number=number, label=label, note=note
        )
        self.book.record((change,))

    def judge(self, session: str, verdict: Verdict, *tags: str, note: str = "") -> None:
        """Judge a whole session."""
        change = SessionChange(session_key=session, verdict=verdict, tags=tags, note=note)
        self.book.record((change,))

    def select(self, **scope: Any) -> Selection:
        """What a scope chooses now."""
        return Selection(self.library, self.book, Scope(**scope))

    def material(self, session: str) -> SessionMaterial:
        """One session as exporters get it when nothing is redacted."""
        found = self.library.get(session)
        assert found is not None
        return SessionMaterial(self.library, found, self.book)

    def export(
        self,
        format_name: str,
        target: Path,
        profile: RedactionProfile = FULL,
        tracker: ExportTracker | None = None,
        **scope: Any,
    ) -> ExportResult:
        """Write a file."""
        selection = self.select(**scope)
        return export_to_file(selection, format_name, target, profile, tracker or ExportTracker())

    def exported(self, format_name: str, profile: RedactionProfile = FULL, **scope: Any) -> bytes:
        """What would be in the file."""
        sink = Sink()
        selection = self.select(**scope)
        export_to_stream(selection, format_name, sink, profile, ExportTracker())
        return bytes(sink)

    def lines(self, profile: RedactionProfile = FULL, **scope: Any) -> list[dict[str, Any]]:
        """The JSONL export, line by line."""
        text = self.exported("jsonl", profile, **scope)
        return [json.loads(line) for line in text.splitlines()]


class Sink(bytearray):
    """Keeps what is written to it."""

    def write(self, data: bytes, /) -> None:
        self.extend(data)


def stop_after(turns: int) -> Callable[[], bool]:
    """Stops an export when so many turns have begun."""
    begun = 0

    def should_stop() -> bool:
        nonlocal begun
        begun += 1
        return begun > turns

    return should_stop
