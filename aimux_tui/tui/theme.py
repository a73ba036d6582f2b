"""Two themes of our own, dark and light, offered beside those that Textual has."""

from __future__ import annotations

from typing import Any

from textual.app import App
from textual.theme import Theme

AIMUX = Theme(
    name="aimux",
    primary="#6CB6FF",
    secondary="#B9A0F7",
    accent="#F2B65A",
    success="#63D297",
    warning="#F3C969",
    error="#FF7F87",
    foreground="#DCE2EC",
    background="#10141B",
    surface="#161B24",
    panel="#1F2631",
    boost="#FFFFFF0A",
    dark=True,
    variables={
        "border": "#3A4658",
        "border-blurred": "#242C38",
        "footer-key-foreground": "#F2B65A",
        "footer-background": "#161B24",
        "block-cursor-background": "#26405E",
        "block-cursor-foreground": "#FFFFFF",
        "block-cursor-text-style": "none",
        "input-selection-background": "#6CB6FF 35%",
        "scrollbar": "#37445A",
        "scrollbar-hover": "#4A5B77",
        "scrollbar-active": "#6CB6FF",
        "scrollbar-background": "#131820",
    },
)

AIMUX_LIGHT = Theme(
    name="aimux-light",
    primary="#0B5FB8",
    secondary="#6A3FBF",
    accent="#9A5A00",
    success="#126E43",
    warning="#8A5A00",
    error="#B4232F",
    foreground="#1C2430",
    background="#FBFBF8",
    surface="#F3F3EF",
    panel="#E7E8E3",
    boost="#0000000A",
    dark=False,
    variables={
        "border": "#A9B2BF",
        "border-blurred": "#D5D9DE",
        "footer-key-foreground": "#9A5A00",
        "footer-background": "#E7E8E3",
        "block-cursor-background": "#CFE3F8",
        "block-cursor-foreground": "#10151C",
        "block-cursor-text-style": "none",
        "input-selection-background": "#0B5FB8 25%",
        "scrollbar": "#BFC7D1",
        "scrollbar-hover": "#A3AEBC",
        "scrollbar-active": "#0B5FB8",
        "scrollbar-background": "#F0F0EB",
    },
)

THEMES = (AIMUX, AIMUX_LIGHT)


def begin_with(app: App[Any], name: str) -> None:
    """Put a theme on before the app runs: later it would mean to style everything twice.

    One that is made of the terminal's own colours, or does not exist, has to wait.
    """
    wanted = app.available_themes.get(name)
    if wanted is None or wanted.ansi:
        return
    app.set_reactive(App.theme, name)
    app.stylesheet.set_variables(app.get_css_variables())
    app.add_class(f"-theme-{name}", "-dark-mode" if wanted.dark else "-light-mode")


def register_themes(app: App[Any]) -> None:
    """Offer our themes beside Textual's own."""
    for theme in THEMES:
        app.register_theme(theme)
