"""Where the reader is: which session is open, how they came there, what each one looked like."""

from __future__ import annotations

from msgspec import Struct, field


class Visit(Struct):
    """An open session and how its reader left it."""

    key: str
    expanded: set[str] = field(default_factory=set)
    """Keys of the turns that stand open."""
    cursor: str = ""
    """Key of the row under the cursor."""
    is_following: bool = False


class Selection(Struct):
    """The trail of open sessions: a session, its sub-agent, the sub-agent's sub-agent, …"""

    trail: list[Visit] = field(default_factory=list)

    @property
    def visit(self) -> Visit | None:
        """The session on the screen."""
        return self.trail[-1] if self.trail else None

    @property
    def key(self) -> str:
        """Key of the session on the screen; empty when none is open."""
        return self.trail[-1].key if self.trail else ""

    def open(self, key: str) -> Visit:
        """Open a session, leaving the trail."""
        self.trail = [Visit(key)]
        return self.trail[-1]

    def enter(self, key: str) -> Visit:
        """Go from the open session into its sub-agent; a session on the trail is gone back to."""
        for index, visit in enumerate(self.trail):
            if visit.key == key:
                del self.trail[index + 1 :]
                return visit
        self.trail.append(Visit(key))
        return self.trail[-1]

    def back(self) -> Visit | None:
        """Go back to the session above; None at the beginning of the trail."""
        if len(self.trail) < 2:
            return None
        self.trail.pop()
        return self.trail[-1]
