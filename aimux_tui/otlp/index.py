"""Reads a request that was received: what is in it, and by which keys it is found again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.model.telemetry import Signal
from aimux_tui.otlp.payload import Encoding

if TYPE_CHECKING:
    from aimux_tui.otlp.batch import Batch


def index_body(signal: Signal, encoding: Encoding, body: bytes, *, folds: bool = True) -> Batch:
    """What a body holds; with `folds`, known floods are left out of it and counted.

    Raises BadPayloadError, TooManyRecordsError. Records that cannot be used are rejected singly.
    """
    if encoding is Encoding.JSON:
        from aimux_tui.otlp.index_json import index_json

        return index_json(signal, body, folds=folds)
    from aimux_tui.otlp import index_protobuf

    match signal:
        case Signal.TRACES:
            return index_protobuf.index_spans(body, folds=folds)
        case Signal.LOGS:
            return index_protobuf.index_logs(body, folds=folds)
        case Signal.METRICS:
            return index_protobuf.index_metrics(body)
