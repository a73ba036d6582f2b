"""The filter of the list of traces: words, a service, a session, failures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.query.terms import QueryError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from aimux_tui.model.telemetry import TraceSummary
    from aimux_tui.store.telemetry.metrics import MetricSeries

FIELDS = ("service", "session", "trace", "is")
_FLAGS = ("failed",)


class TraceFilter(Struct, frozen=True):
    """All of it must hold."""

    words: tuple[str, ...] = ()
    """In lower case; found in name, service or the session's title."""
    fields: tuple[tuple[str, str], ...] = ()
    """(field, beginning of its value in lower case)"""

    def lets_by(self, trace: TraceSummary, title: str) -> bool:
        """Whether a trace fulfils it; `title` is its session's."""
        text = f"{trace.name}\n{trace.service}\n{title}".lower()
        if not all(word in text for word in self.words):
            return False
        values = {"service": trace.service, "session": trace.session, "trace": trace.trace_id}
        return all(
            trace.errors > 0 if name == "is" else values[name].lower().startswith(value)
            for name, value in self.fields
        )

    def lets_metric_by(self, name: str, service: str) -> bool:
        """Whether a metric has the words and is of the service."""
        text = f"{name}\n{service}".lower()
        services = (value for field, value in self.fields if field == "service")
        return all(word in text for word in self.words) and all(
            service.lower().startswith(value) for value in services
        )


def parse_filter(query: str) -> TraceFilter:
    """The filter that is written. Raises QueryError."""
    words: list[str] = []
    fields: list[tuple[str, str]] = []
    at = 0
    for word in query.split():
        start = query.index(word, at)
        at = start + len(word)
        name, colon, value = word.partition(":")
        if not colon or name not in FIELDS:
            if colon and name.isalpha() and value:
                hint = ", ".join(f"{field}:" for field in FIELDS)
                raise QueryError(f"no field {name!r}", f"there are {hint}", start=start, end=at)
            words.append(word.lower())
        elif name == "is" and value not in _FLAGS:
            raise QueryError(f"a trace is not {value!r}", "is:failed", start=start, end=at)
        else:
            fields.append((name, value.lower()))
    return TraceFilter(tuple(words), tuple(fields))


def chosen(
    traces: Iterable[TraceSummary], query: TraceFilter, title_of: Callable[[str], str]
) -> list[TraceSummary]:
    """The traces that fulfil a filter, the newest first."""
    found = [trace for trace in traces if query.lets_by(trace, title_of(trace.session))]
    return sorted(found, key=lambda trace: (-trace.start_ns, trace.trace_id))


def known_values(
    lines: Iterable[TraceSummary] | Iterable[MetricSeries],
) -> Mapping[str, Sequence[str]]:
    """What can be asked for, to complete it."""
    services = dict.fromkeys(line.service for line in lines if line.service.isprintable())
    return {"service": list(services), "is": list(_FLAGS)}
