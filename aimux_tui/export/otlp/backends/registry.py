"""Which backend stands at an endpoint: as set, else as it tells itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aimux_tui.config.schema import ExportBackend
from aimux_tui.export.otlp.backends.generic import GenericBackend
from aimux_tui.export.otlp.backends.mlflow import MlflowBackend
from aimux_tui.export.otlp.backends.phoenix import PhoenixBackend

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aimux_tui.export.otlp.backends.base import Backend
    from aimux_tui.export.otlp.link import Answer, Link

_BACKENDS: Mapping[ExportBackend, Callable[[Link], Backend]] = {
    ExportBackend.GENERIC: GenericBackend,
    ExportBackend.MLFLOW: MlflowBackend,
    ExportBackend.PHOENIX: PhoenixBackend,
}
_VERSION = re.compile(rb"\d+\.\d+[\w.+-]*\s*")
_PROBES = (
    ("/arize_phoenix_version", ExportBackend.PHOENIX),
    ("/version", ExportBackend.MLFLOW),
)
"""Where servers tell their version, each in a place of its own."""


def connect(link: Link) -> Backend:
    """The backend at the other end, ready to be used. Raises SendError."""
    kind = link.target.backend
    return _BACKENDS[_detected(link) if kind is ExportBackend.AUTO else kind](link)


def _detected(link: Link) -> ExportBackend:
    for path, backend in _PROBES:
        if _is_version(link.request("GET", path, limit=100)) and (
            backend is not ExportBackend.MLFLOW or _is_mlflow(link)
        ):
            return backend
    return ExportBackend.GENERIC


def _is_mlflow(link: Link) -> bool:
    """Others may have a `/version` too."""
    return link.request("GET", "/health", limit=100).body.strip() == b"OK"


def _is_version(answer: Answer) -> bool:
    return answer.is_fine and _VERSION.fullmatch(answer.body) is not None
