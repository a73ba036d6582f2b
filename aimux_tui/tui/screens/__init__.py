"""The main screen and what may lie over it."""

from __future__ import annotations
