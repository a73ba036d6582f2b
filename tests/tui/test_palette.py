from __future__ import annotations

import pytest
from msgspec.structs import fields
from textual.app import App
from textual.color import Color
from textual.style import Style
from textual.theme import BUILTIN_THEMES, Theme

from aimux_tui.tui.palette import (
    BODY_CONTRAST,
    CURSOR_CONTRAST,
    FAINT_CONTRAST,
    MUTED_CONTRAST,
    Palette,
    contrast_ratio,
    palette_for,
    palette_of,
)
from aimux_tui.tui.theme import THEMES, register_themes

ALL_THEMES = [*BUILTIN_THEMES.values(), *THEMES]
WANTED = {
    "faint": FAINT_CONTRAST,
    "muted": MUTED_CONTRAST,
    "thinking": MUTED_CONTRAST,
    "Comment": MUTED_CONTRAST,
}
RGB_THEMES = [theme for theme in ALL_THEMES if not theme.ansi]


def styles(palette: Palette) -> dict[str, Style]:
    named = {field.name: getattr(palette, field.name) for field in fields(palette)}
    single = {name: style for name, style in named.items() if isinstance(style, Style)}
    labels: dict[str, Style] = {str(label): style for label, style in palette.labels.items()}
    hues = {f"hue {number}": hue for number, hue in enumerate(palette.hues)}
    return single | palette.syntax | hues | labels


@pytest.mark.parametrize("theme", RGB_THEMES, ids=lambda theme: theme.name)
def test_everything_can_be_read_in_every_theme(theme: Theme) -> None:
    palette = palette_for(theme)
    background = Color.parse(theme.to_color_system().generate()["background"])
    assert palette.cursor.background
    for name, style in styles(palette).items():
        if style.foreground is None:
            continue
        wanted = WANTED.get(name, BODY_CONTRAST)
        own = style.background or background
        assert contrast_ratio(style.foreground, own) >= wanted, name
        if style.background is None:
            on_cursor = contrast_ratio(style.foreground, palette.cursor.background)
            assert on_cursor >= wanted * CURSOR_CONTRAST, name


@pytest.mark.parametrize("theme", RGB_THEMES, ids=lambda theme: theme.name)
def test_muted_text_stands_back(theme: Theme) -> None:
    palette = palette_for(theme)
    background = Color.parse(theme.to_color_system().generate()["background"])
    text, muted, faint = (
        contrast_ratio(style.foreground, background)
        for style in (palette.text, palette.muted, palette.faint)
        if style.foreground
    )
    assert text >= muted >= faint


@pytest.mark.parametrize("name", ["ansi-dark", "ansi-light"])
def test_terminal_themes_use_only_the_colours_of_the_terminal(name: str) -> None:
    for style in styles(palette_for(BUILTIN_THEMES[name])).values():
        assert style.background is None
        assert style.foreground is None or style.foreground.ansi is not None


def test_our_themes_speak_loud_and_clear() -> None:
    for theme in THEMES:
        assert theme.foreground
        assert theme.background
        ratio = contrast_ratio(Color.parse(theme.foreground), Color.parse(theme.background))
        assert ratio > 12


async def test_the_palette_follows_the_theme() -> None:
    app: App[None] = App()
    async with app.run_test():
        register_themes(app)
        app.theme = "aimux"
        dark = palette_of(app)
        assert palette_of(app) is dark
        app.theme = "aimux-light"
        assert palette_of(app) is not dark
        assert palette_of(app).text == palette_for(app.current_theme).text
