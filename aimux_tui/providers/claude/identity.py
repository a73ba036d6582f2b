"""Who and where a log is: session, place, title, times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.model.turn import PROMPT_KINDS, TurnKind
from aimux_tui.providers.claude.links import agent_key, prompt_hash, run_hash
from aimux_tui.providers.claude.places import (
    agent_id_of,
    read_companion,
    stem_of,
    workflow_run_of,
)
from aimux_tui.providers.claude.prompts import one_line

if TYPE_CHECKING:
    from aimux_tui.providers.base import LogFile
    from aimux_tui.providers.claude.records import Line
    from aimux_tui.providers.claude.skim import Skimmer

_WARM_UP = "Warmup"
_UUID_LENGTH = 36


class Identity:
    """What a log says of itself, gathered line by line."""

    def __init__(self, file: LogFile, skimmer: Skimmer) -> None:
        self._skimmer = skimmer
        self._stem = stem_of(file.path)
        self._parent_hint = file.parent_hint
        self.agent_id = agent_id_of(file.path)
        self.is_main = not self.agent_id
        """Whether it is the log of a session, not of a sub-agent."""
        self.companion = read_companion(file.path) if file.parent_hint else None
        self._run = workflow_run_of(file.path) if file.parent_hint else ""
        self.version = ""
        self.branch = ""
        self.cwd = ""
        self.agent_name = self.companion.agent_type if self.companion else ""
        self.at = ""
        """The newest record's time, inherited by records without one."""
        self.started = ""
        self.updated = ""
        """The latest time of all."""
        self.last_uuid = ""
        self.custom_title = ""
        self.ai_title = ""
        self.own_summary = ""
        self.first_prompt = ""
        self.first_title = ""
        self.titles_for_others: dict[str, str] = {}
        self._first_session_id = ""
        self.is_unsettled = True
        """Whether `note` must be told every record."""
        self._was_here = False
        """Whether some record names the session that the file is named after."""
        self._forked_from = ""
        self._prompt_hash = 0
        self.is_warm_up = False

    def note(self, line: Line, at: str) -> None:
        """Take in what an envelope says beyond its context; `at` is its time."""
        if not self.started and at[:1] == "2":
            self.started = at
        if line.session_id is not None and not self._was_here:
            self._first_session_id = self._first_session_id or line.session_id
            # Records of a sub-agent name the session of its parent.
            self._was_here = line.session_id == self._stem or not self.is_main
        if line.forked_from is not None and line.forked_from.session_id:
            self._forked_from = line.forked_from.session_id
        if line.uuid is not None and line.uuid in self.titles_for_others:
            self.own_summary = self.titles_for_others[line.uuid]
        # The records without a uuid do not say whether they were copied.
        is_settled = self._was_here and line.uuid is not None and self.started
        self.is_unsettled = not is_settled or bool(self.titles_for_others)

    def note_context(self, line: Line) -> None:
        """Take in where a record was written, and by which version."""
        if line.cwd and not self.cwd:
            self.cwd = line.cwd
        if line.version is None and line.git_branch is None:
            return
        self.version = line.version or self.version
        self.branch = line.git_branch or self.branch
        self._skimmer.settle(self.version, self.branch)

    def note_prompt(self, text: str, title: str, kind: TurnKind) -> None:
        """Take in the text that begins a turn."""
        if not self.first_title:
            self.first_title = title
        is_task = kind in PROMPT_KINDS or (not self.is_main and kind is TurnKind.INJECTED)
        if is_task and not self.first_prompt:
            self.first_prompt = title
            self._prompt_hash = prompt_hash(text)
            self.is_warm_up = not self.is_main and text.strip() == _WARM_UP

    def note_meta(self, line: Line) -> None:
        """Take in a record that is about the session as a whole."""
        match line.type:
            case "custom-title":
                self.custom_title = line.custom_title or self.custom_title
            case "ai-title":
                self.ai_title = line.ai_title or self.ai_title
            case "agent-name":
                self.agent_name = line.agent_name or self.agent_name
            case "relocated":
                self.cwd = line.relocated_cwd or self.cwd
            case "summary" if line.summary and line.leaf_uuid:
                self.titles_for_others[line.leaf_uuid] = line.summary
                self.is_unsettled = True
                if line.leaf_uuid == self.last_uuid:
                    self.own_summary = line.summary

    @property
    def session_id(self) -> str:
        """The session's id or the sub-agent's: the file's name counts, whatever records say."""
        return self.agent_id or self._stem

    @property
    def root_session(self) -> str:
        """The session to which this log and all sub-agents around it belong."""
        if self.is_main:
            return self._stem
        return self._parent_hint or self._first_session_id

    @property
    def key(self) -> str:
        """The session key."""
        if self.is_main or not self.root_session:
            return f"claude:{self._stem}"
        return agent_key(self.root_session, self.agent_id)

    @property
    def parent_key(self) -> str:
        """The key of the session, or of the agent, that spawned this one; "" for none."""
        root = self.root_session
        if self.is_main or not root:
            return ""
        if self.companion and self.companion.parent_agent_id:
            return agent_key(root, self.companion.parent_agent_id)
        return f"claude:{root}"

    @property
    def forked_from(self) -> str:
        """The key of the session whose beginning this log repeats; "" for none."""
        origin = self._forked_from
        if not origin and self._was_here and len(self._first_session_id) == _UUID_LENGTH:
            origin = self._first_session_id
        if not self.is_main or not origin or origin == self._stem:
            return ""
        return f"claude:{origin}"

    @property
    def prompt_hash(self) -> int:
        """By which a parent's log may know this agent."""
        return run_hash(self._run) or self._prompt_hash

    @property
    def title(self) -> tuple[str, bool]:
        """(the best title in the log, whether somebody gave it)."""
        description = self.companion.description if self.companion else ""
        given = self.custom_title or self.ai_title or description or self.own_summary
        title = given or self.first_prompt or self.first_title
        return one_line(title), bool(given)
