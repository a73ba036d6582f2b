"""Every label, verdict, tag and note of this machine, kept in one file for each session."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections import Counter, defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from aimux_tui.annotations.appending import append_lines
from aimux_tui.annotations.event_file import BadLine, EventFile
from aimux_tui.annotations.events import encode_change, fold
from aimux_tui.annotations.file_names import SUFFIX, file_name
from aimux_tui.errors import AnnotationError
from aimux_tui.model.annotation import Annotations

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from aimux_tui.annotations.changes import Change
    from aimux_tui.annotations.events import Event

_LOOK_ANYWAY_S = 5.0
_ADVICE = {
    "ENOSPC": "free some space and label again",
    "EDQUOT": "free some space and label again",
    "EFBIG": "free some space and label again",
    "ETIMEDOUT": "see whether an aimux is stopped (`jobs`), and label again",
}


class EvaluationBook:
    """Fulfils `AnnotationBook` over a folder of evaluation files."""

    def __init__(self, folder: Path, author: str = "") -> None:
        """`author` signs what is recorded; the user's name and machine if empty."""
        self.folder = folder
        self._author = author
        self._files: dict[str, EventFile] = {}
        """By file name."""
        self._unreadable: dict[str, BadLine] = {}
        self._sessions: dict[str, Annotations] = {}
        """By session key, or by `_unnamed` where only the file's name tells the session."""
        self._owners: dict[str, str] = {}
        """Session key by session id, for lines that name no session, as the file's name does."""
        self._version = 0
        self._touched = 0
        self._looked = -_LOOK_ANYWAY_S
        self._reading = threading.Lock()
        """Held while files are read and written, never while somebody only wants to know."""

    @property
    def author(self) -> str:
        """Who signs what is recorded."""
        self._author = self._author or default_author()
        return self._author

    @property
    def version(self) -> int:
        """Grows with every change, whichever process made it."""
        return self._version

    @property
    def problems(self) -> tuple[BadLine, ...]:
        """Lines and files that could not be used."""
        found = list(self._unreadable.values())
        for file in list(self._files.values()):
            found += [*file.bad_lines, *([file.torn] if file.torn else [])]
        return tuple(found)

    @property
    def counts(self) -> tuple[int, int]:
        """(files, events) that were read."""
        files = list(self._files.values())
        return len(files), sum(file.events for file in files)

    def get(self, session_key: str) -> Annotations:
        """What is said of a session; empty annotations if nothing is."""
        sessions = self._sessions
        found = sessions.get(session_key)
        if found is None:
            old = sessions.get(_unnamed(session_key.partition(":")[2]))
            found = replace(old, session_key=session_key) if old else Annotations(session_key)
        return found

    def all(self) -> tuple[Annotations, ...]:
        """Every session of which something is said."""
        return tuple(
            replace(one, session_key=_likely_key(one.session_key))
            if one.session_key.startswith(":")
            else one
            for one in list(self._sessions.values())
            if one.turns or one.session
        )

    def tags(self) -> tuple[str, ...]:
        """Every tag in use, the most used first."""
        counts = Counter(tag for one in list(self._sessions.values()) for tag in one.session.tags)
        return tuple(sorted(counts, key=lambda tag: (-counts[tag], tag)))

    def load(self) -> None:
        """Read every file. Blocks."""
        self.refresh()

    def refresh(self) -> frozenset[str]:
        """Take in what other processes wrote; the sessions it concerns. Blocks.

        Cheap enough for every second: writers touch the folder, and only every few seconds the
        files themselves are looked at, for programs that do not.
        """
        with self._reading:
            touched = _time_of(self.folder)
            is_due = time.monotonic() - self._looked > _LOOK_ANYWAY_S
            if touched == self._touched and not is_due:
                return frozenset()
            self._touched, self._looked = touched, time.monotonic()
            changed = self._changed_files()
            if changed is None:
                return self._read_again()
            return self._take_in(changed)

    def record(self, changes: tuple[Change, ...]) -> None:
        """Write changes so that they last, then show them. Blocks. Raises AnnotationError.

        All changes that go into one file are one write.
        """
        lines: defaultdict[str, list[bytes]] = defaultdict(list)
        now = datetime.now(UTC)
        for change in changes:
            try:
                line = encode_change(change, self.author, now)
            except UnicodeEncodeError:
                raise AnnotationError("the text holds half a character", "write it anew") from None
            lines[file_name(change.session_key)].append(line)
        with self._reading:
            for name, group in lines.items():
                path = self.folder / name
                try:
                    append_lines(path, b"".join(group))
                except OSError as error:
                    raise _not_recorded(path, error) from error
            self._take_in(lines)
            with contextlib.suppress(OSError):
                # The exact time: the clock of file systems ticks too slowly to tell two writes.
                os.utime(self.folder, ns=(time.time_ns(), time.time_ns()))

    def _changed_files(self) -> list[str] | None:
        """Names of the files that changed; None if one has gone, and nothing holds any more."""
        changed: list[str] = []
        present: set[str] = set()
        try:
            with os.scandir(self.folder) as entries:
                for entry in entries:
                    if entry.name.endswith(SUFFIX) and not entry.name.startswith("."):
                        present.add(entry.name)
                        known = self._files.get(entry.name)
                        if known is None or known.has_changed():
                            changed.append(entry.name)
        except FileNotFoundError:
            pass
        except OSError as error:
            self._unreadable = {"": BadLine(str(self.folder), 0, error.strerror or str(error))}
            return []
        if self._files.keys() - present:
            return None
        self._unreadable = {}
        return sorted(changed)

    def _read_again(self) -> frozenset[str]:
        """Forget everything and read it anew; what was said before concerns its sessions too."""
        before = self._sessions
        self._files, self._sessions, self._owners = {}, {}, {}
        touched = self._take_in(self._changed_files() or ())
        self._version += 1
        return touched | {_likely_key(key) for key in before}

    def _take_in(self, names: Iterable[str]) -> frozenset[str]:
        """Read what these files gained, and show it all at once."""
        gained: defaultdict[str, list[Event]] = defaultdict(list)
        for name in names:
            file = self._files.setdefault(name, EventFile(self.folder / name))
            try:
                events = file.read()
            except OSError as error:
                self._unreadable[name] = BadLine(str(file.path), 0, error.strerror or str(error))
                continue
            if file.is_void:
                return self._read_again()
            for event in events:
                gained[self._session_of(event, name.removesuffix(SUFFIX))].append(event)
        if not gained:
            return frozenset()
        sessions = dict(self._sessions)
        for key, events in gained.items():
            unnamed = sessions.pop(_unnamed(key.partition(":")[2]), Annotations(key))
            before = sessions.get(key) or replace(unnamed, session_key=key)
            sessions[key] = fold(before, events)
        self._sessions = sessions
        self._version += 1
        return frozenset(_likely_key(key) for key in gained)

    def _session_of(self, event: Event, stem: str) -> str:
        """The key of the session that an event in the file of this name is about."""
        if not event.session:
            return self._owners.get(stem, _unnamed(stem))
        if event.session.endswith(f":{stem}"):
            self._owners[stem] = event.session
        return event.session


def default_author() -> str:
    """Who labels, unless the settings name somebody: user@host."""
    import getpass
    import socket

    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}"


def _time_of(folder: Path) -> int:
    """When something was last recorded in a folder, in nanoseconds; 0 if there is none."""
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0


def _unnamed(session_id: str) -> str:
    """Stands for the key of a session whose provider no line tells."""
    return f":{session_id}"


def _likely_key(key: str) -> str:
    """The key of a session; guessed if no line names it: Codex uses UUIDs of version 7."""
    if not key.startswith(":"):
        return key
    return f"codex{key}" if key[15:16] == "7" else f"claude{key}"


def _not_recorded(path: Path, error: OSError) -> AnnotationError:
    import errno

    name = errno.errorcode.get(error.errno or 0, "")
    hint = _ADVICE.get(name, "make it writable, or set AIMUX_HOME to a folder that is")
    return AnnotationError(f"not saved: {path}: {error.strerror or error}", hint)
