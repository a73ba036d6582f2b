"""Identifiers and text for generated logs: cheap to draw, alike in every run with the same seed."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_BASE58 = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_TO_BASE58 = bytes(_BASE58[byte % len(_BASE58)] for byte in range(256))
_VOWELS = "aeiou"
_CONSONANTS = ("b", "c", "d", "f", "g", "l", "m", "n", "p", "r", "s", "t", "v", "br", "cl", "gr")
_KEYWORDS = ("return", "import", "class", "async", "await", "raise", "yield", "match", "while")
_ACCENTED = ("naïve", "Übergröße", "señor", "日本語の説明", "строка", "πλοίο", "🙂", "✓ →")
_POOL_CHARS = 1_500_000


def timestamp(epoch_ms: int) -> str:
    """The ISO form with milliseconds and `Z` that all three agents write."""
    whole = datetime.fromtimestamp(epoch_ms // 1000, UTC)
    return f"{whole:%Y-%m-%dT%H:%M:%S}.{epoch_ms % 1000:03d}Z"


class Ids:
    """Random ids in the shapes that the agents use."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng

    def uuid(self) -> str:
        """A version 4 UUID."""
        raw = self._rng.randbytes(16).hex()
        return f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-a{raw[17:20]}-{raw[20:]}"

    def message(self) -> str:
        """Anthropic's id of an API message."""
        return "msg_01" + self._base58(22)

    def request(self) -> str:
        """Anthropic's id of an API request."""
        return "req_011C" + self._base58(20)

    def tool_call(self) -> str:
        """Anthropic's id of a tool call."""
        return "toolu_01" + self._base58(22)

    def openai_call(self) -> str:
        """OpenAI's id of a tool call."""
        return "call_" + self._base58(24)

    def agent(self) -> str:
        """Claude Code's id of a sub-agent."""
        return "a" + self._rng.randbytes(8).hex()

    def hex(self, digits: int) -> str:
        """That many hexadecimal digits."""
        return self._rng.randbytes((digits + 1) // 2).hex()[:digits]

    def _base58(self, length: int) -> str:
        return self._rng.randbytes(length).translate(_TO_BASE58).decode()


class TextPool:
    """A few megabytes of made-up prose, code and base64, of which texts are slices."""

    def __init__(self, seed: str) -> None:
        rng = Random(f"{seed}/pool")
        self.words = sorted({_word(rng) for _ in range(6000)})
        self._prose = _fill(rng, self._sentence)
        self._code = _fill(rng, self._code_line)
        self._accented = _fill(rng, self._accented_sentence, _POOL_CHARS // 20)
        self._base64 = base64.b64encode(rng.randbytes(_POOL_CHARS // 2)).decode()

    def prose(self, rng: Random, length: int) -> str:
        """About `length` characters of sentences; one text in twenty is not plain ASCII.

        It begins with a letter: a prompt that begins with a sign may be a command.
        """
        pool = self._accented if rng.random() < 0.05 else self._prose
        return _slice(pool, rng, length + 8).lstrip(" .?:-\n")

    def code(self, rng: Random, length: int) -> str:
        """About `length` characters of source-like lines with quotes, tabs and hashes."""
        return _slice(self._code, rng, length)

    def base64(self, rng: Random, length: int) -> str:
        """`length` characters as of an encoded image."""
        return _slice(self._base64, rng, length)

    def path(self, rng: Random) -> str:
        """A relative path of a source file."""
        words = self.words
        return f"src/{rng.choice(words)}/{rng.choice(words)}.py"

    def _sentence(self, rng: Random) -> str:
        words = " ".join(rng.choices(self.words, k=rng.randrange(5, 18)))
        return words.capitalize() + rng.choice((". ", ". ", "? ", ".\n\n", ":\n- "))

    def _accented_sentence(self, rng: Random) -> str:
        return self._sentence(rng) + rng.choice(_ACCENTED) + " "

    def _code_line(self, rng: Random) -> str:
        one, two, three = rng.choices(self.words, k=3)
        match rng.randrange(6):
            case 0:
                return f"def {one}_{two}({three}: str) -> None:\n"
            case 1:
                return f"    {one} = self.{two}(\"{three}\", key='{one}')\n"
            case 2:
                return f"\t{rng.choice(_KEYWORDS)} {one}.{two}[{rng.randrange(999)}]  # {three}\n"
            case 3:
                return f"{rng.randbytes(20).hex()} {one}/{two}_{three}.py:{rng.randrange(2000)}\n"
            case 4:
                return f'    "{one}": {{"{two}": {rng.randrange(10**6)}, "{three}": null}},\n'
            case _:
                return "\n"


def _word(rng: Random) -> str:
    syllables = rng.choice((1, 2, 2, 3, 3, 4))
    return "".join(rng.choice(_CONSONANTS) + rng.choice(_VOWELS) for _ in range(syllables))


def _fill(rng: Random, piece: Callable[[Random], str], length: int = _POOL_CHARS) -> str:
    pieces: list[str] = []
    size = 0
    while size < length:
        pieces.append(piece(rng))
        size += len(pieces[-1])
    return "".join(pieces)


def _slice(pool: str, rng: Random, length: int) -> str:
    """`length` characters from anywhere in the pool, which is repeated when it is too short."""
    start = rng.randrange(len(pool))
    text = pool[start : start + length]
    while len(text) < length:
        text += pool[: length - len(text)]
    return text
