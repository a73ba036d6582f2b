"""Labels and notes on disk: append-only files that several processes share."""

from __future__ import annotations
