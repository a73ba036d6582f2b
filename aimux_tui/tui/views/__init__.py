"""What the detail pane can show: one view a module."""

from __future__ import annotations
