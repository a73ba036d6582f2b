"""An export to a file from beginning to end: the file, its manifest and its receipt, or nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.config.schema import RedactionProfile
from aimux_tui.errors import ExportError
from aimux_tui.export.base import ExportContext
from aimux_tui.export.files import NewFiles
from aimux_tui.export.progress import ExportCounts, ExportTracker
from aimux_tui.export.receipt import make_receipt, receipt_path
from aimux_tui.export.redaction.manifest import Manifest, manifest_path
from aimux_tui.export.redaction.redactor import VALUE_LIMIT, Redactor
from aimux_tui.export.registry import format_row, load_exporter
from aimux_tui.export.scope import nothing_chosen

if TYPE_CHECKING:
    from collections.abc import Callable

    from aimux_tui.export.base import ByteSink
    from aimux_tui.export.redaction.removal import Removal
    from aimux_tui.export.registry import FormatRow
    from aimux_tui.export.scope import Selection

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class ExportResult(Struct, frozen=True):
    """What came of an export."""

    format: str
    profile: RedactionProfile
    counts: ExportCounts
    removed: Mapping[str, int]
    """Reason → in how many places something was taken out."""
    missed: tuple[str, ...]
    """Keys of sessions that were chosen, but whose log is gone or cannot be opened."""
    path: Path | None = None
    """None where it was a stream."""
    size: int = 0
    sha256: str = ""
    receipt: Path | None = None
    manifest: Path | None = None
    """None if nothing was taken out."""


def default_target(folder: Path, row: FormatRow, selection: Selection, now: datetime) -> Path:
    """Where an export goes unless told otherwise: named by its session and the time (UTC)."""
    sessions = selection.sessions
    name = sessions[0].session_id if len(sessions) == 1 else f"{len(sessions)}-sessions"
    safe = _UNSAFE.sub("-", name).strip("-.")[:100] or "session"
    return folder / f"{safe}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}{row.suffix}"


def choose_target(
    given: str, folder: Path, format_name: str, selection: Selection, now: datetime
) -> Path:
    """The file that a user named, or one in the folder that they named, or in the usual folder.

    Raises ExportError if a file of that name is there that is no earlier export, or if it would
    lie in the home of an agent, where aimux writes nothing.
    """
    target = Path(given).expanduser().absolute() if given else folder
    if not given or target.is_dir():
        target = default_target(target, format_row(format_name), selection, now)
    elif target.exists() and not receipt_path(target).exists():
        raise ExportError(
            f"{target} is there already, and is no export of aimux", hint="name another file"
        )
    place = target.resolve()
    if any(place.is_relative_to(home.resolve()) for home in selection.homes):
        raise ExportError(f"{target} is in the home of an agent", hint="aimux writes nothing there")
    return target


def export_to_file(
    selection: Selection,
    format_name: str,
    target: Path,
    profile: RedactionProfile,
    tracker: ExportTracker,
) -> ExportResult:
    """Write an export with its receipt, and a manifest if anything was taken out. Blocks.

    A file of that name is replaced. Raises ExportError (ExportCancelledError too), SessionError,
    CommandError; then nothing is left of it, and a file that was there before stands as it was.
    """
    context = _context(selection, profile)
    row = format_row(format_name)
    with NewFiles() as files:
        out = files.open(target)
        manifest = Manifest(lambda: files.open(manifest_path(target)), target.name, context)
        _write(selection, row, out, context, tracker, manifest.add)
        receipt = make_receipt(out, row, context, tracker, manifest)
        files.open(receipt_path(target)).write(receipt)
        files.commit()
        if not manifest.file:
            manifest_path(target).unlink(missing_ok=True)  # of an export that had this name before
    return ExportResult(
        row.name,
        profile,
        tracker.counts,
        dict(manifest.counts),
        tuple(tracker.missed),
        target,
        out.size,
        out.sha256,
        receipt_path(target),
        manifest.file.target if manifest.file else None,
    )


def export_to_stream(
    selection: Selection,
    format_name: str,
    out: ByteSink,
    profile: RedactionProfile,
    tracker: ExportTracker,
    tell: Callable[[Removal], None] = lambda _: None,
) -> ExportResult:
    """Write an export to where files cannot stand beside it: no receipt, no manifest.

    `tell` hears of everything that is taken out. Raises as for a file.
    """
    context = _context(selection, profile)
    row = format_row(format_name)
    removed: Counter[str] = Counter()

    def count(removal: Removal) -> None:
        removed[removal.reason] += 1
        tell(removal)

    _write(selection, row, out, context, tracker, count)
    return ExportResult(row.name, profile, tracker.counts, dict(removed), tuple(tracker.missed))


def make_redactor(
    profile: RedactionProfile, tell: Callable[[Removal], None] = lambda _: None
) -> Redactor | None:
    """What applies a profile; None for `full`. For exporters that send, too."""
    if profile is RedactionProfile.FULL:
        return None
    return Redactor(profile, tell, home=str(Path.home()))


def _context(selection: Selection, profile: RedactionProfile) -> ExportContext:
    if not selection.sessions:
        raise nothing_chosen(selection.scope)
    return ExportContext(
        created=datetime.now(UTC),
        scope=selection.scope.fields(),
        sessions=len(selection.sessions),
        profile=profile,
        limit=VALUE_LIMIT,
    )


def _write(
    selection: Selection,
    row: FormatRow,
    out: ByteSink,
    context: ExportContext,
    tracker: ExportTracker,
    tell: Callable[[Removal], None],
) -> None:
    exporter = load_exporter(row.name)
    redactor = make_redactor(context.profile, tell)
    try:
        exporter.write(selection.materials(tracker, redactor), out, context)
    except BrokenPipeError:
        raise  # whoever read the standard output has gone
    except OSError as error:
        raise ExportError(f"cannot read a log: {error}") from error
    if not tracker.counts.sessions:
        raise nothing_chosen(selection.scope)
