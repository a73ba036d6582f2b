"""A program in a terminal of its own: keys go in, and what it paints is stamped as it comes out."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from types import TracebackType

_FRAME_BEGINS = b"\x1b[?2026h"
_FRAME_ENDS = b"\x1b[?2026l"
_ASKS_FOR_FRAMES = b"\x1b[?2026$p"
_HAS_FRAMES = b"\x1b[?2026;2$y"
_ESCAPES = re.compile(
    rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][0-9A-Za-z]|.)"
)
_QUIET = 0.03
"""Seconds of silence after which a program that marks no frames has painted."""


class TerminalError(RuntimeError):
    """The program ended, or did not paint what was awaited; says what it wrote last."""


class Terminal:
    """Runs `argv` in a pseudo-terminal; all times are `time.perf_counter()` seconds.

    It answers the question whether frames may be marked (synchronised output) with yes, as
    terminals that people use today do, so that the end of a frame is known exactly.
    """

    def __init__(
        self,
        argv: Sequence[str],
        env: Mapping[str, str],
        *,
        columns: int = 140,
        rows: int = 45,
    ) -> None:
        full = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **env}
        full = {**full, "COLUMNS": str(columns), "LINES": str(rows)}
        self.started = time.perf_counter()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            try:
                os.execvpe(argv[0], list(argv), full)
            finally:
                os._exit(127)
        os.set_blocking(self._fd, False)
        self.last_byte = self.started
        self._raw = bytearray()
        """Output since the last mark."""
        self._marks_frames = False
        self._ended = False

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def send(self, keys: bytes) -> float:
        """Type keys and forget what was painted before; returns when."""
        self.forget()
        return self.type(keys)

    def type(self, keys: bytes) -> float:
        """Type keys; returns when."""
        at = time.perf_counter()
        os.write(self._fd, keys)
        return at

    def forget(self) -> None:
        """Forget what was painted before."""
        self._raw.clear()

    def pump(self, seconds: float) -> bool:
        """Take in what comes within that time, at most one portion; False if nothing came."""
        if self._ended or not select.select([self._fd], [], [], max(0.0, seconds))[0]:
            return False
        try:
            portion = os.read(self._fd, 1 << 16)
        except BlockingIOError:
            return False
        except OSError:  # how Linux says that the other side has closed
            portion = b""
        if not portion:
            self._ended = True
            return False
        self.last_byte = time.perf_counter()
        self._raw += portion
        self._marks_frames = self._marks_frames or _FRAME_BEGINS in self._raw
        if _ASKS_FOR_FRAMES in portion:
            os.write(self._fd, _HAS_FRAMES)
        return True

    def wait_for_text(self, text: str, seconds: float = 30) -> float:
        """When the frame was complete that shows `text` (on one line, in one style)."""
        wanted = text.encode()
        deadline = time.perf_counter() + seconds
        while True:
            self._next_portion(deadline, f"{text!r} was not painted")
            if self.shows(wanted):
                return self.last_byte

    def shows(self, wanted: bytes) -> bool:
        """Whether the output since the last mark holds the text, in a finished frame."""
        painted = self._raw
        if self._marks_frames:
            painted = painted[: painted.rfind(_FRAME_ENDS) + 1]
        # Most portions do not hold even the beginning; the search without escapes is dear.
        return wanted in painted or wanted in _ESCAPES.sub(b"", bytes(painted))

    def wait_for_frame(self, seconds: float = 10) -> float:
        """When the next frame was complete: at its mark, else before the first silence."""
        deadline = time.perf_counter() + seconds
        self._next_portion(deadline, "no frame came")
        while self._marks_frames:
            if _FRAME_ENDS in self._raw:
                return self.last_byte
            self._next_portion(deadline, "no frame was finished")
        while self.pump(_QUIET):
            pass
        return self.last_byte

    def settle(self, quiet: float = 0.25, seconds: float = 20) -> None:
        """Wait until nothing was painted for `quiet` seconds; forget what was painted."""
        deadline = time.perf_counter() + seconds
        while time.perf_counter() < deadline and self.pump(quiet):
            pass
        self._raw.clear()

    def close(self) -> None:
        """End the program, kindly at first."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self._has_exited():
                break
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)
            deadline = time.perf_counter() + 2
            while time.perf_counter() < deadline and not self._has_exited():
                self.pump(0.02)
                if self._ended:
                    time.sleep(0.005)
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _next_portion(self, deadline: float, complaint: str) -> None:
        while not self.pump(deadline - time.perf_counter()):
            if self._ended or time.perf_counter() >= deadline:
                text = _ESCAPES.sub(b"", bytes(self._raw)).decode(errors="replace")
                last = next((line for line in reversed(text.splitlines()) if line.strip()), "")
                reason = "the program ended" if self._ended else complaint
                raise TerminalError(f"{reason}; last line: {last.strip()[-160:]}")

    def _has_exited(self) -> bool:
        if self.pid < 0:
            return True
        try:
            gone, _ = os.waitpid(self.pid, os.WNOHANG)
        except ChildProcessError:
            gone = self.pid
        if gone:
            self.pid = -1
        return gone != 0
