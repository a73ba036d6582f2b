"""Every command of aimux: one table for keys, chords, the command line, help and palette."""

from __future__ import annotations
