"""How late an event loop becomes while the receiver works in another thread of its process.

    python -m benchmarks.receiver_lag        # half a minute

The screen's event loop is played by one that wants to wake every two milliseconds. The load comes
from another process: 5,000 log records a second in requests of 50, and a request of 3 MB each
second.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from aimux_tui.config.schema import OtelSettings
from aimux_tui.receiver.status import ReceiverState
from aimux_tui.receiver.thread import ReceiverThread
from benchmarks import environment
from benchmarks.generate.telemetry import log_requests
from benchmarks.receiver import free_port

_TICK = 0.002
_RECORDS = 50
_REQUESTS_A_SECOND = 100
_LARGE = 4500
"""Records of the request that is sent once a second: 3 MB."""


def feed(port: int, seconds: float) -> None:
    """Send the load."""
    small, (large,) = log_requests(20, _RECORDS), log_requests(1, _LARGE)
    connection = http.client.HTTPConnection("127.0.0.1", port)
    start = time.monotonic()
    number = 0
    while (now := time.monotonic()) < start + seconds:
        due = start + number / _REQUESTS_A_SECOND
        if now < due:
            time.sleep(due - now)
        body = large if number % _REQUESTS_A_SECOND == 50 else small[number % len(small)]
        connection.request("POST", "/v1/logs", body, {"Content-Type": "application/x-protobuf"})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200
        number += 1


async def lateness(seconds: float) -> list[float]:
    """Milliseconds by which each wake-up came too late, sorted."""
    late: list[float] = []
    end = time.perf_counter() + seconds
    while (before := time.perf_counter()) < end:
        await asyncio.sleep(_TICK)
        late.append((time.perf_counter() - before - _TICK) * 1000)
    return sorted(late)


def row(name: str, late: list[float]) -> str:
    """A row of the table."""
    middle, most = late[len(late) // 2], late[int(len(late) * 0.99)]
    return f"| {name} | {middle:.2f} | {most:.1f} | {late[-1]:.1f} |"


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--feed", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.feed:
        feed(options.feed, options.seconds)
        return
    with tempfile.TemporaryDirectory() as folder:
        receiver = ReceiverThread(OtelSettings(port=free_port()), Path(folder) / "telemetry.db")
        receiver.start()
        while receiver.status.state is not ReceiverState.LISTENING:
            time.sleep(0.05)
        rows = [row("no load", asyncio.run(lateness(options.seconds)))]
        argv = [sys.executable, "-m", "benchmarks.receiver_lag", "--feed"]
        argv += [str(receiver.status.port), "--seconds", str(options.seconds + 2)]
        with subprocess.Popen(argv) as feeder:
            time.sleep(2)
            rows.append(row("5,000 records/s and 3 MB/s", asyncio.run(lateness(options.seconds))))
            feeder.wait()
        received = receiver.status.logs
        receiver.stop()
    print("| event loop beside the receiver | late ms p50 | p99 | most |\n|---|---|---|---|")
    print("\n".join(rows))
    print(f"\n{received:,} records; {environment.describe()}")


if __name__ == "__main__":
    main()
