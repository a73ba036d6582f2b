"""Where aimux keeps its own files: the user's home of it, the cache and the state."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping

HOME_VARIABLE = "AIMUX_HOME"
CACHE_VARIABLE = "AIMUX_CACHE_DIR"
STATE_VARIABLE = "AIMUX_STATE_DIR"


class Paths(Struct, frozen=True):
    """aimux's own folders, none of which need exist."""

    home: Path
    """What is the user's: settings, evaluations, exports."""
    cache: Path
    """What can be made again at any time."""
    state: Path
    """What aimux wrote down and cannot make again, of less worth than `home`."""

    @property
    def config_file(self) -> Path:
        """The user's settings."""
        return self.home / "config.yaml"

    @property
    def evaluations(self) -> Path:
        """The user's labels and notes."""
        return self.home / "evaluations"

    @property
    def archive(self) -> Path:
        """Copies of the logs of judged sessions."""
        return self.home / "archive"

    @property
    def exports(self) -> Path:
        """Where exports go unless told otherwise."""
        return self.home / "exports"

    @property
    def telemetry(self) -> Path:
        """What was received from the agents."""
        return self.state / "telemetry.db"

    @property
    def log_file(self) -> Path:
        """aimux's own log."""
        return self.state / "aimux.log"


def find_paths(env: Mapping[str, str], home: Path) -> Paths:
    """The folders by AIMUX_HOME, AIMUX_CACHE_DIR and AIMUX_STATE_DIR, else by custom.

    `home` is the user's home directory; `~` in a variable means it.
    """
    cache = _from_variable(env, CACHE_VARIABLE, home)
    state = _from_variable(env, STATE_VARIABLE, home)
    if cache is None or state is None:
        import platformdirs

        cache = cache or platformdirs.user_cache_path("aimux", appauthor=False)
        state = state or platformdirs.user_state_path("aimux", appauthor=False)
    own = _from_variable(env, HOME_VARIABLE, home) or home / ".aimux"
    return Paths(home=own, cache=cache, state=state)


def _from_variable(env: Mapping[str, str], name: str, home: Path) -> Path | None:
    """The folder that a variable names; None if it is unset or empty."""
    value = env.get(name, "")
    if not value:
        return None
    if value == "~" or value.startswith("~/"):
        return home / value[2:]
    return Path(value).absolute()
