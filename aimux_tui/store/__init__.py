"""Sessions over time: the list, the open session, the index."""

from __future__ import annotations
