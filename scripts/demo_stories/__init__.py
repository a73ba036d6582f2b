"""The stories behind the demo sessions: a small shop, and what agents are asked to do in it."""

from __future__ import annotations
