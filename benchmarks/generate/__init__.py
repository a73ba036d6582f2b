"""Seeded generators of agent logs that carry their own ground truth."""

from __future__ import annotations
