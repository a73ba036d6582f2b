"""Scripts that make what the project ships; none of them is part of the package."""

from __future__ import annotations
