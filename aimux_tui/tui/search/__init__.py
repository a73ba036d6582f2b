"""Searching all sessions from the screen."""

from __future__ import annotations
