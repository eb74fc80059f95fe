"""`rank` and `check-edition`: offline, and quick to start: no web, no database, no scikit-learn."""

import argparse
import sys
from pathlib import Path
from typing import Any

from services.ranking.editions.rules.inputs import MOST_DRAWS, Inputs, Options
from services.ranking.editions.rules.ranking import rank, ranking_text
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import language_of_terminal, sentence
from shared.criteria.command_line import run, say, write_whole
from shared.criteria.completeness import require_complete
from shared.criteria.documents import read_json
from shared.criteria.files import load_file
from shared.criteria.model import Framework
from shared.criteria.standings import cohort_notes, score_cohort
from shared.criteria.tables import read_points, read_values


def add_commands(commands: Any) -> None:
    """Add both to the subcommands of argparse."""
    ranking = commands.add_parser("rank", help="standings of values or points under a framework")
    ranking.add_argument("framework", type=Path, metavar="FRAMEWORK")
    given = ranking.add_mutually_exclusive_group(required=True)
    given.add_argument("--values", type=Path, metavar="VALUES.csv")
    given.add_argument("--points", type=Path, metavar="POINTS.csv")
    ranking.add_argument("--simulate", type=_draws, metavar="N", help="draws; without it ranks have no interval")
    ranking.add_argument("--weight-noise", type=_share, default=0.25, metavar="SHARE")
    ranking.add_argument("--seed", type=_seed, default=0, metavar="S")
    ranking.add_argument("--out", type=Path, required=True, metavar="RANKING.json")
    check = commands.add_parser("check-edition", help="rank an edition's inputs again and check its signature")
    check.add_argument("edition", type=Path, metavar="EDITION.json")
    check.add_argument("--public-key", metavar="KEY", help="PEM, JWK or JWKS file, or the raw key in base64url or hex")


def run_command(chosen: argparse.Namespace) -> int:
    """Exit status 0; 1 if an edition does not hold; 2 for bad input."""
    if chosen.command == "rank":
        options = Options(chosen.simulate, chosen.weight_noise, chosen.seed)
        return run(lambda: _rank(chosen.framework, chosen.values, chosen.points, options, chosen.out))
    return run(lambda: _check_edition(chosen.edition, chosen.public_key))


def _draws(text: str) -> int:
    return _whole(text, 1, MOST_DRAWS)


def _seed(text: str) -> int:
    return _whole(text, 0, 2**53 - 1)


def _whole(text: str, lowest: int, highest: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20 and lowest <= int(text) <= highest):
        raise argparse.ArgumentTypeError(f"expected a whole number from {lowest} to {highest}, found {text!r}")
    return int(text)


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = float("nan")
    if not 0 <= share < 1:
        raise argparse.ArgumentTypeError(f"expected a number from 0 to below 1, found {text!r}")
    return share


def _rank(path: Path, values: Path | None, points: Path | None, options: Options, out: Path) -> int:
    framework = load_file(path)
    inputs = _from_values(framework, values, options) if values else _from_points(framework, points, options)
    write_whole(out, ranking_text(rank(inputs)).encode())
    return 0


def _from_values(framework: Framework, path: Path, options: Options) -> Inputs:
    table = read_values(framework, path)
    points = score_cohort(framework, table.units, table.clusters, table.values, table.targets)
    require_complete(
        framework, table.units, points, given=table.values, lines=table.lines, file=table.file, column="value"
    )
    for _, cluster, message in cohort_notes(framework, table.clusters, table.values):
        print(Fault(message, file=table.file, path=cluster).in_language(language_of_terminal()), file=sys.stderr)
    return Inputs(framework, table.units, table.clusters, points, None, options)


def _from_points(framework: Framework, path: Path | None, options: Options) -> Inputs:
    assert path is not None  # argparse asks for one of the two
    table = read_points(framework, path)
    require_complete(framework, table.units, table.points, given=table.points, lines=table.lines, file=table.file)
    return Inputs.from_table(framework, table, options)


def _check_edition(path: Path, public_key: str | None) -> int:
    # Imported late: `rank` needs no cryptography.
    from services.ranking.editions.rules.checking import check_edition
    from services.ranking.editions.rules.keys import PublicKey, UnusableKeyError, public_keys

    document = read_json(path)
    keys: list[PublicKey] = []
    if public_key is not None:
        file = Path(public_key)
        try:
            keys = public_keys(file.read_bytes() if file.is_file() else public_key.encode())
        except (UnusableKeyError, OSError):
            message = sentence("Expected a PEM, JWK or JWKS file, or the raw key in base64url or hexadecimal.")
            raise BadInput([Fault(message, file="--public-key")]) from None
    report = check_edition(document, str(path), keys)
    for message in report.messages:
        say(message, error=not report.holds)
    return 0 if report.holds else 1
