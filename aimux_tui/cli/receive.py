"""`aimux receive`: receives telemetry without a screen, and tells what comes."""

from __future__ import annotations

import gc
import queue
import signal
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from aimux_tui.cli.output import as_json
from aimux_tui.cli.setup import look_around, tell_errors
from aimux_tui.config.layers import FLAG_ORIGIN
from aimux_tui.errors import ReceiverError
from aimux_tui.receiver.advice import advice
from aimux_tui.receiver.status import ReceiverState, ReceiverStatus
from aimux_tui.receiver.thread import ReceiverThread
from aimux_tui.text.sanitise import one_line
from aimux_tui.text.units import format_bytes, plural

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aimux_tui.cli.forwarding import ForwardThread
    from aimux_tui.cli.setup import Surroundings

_LINE_SECONDS = 1.0
_COUNTS = ("spans", "logs", "points", "folded", "rejected", "requests")


def run(*, host: str | None, port: int | None, prints_json: bool, forward: bool = False) -> int:
    """Receive until interrupted. Raises ReceiverError, ConfigError, ExportError."""
    flags: dict[str, object] = {}
    if host is not None:
        flags["otel.host"] = host
    if port is not None:
        flags["otel.port"] = port
    if forward:
        flags["otel.forward"] = True
    surroundings = look_around(flags)
    for error in surroundings.errors:
        if error.message.startswith(FLAG_ORIGIN):
            raise error
    tell_errors(surroundings)
    changes: queue.SimpleQueue[ReceiverStatus] = queue.SimpleQueue()
    path = surroundings.paths.telemetry
    receiver = ReceiverThread(surroundings.settings.otel, path, changes.put)
    narrator = _Narrator(str(path), prints_json=prints_json)
    # The command line looks for no garbage, being gone soon as a rule; this may run for days.
    # Decoding makes tens of thousands of values at once, none of them garbage before the next.
    gc.freeze()
    gc.set_threshold(50_000)
    gc.enable()
    forwarding = _forwarding(surroundings, narrator)
    former = signal.signal(signal.SIGTERM, _interrupt)
    receiver.start()
    try:
        _narrate(changes, narrator)
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, former)
        receiver.stop()
        if forwarding is not None:
            forwarding.stop()
    narrator.tell_end(receiver.status)
    return 0


def _forwarding(surroundings: Surroundings, narrator: _Narrator) -> ForwardThread | None:
    """What passes on what comes, if the settings want that; at work. Raises ExportError."""
    if not surroundings.settings.otel.forward:
        return None
    from aimux_tui.cli.forwarding import ForwardThread

    forwarding = ForwardThread(surroundings.settings, surroundings.paths, narrator.tell_problem)
    forwarding.start()
    return forwarding


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _narrate(changes: queue.SimpleQueue[ReceiverStatus], narrator: _Narrator) -> None:
    """Tell of changes as they come, at most one line a second. Returns never."""
    while True:
        status = _latest(changes, changes.get())
        match status.state:
            case ReceiverState.FAILED:
                raise ReceiverError(status.problem, status.hint)
            case ReceiverState.ELSEWHERE:
                raise ReceiverError(
                    f"another aimux receives at port {status.port} already",
                    hint="what it receives is seen by every aimux; `aimux doctor` tells of it",
                )
            case ReceiverState.LISTENING:
                narrator.tell(status)
        if narrator.has_counts:
            time.sleep(_LINE_SECONDS)


def _latest(
    changes: queue.SimpleQueue[ReceiverStatus], status: ReceiverStatus
) -> ReceiverStatus:  # fmt: skip
    while not changes.empty():
        status = changes.get()
    return status


class _Narrator:
    """Prints what a status says that the last one did not."""

    def __init__(self, path: str, *, prints_json: bool) -> None:
        self.has_counts = False
        """Whether the last line told of something that came."""
        self._path = path
        self._prints_json = prints_json
        self._last = ReceiverStatus()

    def tell(self, status: ReceiverStatus) -> None:
        """Print a line if there is something new."""
        last, self._last = self._last, status
        self.has_counts = False
        if last.state is not status.state:
            self._print_start(status)
        if status.problem and status.problem != last.problem:
            self._print({"type": "problem", "problem": status.problem}, f"! {status.problem}")
        for reason, count, hint in advice(_more(status.refused, last.refused)):
            line = {"type": "refused", "reason": reason, "count": count, "advice": hint}
            self._print(line, f"{_clock()}  refused {count}x ({reason}): {hint}")
        more = {name: getattr(status, name) - getattr(last, name) for name in _COUNTS}
        if any(more.values()):
            self.has_counts = True
            services = _more(status.services, last.services)
            line = {"type": "received", "time": _now(), **more, "services": services}
            self._print(line, f"{_clock()}  {_in_words(more, services)}")

    def tell_problem(self, problem: str) -> None:
        """Print what went wrong elsewhere."""
        self._print({"type": "problem", "problem": problem}, f"! {one_line(problem)}")

    def tell_end(self, status: ReceiverStatus) -> None:
        """Print what it came to."""
        counts = {name: getattr(status, name) for name in _COUNTS}
        received = format_bytes(status.received_bytes)
        self._print(
            {"type": "stopped", **counts, "services": status.services},
            f"Received {plural(status.records, 'record')} in "
            f"{plural(status.requests, 'request')} ({received}).",
        )

    def _print_start(self, status: ReceiverStatus) -> None:
        line = {"type": "listening", "url": status.url, "file": self._path}
        self._print(line, f"Receiving at {status.url} into {self._path}; Ctrl+C ends.")
        if status.notice:
            self._print({"type": "notice", "notice": status.notice}, f"! {status.notice}")

    def _print(self, line: Mapping[str, Any], text: str) -> None:
        sys.stdout.write((as_json(line) if self._prints_json else text) + "\n")
        sys.stdout.flush()


def _in_words(more: Mapping[str, int], services: Mapping[str, int]) -> str:
    parts = [
        plural(more[name], word)
        for name, word in (("spans", "span"), ("logs", "log record"), ("points", "metric point"))
        if more[name]
    ]
    words = ", ".join(parts) or "nothing to keep"
    senders = ", ".join(one_line(name, 40) or "(no name)" for name in services)
    notes = [f"{more[name]:,} {name}" for name in ("folded", "rejected") if more[name]]
    return (
        words + (f" from {senders}" if senders else "") + (f" ({', '.join(notes)})" * bool(notes))
    )


def _more(now: Mapping[str, int], before: Mapping[str, int]) -> dict[str, int]:
    """What was counted since."""
    return {
        key: count - before.get(key, 0) for key, count in now.items() if count > before.get(key, 0)
    }


def _clock() -> str:
    return datetime.now().astimezone().strftime("%H:%M:%S")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
