"""From model values to styled text: pure functions without widgets."""

from __future__ import annotations
