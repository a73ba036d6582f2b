"""Secrets in text: keys and tokens by their shape, others by the name they are assigned to."""

from __future__ import annotations

import re
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.export.redaction.assigned import assigned_secrets, cut_assignment
from aimux_tui.export.redaction.vendor_rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aimux_tui.export.redaction.vendor_rules import Rule

_SHORTEST = 8
"""Characters of a text that can hold a secret at all."""
_TAIL = 200
_DISTINCT = 3
"""Characters of a beginning that is hardly anything else."""
_PLAIN = re.compile(r"[A-Za-z0-9_-]+")
_LONG_WORD = re.compile(r"[A-Za-z0-9_-]{16,}")
"""Every token whose beginning is plain begins in one of these, or right behind one's hyphen."""

# Most rules are looked for only within long words; the others wherever their triggers stand.
_TOKENS = [rule for rule in RULES if rule.is_token and all(map(_PLAIN.fullmatch, rule.triggers))]
_BEGINNING = re.compile(
    r"(?<![A-Za-z0-9_])(?:"
    + "|".join(sorted({trigger for rule in _TOKENS for trigger in rule.triggers}, reverse=True))
    + ")"
)
_SHARED = ("$", "hook", "hv", "Key=", "dt0", "-----BEGIN")
"""What several of the other triggers have in common: looked for once for all of them."""


def _by_shared_part() -> dict[str, list[tuple[str, Rule]]]:
    groups: dict[str, list[tuple[str, Rule]]] = {}
    for rule in RULES:
        for trigger in rule.triggers if rule not in _TOKENS else ():
            part = next((part for part in _SHARED if part in trigger), trigger)
            groups.setdefault(part, []).append((trigger, rule))
    return groups


_ELSEWHERE = _by_shared_part()


class Secret(Struct, frozen=True):
    """Where in a text a secret stands."""

    start: int
    end: int
    kind: str
    """For people: "GitHub token"."""


def find_secrets(text: str) -> list[Secret]:
    """Every secret in a text, in order, none overlapping another."""
    if len(text) < _SHORTEST:
        return []
    found = [
        *_tokens(text),
        *_elsewhere(text),
        *(Secret(*place) for place in assigned_secrets(text)),
    ]
    if len(found) < 2:
        return found
    # Of two that overlap, the one that begins first; of those, the one that tells more of it.
    found.sort(key=lambda secret: (secret.start, -secret.end))
    kept = [found[0]]
    for secret in found[1:]:
        if secret.start >= kept[-1].end:
            kept.append(secret)
    return kept


def find_cut_secret(text: str) -> Secret | None:
    """A secret whose beginning ends the text, too short to be known by its shape."""
    end = len(text.rstrip("…."))
    for beginning in _BEGINNING.finditer(text, max(0, end - _TAIL), end):
        is_distinct = len(beginning[0]) >= _DISTINCT and not beginning[0].isalpha()
        if is_distinct and _PLAIN.fullmatch(text, beginning.start(), end):
            return Secret(beginning.start(), end, _rules_of(beginning[0])[0].kind)
    place = cut_assignment(text, end)
    return Secret(*place) if place else None


def _tokens(text: str) -> Iterator[Secret]:
    """Those that begin with plain characters."""
    for word in _LONG_WORD.finditer(text):
        for beginning in _BEGINNING.finditer(text, word.start(), word.end()):
            for rule in _rules_of(beginning[0]):
                yield from _match(rule, text, beginning.start())


def _elsewhere(text: str) -> Iterator[Secret]:
    """All others."""
    present = (group for part, group in _ELSEWHERE.items() if part in text)
    for trigger, rule in chain.from_iterable(present):
        start = text.find(trigger)
        while start >= 0:
            end = start + 1
            for secret in _match(rule, text, max(start - rule.back, 0)):
                yield secret
                end = max(secret.end, end)
            start = text.find(trigger, end)


def _match(rule: Rule, text: str, start: int) -> Iterator[Secret]:
    if match := rule.pattern.match(text, start):
        group = "secret" if "secret" in rule.pattern.groupindex else 0
        yield Secret(match.start(group), match.end(group), rule.kind)


@cache
def _rules_of(beginning: str) -> list[Rule]:
    """The rules that a beginning may be of: a shorter trigger may begin a longer one."""
    return [rule for rule in _TOKENS if beginning.startswith(rule.triggers)]
