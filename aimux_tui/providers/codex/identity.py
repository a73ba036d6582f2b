"""Who a rollout is: its thread, its parent, and why it may be hidden."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Any

from msgspec import Struct

from aimux_tui.providers.codex.records import mapping_of, number_of, text_of

NAME = "codex"

_FILE_NAME = re.compile(
    r"rollout-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-"
    r"(?P<id>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})",
    re.IGNORECASE,
)
_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_HIDDEN_MODEL = "codex-auto-review"


def key_of(thread_id: str) -> str:
    """The session key of a thread; "" for none."""
    return f"{NAME}:{thread_id}" if thread_id else ""


def id_from_path(path: str) -> str:
    """The thread id in a rollout's file name, else the name itself without its endings."""
    name = PurePath(path).name
    found = _FILE_NAME.match(name)
    return found["id"] if found else re.sub(r"\.jsonl?(?:\.zst)?$", "", name)


def milliseconds_of(identifier: str) -> int | None:
    """When a version 7 UUID was made, in milliseconds since 1970; None if it is none."""
    if not _UUID7.fullmatch(identifier):
        return None
    return int(identifier[:8] + identifier[9:13], 16)


class Identity(Struct):
    """What the `session_meta` lines of a thread say, taken together."""

    thread_id: str = ""
    parent_id: str = ""
    """The thread that spawned this sub-agent."""
    forked_from: str = ""
    """The thread whose history this one continues as its own."""
    agent_name: str = ""
    hidden_reason: str = ""
    cwd: str = ""
    git_branch: str = ""
    version: str = ""
    is_subagent: bool = False
    start_ordinal: int | None = None
    """The first ordinal that is this thread's own; what stands before is a copy."""
    continues: bool = False
    """The history before this file lies in another file, and is not repeated here."""
    _seen: bool = False

    @property
    def is_known(self) -> bool:
        """Whether a `session_meta` was seen."""
        return self._seen

    def take(self, meta: dict[str, Any]) -> None:
        """Add what a `session_meta` of this thread says. The first one decides who it is."""
        git = mapping_of(meta, "git")
        self.git_branch = text_of(git, "branch") or self.git_branch
        self.version = text_of(meta, "cli_version") or self.version
        self.cwd = self.cwd or text_of(meta, "cwd")
        if self._seen:
            return
        self._seen = True
        self.thread_id = text_of(meta, "id") or text_of(meta, "session_id") or self.thread_id
        self.start_ordinal = number_of(meta, "subagent_history_start_ordinal")
        base = mapping_of(meta, "history_base")
        self.continues = bool(base)
        forked_from = text_of(meta, "forked_from_id") or text_of(base, "thread_id")
        self._take_source(meta)
        if self.is_subagent:
            self.parent_id = self.parent_id or text_of(meta, "parent_thread_id") or forked_from
        else:
            self.forked_from = forked_from or text_of(meta, "parent_thread_id")
        if self.parent_id == self.thread_id:
            self.parent_id = ""
        if self.forked_from == self.thread_id:
            self.forked_from = ""

    def take_foreign(self, thread_id: str) -> None:
        """Note whose history the file begins with."""
        if self.is_subagent:
            self.parent_id = self.parent_id or thread_id
        else:
            self.forked_from = self.forked_from or thread_id

    def take_model(self, model: str) -> None:
        """Guardians give themselves away by their model even where their source is lost."""
        if model == _HIDDEN_MODEL and not self.hidden_reason:
            self.hidden_reason = "guardian"

    def _take_source(self, meta: dict[str, Any]) -> None:
        source = meta.get("source")
        if not isinstance(source, dict):
            self.is_subagent = source == "subagent" or meta.get("thread_source") == "subagent"
            self.agent_name = _agent_name(meta) if self.is_subagent else ""
            return
        subagent = source.get("subagent", source.get("sub_agent"))
        if isinstance(subagent, str):
            self.is_subagent, self.hidden_reason = True, subagent
            self.agent_name = subagent
        elif isinstance(subagent, dict):
            self.is_subagent = True
            spawn = mapping_of(subagent, "thread_spawn")
            self.parent_id = text_of(spawn, "parent_thread_id")
            self.agent_name = _agent_name(spawn) or _agent_name(meta)
            if other := text_of(subagent, "other"):
                self.hidden_reason = self.agent_name = other
        elif "internal" in source:
            self.hidden_reason = text_of(source, "internal").replace("_", " ") or "internal"


def _agent_name(meta: dict[str, Any]) -> str:
    """The task that a sub-agent was given, else its role, else its nickname."""
    task = PurePath(text_of(meta, "agent_path")).name
    role = text_of(meta, "agent_role")
    return task or (role if role != "default" else "") or text_of(meta, "agent_nickname") or role
