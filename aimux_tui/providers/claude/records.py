"""One line of a Claude Code log, decoded to the few fields that a scan needs."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Raw, Struct, field

Text = str | None
Flag = bool | None
Count = Annotated[int, Meta(ge=0, le=2**53)] | None

_EMPTY = Raw(b"")


class CacheCreation(Struct, gc=False):
    """How long the tokens written to the cache live."""

    ephemeral_1h_input_tokens: Count = None
    ephemeral_5m_input_tokens: Count = None


class OutputDetails(Struct, gc=False):
    """What the output tokens were."""

    thinking_tokens: Count = None


class ServerTools(Struct, gc=False):
    """Server-side tools, billed by the piece."""

    web_search_requests: Count = None


class UsageBlock(Struct, gc=False):
    """The usage of one API message."""

    input_tokens: Count = None
    cache_creation_input_tokens: Count = None
    cache_read_input_tokens: Count = None
    cache_creation: CacheCreation | None = None
    output_tokens: Count = None
    output_tokens_details: OutputDetails | None = None
    server_tool_use: ServerTools | None = None
    service_tier: Text = None
    speed: Text = None


class Block(Struct, gc=False):
    """A content block of either side."""

    type: Text = None
    id: Text = None
    name: Text = None
    text: Raw = _EMPTY
    input: Raw = _EMPTY
    tool_use_id: Text = None
    is_error: Flag = None
    content: Raw = _EMPTY


class Message(Struct, gc=False):
    """What was said; the lines of one API message hold one block each, or all of them."""

    model: Text = None
    id: Text = None
    content: list[Block] | str | None = None
    stop_reason: Text = None
    usage: UsageBlock | None = None


class PatchPart(Struct, gc=False):
    """One hunk of a structured patch."""

    lines: Raw = _EMPTY


class ToolUseResult(Struct, gc=False, rename="camel"):
    """The structured twin of a tool result, as far as a scan cares."""

    type: Text = None
    file_path: Text = None
    structured_patch: list[PatchPart] | None = None
    content: Raw = _EMPTY
    agent_id: Text = None
    teammate_id: Text = field(default=None, name="agent_id")
    run_id: Text = None


class Origin(Struct, gc=False):
    """Who wrote a user record."""

    kind: Text = None


class ForkedFrom(Struct, gc=False, rename="camel"):
    """The session whose beginning was copied."""

    session_id: Text = None


class Attachment(Struct, gc=False, rename="camel"):
    """Something that the machine put into the conversation."""

    type: Text = None
    command_mode: Text = None
    prompt: Raw = _EMPTY


class ProgressData(Struct, gc=False, rename="camel"):
    """What a progress record is about."""

    type: Text = None
    agent_id: Text = None


class Line(Struct, gc=False, rename="camel"):
    """A record of any type. One struct for all: to ask for the type first would cost more."""

    type: Text = None
    uuid: Text = None
    timestamp: Text = None
    is_sidechain: Flag = None
    version: Text = None
    cwd: Text = None
    git_branch: Text = None
    session_id: Text = None
    forked_from: ForkedFrom | None = None

    # user and assistant
    message: Message | None = None
    request_id: Text = None
    is_api_error_message: Flag = None
    is_meta: Flag = None
    is_compact_summary: Flag = None
    origin: Origin | None = None
    tool_use_result: ToolUseResult | str | list[Raw] | None = None

    # all others
    subtype: Text = None
    content: Raw = _EMPTY
    duration_ms: int | float | None = None
    compact_metadata: Raw = _EMPTY
    attachment: Attachment | None = None
    data: ProgressData | None = None
    parent_tool_use_id: Text = field(default=None, name="parentToolUseID")
    summary: Text = None
    leaf_uuid: Text = None
    custom_title: Text = None
    ai_title: Text = None
    agent_name: Text = None
    relocated_cwd: Text = None
