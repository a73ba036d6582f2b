"""aimux: the terminal trace viewer for AI coding agents."""

from __future__ import annotations

__version__ = "0.1.0"
