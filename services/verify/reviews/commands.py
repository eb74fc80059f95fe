"""Command `check-audit`: recomputes the trail of every step of the reviews and names the first row that is broken."""

import argparse
import sys
from typing import Any

from shared.contracts.sentences import sentence
from shared.plumbing.parked import CommandSettings
from shared.plumbing.settings import SettingsError, read_settings

HOLDS, BROKEN, BAD_INPUT, UNREACHABLE = 0, 3, 2, 1


def add_command(commands: Any) -> None:
    """Adds `check-audit` to the commands of `python -m services.verify`."""
    command = commands.add_parser(
        "check-audit",
        help="recompute the trail of all review steps",
        description=(
            "Every step of a review is a row that holds the hash of the row before it. This recomputes all of them,"
            " compares the decisions, signatures and objections they record with those that are kept, prints each"
            " cycle's last hash (to be noted elsewhere), and names the first row that does not hold. The database is"
            " that of DATABASE_URL. Exit status 3: a trail is broken."
        ),
    )
    command.add_argument("--cycle", metavar="CYCLE", help="only this cycle (default: all)")
    command.set_defaults(run=run)


def run(options: argparse.Namespace, language: str) -> int:
    """Checks and says so; 0 all hold, 1 no database, 2 no DATABASE_URL, 3 broken."""
    # Imported late: the other commands need no database.
    from sqlalchemy.exc import OperationalError

    from services.verify.reviews.store import trail as audit
    from shared.plumbing.database import Database

    try:
        settings = read_settings(CommandSettings)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    database = Database(settings.database_url, pool_size=1)
    status = HOLDS
    try:
        with database.reader() as connection:
            for cycle in [options.cycle] if options.cycle else audit.trails(connection):
                report = audit.check(connection, cycle)
                if report.fault is None:
                    said = sentence("%(cycle)s: %(rows)s rows hold; last hash %(hash)s", cycle=cycle, rows=report.rows,
                                    hash=report.head_sha256)  # fmt: skip
                    print(said.in_language(language))
                    continue
                status = BROKEN
                number = "–" if report.fault.number is None else report.fault.number
                said = sentence("%(cycle)s: broken at row %(number)s: %(why)s", cycle=cycle, number=number,
                                why=report.fault.said)  # fmt: skip
                print(said.in_language(language), file=sys.stderr)
    except OperationalError:
        print(sentence("The database does not answer.").in_language(language), file=sys.stderr)
        return UNREACHABLE
    finally:
        database.close()
    return status
