"""Two themes of our own, dark and light, offered beside those that Textual has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.theme import Theme

if TYPE_CHECKING:
    from textual.app import App

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


def register_themes(app: App[Any]) -> None:
    """Offer our themes beside Textual's own."""
    for theme in THEMES:
        app.register_theme(theme)
