"""Messages between agents."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from aimux_tui.providers.codex.records import list_of, text_of

_HEAD = "Message Type: "
_PAYLOAD = "Payload:\n"
_LONGEST_WORD = 120


class AgentMessage(Struct, frozen=True):
    """What one agent told another."""

    author: str
    recipient: str
    kind: str
    """"NEW_TASK", "MESSAGE", "FINAL_ANSWER", …; "" if the message does not say."""
    task: str
    text: str
    """"" if the log holds it encrypted."""
    sealed: str
    """The message as it stands, readable or not: equal in the logs of both agents."""

    @classmethod
    def of(cls, payload: dict[str, Any]) -> AgentMessage:
        """Read an `agent_message` response item."""
        head = ""
        body: list[str] = []
        for part in list_of(payload, "content"):
            if not isinstance(part, dict):
                continue
            text = text_of(part, "text") or text_of(part, "encrypted_content")
            if not head and text.startswith(_HEAD):
                head, _, text = text.partition(_PAYLOAD)
            if text:
                body.append(text)
        if not body and isinstance(payload.get("content"), str):
            body.append(payload["content"])
        sealed = "\n".join(body)
        fields = dict(line.split(": ", 1) for line in head.split("\n") if ": " in line)
        return cls(
            text_of(payload, "author"),
            text_of(payload, "recipient"),
            fields.get("Message Type", ""),
            fields.get("Task name", ""),
            sealed if is_readable(sealed) else "",
            sealed,
        )

    @property
    def title(self) -> str:
        """What the message is about."""
        return self.text or self.task


def is_readable(text: str) -> bool:
    """Whether a text is in words; the service encrypts the messages between its agents."""
    text = text.strip()
    return bool(text) and text != "REDACTED" and (" " in text or len(text) < _LONGEST_WORD)
