"""Small programs that mark how fast a thing can be at all, or how fast the plain way is."""

from __future__ import annotations
