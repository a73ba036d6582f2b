"""The record types and fields of Claude Code logs that aimux knows; anything else is drift."""

from __future__ import annotations

from functools import lru_cache


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ENVELOPE_FIELDS = _words(
    """
    agentColor agentId agentName agentSetting aiTitle apiBlockIndex apiError apiErrorStatus
    apiErrorType apiRefusalCategory apiRefusalExplanation atis attachment attributionAgent
    attributionMcpServer attributionMcpTool attributionPlugin attributionSkill backup base
    bridgeSessionId cacheControl cause classifierMetaLines commandUuid compactMetadata content
    costUSD customTitle cwd data deliveryId direction durationMs effort entrypoint error
    errorDetails failedResponseHadNoToolCall fallbackModel forkedFrom frameUrl gitBranch hash
    hasOutput hasUnknownModelCost hookAdditionalContext hookCount hookErrors hookInfos id
    imagePasteIds interruptedByShutdown interruptedMessageId isAbortedMidStream
    isApiErrorMessage isCompactSummary isMeta isSidechain isSnapshotUpdate
    isVisibleInTranscriptOnly keep key lastPrompt lastSequenceNum leafUuid level
    logicalParentUuid madeBy maxRetries mcpMeta message messageCount messageId
    microcompactMetadata mode modelUsage operation origin originalModel ownerAccountUuid
    ownerOrganizationUuid params parentToolUseID parentUuid path pendingBackgroundAgentCount
    pendingWorkflowCount permissionDecision permissionMode perTurnEffort planContent
    preventedContinuation prNumber promptCacheRequested promptId promptSource prRepository prUrl
    querySource queuePriority queueSkipAttachments reason refusedUserMessageUuid relocatedCwd
    rendered renderedBesideToolResult renderedInHumanTurn renderedRole replacements
    requestDigest requestedModel requestId requestRef result retractedMessageUuids retryAttempt
    retryInMs sandboxed scope session_id sessionId sessionKind shape shapeHash slug snapshot
    snapshotMessageId source sourceToolAssistantUUID sourceToolUseID startTime stopReason
    subtype summary supersedesUuids tag tail teamName thinkingDisplay thinkingDurationMs
    thinkingMetadata timestamp title todos toolDenialBeforeRun toolDenialKind toolEndsTurn
    toolInputStreamMs tools toolUseID toolUseResult totalAPIDuration
    totalAPIDurationWithoutRetries totalCostUSD totalDuration totalLinesAdded totalLinesRemoved
    totalToolDuration trackingPath trigger turnCompanion turnOrigin turnPosition type url
    userType uuid version worktreeSession
    """
)
"""Fields that stand beside `message`, in records of any type."""

RECORD_TYPES = _words(
    """
    agent-color agent-name agent-setting ai-title api-request api-request-blob api-request-shape
    assistant atis-latch attachment attribution-snapshot bridge-session content-replacement
    cost-state custom-title file-history-delta file-history-snapshot frame-link
    history-suppression last-prompt mode permission-mode pr-link progress queue-operation
    relocated result started summary system tag tools-used user worktree-state
    """
)

SYSTEM_SUBTYPES = _words(
    """
    api_error api_refusal away_summary bridge_status compact_boundary error informational
    local_command microcompact_boundary model_refusal_fallback permission_retry session_start
    stop_hook_summary turn_duration
    """
)

PROGRESS_TYPES = _words(
    """
    agent_progress bash_progress hook_progress mcp_progress query_update search_results_received
    waiting_for_task
    """
)

HOOK_ATTACHMENTS = _words(
    """
    hook_additional_context hook_blocking_error hook_cancelled hook_error_during_execution
    hook_non_blocking_error hook_stopped_continuation hook_success hook_system_message
    """
)

MACHINE_ATTACHMENTS = _words(
    """
    agent_listing_delta auto_mode auto_mode_exit batching_reminder_sent command_permissions
    critical_system_reminder date date_change deferred_tools_delta environment
    mcp_instructions_delta model prompt_snapshot remote_session_change session_context
    silent_turn_reminder skill_listing task_reminder todo_reminder total_tokens_reminder
    ultra_effort_enter ultra_effort_exit
    """
)
"""Attachments by which the machine briefs the model, the same in every session."""

CONTEXT_ATTACHMENTS = _words(
    """
    budget_usd compact_file_reference diagnostics directory dynamic_skill edited_text_file file
    goal_status invoked_skills nested_memory opened_file_in_ide plan_mode plan_mode_exit
    plan_mode_reentry queued_command read_truncation_notice selected_lines_in_ide task_status
    """
)
"""Attachments that are about this conversation."""

ATTACHMENT_TYPES = HOOK_ATTACHMENTS | MACHINE_ATTACHMENTS | CONTEXT_ATTACHMENTS

CALL_BLOCKS = frozenset({"tool_use", "server_tool_use", "mcp_tool_use"})

ASSISTANT_BLOCKS = CALL_BLOCKS | _words(
    """
    bash_code_execution_tool_result code_execution_tool_result fallback mcp_tool_result
    redacted_thinking text text_editor_code_execution_tool_result thinking
    tool_search_tool_result web_fetch_tool_result web_search_tool_result
    """
)

SPAWNING_TOOLS = frozenset({"Task", "Agent", "Workflow"})
"""Tools whose calls start sub-agents; `Task` became `Agent` in 2.1.63."""

SESSION_RECORDS = frozenset({"agent-name", "ai-title", "custom-title", "relocated", "summary"})
"""Records that tell something about the whole session."""

SYNTHETIC_MODEL = "<synthetic>"
"""The model of messages that Claude Code wrote itself: no API was called."""


_FAMILIES = ("attachment/auto_mode", "attachment/ultra_effort_", "marble-origami-")
"""Record kinds that come in many variants, all of no concern to a reader."""


@lru_cache(maxsize=1024)
def unknown_kind(record_type: str, subtype: str) -> str:
    """The name under which a record counts as unknown, "type" or "type/subtype"; "" if known."""
    kind = f"{record_type}/{subtype or '(no type)'}"
    if kind.startswith(_FAMILIES):
        return ""
    if record_type not in RECORD_TYPES:
        return record_type or "(no type)"
    known = {
        "system": SYSTEM_SUBTYPES,
        "progress": PROGRESS_TYPES,
        "attachment": ATTACHMENT_TYPES,
    }.get(record_type)
    if known is None or subtype in known:
        return ""
    return kind
