"""Measuring aimux against its baselines: corpora, a frame for fair runs, and the benchmarks."""

from __future__ import annotations
