"""Texts made fit to leave: secrets masked, long values cut, words removed, by profile."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.config.schema import RedactionProfile
from aimux_tui.export.redaction.removal import Hasher, Reason, Removal, open_hash
from aimux_tui.export.redaction.secrets import find_secrets, is_secret_name, is_secret_value

if TYPE_CHECKING:
    from collections.abc import Callable

VALUE_LIMIT = 65_536
"""Characters of one value from which it is cut."""
_HEAD_SHARE = 0.75
"""How much of what remains of a long value is its beginning; the rest is its end."""
_HOMES = re.compile(r"(?:/(?:home|Users)/[^/\s:\"']+|/root(?=/|$)|[A-Za-z]:\\+Users\\+[^\\\s\"']+)")


class Place(Struct, frozen=True):
    """Where a value stands, for the manifest."""

    session: str
    turn: str = ""
    path: str = ""

    def __truediv__(self, name: object) -> Place:
        return Place(self.session, self.turn, f"{self.path}/{name}")


class Redactor:
    """Applies a profile (not `full`) to texts, and tells of everything that it takes out."""

    def __init__(
        self,
        profile: RedactionProfile,
        tell: Callable[[Removal], None] = lambda _: None,
        *,
        home: str = "",
        limit: int = VALUE_LIMIT,
    ) -> None:
        """`home` is the user's home folder: paths below it lose it where words are removed."""
        self.removes_words = profile is RedactionProfile.REDACTED
        self._tell = tell
        self._home = home.rstrip("/")
        self._limit = limit
        self._hasher = Hasher()

    def words(self, text: str, place: Place, *, name: str = "") -> str:
        """What somebody said, a tool was given or put out. `name` is the key it is the value of."""
        if not text:
            return text
        if self.removes_words:
            self._note(Reason.REMOVED, text, place)
            return f"[removed: {len(text):,} characters]"
        return self.cut(self.mask(text, place, name=name), place)

    def label(self, text: str, place: Place) -> str:
        """What people wrote in order to export it, and names: without secrets."""
        return self.path(self.mask(text, place)) if text else text

    def path(self, text: str) -> str:
        """A path; it does not tell whose home it is below where words are removed."""
        if not self.removes_words:
            return text
        if self._home and (text == self._home or text.startswith(self._home + "/")):
            return "~" + text[len(self._home) :]
        return _HOMES.sub("~", text)

    def mask(self, text: str, place: Place, *, name: str = "") -> str:
        """The text with a word in place of each secret."""
        if name and is_secret_name(name) and is_secret_value(text):
            self._note(Reason.MASKED, text, place, kind="value of a secret's name")
            return "[masked: secret]"
        parts: list[str] = []
        end = 0
        for secret in find_secrets(text):
            self._note(Reason.MASKED, text[secret.start : secret.end], place, kind=secret.kind)
            parts += [text[end : secret.start], f"[masked: {secret.kind}]"]
            end = secret.end
        return "".join([*parts, text[end:]]) if parts else text

    def cut(self, text: str, place: Place) -> str:
        """The text, its middle left out if it is longer than the limit."""
        if len(text) <= self._limit:
            return text
        digest = open_hash(text)
        head = int(self._limit * _HEAD_SHARE)
        tail = self._limit - head
        missing = len(text) - self._limit
        self._tell(
            Removal(place.session, place.turn, place.path, Reason.CUT, missing, f"sha256:{digest}")
        )
        word = f"[cut: {missing:,} of {len(text):,} characters; SHA-256 of all {digest}]"
        return f"{text[:head]}\n{word}\n{text[-tail:]}"

    def _note(self, reason: Reason, text: str, place: Place, *, kind: str = "") -> None:
        digest = self._hasher.of_hidden(text)
        self._tell(Removal(place.session, place.turn, place.path, reason, len(text), digest, kind))
