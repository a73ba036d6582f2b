"""Secrets that are told by the name they are assigned to: `DB_PASSWORD=…`, `"apiKey": "…"`."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PASSWORDS = ("password", "passwd", "passphrase", "pwd")
_OTHERS = ("token", "secret", "key", "credential", "credentials", "keydata")
_WORDS = (*_PASSWORDS, *_OTHERS, "key-data", "key_data")
"""What a name ends in, in lower case."""
_KEY = re.compile(
    r"(?:api|access|account|admin|app|auth|client|encryption|master|private|root|secret|service"
    r"|session|shared|signing|storage|webhook)key$"
)
"""A key alone may be one of a map or of a table."""
_OPEN_KEY = re.compile(r"(?:public|publishable|cache|sort|partition|primary|foreign|hot)key$")
_ASSIGNED = re.compile(
    # What may close the name, and the sign of assignment, or a flag's space.
    r"[\"'`\\\]]{0,4}[ \t]{0,3}(?:(?P<sign>=>|:=|[:=])\s{0,3}|(?P<flag>(?<=[A-Za-z]) ))"
    r"(?:(?P<quote>\\*[\"'`])(?P<quoted>[^\"'`\\\r\n]{4,512})(?P=quote)"
    r"|(?P<bare>[^\s\"'`\\,;(){}\[\]<>|&$][^\s\"'`\\,;(){}\[\]<>]{3,511}))"
)
_CUT = re.compile(
    r"(?P<name>[A-Za-z0-9_.-]{3,60})[\"'`\\\]]{0,4}[ \t]{0,3}(?:=>|:=|[:=])\s{0,3}"
    r"\\*[\"'`]?(?P<value>[^\s\"'`\\,;(){}\[\]<>|&$]+)\Z"
)
_BEHIND_VALUE = re.compile(r"[&|$]")
"""A password may hold these; what chance made does not, and then they part it from the next."""
_CLOSES_NAME = frozenset("\"'`\\]:= \t")
_NAME_BEFORE = re.compile(r"[A-Za-z0-9_.-]*\Z")
_JOINTS = str.maketrans("", "", "_-.")
_NO_SECRET = re.compile(
    r"(?:page|continuation|pagination|cancel(?:lation)?|csrf|xsrf|stop|eos|bos|pad|unk|sep|mask"
    r"|start|end|prev(?:ious)?|next|sync|resume|design)token$"
)
"""Names that end in "token" and tell of none."""
_PLACEHOLDER = re.compile(
    r"(?i)x{4,}|\.{3}|…|\*{3,}|•|your|example|placeholder|change[_-]?me|replace|insert|dummy|fake"
    r"|redacted|masked|removed|hidden|sample|todo|foo|<|>|\bnone\b|null|undefined|1234567|abcdef"
    r"|deadbeef|test|mock|secret|password|token|api[_-]?key|env|config|process\.|string|bearer$"
)
_RANDOM = re.compile(r"[A-Za-z0-9+/=_.~:-]+")
_PATH = re.compile(r"(?:[~.]{0,2}/|[A-Za-z]:\\|https?:)")


def assigned_secrets(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, kind) of each value that is a secret by its name."""
    lowered = text.lower()
    if len(lowered) != len(text):  # the one letter that becomes two
        lowered = text.replace("\u0130", "i").lower()
    for word in _WORDS:
        start = lowered.find(word)
        while start >= 0:
            end = start + len(word)
            if text[end : end + 1] in _CLOSES_NAME and (match := _ASSIGNED.match(text, end)):
                yield from _judge(text, start, match, is_password=word in _PASSWORDS)
            start = lowered.find(word, end)


def _judge(
    text: str, start: int, match: re.Match[str], *, is_password: bool
) -> Iterator[tuple[int, int, str]]:
    """The value, if it is one of a secret; most are told by themselves that they are none."""
    is_quoted = match["quoted"] is not None
    group = "quoted" if is_quoted else "bare"
    value = match[group]
    if not is_password:
        value = _BEHIND_VALUE.split(value, maxsplit=1)[0]
    if not (_is_password(value, is_quoted=is_quoted) if is_password else is_random(value)):
        return
    before = _NAME_BEFORE.search(text, max(0, start - 60), start)
    name = (before[0] if before else "") + text[start : match.start()]
    if match["flag"] and not name.startswith("--"):
        return
    if is_password:
        # Without quotes and with a dot, it is one in an environment, but code elsewhere.
        if is_quoted or "." not in value or name.isupper():
            yield match.start(group), match.end(group), "password"
    elif is_secret_name(name):
        yield match.start(group), match.start(group) + len(value), "secret"


def cut_assignment(text: str, end: int) -> tuple[int, int, str] | None:
    """The value of a secret's name that is cut off at `end`, the end of the text."""
    match = _CUT.search(text, max(0, end - 200), end)
    if match is None or not is_secret_name(match["name"]) or _PLACEHOLDER.search(match["value"]):
        return None
    return match.start("value"), end, "secret"


def is_secret_name(name: str) -> bool:
    """Whether a value of this name may be a secret: "apiKey", "DB_PASSWORD", "token"."""
    plain = name.lower().translate(_JOINTS)
    if plain.endswith("key"):
        # A constant of the environment, such as FAL_KEY, is none of a map.
        is_constant = name.endswith("_KEY") and not _OPEN_KEY.search(plain)
        return is_constant or _KEY.search(plain) is not None
    return plain.endswith(_PASSWORDS + _OTHERS) and not _NO_SECRET.search(plain)


def is_secret_value(text: str) -> bool:
    """Whether a text is a secret, given that its name says so."""
    return is_random(text) or _is_password(text, is_quoted=True)


def is_random(value: str) -> bool:
    """Whether a value looks as if chance had made it."""
    if len(value) < 16 or not _RANDOM.fullmatch(value) or _PATH.match(value):
        return False
    if _PLACEHOLDER.search(value):
        return False
    digits = sum(character.isdigit() for character in value)
    letters = sum(character.isalpha() for character in value)
    if digits < 2 or letters < 2:
        return False
    return _entropy(value) >= (2.8 if len(value) < 24 else 3.2)


def _is_password(value: str, *, is_quoted: bool) -> bool:
    """Whether somebody may have chosen it as a password; code that fetches one is none."""
    if len(value) < 6 or " " in value or _PLACEHOLDER.search(value) or _PATH.match(value):
        return False
    has_digit = any(character.isdigit() for character in value)
    has_letter = any(character.isalpha() for character in value)
    has_sign = any(not character.isalnum() and character not in "_.-/:" for character in value)
    return has_letter and (has_digit or (is_quoted and has_sign))


def _entropy(text: str) -> float:
    """Bits for each character."""
    total = len(text)
    return -sum(count / total * math.log2(count / total) for count in Counter(text).values())
