"""Runs a command and measures it: wall time, processor time, peak memory of its process tree."""

from __future__ import annotations

import contextlib
import os
import resource
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")
_SAMPLE_MS = 5
# ru_maxrss is in kilobytes, on macOS in bytes.
_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True)
class Command:
    """Something to be measured. No shell: `argv` is run as it is."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    """Set on top of the environment."""
    output: Path | None = None
    """Where its standard output goes; nowhere by default."""
    accepts: frozenset[int] = frozenset({0})
    """Exit codes that are no failure."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One run."""

    wall: float
    """Seconds from before the start until the exit was seen."""
    cpu: float
    """Seconds, user and system, of the process and all it waited for."""
    peak_rss: int
    """Bytes: the largest sum over the process tree that was seen. Pages that two processes
    share count in both."""


class CommandFailedError(RuntimeError):
    """A measured command ended with an exit code that it should not."""


def run(command: Command) -> Sample:
    """Run to the end. Raises CommandFailedError with what it wrote to standard error."""
    with contextlib.ExitStack() as stack:
        output = stack.enter_context(
            command.output.open("wb") if command.output else Path(os.devnull).open("wb")  # noqa: SIM115
        )
        reads, writes = os.pipe()
        errors = stack.enter_context(os.fdopen(reads, "rb"))
        start = time.perf_counter()
        process = subprocess.Popen(
            command.argv,
            env={**os.environ, **command.env},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=writes,
        )
        os.close(writes)
        os.set_blocking(reads, False)
        peak, complaint = _watch(process.pid, reads)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        complaint += errors.read() or b""
    if process.returncode not in command.accepts:
        text = complaint.decode(errors="replace")[-2000:]
        raise CommandFailedError(f"{command.name}: exit code {process.returncode}\n{text}")
    return Sample(
        wall=wall,
        cpu=usage.ru_utime + usage.ru_stime,
        peak_rss=max(peak, _reported_peak(usage)),
    )


def _reported_peak(usage: resource.struct_rusage) -> int:
    """The largest single process as the kernel reports it, unless that may be our own size.

    A child's figure begins with the memory of the process that forked it.
    """
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return usage.ru_maxrss * _MAXRSS_UNIT if usage.ru_maxrss > own else 0


def why_not_runnable(command: Command) -> str:
    """Run it once; why it fails, or "" if it does not."""
    try:
        run(command)
    except (CommandFailedError, OSError) as error:
        return f"not runnable yet: {str(error).strip().splitlines()[-1]}"
    return ""


def _watch(pid: int, errors: int) -> tuple[int, bytes]:
    """Sample the tree until the process ends; returns (peak bytes, what it complained of)."""
    if not hasattr(os, "pidfd_open"):
        return 0, b""  # without Linux's handles wait4 alone has to do
    peak, complaint = 0, b""
    handle = os.pidfd_open(pid)
    try:
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        while not poll.poll(_SAMPLE_MS):
            peak = max(peak, tree_rss(pid), *map(_peak_rss, tree(pid)))
            with contextlib.suppress(BlockingIOError):
                complaint += os.read(errors, 65536)
    finally:
        os.close(handle)
    return peak, complaint


def tree_rss(pid: int) -> int:
    """Resident bytes of a process and its descendants now; 0 if it has gone."""
    return sum(_rss(member) for member in tree(pid))


def peak_tree_rss(pid: int) -> int:
    """Bytes: each process's own largest size so far, added up over the tree."""
    return sum(_peak_rss(member) for member in tree(pid))


def tree_cpu(pid: int) -> float:
    """Processor seconds so far of a process and its living descendants."""
    return sum(_cpu(member) for member in tree(pid))


def tree(pid: int) -> Iterator[int]:
    """A process and its descendants."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue
        for child in children:
            yield from tree(int(child))


def _rss(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def _peak_rss(pid: int) -> int:
    """The largest resident size since the process began with its program."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), 0)


def _cpu(pid: int) -> float:
    """User and system seconds, from schedstat where there is one: nanoseconds, not ticks."""
    total = 0
    for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        try:
            total += int(task.read_text().split()[0])
        except (OSError, IndexError):
            continue
    return total / 1e9
