"""Texts made fit to leave: secrets masked, long values cut, words removed, by profile."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from aimux_tui.config.schema import RedactionProfile
from aimux_tui.export.redaction.assigned import is_secret_name, is_secret_value
from aimux_tui.export.redaction.removal import Hasher, Reason, Removal, open_hash
from aimux_tui.export.redaction.secrets import find_cut_secret, find_secrets

if TYPE_CHECKING:
    from collections.abc import Callable

VALUE_LIMIT = 65_536
"""Characters of one value from which it is cut."""
_HEAD_SHARE = 0.75
"""How much of what remains of a long value is its beginning; the rest is its end."""
_BRIEF_LENGTH = 150
"""Characters from which words on one line may have been cut without a sign."""
_RECOGNISABLE = 8
"""Characters of a secret that is looked for wherever it may come again; words are shorter."""
_MOST_KNOWN = 256
_BY_NAME = "secret"
_NAME_LIMIT = 100
"""Characters of a name in a path: names of arguments come from logs."""
T = TypeVar("T")
_IDENTIFIER = re.compile(r"[A-Za-z_$][\w.$-]{0,63}", re.ASCII)
_HOMES = re.compile(
    r"(?P<dashed>-(?:home|Users)-[^-/]+)|/(?:home|Users)/[^/\s:\"']+|/root(?=/|$)"
    r"|[A-Za-z]:\\+Users\\+[^\\\s\"']+"
)
"""Homes in paths, also as Claude Code writes them in names of folders."""


class Place(Struct, frozen=True):
    """Where a value stands, for the manifest."""

    session: str
    turn: str = ""
    path: str = ""

    def __truediv__(self, name: object) -> Place:
        escaped = str(name)[:_NAME_LIMIT].replace("~", "~0").replace("/", "~1")
        return Place(self.session, self.turn, f"{self.path}/{escaped}")


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
        self._known: dict[str, str] = {}
        """Secrets that were found, and their kinds."""
        self._pending: list[Removal] = []
        """What `settled` has not told yet."""

    def settled(self, go_over: Callable[[], T]) -> T:
        """What `go_over` returns, done again if it met a secret for the first time.

        So a secret is masked also in what stands before the place that shows it to be one.
        """
        known = self._known.copy()
        result = go_over()
        if self._known.keys() != known.keys():
            self._pending.clear()
            result = go_over()
        for removal in self._pending:
            self._tell(removal)
        self._pending.clear()
        return result

    def words(self, text: str, place: Place, *, name: str = "") -> str:
        """What somebody said, a tool was given or put out. `name` is the key it is the value of."""
        if not text:
            return text
        if self.removes_words:
            self._note(Reason.REMOVED, text, place)
            return f"[removed: {len(text):,} characters]"
        return self.cut(self.mask(text, place, name=name), place)

    def name(self, text: str, place: Place) -> str:
        """A name, a path, or what people wrote in order to export it: without secrets, and where
        words are removed without the name of whose home a path is below."""
        if not text:
            return text
        text = self.mask(text, place)
        if not self.removes_words:
            return text
        if self._home and (text == self._home or text.startswith(self._home + "/")):
            text = "~" + text[len(self._home) :]
        return _HOMES.sub(_home_sign, text)

    def argument(self, name: str, place: Place, number: int) -> str:
        """The name of an argument; where words are removed, it stays if it is an identifier."""
        if not self.removes_words or _IDENTIFIER.fullmatch(name):
            return self.mask(name, place)
        self._note(Reason.REMOVED, name, place / number)
        return f"[removed: {len(name):,} characters, {number}]"

    def brief(self, text: str, place: Place) -> str:
        """Words on one line, made from longer ones: they may end within a secret."""
        if self.removes_words or not text:
            return self.words(text, place)
        masked = self.mask(text, place)
        may_be_cut = text.endswith("…") or len(text) >= _BRIEF_LENGTH
        if may_be_cut and (cut := find_cut_secret(masked)):
            self._note(Reason.MASKED, masked[cut.start : cut.end], place, kind=cut.kind)
            masked = f"{masked[: cut.start]}[masked: {cut.kind}]{masked[cut.end :]}"
        return masked

    def mask(self, text: str, place: Place, *, name: str = "") -> str:
        """The text with a word in place of each secret.

        What was a secret once is one wherever it comes again, whatever stands around it.
        """
        if name and is_secret_name(name) and is_secret_value(text):
            self._note(Reason.MASKED, text, place, kind=_BY_NAME)
            self._remember(text, _BY_NAME)
            return f"[masked: {_BY_NAME}]"
        parts: list[str] = []
        end = 0
        for secret in find_secrets(text):
            found = text[secret.start : secret.end]
            self._note(Reason.MASKED, found, place, kind=secret.kind)
            self._remember(found, secret.kind)
            parts += [text[end : secret.start], f"[masked: {secret.kind}]"]
            end = secret.end
        masked = "".join([*parts, text[end:]]) if parts else text
        for known, kind in self._known.items():
            if known in masked:
                self._note(Reason.MASKED, known, place, kind=kind)
                masked = masked.replace(known, f"[masked: {kind}]")
        return masked

    def _remember(self, secret: str, kind: str) -> None:
        if len(secret) >= _RECOGNISABLE:
            self._known[secret] = kind
            if len(self._known) > _MOST_KNOWN:
                del self._known[next(iter(self._known))]

    def cut(self, text: str, place: Place) -> str:
        """The text, its middle left out if it is longer than the limit."""
        if len(text) <= self._limit:
            return text
        digest = open_hash(text)
        head = int(self._limit * _HEAD_SHARE)
        tail = self._limit - head
        missing = len(text) - self._limit
        self._pending.append(
            Removal(place.session, place.turn, place.path, Reason.CUT, missing, f"sha256:{digest}")
        )
        word = f"[cut: {missing:,} of {len(text):,} characters; SHA-256 of all {digest}]"
        return f"{text[:head]}\n{word}\n{text[-tail:]}"

    def _note(self, reason: Reason, text: str, place: Place, *, kind: str = "") -> None:
        digest = self._hasher.of_hidden(text)
        self._pending.append(
            Removal(place.session, place.turn, place.path, reason, len(text), digest, kind)
        )


def _home_sign(home: re.Match[str]) -> str:
    return "-~" if home["dashed"] else "~"
