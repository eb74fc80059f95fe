"""The command `retry-parked` of every service that reads feeds, for a person to run once the cause is mended."""

import argparse
import sys
from dataclasses import dataclass
from typing import Any

from shared.contracts.sentences import sentence
from shared.plumbing.settings import SettingsError, read_settings

BAD_INPUT, UNREACHABLE = 2, 1


@dataclass(frozen=True, kw_only=True)
class CommandSettings:
    """What the command needs of the environment: the service's own database."""

    database_url: str


NAME = "retry-parked"


def add_command(commands: Any) -> argparse.ArgumentParser:
    """Add the command to a service's subcommands."""
    parser: argparse.ArgumentParser = commands.add_parser(
        NAME,
        help="give parked events another five tries",
        description=(
            "Events that failed five times are parked: /health/ready counts them, and later events of their subjects"
            " wait. This lists them and lets them be tried again at the next look at the feed (seconds, with beat"
            " running). The database is that of DATABASE_URL."
        ),
    )
    return parser


def run_command(language: str, schema: str | None = None) -> int:
    """List and retry; `schema` holds the service's plumbing tables. 0 done, 1 no database, 2 no DATABASE_URL."""
    # Imported late: the services' other commands need no database.
    from sqlalchemy.exc import OperationalError

    from shared.plumbing.database import Database
    from shared.plumbing.feed_reader import retry_parked

    try:
        settings = read_settings(CommandSettings)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    database = Database(settings.database_url, schema=schema, pool_size=1)
    try:
        with database.unit_of_work() as uow:
            parked = retry_parked(uow)
            uow.commit()
    except OperationalError:
        print(sentence("The database does not answer.").in_language(language), file=sys.stderr)
        return UNREACHABLE
    finally:
        database.close()
    for event in parked:
        message = sentence(
            "%(reader)s, position %(position)s: %(subject)s (%(error)s)",
            reader=event.reader,
            position=event.position,
            subject=event.subject,
            error=event.error,
        )
        print(message.in_language(language))
    counted = sentence("Parked events that are tried again: %(count)s.", count=len(parked))
    print((counted if parked else sentence("No event is parked.")).in_language(language))
    return 0
