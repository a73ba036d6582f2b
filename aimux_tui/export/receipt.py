"""The receipt beside an export: what was written, so that anybody can check it is still that."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from aimux_tui import __version__
from aimux_tui.errors import ExportError
from aimux_tui.export.redaction.manifest import manifest_path

if TYPE_CHECKING:
    from aimux_tui.export.base import ExportContext
    from aimux_tui.export.files import NewFile
    from aimux_tui.export.progress import ExportTracker
    from aimux_tui.export.redaction.manifest import Manifest
    from aimux_tui.export.registry import FormatRow

SCHEMA = "aimux.receipt"
VERSION = 1
_SUFFIX = ".receipt.json"
_BLOCK = 1 << 20


class FileState(Struct, frozen=True):
    """What a file was when it was written."""

    file: str
    """Its name, without the folder."""
    bytes: int
    sha256: str


class Receipt(Struct, frozen=True, kw_only=True):
    """As it stands in the file."""

    schema: str = SCHEMA
    version: int = VERSION
    aimux: str
    created: datetime
    format: str
    format_version: int
    profile: str
    scope: Mapping[str, Any]
    export: FileState
    manifest: FileState | None
    counts: Mapping[str, int]
    removed: Mapping[str, int]
    """Reason → places."""


def receipt_path(target: Path) -> Path:
    """The receipt of an export."""
    return target.with_name(target.name + _SUFFIX)


def make_receipt(
    out: NewFile,
    row: FormatRow,
    context: ExportContext,
    tracker: ExportTracker,
    manifest: Manifest,
) -> bytes:
    """The receipt of what was written to `out`, as it goes into its file."""
    receipt = Receipt(
        aimux=__version__,
        created=context.created,
        format=row.name,
        format_version=row.version,
        profile=context.profile,
        scope=context.scope,
        export=_state(out),
        manifest=_state(manifest.file) if manifest.file else None,
        counts=msgspec.structs.asdict(tracker.counts),
        removed=dict(manifest.counts),
    )
    return msgspec.json.format(msgspec.json.encode(receipt)) + b"\n"


def _state(file: NewFile) -> FileState:
    return FileState(file.target.name, file.size, file.sha256)


class Verification(Struct, frozen=True):
    """What a look at an export found."""

    path: Path
    receipt: Receipt
    differences: tuple[str, ...]
    """What is not as it was, each in a sentence; empty: all is as it was written."""


def verify(path: Path) -> Verification:
    """Compare an export (or the one whose receipt is named) with its receipt. Blocks.

    Raises ExportError if there is no receipt, or none that can be read.
    """
    target = path.with_name(path.name.removesuffix(_SUFFIX))
    place = receipt_path(target)
    try:
        receipt = msgspec.json.decode(place.read_bytes(), type=Receipt)
    except FileNotFoundError:
        raise ExportError(
            f"{target} has no receipt", hint=f"looked for {place.name} beside it"
        ) from None
    except OSError as error:
        raise ExportError(f"cannot read {place}: {error.strerror}") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ExportError(f"{place} is no receipt: {error}") from error
    if receipt.schema != SCHEMA or receipt.version > VERSION:
        raise ExportError(
            f"{place} is a receipt of another kind ({receipt.schema} {receipt.version})",
            hint="a newer aimux wrote it" if receipt.schema == SCHEMA else "",
        )
    differences = _compare(target, receipt.export)
    if receipt.manifest is not None:
        differences += _compare(manifest_path(target), receipt.manifest)
    return Verification(target, receipt, tuple(differences))


def _compare(path: Path, then: FileState) -> list[str]:
    """What is different about one file."""
    try:
        size, digest = _measure(path)
    except FileNotFoundError:
        return [f"{path.name} is missing"]
    except OSError as error:
        return [f"{path.name} cannot be read: {error.strerror}"]
    if size != then.bytes:
        return [f"{path.name} has {size:,} bytes, and had {then.bytes:,}"]
    if digest != then.sha256:
        return [f"{path.name} has another content of the same size (SHA-256 {digest[:12]}…)"]
    return []


def _measure(path: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
            size += len(block)
    return size, digest.hexdigest()
