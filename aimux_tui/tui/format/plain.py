"""Text in ASCII alone, as wide as it was, for terminals that can draw nothing else."""

from __future__ import annotations

from rich.cells import cell_len

_TWINS = str.maketrans(
    {
        "…": "~",
        "—": "-",
        "\N{EN DASH}": "-",
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "“": '"',
        "”": '"',
        "•": "*",
        "·": ".",
        "→": ">",
        "←": "<",
        "≥": ">",
        "≤": "<",
        "\N{MULTIPLICATION SIGN}": "x",
        "\N{MINUS SIGN}": "-",
        "│": "|",
        "─": "-",
        "┌": "+",
        "┐": "+",
        "└": "`",
        "┘": "+",
        "├": "+",
        "┤": "+",
        "┬": "+",
        "┴": "+",
        "┼": "+",
        "✓": "+",
        "✗": "x",
        "█": "#",
        "\N{REPLACEMENT CHARACTER}": "?",
    }
)


def to_ascii(text: str) -> str:
    """The text with a twin, or question marks, for whatever is not ASCII."""
    if text.isascii():
        return text
    twin = text.translate(_TWINS)
    if twin.isascii():
        return twin
    return "".join(
        character if character.isascii() else "?" * cell_len(character) for character in twin
    )
