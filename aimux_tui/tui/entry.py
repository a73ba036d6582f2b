"""Which session a name, a path or a folder stands for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from aimux_tui.errors import SessionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aimux_tui.model.session import Session


def find_session(sessions: Sequence[Session], target: str) -> Session:
    """The session with this key, id or log file, or the only one whose id begins so.

    Raises SessionError.
    """
    path = str(Path(target).expanduser().absolute())
    for session in sessions:
        if target in {session.key, session.session_id} or path in {
            session.path,
            *session.other_paths,
        }:
            return session
    found = [
        session
        for session in sessions
        if session.session_id.startswith(target) or session.key.startswith(target)
    ]
    found = [session for session in found if not session.parent_key] or found
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(session.session_id for session in found[:3])
        raise SessionError(f"{target!r} is the start of {len(found)} sessions: {names}, …")
    if os.sep in target:
        raise SessionError(
            f"{target} is not among the sessions", hint=f"`aimux {target}` opens a log anywhere"
        )
    raise SessionError(f"no session {target!r}", hint="press / in the list to look for one")


def newest_in(sessions: Sequence[Session], folder: str) -> Session | None:
    """The session last active in a folder; without one, in a folder above or below it.

    `sessions` are in order, newest first.
    """
    here = os.path.realpath(folder)
    near: Session | None = None
    for session in sessions:
        if session.parent_key or session.hidden_reason or not session.cwd:
            continue
        if session.cwd in {folder, here}:
            return session
        if near is None and (is_below(session.cwd, here) or is_below(here, session.cwd)):
            near = session
    return near


def is_below(path: str, folder: str) -> bool:
    """Whether a path lies in a folder, at any depth. The root counts as nobody's folder."""
    return folder.rstrip(os.sep) != "" and path.startswith(folder.rstrip(os.sep) + os.sep)
