"""Who listens at a port: aimux, somebody else, or nobody."""

from __future__ import annotations

import socket
from enum import StrEnum

_SECONDS = 1.0
_QUESTION = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
_ANSWER = b"\r\nserver: aimux"
_ENOUGH = 2048


class Occupant(StrEnum):
    """What a port is used for."""

    NOBODY = "nobody"
    AIMUX = "aimux"
    OTHER = "other"


def who_listens(host: str, port: int) -> Occupant:
    """Ask the port. Takes up to two seconds where somebody listens and says nothing."""
    try:
        with socket.create_connection((host, port), _SECONDS) as connection:
            return Occupant.AIMUX if _ANSWER in _ask(connection) else Occupant.OTHER
    except (OSError, OverflowError):
        return Occupant.NOBODY


def _ask(connection: socket.socket) -> bytes:
    """The beginning of the answer, in lower case; b"" if there is none."""
    answer = b""
    try:
        connection.sendall(_QUESTION)
        while len(answer) < _ENOUGH and (part := connection.recv(_ENOUGH)):
            answer += part
    except OSError:
        pass
    return answer.lower()
