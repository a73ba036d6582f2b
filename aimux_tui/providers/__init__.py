"""One module or package per agent: where its logs are, and what their bytes mean."""

from __future__ import annotations
