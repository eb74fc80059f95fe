"""The nation offline: `services.verify screen` over 34 provinces, 3,321 communes, 100,000 agencies × 40 criteria.

Synthetic claims, figures of a source for a fifth of the criteria, ratings for two fifths, one earlier cycle with what
was verified then. Each size is one process: its whole time (reading and writing files included) and largest memory,
and how both grow beside the number of items.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from tests.needs import ROOT

SIZES = {"provinces": 34, "communes": 3321, "agencies": 100_000}
CRITERIA, CLUSTER = 40, 10


def write_files(folder: Path, units: int) -> None:
    """Framework, claims, observations and history."""
    draw = np.random.default_rng(7)
    level = 60 + draw.normal(0, 6, (units, 1)) + draw.normal(0, 8, CRITERIA) + draw.normal(0, 5, (units, CRITERIA))
    now, before = (np.clip(np.round(level + draw.normal(0, 4, level.shape), 1), 0, 100) for _ in range(2))
    claimed = np.where(draw.random(level.shape) < 0.02, np.minimum(now + draw.uniform(8, 25, level.shape), 100), now)
    rated = np.round(level + draw.normal(0, 5, level.shape), 2)
    names = [f"U{row:06d},K{row // CLUSTER:05d}" for row in range(units)]
    with (folder / "framework.yaml").open("w") as file:
        file.write("framework: nation\nmissing: exclude\ncriteria:\n")
        for column in range(CRITERIA):
            file.write(f"  - code: C{column:02d}\n    max_points: 100\n")
            if column % 5 == 0:
                file.write("    rule: {name: goalposts, low: 0, high: 100}\n")
            if column % 5 < 3:
                kind = "same, tolerance: {absolute: 6}" if column % 5 == 0 else "related"
                file.write(f"    sources: [{{id: nso, indicator: C{column:02d}, relation: {kind}}}]\n")
    with (folder / "claims.csv").open("w") as file, (folder / "observations.csv").open("w") as seen:
        file.write("unit,cluster,criterion,value,self_points\n")
        seen.write("source,unit,indicator,period,value\n")
        with (folder / "history.csv").open("w") as history:
            history.write("unit,cluster,criterion,value,self_points,period,verified_points\n")
            for row, name in enumerate(names):
                unit = name.partition(",")[0]
                for column in range(CRITERIA):
                    points, past = claimed[row, column], before[row, column]
                    value = points if column % 5 == 0 else ""
                    file.write(f"{name},C{column:02d},{value},{points:.1f}\n")
                    history.write(f"{name},C{column:02d},,{past:.1f},2024,{past:.1f}\n")
                    if column % 5 < 3:
                        figure = now[row, column] if column % 5 == 0 else rated[row, column]
                        seen.write(f"nso,{unit},C{column:02d},2025,{figure:.2f}\n")


def run(folder: Path) -> tuple[float, float, float]:
    """Seconds, seconds of the processor, and megabytes of one process."""
    command = [
        *(sys.executable, "-m", "services.verify", "screen", str(folder / "framework.yaml")),
        *("--claims", str(folder / "claims.csv"), "--observations", str(folder / "observations.csv")),
        *("--history", str(folder / "history.csv"), "--out", str(folder / "findings.csv")),
    ]
    begun, peak = time.monotonic(), 0.0
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    while True:
        ended, status, used = os.wait4(process.pid, os.WNOHANG)
        if ended:
            break
        peak = max(peak, _largest_memory(process.pid))
        time.sleep(0.05)
    if status:
        raise RuntimeError(f"the screen ended with {os.waitstatus_to_exitcode(status)}")
    return time.monotonic() - begun, used.ru_utime + used.ru_stime, peak


def _largest_memory(process: int) -> float:
    """Megabytes. Asked while it runs: what the kernel tells at the end counts the parent's memory before `exec` too."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)


def main() -> None:
    """Prints one line per size; SIZES=34,3321 leaves the largest out."""
    asked = [int(size) for size in os.environ.get("SIZES", "").split(",") if size]
    first: tuple[float, float] | None = None
    for name, units in SIZES.items():
        if asked and units not in asked:
            continue
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            write_files(folder, units)
            seconds, processor, megabytes = run(folder)
            items = units * CRITERIA
            first = first or (processor, items)
            growth = f"{processor / first[0]:.1f} × the processor for {items / first[1]:.0f} × the items"
            print(
                f"{units:>7} {name:10} × {CRITERIA}: {seconds:>7.1f} s ({processor:.1f} s of the processor), "
                f"{megabytes:>6.0f} MB, {items / processor:>8.0f} items a processor second; {growth}",
                flush=True,
            )


if __name__ == "__main__":
    main()
