"""The turns of a Gemini log: messages grouped by prompt, summarised as late as possible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.model.log import LogState
from aimux_tui.model.tools import ToolKind, ToolStatus
from aimux_tui.model.turn import TurnKind, TurnState, TurnSummary
from aimux_tui.model.usage import Usage
from aimux_tui.providers.gemini.entries import OPENING_ROLES, Entry, Role
from aimux_tui.providers.gemini.groups import Group

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aimux_tui.model.usage import Request

_KINDS = {
    Role.PROMPT: TurnKind.PROMPT,
    Role.COMMAND: TurnKind.COMMAND,
    Role.SHELL: TurnKind.SHELL,
}
_WAITING_ROLES = frozenset(
    {Role.CONTEXT, Role.NOTICE, Role.EMPTY, Role.MEDIA, Role.RESULT, Role.ACKNOWLEDGEMENT}
)
"""What waits for the next prompt where no turn has begun."""
_WORK_ROLES = frozenset({Role.ANSWER, Role.RESULT, Role.CANCELLED, Role.ERROR})
"""What a turn's end goes by; a compression between two turns belongs to neither's time."""

_AGENT, _FAILED = ToolKind.AGENT, ToolStatus.FAILED


class Turns:
    """Groups messages as they come; a summary is built anew only when somebody asks."""

    def __init__(self) -> None:
        self._forget()
        self._summaries: list[TurnSummary] = []
        self._segments: list[int] = []
        """Compactions before the end of each turn."""
        self._versions: list[int] = []
        self._version = 0
        self._dirty = 0
        """Index of the first turn whose summary may be out of date."""

    def inherit(self, old: Turns) -> None:
        """Go on from the turns of an earlier reading, so that its marks stay good."""
        old._refresh()
        self._summaries, self._segments = list(old._summaries), list(old._segments)
        self._versions, self._version = list(old._versions), old._version

    def add(self, entry: Entry) -> None:
        """Take in a message at the end."""
        index = self._place(entry)
        if index is not None:
            self._dirty = min(self._dirty, index)

    def touch(self, entry: Entry) -> None:
        """A message has changed, but neither its kind nor its place."""
        index = self._index_of.get(entry.id)
        if index is not None:
            self._dirty = min(self._dirty, index)

    def regroup(self, entries: Iterable[Entry]) -> None:
        """Group all messages anew."""
        self._forget()
        for entry in entries:
            self._place(entry)
        self._dirty = 0

    @property
    def summaries(self) -> Sequence[TurnSummary]:
        """Every turn, rewound ones included, in the order of their beginnings."""
        self._refresh()
        return self._summaries

    @property
    def compactions(self) -> int:
        """How often the history was compressed."""
        self._refresh()
        return self._segments[-1] if self._segments else 0

    @property
    def groups(self) -> Sequence[Group]:
        """The messages behind the summaries."""
        return self._groups

    @property
    def visible(self) -> Sequence[Group]:
        """The messages of the turns that were not rewound."""
        return [group for group in self._groups if not group.is_discarded]

    def requests(self) -> list[Request]:
        """Every request, turn by turn."""
        return [
            entry.request
            for group in self._groups
            for entry in group.entries
            if entry.request is not None
        ]

    def state(self) -> tuple[LogState, str]:
        """Where the log stands, and what that is about."""
        return (LogState.EMPTY, "") if self._live is None else self._live.state

    def changed_since(self, mark: int) -> tuple[int, int]:
        """(index of the first turn that may differ since `mark`, a new mark)."""
        self._refresh()
        changed = (index for index, version in enumerate(self._versions) if version > mark)
        return next(changed, len(self._versions)), self._version

    def _forget(self) -> None:
        self._groups: list[Group] = []
        self._index_of: dict[str, int] = {}
        self._live: Group | None = None
        self._live_index = 0
        self._rewound: Group | None = None
        self._rewound_index = 0
        self._pending: list[Entry] = []

    def _place(self, entry: Entry) -> int | None:
        """Put a message into its turn; returns the index of the first turn that it changes."""
        if entry.origins:
            return None
        if entry.is_discarded:
            return self._place_rewound(entry)
        opens = entry.role in OPENING_ROLES
        if not opens and self._live is None and entry.role in _WAITING_ROLES:
            self._pending.append(entry)
            return None
        first = self._live_index if self._live is not None else len(self._groups)
        if opens or self._live is None:
            self._live_index = len(self._groups)
            self._live = Group(entry, is_discarded=False)
            self._groups.append(self._live)
            for waiting in self._pending:
                self._join(waiting, self._live, self._live_index)
            self._pending = []
            self._rewound = None
        self._join(entry, self._live, self._live_index)
        return first

    def _place_rewound(self, entry: Entry) -> int | None:
        opens = entry.role in OPENING_ROLES
        if self._rewound is None and not opens and entry.role in _WAITING_ROLES:
            return None
        if opens or self._rewound is None:
            self._rewound_index = len(self._groups)
            self._rewound = Group(entry, is_discarded=True)
            self._groups.append(self._rewound)
        self._join(entry, self._rewound, self._rewound_index)
        return self._rewound_index

    def _join(self, entry: Entry, group: Group, index: int) -> None:
        group.entries.append(entry)
        self._index_of[entry.id] = index

    def _refresh(self) -> None:
        if self._dirty >= len(self._groups) == len(self._summaries):
            return
        self._version += 1
        old, old_versions = self._summaries, self._versions
        first = self._dirty
        self._summaries, self._versions = old[:first], old_versions[:first]
        del self._segments[first:]
        for index in range(first, len(self._groups)):
            group = self._groups[index]
            before = self._summaries[-1] if index else None
            segment = self._segments[-1] if index else 0
            summary = _summarise(
                group,
                number=index + 1,
                first_request=before.first_request + before.request_count if before else 0,
                segment=segment,
                is_last=group is self._live,
            )
            same = index < len(old) and old[index] == summary
            # The same object where nothing changed, which is cheap to compare.
            self._summaries.append(old[index] if same else summary)
            self._versions.append(old_versions[index] if same else self._version)
            self._segments.append(segment + group.compactions)
        if len(self._versions) < len(old) and self._versions:
            # Turns vanished from the end: name the one that is the last now.
            self._versions[-1] = self._version
        self._dirty = len(self._groups)


def _summarise(
    group: Group, *, number: int, first_request: int, segment: int, is_last: bool
) -> TurnSummary:
    opener = group.opener
    calls, requests = group.calls, group.requests
    times = [entry.at for entry in group.entries if entry is opener or entry.role in _WORK_ROLES]
    times += [call.ended for call in calls]
    tools: dict[str, int] = {}
    for call in calls:
        tools[call.name] = tools.get(call.name, 0) + 1
    return TurnSummary(
        key=opener.id,
        number=number,
        kind=_KINDS.get(opener.role, TurnKind.CONTINUATION),
        title=opener.title if opener.role in OPENING_ROLES else "",
        started=opener.at,
        ended=max([time for time in times if time is not None], default=None),
        state=_turn_state(group, is_last=is_last),
        usage=_usage_of(requests),
        first_request=first_request,
        request_count=len(requests),
        models=tuple(dict.fromkeys([request.model for request in requests if request.model])),
        tools=tuple(tools.items()),
        failures=[call.status for call in calls].count(_FAILED),
        edits=sum([call.edits for call in calls]),
        additions=sum([call.additions for call in calls]),
        deletions=sum([call.deletions for call in calls]),
        agents=[call.kind for call in calls].count(_AGENT),
        segment=segment,
        spans=group.spans,
        prompt_only=opener.role in OPENING_ROLES and group.entries[-1] is opener,
        is_discarded=group.is_discarded,
    )


def _usage_of(requests: Sequence[Request]) -> Usage:
    """The tokens of all; this agent logs nothing of what its caches were written for."""
    usages = [request.usage for request in requests]
    return Usage(
        input=sum([usage.input for usage in usages]),
        cache_read=sum([usage.cache_read for usage in usages]),
        output=sum([usage.output for usage in usages]),
        reasoning=sum([usage.reasoning for usage in usages]),
        requests=len(usages),
    )


def _turn_state(group: Group, *, is_last: bool) -> TurnState:
    state, _ = group.state
    match state:
        case LogState.FINISHED | LogState.EMPTY:
            return TurnState.DONE
        case LogState.ERROR:
            return TurnState.ERROR
        case LogState.INTERRUPTED:
            return TurnState.INTERRUPTED
    return TurnState.RUNNING if is_last else TurnState.INTERRUPTED
