"""Source code in colour, line by line."""

from __future__ import annotations

from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from textual.content import Content, Span
from textual.style import Style

if TYPE_CHECKING:
    from pygments.lexer import Lexer

    from aimux_tui.tui.palette import Palette

MAX_LINES = 2_000
"""Lines that are coloured; the rest is plain."""
_MAX_LINE = 2_000
"""A file with a longer line is data rather than code, and slow to read as code."""

# The common ones, so that no registry of plug-ins has to be searched.
_BY_SUFFIX = {
    "bash": "bash",
    "c": "c",
    "cc": "cpp",
    "cfg": "ini",
    "cpp": "cpp",
    "cs": "csharp",
    "css": "css",
    "go": "go",
    "h": "c",
    "hpp": "cpp",
    "html": "html",
    "ini": "ini",
    "java": "java",
    "js": "javascript",
    "json": "json",
    "jsonl": "json",
    "jsx": "jsx",
    "kt": "kotlin",
    "lua": "lua",
    "md": "markdown",
    "mjs": "javascript",
    "php": "php",
    "py": "python",
    "pyi": "python",
    "rb": "ruby",
    "rs": "rust",
    "scss": "scss",
    "sh": "bash",
    "sql": "sql",
    "svelte": "html",
    "swift": "swift",
    "tcss": "scss",
    "toml": "toml",
    "ts": "typescript",
    "tsx": "tsx",
    "vue": "html",
    "xml": "xml",
    "yaml": "yaml",
    "yml": "yaml",
    "zsh": "bash",
}
_BY_NAME = {
    "dockerfile": "docker",
    "makefile": "make",
    "cmakelists.txt": "cmake",
    "cargo.lock": "toml",
    "poetry.lock": "toml",
    "uv.lock": "toml",
}


def language_of(path: str) -> str:
    """The language of a file by its name; empty if it has none that we know."""
    name = PurePosixPath(path.replace("\\", "/")).name.lower()
    return _BY_NAME.get(name) or _BY_SUFFIX.get(name.rpartition(".")[2], "")


def highlight_lines(code: str, language: str, palette: Palette) -> list[Content]:
    """One content for each line of sanitised code, in colour as far as that is sensible."""
    lines = code.split("\n")
    lexer = _lexer(language.strip().lower()) if language else None
    if lexer is None or any(len(line) > _MAX_LINE for line in lines[:MAX_LINES]):
        return [Content(line, strip_control_codes=False) for line in lines]
    coloured = _coloured("\n".join(lines[:MAX_LINES]), lexer, palette)
    return coloured + [Content(line, strip_control_codes=False) for line in lines[MAX_LINES:]]


def _coloured(code: str, lexer: Lexer, palette: Palette) -> list[Content]:
    made: list[Content] = []
    text: list[str] = []
    spans: list[Span] = []
    column = 0

    def end_line() -> None:
        nonlocal text, spans, column
        made.append(Content("".join(text), spans, strip_control_codes=False))
        text, spans, column = [], [], 0

    styles = _TokenStyles(palette)
    for token_type, value in lexer.get_tokens(code):
        style = styles[token_type]
        for number, piece in enumerate(value.split("\n")):
            if number:
                end_line()
            if piece:
                text.append(piece)
                if style is not None:
                    spans.append(Span(column, column + len(piece), style))
                column += len(piece)
    end_line()
    return made


class _TokenStyles(dict[tuple[str, ...], Style | None]):
    """Styles of tokens, each found once: its own, else that of what it is a kind of."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._syntax = palette.syntax

    def __missing__(self, token_type: tuple[str, ...]) -> Style | None:
        names = tuple(token_type)
        style = None
        while names and style is None:
            style = self._syntax.get(".".join(names))
            names = names[:-1]
        self[token_type] = style
        return style


@lru_cache(maxsize=32)
def _lexer(language: str) -> Lexer | None:
    # Late: no code is shown on the first frame.
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    if not language.isascii() or len(language) > 40:
        return None
    try:
        lexer: Lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
    return lexer
