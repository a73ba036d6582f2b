"""Model names as logs spell them, turned into the names that price lists know."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUTES = frozenset(
    {
        "anthropic",
        "azure",
        "bedrock",
        "deepseek",
        "gemini",
        "google",
        "minimax",
        "mistral",
        "mistralai",
        "models",
        "moonshot",
        "moonshotai",
        "openai",
        "openrouter",
        "vertex_ai",
        "x-ai",
        "xai",
        "zhipuai",
    }
)
"""Prefixes before a slash that leave the price as it is: a vendor, or a cloud at list price.
Others ("ollama/…", a proxy's own) make it another product, whose price nobody knows."""

_VARIANT = re.compile(r"\[[^\]]*\]$")
"""`claude-opus-4-6[1m]`: a context size asked for, not another model."""
_VERTEX_PATH = re.compile(r"^(?:projects/[^/]+/locations/[^/]+/)?publishers/[^/]+/models/")
_BEDROCK_PATH = re.compile(r"^arn:aws[^/]*/")
_BEDROCK = re.compile(
    r"^(?:[a-z]+(?:-[a-z]+)?\.)?anthropic\.(?P<name>claude[^:]*?)(?:(?<=\d)-v\d+)?(?::.*)?$"
)
_VERTEX_VERSION = re.compile(r"@.*$")
_COMPACT_DATE = re.compile(r"-(20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=-|:|$)")
_DATE = re.compile(r"-20\d\d-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])$")


def spellings(model: str) -> tuple[str, ...]:
    """The names under which `model` may be listed, nearest to the log first, in lower case."""
    return tuple(dict.fromkeys(_spellings(model)))


def _spellings(model: str) -> Iterator[str]:
    """The spellings, some of them more than once."""
    name = _VARIANT.sub("", model.strip().lower())
    name = _BEDROCK_PATH.sub("", _VERTEX_PATH.sub("", name))
    while "/" in name:
        route, _, rest = name.partition("/")
        if route not in ROUTES:
            yield name
            return
        name = rest
    if bedrock := _BEDROCK.match(name):
        name = bedrock["name"]
    yield name
    yield _COMPACT_DATE.sub(r"-\1-\2-\3", name)
    name = _VERTEX_VERSION.sub("", name)
    yield name
    yield _DATE.sub("", name)


def asks_for_million(model: str) -> bool:
    """Whether the name asks for the context window of a million tokens."""
    return model.rstrip().lower().endswith("[1m]")
