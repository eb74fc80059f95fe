"""What the commands share that work on a service's own database."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.contracts.sentences import sentence
from shared.criteria.command_line import BAD_INPUT, say
from shared.plumbing.settings import SettingsError, read_settings

if TYPE_CHECKING:
    from shared.plumbing.database import Database

UNREACHABLE = 1  # exit status


@dataclass(frozen=True, kw_only=True)
class DatabaseSettings:
    """What such a command needs of the environment: the service's own database."""

    database_url: str


def on_database(command: Callable[["Database"], int], *, schema: str | None = None) -> int:
    """The command's exit status; 1 where the database does not answer, 2 where DATABASE_URL names none.

    `schema` holds the service's plumbing tables.
    """
    # Imported late: a service's other commands need no database.
    from sqlalchemy.exc import OperationalError

    from shared.plumbing.database import Database

    try:
        settings = read_settings(DatabaseSettings)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    database = Database(settings.database_url, schema=schema, pool_size=1)
    try:
        return command(database)
    except OperationalError:
        say(sentence("The database does not answer."), error=True)
        return UNREACHABLE
    finally:
        database.close()
