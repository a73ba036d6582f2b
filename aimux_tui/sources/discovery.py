"""Finding every log on this machine."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from aimux_tui.errors import SessionError
from aimux_tui.providers.base import LogFile
from aimux_tui.providers.packing import PACKED
from aimux_tui.providers.registry import load_provider, load_providers
from aimux_tui.sources.reader import Stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from aimux_tui.providers.base import Provider

_HEAD = 65_536


class Home(Struct, frozen=True):
    """A place where an agent keeps its logs, or where aimux keeps copies of them."""

    provider: str
    path: Path
    original: Path | None = None
    """The home whose logs were copied here; None for an agent's own."""


class FoundLog(Struct, frozen=True):
    """A log file and the state in which it was met."""

    file: LogFile
    stamp: Stamp


def find_homes(
    enabled: Iterable[str],
    extra: Mapping[str, Sequence[str]],
    *,
    env: Mapping[str, str],
    home: Path,
) -> tuple[Home, ...]:
    """The homes of the enabled providers, and the further ones that the user configured."""
    homes: dict[tuple[str, Path], None] = {}
    for name in enabled:
        provider = load_provider(name)
        configured = [Path(path).expanduser() for path in extra.get(name, ())]
        for path in [*provider.roots(env, home), *configured]:
            homes.setdefault((name, path.absolute()))
    return tuple(Home(name, path) for name, path in homes)


def find_logs(homes: Iterable[Home]) -> Iterator[FoundLog]:
    """Every log below the homes; each file once, however many homes reach it."""
    seen: set[str] = set()
    for home in homes:
        for file in _files_in(home):
            if file.path in seen:
                continue
            seen.add(file.path)
            try:
                stamp = Stamp.of(os.stat(file.path))  # noqa: PTH116 - half the cost of Path.stat
            except OSError:
                continue  # gone, or not ours to read
            yield FoundLog(file, stamp)


def _files_in(home: Home) -> Iterator[LogFile]:
    """The logs of a home; of an archive, those whose originals are gone."""
    files = load_provider(home.provider).find(home.path)
    if home.original is None:
        yield from files
        return
    for file in files:
        place = home.original / Path(file.path).relative_to(home.path)
        original = str(place).removesuffix(PACKED)
        # Beside it, as an agent may compress its own logs.
        if not any(os.path.lexists(path) for path in (original, original + PACKED)):
            yield replace(file, archived_from=original)


def look_again(logs: Iterable[FoundLog]) -> Iterator[FoundLog]:
    """The same logs, as they are now; those that are gone are left out."""
    for found in logs:
        try:
            yield FoundLog(found.file, Stamp.of(os.stat(found.file.path)))  # noqa: PTH116 - as above
        except OSError:
            continue


def logs_at(path: Path) -> list[FoundLog]:
    """The log at `path` and the sub-agents' logs in the folder of the same name beside it.

    Raises SessionError if no provider knows the log.
    """
    main = recognise_log(path)
    logs = [main]
    folder = path.with_suffix("")
    if folder.is_dir():
        provider = load_provider(main.file.provider)
        for file in sorted(folder.rglob("*.jsonl")):
            with contextlib.suppress(SessionError):
                logs.append(recognise_log(file, provider))
    return logs


def recognise_log(path: Path, provider: Provider | None = None) -> FoundLog:
    """The log at `path`, wherever it lies. Raises SessionError if no provider knows it."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
            stamp = Stamp.of(os.fstat(stream.fileno()))
    except OSError as error:
        raise SessionError(f"{path}: {error.strerror or error}", hint="check the path") from error
    for candidate in (provider,) if provider else load_providers():
        file = candidate.recognise(path.absolute(), head)
        if file is not None:
            return FoundLog(file, stamp)
    raise SessionError(
        f"{path}: not a log that aimux knows",
        hint="it reads the session logs of Claude Code, Codex CLI and Gemini CLI",
    )
