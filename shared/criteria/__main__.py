"""Offline work on frameworks: `lint`, `score`, `overlay`, `convert` and `schema` (see `--help`)."""

import argparse
import csv
import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import N_, Sentence, language_of_terminal, sentence
from shared.criteria import model, overlays
from shared.criteria.command_line import run, say, write_whole
from shared.criteria.completeness import require_complete
from shared.criteria.documents import yaml_text
from shared.criteria.files import load_file, load_file_with_places
from shared.criteria.lint import remarks
from shared.criteria.lint_cohort import cohort_remarks
from shared.criteria.standings import cohort_notes, score_cohort
from shared.criteria.tables import Values, read_values


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0, or 2 for bad input."""
    parser = argparse.ArgumentParser(prog="python -m shared.criteria", description="Check a framework; score values.")
    commands = parser.add_subparsers(dest="command", required=True)
    lint = commands.add_parser("lint", help="check a framework and say what deserves a second look")
    score = commands.add_parser("score", help="points of values, criterion by criterion")
    overlay = commands.add_parser("overlay", help="what a cluster's overlay changes, and whether it favours the head")
    convert = commands.add_parser("convert", help="turn a framework from YAML, JSON or Excel into another of them")
    for command in (lint, score, overlay, convert):
        command.add_argument("framework", type=Path, metavar="FRAMEWORK")
    lint.add_argument("--values", type=Path, metavar="LAST_YEAR.csv", help="look at last year's figures too")
    score.add_argument("--values", type=Path, required=True, metavar="VALUES.csv")
    score.add_argument("--out", type=Path, metavar="POINTS.csv")
    overlay.add_argument("cluster", metavar="CLUSTER")
    overlay.add_argument("--values", type=Path, metavar="LAST_YEAR.csv", help="replay these figures under the overlay")
    overlay.add_argument("--head", metavar="UNIT", help="the cluster's head, whose gain is compared (with --values)")
    overlay.add_argument("--draws", type=int, default=10_000, help="random changes to compare with (default 10000)")
    overlay.add_argument("--seed", type=int, default=0)
    convert.add_argument("out", type=Path, metavar="OUT", help="a file that ends in .yaml, .json or .xlsx")
    convert.add_argument("--language", choices=("vi", "en"), default="vi", help="of the words in a workbook")
    commands.add_parser("schema", help="the JSON Schema of framework documents")
    chosen = parser.parse_args(arguments)
    if chosen.command == "overlay" and (chosen.head is None) != (chosen.values is None):
        parser.error("--head and --values go together")
    if chosen.command == "overlay" and not (1 <= chosen.draws <= 1_000_000 and 0 <= chosen.seed < 2**64):
        parser.error("--draws is a whole number from 1 to 1000000, --seed one from 0")
    return run(lambda: int(_COMMANDS[chosen.command](chosen)))


def _lint(chosen: argparse.Namespace) -> int:
    framework, places = load_file_with_places(chosen.framework)
    found = list(remarks(framework))
    if chosen.values is not None:
        last = read_values(framework, chosen.values)
        found += cohort_remarks(framework, last.units, last.clusters, last.values, last.targets)
    language = language_of_terminal()
    for remark in found:
        print(places.fault(remark.path, remark.said).in_language(language))
    message = N_(
        "%(code)s: %(criteria)s criteria in %(groups)s groups, total %(total)s, SHA-256 %(sha256)s; %(count)s remarks."
    )
    say(
        sentence(message, code=framework.code, criteria=len(framework.criteria), groups=len(framework.groups),
                 total=float(framework.total), sha256=framework.sha256, count=len(found))
    )  # fmt: skip
    if chosen.values is None:
        say(sentence("Last year's figures were not looked at (--values)."))
    return 0


def _score(chosen: argparse.Namespace) -> int:
    framework = load_file(chosen.framework)
    table = read_values(framework, chosen.values)
    points = score_cohort(framework, table.units, table.clusters, table.values, table.targets)
    require_complete(
        framework, table.units, points, given=table.values, lines=table.lines, file=table.file, column="value"
    )
    language = language_of_terminal()
    for _, cluster, message in cohort_notes(framework, table.clusters, table.values):
        print(Fault(message, file=table.file, path=cluster).in_language(language), file=sys.stderr)
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
    if chosen.out is None:
        sys.stdout.write(content.decode())
    else:
        write_whole(chosen.out, content)
    return 0


def _overlay(chosen: argparse.Namespace) -> int:
    framework = load_file(chosen.framework)
    overlay = overlays.overlay_of(framework, chosen.cluster)
    if overlay is None:
        message = sentence("The cluster “%(cluster)s” has no overlay: the base table counts.", cluster=chosen.cluster)
        raise BadInput([Fault(message, file=str(chosen.framework))])
    language = language_of_terminal()
    for change in overlays.changes(framework, overlay):
        code, title = change.criterion.code, change.criterion.named(language)
        print(f"{code:<8} {change.base:>7g} → {change.changed:<7g} {change.difference:>+7g}  {title}")
    moved = 100 * overlays.share_moved(framework, overlay)
    say(sentence("%(share)s %% of the points are moved. Legal reference: %(reference)s. Reason: %(reason)s",
                 share=moved, reference=overlay.legal_reference, reason=overlay.reason))  # fmt: skip
    if chosen.values is None:
        say(sentence("Whether it favours the head was not looked at (--values, --head)."))
        return 0
    last = read_values(framework, chosen.values)
    if chosen.head not in last.units or last.clusters[last.units.index(chosen.head)] != chosen.cluster:
        message = sentence("“%(unit)s” is no unit of the cluster “%(cluster)s” in this file.",
                           unit=chosen.head, cluster=chosen.cluster)  # fmt: skip
        raise BadInput([Fault(message, file=str(chosen.values))])
    for message in _said_of_head(framework, overlay, last, chosen):
        say(message)
    return 0


def _said_of_head(
    framework: model.Framework, overlay: model.Overlay, last: Values, chosen: argparse.Namespace
) -> list[Sentence]:
    try:
        test = overlays.head_advantage(
            framework, overlay, last.units, last.clusters, last.values, last.targets, chosen.head,
            draws=chosen.draws, seed=chosen.seed,
        )  # fmt: skip
    except overlays.NotComparable as reason:
        raise BadInput([Fault(reason.said, file=str(chosen.values))]) from None
    gains = N_(
        "Last year replayed: the head (%(unit)s) gains %(gain)s points on the mean of the others; "
        "rank %(before)s → %(after)s."
    )
    compared = N_(
        "Of %(draws)s random zero-sum changes of the same size, %(share)s %% serve the head as well (p = %(p)s) "
        "and %(rank)s %% leave it as good a rank."
    )
    return [
        sentence(gains, unit=test.head, gain=test.gain, before=test.rank_before, after=test.rank_after),
        sentence(compared, draws=test.draws, share=100 * test.p_value, p=test.p_value, rank=100 * test.better_rank),
    ]


def _convert(chosen: argparse.Namespace) -> int:
    framework = load_file(chosen.framework)
    suffix = chosen.out.suffix.lower()
    if suffix == ".xlsx":
        # Imported late, like every library that only one command needs.
        from shared.criteria.excel.writing import framework_workbook

        write_whole(chosen.out, framework_workbook(framework, chosen.language))
    elif suffix == ".json":
        write_whole(chosen.out, (json.dumps(framework.document, ensure_ascii=False, indent=2) + "\n").encode())
    elif suffix in (".yaml", ".yml"):
        write_whole(chosen.out, yaml_text(framework.document).encode())
    else:
        message = sentence("The name of the new file must end in .yaml, .json or .xlsx.")
        raise BadInput([Fault(message, file=str(chosen.out))])
    return 0


def _schema(_: argparse.Namespace) -> int:
    from shared.criteria.json_schema import framework_json_schema_text

    sys.stdout.write(framework_json_schema_text())
    return 0


_COMMANDS = {"lint": _lint, "score": _score, "overlay": _overlay, "convert": _convert, "schema": _schema}


if __name__ == "__main__":
    sys.exit(main())
