"""Every provider of the registry, each with the logs of a small home."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from aimux_tui.providers.registry import load_provider, provider_names
from tests.contract.homes import write_home

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aimux_tui.model.body import Span
    from aimux_tui.providers.base import LogFile, LogScan, Provider


@dataclass(frozen=True)
class Log:
    """A log of a provider, in memory."""

    provider: Provider
    file: LogFile
    data: bytes

    @property
    def name(self) -> str:
        """For messages of failing tests."""
        return Path(self.file.path).name

    @property
    def grows(self) -> bool:
        """Whether it grows line by line."""
        return self.file.format == "lines"

    def lines(self) -> list[bytes]:
        """Its lines, each with its newline."""
        return self.data.splitlines(keepends=True)

    def with_data(self, data: bytes) -> Log:
        """The same log with another content."""
        return Log(self.provider, self.file, data)

    def scan(self, blocks: Sequence[bytes] | None = None) -> LogScan:
        """The scan of the whole log, or of the given blocks of it."""
        scan = self.provider.scan(self.file)
        offset = 0
        for block in [self.data] if blocks is None else blocks:
            scan.feed(block, offset)
            offset += len(block)
        return scan

    def read(self, span: Span) -> bytes:
        """The bytes of `span`: a log is its own source."""
        return self.data[span.offset : span.end]


@pytest.fixture(scope="session", params=provider_names())
def provider(request: pytest.FixtureRequest) -> Provider:
    return load_provider(request.param)


@pytest.fixture(scope="session")
def home(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp(provider.name)
    assert write_home(provider.name, home), (
        f"nobody knows a home of {provider.name}: write one in tests/providers/{provider.name}/"
    )
    return home


@pytest.fixture(scope="session")
def logs(provider: Provider, home: Path) -> list[Log]:
    """Every log of the home that is not compressed."""
    files = [file for root in provider.roots({}, home) for file in provider.find(root)]
    return [
        Log(provider, file, Path(file.path).read_bytes())
        for file in files
        if file.format != "zstd-lines"
    ]
