"""What a session is: immutable values that know nothing of files, screens or networks."""

from __future__ import annotations
