"""`python -m tests.benchmarks [WORD]`: runs every `bench_*.py` here (whose name holds WORD) one after the other.

Each has `main() -> None`, measures its baseline in the same run and prints ratios against it. None fails on a time.
"""

import importlib
import os
import sys
import time
from pathlib import Path


def main(words: list[str]) -> int:
    """Run them; 2 when no benchmark is meant."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    chosen = [name for name in names if not words or any(word in name for word in words)]
    if not chosen:
        print(f"bench: there is none of that name; there are: {', '.join(names) or 'none'}", file=sys.stderr)
        return 2
    # As in the worker; threads of several libraries on few processors mostly wait for one another.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    for name in chosen:
        begun = time.monotonic()
        print(f"== {name.removeprefix('bench_').replace('_', ' ')}", flush=True)
        importlib.import_module(f"tests.benchmarks.{name}").main()
        print(f"   ({time.monotonic() - begun:.0f} s)\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
