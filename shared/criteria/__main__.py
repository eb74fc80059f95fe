"""`python -m shared.criteria lint FRAMEWORK` and `… score FRAMEWORK --values VALUES.csv [--out POINTS.csv]`."""

import argparse
import csv
import io
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from shared.contracts.refusals import Fault
from shared.contracts.sentences import N_, language_of_terminal, sentence
from shared.criteria.command_line import run, say, write_whole
from shared.criteria.completeness import require_complete
from shared.criteria.lint import remarks
from shared.criteria.loader import load_file
from shared.criteria.standings import cohort_notes, score_cohort
from shared.criteria.tables import read_values


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0, or 2 for bad input."""
    parser = argparse.ArgumentParser(prog="python -m shared.criteria", description="Check a framework; score values.")
    commands = parser.add_subparsers(dest="command", required=True)
    lint = commands.add_parser("lint", help="check a framework and say what deserves a second look")
    score = commands.add_parser("score", help="points of values, criterion by criterion")
    for command in (lint, score):
        command.add_argument("framework", type=Path, metavar="FRAMEWORK")
    score.add_argument("--values", type=Path, required=True, metavar="VALUES.csv")
    score.add_argument("--out", type=Path, metavar="POINTS.csv")
    chosen = parser.parse_args(arguments)
    if chosen.command == "lint":
        return run(lambda: _lint(chosen.framework))
    return run(lambda: _score(chosen.framework, chosen.values, chosen.out))


def _lint(path: Path) -> int:
    framework = load_file(path)
    found = list(remarks(framework))
    for remark in found:
        say(remark)
    said = N_(
        "%(code)s: %(criteria)s criteria in %(groups)s groups, total %(total)s, SHA-256 %(sha256)s; %(count)s remarks."
    )
    say(
        sentence(said, code=framework.code, criteria=len(framework.criteria), groups=len(framework.groups),
                 total=float(framework.total), sha256=framework.sha256, count=len(found))
    )  # fmt: skip
    return 0


def _score(path: Path, values_path: Path, out: Path | None) -> int:
    framework = load_file(path)
    table = read_values(framework, values_path)
    points = score_cohort(framework, table.units, table.clusters, table.values, table.targets)
    require_complete(
        framework, table.units, points, given=table.values, lines=table.lines, file=table.file, column="value"
    )
    language = language_of_terminal()
    for _, cluster, said in cohort_notes(framework, table.clusters, table.values):
        print(Fault(said, file=table.file, path=cluster).in_language(language), file=sys.stderr)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("unit", "cluster", "criterion", "points"))
    codes = [item.code for item in framework.items]
    additions = len(framework.criteria)  # bonuses, penalties and gates are listed where they are claimed
    for unit, cluster, row in zip(table.units, table.clusters, points.tolist(), strict=True):
        writer.writerows(
            (unit, cluster, code, "" if np.isnan(figure) else repr(figure))
            for column, (code, figure) in enumerate(zip(codes, row, strict=True))
            if column < additions or not np.isnan(figure)
        )
    content = text.getvalue().encode()
    if out is None:
        sys.stdout.write(content.decode())
    else:
        write_whole(out, content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
