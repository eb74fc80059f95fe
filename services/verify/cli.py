"""All commands but `read`, which starts alone: `screen` on plain files, the others on the database."""

import argparse
import sys
from collections.abc import Callable, Sequence

from services.verify.ports import View
from services.verify.reviews import commands as check_audit
from services.verify.screening.commands import add_command as add_screen
from services.verify.sources.commands import add_command as add_read
from services.verify.triage import commands as check_audits
from shared.contracts.sentences import language_of_terminal, sentence
from shared.criteria.command_line import run as run_command
from shared.plumbing import parked
from shared.plumbing.parked import BAD_INPUT, UNREACHABLE, CommandSettings
from shared.plumbing.settings import SettingsError, read_settings

Command = Callable[[argparse.Namespace, str], int]


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
    check_audit.add_command(commands).set_defaults(run=on_database(check_audit.run))
    check_audits.add_command(commands).set_defaults(run=on_database(check_audits.run))
    parked.add_command(commands).set_defaults(run=lambda options, language: parked.run_command(language))
    return parser


def on_database(run: Callable[[View, argparse.Namespace, str], int]) -> Command:
    """A command that looks at the database of DATABASE_URL; 1 if that does not answer, 2 if it is not named."""

    def command(options: argparse.Namespace, language: str) -> int:
        # Imported late: the other commands need no database.
        from sqlalchemy.exc import OperationalError

        from services.verify.store import SqlStore
        from shared.plumbing.database import Database

        try:
            settings = read_settings(CommandSettings)
        except SettingsError as error:
            print(error, file=sys.stderr)
            return BAD_INPUT
        database = Database(settings.database_url, pool_size=1)
        try:
            with SqlStore(database).view() as view:
                return run(view, options, language)
        except OperationalError:
            print(sentence("The database does not answer.").in_language(language), file=sys.stderr)
            return UNREACHABLE
        finally:
            database.close()

    return command
