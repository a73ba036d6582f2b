"""OTLP payloads: what the index needs of them, and their records as the model sees them."""

from __future__ import annotations
