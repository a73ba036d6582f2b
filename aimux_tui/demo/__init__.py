"""Bundled sessions to look at where there are no others."""

from __future__ import annotations
