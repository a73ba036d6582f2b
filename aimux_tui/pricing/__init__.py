"""Dated prices of models, and the arithmetic that turns requests into money."""

from __future__ import annotations
