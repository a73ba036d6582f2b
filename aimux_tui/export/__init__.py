"""Taking sessions out of aimux: one module for each format, and what they share."""

from __future__ import annotations
