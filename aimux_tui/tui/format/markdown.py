"""Markdown, line by line: enough of it for what agents write, at a fraction of a full renderer.

Headings, lists, tasks, quotes, fenced code in colour, tables, rules, and within a line code, bold,
italic, struck text and links. Every line of the source stays a line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace
from textual.content import Content

from aimux_tui.text.sanitise import sanitise
from aimux_tui.tui.format.highlight import highlight_lines
from aimux_tui.tui.format.inline import inline
from aimux_tui.tui.format.lines import EMPTY, Line, Wrap, pad, text_lines, width_of
from aimux_tui.tui.format.look import Look

if TYPE_CHECKING:
    from textual.style import Style

MAX_LENGTH = 65_536
"""Characters that are formatted; what follows is shown as it is."""

_FENCE = re.compile(r"^(\s*)(`{3,}|~{3,})\s*([\w+#.-]*)[^`]*$")
_HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_RULE = re.compile(r"^ {0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$")
_ITEM = re.compile(r"^(\s*)([-*+]|\d{1,9}[.)])\s+(?:\[([ xX])\]\s+)?(.*)$")
_QUOTE = re.compile(r"^ {0,3}((?:>\s?)+)(.*)$")
_UNDERLINE = re.compile(r"^ {0,3}(?:=+|-{2,})\s*$")
_TABLE_RULE = re.compile(r"^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_CELL = re.compile(r"(?<!\\)\|")
_RULE_WIDTH = 24
_MAX_INDENT = 12


def markdown_lines(text: str, look: Look, *, part: str = "") -> list[Line]:
    """The lines of a text that is not yet sanitised."""
    end = len(text)
    if end > MAX_LENGTH:
        end = text.rfind("\n", 0, MAX_LENGTH) + 1 or MAX_LENGTH
    source = sanitise(text[:end]).split("\n")
    made = _Reader(source, look).read()
    if end < len(text):
        note = look.plain(f"… formatted up to {MAX_LENGTH // 1024} KB, plain from here")
        made.append(Line(Content.styled(note, look.palette.muted)))
        made += text_lines(sanitise(text[end:]))
    return [replace(line, part=part) for line in made] if part else made


class _Reader(Struct):
    """Goes through the lines of a source."""

    source: list[str]
    look: Look
    at: int = 0

    def read(self) -> list[Line]:
        made: list[Line] = []
        while self.at < len(self.source):
            made += self._block()
        return made

    def _block(self) -> list[Line]:
        line = self.source[self.at]
        following = self.source[self.at + 1] if self.at + 1 < len(self.source) else ""
        if fence := _FENCE.match(line):
            return self._code(fence)
        if "|" in line and "-" in following and _TABLE_RULE.match(following):
            return self._table()
        self.at += 1
        if heading := _HEADING.match(line):
            return [self._heading(len(heading[1]), heading[2])]
        if line.strip() and "|" not in line and _is_underline(following) and not _ITEM.match(line):
            self.at += 1
            return [self._heading(1 if following.lstrip().startswith("=") else 2, line.strip())]
        if _RULE.match(line):
            return [Line(Content.styled(self.look.glyphs.rule * _RULE_WIDTH, self._faint))]
        if item := _ITEM.match(line):
            return [self._item(item)]
        if quote := _QUOTE.match(line):
            return [self._quote(quote)]
        return [self._paragraph(line)]

    @property
    def _faint(self) -> Style:
        return self.look.palette.faint

    def _heading(self, level: int, text: str) -> Line:
        palette = self.look.palette
        content = inline(text, self.look).stylize_before(palette.heading)
        # The marks tell the level, and that it is a heading where there are no colours.
        return Line(content, prefix=Content.styled("#" * level + " ", palette.faint))

    def _item(self, item: re.Match[str]) -> Line:
        indent, bullet, task, text = item.groups()
        glyphs, palette = self.look.glyphs, self.look.palette
        sign = bullet if bullet[0].isdigit() else glyphs.bullet
        marks: list[str | tuple[str, Style]] = [
            " " * min(len(indent), _MAX_INDENT),
            (f"{sign} ", palette.accent),
        ]
        if task is not None:
            is_done = task in "xX"
            marks.append(("[x] ", palette.ok) if is_done else ("[ ] ", palette.muted))
        return Line(inline(text, self.look), prefix=Content.assemble(*marks))

    def _quote(self, quote: re.Match[str]) -> Line:
        depth = min(quote[1].count(">"), 5)
        bars = Content.styled(f"{self.look.glyphs.quote} " * depth, self._faint)
        content = inline(quote[2], self.look).stylize_before(self.look.palette.muted)
        return Line(content, prefix=bars, hang=bars)

    def _paragraph(self, line: str) -> Line:
        text = line.lstrip(" ")
        indent = min(len(line) - len(text), _MAX_INDENT)
        prefix = Content(" " * indent) if indent else EMPTY
        return Line(inline(text.rstrip(), self.look), prefix=prefix)

    def _code(self, fence: re.Match[str]) -> list[Line]:
        indent, mark, language = fence.groups()
        self.at += 1
        code: list[str] = []
        while self.at < len(self.source):
            line = self.source[self.at]
            self.at += 1
            stripped = line.strip()
            if len(stripped) >= len(mark) and not stripped.strip(mark[0]):
                break
            code.append(line.removeprefix(indent))
        blanks = " " * min(len(indent), _MAX_INDENT)
        bar = Content.assemble(blanks, (f"{self.look.glyphs.quote} ", self._faint))
        contents = highlight_lines("\n".join(code), language, self.look.palette)
        return [Line(content, prefix=bar, hang=bar, wrap=Wrap.FOLD) for content in contents]

    def _table(self) -> list[Line]:
        rows = [_cells(self.source[self.at])]
        self.at += 2
        while self.at < len(self.source) and "|" in self.source[self.at]:
            rows.append(_cells(self.source[self.at]))
            self.at += 1
        columns = max(len(row) for row in rows)
        drawn = [
            [inline(text, self.look) for text in row + [""] * (columns - len(row))] for row in rows
        ]
        widths = [max(width_of(row[column].plain) for row in drawn) for column in range(columns)]
        rule = self.look.glyphs.rule
        bar = (f" {self.look.glyphs.quote} ", self._faint)
        made: list[Line] = []
        for number, row in enumerate(drawn):
            parts: list[Content | tuple[str, Style]] = []
            for column, content in enumerate(row):
                if column:
                    parts.append(bar)
                if number == 0:
                    content = content.stylize_before(self.look.palette.strong)  # noqa: PLW2901
                parts.append(pad(content, widths[column]))
            made.append(Line(Content.assemble(*parts), wrap=Wrap.FOLD))
            if number == 0:
                line = f"{rule}{self.look.plain('┼')}{rule}".join(rule * width for width in widths)
                made.append(Line(Content.styled(line, self._faint), wrap=Wrap.FOLD))
        return made


def _is_underline(line: str) -> bool:
    return bool(line) and _UNDERLINE.match(line) is not None


def _cells(line: str) -> list[str]:
    line = line.strip().removeprefix("|").removesuffix("|")
    return [cell.strip().replace("\\|", "|") for cell in _CELL.split(line)]
