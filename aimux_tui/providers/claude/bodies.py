"""The whole of a text that a turn's details hold only the beginning of."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from aimux_tui.model.body import Body, BodyRef
from aimux_tui.providers.claude.places import stem_of
from aimux_tui.providers.claude.texts import text_at
from aimux_tui.providers.jsonl import BadLineError, clean, decode_object

if TYPE_CHECKING:
    from aimux_tui.model.body import Span
    from aimux_tui.providers.base import LogFile, LogSource

_SPILLED = re.compile(r"<persisted-output>.{0,200}?saved to: ?(?P<path>[^\r\n]+)", re.DOTALL)
_SAFE_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,200}")
_SEPARATOR = re.compile(r"[/\\]")
_MAX_SPILLED = 64 * 1024 * 1024
"""Bytes of a spilled output that are read at most."""


def read_body(source: LogSource, ref: BodyRef) -> str:
    """The whole of a text that was cut; "" if the log does not hold it any more."""
    if ref.file:
        return _read_spilled(source.file, ref.file) or ""
    raw = source.read(ref.record)
    if not ref.pointer:
        return raw.decode("utf-8", "replace")
    try:
        return text_at(decode_object(clean(raw)), ref.pointer)
    except BadLineError:
        return ""


def spilled_body(source: LogSource, record: Span, text: str, session_id: str) -> Body | None:
    """The output that was too large for the log, if `text` says so and its file is still there.

    Only files in the session's own folder of outputs are read, whatever path the text names.
    """
    found = _SPILLED.match(text.lstrip()[:1000])
    if found is None:
        return None
    name = _SEPARATOR.split(found["path"].strip())[-1]
    place = f"{session_id}/{name}"
    whole = _read_spilled(source.file, place)
    return None if whole is None else Body.of(whole, BodyRef(record, "", place))


def _read_spilled(file: LogFile, place: str) -> str | None:
    """`place` is a session's id and the name of a file among its outputs."""
    session_id, _, name = place.partition("/")
    if not _SAFE_NAME.fullmatch(name):
        return None
    for folder in _output_folders(file, session_id):
        path = folder / name
        try:
            if path.is_symlink() or not path.is_file():
                continue
            with path.open("rb") as stream:
                return stream.read(_MAX_SPILLED).decode("utf-8", "replace")
        except OSError:
            continue
    return None


def _output_folders(file: LogFile, session_id: str) -> list[Path]:
    """Where the outputs of the log's session may lie: beside the log, below its session's name."""
    path = Path(file.path)
    folders = [path.parent / stem_of(file.path)]
    if file.parent_hint:
        folders = [parent for parent in path.parents if parent.name == file.parent_hint][:1]
    elif _SAFE_NAME.fullmatch(session_id):
        folders.append(path.parent / session_id)
    return [folder / "tool-results" for folder in folders]
