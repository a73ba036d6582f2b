"""Answers about sessions: pure functions over what the store knows."""

from __future__ import annotations
