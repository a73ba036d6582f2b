"""The page around the sessions: what it may load (nothing), how it looks, outline and filter."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from aimux_tui import __version__
from aimux_tui.config.schema import RedactionProfile
from aimux_tui.export.html.facts import label_badge
from aimux_tui.export.html.markup import DOCTYPE, EMPTY, Html, asset, begin, end, joined, tag
from aimux_tui.export.html.sessions import SessionStream, title_of
from aimux_tui.model.annotation import Label
from aimux_tui.text.units import plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import tzinfo

    from aimux_tui.export.base import ExportContext, Material
    from aimux_tui.export.html.sessions import OutlineRow

_PROFILES = {
    RedactionProfile.FULL: "everything as the agent logged it",
    RedactionProfile.BOUNDED: "secrets masked, very long values cut",
    RedactionProfile.REDACTED: "without the words of prompts, answers, inputs and outputs",
}
_FILTERS: tuple[tuple[str, str, Callable[[OutlineRow], bool]], ...] = (
    ("good", "good", lambda row: row.label is Label.GOOD),
    ("bad", "bad", lambda row: row.label is Label.BAD),
    ("waste", "waste", lambda row: row.label is Label.WASTE),
    ("noted", "with a note", lambda row: row.has_note),
    ("failed", "with failures", lambda row: row.has_failed),
    ("unlabelled", "not labelled", lambda row: row.label is None),
)
"""(class of the turns, words, which turns)"""


def page(
    materials: Iterable[Material], context: ExportContext, zone: tzinfo | None = None
) -> Iterator[Html]:
    """The whole page in pieces, none larger than a step. Raises OSError, SessionError."""
    streams: list[SessionStream] = []
    for number, material in enumerate(materials, 1):
        stream = SessionStream(material, f"s{number}", zone)
        if number == 1:
            title = title_of(material.session) if context.sessions == 1 else ""
            yield from _head(title or plural(context.sessions, "session"))
        yield from stream.chunks()
        streams.append(stream)
    if not streams:
        yield from _head("nothing to show")
        yield tag("p", "No turn was chosen.", class_="note")
    yield _foot(context, zone)
    yield end("main")
    yield from _outline(streams)
    yield joined(asset("script", _asset("page.js")), end("body"), end("html"))


def _head(title: str) -> Iterator[Html]:
    yield joined(DOCTYPE, begin("html", lang="en"), begin("head"))
    yield tag("meta", charset="utf-8")
    # Before anything else: whatever should get past the escaping can neither run nor phone home.
    policy = (
        f"default-src 'none'; style-src '{_hash('page.css')}'; script-src '{_hash('page.js')}'; "
        "base-uri 'none'; form-action 'none'"
    )
    yield tag("meta", http_equiv="Content-Security-Policy", content=policy)
    yield tag("meta", http_equiv="x-dns-prefetch-control", content="off")
    yield tag("meta", name="referrer", content="no-referrer")
    yield tag("meta", name="viewport", content="width=device-width, initial-scale=1")
    yield tag("meta", name="color-scheme", content="light dark")
    yield tag("meta", name="generator", content=f"aimux {__version__}")
    yield joined(tag("title", title), asset("style", _asset("page.css")), end("head"))
    yield joined(begin("body"), tag("a", "Outline and filter", href="#outline", class_="skip"))
    yield begin("main")


def _foot(context: ExportContext, zone: tzinfo | None) -> Html:
    local = context.created.astimezone(zone)
    made = local.strftime("%Y-%m-%d %H:%M")
    parts = [
        f"Exported by aimux {__version__} on {made}, in UTC{_offset(local.strftime('%z'))}. ",
        f"Redaction profile {context.profile.value}: {_PROFILES[context.profile]}. ",
        "Costs are estimates at list price; ≥ marks what is too low, — what is not known.",
    ]
    chosen = "; ".join(f"{name}: {_shown(value)}" for name, value in context.scope.items() if value)
    if chosen:
        parts.append(f" Chosen: {chosen}.")
    return tag("footer", tag("p", *parts))


def _offset(offset: str) -> str:
    return f"{offset[:3]}:{offset[3:5]}" if offset.strip("+-0") else ""


def _shown(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _outline(streams: Sequence[SessionStream]) -> Iterator[Html]:
    """Comes last, when every turn has gone by; the style sheet puts it where it is looked for."""
    rows = [row for stream in streams for row in stream.outline]
    yield begin("aside", id="outline")
    # A box to tick, since a `details` cannot be open on a wide screen and closed on a narrow one.
    yield tag("input", type="checkbox", id="unfold-outline")
    yield tag("label", f"Outline, {plural(len(rows), 'turn')}", for_="unfold-outline")
    yield joined(begin("div", class_="panel"), _filters(rows))
    yield begin("nav", aria_label="Turns")
    for stream in streams:
        if len(streams) > 1:
            yield tag("h2", tag("a", title_of(stream.session), href=f"#{stream.ident}"))
        yield joined(begin("ol"), *map(_outline_row, stream.outline), end("ol"))
    yield joined(end("nav"), end("div"), end("aside"))


def _outline_row(row: OutlineRow) -> Html:
    pen = tag("span", "✎", class_="pen") if row.has_note else EMPTY
    failed = tag("span", "✗", class_="bad", title="failed tool calls") if row.has_failed else EMPTY
    title = tag("span", row.title, class_="title", dir="auto")
    marks = joined(failed, pen, label_badge(row.label))
    return tag(
        "li",
        tag("a", tag("span", str(row.number), class_="number"), title, marks, href=f"#{row.ident}"),
    )


def _filters(rows: Sequence[OutlineRow]) -> Html:
    """Which turns to show: works without the script."""
    counted = [(name, words, sum(map(fits, rows))) for name, words, fits in _FILTERS]
    offered = [choice for choice in counted if 0 < choice[2] < len(rows)]
    if not offered:
        return EMPTY
    radios = (
        tag(
            "span",
            tag("input", type="radio", name="show", id=f"show-{name}", checked=name == "all"),
            tag("label", f"{words} ", tag("small", f"{count:,}"), for_=f"show-{name}"),
            class_="choice",
        )
        for name, words, count in [("all", "all", len(rows)), *offered]
    )
    return tag("fieldset", tag("legend", "Show turns"), *radios)


@cache
def _asset(name: str) -> str:
    return (files("aimux_tui.export.html") / name).read_text(encoding="utf-8")


def _hash(name: str) -> str:
    digest = hashlib.sha256(_asset(name).encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"
