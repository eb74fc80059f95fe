"""The offline command `screen`: claims, figures and history in files."""

import argparse
import csv
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from services.verify.screening.rules.calibration import meaning
from services.verify.screening.rules.cohort import Cohort, build_cohort
from services.verify.screening.rules.judgement import small_clusters
from services.verify.screening.rules.screening import ScreenedItem, Screening, screen
from services.verify.screening.rules.signals import LEAST_UNITS
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import LANGUAGES, N_, Sentence, sentence
from shared.criteria.command_line import whole_file
from shared.criteria.files import load_file
from shared.criteria.periods import is_period
from shared.criteria.tables import read_claims, read_history, read_observations

COLUMNS = (
    *("rank", "unit", "cluster", "criterion", "suspicion", "flagged", "points_at_stake"),
    *("self_points", "independent_points", "gap", "codes", "explanation_vi", "explanation_en"),
)


def add_command(commands: Any) -> None:
    """Adds `screen` to the commands of `python -m services.verify`."""
    command = commands.add_parser(
        "screen",
        help="screen claims against independent figures, peers and earlier rounds",
        description="Writes one row per claim, highest review priority first. A flag is a reason to ask.",
    )
    command.add_argument("framework", metavar="FRAMEWORK", help="criteria framework, YAML or JSON")
    command.add_argument("--claims", required=True, metavar="CLAIMS.csv")
    command.add_argument("--observations", required=True, metavar="OBS.csv")
    command.add_argument("--history", metavar="HISTORY.csv", help="claims of earlier rounds, with what counted then")
    command.add_argument("--period", metavar="P", help="the claims' own period (default: the latest observed one)")
    command.add_argument("--capacity", type=int, metavar="N", help="how many items the staff can review")
    command.add_argument("--out", required=True, metavar="FINDINGS.csv")
    command.set_defaults(run=run_screen)


def run_screen(options: argparse.Namespace, language: str) -> int:
    """Reads all files, screens, writes FINDINGS, and says on stderr what was and was not checked."""
    cohort = _read(options)
    screening = screen(cohort)
    with whole_file(Path(options.out)) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        write_findings(text, screening)
        text.detach()
    for message in _summary(screening, options.capacity):
        print(message.in_language(language), file=sys.stderr)
    return 0


def _read(options: argparse.Namespace) -> Cohort:
    if options.period is not None and not is_period(options.period):
        message = sentence("--period: expected a period like 2025, 2025-H1, 2025-Q1 or 2025-03.")
        raise BadInput([Fault(message)])
    if options.capacity is not None and options.capacity < 0:
        raise BadInput([Fault(sentence("--capacity: expected 0 or more."))])
    framework = load_file(Path(options.framework))
    faults: list[Fault] = []
    tables = []
    for read in (
        lambda: read_claims(framework, Path(options.claims)),
        lambda: read_observations(Path(options.observations)),
        lambda: read_history(framework, Path(options.history)) if options.history else None,
    ):
        try:
            tables.append(read())
        except BadInput as refusal:
            faults += refusal.faults
    if faults:
        raise BadInput(faults)
    claims, observations, history = tables
    return build_cohort(framework, claims, observations, history, options.period)  # type: ignore[arg-type]


def write_findings(file: TextIO, screening: Screening) -> None:
    """FINDINGS as CSV (RFC 4180 quoting, line feeds)."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_row(item) for item in screening.items())


def _row(item: ScreenedItem) -> tuple[object, ...]:
    return (
        item.rank,
        item.unit,
        item.cluster,
        item.criterion,
        f"{item.suspicion:.4f}",
        "true" if item.flagged else "false",
        _figure(item.points_at_stake),
        _figure(item.self_points),
        _figure(item.independent_points),
        _figure(item.gap),
        " ".join(item.all_codes),
        *(item.explained(language, wholly=True) for language in LANGUAGES),
    )


def _figure(number: float | None) -> str:
    """At most six decimals, no exponent, no trailing zeros; empty if unknown."""
    if number is None:
        return ""
    text = f"{number:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _summary(screening: Screening, capacity: int | None) -> Iterator[Sentence]:
    cohort, judgement = screening.cohort, screening.judgement
    items, flagged = int(cohort.given.sum()), int(screening.flagged.sum())
    yield sentence(
        "Screened %(items)s items of %(units)s units, period %(period)s.",
        items=items,
        units=len(cohort.units),
        period=cohort.period or "–",
    )
    by_rule = int((screening.flagged & screening.asked_by_rule).sum())
    yield sentence(
        "%(flagged)s flagged: %(by_rule)s by public rules, %(others)s by comparison; "
        "expected false flags among the latter: at most %(false)s.",
        flagged=flagged,
        by_rule=by_rule,
        others=flagged - by_rule,
        false=round(screening.expected_false, 1),
    )
    if judgement is not None:
        yield from meaning(judgement.calibration)
    if capacity is not None:
        rows, columns = (side[:capacity] for side in screening.order)
        inside = int(screening.flagged[rows, columns].sum())
        yield sentence(
            "Capacity %(capacity)s: the first %(rows)s rows hold %(inside)s flagged items; %(outside)s lie beyond.",
            capacity=capacity,
            rows=len(rows),
            inside=inside,
            outside=flagged - inside,
        )
    for absent in screening.not_run:
        if absent.broken:
            yield absent.sentence
        else:
            yield sentence("Not run: %(code)s. %(why)s", code=absent.code, why=absent.sentence)
    small = small_clusters(cohort)
    if small.any():
        names = sorted({cluster for cluster, few in zip(cohort.clusters, small, strict=True) if few})
        yield sentence(
            "Clusters with fewer than %(least)s units, without a comparison among peers: %(clusters)s.",
            least=LEAST_UNITS,
            clusters=", ".join(names),
        )
    if judgement is not None and judgement.inflating.any():
        units = [unit for unit, high in zip(cohort.units, judgement.inflating, strict=True) if high]
        yield sentence("Units that lie high across the board: %(units)s.", units=", ".join(units))
    for finding in screening.cohort_findings:
        yield sentence("%(criterion)s: %(said)s", criterion=finding.criterion, said=finding.sentence)
    for reason, count in sorted(cohort.ignored.items()):
        yield Sentence(_IGNORED[reason], {"count": count})


_IGNORED = {
    "units": N_("%(count)s observations are about units without claims; they were not used."),
    "later periods": N_("%(count)s observations are of later periods; they were not used."),
    "indicators": N_("%(count)s observations are of indicators that the framework does not name; they were not used."),
    "history": N_("%(count)s rows of the history are of other units or not of an earlier period; they were not used."),
}
