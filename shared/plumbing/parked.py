"""The command `retry-parked` of every service that reads feeds, for a person to run once the cause is mended."""

import argparse
from typing import TYPE_CHECKING, Any

from shared.contracts.sentences import sentence
from shared.criteria.command_line import say
from shared.plumbing.database_command import on_database

if TYPE_CHECKING:
    from shared.plumbing.database import Database

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


def run_command(schema: str | None = None) -> int:
    """List and retry; `schema` holds the service's plumbing tables. 0 done, 1 no database, 2 no DATABASE_URL."""
    return on_database(_retry, schema=schema)


def _retry(database: "Database") -> int:
    from shared.plumbing.feed_reader import retry_parked

    with database.unit_of_work() as uow:
        parked = retry_parked(uow)
        uow.commit()
    for event in parked:
        shown = {"reader": event.reader, "position": event.position, "subject": event.subject, "error": event.error}
        say(sentence("%(reader)s, position %(position)s: %(subject)s (%(error)s)", **shown))
    counted = sentence("Parked events that are tried again: %(count)s.", count=len(parked))
    say(counted if parked else sentence("No event is parked."))
    return 0
