"""The exports of this machine, as the screen uses them: the only place that imports exporters."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from aimux_tui.errors import ExportError
from aimux_tui.export.consents import Consents
from aimux_tui.export.words import removed_words
from aimux_tui.text.sanitise import one_line
from aimux_tui.text.units import plural
from aimux_tui.tui.export_port import Done, Endpoint, Progress, Sample

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from aimux_tui.annotations.changes import AnnotationBook
    from aimux_tui.config.schema import ExportSettings, RedactionProfile
    from aimux_tui.export.base import Material
    from aimux_tui.export.material import ExportedTurn
    from aimux_tui.export.otlp.result import OtlpProgress, OtlpResult
    from aimux_tui.export.otlp.target import OtlpTarget
    from aimux_tui.export.progress import ExportCounts, ExportTracker
    from aimux_tui.export.scope import Selection
    from aimux_tui.paths import Paths
    from aimux_tui.store.library import Library
    from aimux_tui.tui.export_port import Control
    from aimux_tui.tui.export_scopes import Chosen

_SAMPLED = 20
"""Turns that a preview looks at."""
_PART = 300
"""Characters of each thing that it shows."""


class LocalExports:
    """Fulfils `export_port.ExportPort`."""

    def __init__(
        self, library: Library, book: AnnotationBook, settings: ExportSettings, paths: Paths
    ) -> None:
        self._library = library
        self._book = book
        self._settings = settings
        self._paths = paths
        self._consents = Consents(paths.state / "endpoints.json")

    # Files.

    def to_file(self, chosen: Chosen, format_name: str, path: str, control: Control) -> Done:
        """Write a file with its receipt. Raises AimuxError, OSError; then nothing is left."""
        from aimux_tui.export.run import choose_target, export_to_file

        selection = self._selection(chosen)
        folder = self._settings.folder
        usual = Path(folder).expanduser() if folder else self._paths.exports
        target = choose_target(path, usual, format_name, selection, datetime.now(UTC))
        tracker = _tracker(selection, control)
        result = export_to_file(selection, format_name, target, self.usual_profile, tracker)
        return Done(
            f"{counted(result.counts)} → {shown_path(target)}",
            target,
            tuple(_remarks(result.removed, len(result.missed))),
        )

    # Endpoints.

    def endpoint(self, given: str) -> Endpoint:
        """Where an export would go. Raises ExportError."""
        target = self._otlp_target(given)
        return Endpoint(target.base, target.backend.value, target.is_local, target.trace_per.value)

    def _otlp_target(self, given: str) -> OtlpTarget:
        from aimux_tui.export.otlp.target import target_of

        return target_of(self._settings, given)

    @property
    def usual_profile(self) -> RedactionProfile:
        """As the settings have it."""
        return self._settings.redact

    def consent(self, endpoint: Endpoint) -> RedactionProfile | None:
        """How much may be sent there."""
        return self._consents.get(endpoint.name)

    def give_consent(self, endpoint: Endpoint, profile: RedactionProfile) -> None:
        """Remember it. Raises ExportError."""
        self._consents.put(endpoint.name, profile)

    def send(self, chosen: Chosen, given: str, profile: RedactionProfile, control: Control) -> Done:
        """Send. Raises AimuxError, OSError; what could not be sent waits for a retry."""
        from aimux_tui.export.otlp.exporter import export_sessions
        from aimux_tui.export.progress import ExportTracker
        from aimux_tui.export.run import make_redactor

        target, selection = self._otlp_target(given), self._selection(chosen)
        turns = selection.turns
        state = Progress(total=turns)

        def count(counts: ExportCounts) -> None:
            nonlocal state
            state = Progress(counts.turns, turns, state.sent)
            control.report(state)

        def sent(progress: OtlpProgress) -> None:
            nonlocal state
            state = Progress(state.turns, turns, progress.spans)
            control.report(state)

        tracker = ExportTracker(count, control.should_stop)
        materials = selection.materials(tracker, make_redactor(profile))
        result = export_sessions(
            materials, target, self._paths.state, report=sent, should_stop=control.should_stop
        )
        return _done(result, len(tracker.missed))

    def has_waiting(self) -> bool:
        """Whether there is any parcel in the spool of `export.otlp`."""
        try:
            return next((self._paths.state / "otlp").glob("[!.]*.parcel"), None) is not None
        except OSError:
            return False

    def retry(self, control: Control) -> Done:
        """Send what waits, wherever it was to go."""
        from aimux_tui.export.otlp.exporter import retry_spool, spooled_sessions
        from aimux_tui.export.otlp.result import OtlpResult

        results: list[OtlpResult] = []
        trouble: ExportError | None = None
        # A place begins with its endpoint.
        for base in {place.partition(" ")[0] for place in spooled_sessions(self._paths.state)}:
            try:
                result = retry_spool(
                    self._otlp_target(base),
                    self._paths.state,
                    report=lambda progress: control.report(Progress(sent=progress.spans)),
                    should_stop=control.should_stop,
                )
            except ExportError as error:
                trouble = error
            else:
                results.append(result)
        if trouble is not None:
            raise trouble
        lines = "\n".join(result.line for result in results) or "nothing waits to be sent"
        return replace(_done(sum(results, OtlpResult()), 0), words=lines)

    # What would be sent.

    def sample(self, chosen: Chosen, profile: RedactionProfile, control: Control) -> Sample:
        """The first turns, as they would leave."""
        from aimux_tui.export.progress import ExportTracker
        from aimux_tui.export.run import make_redactor

        selection = self._selection(chosen)
        removed: dict[str, int] = {}

        def tell(reason: str) -> None:
            removed[reason] = removed.get(reason, 0) + 1

        redactor = make_redactor(profile, lambda removal: tell(removal.reason))
        materials = selection.materials(ExportTracker(should_stop=control.should_stop), redactor)
        parts: list[tuple[str, str]] = []
        looked_at = 0
        for material, turn in _turns(materials):
            found = list(_parts(material, turn))
            if not looked_at:
                parts = [("Session", one_line(material.session.title, _PART)), *found]
            looked_at += 1
            if looked_at == _SAMPLED:
                break
        return Sample(len(selection.sessions), selection.turns, tuple(parts), removed, looked_at)

    def _selection(self, chosen: Chosen) -> Selection:
        from aimux_tui.export.scope import Scope, Selection

        scope = Scope(sessions=chosen.sessions, turns=chosen.turns)
        return Selection(self._library, self._book, scope)


def _tracker(selection: Selection, control: Control) -> ExportTracker:
    from aimux_tui.export.progress import ExportTracker

    total = selection.turns
    return ExportTracker(
        lambda counts: control.report(Progress(counts.turns, total)), control.should_stop
    )


def _turns(materials: Iterator[Material]) -> Iterator[tuple[Material, ExportedTurn]]:
    for material in materials:
        for turn in material.turns():
            yield material, turn


def _parts(material: Material, exported: ExportedTurn) -> Iterator[tuple[str, str]]:
    """The texts of a turn, which finds what is to be taken out of them."""
    from aimux_tui.model.tools import ToolCall
    from aimux_tui.model.turn import Text

    for block in exported.turn.prompt:
        if isinstance(block, Text):
            yield "Prompt", material.text(block.body)[:_PART]
    for step in exported.turn.steps:
        if isinstance(step, Text):
            yield "Answer", material.text(step.body)[:_PART]
        elif isinstance(step, ToolCall):
            given = " ".join(f"{name}={value}" for name, value in material.arguments(step).items())
            yield step.name, given[:_PART]
            if step.output:
                yield "Output", material.text(step.output)[:_PART]


def counted(counts: ExportCounts) -> str:
    """What was exported: "2 sessions, 12 turns, 3 sub-agents"."""
    parts = [plural(counts.sessions, "session")] if counts.sessions != 1 else []
    parts.append(plural(counts.turns, "turn"))
    if counts.agents:
        parts.append(plural(counts.agents, "sub-agent"))
    return ", ".join(parts)


def shown_path(path: Path) -> str:
    """A path with the user's home as `~`."""
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)


def _remarks(removed: Mapping[str, int], missed: int) -> Iterator[str]:
    if removed:
        yield removed_words(removed)
    if missed:
        yield f"left out, for their logs are gone: {plural(missed, 'session')}"


def _done(result: OtlpResult, missed: int) -> Done:
    remarks = (*result.remarks, *_remarks({}, missed))
    return Done(result.line, None, remarks, is_partial=bool(result.spooled))
