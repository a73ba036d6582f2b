"""The screen that tells what was spent, and why."""

from __future__ import annotations
