"""What must not leave the machine is taken out here, once, for every exporter."""

from __future__ import annotations
