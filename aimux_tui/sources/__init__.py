"""Finding, watching and reading log files."""

from __future__ import annotations
