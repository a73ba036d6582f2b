"""Receives what agents export over OTLP/HTTP: the server, its limits, and its thread."""

from __future__ import annotations
