"""What a user feels at the screen, measured in a pseudo-terminal: start, keys, tail, idle."""

from __future__ import annotations
