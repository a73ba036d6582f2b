"""The parts of the main screen. They know the store's views, never the app or a screen."""

from __future__ import annotations
