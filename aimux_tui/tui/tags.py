"""Tags as they are typed: separated by commas, completed from those that are in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

SEPARATOR = ", "


def tags_of(text: str) -> tuple[str, ...]:
    """The tags of a typed text, each once, in their order."""
    words = (" ".join(part.split()) for part in text.split(","))
    return tuple(dict.fromkeys(word for word in words if word))


def completion(text: str, known: Sequence[str]) -> str | None:
    """The text with its last tag completed; None if there is nothing to complete."""
    begun, last = _split(text)
    if not last:
        return None
    taken = tags_of(begun)
    for tag in known:
        if tag.casefold().startswith(last.casefold()) and tag != last and tag not in taken:
            # What was typed stays as it is, so that the completion can be shown behind it.
            return begun + last + tag[len(last) :]
    return None


def offered(text: str, known: Sequence[str]) -> list[str]:
    """Tags in use that could be added: those that hold what is being typed come first."""
    begun, last = _split(text)
    taken = tags_of(text) if last in known else tags_of(begun)
    free = [tag for tag in known if tag not in taken]
    return sorted(free, key=lambda tag: last.casefold() not in tag.casefold())


def with_tag(text: str, tag: str) -> str:
    """The text with a tag instead of the beginning of it, or behind the others."""
    begun, last = _split(text)
    is_begun = bool(last) and last.casefold() in tag.casefold()
    tags = [*tags_of(begun if is_begun else text), tag]
    return SEPARATOR.join(dict.fromkeys(tags)) + SEPARATOR


def _split(text: str) -> tuple[str, str]:
    """What stands before the tag that is being typed, and that."""
    last = text.rpartition(",")[2].lstrip()
    return text[: len(text) - len(last)], last
