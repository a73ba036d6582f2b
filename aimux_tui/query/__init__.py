"""The filter language: one for lists, searches, exports and the command line."""

from __future__ import annotations
