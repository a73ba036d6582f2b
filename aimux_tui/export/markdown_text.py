"""Text that is not ours made part of a Markdown document: it is read, and has no other effect."""

from __future__ import annotations

import html
import re

from aimux_tui.text.sanitise import one_line, sanitise

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~$])")
_FENCE = re.compile(r" {0,3}(?:(?P<ticks>`{3,})(?P<info>[^`]*)|(?P<tildes>~{3,})(?P<info2>.*))$")
_CODE_SPAN = re.compile(r"(?<!`)(?P<ticks>`+)(?!`)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)")
_MENTION = re.compile(r"(?<![\w`/.@])@(?=[A-Za-z0-9])")
_HEADING = re.compile(r"^ {0,3}(?=#{1,6}\s|(?:=+|-{2,})\s*$)")
_LANGUAGE = re.compile(r"[\w+-]+")
_UNSEEN = "\N{ZERO WIDTH NON-JOINER}"


def in_element(text: str, limit: int = 400) -> str:
    """The beginning of a text on one line, in an element, where no Markdown is read."""
    return _MENTION.sub("@" + _UNSEEN, html.escape(one_line(text, limit), quote=False))


def escaped(text: str, limit: int = 400) -> str:
    """The beginning of a text on one line, in running text."""
    shown = _MENTION.sub("@" + _UNSEEN, _SPECIAL.sub(r"\\\1", one_line(text, limit)))
    return shown.replace("&", "&amp;").replace(r"\<", "&lt;").replace(r"\>", "&gt;")


def code_span(text: str) -> str:
    """A short name as code."""
    return f"`{one_line(text, 80).replace('`', '') or ' '}`"


def fenced(text: str, language: str = "") -> str:
    """A block of code that ends where it is meant to, whatever it holds."""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def shortened(text: str, limit: int) -> str:
    """The beginning and the end of a text that is too long, and how much is missing between."""
    if len(text) <= limit:
        return text
    head, tail = text[: limit * 3 // 4], text[-limit // 4 :]
    missing = len(text) - len(head) - len(tail)
    return f"{head.rstrip()}\n\n[… {missing:,} characters left out …]\n\n{tail.lstrip()}"


def without_effect(text: str) -> str:
    """Markdown of others: it keeps its look, but opens no element, loads and calls nobody.

    Elements and pictures are shown as they were written, headings as plain lines, and a block of
    code that was left open is closed. Where it is not certain what a parser takes for code, it is
    not taken for code here.
    """
    lines: list[str] = []
    open_fence = ""
    is_certain = True
    for line in sanitise(text).strip("\n").split("\n"):
        fence = _FENCE.match(line)
        marks = (fence["ticks"] or fence["tildes"]) if fence else ""
        if open_fence:
            is_end = marks.startswith(open_fence) and line.strip() == marks
            lines.append(open_fence if is_end else line)
            open_fence = "" if is_end else open_fence
        elif fence:
            # At the left edge no list can end it early; of what follows only a language is kept.
            open_fence, is_certain = marks, True
            info = (fence["info"] or fence["info2"] or "").strip()
            language = _LANGUAGE.match(info)
            lines.append(open_fence + (language[0] if language else ""))
        else:
            # A code span may go on in the next line, until the paragraph ends.
            is_certain = (is_certain or not line.strip()) and _has_whole_spans(line)
            lines.append(_harmless(line) if is_certain else _defused(line))
    if open_fence:
        lines.append(open_fence)
    return "\n".join(lines)


def _has_whole_spans(line: str) -> bool:
    """Whether every code span that begins in a line ends in it, and in its cell of a table."""
    if "`" in _CODE_SPAN.sub("", line) or "\\`" in line:
        return False
    return not any("|" in span["code"] for span in _CODE_SPAN.finditer(line))


def _harmless(line: str) -> str:
    """A line whose code spans begin and end in it."""
    parts: list[str] = []
    end = 0
    for span in _CODE_SPAN.finditer(line):
        parts += [_defused(line[end : span.start()]), span[0]]
        end = span.end()
    return _HEADING.sub(r"\\", "".join([*parts, _defused(line[end:])]), count=1)


def _defused(text: str) -> str:
    return _MENTION.sub("@" + _UNSEEN, text.replace("<", "&lt;").replace("![", r"!\["))
