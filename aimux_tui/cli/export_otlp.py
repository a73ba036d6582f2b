"""`aimux export --format otlp`: sessions as traces, sent to where the user agreed to send them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import msgspec

from aimux_tui.cli.export import following
from aimux_tui.cli.export_scope import choose
from aimux_tui.cli.export_text import preview_fields, preview_text
from aimux_tui.cli.output import print_json
from aimux_tui.cli.setup import tell_errors
from aimux_tui.config.schema import RedactionProfile
from aimux_tui.errors import CommandError, ExportError
from aimux_tui.export.consents import Consents
from aimux_tui.export.otlp.exporter import export_sessions, retry_spool
from aimux_tui.export.otlp.target import target_of
from aimux_tui.export.preview import preview
from aimux_tui.export.run import make_redactor
from aimux_tui.text.sanitise import one_line
from aimux_tui.text.units import plural

if TYPE_CHECKING:
    import argparse

    from aimux_tui.cli.setup import Surroundings
    from aimux_tui.export.otlp.result import OtlpResult
    from aimux_tui.export.otlp.target import OtlpTarget
    from aimux_tui.export.scope import Selection


def run(surroundings: Surroundings, options: argparse.Namespace) -> int:
    """Send, or tell what would be sent. Raises AimuxError."""
    if options.out:
        raise CommandError("--out is for files", hint="--endpoint says where to send")
    tell_errors(surroundings)
    target = target_of(surroundings.settings.export, options.endpoint or "")
    state = surroundings.paths.state
    if options.retry:
        return _tell(retry_spool(target, state), (), as_json=options.json)
    selection = choose(surroundings, options)
    profile = RedactionProfile(options.redact or surroundings.settings.export.redact)
    if options.preview:
        with following(selection) as tracker:
            found = preview(selection, "jsonl", profile, tracker)
        if options.json:
            print_json(preview_fields(found, target.base))
        else:
            print(preview_text(found, target.base))
        return 0
    _agree(surroundings, options, selection, target, profile)
    with following(selection) as tracker:
        materials = selection.materials(tracker, make_redactor(profile))
        result = export_sessions(materials, target, state)
    return _tell(result, tracker.missed, as_json=options.json)


def _agree(
    surroundings: Surroundings,
    options: argparse.Namespace,
    selection: Selection,
    target: OtlpTarget,
    profile: RedactionProfile,
) -> None:
    """Ask before anything goes to an endpoint of another machine for the first time.

    Raises ExportError if the user does not agree, or cannot be asked.
    """
    consents = Consents(surroundings.paths.state / "endpoints.json")
    agreed = list(RedactionProfile)[::-1]
    known = consents.get(target.base)
    if target.is_local or (known and agreed.index(profile) <= agreed.index(known)):
        return
    if not options.yes:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise ExportError(
                f"nothing was sent to {target.base} so far",
                hint="--preview tells what would leave; --yes sends it",
            )
        with following(selection) as tracker:
            found = preview(selection, "jsonl", profile, tracker)
        print(preview_text(found, target.base), file=sys.stderr)
        print("send it? [y/N] ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
            raise ExportError("nothing was sent")
    consents.put(target.base, profile)


def _tell(result: OtlpResult, missed: list[str] | tuple[str, ...], *, as_json: bool) -> int:
    if as_json:
        print_json({"schema": 1, **msgspec.structs.asdict(result), "missed": missed})
    else:
        print(one_line(result.line))
    for remark in result.remarks:
        print(f"aimux: {one_line(remark)}", file=sys.stderr)
    if missed:
        print(
            f"aimux: {plural(len(missed), 'session')} left out: their logs cannot be read",
            file=sys.stderr,
        )
    return 1 if result.spooled or result.rejected else 0
