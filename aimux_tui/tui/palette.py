"""The styles that formatters use, derived from whichever theme is on.

Formatters never name a colour. They take a `Palette`, made of the theme's variables and corrected
until everything in it can be read on the theme's background.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.color import Color
from textual.style import Style

if TYPE_CHECKING:
    from textual.app import App
    from textual.theme import Theme

BODY_CONTRAST = 4.5
"""WCAG contrast ratio that text has at least."""
MUTED_CONTRAST = 4.0
"""The same for what is said beside the text."""
FAINT_CONTRAST = 3.0
"""The same for what is only decoration or repetition."""
CURSOR_CONTRAST = 0.8
"""Share of these ratios that is left on the row under the cursor."""


@dataclass(frozen=True, slots=True, eq=False)
class Palette:
    """The styles of everything that is drawn. All of them go on top of a widget's own style.

    Two palettes are the same only if they are the same object, so that comparing them is cheap.
    """

    text: Style
    strong: Style
    muted: Style
    faint: Style
    accent: Style
    heading: Style
    prompt: Style
    """What the user wrote."""
    thinking: Style
    ok: Style
    failed: Style
    running: Style
    waiting: Style
    code: Style
    """Code within a line."""
    link: Style
    added: Style
    """A whole line of a diff, with its background where the theme has one."""
    removed: Style
    added_word: Style
    """The changed words of such a line, on top of it."""
    removed_word: Style
    cursor: Style
    """The row under the cursor, as a background."""
    cursor_blurred: Style
    """The same while another widget has the focus."""
    marker: Style
    """The bar beside the row under the cursor."""
    hit: Style
    """What a search found."""
    current_hit: Style
    hues: tuple[Style, ...]
    """To tell equals apart, such as providers: without a meaning of their own."""
    syntax: Mapping[str, Style]
    """By the names of Pygments' tokens: "Keyword", "Literal.String", …"""


_palettes: dict[str, tuple[Theme, Palette]] = {}


def palette_of(app: App[Any]) -> Palette:
    """The palette of the theme that is on. Cheap enough to be asked for in every frame."""
    theme = app.current_theme
    known = _palettes.get(theme.name)
    if known is None or known[0] is not theme:
        known = _palettes[theme.name] = (theme, palette_for(theme))
    return known[1]


def palette_for(theme: Theme) -> Palette:
    """Make the palette of a theme."""
    if theme.ansi:
        return _ansi_palette(theme)
    return _rgb_palette(theme)


def _rgb_palette(theme: Theme) -> Palette:
    variables = theme.to_color_system().generate()

    def variable(name: str) -> Color:
        return Color.parse(variables[name])

    background = variable("background")
    foreground = variable("foreground")
    if background.a < 1:
        background = Color.parse("#000000" if theme.dark else "#FFFFFF") + background
    primary = variable("primary")
    success, error = variable("success"), variable("error")
    cursor = background.blend(primary, 0.2)
    blurred = background.blend(foreground, 0.08)
    added = background.blend(success, 0.14)
    removed = background.blend(error, 0.14)

    def ink(color: Color, contrast: float = BODY_CONTRAST, *others: Color) -> Color:
        """The colour, moved away from every background it lies on until it can be read there."""
        on_background = _legible(color, (background, *others), contrast)
        return _legible(on_background, (cursor, blurred), contrast * CURSOR_CONTRAST)

    def code(color: Color, contrast: float = BODY_CONTRAST) -> Color:
        """As `ink`, and legible in a diff, where code stands on backgrounds of its own."""
        return ink(color, contrast, added, removed)

    def style(color: Color, *, bold: bool | None = None, italic: bool | None = None) -> Style:
        return Style(foreground=ink(color), bold=bold, italic=italic)

    accent, warning = variable("accent"), variable("warning")
    secondary = variable("secondary")
    return Palette(
        text=Style(foreground=ink(foreground)),
        strong=Style(foreground=ink(foreground), bold=True),
        muted=Style(foreground=ink(background.blend(foreground, 0.64), MUTED_CONTRAST)),
        faint=Style(foreground=ink(background.blend(foreground, 0.45), FAINT_CONTRAST)),
        accent=style(accent),
        heading=style(primary, bold=True),
        prompt=style(secondary, bold=True),
        thinking=Style(
            foreground=ink(background.blend(foreground, 0.64), MUTED_CONTRAST), italic=True
        ),
        ok=style(success),
        failed=style(error),
        running=style(primary),
        waiting=style(warning, bold=True),
        code=style(accent),
        link=Style(foreground=ink(primary), underline=True),
        added=Style(background=added, foreground=ink(foreground, BODY_CONTRAST, added)),
        removed=Style(background=removed, foreground=ink(foreground, BODY_CONTRAST, removed)),
        added_word=_on(background.blend(success, 0.42), foreground),
        removed_word=_on(background.blend(error, 0.42), foreground),
        cursor=Style(background=cursor),
        cursor_blurred=Style(background=blurred),
        marker=style(primary, bold=True),
        hit=_on(background.blend(warning, 0.45), foreground),
        current_hit=Style(background=warning, foreground=_contrasting(warning), bold=True),
        hues=(style(accent), style(success), style(primary), style(secondary)),
        syntax=_syntax(
            comment=Style(
                foreground=code(background.blend(foreground, 0.55), MUTED_CONTRAST), italic=True
            ),
            keyword=Style(foreground=code(secondary)),
            string=Style(foreground=code(success)),
            number=Style(foreground=code(accent)),
            name=Style(foreground=code(primary)),
            error=Style(foreground=code(error)),
        ),
    )


def _ansi_palette(theme: Theme) -> Palette:
    """The terminal's own sixteen colours: no blending, no backgrounds that nobody can foresee."""
    variables = theme.to_color_system().generate()

    def style(name: str, *, bold: bool | None = None, underline: bool | None = None) -> Style:
        return Style(foreground=Color.parse(variables[name]), bold=bold, underline=underline)

    dim = Style(dim=True)
    reverse = Style(reverse=True)
    return Palette(
        text=Style(),
        strong=Style(bold=True),
        muted=dim,
        faint=dim,
        accent=style("accent"),
        heading=style("primary", bold=True),
        prompt=style("secondary", bold=True),
        thinking=Style(dim=True, italic=True),
        ok=style("success"),
        failed=style("error"),
        running=style("primary"),
        waiting=style("warning", bold=True),
        code=style("accent"),
        link=style("primary", underline=True),
        added=style("success"),
        removed=style("error"),
        added_word=Style(bold=True, underline=True),
        removed_word=Style(bold=True, underline=True),
        cursor=reverse,
        cursor_blurred=Style(bold=True),
        marker=style("primary", bold=True),
        hit=Style(underline=True, bold=True),
        current_hit=reverse,
        hues=(style("accent"), style("success"), style("primary"), style("secondary")),
        syntax=_syntax(
            comment=Style(dim=True, italic=True),
            keyword=style("secondary"),
            string=style("success"),
            number=style("accent"),
            name=style("primary"),
            error=style("error"),
        ),
    )


def _syntax(
    *, comment: Style, keyword: Style, string: Style, number: Style, name: Style, error: Style
) -> dict[str, Style]:
    return {
        "Comment": comment,
        "Error": error,
        "Generic.Heading": name,
        "Generic.Deleted": error,
        "Generic.Inserted": string,
        "Keyword": keyword,
        "Literal.Number": number,
        "Literal.String": string,
        "Name.Attribute": number,
        "Name.Builtin": keyword,
        "Name.Class": name,
        "Name.Constant": number,
        "Name.Decorator": number,
        "Name.Exception": error,
        "Name.Function": name,
        "Name.Tag": name,
        "Operator.Word": keyword,
    }


def _on(background: Color, foreground: Color) -> Style:
    return Style(
        background=background, foreground=_legible(foreground, (background,), BODY_CONTRAST)
    )


def _contrasting(background: Color) -> Color:
    black, white = Color(0, 0, 0), Color(255, 255, 255)
    return max(black, white, key=lambda color: contrast_ratio(color, background))


def _legible(color: Color, backgrounds: tuple[Color, ...], contrast: float) -> Color:
    """Blend a colour towards black or white until it stands out from all backgrounds."""
    target = _contrasting(backgrounds[0])
    for step in range(21):
        candidate = color.blend(target, step / 20)
        if all(contrast_ratio(candidate, background) >= contrast for background in backgrounds):
            return candidate
    return target


def contrast_ratio(first: Color, second: Color) -> float:
    """The contrast of two opaque colours by WCAG 2: from 1 (none) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: Color) -> float:
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in color.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
