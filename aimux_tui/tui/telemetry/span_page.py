"""A span in full: attributes by their prefixes, events, links, who sent it, its log records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from textual.content import Content

from aimux_tui.model.telemetry import SpanKind, SpanStatus
from aimux_tui.text.sanitise import one_line, sanitise
from aimux_tui.text.units import format_nanoseconds
from aimux_tui.tui.format.lines import EMPTY, Line, Wrap, text_lines
from aimux_tui.tui.format.span_row import moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from aimux_tui.model.telemetry import LogEvent, Span
    from aimux_tui.store.telemetry.tree import TraceTree
    from aimux_tui.tui.format.look import Look

_SHORT = 160
_LONGEST = 100_000
"""Characters of one value that are shown."""
_BLANK = Line(EMPTY)


def span_lines(span: Span, tree: TraceTree, title: str, look: Look) -> list[Line]:
    """Everything that is known of a span; `title` is that of the session it belongs to."""
    lines = [*_head(span, tree, title, look)]
    logs = [log for log in tree.logs if log.span_id == span.span_id]
    if span.events:
        lines += [_BLANK, _heading(f"Events, {len(span.events)}", look)]
        for event in span.events:
            lines += _happening(event.name, event.time_ns - span.start_ns, event.attributes, look)
    if logs:
        lines += [_BLANK, _heading(f"Log records, {len(logs)}", look)]
        for log in logs:
            lines += log_lines(log, span.start_ns, look)
    for prefix, fields in grouped(span.attributes):
        lines += [_BLANK, _heading(prefix, look), *_fields(fields, look)]
    if span.links:
        lines += [_BLANK, _heading(f"Links, {len(span.links)}", look)]
        for link in span.links:
            lines.append(_field("to", f"span {link.span_id} of trace {link.trace_id}", look))
            lines += _fields(sorted(link.attributes.items()), look)
    if span.resource.attributes:
        lines += [_BLANK, _heading("Sent by", look)]
        lines += _fields(sorted(span.resource.attributes.items()), look)
    if span.scope.name:
        lines.append(_field("scope", f"{span.scope.name} {span.scope.version}".strip(), look))
    return lines


def log_lines(log: LogEvent, start_ns: int, look: Look) -> list[Line]:
    """A log record: when after the start, what, its body, its attributes."""
    attributes = {key: value for key, value in log.attributes.items() if key != "event.name"}
    lines = _happening(log.name or "(log)", log.time_ns - start_ns, attributes, look)
    if log.body not in (None, "", log.name) and not str(log.body).endswith(log.name):
        lines.insert(1, _field("body", _text(log.body), look))
    if log.severity and log.severity.upper() != "INFO":
        lines.insert(1, _field("severity", log.severity, look))
    return lines


def grouped(attributes: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, Any]]]]:
    """(prefix, [(name within it, value)]): "gen_ai.usage.input_tokens" is in "gen_ai".

    What stands alone comes together, first.
    """
    groups: dict[str, list[tuple[str, Any]]] = {}
    for name, value in sorted(attributes.items()):
        prefix, dot, rest = name.partition(".")
        groups.setdefault(prefix if dot else "", []).append((rest if dot else name, value))
    alone = groups.pop("", [])
    for prefix in [prefix for prefix, fields in groups.items() if len(fields) == 1]:
        ((rest, value),) = groups.pop(prefix)
        alone.append((f"{prefix}.{rest}", value))
    first = [("Attributes", sorted(alone))] if alone else []
    return [*first, *groups.items()]


def _head(span: Span, tree: TraceTree, title: str, look: Look) -> Iterator[Line]:
    palette = look.palette
    is_bad = span.status is SpanStatus.ERROR
    yield Line(
        Content.styled(
            one_line(span.name) or "(no name)", palette.failed if is_bad else palette.heading
        )
    )
    if span.status is not SpanStatus.UNSET or span.status_message:
        said = f"{span.status.value} {one_line(span.status_message, 2_000)}".strip()
        yield _field("status", said, look, is_bad=is_bad)
    yield _field("took", look.plain(format_nanoseconds(span.duration_ns)), look)
    began = moment(span.start_ns).astimezone(look.zone).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    after = look.plain(format_nanoseconds(span.start_ns - tree.start_ns))
    yield _field("began", f"{began}, {after} into the trace", look)
    yield _field("service", span.resource.service, look)
    if span.kind not in {SpanKind.UNSPECIFIED, SpanKind.INTERNAL}:
        yield _field("kind", span.kind.value, look)
    if title:
        yield _field("session", f"{title} (enter goes there)", look)
    yield _field("span", span.span_id, look)
    if span.parent_id:
        yield _field("parent", span.parent_id, look)


def _happening(name: str, after: int, attributes: Mapping[str, Any], look: Look) -> list[Line]:
    sign = "+" if after >= 0 else "-"
    when = look.plain(f"{sign}{format_nanoseconds(abs(after))}")
    head = Line(
        Content.styled(one_line(name, 200), look.palette.accent),
        prefix=Content.styled(f"{when:>7}  ", look.palette.muted),
    )
    return [head, *_fields(sorted(attributes.items()), look, indent="         ")]


def _fields(fields: Iterable[tuple[str, Any]], look: Look, indent: str = "") -> list[Line]:
    """Short values beside their names, long ones as blocks below them."""
    lines: list[Line] = []
    for name, value in fields:
        text = _text(value)
        if len(text) <= _SHORT and "\n" not in text:
            lines.append(_field(name, text, look, indent))
            continue
        label = Content.styled(indent + one_line(name, 100), look.palette.muted)
        lines.append(Line(label))
        bar = Content.styled(f"{indent}{look.glyphs.quote} ", look.palette.faint)
        cut = sanitise(text[:_LONGEST])
        lines += [
            Line(line.content, prefix=bar, hang=bar, wrap=Wrap.FOLD)
            for line in text_lines(cut, look.palette.text)
        ]
        if len(text) > _LONGEST:
            more = f"{len(text) - _LONGEST:,} more characters"
            lines.append(Line(Content.styled(look.plain(f"{indent}… {more}"), look.palette.muted)))
    return lines


def _field(
    name: str, value: str, look: Look, indent: str = "", *, is_bad: bool = False
) -> Line:  # fmt: skip
    style = look.palette.failed if is_bad else look.palette.text
    label = Content.styled(f"{indent}{one_line(name, 100)}  ", look.palette.muted)
    return Line(Content.styled(one_line(value), style), prefix=label, hang=Content(f"{indent}  "))


def _heading(text: str, look: Look) -> Line:
    return Line(Content.styled(one_line(text), look.palette.heading))


def _text(value: object) -> str:
    """A value as text; JSON in a string is set out."""
    if isinstance(value, str):
        if len(value) > _SHORT and value[:1] in "{[" and len(value) < _LONGEST:
            return _set_out(value) or value
        return value
    if isinstance(value, bytes):
        return value.hex(" ")
    if value is None:
        return "none"
    if isinstance(value, bool | int | float):
        return str(value).lower()
    try:
        text = msgspec.json.encode(value).decode()
    except (TypeError, ValueError):
        return str(value)
    return text if len(text) <= _SHORT else (_set_out(text) or text)


def _set_out(text: str) -> str:
    try:
        return msgspec.json.format(text, indent=2)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return ""
