"""The styles that formatters use, derived from whichever theme is on.

Formatters never name a colour. They take a `Palette`, made of the theme's variables and corrected
until everything in it can be read on the theme's background.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from textual.color import Color
from textual.style import Style

from aimux_tui.model.annotation import Label

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
_HUES = ("accent", "success", "primary", "secondary")
_LABELS = {Label.GOOD: "success", Label.BAD: "error", Label.WASTE: "warning"}


class Palette(Struct, frozen=True, eq=False):
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
    picked: Style
    """The bar beside a row that its user has marked."""
    hit: Style
    """What a search found."""
    current_hit: Style
    note: Style
    """What somebody wrote about a turn."""
    labels: Mapping[Label, Style]
    """Badges."""
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


class _Inks:
    """The colours of a theme, made legible on every background that a row may have."""

    def __init__(self, theme: Theme) -> None:
        self._variables = theme.to_color_system().generate()
        background = self.variable("background")
        if background.a < 1:
            background = Color.parse("#000000" if theme.dark else "#FFFFFF") + background
        self.background = background
        self.foreground = self.variable("foreground")
        self.cursor = background.blend(self.variable("primary"), 0.2)
        self.cursor_blurred = background.blend(self.foreground, 0.08)
        self.added = background.blend(self.variable("success"), 0.14)
        self.removed = background.blend(self.variable("error"), 0.14)

    def variable(self, name: str) -> Color:
        """A colour of the theme, by its name there."""
        return Color.parse(self._variables[name])

    def faded(self, share: float) -> Color:
        """The foreground, with so much of it left."""
        return self.background.blend(self.foreground, share)

    def ink(self, color: Color, contrast: float = BODY_CONTRAST, *others: Color) -> Color:
        """The colour, moved away from every background it lies on until it can be read there."""
        on_background = _legible(color, (self.background, *others), contrast)
        return _legible(
            on_background, (self.cursor, self.cursor_blurred), contrast * CURSOR_CONTRAST
        )

    def style(self, name: str, *, bold: bool | None = None, underline: bool | None = None) -> Style:
        """A colour of the theme as the colour of text."""
        return Style(foreground=self.ink(self.variable(name)), bold=bold, underline=underline)

    def code(self, color: Color, contrast: float = BODY_CONTRAST) -> Style:
        """The same for code, which stands on the backgrounds of diffs too."""
        return Style(foreground=self.ink(color, contrast, self.added, self.removed))

    def line(self, background: Color) -> Style:
        """A line with a background of its own."""
        return Style(
            background=background, foreground=self.ink(self.foreground, BODY_CONTRAST, background)
        )

    def word(self, name: str, share: float = 0.42) -> Style:
        """Text on a background in a colour of the theme."""
        background = self.background.blend(self.variable(name), share)
        foreground = _legible(self.foreground, (background,), BODY_CONTRAST)
        return Style(background=background, foreground=foreground)


def _rgb_palette(theme: Theme) -> Palette:
    inks = _Inks(theme)
    warning = inks.variable("warning")
    thinking, bold = inks.ink(inks.faded(0.64), MUTED_CONTRAST), Style(bold=True)
    return Palette(
        text=Style(foreground=inks.ink(inks.foreground)),
        strong=Style(foreground=inks.ink(inks.foreground), bold=True),
        muted=Style(foreground=thinking),
        faint=Style(foreground=inks.ink(inks.faded(0.45), FAINT_CONTRAST)),
        accent=inks.style("accent"),
        heading=inks.style("primary", bold=True),
        prompt=inks.style("secondary", bold=True),
        thinking=Style(foreground=thinking, italic=True),
        ok=inks.style("success"),
        failed=inks.style("error"),
        running=inks.style("primary"),
        waiting=inks.style("warning", bold=True),
        code=inks.style("accent"),
        link=inks.style("primary", underline=True),
        added=inks.line(inks.added),
        removed=inks.line(inks.removed),
        added_word=inks.word("success"),
        removed_word=inks.word("error"),
        cursor=Style(background=inks.cursor),
        cursor_blurred=Style(background=inks.cursor_blurred),
        marker=inks.style("primary", bold=True),
        picked=inks.style("accent", bold=True),
        hit=inks.word("warning", 0.45),
        current_hit=Style(background=warning, foreground=_contrasting(warning), bold=True),
        note=inks.style("secondary"),
        labels={label: inks.word(name) + bold for label, name in _LABELS.items()},
        hues=tuple(inks.style(name) for name in _HUES),
        syntax=_syntax(
            comment=inks.code(inks.faded(0.55), MUTED_CONTRAST) + Style(italic=True),
            keyword=inks.code(inks.variable("secondary")),
            string=inks.code(inks.variable("success")),
            number=inks.code(inks.variable("accent")),
            name=inks.code(inks.variable("primary")),
            error=inks.code(inks.variable("error")),
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
        picked=style("accent", bold=True),
        hit=Style(underline=True, bold=True),
        current_hit=reverse,
        note=style("secondary"),
        labels={label: style(name, bold=True) + reverse for label, name in _LABELS.items()},
        hues=tuple(style(name) for name in _HUES),
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
