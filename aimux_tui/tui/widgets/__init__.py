"""Reusable widgets: they know the model, never the app, a screen or the store."""

from __future__ import annotations
