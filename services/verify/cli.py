"""All commands but `read`, which starts alone: `screen` on plain files, the others on the database."""

import argparse
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from services.verify.ports import View
from services.verify.reviews import commands as check_audit
from services.verify.screening.commands import add_command as add_screen
from services.verify.sources.commands import add_command as add_read
from services.verify.triage import commands as check_audits
from shared.contracts.sentences import language_of_terminal
from shared.criteria.command_line import run as run_command
from shared.plumbing import parked
from shared.plumbing.database_command import on_database

if TYPE_CHECKING:
    from shared.plumbing.database import Database


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; 0 when done, 2 (and nothing written) when the input has faults."""
    options = _parser().parse_args(arguments)
    language = language_of_terminal()
    return run_command(lambda: int(options.run(options, language)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services.verify", description="Checks self-assessed scores.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    add_screen(commands)
    add_read(commands)
    check_audit.add_command(commands).set_defaults(run=_looking(check_audit.run))
    check_audits.add_command(commands).set_defaults(run=_looking(check_audits.run))
    parked.add_command(commands).set_defaults(run=lambda options, language: parked.run_command())
    return parser


def _looking(run: Callable[[View, argparse.Namespace], int]) -> Callable[[argparse.Namespace, str], int]:
    """A command that looks at the database of DATABASE_URL."""

    def command(options: argparse.Namespace, language: str) -> int:
        return on_database(lambda database: _look(database, lambda view: run(view, options)))

    return command


def _look(database: "Database", look: Callable[[View], int]) -> int:
    from services.verify.store import SqlStore  # imported late: the other commands need no database

    with SqlStore(database).view() as view:
        return look(view)
