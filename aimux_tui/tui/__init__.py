"""The screen. The only package that may import Textual or Rich."""

from __future__ import annotations
