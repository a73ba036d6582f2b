"""The part of `aimux doctor` about the search index: its size, and what it does not cover yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aimux_tui.cli.setup import make_search_index
from aimux_tui.store.search.text_search import TextSearch
from aimux_tui.text.units import format_bytes, plural

if TYPE_CHECKING:
    from aimux_tui.cli.setup import Surroundings
    from aimux_tui.store.library import Library


def examine_search(surroundings: Surroundings, library: Library) -> dict[str, Any]:
    """What the report says of the search index, as plain values. Builds nothing."""
    index = make_search_index(surroundings)
    exists = index.folder is not None and index.folder.is_dir()
    if not exists:
        index = make_search_index(surroundings, is_used=False)
    coverage = TextSearch(library, index).coverage()
    report = {
        "path": str(index.folder) if index.folder else None,
        "bytes": index.size,
        "logs": coverage.logs,
        "log_bytes": coverage.bytes,
        "covered_bytes": coverage.covered_bytes,
        "trouble": index.trouble or None,
    }
    index.close()
    return report


def format_search(report: dict[str, Any]) -> list[str]:
    """The lines about it."""
    if report["path"] is None:
        return ["Search index: none yet, searches read the logs"]
    total, covered = report["log_bytes"], report["covered_bytes"]
    share = 100 * covered // total if total else 100
    covers = f"covers {share} % of {format_bytes(total)} in {plural(report['logs'], 'log')}"
    lines = [f"Search index: {report['path']} ({format_bytes(report['bytes'])}), {covers}"]
    if report["trouble"]:
        lines.append(f"  {report['trouble']}")
    return lines
