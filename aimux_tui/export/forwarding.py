"""Passes received telemetry on as it came: to the endpoint of exports, each batch once.

The file of telemetry is the spool: what could not be sent stays there, and is sent later.
"""

from __future__ import annotations

import fcntl
import gzip
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

import msgspec

from aimux_tui.errors import ExportError
from aimux_tui.export.forwarded import Forwarded
from aimux_tui.export.otlp.link import Link, Patience
from aimux_tui.export.otlp.target import OtlpTarget, target_of
from aimux_tui.export.otlp.troubles import refusal
from aimux_tui.otlp.payload import Encoding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from aimux_tui.config.schema import Settings
    from aimux_tui.export.otlp.link import Answer
    from aimux_tui.paths import Paths
    from aimux_tui.store.telemetry.reader import StoredBatch

_AT_ONCE = 20
"""Batches that are read at a time: each may have many megabytes."""
_POISON = frozenset({400, 413, 422})
"""Answers that no later attempt changes: the batch is passed over, as OTLP demands."""
_TYPES = {Encoding.PROTOBUF: "application/x-protobuf", Encoding.JSON: "application/json"}


class Batches(Protocol):
    """Where batches come from (see store.telemetry.reader.Telemetry, which fulfils it)."""

    def version(self) -> int:
        """The number of the newest."""
        ...

    def batches(self, *, since: int = 0, limit: int = 1000) -> Sequence[StoredBatch]:
        """Those newer than a number, the oldest first."""
        ...


class Forwarder:
    """Sends what an endpoint has not got yet. For one thread at a time."""

    def __init__(
        self,
        source: Batches,
        target: OtlpTarget,
        folder: Path,
        should_stop: Callable[[], bool] = lambda: False,
        patience: Patience | None = None,
    ) -> None:
        """`folder` remembers what was sent. Raises SendError."""
        self._source = source
        self._target = target
        self._memory = folder / "forwarded.json"
        self._should_stop = should_stop
        self._link = Link(target, should_stop, patience)
        self._is_plain = False

    def run(self) -> Forwarded:
        """Send all that is new. What was sent before an error is remembered.

        Raises SendError, ExportError (another process does it just now, or memory cannot be
        written), ExportCancelledError.
        """
        with self._alone():
            done = self._last()
            if done > self._source.version():
                done = 0  # the file of telemetry was begun anew
            sent = Forwarded()
            while batches := self._source.batches(since=done, limit=_AT_ONCE):
                for batch in batches:
                    if self._should_stop():
                        return sent
                    remark = self._send(batch)
                    done = batch.number
                    self._remember(done)
                    sent = Forwarded(
                        sent.batches + (not remark),
                        sent.refused + bool(remark),
                        sent.remark or remark,
                    )
            return sent

    def close(self) -> None:
        """Close the connections."""
        self._link.close()

    def _send(self, batch: StoredBatch) -> str:
        """Why the endpoint will never take it; "" if it did."""
        answer = self._post(batch)
        if answer.is_fine:
            return ""
        error = refusal(self._target, answer)
        if answer.status in _POISON:
            return error.message
        raise error

    def _post(self, batch: StoredBatch) -> Answer:
        path, kind = f"/v1/{batch.signal.value}", _TYPES[batch.encoding]
        headers = {"content-type": kind}
        if not self._is_plain:
            packed = gzip.compress(batch.body, 5, mtime=0)
            zipped = {**headers, "content-encoding": "gzip"}
            answer = self._link.request("POST", path, content=packed, headers=zipped)
            if answer.status not in {400, 415}:
                return answer
        answer = self._link.request("POST", path, content=batch.body, headers=headers)
        self._is_plain |= answer.is_fine
        return answer

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """No other process forwards meanwhile: both would send the same."""
        try:
            self._memory.parent.mkdir(parents=True, exist_ok=True)
            file = self._memory.with_suffix(".lock").open("w")
        except OSError as error:
            raise ExportError(f"what was forwarded cannot be remembered: {error}") from error
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise ExportError("another aimux is forwarding just now") from error
            yield

    def _last(self) -> int:
        return self._numbers().get(self._target.base, 0)

    def _numbers(self) -> dict[str, int]:
        """Endpoint → the last batch that it was sent."""
        try:
            return msgspec.json.decode(self._memory.read_bytes(), type=dict[str, int])
        except (OSError, msgspec.MsgspecError):
            return {}

    def _remember(self, number: int) -> None:
        numbers = {**self._numbers(), self._target.base: number}
        fresh = self._memory.with_suffix(".new")
        try:
            fresh.write_bytes(msgspec.json.encode(numbers))
            fresh.replace(self._memory)
        except OSError as error:
            raise ExportError(f"what was forwarded cannot be remembered: {error}") from error


def forward_target(settings: Settings, endpoint: str = "") -> OtlpTarget:
    """Where to forward to. Raises ExportError if there is no endpoint, or if it is the receiver."""
    target = target_of(settings.export, endpoint)
    if target.is_local and urlsplit(target.base).port == settings.otel.port:
        raise ExportError(
            f"{target.base} is aimux's own receiver: it would forward to itself for ever",
            hint="export.endpoint names where telemetry goes, otel.port where it comes in",
        )
    return target


def forward_once(settings: Settings, paths: Paths, endpoint: str = "") -> Forwarded:
    """Send what an endpoint ("": that of the settings) has not got of this machine's telemetry.

    Blocks. Raises ExportError, ExportCancelledError.
    """
    from aimux_tui.store.telemetry.reader import Telemetry

    source = Telemetry(paths.telemetry)
    forwarder = Forwarder(source, forward_target(settings, endpoint), paths.state)
    try:
        return forwarder.run()
    finally:
        forwarder.close()
        source.close()
