"""Commands: `screen` and `read` on plain files, `retry-parked` and `check-audits` on the database."""

import argparse
from collections.abc import Sequence

from services.verify.reviews.commands import add_command as add_check_audit
from services.verify.screening.commands import run_screen
from services.verify.sources.commands import add_command as add_read
from services.verify.triage import commands as check_audits
from shared.contracts.sentences import language_of_terminal
from shared.criteria.command_line import run as run_command
from shared.plumbing import parked


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; 0 when done, 2 (and nothing written) when the input has faults."""
    options = _parser().parse_args(arguments)
    language = language_of_terminal()
    return run_command(lambda: int(options.run(options, language)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services.verify", description="Checks self-assessed scores.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
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
    add_check_audit(commands)
    check_audits.add_command(commands).set_defaults(run=lambda options, language: check_audits.run_command())
    parked.add_command(commands).set_defaults(run=lambda options, language: parked.run_command())
    add_read(commands)
    return parser
