"""Every error that aimux raises on purpose.

AimuxError
├── ConfigError      a setting cannot be used: names the file, the line and the nearest valid key
├── CommandError     a `:` command or command-line argument is wrong
├── SessionError     a session or log file cannot be found or opened
├── AnnotationError  a label or note could not be written
├── ExportError      an export could not be made or sent
└── ReceiverError    telemetry cannot be received
"""

from __future__ import annotations


class AimuxError(Exception):
    """A problem to be told to the user: `message` says what is wrong, `hint` what to do."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    @property
    def excerpt(self) -> str:
        """The input at fault with a mark below it, where there is such a thing."""
        return ""


class ConfigError(AimuxError):
    """A setting cannot be used."""

    exit_code = 2


class CommandError(AimuxError):
    """A command or argument is wrong."""

    exit_code = 2


class SessionError(AimuxError):
    """A session or log file cannot be found or opened."""

    exit_code = 3


class AnnotationError(AimuxError):
    """A label or note could not be written: nothing of it is kept."""


class ExportError(AimuxError):
    """An export could not be made or sent."""


class ReceiverError(AimuxError):
    """Telemetry cannot be received: the port is taken, the address is not ours."""
