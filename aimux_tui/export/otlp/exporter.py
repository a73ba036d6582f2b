"""OTLP exports from beginning to end: sessions in, the result line or an error out.

    result = export_sessions(selection.materials(tracker, redactor), target, paths.state)
    result = retry_spool(target, paths.state)

Every session is first written to a parcel in the state folder, and the parcel is sent: what the
endpoint does not take, for whatever reason, stays there for a retry.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Self

from aimux_tui.config.schema import ExportBackend
from aimux_tui.export.otlp.backends.registry import connect
from aimux_tui.export.otlp.delivery import Courier
from aimux_tui.export.otlp.link import Link, Patience
from aimux_tui.export.otlp.memory import Memory
from aimux_tui.export.otlp.parcel import ParcelError, ParcelWriter
from aimux_tui.export.otlp.result import OtlpError, OtlpProgress, OtlpResult
from aimux_tui.export.otlp.session_spans import SpanOptions, resource_of, session_spans
from aimux_tui.export.otlp.spool import Spool, state_trouble
from aimux_tui.export.otlp.troubles import SendError
from aimux_tui.export.progress import ExportCancelledError
from aimux_tui.text.units import plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from aimux_tui.errors import ExportError
    from aimux_tui.export.base import Material
    from aimux_tui.export.otlp.target import OtlpTarget

FOLDER = "otlp"
"""In the state folder."""
RETRY_HINT = "`aimux export --retry` or :retry sends what was kept"


def export_sessions(
    materials: Iterable[Material],
    target: OtlpTarget,
    state: Path,
    *,
    report: Callable[[OtlpProgress], None] = lambda _: None,
    should_stop: Callable[[], bool] = lambda: False,
    patience: Patience | None = None,
) -> OtlpResult:
    """Send sessions with their sub-agents, labels and notes. Blocks.

    `state` is aimux's state folder. A cancelled export returns what was sent until then. Raises
    OtlpError with what was sent and kept, else OSError, SessionError, ExportError.
    """
    with _Exporter(target, state, report, should_stop, patience) as exporter:
        try:
            exporter.connect()
            for material in materials:
                exporter.export(material)
        except ExportCancelledError:
            return exporter.result + OtlpResult(is_cancelled=True)
        return exporter.finished()


def retry_spool(
    target: OtlpTarget,
    state: Path,
    *,
    report: Callable[[OtlpProgress], None] = lambda _: None,
    should_stop: Callable[[], bool] = lambda: False,
    patience: Patience | None = None,
) -> OtlpResult:
    """Send what could not be sent to this target before. Blocks; raises as `export_sessions`."""
    with _Exporter(target, state, report, should_stop, patience) as exporter:
        waiting = [item for item in exporter.spool.waiting() if item.head.place == target.place]
        if not waiting:
            return OtlpResult(remarks=("nothing waits to be sent there",))
        try:
            exporter.connect()
            for item in waiting:
                exporter.deliver(item.path)
        except ExportCancelledError:
            return exporter.result + OtlpResult(is_cancelled=True)
        return exporter.finished()


def spooled_sessions(state: Path) -> dict[str, int]:
    """Target (`OtlpTarget.place`) → sessions that wait to be sent there. Reads from disk."""
    counts: dict[str, int] = {}
    for item in Spool(state / FOLDER).waiting():
        counts[item.head.place] = counts.get(item.head.place, 0) + 1
    return counts


class _Exporter:
    """One export. What fails for one session fails for the rest: those are only kept."""

    def __init__(
        self,
        target: OtlpTarget,
        state: Path,
        report: Callable[[OtlpProgress], None],
        should_stop: Callable[[], bool],
        patience: Patience | None,
    ) -> None:
        folder = state / FOLDER
        self._result = OtlpResult()
        """But for what the courier has delivered."""
        self.spool = Spool(folder)
        self._target = target
        self._report = report
        with ExitStack() as opened:
            opened.enter_context(self.spool.alone(target.place))
            self._link = Link(target, should_stop, patience)
            opened.callback(self._link.close)
            self._memory = Memory(folder / "sent.sqlite")
            opened.callback(self._memory.close)
            self._open = opened.pop_all()
        self._courier: Courier | None = None
        self._failure: ExportError | None = None
        self._options = SpanOptions(
            trace_per=target.trace_per,
            has_judgements=target.backend is not ExportBackend.PHOENIX,
            user=target.user,
            project=target.project,
        )

    def __enter__(self) -> Self:
        self.spool.clean()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def connect(self) -> None:
        """Find out what stands at the endpoint; remember if nothing does."""
        try:
            backend = connect(self._link)
        except SendError as error:
            self._failure = error
            return
        self._courier = Courier(self._link, backend, self._memory, self._report)
        self._options = SpanOptions(
            trace_per=self._target.trace_per,
            has_judgements=backend.has_judgements,
            user=self._target.user,
            project=self._target.project,
        )

    @property
    def result(self) -> OtlpResult:
        """What came of it so far."""
        return self._courier.result + self._result if self._courier is not None else self._result

    def export(self, material: Material) -> None:
        """Pack a session and send it, or keep it."""
        session = material.session
        is_whole = not material.left_out
        path = self.spool.path_for(self._target.place, session.key, is_whole=is_whole)
        resource = resource_of(session, self._options)
        try:
            with ParcelWriter(
                path, self._target.place, session.key, resource, is_whole=is_whole
            ) as parcel:
                for item in session_spans(material, self._options):
                    parcel.add(item)
        except OSError as error:
            if error.filename and str(error.filename) == session.path:
                raise
            raise state_trouble(error) from error
        try:
            self.deliver(path)
        except ExportCancelledError:
            path.unlink(missing_ok=True)
            raise

    def finished(self) -> OtlpResult:
        """What came of it. Raises OtlpError if not everything could be sent."""
        if self._failure is None:
            return self.result
        hint = self._failure.hint
        if self.result.spooled:
            kept = plural(self.result.spooled, "session")
            hint = f"{hint}; {kept} kept: {RETRY_HINT}" if hint else f"{kept} kept: {RETRY_HINT}"
        raise OtlpError(self._failure.message, hint, self.result)

    def deliver(self, path: Path) -> None:
        """Send a parcel, or keep it."""
        if self._courier is not None and self._failure is None:
            try:
                self._courier.deliver(path)
            except ParcelError as error:
                path.unlink(missing_ok=True)
                self._result += OtlpResult(remarks=(f"a damaged file was thrown away: {error}",))
                return
            except SendError as error:
                self._failure = error
            else:
                self.spool.settle(path)
                return
        self._keep(path)

    def _keep(self, path: Path) -> None:
        if self.spool.keep(path):
            self._result += OtlpResult(spooled=1)
        else:
            remark = "there is no room for what was not sent: retry, then export again"
            self._result += OtlpResult(remarks=(remark,))
