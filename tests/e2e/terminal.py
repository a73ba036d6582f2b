"""A terminal without a screen, for agents that do some things only when somebody sits there."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.e2e.agents import AgentFailedError, end

ROWS, COLUMNS = 50, 160
ESCAPE = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][0-9A-B]|.)")
QUESTIONS: Mapping[bytes, bytes] = {
    b"\x1b[6n": b"\x1b[1;1R",  # where is the cursor?
    b"\x1b[c": b"\x1b[?62;c",  # what can you do?
    b"\x1b[>0q": b"\x1bP>|mute\x1b\\",  # who are you?
    b"\x1b[?u": b"\x1b[?0u",  # which keyboard protocol?
}
KEYS = {"enter": b"\r", "escape": b"\x1b", "down": b"\x1b[B", "ctrl+c": b"\x03"}


class Terminal:
    """A program in a pseudo terminal that answers what terminals are asked."""

    def __init__(self, command: Sequence[str], cwd: Path, env: Mapping[str, str]) -> None:
        self._master, child = pty.openpty()
        fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.process: subprocess.Popen[bytes] = subprocess.Popen(
            list(command), cwd=cwd, env=env, stdin=child, stdout=child, stderr=child,
            start_new_session=True,
        )  # fmt: skip
        os.close(child)
        self._shown = bytearray()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        end(self.process)
        self._reader.join(2)
        os.close(self._master)

    @property
    def shown(self) -> str:
        """Everything printed so far, without escape sequences and blanks."""
        plain = ESCAPE.sub(b"", bytes(self._shown)).decode("utf-8", "replace")
        return re.sub(r"\s+", "", plain)

    def type(self, text: str) -> None:
        """Type a line and send it off."""
        self._write(text.encode())
        # A line and its end in one piece would be taken for pasted text.
        time.sleep(0.4)
        self.press("enter")

    def press(self, key: str) -> None:
        """Press a key by its name."""
        self._write(KEYS[key])

    def wait_for(self, what: str, condition: Callable[[], bool], seconds: float = 30) -> None:
        """Wait until `condition` holds."""
        last = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > last:
                raise AgentFailedError(f"waited in vain for {what}; shown: {self.shown[-1500:]}")
            if self.process.poll() is not None:
                raise AgentFailedError(f"ended before {what}; shown: {self.shown[-1500:]}")
            time.sleep(0.05)

    def wait_shown(self, text: str, seconds: float = 30) -> None:
        """Wait until `text` was printed."""
        needle = re.sub(r"\s+", "", text)
        self.wait_for(f"the text {text!r}", lambda: needle in self.shown, seconds)

    def forget(self) -> None:
        """Wait only for what is printed from now on."""
        self._shown.clear()

    def _write(self, data: bytes) -> None:
        os.write(self._master, data)

    def _read(self) -> None:
        while True:
            try:
                select.select([self._master], [], [], 1)
                data = os.read(self._master, 65536)
            except OSError:
                return
            if not data:
                return
            self._shown += data
            for question, answer in QUESTIONS.items():
                if question in data:
                    self._write(answer)
