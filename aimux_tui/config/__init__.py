"""The user's settings: schema, loading, keys."""

from __future__ import annotations
