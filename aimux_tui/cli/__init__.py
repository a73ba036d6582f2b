"""The command line: the viewer's start and the headless commands."""

from __future__ import annotations
