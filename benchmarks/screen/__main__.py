"""`python -m benchmarks.screen [NAME…]` runs list, open, keys, busy, memory, tail, ten and idle."""

from __future__ import annotations

import argparse

from benchmarks.corpus import bench_dir
from benchmarks.screen import idle, keys, start, tail

_BENCHMARKS = {
    "list": start.start_list,
    "open": start.start_open,
    "keys": keys.key_to_frame,
    "busy": keys.key_while_indexing,
    "memory": keys.memory,
    "tail": tail.one_agent,
    "ten": tail.ten_agents,
    "idle": idle.idle,
}


def main() -> None:
    """Run, print and save the benchmarks that are named."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.screen", description=__doc__)
    parser.add_argument("names", nargs="*", default=list(_BENCHMARKS), metavar="NAME")
    parser.add_argument("--runs", type=int, default=15, help="more runs, steadier figures")
    parser.add_argument("--scale", type=float, default=1.0, help="of the corpora")
    options = parser.parse_args()
    for name in options.names:
        for number, figures in enumerate(_BENCHMARKS[name](options.runs, options.scale)):
            print(figures.to_markdown())
            print(f"{figures.save(bench_dir() / 'results', f'screen-{name}-{number}')}\n")


if __name__ == "__main__":
    main()
