"""The arguments and the help of every subcommand, by what they are for."""

from __future__ import annotations
