"""Goes through a session as an OTLP export does, as far as it is told, and prints what it came to.

`python -m benchmarks.baselines.export_session HOME turns|spans|parcel FOLDER`: reads every turn;
builds the spans as well; packs them into a file in FOLDER as well.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from aimux_tui.annotations.book import EvaluationBook
from aimux_tui.export.material import SessionMaterial
from aimux_tui.export.otlp.parcel import ParcelWriter
from aimux_tui.export.otlp.session_spans import SpanOptions, resource_of, session_spans
from aimux_tui.export.otlp.spans import Span
from aimux_tui.pricing.arithmetic import PriceTable
from aimux_tui.sources.discovery import find_homes
from aimux_tui.store.index import Index
from aimux_tui.store.library import Library

_RSS_UNIT = 1 if sys.platform == "darwin" else 1024


def peak() -> int:
    """The most memory so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RSS_UNIT


def export(home: Path, what: str, folder: Path) -> dict[str, float]:
    """Spans, bytes, seconds of processor time once the log was read, growth of the peak."""
    homes = find_homes(["claude"], {}, env={"CLAUDE_CONFIG_DIR": str(home)}, home=home)
    library = Library(homes, Index(None), PriceTable())
    library.load_fully()
    (session,) = library.sessions()
    material = SessionMaterial(library, session, EvaluationBook(folder / "evaluations"))
    options = SpanOptions()
    before, start = peak(), time.process_time()
    spans = 0
    path = folder / "session.parcel"
    if what == "turns":
        spans = sum(1 for _ in material.turns())
    elif what == "spans":
        spans = sum(isinstance(item, Span) for item in session_spans(material, options))
    else:
        with ParcelWriter(
            path, "", session.key, resource_of(session, options), is_whole=True
        ) as parcel:
            for item in session_spans(material, options):
                spans += isinstance(item, Span)
                parcel.add(item)
    return {
        "spans": spans,
        "bytes": path.stat().st_size if path.exists() else 0,
        "seconds": time.process_time() - start,
        "growth": peak() - before,
    }


if __name__ == "__main__":
    print(json.dumps(export(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))))
